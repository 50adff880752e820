//! Notes for those who embed these machines or use the language: nothing here is code.

pub mod appending;
pub mod language;
pub mod serving;
pub mod threats;
