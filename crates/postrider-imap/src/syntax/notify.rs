//! NOTIFY.

use alloc::vec::Vec;

use super::base::{atom, mailbox, octet, sp, word};
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::{Atom, EventGroup, MailboxName, NotifyCommand, NotifyEvent, NotifyMailboxes};

impl Grammar<'_> {
    /// What stands behind `NOTIFY `.
    ///
    /// ```text
    /// notify           = "NOTIFY" SP (notify-set / notify-none)
    /// notify-set       = "SET" [status-indicator] SP event-groups
    /// status-indicator = SP "STATUS"
    /// event-groups     = event-group *(SP event-group)
    /// ```
    pub(crate) fn notify<'a>(&self, input: &'a [u8]) -> Parsed<'a, NotifyCommand> {
        if let Ok((rest, ())) = word(input, b"NONE") {
            return Ok((rest, NotifyCommand::None));
        }
        let (rest, ()) = word(input, b"SET")?;
        let (rest, ()) = self.sp(rest)?;
        let (rest, status) = match word(rest, b"STATUS") {
            Ok((rest, ())) => (self.sp(rest)?.0, true),
            Err(_) => (rest, false),
        };
        let (rest, groups) = self.spaced(rest, |i| self.event_group(i))?;
        Ok((rest, NotifyCommand::Set { status, groups }))
    }

    /// ```text
    /// event-group = "(" filter-mailboxes SP events ")"
    /// events      = ("(" event *(SP event) ")") / "NONE"
    /// ```
    ///
    /// Events without their parentheses are forgiven.
    fn event_group<'a>(&self, input: &'a [u8]) -> Parsed<'a, EventGroup> {
        let (rest, ()) = octet(input, b'(')?;
        let (rest, mailboxes) = self.notify_mailboxes(rest)?;
        let (rest, ()) = self.sp(rest)?;
        let (rest, events) = match word(rest, b"NONE") {
            Ok((rest, ())) => (rest, None),
            // So the examples of RFC 5465 §5, against its grammar.
            Err(_) if rest.first() != Some(&b'(') && self.forgives(Quirk::Members) => {
                let (rest, events) = self.spaced(rest, |i| self.notify_event(i))?;
                (rest, Some(events))
            }
            Err(_) => {
                let (rest, events) = self.list1(rest, |i| self.notify_event(i))?;
                (rest, Some(events))
            }
        };
        octet(rest, b')').map(|(rest, ())| (rest, EventGroup { mailboxes, events }))
    }

    /// ```text
    /// filter-mailboxes          = filter-mailboxes-selected / filter-mailboxes-other
    /// filter-mailboxes-selected = "selected" / "selected-delayed"
    /// filter-mailboxes-other    = "inboxes" / "personal" / "subscribed" /
    ///                             ("subtree" SP one-or-more-mailbox) /
    ///                             ("mailboxes" SP one-or-more-mailbox)
    /// ```
    ///
    /// RFC 7377 §2.2 adds `("subtree-one" SP one-or-more-mailbox)`, and uses them for ESEARCH.
    pub(crate) fn notify_mailboxes<'a>(&self, input: &'a [u8]) -> Parsed<'a, NotifyMailboxes> {
        let (rest, filter) = atom(input)?;
        let is = |name: &[u8]| filter.eq_ignore_ascii_case(name);
        let simple = match filter.len() {
            8 if is(b"SELECTED") => NotifyMailboxes::Selected,
            16 if is(b"SELECTED-DELAYED") => NotifyMailboxes::SelectedDelayed,
            7 if is(b"INBOXES") => NotifyMailboxes::Inboxes,
            8 if is(b"PERSONAL") => NotifyMailboxes::Personal,
            10 if is(b"SUBSCRIBED") => NotifyMailboxes::Subscribed,
            7 if is(b"SUBTREE") => {
                return self.mailboxes(rest).map(|(i, all)| (i, NotifyMailboxes::Subtree(all)));
            }
            11 if is(b"SUBTREE-ONE") => {
                return self.mailboxes(rest).map(|(i, all)| (i, NotifyMailboxes::SubtreeOne(all)));
            }
            9 if is(b"MAILBOXES") => {
                return self.mailboxes(rest).map(|(i, all)| (i, NotifyMailboxes::Mailboxes(all)));
            }
            _ => NotifyMailboxes::Other(Atom::read(filter)),
        };
        Ok((rest, simple))
    }

    /// ```text
    /// SP one-or-more-mailbox
    /// one-or-more-mailbox = mailbox / many-mailboxes
    /// many-mailboxes      = "(" mailbox *(SP mailbox) ")"
    /// ```
    fn mailboxes<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<MailboxName>> {
        let (rest, ()) = self.sp(input)?;
        if rest.first() == Some(&b'(') {
            return self.list1(rest, mailbox);
        }
        mailbox(rest).map(|(rest, one)| (rest, [one].into()))
    }

    /// ```text
    /// event         = message-event / mailbox-event / user-event / event-ext
    /// message-event = ("MessageNew" [SP "(" fetch-att *(SP fetch-att) ")"]) / "MessageExpunge" /
    ///                 "FlagChange" / "AnnotationChange"
    /// mailbox-event = "MailboxName" / "SubscriptionChange" / "MailboxMetadataChange"
    /// user-event    = "ServerMetadataChange"
    /// event-ext     = atom
    /// ```
    fn notify_event<'a>(&self, input: &'a [u8]) -> Parsed<'a, NotifyEvent> {
        let (rest, event) = atom(input)?;
        if event.eq_ignore_ascii_case(b"MESSAGENEW") {
            let (rest, attributes) = match rest {
                [b' ', b'(', ..] => self.list1(sp(rest)?.0, |i| self.fetch_attribute(i, true))?,
                _ => (rest, Vec::new()),
            };
            return Ok((rest, NotifyEvent::MessageNew(attributes)));
        }
        Ok((rest, NotifyEvent::read(event)))
    }
}
