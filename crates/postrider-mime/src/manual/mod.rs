//! What does not fit on the page of the crate: nothing here is code.

pub mod choices;
pub mod recipes;
