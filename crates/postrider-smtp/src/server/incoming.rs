//! A mail on its way in, in whichever way its octets are framed.

use alloc::boxed::Box;

use bytes::Bytes;
use postrider_wire::Inbox;
use postrider_wire::dot::{BareNewlines, Unstuffed, Unstuffer};

use crate::Reply;
use crate::newlines::{Newlines, Nul};

/// A mail on its way in.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) framing: Framing,
    pub(super) fate: Fate,
    /// Octets handed on so far.
    pub(super) octets: u64,
}

/// How it is known where the octets of a mail end.
#[derive(Debug)]
pub(super) enum Framing {
    /// By the final dot.
    Data(Unstuffer),
    /// By the announced sizes of its chunks.
    Bdat(Chunks),
}

/// What becomes of a mail that is coming in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is handed on.
    Told,
    /// It is swallowed, and this is said at its end.
    Swallowed(Reply),
    /// It is swallowed, and nothing is said (RFC 2033 §4.3).
    Dropped,
}

/// What a `BDAT` announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) size: u64,
    pub(super) last: bool,
}

/// The chunks of one mail, up to the one that is coming in.
#[derive(Debug)]
pub(super) struct Chunks {
    newlines: Newlines,
    policy: BareNewlines,
    pub(super) announced: Announced,
    /// Octets of this chunk that are not here yet.
    left: u64,
    /// Octets that all chunks announced.
    total: u64,
}

/// Where a mail stands between two of its chunks.
#[derive(Debug)]
pub(super) enum Between {
    /// No mail is coming in chunks.
    Nothing,
    /// Its next chunk is due.
    Due(Box<Incoming>),
    /// A chunk was refused. Those that are in the pipeline already are swallowed, and held against
    /// nobody (RFC 3030 §2).
    Refused,
    /// The same in LMTP, where nobody was to get the mail: its last chunk has no reply.
    InVain,
}

impl Incoming {
    /// A mail behind 354.
    pub(super) fn data(policy: BareNewlines) -> Box<Self> {
        let framing = Framing::Data(Unstuffer::new(policy));
        Box::new(Self { framing, fate: Fate::Told, octets: 0 })
    }

    /// A mail that comes in chunks, at its first.
    pub(super) fn bdat(policy: BareNewlines, announced: Announced, fate: Fate) -> Box<Self> {
        let nul = if policy == BareNewlines::Normalize { Nul::Passes } else { Nul::Offends };
        let Announced { size, .. } = announced;
        let newlines = Newlines::new(nul);
        let chunks = Chunks { newlines, policy, announced, left: size, total: size };
        Box::new(Self { framing: Framing::Bdat(chunks), fate, octets: 0 })
    }

    /// Goes on with the next chunk.
    pub(super) fn announce(&mut self, announced: Announced) {
        if let Framing::Bdat(chunks) = &mut self.framing {
            chunks.announced = announced;
            chunks.left = announced.size;
            chunks.total = chunks.total.saturating_add(announced.size);
        }
    }

    /// How large the mail would be, as far as its chunks told, with `more` octets.
    pub(super) fn announced_with(&self, more: u64) -> u64 {
        match &self.framing {
            Framing::Data(_) => more,
            Framing::Bdat(chunks) => chunks.total.saturating_add(more),
        }
    }

    /// Consumes from `rx` up to the next thing to tell, as [`Unstuffer::poll`] does. What is
    /// swallowed comes as payload too.
    pub(super) fn poll(&mut self, rx: &mut Inbox) -> Unstuffed {
        match (&mut self.framing, &self.fate) {
            (Framing::Data(unstuffer), _) => unstuffer.poll(rx),
            (Framing::Bdat(chunks), Fate::Told) => chunks.poll(rx),
            (Framing::Bdat(chunks), Fate::Swallowed(_) | Fate::Dropped) => chunks.skip(rx),
        }
    }
}

impl Chunks {
    /// How many of the octets that wait are of this chunk.
    fn here(&self, rx: &Inbox) -> usize {
        usize::try_from(self.left).unwrap_or(usize::MAX).min(rx.len())
    }

    fn count(&mut self, n: usize) {
        self.left = self.left.saturating_sub(n as u64);
    }

    fn skip(&mut self, rx: &mut Inbox) -> Unstuffed {
        let here = self.here(rx);
        if self.left == 0 {
            return Unstuffed::End;
        }
        if here == 0 {
            return Unstuffed::NeedInput;
        }
        rx.skip(here);
        self.count(here);
        Unstuffed::Payload(Bytes::new())
    }

    fn poll(&mut self, rx: &mut Inbox) -> Unstuffed {
        let here = self.here(rx);
        if self.left == 0 {
            return self.end(rx);
        }
        if here == 0 {
            return Unstuffed::NeedInput;
        }
        if self.policy == BareNewlines::Keep {
            self.count(here);
            return Unstuffed::Payload(rx.take_payload(here));
        }
        let run = self.newlines.take(rx.octets().get(..here).unwrap_or_default());
        if run > 0 {
            self.count(run);
            return Unstuffed::Payload(rx.take_payload(run));
        }
        if self.policy != BareNewlines::Normalize {
            return Unstuffed::Fault(rx.offset());
        }
        if self.newlines.is_behind_cr() {
            return self.complete();
        }
        // A bare LF.
        rx.skip(1);
        self.count(1);
        Unstuffed::Payload(Bytes::from_static(b"\r\n"))
    }

    /// The chunk is here; with the last one, a CR at the very end has no LF to come.
    fn end(&mut self, rx: &Inbox) -> Unstuffed {
        match self.policy {
            _ if !self.announced.last || !self.newlines.is_behind_cr() => Unstuffed::End,
            BareNewlines::Normalize => self.complete(),
            _ => Unstuffed::Fault(rx.offset()),
        }
    }

    /// Gives a bare CR its LF.
    fn complete(&mut self) -> Unstuffed {
        self.newlines.mend();
        Unstuffed::Payload(Bytes::from_static(b"\n"))
    }
}
