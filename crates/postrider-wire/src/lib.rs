//! placeholder
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
#[cfg(feature = "std")]
extern crate std;

mod chassis;
pub mod dot;
mod inbox;
mod line;
mod machine;
mod outbox;
mod secret;
mod tap;
mod timer;
mod tls;
mod transcript;

pub use chassis::Chassis;
pub use inbox::{Demand, Inbox};
pub use line::{Line, LineReader, Terminator};
pub use machine::{AbortReason, ErrorKind, Machine, MachineError, MachineEvent, Progress};
pub use outbox::{Full, Outbox, OutboxWriter};
pub use secret::Secret;
pub use tap::{Direction, Tap, Unit};
pub use timer::{Timer, TimerKind, Timers};
pub use tls::{ClearTextLogin, Policy, Security, TlsInfo, TlsState, TlsUpgrade, UpgradeFault};
#[cfg(feature = "std")]
pub use transcript::TranscriptLog;
pub use transcript::{Side, Transcript};
