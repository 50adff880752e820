//! What is known of the mailbox from one session to the next, and what is told of it.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use postrider::imap::{FlagSet, NumberList, client::SyncState};

use super::message::Message;
use postrider_net::program::failure::Escaped;

#[derive(Debug)]
pub(crate) struct Mailbox {
    /// What the last session knew when it began to watch; none before the first.
    pub(crate) state: Option<SyncState>,
    /// Whether the last session came to watch.
    pub(crate) is_watched: bool,
    /// The mails that were told, with their flags, by their UIDs.
    mails: BTreeMap<u32, Option<FlagSet>>,
    /// Lines that may still be told.
    left: Option<u64>,
}

impl Mailbox {
    /// Nothing is known. So many lines are told at most.
    pub(crate) fn new(lines: Option<u64>) -> Self {
        Self { state: None, is_watched: false, mails: BTreeMap::new(), left: lines }
    }

    /// Whether everything was told that is to be told.
    pub(crate) fn is_done(&self) -> bool {
        self.left == Some(0)
    }

    /// The UID from which on mails are new.
    pub(crate) fn next(&self) -> u32 {
        self.mails.last_key_value().map_or(1, |(last, _)| last.saturating_add(1))
    }

    /// A mail that is there, and new to nobody but this program.
    pub(crate) fn found(&mut self, uid: u32, flags: Option<FlagSet>) {
        self.mails.insert(uid, flags);
    }

    /// A mail came.
    pub(crate) fn came(&mut self, uid: u32, message: Message) {
        self.tell(&format!("new {uid} {}", message.summary()));
        self.mails.insert(uid, message.flags);
    }

    /// The flags of a mail were told, if so. Whether it is known.
    pub(crate) fn has_flags(&mut self, uid: u32, flags: Option<FlagSet>) -> bool {
        let Some(before) = self.mails.get_mut(&uid) else { return false };
        let (Some(flags), true) = (&flags, *before != flags) else { return true };
        let names = if flags.is_empty() { "none".to_owned() } else { flags.to_string() };
        *before = Some(flags.clone());
        self.tell(&format!("flags {uid}: {names}"));
        true
    }

    /// Mails went, as far as they were known.
    pub(crate) fn went(&mut self, uids: &NumberList) {
        for range in uids.ranges() {
            let (first, last) = (range.first().get(), range.last().get());
            let gone: Vec<u32> = self.mails.range(first..=last).map(|(uid, _)| *uid).collect();
            for uid in gone {
                self.mails.remove(&uid);
                self.tell(&format!("gone {uid}"));
            }
        }
    }

    /// The UIDs mean other mails.
    pub(crate) fn reset(&mut self) {
        self.mails.clear();
        self.tell("reset");
    }

    /// Tells a line, whatever is in it. Where nobody listens any more, nothing is left to tell.
    fn tell(&mut self, line: &str) {
        if self.is_done() {
            return;
        }
        if writeln!(io::stdout(), "{}", Escaped::new(line)).is_err() {
            self.left = Some(0);
        } else if let Some(left) = &mut self.left {
            *left = left.saturating_sub(1);
        }
    }
}
