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
//! | `Event(e)` | hands `e` to the embedder and polls again, without writing |
//! | `Wait { input, app }` | writes the outbox out; then, if `input`, reads; if `app`, lets the embedder act; polls again after any of these or a timer |
//! | `StartTls(token)` | runs the handshake, then `tls_established(token, ..)` and goes on with the inbox that returns |
//! | `Closed` | closes the transport; the outbox is drained |
//! | an error | writes out what is left in the outbox (the `Flush` timer bounds that), then closes |
//!
//! Three parties share the work. The *machine* knows the protocol. The *driver* knows the transport
//! and the clock, and no protocol. The *embedder* is your program: it answers events.
//!
//! # Rules, and why
//!
//! | rule | because |
//! |---|---|
//! | The caller owns the input, one [`Inbox`] per transport layer; a machine holds none. | What was received in clear text cannot be taken for something said under TLS (CVE-2011-0411): the machine has no place to keep it. And an idle connection costs no buffer. |
//! | Every reason to wait is a value. `Wait { input: true, .. }` never comes with a full inbox; `Wait { input: false, app: false }` only while the outbox drains or a timer runs. | A driver that does what it is told cannot hang. |
//! | `input: false` is backpressure. | A verdict that is late, or an embedder that does not poll, stops the peer by TCP, not by memory. |
//! | `input` and `app` may both be true. | A client uploads while the server may refuse the rest; a server waits for a verdict while its client may hang up; IDLE waits for both. |
//! | Drivers write on `Wait`, not on `Event`. | The replies to a pipelined group leave in one write. |
//! | The [`Outbox`] is read-only outside. | An embedder cannot queue a line of its own, and so cannot inject one. |
//! | 512 octets of room are kept for a farewell. | 421 and BYE can be said to a peer that does not read. |
//! | One verdict at a time; the next command stays in the inbox. | Fifty pipelined commands cost fifty lines of inbox, not fifty questions. |
//! | Events are owned, `Send` and without lifetimes. | They cross tasks, and outlive the inbox. Payload chunks share the read buffer instead of being copied. |
//! | Cuts carry no meaning: events (adjacent chunks joined) and output are the same however input is cut. | What a segment boundary can change, an attacker can use. Two exceptions: octets right behind STARTTLS, and a server that refuses early talkers, which looks at whether its reply had left. |
//! | The end of input is only that: complete commands before it are answered; payload that was cut gets `Aborted`, never its end. | Half a mail must not be taken for a mail. A dead transport is told the same way, after [`Outbox::abandon`], so that what never left is not counted as sent. |
//! | Errors of `poll` are fatal and sticky; misuse of any other call is only answered, and changes nothing. A peer's fault that the protocol can answer is an answer. | The embedder needs one rule for `?`, and a mail that is too large must not end the session. |
//! | Before an error or `Closed`, every `Begin` has had its end, every command, transaction and recipient its one outcome. | Nothing is lost in silence, or sent twice for want of knowledge. |
//! | A driver fires what ran out, polls, then takes over the timers. `(kind, arm)` names one start; a stale one does nothing. | An answer from before a timeout is void; acting on it would keep a silent peer for ever. |
//! | `Idle` and `Reply` run only while the peer is waited for, `Progress` while payload or the outbox should move. A wait for the peer alone always has a timer. | A peer must not be ended for the time that the embedder takes, nor hold a connection for ever. |
//! | Not every timer is fatal: `Delay` lets a held reply go, `Renewal` keeps IDLE alive. | The driver need not know which; it reports them all. |
//! | The TLS token is made in one place, once both sides are quiet, and is not `Clone`. | An upgrade with octets in flight cannot be expressed. |
//! | Compression lives inside the machine: an [`Encoder`] before the outbox, an inner inbox behind the driver's. | A driver cannot know when it begins. It is the one exception to "a machine holds no input", and bounded. |
//! | Machines may be dropped at any point, and so may the future of a driver's `next()`. | State changes only in `poll` and in the embedder's calls, never across an await. |
//!
//! The laws of `postrider-testkit` try on any machine, yours included, what the peer, the clock, the
//! driver and `shutdown` can do to it. What your embedder's own calls do in each state is yours to
//! test.
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
//! enum Ending { NotYet, Wanted }
//! struct Oracle { chassis: Chassis<Error>, lines: LineReader, state: State, ending: Ending }
//!
//! const PATIENCE: Duration = Duration::from_secs(60);
//!
//! impl Oracle {
//!     fn new() -> Self {
//!         let security = Security::StartTls(Policy::Never);
//!         let mut chassis = Chassis::new(1024, &security, Duration::from_secs(10));
//!         chassis.timers.start(TimerKind::Idle, PATIENCE);
//!         let lines = LineReader::new(Terminator::CrLf, 128);
//!         Self { chassis, lines, state: State::Idle, ending: Ending::NotYet }
//!     }
//!     /// The verdict. One that nothing waits for (any more) is ignored here; the machines of the
//!     /// house answer it with an error of kind `Misuse`, which is not sticky.
//!     fn answer(&mut self, text: &str) {
//!         if let State::Asking = self.state {
//!             // One reply fits: a command is taken only while there is room.
//!             let _ = self.chassis.send(format!("OK {text}\r\n").as_bytes());
//!             self.state = State::Idle;
//!             // The peer is waited for again, so its clock runs; while we asked, it did not.
//!             self.chassis.timers.start(TimerKind::Idle, PATIENCE);
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
//!                 State::Asking => {
//!                     // A peer that does not read what it was told is bounded all the same.
//!                     self.chassis.watch_flush(PATIENCE);
//!                     return Ok(Progress::Wait { input: !rx.is_full() && !rx.is_eof(), app: true });
//!                 }
//!                 State::Idle if matches!(self.ending, Ending::Wanted) => {
//!                     self.chassis.send_farewell(b"BYE\r\n");
//!                     self.state = State::Over;
//!                     continue;
//!                 }
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
//!                     self.chassis.timers.stop(TimerKind::Idle);
//!                     return Ok(Progress::Event(Event::Asked(line)));
//!                 }
//!                 // `Line::TooLong`: told once, and what follows of it is swallowed.
//!                 Some(_) => { let _ = self.chassis.send(b"NO too long\r\n"); }
//!                 None if !rx.is_eof() => return Ok(Progress::Wait { input: true, app: false }),
//!                 None if !self.lines.is_inside_line(rx) => self.state = State::Over,
//!                 None => return Err(self.chassis.fail(Error::Eof)),
//!             }
//!         }
//!     }
//!     // At least as much as a line, or the inbox would be full without one.
//!     fn new_inbox(&self) -> Inbox { Inbox::new(256) }
//!     fn outbox(&mut self) -> &mut Outbox { self.chassis.out.reader() }
//!     fn timers(&self) -> &[Timer] { self.chassis.timers.as_slice() }
//!     fn on_timeout(&mut self, fired: Timer) {
//!         // `Idle`, or `Progress` while a question waits: then the question is void.
//!         if self.chassis.fired(fired).is_some() {
//!             if let State::Asking = self.state { self.state = State::Idle; }
//!             self.shutdown();
//!         }
//!     }
//!     fn tls_established(&mut self, token: TlsUpgrade, tls: TlsInfo, plain: Inbox) -> Result<Inbox, Error> {
//!         self.chassis.tls_established(token, tls, &plain, |_| Error::Upgrade)?;
//!         Ok(self.new_inbox())
//!     }
//!     // At the next legal place: a question that waits is answered first.
//!     fn shutdown(&mut self) { self.ending = Ending::Wanted; }
//!     fn decline(&mut self) { self.answer("no comment"); }
//! }
//!
//! // By hand: what arrives is put into the inbox, what the machine says is written out.
//! let mut oracle = Oracle::new();
//! let mut inbox = oracle.new_inbox();
//! let mut written = Vec::new();
//! inbox.extend(b"Will it rain?\r\nQUIT\r\n");
//! loop {
//!     match oracle.poll(&mut inbox)? {
//!         Progress::Event(Event::Asked(_)) => oracle.answer("take a coat"),
//!         Progress::Wait { .. } => {
//!             let n = oracle.outbox().remaining();
//!             written.extend_from_slice(&oracle.outbox().copy_to_bytes(n));
//!         }
//!         Progress::Closed => break,
//!         Progress::StartTls(_) => unreachable!("the toy offers no TLS"),
//!     }
//! }
//! assert_eq!(written, b"OK take a coat\r\nBYE\r\n");
//!
//! // By the blocking driver, in a thread a connection.
//! use std::io::{Read, Write};
//! use std::net::{TcpListener, TcpStream};
//! use postrider::drive::{blocking, Next};
//!
//! fn ask(address: std::net::SocketAddr) -> std::io::Result<String> {
//!     let mut peer = TcpStream::connect(address)?;
//!     peer.write_all(b"Will it rain?\r\nQUIT\r\n")?;
//!     let mut heard = String::new();
//!     peer.read_to_string(&mut heard)?;
//!     Ok(heard)
//! }
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?;
//! let asking = std::thread::spawn(move || ask(address));
//! let mut driver = blocking::Driver::new(Oracle::new(), listener.accept()?.0);
//! loop {
//!     match driver.next()? {
//!         Next::Event(Event::Asked(_)) => driver.machine().answer("take a coat"),
//!         Next::App => {} // Nothing to say yet: `next` listens on.
//!         Next::Closed => break,
//!         Next::StartTls(_) => unreachable!("the toy offers no TLS"),
//!     }
//! }
//! drop(driver);
//! assert_eq!(asking.join().expect("no panic")?, "OK take a coat\r\nBYE\r\n");
//!
//! // By the driver for tokio: the same loop, and `tend` keeps the connection while the answer
//! // is being looked up.
//! let asking = std::thread::spawn(move || ask(address));
//! tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//!     let (stream, _) = listener.accept()?;
//!     stream.set_nonblocking(true)?;
//!     let stream = tokio::net::TcpStream::from_std(stream)?;
//!     let mut driver = postrider::drive::tokio::Driver::new(Oracle::new(), stream);
//!     loop {
//!         match driver.next().await? {
//!             Next::Event(Event::Asked(_)) => {
//!                 let mut looked_up = Box::pin(async { "take a coat" });
//!                 let answer = tokio::select! {
//!                     answer = &mut looked_up => answer,
//!                     tended = driver.tend() => {
//!                         tended?; // Something happened meanwhile; `next` will tell.
//!                         looked_up.await
//!                     }
//!                 };
//!                 driver.machine().answer(answer);
//!             }
//!             Next::App => {}
//!             Next::Closed => break Ok::<(), Box<dyn core::error::Error>>(()),
//!             Next::StartTls(_) => unreachable!("the toy offers no TLS"),
//!         }
//!     }
//! })?;
//! assert_eq!(asking.join().expect("no panic")?, "OK take a coat\r\nBYE\r\n");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! What each driver does inside, and how to write one for another runtime in sixty lines, is the
//! guide `docs/embed.md`.
//!
//! # Payload
//!
//! Payload of any size streams through a machine. Coming in, it is an event that begins it, chunks,
//! and one event that ends it, in order or as aborted:
//!
//! - At the beginning [`Inbox::expect_payload`] tells the driver to read straight into the inbox, and
//!   the `Progress` timer starts; each chunk starts it anew. (A peer that trickles is bounded by the
//!   size limit times that timer, not better; an embedder that minds shuts down.)
//! - Each poll hands on what is there, [`Inbox::take_payload`]: with a declared size, at most what is
//!   left of it. Not polling is the backpressure.
//! - At the end [`Inbox::expect_units`] goes back to lines. What waits beyond a smaller limit stays,
//!   and the inbox is full until it is consumed.
//! - What must be told before an error is told first: keep the error in your state, answer the poll
//!   with `Aborted`, and call [`Chassis::fail`] in the next.
//!
//! Going out, [`Chassis::send_payload`] takes what fits; `Wait { app: true, .. }` asks for more.
//! Whether it all left, [`OutboxWriter::sent`] against [`OutboxWriter::queued`] tells.
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
