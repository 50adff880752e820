//! The journey of a message as its `Received` fields tell it.

use alloc::vec::Vec;

use super::{
    Clause, Encryption, Finding, Received,
    clocks::agreeing,
    finding::{findings, written},
};
use crate::{DateTime, Defects, FieldName, Headers, Parsed, code};

/// One hop of a [`Trace`]: a host took the message from another and wrote a `Received` field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop<'a> {
    received: Parsed<'a, Received<'a>>,
    delay: Option<i64>,
    lost: Option<i64>,
    skew: Option<i64>,
}

impl<'a> Hop<'a> {
    /// The field of this hop, with its defects and octets.
    pub const fn received(&self) -> &Parsed<'a, Received<'a>> {
        &self.received
    }

    /// The host that sent, as it named itself ([`Received::helo`]); where that cannot be told, all
    /// the words of the `from` clause. [`Received::from`] has these as they stand.
    pub fn from(&self) -> Option<&str> {
        let received = &self.received.value;
        received.helo().or_else(|| received.from().map(Clause::value))
    }

    /// The host that received.
    pub fn by(&self) -> Option<&str> {
        self.received.value.by().map(Clause::value)
    }

    /// The protocol, such as `ESMTPS`.
    pub fn protocol(&self) -> Option<&str> {
        self.received.value.with().map(Clause::value)
    }

    /// The name the receiving host gave the message.
    pub fn id(&self) -> Option<&str> {
        self.received.value.id().map(Clause::value)
    }

    /// Whether the message was encrypted on its way here.
    pub fn encryption(&self) -> Encryption {
        self.received.value.encryption()
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

    /// Seconds since the last hop before whose clock agrees with the others: the time that was lost
    /// on the way here. A clock that is wrong makes the [`delay`](Self::delay) of its own hop or of
    /// the next look long; this is not fooled by it. `None` for the first hop, without a date, and
    /// where the clock of this hop is [wrong](Self::skew).
    pub const fn lost(&self) -> Option<i64> {
        self.lost
    }

    /// Seconds by which the clock of this hop is wrong at least, negative where it is behind. Wrong
    /// are the clocks without which the most hops follow one another in time; where that is so of
    /// several, those without which the journey takes the least time. `None` where it agrees with
    /// the others.
    pub const fn skew(&self) -> Option<i64> {
        self.skew
    }
}

/// The journey of a message (RFC 5321 §4.4), the oldest hop first: the order of the journey, not of
/// the fields. `Display` writes it for a person who asks why a mail came late.
///
/// ```
/// use postrider_message::{Finding, HeaderSection};
/// let section = HeaderSection::parse(
///     "Received: from b.example by c.example with ESMTPS; 1 Jul 2003 10:05:30 +0200\n\
///      Received: from a.example by b.example with ESMTP; 1 Jul 2003 08:00:10 +0000\n\n",
/// );
/// let trace = section.headers().trace();
/// assert_eq!(trace.findings(), [Finding::Slowest { hop: 1, seconds: 320 }]);
/// assert_eq!(
///     trace.to_string(),
///     "1. a.example -> b.example, ESMTP, not encrypted, Tue, 1 Jul 2003 08:00:10 +0000\n\
///      2. b.example -> c.example, ESMTPS, encrypted, Tue, 1 Jul 2003 10:05:30 +0200 (+5 min 20 s)\n\
///      2 hops, 5 min 20 s in all\n\
///      hop 2 lost most time: 5 min 20 s\n",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace<'a> {
    hops: Vec<Hop<'a>>,
    findings: Vec<Finding>,
    defects: Defects,
}

impl<'a> Trace<'a> {
    /// The hops, the oldest first.
    pub fn hops(&self) -> &[Hop<'a>] {
        &self.hops
    }

    /// What is worth a look: what the `Date` tells first, then in the order of the hops; the hop
    /// that lost most time at the end.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The hop that lost most time, by its place in [`hops`](Self::hops), and the seconds it
    /// [lost](Hop::lost). `None` where no hop lost any.
    pub fn slowest(&self) -> Option<(usize, i64)> {
        slowest(&self.hops)
    }

    /// Seconds from the first hop to the last of those that have a date and whose clocks agree: a
    /// clock that is [wrong](Hop::skew) makes no journey long. `None` where these are fewer than
    /// two.
    pub fn total(&self) -> Option<i64> {
        let agreeing = self.hops.iter().filter(|hop| hop.skew.is_none());
        let mut dates = agreeing.filter_map(Hop::date);
        let first = dates.next()?;
        dates.next_back()?.unix().checked_sub(first.unix())
    }

    /// Whether older hops were left out; the defects of each hop are with the hop.
    pub const fn defects(&self) -> &Defects {
        &self.defects
    }
}

/// The first of the hops that lost most.
pub(super) fn slowest(hops: &[Hop<'_>]) -> Option<(usize, i64)> {
    let lost = hops.iter().enumerate().filter_map(|(hop, of)| Some((hop, of.lost?)));
    lost.rev().max_by_key(|(_, seconds)| *seconds).filter(|(_, seconds)| *seconds > 0)
}

pub(crate) fn trace(headers: Headers<'_>) -> Trace<'_> {
    let limits = headers.limits();
    let mut defects = Defects::with_limit(limits.defects);
    let mut fields = headers.all(FieldName::Received);
    let mut hops: Vec<Hop<'_>> = fields
        .by_ref()
        .take(limits.hops)
        .map(|field| Hop { received: field.read(), delay: None, lost: None, skew: None })
        .collect();
    let older = fields.next();
    if let Some(field) = older {
        defects.push(&code::TOO_MANY_HOPS, field.span());
    }
    hops.reverse();
    measure(&mut hops);
    let mut findings = findings(&hops);
    if let Some(written) = written(headers, &hops).filter(|_| older.is_none()) {
        findings.insert(0, written);
    }
    Trace { hops, findings, defects }
}

/// Works out delays, losses and skews.
fn measure(hops: &mut [Hop<'_>]) {
    let times: Vec<Option<i64>> = hops.iter().map(|hop| hop.date().map(DateTime::unix)).collect();
    let agree = agreeing(&times);
    let (mut before, mut agreed) = (None, None);
    for ((hop, now), agrees) in hops.iter_mut().zip(&times).zip(&agree) {
        let Some(now) = *now else { continue };
        let since = |then: Option<i64>| then.and_then(|then| now.checked_sub(then));
        hop.delay = since(before);
        if *agrees {
            hop.lost = since(agreed);
            agreed = Some(now);
        } else {
            hop.skew = since(agreed).filter(|skew| *skew < 0);
        }
        before = Some(now);
    }
    // A clock that is not behind the hops before is ahead of the next that agrees.
    let mut next = None;
    for ((hop, now), agrees) in hops.iter_mut().zip(&times).zip(&agree).rev() {
        if *agrees {
            next = *now;
        } else {
            hop.skew =
                hop.skew.or_else(|| now.zip(next).and_then(|(now, then)| now.checked_sub(then)));
        }
    }
}
