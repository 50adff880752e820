//! SMTP client and server state machines without I/O.
#![no_std]
#![forbid(unsafe_code)]
#![warn(
    clippy::alloc_instead_of_core,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::todo,
    clippy::unreachable,
    clippy::unwrap_used
)]

extern crate alloc;

mod capability;
pub mod client;
mod command;
mod error;
mod limits;
mod path;
mod reply;
pub mod server;
mod state;
mod status;
mod syntax;

pub use capability::{Capabilities, SizeOffer};
pub use command::{Body, Command, CommandFault, Keyword, MailParameters};
pub use error::{Error, Misuse, ValueError};
pub use limits::Limits;
pub use path::{EhloName, ForwardPath, Mailbox, ReversePath};
pub use reply::Reply;
pub use state::State;
pub use status::EnhancedStatusCode;
