//! The contract between a mail machine and the I/O that drives it.
//!
//! A *machine* is one end of an SMTP, POP3 or IMAP conversation as a plain value. It reads from an
//! [`Inbox`] that you fill, writes to an [`Outbox`] that you drain, asks for time with [`Timer`]s,
//! and tells you what happened as events. It never touches a socket, a clock, a random source or a
//! file, so it runs in a thread, in any async runtime, in a fuzzer, or on bare metal.
//!
//! # The loop
//!
//! ```text
//!              ┌──────── fill (spare, extend, set_eof) ────────┐
//!           Inbox                                            peer
//!              │                                               ▲
//!          poll(&mut inbox) ──► Progress                       │
//!              │                                               │
//!           Outbox ─────────── drain (Buf) ───────────────────┘
//! ```
//!
//! | [`Progress`] | what a driver does |
//! |---|---|
//! | `Event(e)` | hands `e` to the embedder and polls again; it does not write yet, so that the replies to a pipelined group leave in one write |
//! | `Wait { input, app }` | writes the outbox out; then, if `input`, reads; if `app`, lets the embedder act; polls again after any of these or a timer |
//! | `StartTls(token)` | runs the handshake, then `tls_established(token, ..)` and goes on with the inbox that returns |
//! | `Closed` | closes the transport; the outbox is drained |
//! | an error | writes out what is left in the outbox (the `Flush` timer bounds that), then closes |
//!
//! # Rules, and why
//!
//! - **The caller owns the input.** One inbox per transport layer: what was received in clear text
//!   cannot be taken for something received under TLS, because the machine has no place to keep it.
//! - **Every reason to wait is a value.** `Wait { input: true, .. }` never comes with a full inbox,
//!   and `Wait { input: false, app: false }` only while the outbox drains or a timer runs, so a
//!   driver that does what it is told cannot hang.
//! - **The outbox is read-only outside.** An embedder cannot queue a line of its own and so cannot
//!   inject one.
//! - **The end of input is only that.** After [`Inbox::set_eof`] complete commands are still
//!   answered; a payload that was cut gets `Aborted`, never its end.
//! - **Errors are fatal and sticky.** A peer's fault that a protocol can answer (an unknown command,
//!   a mail that is too large) is an answer, not an error.
//! - **One verdict at a time.** A server asks its embedder one question; until it is answered the
//!   next command stays in the inbox, and that is the backpressure.
//! - **Cuts carry no meaning.** However the input is cut into reads, events (adjacent payload chunks
//!   joined) and output are the same.
//! - **Timers are asked for, not read.** A driver keeps a deadline for each `(kind, arm)` it sees in
//!   [`Machine::timers`], reports it with [`Machine::on_timeout`], and polls: an answer from before
//!   the report is void. A stale timer does nothing.
//!
//! # A machine, whole
//!
//! A server for a toy protocol: it asks the embedder what to answer to each line; `QUIT` ends.
//!
//! ```
//! use core::time::Duration;
//! use bytes::{Buf, Bytes};
//! use postrider_wire::*;
//!
//! #[derive(Debug, PartialEq)]
//! enum Event { Asked(Bytes) }
//! impl MachineEvent for Event {
//!     fn payload(&self) -> Option<&Bytes> { None }
//! }
//!
//! #[derive(Clone, Debug, PartialEq, thiserror::Error)]
//! enum Error {
//!     #[error("the stream ended inside a line")] Eof,
//!     #[error("no upgrade is due")] Upgrade,
//! }
//! impl MachineError for Error {
//!     fn kind(&self) -> ErrorKind {
//!         match self { Self::Eof => ErrorKind::Eof, Self::Upgrade => ErrorKind::Misuse }
//!     }
//!     fn offset(&self) -> Option<u64> { None }
//! }
//!
//! enum State { Idle, Asking, Over }
//! struct Oracle { chassis: Chassis<Error>, lines: LineReader, state: State }
//!
//! impl Oracle {
//!     fn new() -> Self {
//!         let security = Security::StartTls(Policy::Never);
//!         let mut chassis = Chassis::new(1024, &security, Duration::from_secs(10));
//!         chassis.timers.start(TimerKind::Idle, Duration::from_secs(60));
//!         Self { chassis, lines: LineReader::new(Terminator::CrLf, 128), state: State::Idle }
//!     }
//!     fn answer(&mut self, text: &str) {
//!         if let State::Asking = self.state {
//!             // One reply fits: a command is taken only while there is room.
//!             let _ = self.chassis.send(format!("OK {text}\r\n").as_bytes());
//!             self.state = State::Idle;
//!         }
//!     }
//! }
//!
//! impl Machine for Oracle {
//!     type Event = Event;
//!     type Error = Error;
//!     fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
//!         if let Some(error) = self.chassis.failed() { return Err(error.clone()); }
//!         loop {
//!             match self.state {
//!                 State::Over => return Ok(self.chassis.close()),
//!                 State::Asking => return Ok(Progress::Wait { input: !rx.is_full() && !rx.is_eof(), app: true }),
//!                 State::Idle if self.chassis.out.room() == 0 => {
//!                     return Ok(Progress::Wait { input: false, app: false });
//!                 }
//!                 State::Idle => {}
//!             }
//!             match self.lines.next(rx) {
//!                 Some(Line::Complete(line)) if line.eq_ignore_ascii_case(b"QUIT") => {
//!                     self.chassis.send_farewell(b"BYE\r\n");
//!                     self.state = State::Over;
//!                 }
//!                 Some(Line::Complete(line)) => {
//!                     self.state = State::Asking;
//!                     return Ok(Progress::Event(Event::Asked(line)));
//!                 }
//!                 Some(_) => { let _ = self.chassis.send(b"NO too long\r\n"); }
//!                 None if !rx.is_eof() => return Ok(Progress::Wait { input: true, app: false }),
//!                 None if !self.lines.is_inside_line(rx) => self.state = State::Over,
//!                 None => return Err(self.chassis.fail(Error::Eof)),
//!             }
//!         }
//!     }
//!     fn new_inbox(&self) -> Inbox { Inbox::new(256) }
//!     fn outbox(&mut self) -> &mut Outbox { self.chassis.out.reader() }
//!     fn timers(&self) -> &[Timer] { self.chassis.timers.as_slice() }
//!     fn on_timeout(&mut self, fired: Timer) {
//!         if self.chassis.fired(fired).is_some() { self.shutdown(); }
//!     }
//!     fn tls_established(&mut self, _: TlsUpgrade, _: TlsInfo, _: Inbox) -> Result<Inbox, Error> {
//!         Err(self.chassis.fail(Error::Upgrade))
//!     }
//!     fn shutdown(&mut self) {
//!         self.chassis.send_farewell(b"BYE\r\n");
//!         self.state = State::Over;
//!     }
//!     fn decline(&mut self) { self.answer("no comment"); }
//! }
//!
//! // And a driver: what arrives is put into the inbox, what the machine says is written out.
//! let mut oracle = Oracle::new();
//! let mut inbox = oracle.new_inbox();
//! let mut written = Vec::new();
//! inbox.extend(b"Will it rain?\r\nQUIT\r\n");
//! loop {
//!     match oracle.poll(&mut inbox)? {
//!         Progress::Event(Event::Asked(_)) => oracle.answer("take a coat"),
//!         Progress::Wait { .. } => {
//!             while oracle.outbox().has_remaining() {
//!                 let n = oracle.outbox().chunk().len();
//!                 written.extend_from_slice(oracle.outbox().chunk());
//!                 oracle.outbox().advance(n);
//!             }
//!         }
//!         Progress::Closed => break,
//!         Progress::StartTls(_) => unreachable!("the toy offers no TLS"),
//!     }
//! }
//! assert_eq!(written, b"OK take a coat\r\nBYE\r\n");
//! # Ok::<(), Error>(())
//! ```
//!
//! # Payload
//!
//! [`dot`] holds the one dot-stuffing codec of the house. Both directions stream without a copy:
//!
//! ```
//! use bytes::{Buf, Bytes};
//! use postrider_wire::dot::{BareNewlines, OutgoingNewlines, Stuffer, Unstuffed, Unstuffer};
//! use postrider_wire::{Inbox, OutboxWriter};
//!
//! let mut out = OutboxWriter::new(64 * 1024);
//! let mut stuffer = Stuffer::new(OutgoingNewlines::Normalize);
//! stuffer.encode(&mut Bytes::from_static(b"Dear Bob\n.\nAlice"), &mut out)?;
//! stuffer.finish(&mut out)?;
//! assert_eq!(out.reader().chunk(), b"Dear Bob\r\n..\r\nAlice\r\n.\r\n");
//!
//! let mut inbox = Inbox::new(64 * 1024);
//! inbox.extend(out.reader().chunk());
//! let mut unstuffer = Unstuffer::new(BareNewlines::Reject);
//! let mut mail = Vec::new();
//! while let Unstuffed::Payload(piece) = unstuffer.poll(&mut inbox) {
//!     mail.extend_from_slice(&piece);
//! }
//! assert_eq!(unstuffer.poll(&mut inbox), Unstuffed::End);
//! assert_eq!(mail, b"Dear Bob\r\n.\r\nAlice\r\n");
//! # Ok::<(), postrider_wire::dot::StuffError>(())
//! ```
//!
//! # Features
//!
//! `std` (default): `IoSlice` access, [`TranscriptLog`], SIMD detection at run time. Without it the
//! crate is `no_std` + `alloc`.
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

/// The traits and the type that cross the border of every machine, so that an embedder need not
/// name the crate `bytes`.
pub use bytes::{Buf, BufMut, Bytes, BytesMut};
pub use chassis::Chassis;
pub use inbox::{Demand, Inbox};
pub use line::{Line, LineReader, Terminator};
pub use machine::{AbortReason, ErrorKind, Machine, MachineError, MachineEvent, Progress};
pub use outbox::{Encoder, Full, Outbox, OutboxWriter};
pub use secret::Secret;
pub use tap::{Direction, Tap, Unit};
pub use timer::{Timer, TimerKind, Timers};
pub use tls::{
    ClearTextLogin, Policy, Security, TlsDetails, TlsInfo, TlsState, TlsUpgrade, UpgradeFault,
};
#[cfg(feature = "std")]
pub use transcript::TranscriptLog;
pub use transcript::{Side, Transcript};
