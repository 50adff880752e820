//! Parents and children that come and go, without a loop.

use alloc::vec::Vec;

use super::identifiers::{NONE, get, index, set};

/// Trees that are linked and cut, and asked for the root of a node: a link/cut tree (Sleator and
/// Tarjan, "A data structure for dynamic trees", 1983), in which each step takes log n on average.
/// Walking up the parents for each link would take n, where each message answers the one before it.
///
/// The paths from some nodes up to the root are kept as splay trees, ordered by depth.
#[derive(Debug)]
pub(super) struct Forest {
    parents: Vec<u32>,
    nodes: Vec<Node>,
}

/// A node of a splay tree.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// Above it in its splay tree; at the top of that, the node that the path hangs from.
    up: u32,
    /// What is nearer to the root on its path.
    left: u32,
    /// What is further from it.
    right: u32,
}

const LONE: Node = Node { up: NONE, left: NONE, right: NONE };

impl Forest {
    /// So many nodes without parents.
    pub(super) fn new(count: usize) -> Self {
        Self { parents: alloc::vec![NONE; count], nodes: alloc::vec![LONE; count] }
    }

    /// [`NONE`] where it has none.
    pub(super) fn parent(&self, node: u32) -> u32 {
        get(&self.parents, node)
    }

    /// The parents of all nodes.
    pub(super) fn into_parents(self) -> Vec<u32> {
        self.parents
    }

    /// Makes a node that has no parent a child, but not where that would introduce a loop, which it
    /// does when the new parent is below the node.
    pub(super) fn link(&mut self, parent: u32, child: u32) {
        if self.parent(child) != NONE || self.root(parent) == child {
            return;
        }
        self.expose(child);
        self.change(child, |node| node.up = parent);
        set(&mut self.parents, child, parent);
    }

    /// Takes a node, with what is below it, from its parent.
    pub(super) fn cut(&mut self, child: u32) {
        self.expose(child);
        let above = self.at(child).left;
        self.change(child, |node| node.left = NONE);
        self.change(above, |node| node.up = NONE);
        set(&mut self.parents, child, NONE);
    }

    fn root(&mut self, node: u32) -> u32 {
        self.expose(node);
        let mut root = node;
        while self.at(root).left != NONE {
            root = self.at(root).left;
        }
        // So that a long way down is not taken again.
        self.splay(root);
        root
    }

    /// Makes the nodes from the root to this one a path of their own, with this one on top.
    fn expose(&mut self, node: u32) {
        let (mut at, mut below) = (node, NONE);
        while at != NONE {
            self.splay(at);
            self.change(at, |node| node.right = below);
            (below, at) = (at, self.at(at).up);
        }
        self.splay(node);
    }

    fn splay(&mut self, node: u32) {
        while let Some(up) = self.up(node) {
            if let Some(above) = self.up(up) {
                let straight = (self.at(up).left == node) == (self.at(above).left == up);
                self.rotate(if straight { up } else { node });
            }
            self.rotate(node);
        }
    }

    /// What is above a node in its splay tree.
    fn up(&self, node: u32) -> Option<u32> {
        let up = self.at(node).up;
        let above = self.at(up);
        (up != NONE && (above.left == node || above.right == node)).then_some(up)
    }

    /// Lifts a node above what is above it.
    fn rotate(&mut self, node: u32) {
        let Some(up) = self.up(node) else { return };
        let (lifted, lowered, above) = (self.at(node), self.at(up), self.up(up));
        let moved = if lowered.left == node {
            self.change(up, |up| up.left = lifted.right);
            self.change(node, |node| node.right = up);
            lifted.right
        } else {
            self.change(up, |up| up.right = lifted.left);
            self.change(node, |node| node.left = up);
            lifted.left
        };
        self.change(node, |node| node.up = lowered.up);
        self.change(up, |up| up.up = node);
        self.change(moved, |moved| moved.up = up);
        if let Some(above) = above {
            self.change(above, |above| {
                let side = if above.left == up { &mut above.left } else { &mut above.right };
                *side = node;
            });
        }
    }

    fn at(&self, node: u32) -> Node {
        self.nodes.get(index(node)).copied().unwrap_or(LONE)
    }

    /// Changes a node, if there is one: [`NONE`] is none.
    fn change(&mut self, node: u32, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(index(node)) {
            change(node);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::{Forest, NONE, index};

    const NODES: u32 = 40;

    proptest! {
        #[test]
        fn links_are_those_of_a_forest_that_is_walked(
            steps in prop::collection::vec((0..3_u8, 0..NODES, 0..NODES), 0..400),
        ) {
            let mut forest = Forest::new(index(NODES));
            let mut walked: Vec<u32> = [NONE].repeat(index(NODES));
            for (kind, parent, child) in steps {
                if kind == 0 {
                    forest.cut(child);
                    walked[index(child)] = NONE;
                } else {
                    forest.link(parent, child);
                    let mut above = parent;
                    while above != child && walked[index(above)] != NONE {
                        above = walked[index(above)];
                    }
                    if above != child && walked[index(child)] == NONE {
                        walked[index(child)] = parent;
                    }
                }
                prop_assert_eq!(&forest.parents, &walked);
            }
        }
    }

    #[test]
    fn a_path_of_a_million_is_linked_from_either_end() {
        for backwards in [false, true] {
            let mut forest = Forest::new(1_000_000);
            for step in 1..1_000_000 {
                let child = if backwards { 1_000_000 - step } else { step };
                forest.link(child - 1, child);
            }
            forest.link(999_999, 0);
            let parents = forest.into_parents();
            assert_eq!(parents[0], NONE);
            assert!(parents.iter().skip(1).copied().eq(0..999_999));
        }
    }
}
