//! Octets are read the same however they come.

use postrider_imap::{Limits, Quirks};

use super::reading::{commands, cut_responses, responses};

/// The first octet is a knob, the second tells how many sizes of pieces follow it, and the rest is what
/// either side says.
pub(crate) fn check(data: &[u8]) {
    let [knob, pieces, rest @ ..] = data else { return };
    let Some((sizes, octets)) = rest.split_at_checked(usize::from(pieces % 16)) else { return };
    let limits = if knob & 1 == 0 { Limits::new() } else { Limits::new().with_unit(512, 512) };
    let limits = limits.with_swallow(if knob & 2 == 0 { 64 << 10 } else { 20 });
    let forgiven = if knob & 4 == 0 { Quirks::tolerant() } else { Quirks::strict() };
    let mut all = sizes.iter().map(|size| usize::from(*size).max(1)).cycle();
    let mut next = || all.next().unwrap_or(1);
    let whole = responses(octets, &limits, forgiven);
    assert_eq!(cut_responses(octets, &limits, forgiven, &mut next), whole);
    let takes: fn(usize) -> bool = match knob >> 6 {
        0 => |_| true,
        1 => |_| false,
        2 => |nth| nth % 2 == 1,
        _ => |nth| nth % 3 == 2,
    };
    let whole = commands(octets, &limits, forgiven, takes, || usize::MAX);
    assert_eq!(commands(octets, &limits, forgiven, takes, &mut next), whole);
}
