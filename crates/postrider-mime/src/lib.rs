//! MIME: the multipart tree, transfer encodings and charsets over postrider-message.
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
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod code;
mod content_type;
mod encoding;
mod limits;
mod message;
mod part;
mod tree;

pub use content_type::{ContentType, Disposition, Parameter, Parameters};
pub use encoding::TransferEncoding;
pub use limits::Limits;
pub use message::{Message, SectionText};
pub use part::Part;
pub use tree::TooLarge;
