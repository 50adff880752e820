//! RFC 5322 messages: the header section as a span index, and the values of its fields, parsed when asked.
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

mod address;
mod address_reader;
pub mod charset;
mod date;
mod defect;
mod field;
mod headers;
mod index;
mod lexer;
mod limits;
mod message_id;
mod name;
mod received;
mod span;
mod text;
mod trace;
mod write;

pub use address::{AddrSpec, Address, AddressList, Group, Mailbox};
pub use date::{DateTime, Zone};
pub use defect::{Code, Defect, Defects, Severity, code};
pub use field::{Field, FieldValue, Parsed, RawValue};
pub use headers::{HeaderSection, Headers};
pub use index::{HeaderIndex, split};
pub use lexer::{Lexeme, Lexer, Token, unquote};
pub use limits::Limits;
pub use message_id::{MessageId, MessageIdList};
pub use name::FieldName;
pub use received::{Clause, Received, TcpInfo};
pub use span::Span;
pub use text::Text;
pub use trace::{Hop, Trace};
pub use write::{InvalidValue, fold};
