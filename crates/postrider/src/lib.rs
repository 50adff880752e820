//! Internet mail without touching a socket.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

#[cfg(feature = "std")]
pub mod drive;

pub use postrider_wire as wire;
