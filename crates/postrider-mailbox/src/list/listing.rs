//! What LIST answers.

use alloc::vec::{IntoIter, Vec};

use postrider_imap::{
    Atom, ListAttribute, ListAttributes, ListExtended, ListKind, ListResponse, MailboxName,
};

use super::automaton::{Automaton, Match};
use super::nodes::{Node, in_order, tree};
use super::{Listing, Mailbox, hierarchy};

/// One LIST response, and what belongs behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// The response.
    pub response: ListResponse,
    /// Whether a STATUS response with [`Listing::status_items`] is to follow (RFC 5819 §2).
    pub status: bool,
    /// Whether a MYRIGHTS response is to follow (RFC 8440 §3).
    pub my_rights: bool,
    /// Whether METADATA responses with [`Listing::metadata_entries`] are to follow (RFC 9590).
    pub metadata: bool,
}

impl Listed {
    /// The same of a mailbox that turned out to be one that cannot be selected, when its STATUS was
    /// looked up: no STATUS is told, and the LIST response has `\Noselect` (RFC 5819 §2). So STATUS is
    /// to be looked up before the LIST response goes.
    #[must_use]
    pub fn unselectable(mut self) -> Self {
        self.response.attributes.insert(ListAttribute::NoSelect);
        self.status = false;
        self
    }
}

/// The answers to a [`Listing`], made when the iterator comes to them.
#[derive(Clone, Debug)]
pub struct Answers<'a> {
    listing: &'a Listing,
    mailboxes: Vec<Mailbox>,
    nodes: IntoIter<Node>,
    root: Option<ListResponse>,
}

impl Listing {
    /// What to answer where the store has these mailboxes and subscriptions, in any order. What the
    /// user may not see is not to be among them. A name may be given twice:
    /// [`Mailbox::subscription`].
    ///
    /// Takes the time to sort `n` names, and memory for them and for the levels they have.
    pub fn answer(&self, mailboxes: impl IntoIterator<Item = Mailbox>) -> Answers<'_> {
        if self.asks_delimiter {
            let (mailboxes, nodes) = (Vec::new(), Vec::new().into_iter());
            return Answers { listing: self, mailboxes, nodes, root: Some(self.root()) };
        }
        let mut mailboxes = in_order(mailboxes, self.delimiter);
        mailboxes.retain(|mailbox| !mailbox.remote || self.selection.remote);
        let longest = mailboxes.iter().map(|mailbox| mailbox.name.as_bytes().len()).max();
        let automaton = self.automaton(self.most_octets(longest.unwrap_or(0)));
        let mut reached = Vec::new();
        let nodes = tree(
            &mailboxes,
            self.delimiter,
            |mailbox, out| self.matches(&automaton, mailbox, &mut reached, out),
            |mailbox| self.meets(mailbox),
        );
        Answers { listing: self, mailboxes, nodes: nodes.into_iter(), root: None }
    }

    /// The root name of the reference, and the delimiter (RFC 3501 §6.3.8): what begins with the
    /// delimiter is rooted there, what begins with `#` in its namespace, all else is not rooted.
    fn root(&self) -> ListResponse {
        let reference = self.reference.as_bytes();
        let end = match (self.delimiter, reference.first()) {
            (Some(delimiter), Some(first)) if *first == delimiter.get() || *first == b'#' => {
                let at = reference.iter().position(|octet| *octet == delimiter.get());
                at.map_or(0, |at| at.saturating_add(1))
            }
            _ => 0,
        };
        let root = hierarchy::prefix(&self.reference, end);
        let root = root.unwrap_or_else(|| self.reference.clone());
        ListResponse::new([ListAttribute::NoSelect].into(), self.delimiter, root)
            .with_kind(self.kind)
    }

    /// How many octets are compared at most of a name of so many. Decoded, nine octets can come out of
    /// eight: UTF-8 has three octets for 16 bits, and base64 eight for 48.
    #[cfg_attr(not(feature = "std"), expect(clippy::unused_self, reason = "as with `std`"))]
    fn most_octets(&self, longest: usize) -> usize {
        #[cfg(feature = "std")]
        if self.encoding.is_some() {
            return longest.saturating_mul(2);
        }
        longest
    }

    fn matches(
        &self,
        automaton: &Automaton,
        mailbox: &Mailbox,
        reached: &mut Vec<u64>,
        out: &mut Vec<Match>,
    ) {
        // Names in ASCII are the same in both encodings, but for `&`.
        #[cfg(feature = "std")]
        if let Some(encoding) = self.encoding
            && mailbox.name.as_bytes().contains(&b'&')
            && let Ok(text) = mailbox.name.decode(encoding)
        {
            // What has a printable form is never encoded, so there are as many delimiters.
            return automaton.run(text.as_bytes(), reached, out);
        }
        automaton.run(mailbox.name.as_bytes(), reached, out);
    }

    /// Whether a mailbox meets the selection criteria. Under SUBSCRIBED it need not be there.
    fn meets(&self, mailbox: &Mailbox) -> bool {
        let selection = self.selection;
        (if selection.subscribed { mailbox.subscribed } else { mailbox.exists })
            && (!selection.special_use || !mailbox.special_uses.is_empty())
    }

    /// Whether a name is told.
    fn tells(&self, node: &Node, exists: bool) -> bool {
        if node.meets && node.matched.any {
            return true;
        }
        match self.kind {
            ListKind::Lsub => node.matched.percent && node.below.meets,
            _ if self.selection.recursive => node.matched.any && node.below.unlisted,
            _ => {
                let visible = node.matched.level && !exists && !self.selection.subscribed;
                visible && node.below.meets
            }
        }
    }

    fn listed(&self, node: &Node, mailboxes: &[Mailbox]) -> Option<Listed> {
        let first = mailboxes.get(node.mailbox)?;
        let mailbox = node.named.then_some(first);
        let exists = mailbox.is_some_and(|mailbox| mailbox.exists);
        if !self.tells(node, exists) {
            return None;
        }
        let name = match mailbox {
            Some(mailbox) => mailbox.name.clone(),
            None => hierarchy::prefix(&first.name, node.length)?,
        };
        let mut attributes = ListAttributes::new();
        match self.kind {
            // RFC 3501 §6.3.9: here `\Noselect` says that it is not subscribed.
            ListKind::Lsub if node.meets => {}
            ListKind::Lsub => {
                attributes.insert(ListAttribute::NoSelect);
            }
            _ => attributes = self.attributes(node, mailbox, exists),
        }
        let mut response = ListResponse::new(attributes, self.delimiter, name).with_kind(self.kind);
        if self.extended {
            response.extended = self.extended(node, mailbox);
        }
        let there = node.meets && exists;
        Some(Listed {
            response,
            status: !self.returns.status.is_empty()
                && there
                && mailbox.is_some_and(|mailbox| mailbox.selectable),
            my_rights: self.returns.my_rights && there,
            metadata: !self.returns.metadata.is_empty() && there,
        })
    }

    fn attributes(&self, node: &Node, mailbox: Option<&Mailbox>, exists: bool) -> ListAttributes {
        let mut attributes = mailbox.map(Mailbox::attributes).unwrap_or_default();
        if !exists {
            // Who does not use the extended syntax may not know `\NonExistent`.
            let missing =
                if self.extended { ListAttribute::NonExistent } else { ListAttribute::NoSelect };
            attributes.remove(&ListAttribute::NonExistent);
            attributes.insert(missing);
        }
        let hidden = mailbox.is_some_and(|mailbox| mailbox.hidden_children);
        let inferiors = mailbox.is_none_or(|mailbox| mailbox.inferiors);
        let has_children = node.below.exists || hidden;
        // RFC 5258 §3.5: what is told of a missing level where CHILDINFO may not be told.
        let signals = self.extended && !exists && has_children && !self.selection.recursive;
        // RFC 3348 §3: neither stands beside `\Noinferiors`.
        if inferiors && (self.returns.children || signals) {
            attributes.insert(match has_children {
                true => ListAttribute::HasChildren,
                false => ListAttribute::HasNoChildren,
            });
        }
        let Some(mailbox) = mailbox else { return attributes };
        if mailbox.subscribed && self.returns.subscribed {
            attributes.insert(ListAttribute::Subscribed);
        }
        if self.returns.special_use {
            let xlist = self.kind == ListKind::Xlist;
            attributes.extend(mailbox.special_uses.iter().map(|one| match xlist {
                true => of_xlist(one),
                false => one,
            }));
            if xlist && mailbox.name == MailboxName::inbox() {
                attributes.insert(ListAttribute::Inbox);
            }
        }
        attributes
    }

    fn extended(&self, node: &Node, mailbox: Option<&Mailbox>) -> Vec<ListExtended> {
        let mut items = Vec::new();
        if self.selection.recursive && node.below.meets {
            let options = [
                (self.selection.subscribed, "SUBSCRIBED"),
                (self.selection.special_use, "SPECIAL-USE"),
            ];
            let options = options.into_iter().filter(|(given, _)| *given);
            let options = options.filter_map(|(_, option)| Atom::new(option).ok()).collect();
            items.push(ListExtended::ChildInfo(options));
        }
        if let Some(old) = mailbox.and_then(|mailbox| mailbox.old_name.clone()) {
            items.push(ListExtended::OldName(old));
        }
        items
    }
}

/// The name that XLIST has for a special use.
fn of_xlist(special_use: ListAttribute) -> ListAttribute {
    match special_use {
        ListAttribute::All => ListAttribute::AllMail,
        ListAttribute::Flagged => ListAttribute::Starred,
        ListAttribute::Junk => ListAttribute::Spam,
        other => other,
    }
}

impl Iterator for Answers<'_> {
    type Item = Listed;

    fn next(&mut self) -> Option<Listed> {
        if let Some(response) = self.root.take() {
            return Some(Listed { response, status: false, my_rights: false, metadata: false });
        }
        self.nodes.by_ref().find_map(|node| self.listing.listed(&node, &self.mailboxes))
    }
}
