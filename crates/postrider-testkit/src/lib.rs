//! The laws of the machine contract as functions, and the peers to test against.
#![forbid(unsafe_code)]

mod shared;

pub use shared::{read_shared, shared};
