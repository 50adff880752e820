//! Messages of 4 GiB - 1 octets, the most that RFC 3501 can announce, through a client and through a
//! server, in both directions: every octet of them is compared, and the heap does not know how large they
//! are.

mod client;
mod server;

use bytes::{Buf, Bytes};
use postrider_wire::Machine;

/// `number = 1*DIGIT`, "unsigned 32-bit integer (0 <= n < 4,294,967,296)" (RFC 3501 §9)
pub(crate) const LARGE: u64 = u32::MAX as u64;

/// What the heap may hold at most.
pub(crate) const HEAP: u64 = 16 << 20;

/// Octets that repeat at no power of two: a piece that is missing, doubled or moved is seen.
pub(crate) const PERIOD: usize = 251;

/// The longest piece that is compared at once.
pub(crate) const PIECE: usize = 64 * 1024;

/// Of any place of a message the next [`PIECE`] octets are somewhere in here.
pub(crate) fn pattern() -> Bytes {
    let octets = (0..PERIOD + PIECE).map(|at| u8::try_from(at % PERIOD).unwrap());
    octets.collect::<Vec<u8>>().into()
}

/// The octets that stand at `at`, up to `most` of them.
pub(crate) fn piece(pattern: &Bytes, at: u64, most: usize) -> Bytes {
    let from = usize::try_from(at % PERIOD as u64).unwrap();
    let left = usize::try_from(LARGE - at).unwrap_or(usize::MAX);
    pattern.slice(from..from + most.min(left).min(PIECE))
}

/// What it said.
pub(crate) fn said(machine: &mut impl Machine) -> String {
    let n = machine.outbox().remaining();
    String::from_utf8(machine.outbox().copy_to_bytes(n).to_vec()).unwrap()
}
