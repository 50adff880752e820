//! The journey of a message as its `Received` fields tell it.

use alloc::vec::Vec;

use crate::{DateTime, Defects, FieldName, Headers, Parsed, Received, code};

/// One hop: a host took the message from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop<'a> {
    received: Parsed<'a, Received<'a>>,
    delay: Option<i64>,
}

impl<'a> Hop<'a> {
    /// The field of this hop, with its defects and octets.
    pub const fn received(&self) -> &Parsed<'a, Received<'a>> {
        &self.received
    }

    /// The host that sent, as it named itself.
    pub fn from(&self) -> Option<&str> {
        self.received.value.from().map(|clause| clause.value())
    }

    /// The host that received.
    pub fn by(&self) -> Option<&str> {
        self.received.value.by().map(|clause| clause.value())
    }

    /// The protocol, such as `ESMTPS`.
    pub fn protocol(&self) -> Option<&str> {
        self.received.value.with().map(|clause| clause.value())
    }

    /// When it was received.
    pub const fn date(&self) -> Option<DateTime> {
        self.received.value.date()
    }

    /// Seconds since the hop before, negative where the clocks of the two hosts disagree. `None`
    /// for the first hop, and where this or every earlier hop has no date.
    pub const fn delay(&self) -> Option<i64> {
        self.delay
    }
}

/// The hops of a message, the oldest first: the order of the journey, not of the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace<'a> {
    hops: Vec<Hop<'a>>,
    defects: Defects,
}

impl<'a> Trace<'a> {
    /// The hops, the oldest first.
    pub fn hops(&self) -> &[Hop<'a>] {
        &self.hops
    }

    /// Seconds from the first dated hop to the last.
    pub fn total(&self) -> Option<i64> {
        let mut dates = self.hops.iter().filter_map(Hop::date);
        let first = dates.next()?;
        let last = dates.next_back().unwrap_or(first);
        last.unix().checked_sub(first.unix())
    }

    /// Whether older hops were left out; the defects of each hop are with the hop.
    pub const fn defects(&self) -> &Defects {
        &self.defects
    }
}

pub(crate) fn trace(headers: Headers<'_>) -> Trace<'_> {
    let limits = headers.limits();
    let mut defects = Defects::with_limit(limits.defects);
    let mut fields = headers.all(FieldName::Received);
    let mut hops: Vec<Hop<'_>> = fields
        .by_ref()
        .take(limits.hops)
        .map(|field| Hop { received: field.read(), delay: None })
        .collect();
    if let Some(field) = fields.next() {
        defects.push(&code::TOO_MANY_HOPS, field.span());
    }
    hops.reverse();
    let mut before: Option<DateTime> = None;
    for hop in &mut hops {
        let date = hop.date();
        hop.delay = date.zip(before).and_then(|(now, then)| now.unix().checked_sub(then.unix()));
        before = date.or(before);
    }
    Trace { hops, defects }
}
