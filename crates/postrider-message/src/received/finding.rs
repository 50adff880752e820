//! What a journey tells that is worth a look.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::net::IpAddr;

use super::{Hop, tcp::is_private, trace::slowest};
use crate::{Headers, code};

/// Something in a [`Trace`](super::Trace) that is worth a look. Hops are told by their place in
/// [`Trace::hops`](super::Trace::hops), the oldest being 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The `Date` of the message, which says when it was written (RFC 5322 §3.6.1), is half an hour
    /// or more away from the first hop whose clock agrees with the others: the message waited, or its
    /// `Date` is wrong. It comes first. Nothing is told where the zone of the `Date` is not known,
    /// or the first hops were not read.
    Written {
        /// The hop it is measured from.
        hop: usize,
        /// How many seconds before that hop; negative where the `Date` is later.
        seconds: i64,
    },
    /// The hop has no date, or none that can be read.
    NoDate {
        /// Which.
        hop: usize,
    },
    /// The clock of the hop does not agree with those of the others: its date lies before that of
    /// an earlier hop, or behind that of a later one. See [`Hop::skew`].
    ClockSkew {
        /// Which.
        hop: usize,
        /// By how many seconds it is wrong at least; negative where it is behind.
        seconds: i64,
    },
    /// The host had received the message before, and others had since: a forward that comes back,
    /// or a loop (RFC 5321 §6.3). With the same id it is the same field twice, or two that were
    /// made up.
    Return {
        /// Which.
        hop: usize,
        /// The last hop to the same host before.
        earlier: usize,
        /// Whether both tell the same id.
        same_id: bool,
    },
    /// The message came from an address that means something in one network only: link-local,
    /// private or shared (RFC 1918, RFC 4193, RFC 6598). Loopback is not told: it is how a host
    /// hands a message to itself.
    PrivateAddress {
        /// Which.
        hop: usize,
        /// The address.
        address: IpAddr,
    },
    /// The hop that [lost](Hop::lost) most time.
    Slowest {
        /// Which.
        hop: usize,
        /// How many seconds.
        seconds: i64,
    },
}

/// Seconds between `Date` and the first hop that are told: more than most clocks are off by, and
/// less than a zone that is wrong by an hour leaves of it when the message took some minutes.
const NOTABLE: u64 = 1800;

/// What `Date` tells of the first hop.
pub(super) fn written(headers: Headers<'_>, hops: &[Hop<'_>]) -> Option<Finding> {
    let (hop, first) = hops.iter().enumerate().find_map(|(index, hop)| {
        hop.date().filter(|_| hop.skew().is_none()).map(|date| (index, date))
    })?;
    let date = headers.date()?;
    if date.defects.has(&code::NO_ZONE) || date.defects.has(&code::UNKNOWN_ZONE) {
        return None;
    }
    let seconds = first.unix().checked_sub(date.value?.unix())?;
    (seconds.unsigned_abs() >= NOTABLE).then_some(Finding::Written { hop, seconds })
}

/// At most four for a hop.
pub(super) fn findings(hops: &[Hop<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = BTreeMap::new();
    for (index, hop) in hops.iter().enumerate() {
        if hop.date().is_none() {
            findings.push(Finding::NoDate { hop: index });
        }
        if let Some(seconds) = hop.skew() {
            findings.push(Finding::ClockSkew { hop: index, seconds });
        }
        findings.extend(came_back(&mut seen, hops, index));
        let address = hop.received().value.tcp_info().map(|info| info.address());
        if let Some(address) = address.filter(|&address| is_private(address)) {
            findings.push(Finding::PrivateAddress { hop: index, address });
        }
    }
    findings.extend(slowest(hops).map(|(hop, seconds)| Finding::Slowest { hop, seconds }));
    findings
}

/// Two hops in a row at one host are a handover inside it, such as to a content filter; and a name
/// without a dot may be any host's.
fn came_back(
    seen: &mut BTreeMap<String, usize>,
    hops: &[Hop<'_>],
    index: usize,
) -> Option<Finding> {
    let hop = hops.get(index)?;
    let host = hop.by()?.split(' ').next()?.trim_end_matches('.');
    if !host.contains(['.', ':']) {
        return None;
    }
    let earlier = seen.insert(host.to_ascii_lowercase(), index)?;
    let id = |hop: &Hop<'_>| hop.id().filter(|id| !id.is_empty()).map(String::from);
    let same_id = hops.get(earlier).and_then(id).is_some_and(|before| Some(before) == id(hop));
    let others = index.saturating_sub(earlier) > 1;
    (others || same_id).then_some(Finding::Return { hop: index, earlier, same_id })
}
