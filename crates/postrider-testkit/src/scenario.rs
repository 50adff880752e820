//! What a law is tried on: a machine, who embeds it, and what its peer sends.

use core::cell::RefCell;
use core::fmt::Debug;
use std::collections::BTreeSet;

use postrider_wire::{Machine, Tap};

use crate::drive::{Drive, Plan};
use crate::run::Run;

/// The program around a machine: what it does with events, and what it wants.
pub trait Embedder<M: Machine> {
    /// React to an event: verdicts, payload, the next command.
    fn on_event(&mut self, machine: &mut M, event: &M::Event);

    /// The machine waits for the embedder (`Wait { app: true, .. }`, outbox drained). Returns
    /// whether it did anything; the machine is then polled again before more octets arrive.
    fn on_wait(&mut self, machine: &mut M) -> bool {
        let _ = machine;
        false
    }
}

/// An embedder that declines every event, as a `_ =>` arm would.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "it holds nothing")]
pub struct Declines;

impl<M: Machine> Embedder<M> for Declines {
    fn on_event(&mut self, machine: &mut M, _: &M::Event) {
        machine.decline();
    }
}

/// An embedder made of two closures, for scenarios that need no type of their own.
///
/// ```
/// use postrider_testkit::{embedder, Scenario};
/// use postrider_testkit::toy::{Server, ServerEvent};
///
/// let echo = Scenario::new("echo", || {
///     let on_event = |toy: &mut Server, event: &ServerEvent| {
///         if let ServerEvent::Said(text) = event {
///             let _ = toy.answer(&format!("you said {text}"));
///         } else {
///             postrider_wire::Machine::decline(toy);
///         }
///     };
///     (Server::new(), embedder(on_event, |_| false))
/// });
/// let run = echo.turn("SAY hello\r\n").run();
/// assert_eq!(run.output(), b"+ toy ready\r\n+ you said hello\r\n");
/// ```
pub fn embedder<M: Machine>(
    on_event: impl FnMut(&mut M, &M::Event) + 'static,
    on_wait: impl FnMut(&mut M) -> bool + 'static,
) -> Box<dyn Embedder<M>> {
    Box::new(Closures { on_event, on_wait })
}

struct Closures<A, B> {
    on_event: A,
    on_wait: B,
}

impl<M, A, B> Embedder<M> for Closures<A, B>
where
    M: Machine,
    A: FnMut(&mut M, &M::Event),
    B: FnMut(&mut M) -> bool,
{
    fn on_event(&mut self, machine: &mut M, event: &M::Event) {
        (self.on_event)(machine, event);
    }

    fn on_wait(&mut self, machine: &mut M) -> bool {
        (self.on_wait)(machine)
    }
}

/// What an event means to a payload (law 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the answers to one question")]
pub enum Role {
    /// It announces a payload.
    Begin,
    /// It tells that the payload arrived whole.
    End,
    /// It tells that the payload will not arrive whole.
    Aborted,
    /// It has nothing to do with payload, or is a chunk of one.
    Other,
}

/// A machine with its embedder, the octets of its peer in turns, and what is known of them.
///
/// A run goes like this: the machine is polled; events go to the embedder; when the machine waits,
/// its outbox is drained, then the embedder may act, then octets arrive. A turn's first octet
/// arrives only once the machine waits for input with a drained outbox, so that no reply comes
/// before its command; what the machine holds back with a [`postrider_wire::TimerKind::Delay`] is
/// waited for, too. Behind the last turn the peer closes ([`Scenario::held_open`] keeps it
/// silent instead). When the machine asks for TLS, the layer is established on the spot and the next
/// turn goes into the fresh inbox.
///
/// What an embedder holds counts as memory of the machine (law 6): let it not hold payload.
pub struct Scenario<M: Machine> {
    pub(crate) name: String,
    pub(crate) make: Box<Make<M>>,
    pub(crate) stream: Vec<u8>,
    pub(crate) ends: Vec<usize>,
    pub(crate) held_open: bool,
    /// No turn is interrupted by a flush.
    pub(crate) in_one_breath: bool,
    pub(crate) secrets: Vec<Vec<u8>>,
    pub(crate) state_limit: usize,
    pub(crate) classify: Option<Box<Classify<M>>>,
    pub(crate) debug: Option<fn(&M) -> String>,
    pub(crate) set_tap: Option<Box<SetTap<M>>>,
    pub(crate) read_output: Option<ReadOutput>,
    /// Which events, counted without payload, more events follow without an answer.
    pub(crate) no_questions: RefCell<BTreeSet<usize>>,
}

/// Makes a machine with its embedder.
pub(crate) type Make<M> = dyn Fn() -> (M, Box<dyn Embedder<M>>);
type Classify<M> = dyn Fn(&<M as Machine>::Event) -> Role;
type ReadOutput = fn(&[u8]) -> Vec<u8>;
type SetTap<M> = dyn Fn(&mut M, Box<dyn Tap + Send>);

/// What [`Scenario::state_limit`] is unless set.
const STATE_LIMIT: usize = 128 * 1024;

impl<M: Machine + 'static> Scenario<M> {
    /// A scenario without octets. `make` is called for every run: laws make thousands of them.
    pub fn new(name: &str, make: impl Fn() -> (M, Box<dyn Embedder<M>>) + 'static) -> Self {
        Self {
            name: name.to_owned(),
            make: Box::new(make),
            stream: Vec::new(),
            ends: Vec::new(),
            held_open: false,
            in_one_breath: false,
            secrets: Vec::new(),
            state_limit: STATE_LIMIT,
            classify: None,
            debug: None,
            set_tap: None,
            read_output: None,
            no_questions: RefCell::default(),
        }
    }

    /// Adds octets that the peer sends in one go. They are handed over only once the machine waits
    /// for input with a drained outbox.
    #[must_use]
    pub fn turn(mut self, octets: impl Into<Vec<u8>>) -> Self {
        let octets = octets.into();
        if !octets.is_empty() {
            self.stream.extend_from_slice(&octets);
            self.ends.push(self.stream.len());
        }
        self
    }

    /// The peer says nothing more behind the last turn, but does not close either.
    #[must_use]
    pub fn held_open(mut self) -> Self {
        self.held_open = true;
        self
    }

    /// The octets of a turn arrive, however they are cut, before anything is flushed that the machine
    /// answers to them.
    ///
    /// For machines that ask whether octets came before a reply had left, as a server does that
    /// refuses early talkers (RFC 2920 §3.2): to them a cut in a turn is otherwise another
    /// conversation, in which the peer waited for the reply. The turns must fit into the inbox; what
    /// does not comes after a flush.
    #[must_use]
    pub fn in_one_breath(mut self) -> Self {
        self.in_one_breath = true;
        self
    }

    /// Names octets that must appear in no rendering (law 12), raw or encoded.
    #[must_use]
    pub fn secret(mut self, octets: &[u8]) -> Self {
        self.secrets.push(octets.to_vec());
        self
    }

    /// Bounds what machine and embedder may hold besides the inbox: the outbox limit, plus the
    /// state that the machine documents (law 6). 128 KiB unless set.
    #[must_use]
    pub fn state_limit(mut self, octets: usize) -> Self {
        self.state_limit = octets;
        self
    }

    /// Tells which events begin and end a payload (laws 2 and 13).
    #[must_use]
    pub fn classify(mut self, role: impl Fn(&M::Event) -> Role + 'static) -> Self {
        self.classify = Some(Box::new(role));
        self
    }

    /// Lets law 12 look at the machine's `Debug` too.
    #[must_use]
    pub fn debug(mut self) -> Self
    where
        M: Debug,
    {
        self.debug = Some(|machine| format!("{machine:?} {machine:#?}"));
        self
    }

    /// Lets law 12 look at the transcript too; `set_tap` is `|machine, tap| machine.set_tap(tap)`.
    #[must_use]
    pub fn tap(mut self, set_tap: impl Fn(&mut M, Box<dyn Tap + Send>) + 'static) -> Self {
        self.set_tap = Some(Box::new(set_tap));
        self
    }

    /// Compares output by what a peer reads from it: for machines that compress, since where a
    /// compressor flushes depends on when the driver writes.
    #[must_use]
    pub fn read_output(mut self, read: fn(&[u8]) -> Vec<u8>) -> Self {
        self.read_output = Some(read);
        self
    }

    /// The name that a broken law is reported with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs it once: every turn in one piece, every flush at once.
    ///
    /// # Panics
    ///
    /// When the machine breaks a law that every run checks: 8, 9, 13, and the law's part about
    /// waiting in 2.
    #[must_use]
    pub fn run(&self) -> Run<M> {
        self.run_as(&Plan::default())
    }

    pub(crate) fn run_as(&self, plan: &Plan) -> Run<M> {
        loop {
            if let Some(run) = Drive::new(self, plan).run() {
                return run;
            }
        }
    }
}

impl<M: Machine> Debug for Scenario<M> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scenario").field("name", &self.name).finish_non_exhaustive()
    }
}
