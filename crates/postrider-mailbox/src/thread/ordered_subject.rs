//! ORDEREDSUBJECT (RFC 5256 §3).

use alloc::vec::Vec;

use super::{
    identifiers::{NONE, set},
    threads::Member,
};

/// The parent of each member, which are in the order of the mailbox: "the searched messages are
/// sorted by base subject and then by the sent date. The messages are then split into separate
/// threads, with each thread containing messages with the same base subject text." The first of a
/// thread is the parent of all others.
pub(super) fn parents(members: &[Member]) -> Vec<u32> {
    let mut sorted: Vec<(u32, i64, u32)> =
        members.iter().zip(0..).map(|(member, at)| (member.subject, member.sent, at)).collect();
    sorted.sort_unstable();
    let mut parents = alloc::vec![NONE; members.len()];
    for thread in sorted.chunk_by(|(one, ..), (other, ..)| one == other) {
        let Some((&(_, _, first), others)) = thread.split_first() else { continue };
        for &(_, _, other) in others {
            set(&mut parents, other, first);
        }
    }
    parents
}
