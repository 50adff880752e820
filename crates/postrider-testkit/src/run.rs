//! What a run came to, as values that compare.

use core::fmt;

use postrider_wire::{Machine, MachineEvent};

/// One thing that a machine told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Told<E> {
    /// An event that is no payload.
    Event(E),
    /// Adjacent chunks of payload, joined: where they were cut carries no meaning.
    Payload(Vec<u8>),
    /// The machine asked for TLS, and it was established.
    Tls,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome<E> {
    /// In order.
    Closed,
    /// With a fatal error.
    Failed(E),
    /// Not at all: the machine waits for what does not come.
    #[non_exhaustive]
    Waiting {
        /// It waits for octets.
        input: bool,
        /// It waits for its embedder.
        app: bool,
    },
}

/// Everything that a machine told and sent, independent of how its input was cut.
pub struct Run<M: Machine> {
    pub(crate) told: Vec<Told<M::Event>>,
    pub(crate) output: Vec<u8>,
    pub(crate) outcome: Outcome<M::Error>,
    /// Octets of a turn that stood behind an upgrade and so went to the TLS engine.
    pub(crate) behind_upgrade: usize,
    pub(crate) largest_inbox: usize,
    /// The planned timer was running and fired.
    pub(crate) fired: bool,
}

impl<M: Machine> Run<M> {
    pub(crate) fn new() -> Self {
        Self {
            told: Vec::new(),
            output: Vec::new(),
            outcome: Outcome::Waiting { input: false, app: false },
            behind_upgrade: 0,
            largest_inbox: 0,
            fired: false,
        }
    }

    /// What the machine told, in order.
    #[must_use]
    pub fn told(&self) -> &[Told<M::Event>] {
        &self.told
    }

    /// The events that are no payload, in order.
    pub fn events(&self) -> impl Iterator<Item = &M::Event> {
        self.told.iter().filter_map(|told| match told {
            Told::Event(event) => Some(event),
            _ => None,
        })
    }

    /// All payload octets, one payload after the other.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        let pieces = self.told.iter().filter_map(|told| match told {
            Told::Payload(octets) => Some(&octets[..]),
            _ => None,
        });
        pieces.collect::<Vec<_>>().concat()
    }

    /// Every octet that the machine sent.
    #[must_use]
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(&self) -> &Outcome<M::Error> {
        &self.outcome
    }

    pub(crate) fn record(&mut self, event: M::Event) {
        let Some(chunk) = event.payload() else {
            self.told.push(Told::Event(event));
            return;
        };
        if let Some(Told::Payload(joined)) = self.told.last_mut() {
            joined.extend_from_slice(chunk);
        } else {
            self.told.push(Told::Payload(chunk.to_vec()));
        }
    }

    /// The run as text, a line each for events, sent lines and the outcome.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<_> = self.told.iter().map(line_of).collect();
        lines.extend(
            self.output
                .split_inclusive(|&octet| octet == b'\n')
                .map(|line| format!("sent {}", line.escape_ascii())),
        );
        lines.push(format!("outcome {:?}", self.outcome));
        lines
    }
}

fn line_of<E: fmt::Debug>(told: &Told<E>) -> String {
    match told {
        Told::Event(event) => format!("told {event:?}"),
        Told::Payload(octets) if octets.len() <= 200 => {
            format!("payload of {}: {}", octets.len(), octets.escape_ascii())
        }
        Told::Payload(octets) => format!(
            "payload of {}: {} ... {}",
            octets.len(),
            octets[..100].escape_ascii(),
            octets[octets.len() - 100..].escape_ascii()
        ),
        Told::Tls => "TLS established".to_owned(),
    }
}

impl<M: Machine> PartialEq for Run<M> {
    fn eq(&self, other: &Self) -> bool {
        self.told == other.told && self.output == other.output && self.outcome == other.outcome
    }
}

impl<M: Machine> fmt::Debug for Run<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

/// Where two runs part, as text: common lines plain, then both ends.
pub(crate) fn diff<M: Machine>(expected: &Run<M>, got: &Run<M>) -> String {
    let (left, right) = (expected.lines(), got.lines());
    let common = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let mut text = String::new();
    for line in &left[common.saturating_sub(3)..common] {
        text.push_str(&format!("    {line}\n"));
    }
    for line in left[common..].iter().take(12) {
        text.push_str(&format!("  - {line}\n"));
    }
    for line in right[common..].iter().take(12) {
        text.push_str(&format!("  + {line}\n"));
    }
    if left == right {
        text.push_str("    (they differ inside a long payload)\n");
    }
    text
}
