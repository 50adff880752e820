//! The keys of a search as a tree of AND and OR: no NOT, no constants, flags as sets.

use alloc::vec::Vec;

use postrider_imap::{Flag, FlagSet};

use super::key::Key;

/// A tree in a table: each node behind the one it belongs to.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) keys: Vec<Key>,
}

#[derive(Debug)]
pub(super) enum Node {
    /// AND, or OR.
    Group(Group),
    /// A key, and the answer that is asked for.
    Key(usize, bool),
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) all: bool,
    pub(super) members: Vec<usize>,
    /// Flags that are asked for among the members: there, and not there.
    flags: [Vec<Flag>; 2],
}

impl Group {
    fn new(all: bool) -> Self {
        Self { all, members: Vec::new(), flags: [Vec::new(), Vec::new()] }
    }
}

impl Tree {
    /// A group in another one. Which one takes its members: a group of the same kind is the same group.
    pub(super) fn group(&mut self, within: Option<usize>, all: bool) -> usize {
        if let Some(within) = within
            && let Some(Node::Group(group)) = self.nodes.get(within)
            && group.all == all
        {
            return within;
        }
        self.add(within, Node::Group(Group::new(all)))
    }

    /// A member of a group that is always so. In a group of the same kind, it is no member at all.
    pub(super) fn constant(&mut self, within: usize, value: bool) {
        self.group(Some(within), value);
    }

    pub(super) fn key(&mut self, within: usize, key: Key, expected: bool) {
        let at = self.keys.len();
        self.keys.push(key);
        self.add(Some(within), Node::Key(at, expected));
    }

    pub(super) fn flag(&mut self, within: usize, flag: Flag, expected: bool) {
        if let Some(Node::Group(group)) = self.nodes.get_mut(within) {
            let [there, not_there] = &mut group.flags;
            let set = if expected { there } else { not_there };
            set.push(flag);
        }
    }

    fn add(&mut self, within: Option<usize>, node: Node) -> usize {
        let at = self.nodes.len();
        self.nodes.push(node);
        if let Some(Node::Group(group)) = within.and_then(|within| self.nodes.get_mut(within)) {
            group.members.push(at);
        }
        at
    }

    /// Makes the flags keys, and brings the members of each group into the order of their costs.
    pub(super) fn finish(&mut self) {
        for at in 0..self.nodes.len() {
            let Some(Node::Group(group)) = self.nodes.get_mut(at) else { continue };
            let all = group.all;
            let [there, not_there]: [FlagSet; 2] =
                core::mem::take(&mut group.flags).map(FlagSet::from_iter);
            // All of some are there: not one of the others is. One of some is there: or not all are.
            let of_all: fn(FlagSet) -> Key = Key::HasAll;
            let (one, other) =
                if all { (of_all, Key::HasAny as _) } else { (Key::HasAny as _, of_all) };
            if !there.is_empty() {
                self.key(at, one(there), true);
            }
            if !not_there.is_empty() {
                self.key(at, other(not_there), false);
            }
        }
        let mut costs = alloc::vec![0_u8; self.nodes.len()];
        for at in (0..self.nodes.len()).rev() {
            let cost = match self.nodes.get_mut(at) {
                Some(Node::Group(group)) => {
                    let cost = |member: &usize| costs.get(*member).copied().unwrap_or_default();
                    group.members.sort_by_key(cost);
                    group.members.last().map_or(0, cost)
                }
                Some(Node::Key(key, _)) => self.keys.get(*key).map_or(0, Key::cost),
                None => 0,
            };
            if let Some(slot) = costs.get_mut(at) {
                *slot = cost;
            }
        }
    }
}
