//! The keys of a search as a program without a stack.

use alloc::vec::Vec;

use postrider_imap::{MessageNumber, Uid};

use super::Verdict;
use super::body::Texts;
use super::key::Key;
use super::ranges::Ranges;
use super::tree::{Node, Tree};
use crate::{Metadata, Need, Source};

/// Steps, each of which asks a key and says where to go on. A step goes on at steps before it in the
/// table, so a run takes no more steps than there are.
#[derive(Debug, Clone)]
pub(super) struct Program {
    steps: Vec<Step>,
    first: Next,
    need: Need,
}

#[derive(Debug, Clone)]
struct Step {
    key: Key,
    /// The answer that is asked for.
    expected: bool,
    /// Where to go on when that is the answer, and when it is not.
    then: Next,
    otherwise: Next,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    Found,
    NotFound,
    Step(usize),
}

/// The message that is asked about.
pub(super) struct Asked<'t, 'a> {
    pub(super) number: MessageNumber,
    pub(super) metadata: &'a Metadata,
    pub(super) source: Source<'a>,
    /// The texts of its parts, where they are at hand.
    pub(super) texts: Option<&'t Texts<'a>>,
}

impl Program {
    /// Of a tree whose root is its first node.
    pub(super) fn new(tree: Tree) -> Self {
        let need = tree.keys.iter().map(Key::need).max().unwrap_or(Need::Metadata);
        let Tree { nodes, keys } = tree;
        let mut keys: Vec<Option<Key>> = keys.into_iter().map(Some).collect();
        let mut steps = Vec::with_capacity(keys.len());
        // From the last member of a group to the first, so that each knows where the next one begins.
        let mut entry = Next::Found;
        let mut open = alloc::vec![(0_usize, None, Next::Found, Next::NotFound)];
        while let Some((at, left, then, otherwise)) = open.pop() {
            match nodes.get(at) {
                Some(Node::Group(group)) => {
                    let left = left.unwrap_or_else(|| {
                        entry = if group.all { then } else { otherwise };
                        group.members.len()
                    });
                    let Some(last) = left.checked_sub(1) else { continue };
                    open.push((at, Some(last), then, otherwise));
                    if let Some(&member) = group.members.get(last) {
                        open.push(match group.all {
                            true => (member, None, entry, otherwise),
                            false => (member, None, then, entry),
                        });
                    }
                }
                Some(Node::Key(key, expected)) => {
                    let Some(key) = keys.get_mut(*key).and_then(Option::take) else { continue };
                    entry = Next::Step(steps.len());
                    steps.push(Step { key, expected: *expected, then, otherwise });
                }
                None => {}
            }
        }
        Self { steps, first: entry, need }
    }

    pub(super) const fn need(&self) -> Need {
        self.need
    }

    /// Runs it, at first as if each key that cannot be asked yet gave the answer that is asked for: if
    /// even so the message is not found, it is not; and then as if none did. There is no NOT in
    /// front of a group, so nothing can come out between the two.
    #[inline]
    pub(super) fn run(&self, asked: &Asked<'_, '_>) -> Verdict {
        let mut missing = None;
        if !self.walk(asked, true, &mut missing) {
            return Verdict::No;
        }
        if missing.is_none() || self.walk(asked, false, &mut missing) {
            return Verdict::Yes;
        }
        missing.map_or(Verdict::Yes, Verdict::Needs)
    }

    #[inline]
    fn walk(&self, asked: &Asked<'_, '_>, hopeful: bool, missing: &mut Option<Need>) -> bool {
        let mut next = self.first;
        loop {
            let step = match next {
                Next::Found => return true,
                Next::NotFound => return false,
                Next::Step(at) => match self.steps.get(at) {
                    Some(step) => step,
                    None => return false,
                },
            };
            let is_expected = match step.key.ask(asked) {
                Some(answer) => answer == step.expected,
                None => {
                    let need = step.key.need();
                    *missing = Some(missing.map_or(need, |other| other.min(need)));
                    hopeful
                }
            };
            next = if is_expected { step.then } else { step.otherwise };
        }
    }

    /// Puts UIDs where message numbers are. Both ascend together, so a range stays a range.
    pub(super) fn pin(&mut self, uid: impl Fn(MessageNumber) -> Option<Uid>) {
        let uid = |number: u32| uid(MessageNumber::new(number).ok()?).map(Uid::get);
        for step in &mut self.steps {
            if let Key::Numbers(numbers) = &step.key {
                let range = |range: core::ops::RangeInclusive<u32>| {
                    Some(uid(*range.start())?..=uid(*range.end())?)
                };
                step.key = Key::Uids(Ranges::new(numbers.iter().filter_map(range)));
            }
        }
    }
}
