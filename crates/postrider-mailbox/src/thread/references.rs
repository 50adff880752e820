//! REFERENCES (RFC 5256 §3), steps 1 to 3.

use alloc::vec::Vec;

use super::{
    forest::Forest,
    gather::gather,
    identifiers::{NONE, get, index, number, set},
    threads::Member,
};

/// The parents of all nodes: first those of the members, which are in the order of the mailbox, and
/// behind them those of the missing messages that hold threads together. They never lie deeper
/// than under the root, and have no parents.
pub(super) fn parents(members: &[Member], references: &[u32], ids: usize) -> Vec<u32> {
    let containers = Containers::of(members, ids);
    let links = containers.link(members, references);
    let mut parents = containers.pruned(&links);
    gather(members, &mut parents);
    parents
}

/// The identifiers, and what has them.
struct Containers {
    /// The member with each identifier; [`NONE`] for a dummy: "If no message can be found with a
    /// given Message ID, create a dummy message with this ID."
    holders: Vec<u32>,
    /// The identifier of each member.
    own: Vec<u32>,
}

impl Containers {
    /// "If a message does not contain a Message-ID header line … assign a unique Message ID to this
    /// message. If two or more messages have the same Message ID, then only use that Message ID in
    /// the first (lowest sequence number) message" (step 1.A).
    fn of(members: &[Member], ids: usize) -> Self {
        let mut holders = alloc::vec![NONE; ids];
        let mut own = Vec::with_capacity(members.len());
        for (member, at) in members.iter().zip(0..) {
            let slot = member.id.and_then(|id| Some((id, holders.get_mut(index(id))?)));
            match slot {
                Some((id, holder)) if *holder == NONE => {
                    *holder = at;
                    own.push(id);
                }
                _ => {
                    own.push(number(holders.len()));
                    holders.push(at);
                }
            }
        }
        Self { holders, own }
    }

    /// Step 1: the parent of each container.
    fn link(&self, members: &[Member], references: &[u32]) -> Vec<u32> {
        let mut forest = Forest::new(self.holders.len());
        for (member, &own) in members.iter().zip(&self.own) {
            // (A) "Make the first reference the parent of the second … If a message already has a
            // parent, don't change the existing link."
            let mut last = NONE;
            for &reference in references.get(member.references.clone()).unwrap_or_default() {
                if last != NONE {
                    forest.link(last, reference);
                }
                last = reference;
            }
            // (B) "If the current message already has a parent … break the current parent/child
            // link before creating the new correct one. … Note that if this message has no
            // references, it will now have no parent."
            if forest.parent(own) != last {
                forest.cut(own);
                if last != NONE {
                    forest.link(last, own);
                }
            }
        }
        forest.into_parents()
    }

    /// Steps 2 and 3: the parents of the nodes that are left. A dummy is deleted and its children
    /// take its place, but not "if doing so would make them children of the root, unless there is
    /// only one child".
    fn pruned(&self, links: &[u32]) -> Vec<u32> {
        let mut parents = alloc::vec![NONE; self.own.len()];
        // For each dummy that was met: the member it is below, or the node that it is itself.
        let mut found = alloc::vec![NONE; links.len()];
        let mut way = Vec::new();
        for (&own, child) in self.own.iter().zip(0..) {
            let mut above = get(links, own);
            while above != NONE && get(&self.holders, above) == NONE && get(&found, above) == NONE {
                way.push(above);
                above = get(links, above);
            }
            let parent = match (get(&self.holders, above), way.last()) {
                (member, _) if member != NONE => member,
                // A dummy that was met before, or one at the top, which becomes a node.
                (_, _) if above != NONE => get(&found, above),
                (_, Some(_)) => {
                    parents.push(NONE);
                    number(parents.len().saturating_sub(1))
                }
                (_, None) => NONE,
            };
            for dummy in way.drain(..) {
                set(&mut found, dummy, parent);
            }
            set(&mut parents, child, parent);
        }
        self.promote_only_children(&mut parents);
        parents
    }

    /// Takes dummies with one child out.
    fn promote_only_children(&self, parents: &mut [u32]) {
        let first_dummy = self.own.len();
        let mut children = alloc::vec![0_u32; parents.len().saturating_sub(first_dummy)];
        let dummy = |parent: u32| index(parent).checked_sub(first_dummy);
        for &parent in parents.iter().take(first_dummy) {
            if let Some(count) = dummy(parent).and_then(|dummy| children.get_mut(dummy)) {
                *count = count.saturating_add(1);
            }
        }
        for parent in parents.iter_mut().take(first_dummy) {
            if dummy(*parent).and_then(|dummy| children.get(dummy)) == Some(&1) {
                *parent = NONE;
            }
        }
    }
}
