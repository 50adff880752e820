//! Notes for those who embed these machines: nothing here is code.

pub mod recipes;
pub mod threats;
