//! Writing messages: parts of every kind, their encodings and boundaries, whole or as a stream.

mod boundary;
mod buf;
mod carry;
mod content;
mod entity;
mod error;
mod field;
mod kinds;
mod layout;
mod message;
mod options;
mod outline;
mod output;
mod parts;
mod pass;
mod render;
mod writer;

pub use buf::MessageBuf;
pub use content::{Content, Source};
pub use entity::Entity;
pub use error::BuildError;
pub use message::MessageBuilder;
pub use options::Options;
pub use writer::{Step, Writer};
