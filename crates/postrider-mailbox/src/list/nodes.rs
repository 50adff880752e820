//! The tree that names make, in one pass over them.

use alloc::vec::Vec;
use core::cmp::Ordering;

use bytes::Bytes;
use postrider_imap::{Delimiter, MailboxName};

use super::Mailbox;
use super::automaton::{Match, begins_with_inbox};

/// A name of the tree: a mailbox, a name that was given, or a level above one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Which of the mailboxes: this one, or the first below.
    pub(super) mailbox: usize,
    /// How many octets of its name.
    pub(super) length: usize,
    /// Whether that is all of it.
    pub(super) named: bool,
    parent: Option<usize>,
    pub(super) matched: Match,
    /// Whether it meets the selection criteria.
    pub(super) meets: bool,
    pub(super) below: Below,
}

/// What there is below a name, at any depth.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Below {
    /// A mailbox.
    pub(super) exists: bool,
    /// A name that meets the selection criteria.
    pub(super) meets: bool,
    /// One of those that matches no pattern.
    pub(super) unlisted: bool,
}

/// Brings mailboxes into order, and makes one value of those with the same name.
pub(super) fn in_order(
    mailboxes: impl IntoIterator<Item = Mailbox>,
    delimiter: Option<Delimiter>,
) -> Vec<Mailbox> {
    let delimiter = delimiter.map(Delimiter::get);
    let mut list: Vec<Mailbox> = mailboxes.into_iter().collect();
    for mailbox in &mut list {
        one_inbox(&mut mailbox.name, delimiter);
    }
    list.sort_by(|one, other| order(one.name.as_bytes(), other.name.as_bytes(), delimiter));
    list.dedup_by(|next, before| {
        let same = next.name == before.name;
        if same {
            before.merge(next.clone());
        }
        same
    });
    list
}

/// INBOX in capital letters, as the first level too, so that all below it is below one name.
pub(super) fn one_inbox(name: &mut MailboxName, delimiter: Option<u8>) {
    let octets = name.as_bytes();
    if !begins_with_inbox(octets, delimiter) || octets.starts_with(b"INBOX") {
        return;
    }
    let upper: Bytes = b"INBOX".iter().chain(octets.iter().skip(5)).copied().collect();
    if let Ok(upper) = MailboxName::new(upper) {
        *name = upper;
    }
}

/// INBOX and what is below it first; then by octets, with the delimiter before all others, so that
/// what is below a name stands right behind it.
fn order(one: &[u8], other: &[u8], delimiter: Option<u8>) -> Ordering {
    let at = common(one, other);
    let key = |name: &[u8]| {
        let octet = name.get(at).copied();
        // The end, the delimiter, all others.
        octet.map(|octet| (Some(octet) != delimiter, octet))
    };
    let by_octets = key(one).cmp(&key(other));
    if at > b"INBOX".len() {
        // Both are below INBOX, or neither is.
        return by_octets;
    }
    let inbox = |name| begins_with_inbox(name, delimiter);
    inbox(other).cmp(&inbox(one)).then(by_octets)
}

/// How many octets two names have in common at the front.
fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// The names of sorted mailboxes and the levels above them: each before those below it. `matches`
/// tells how the levels of a name match, from the outermost to the name itself; `meets` whether a
/// mailbox meets the selection criteria.
pub(super) fn tree(
    mailboxes: &[Mailbox],
    delimiter: Option<Delimiter>,
    mut matches: impl FnMut(&Mailbox, &mut Vec<Match>),
    meets: impl Fn(&Mailbox) -> bool,
) -> Vec<Node> {
    let delimiter = delimiter.map(Delimiter::get);
    let mut nodes: Vec<Node> = Vec::with_capacity(mailboxes.len());
    // The nodes above the place where we are: their places and lengths.
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut before: &[u8] = &[];
    let mut matched = Vec::new();
    for (mailbox, value) in mailboxes.iter().enumerate() {
        let name = value.name.as_bytes();
        let shared = common(before, name);
        before = name;
        let is_above = |length: usize| {
            length <= shared && delimiter.is_some() && name.get(length).copied() == delimiter
        };
        while path.pop_if(|(_, length)| !is_above(*length)).is_some() {}
        matches(value, &mut matched);
        let above = path.last().map_or(0, |(_, length)| *length);

        let mut add = |length: usize, named: bool, matched: Match| {
            path_push(
                &mut nodes,
                &mut path,
                Node {
                    mailbox,
                    length,
                    named,
                    parent: None,
                    matched,
                    meets: named && meets(value),
                    below: Below::default(),
                },
            );
        };
        let mut levels = matched.iter();
        let mut empty = true;
        for (at, octet) in name.iter().enumerate() {
            if Some(*octet) != delimiter {
                empty = false;
                continue;
            }
            let matched = levels.next().copied().unwrap_or_default();
            // A level without a name of its own is no level.
            if at > above && !empty {
                add(at, false, matched);
            }
            empty = true;
        }
        add(name.len(), true, levels.next().copied().unwrap_or_default());
    }
    gather(&mut nodes, mailboxes);
    nodes
}

fn path_push(nodes: &mut Vec<Node>, path: &mut Vec<(usize, usize)>, mut node: Node) {
    node.parent = path.last().map(|(place, _)| *place);
    path.push((nodes.len(), node.length));
    nodes.push(node);
}

/// Tells each name what there is below it, from the last to the first: all below a name stand behind
/// it.
fn gather(nodes: &mut [Node], mailboxes: &[Mailbox]) {
    for place in (0..nodes.len()).rev() {
        let Some(node) = nodes.get(place).copied() else { continue };
        let exists = node.named && mailboxes.get(node.mailbox).is_some_and(|value| value.exists);
        let Some(parent) = node.parent.and_then(|parent| nodes.get_mut(parent)) else { continue };
        parent.below.exists |= exists || node.below.exists;
        parent.below.meets |= node.meets || node.below.meets;
        parent.below.unlisted |= (node.meets && !node.matched.any) || node.below.unlisted;
    }
}
