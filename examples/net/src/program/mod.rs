//! What the programs of this package share: their flags, their way to a server, and how they fail.

pub mod certificate;
pub mod failure;
pub mod flags;
pub mod imap;
pub mod login;
pub mod progress;
pub mod road;
pub mod target;
pub mod url;
pub mod users;
pub mod zone;

/// Why a server does not start.
type Error = Box<dyn std::error::Error + Send + Sync>;
