//! Siblings in their order, and a tree as a list (RFC 5256 §3, REFERENCES steps 4 and 6).

use alloc::vec::Vec;
use core::num::NonZeroU32;

use postrider_imap::{Thread, ThreadNode};

use super::{
    identifiers::{NONE, index, number},
    threads::Member,
};

/// What siblings are sorted by: the sent date, and for the same one the place in the mailbox (RFC
/// 5256 §2.2).
pub(super) type Age = (i64, u32);

/// The age of each node. "In the case of a dummy message … use its first child for sorting"; without
/// a child it has none.
pub(super) fn ages(members: &[Member], parents: &[u32]) -> Vec<Option<Age>> {
    let mut ages: Vec<Option<Age>> =
        members.iter().zip(0..).map(|(member, at)| Some((member.sent, at))).collect();
    ages.resize(parents.len(), None);
    for ((member, at), &parent) in members.iter().zip(0..).zip(parents) {
        let age = (member.sent, at);
        if index(parent) >= members.len()
            && let Some(first) = ages.get_mut(index(parent))
        {
            *first = Some(first.map_or(age, |first| first.min(age)));
        }
    }
    ages
}

/// The threads of these nodes, each parent before its children, siblings by their age.
pub(super) fn thread(
    members: &[Member],
    parents: &[u32],
    number_of: impl Fn(u32) -> Option<NonZeroU32>,
) -> Thread {
    let ages = ages(members, parents);
    let mut nodes: Vec<(u32, Age, u32)> = parents
        .iter()
        .zip(&ages)
        .enumerate()
        .filter_map(|(node, (&parent, &age))| Some((parent, age?, number(node))))
        .collect();
    nodes.sort_unstable();
    let children = |parent: u32| {
        let start = nodes.partition_point(|&(above, ..)| above < parent);
        let rest = nodes.get(start..).unwrap_or_default();
        let count = rest.partition_point(|&(above, ..)| above == parent);
        rest.get(..count).unwrap_or_default().iter().rev()
    };
    // The last of the list is the next.
    let mut list: Vec<(u32, u32)> = children(NONE).map(|&(.., node)| (0, node)).collect();
    let mut places = Vec::with_capacity(nodes.len());
    while let Some((depth, node)) = list.pop() {
        places.push(ThreadNode { depth, number: number_of(node) });
        let below = depth.saturating_add(1);
        list.extend(children(node).map(|&(.., child)| (below, child)));
    }
    // No place is deeper than a child of the one before it.
    Thread::new(places).unwrap_or_default()
}
