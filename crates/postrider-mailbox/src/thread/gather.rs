//! Threads with the same base subject (RFC 5256 §3, REFERENCES steps 4 and 5).

use alloc::vec::Vec;

use super::{
    identifiers::{NONE, get, index, number, set},
    siblings::{Age, ages},
    threads::{EMPTY, Member},
};

/// Merges threads with the same subject, by the parents of the nodes; the first of these are those
/// of the members, the others dummies.
pub(super) fn gather(members: &[Member], parents: &mut Vec<u32>) {
    let ages = ages(members, parents);
    // (4) "Sort the messages under the root … by sent date."
    let mut top: Vec<(Age, u32)> = parents
        .iter()
        .zip(&ages)
        .enumerate()
        .filter(|(_, (parent, _))| **parent == NONE)
        .filter_map(|(node, (_, age))| Some(((*age)?, number(node))))
        .collect();
    top.sort_unstable();
    let mut table = Table::new(members);
    for &((_, first), node) in &top {
        table.add(first, node);
    }
    let mut deleted = Vec::new();
    for &((_, first), node) in &top {
        table.merge(first, node, parents, &mut deleted);
    }
    if deleted.is_empty() {
        return;
    }
    deleted.sort_unstable();
    // The children of a dummy that was deleted become those of another.
    for parent in parents.iter_mut() {
        if let Ok(found) = deleted.binary_search_by_key(parent, |&(dummy, _)| dummy)
            && let Some(&(_, other)) = deleted.get(found)
        {
            *parent = other;
        }
    }
}

/// (5.A) "Create a table for associating base subjects with messages, called the subject table."
struct Table<'a> {
    members: &'a [Member],
    /// A node by the number of its subject.
    nodes: Vec<u32>,
}

impl<'a> Table<'a> {
    fn new(members: &'a [Member]) -> Self {
        let most = members.iter().map(|member| index(member.subject)).max().unwrap_or(0);
        Self { members, nodes: alloc::vec![NONE; most.saturating_add(1)] }
    }

    /// (5.B.i) "Find the subject of this thread, by using the base subject from either the current
    /// message or its first child if the current message is a dummy". `None` where it is empty.
    fn subject(&self, first: u32) -> Option<u32> {
        let subject = self.members.get(index(first))?.subject;
        (subject != EMPTY).then_some(subject)
    }

    fn is_dummy(&self, node: u32) -> bool {
        index(node) >= self.members.len()
    }

    fn is_reply_or_forward(&self, node: u32) -> bool {
        self.members.get(index(node)).is_some_and(|member| member.is_reply_or_forward)
    }

    /// (5.B.iv)
    fn add(&mut self, first: u32, node: u32) {
        let Some(subject) = self.subject(first) else { return };
        let known = get(&self.nodes, subject);
        let replaced = known == NONE
            || !self.is_dummy(known)
                && (self.is_dummy(node)
                    || self.is_reply_or_forward(known) && !self.is_reply_or_forward(node));
        if replaced {
            set(&mut self.nodes, subject, node);
        }
    }

    /// (5.C)
    fn merge(
        &mut self,
        first: u32,
        node: u32,
        parents: &mut Vec<u32>,
        deleted: &mut Vec<(u32, u32)>,
    ) {
        let Some(subject) = self.subject(first) else { return };
        let known = get(&self.nodes, subject);
        if known == node {
            return;
        }
        if self.is_dummy(known) && self.is_dummy(node) {
            // "append the current message's children to the children of the message in the subject
            // table …, and then delete the current message."
            deleted.push((node, known));
        } else if self.is_dummy(known)
            || self.is_reply_or_forward(node) && !self.is_reply_or_forward(known)
        {
            set(parents, node, known);
        } else {
            // "create a new dummy message and make both … children of the dummy. Then replace the
            // message in the subject table with the dummy message."
            let dummy = number(parents.len());
            parents.push(NONE);
            set(parents, node, dummy);
            set(parents, known, dummy);
            set(&mut self.nodes, subject, dummy);
        }
    }
}
