//! A client against a server, over a connection that exists in memory and in virtual time (law 7).

mod end;
mod pipe;

use core::time::Duration;

use postrider_wire::Machine;

use self::end::End;
use self::pipe::Pipe;
use crate::random::Random;
use crate::run::Run;
use crate::scenario::{Embedder, Make};

/// Octets that one direction of a connection holds unless set: few, so that writers must wait.
const CAPACITY: usize = 4096;
/// The time from one end to the other unless set.
const LATENCY: Duration = Duration::from_millis(20);
/// So many steps without an octet or a moment passing are too many.
const IDLE_STEPS: usize = 1_000_000;

/// A client and a server, each with its embedder, and the connection between them.
///
/// The pipes are bounded and late; every read and write is cut at random, the same for the same
/// seed. Time is virtual: it goes on only when neither end has anything else to do. When both ends
/// asked for TLS and nothing is under way, both get it.
///
/// ```
/// use postrider_testkit::toy::{Client, ClientEvent, Server};
/// use postrider_testkit::{embedder, Outcome, Pair, PairEnd};
///
/// let client = || {
///     let on_event = |client: &mut Client, event: &ClientEvent| match event {
///         ClientEvent::Replied { text, .. } if text == "toy ready" => client.say("hello").unwrap(),
///         ClientEvent::Replied { text, .. } if text == "hello" => client.quit().unwrap(),
///         _ => {}
///     };
///     (Client::new(), embedder(on_event, |_| false))
/// };
/// let pair = Pair::new(client, Server::with_embedder);
/// for seed in 0..20 {
///     let run = pair.run(seed);
///     assert_eq!(run.end, PairEnd::Finished);
///     assert_eq!(run.client.output(), b"SAY hello\r\nQUIT\r\n");
///     assert_eq!(run.server.outcome(), &Outcome::Closed);
/// }
/// ```
pub struct Pair<C: Machine, S: Machine> {
    client: Box<Make<C>>,
    server: Box<Make<S>>,
    capacity: usize,
    latency: Duration,
    jitter: Duration,
    patient: bool,
    forgets: bool,
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PairEnd {
    /// Both machines are closed or failed, and flushed.
    Finished,
    /// Both wait for what does not come: nothing is under way, and only timeouts would go on.
    Deadlock,
}

/// A whole conversation, from both ends.
#[derive(Debug)]
#[non_exhaustive]
pub struct PairRun<C: Machine, S: Machine> {
    /// What the client told and sent.
    pub client: Run<C>,
    /// What the server told and sent.
    pub server: Run<S>,
    /// How it ended.
    pub end: PairEnd,
    /// The virtual time that it took.
    pub elapsed: Duration,
}

impl<C: Machine, S: Machine> Pair<C, S> {
    /// A pair over pipes of 4096 octets with 20 ms of latency each way.
    pub fn new(
        client: impl Fn() -> (C, Box<dyn Embedder<C>>) + 'static,
        server: impl Fn() -> (S, Box<dyn Embedder<S>>) + 'static,
    ) -> Self {
        Self {
            client: Box::new(client),
            server: Box::new(server),
            capacity: CAPACITY,
            latency: LATENCY,
            jitter: Duration::ZERO,
            patient: false,
            forgets: false,
        }
    }

    /// Octets that each direction holds before a writer must wait; at least one.
    #[must_use]
    pub fn capacity(mut self, octets: usize) -> Self {
        self.capacity = octets.max(1);
        self
    }

    /// The time from one end to the other.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Makes the latency random: up to this much is added to it, anew for every write, in order.
    #[must_use]
    pub fn jitter(mut self, most: Duration) -> Self {
        self.jitter = most;
        self
    }

    /// Lets timers of every kind run out in virtual time when nothing else can happen, instead of
    /// calling that a deadlock. [`postrider_wire::TimerKind::Delay`] always may.
    #[must_use]
    pub fn patient(mut self) -> Self {
        self.patient = true;
        self
    }

    /// Keeps no record of what the two tell and send: for a conversation that is long, and whose memory
    /// is counted.
    #[must_use]
    pub fn forgetful(mut self) -> Self {
        self.forgets = true;
        self
    }

    /// Lets the two talk until both are done or stuck.
    ///
    /// # Panics
    ///
    /// When a machine waits for input that it cannot take (laws 2 and 8), or when the two are busy
    /// without end and nothing moves.
    #[must_use]
    pub fn run(&self, seed: u64) -> PairRun<C, S> {
        let mut random = Random::new(seed);
        let mut client = End::new((self.client)(), self.forgets);
        let mut server = End::new((self.server)(), self.forgets);
        let mut pipe = |seed| {
            Pipe::new(self.capacity, self.latency, self.jitter, Random::new(random.next() ^ seed))
        };
        let (mut up, mut down) = (pipe(1), pipe(2));
        let (mut now, mut steps) = (Duration::ZERO, 0);
        let end = loop {
            steps += 1;
            assert!(steps < IDLE_STEPS + client.moved() + server.moved(), "busy without end");
            let client_moved = client.step(now, &mut down, &mut up, &mut random);
            let server_moved = server.step(now, &mut up, &mut down, &mut random);
            if client_moved || server_moved {
                continue;
            }
            if client.is_over() && server.is_over() {
                break PairEnd::Finished;
            }
            if client.wants_tls() && server.wants_tls() && up.is_empty() && down.is_empty() {
                client.establish(now);
                server.establish(now);
                continue;
            }
            let arrivals = [up.next_arrival(now), down.next_arrival(now)];
            let deadlines = [client.deadline(self.patient), server.deadline(self.patient)];
            let Some(next) = arrivals.into_iter().chain(deadlines).flatten().min() else {
                break PairEnd::Deadlock;
            };
            now = next.max(now);
            client.fire_due(now, self.patient);
            server.fire_due(now, self.patient);
        };
        let (client, server) = (client.into_run(), server.into_run());
        PairRun { client, server, end, elapsed: now }
    }
}

impl<C: Machine, S: Machine> core::fmt::Debug for Pair<C, S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pair")
            .field("capacity", &self.capacity)
            .field("latency", &self.latency)
            .field("jitter", &self.jitter)
            .field("patient", &self.patient)
            .field("forgets", &self.forgets)
            .finish_non_exhaustive()
    }
}
