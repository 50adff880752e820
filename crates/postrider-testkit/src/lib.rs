//! Tests for machines that do no I/O: the laws of the [`postrider_wire`] contract as functions, and
//! the peers to try them against.
//!
//! A [`Machine`](postrider_wire::Machine) that keeps the contract behaves the same however its
//! input is cut and its output flushed, ends when its input ends, survives every timeout in every
//! state, stays within its memory, and shows no secret. None of that can be seen in one run; all of
//! it can be tested without knowing the protocol. Write down who embeds the machine and what its
//! peer says, and [`laws::all`] runs that some thousand times:
//!
//! ```
//! use postrider_testkit::toy::{Server, ServerEvent};
//! use postrider_testkit::{laws, Embedder, Scenario};
//!
//! /// Answers every question; the machine asks one at a time.
//! struct Host;
//! impl Embedder<Server> for Host {
//!     fn on_event(&mut self, server: &mut Server, event: &ServerEvent) {
//!         let _ = match event {
//!             ServerEvent::Said(text) => server.answer(text),
//!             ServerEvent::Login(password) if password.expose() == "sesame" => server.answer("hi"),
//!             ServerEvent::Login(_) => Ok(postrider_wire::Machine::decline(server)),
//!             _ => Ok(()),
//!         };
//!     }
//! }
//!
//! let scenario = Scenario::new("login and mail", || (Server::new(), Box::new(Host)))
//!     .classify(ServerEvent::role)     // which events begin and end a payload
//!     .secret(b"sesame")               // must show nowhere:
//!     .debug()                         // not in the machine's Debug,
//!     .tap(Server::set_tap)            // not in its transcript
//!     .state_limit(16 * 1024)          // outbox and state
//!     .turn("LOGIN sesame\r\nMAIL\r\n")
//!     .turn("Dear Bob\r\n.\r\nQUIT\r\n");
//! laws::all(&scenario);
//! ```
//!
//! A law that is broken panics with its number, the plan of the run (where it was cut, which timer
//! fired) and the two transcripts from where they part.
//!
//! # One run, looked at
//!
//! [`Scenario::run`] gives the plain run as values: what was told, with adjacent chunks of payload
//! joined, what was sent, and how it ended.
//!
//! ```
//! use postrider_testkit::toy::{Error, Server, ServerEvent};
//! use postrider_testkit::{Outcome, Scenario, Told};
//! use postrider_wire::AbortReason;
//!
//! let run = Scenario::new("cut off", Server::with_embedder).turn("MAIL\r\n").turn("Dear").run();
//! assert_eq!(run.output(), b"+ toy ready\r\n= go ahead\r\n");
//! assert_eq!(run.told(), [
//!     Told::Event(ServerEvent::Begin),
//!     Told::Payload(b"Dear".to_vec()),
//!     Told::Event(ServerEvent::Aborted(AbortReason::Eof)),
//! ]);
//! assert_eq!(run.outcome(), &Outcome::Failed(Error::Eof));
//! ```
//!
//! [`poll_by_hand`] and [`take_output`] drive a machine without a plan, for a test that looks at each turn.
//!
//! # Two machines
//!
//! [`Pair`] lets a client and a server talk over pipes that are bounded, late and cut at random, in
//! virtual time, TLS included; two that wait for each other are a [`PairEnd::Deadlock`].
//!
//! ```
//! use postrider_testkit::toy::{Client, ClientEvent, Server};
//! use postrider_testkit::{embedder, Pair, PairEnd};
//!
//! let client = || {
//!     let on_event = |client: &mut Client, event: &ClientEvent| match event {
//!         ClientEvent::Replied { text, .. } if text == "toy ready" => client.start_tls().unwrap(),
//!         ClientEvent::Secured => client.quit().unwrap(),
//!         _ => {}
//!     };
//!     (Client::new(), embedder(on_event, |_| false))
//! };
//! let run = Pair::new(client, Server::with_embedder).capacity(3).run(42);
//! assert_eq!(run.end, PairEnd::Finished);
//! assert_eq!(run.client.output(), b"STARTTLS\r\nQUIT\r\n");
//! ```
//!
//! # Peers by the book
//!
//! - [`Script`]: send, expect, upgrade, hang up, step by step; against a machine, or as a stream
//!   against a driver.
//! - [`Dialogue`]: the `C: `/`S: ` listings of the RFCs as such a script.
//! - [`Torture`]: wraps any `Read + Write` and makes it as mean as the traits allow: short reads and
//!   writes, `Interrupted`, `WouldBlock`, `TimedOut`, an early end, a broken pipe.
//! - [`shared`]: finds test data that lies beside the checkout.
//! - [`Ledger`]: what other programs say against what we say, with the reasons in a text.
//!
//! # Choices
//!
//! - **Everything is seeded.** The same test does the same thing in every run, on every machine.
//! - **Laws cost seconds, not minutes**, for scenarios of up to a few KiB; all pairs of cuts are
//!   tried inside turns of up to 300 octets only. Prefer several short scenarios to a long one.
//! - **A turn is what the peer says in one breath.** Cuts fall inside turns, and the next turn waits
//!   until the machine has flushed and waits for input, so no reply comes before its command.
//! - **Two things are exempt from the law of cuts**: octets behind an upgrade request, and, with
//!   [`Scenario::in_one_breath`], flushes in the middle of a turn, for a server that refuses octets
//!   which come before its reply has left.
//! - **Heap is counted with `allocation-counter`**, which installs the global allocator of the test
//!   binary. What the embedder holds counts too; let it hold no payload.
//! - **The kit panics**, as a test tool should. Do not use it outside of tests.
#![forbid(unsafe_code)]

mod by_hand;
pub mod counted;
mod drive;
pub mod laws;
mod ledger;
mod pair;
mod random;
mod run;
mod scenario;
mod script;
mod secrets;
mod seeds;
mod shared;
mod torture;
pub mod toy;

pub use by_hand::{Stop, poll_by_hand, take_output};
pub use ledger::Ledger;
pub use pair::{Pair, PairEnd, PairRun};
pub use random::Random;
pub use run::{Outcome, Run, Told};
pub use scenario::{Declines, Embedder, Role, Scenario, embedder};
pub use script::{Dialogue, Mismatch, Script, ScriptStream};
pub use seeds::replay_seeds;
pub use shared::{place_in_corpora, read_shared, shared, shared_files, shared_files_with};
pub use torture::Torture;
