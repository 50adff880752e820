//! The other libraries.

pub mod codec;
pub mod proto;
