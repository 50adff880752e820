//! The logic of a mail store: what IMAP FETCH must answer for a message.
#![forbid(unsafe_code)]
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_core, clippy::std_instead_of_alloc)]
#![cfg_attr(
    not(test),
    warn(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo
    )
)]
#![no_std]

extern crate alloc;

mod body;
mod envelope;
mod fetch;
mod lines;
mod numbers;
mod octets;
mod section;
mod source;

pub use body::{Form, body};
pub use envelope::envelope;
pub use fetch::{Answer, Answers, Body, Fetch, Metadata, NotEnough};
pub use numbers::{numbers, numbers_by_uid};
pub use octets::Octets;
pub use section::section;
pub use source::{Need, Source};
