//! Which commands may be in flight beside which (RFC 9051 §5.5), as a table.
//!
//! A client must not send what would be ambiguous before the answer to what is in flight: a command
//! whose result another one changes, a message number that may by then name another message, two
//! questions whose answers look the same. The table says what each command reads and changes, and
//! by which response it is answered; everything else follows from that.

use alloc::vec::Vec;

use crate::{
    AppendTarget, Command, CommandName, FetchAttribute, FetchAttributes, ListReturn, MailboxName,
    MessageSet, SearchKey, SequenceNumber, SequenceRange, SequenceSet,
};

/// What commands read and change: bits.
pub(super) type Things = u16;

/// What may be said at all, and what it means: login, selected mailbox, extensions, compression.
const SESSION: Things = 1;
/// Which message a number names: it changes where the server may tell EXPUNGE.
const NUMBERS: Things = 1 << 1;
/// Which messages the selected mailbox holds.
const MESSAGES: Things = 1 << 2;
/// Their flags.
const FLAGS: Things = 1 << 3;
/// Which mailboxes there are, and which are subscribed.
const NAMES: Things = 1 << 4;
/// What the mailboxes hold, as STATUS tells it.
const COUNTS: Things = 1 << 5;
const RIGHTS: Things = 1 << 6;
const QUOTA: Things = 1 << 7;
const METADATA: Things = 1 << 8;

/// What must not be changed by two commands at once; elsewhere the order of two changes is nothing
/// that an answer would tell.
const IN_ORDER: Things = SESSION | FLAGS | NAMES | RIGHTS | QUOTA | METADATA;

/// What one set of messages has for itself: commands about other messages do not care.
const PER_MESSAGE: Things = MESSAGES | FLAGS;

/// By which responses a command is answered, as far as they do not tell which command they answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// By none, by some that name their command, or by FETCH.
    Nothing,
    Capability,
    Id,
    /// LIST, and STATUS, MYRIGHTS and METADATA where those are asked for with it.
    List,
    Lsub,
    Namespace,
    /// Each of the following names the mailbox.
    Status,
    Acl,
    ListRights,
    MyRights,
    Metadata,
    /// QUOTA and QUOTAROOT: a quota names no mailbox.
    Quota,
    Search,
    Sort,
    Thread,
    JmapAccess,
}

/// Commands, what they read, what they change, and how they are answered.
type Row = (&'static [CommandName], Things, Things, Told);

/// Commands with numbers, as they are without UID. With UID they read no numbers, and the server may
/// tell EXPUNGE (RFC 9051 §7.5.1).
const TABLE: &[Row] = {
    use CommandName as Name;
    &[
        // Alone, whatever else there is. What a command does that has no name here is not known.
        (
            &[
                Name::Logout,
                Name::StartTls,
                Name::Authenticate,
                Name::Login,
                Name::Enable,
                Name::Select,
                Name::Examine,
                Name::Close,
                Name::Unselect,
                Name::Idle,
                Name::Notify,
                Name::Compress,
                Name::Unauthenticate,
                Name::Other,
            ],
            0,
            SESSION,
            Told::Nothing,
        ),
        (&[Name::Capability], SESSION, NUMBERS, Told::Capability),
        (&[Name::Id], SESSION, NUMBERS, Told::Id),
        (&[Name::Noop, Name::Check, Name::CancelUpdate], SESSION, NUMBERS, Told::Nothing),
        (
            &[Name::Create, Name::Delete, Name::Rename, Name::Subscribe, Name::Unsubscribe],
            SESSION,
            NAMES | COUNTS | RIGHTS | METADATA | NUMBERS,
            Told::Nothing,
        ),
        (&[Name::List, Name::Xlist], SESSION | NAMES | COUNTS | RIGHTS, NUMBERS, Told::List),
        (&[Name::Lsub], SESSION | NAMES, NUMBERS, Told::Lsub),
        (&[Name::Namespace], SESSION | NAMES, NUMBERS, Told::Namespace),
        (&[Name::Status], SESSION | NAMES | COUNTS | FLAGS, NUMBERS, Told::Status),
        (&[Name::Append], SESSION | NAMES, COUNTS | MESSAGES | NUMBERS, Told::Nothing),
        (
            &[Name::Replace],
            SESSION | NAMES | NUMBERS | MESSAGES,
            COUNTS | MESSAGES | NUMBERS,
            Told::Nothing,
        ),
        (&[Name::GetJmapAccess], SESSION, NUMBERS, Told::JmapAccess),
        (&[Name::GetQuota], SESSION | QUOTA, NUMBERS, Told::Quota),
        (&[Name::GetQuotaRoot], SESSION | NAMES | QUOTA, NUMBERS, Told::Quota),
        (&[Name::SetQuota], SESSION, QUOTA | NUMBERS, Told::Quota),
        (&[Name::SetAcl, Name::DeleteAcl], SESSION | NAMES, RIGHTS | NUMBERS, Told::Nothing),
        (&[Name::GetAcl], SESSION | NAMES | RIGHTS, NUMBERS, Told::Acl),
        (&[Name::ListRights], SESSION | NAMES | RIGHTS, NUMBERS, Told::ListRights),
        (&[Name::MyRights], SESSION | NAMES | RIGHTS, NUMBERS, Told::MyRights),
        (&[Name::GetMetadata], SESSION | NAMES | METADATA, NUMBERS, Told::Metadata),
        (&[Name::SetMetadata], SESSION | NAMES, METADATA | NUMBERS, Told::Nothing),
        // Both name their command.
        (&[Name::Esearch], SESSION | NAMES | MESSAGES | FLAGS, NUMBERS, Told::Nothing),
        (&[Name::UidBatches], SESSION | MESSAGES, NUMBERS, Told::Nothing),
        (&[Name::Search], SESSION | NUMBERS | MESSAGES | FLAGS, 0, Told::Search),
        (&[Name::Sort], SESSION | NUMBERS | MESSAGES | FLAGS, 0, Told::Sort),
        (&[Name::Thread], SESSION | NUMBERS | MESSAGES | FLAGS, 0, Told::Thread),
        (&[Name::Fetch], SESSION | NUMBERS | MESSAGES | FLAGS, FLAGS, Told::Nothing),
        (&[Name::Store], SESSION | NUMBERS | MESSAGES, FLAGS, Told::Nothing),
        (&[Name::Expunge], SESSION | FLAGS, MESSAGES | COUNTS | NUMBERS, Told::Nothing),
        (
            &[Name::Copy],
            SESSION | NAMES | NUMBERS | MESSAGES | FLAGS,
            COUNTS | NUMBERS,
            Told::Nothing,
        ),
        (
            &[Name::Move],
            SESSION | NAMES | NUMBERS | MESSAGES | FLAGS,
            COUNTS | MESSAGES | NUMBERS,
            Told::Nothing,
        ),
    ]
};

/// What a command lays claim to while it is in flight.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    reads: Things,
    changes: Things,
    pub(super) told: Told,
    pub(super) about: About,
    /// Whether it names messages by numbers that would mean others once a message went. All are all.
    pub(super) numbered: bool,
}

/// What a command is about, as far as answers tell it.
#[derive(Clone, Debug)]
pub(super) enum About {
    Nothing,
    Mailbox(MailboxName),
    /// LIST: what is to be told of each mailbox.
    Returns(Vec<ListReturn>),
    Messages {
        /// Whether the set holds UIDs.
        uid: bool,
        set: MessageSet,
        /// What FETCH asks of them; STORE that is not silent asks for what it changes.
        asked: Vec<FetchAttribute>,
    },
}

impl Claim {
    /// Of a command that has no arguments here.
    pub(super) fn of_name(name: CommandName) -> Self {
        let row = TABLE.iter().find(|(names, ..)| names.contains(&name));
        // Every name has its row: that is tested.
        let (reads, changes, told) = row
            .map_or((0, SESSION, Told::Nothing), |(_, reads, changes, told)| {
                (*reads, *changes, *told)
            });
        Self { reads, changes, told, about: About::Nothing, numbered: false }
    }

    pub(super) fn of(command: &Command) -> Self {
        let mut claim = Self::of_name(CommandName::of(command));
        match command {
            Command::Fetch { set, uid, attributes, .. } => claim.fetch(set, *uid, attributes),
            Command::Store(store) => {
                claim.with_uid(store.uid);
                if store.unchanged_since.is_some() {
                    claim.reads |= FLAGS;
                }
                let asked = if store.silent {
                    [FetchAttribute::ModSeq].into()
                } else {
                    [FetchAttribute::Flags, FetchAttribute::ModSeq, FetchAttribute::GmailLabels]
                        .into()
                };
                claim.about = About::Messages { uid: store.uid, set: store.set.clone(), asked };
            }
            Command::Copy { set, uid, .. } | Command::Move { set, uid, .. } => {
                claim.with_uid(*uid);
                claim.about = About::Messages { uid: *uid, set: set.clone(), asked: Vec::new() };
            }
            Command::UidExpunge(set) => {
                claim.about = About::Messages { uid: true, set: set.clone(), asked: Vec::new() };
            }
            Command::Search(search) => {
                claim.search(search.uid, &search.keys, search.returns.is_some());
            }
            Command::Sort(sort) => claim.search(sort.uid, &sort.keys, sort.returns.is_some()),
            Command::Thread(thread) => claim.search(thread.uid, &thread.keys, false),
            Command::Status { mailbox, .. }
            | Command::GetAcl(mailbox)
            | Command::ListRights { mailbox, .. }
            | Command::MyRights(mailbox) => claim.about = About::Mailbox(mailbox.clone()),
            Command::List(list) => {
                claim.about = About::Returns(list.returns.clone().unwrap_or_default());
            }
            Command::GetMetadata(metadata) => {
                claim.about = About::Mailbox(metadata.mailbox.clone());
            }
            _ => {}
        }
        if let About::Messages { uid: false, set: MessageSet::Set(set), .. } = &claim.about {
            claim.numbered = *set != SequenceSet::all();
        }
        claim
    }

    /// Of APPEND or REPLACE.
    pub(super) fn of_target(target: &AppendTarget) -> Self {
        let AppendTarget::Replace { uid, message, .. } = target else {
            return Self::of_name(CommandName::Append);
        };
        let mut claim = Self::of_name(CommandName::Replace);
        claim.with_uid(*uid);
        claim.numbered = !uid;
        let set = SequenceSet::from(SequenceRange::One(*message)).into();
        claim.about = About::Messages { uid: *uid, set, asked: Vec::new() };
        claim
    }

    fn with_uid(&mut self, uid: bool) {
        if uid {
            self.reads &= !NUMBERS;
            self.changes |= NUMBERS;
        }
    }

    fn fetch(&mut self, set: &MessageSet, uid: bool, attributes: &FetchAttributes) {
        self.with_uid(uid);
        let mut asked = attributes.clone().into_list();
        if uid {
            asked.push(FetchAttribute::Uid);
        }
        if !asked.contains(&FetchAttribute::Flags) {
            self.reads &= !FLAGS;
        }
        let sets_seen =
            |one: &FetchAttribute| one.body_request().is_some_and(|body| body.sets_seen);
        if !asked.iter().any(sets_seen) {
            self.changes &= !FLAGS;
        }
        self.about = About::Messages { uid, set: set.clone(), asked };
    }

    fn search(&mut self, uid: bool, keys: &[SearchKey], named: bool) {
        self.with_uid(uid);
        if keys.iter().any(names_numbers) {
            self.reads |= NUMBERS;
            self.numbered = true;
        }
        if named {
            // ESEARCH says which command it answers.
            self.told = Told::Nothing;
        }
    }

    /// Whether a command with this claim may be said before the answer to one with that.
    pub(super) fn may_follow(&self, earlier: &Self) -> bool {
        // A number is right as long as none went before the server read it.
        let numbers = earlier.changes & self.reads & NUMBERS;
        let others = (earlier.changes & (self.reads | (self.changes & IN_ORDER))
            | earlier.reads & self.changes)
            & !NUMBERS;
        // Sets are compared only where it matters: there may be hundreds in flight.
        let meets = others & PER_MESSAGE == 0 || !self.is_apart_from(earlier);
        let others = if meets { others } else { others & !PER_MESSAGE };
        numbers | others == 0 && (self.told != earlier.told || self.is_told_apart(earlier))
    }

    /// Whether both are about messages, and none of them is the same.
    fn is_apart_from(&self, other: &Self) -> bool {
        match (&self.about, &other.about) {
            (
                About::Messages { uid, set: MessageSet::Set(one), .. },
                About::Messages { uid: other, set: MessageSet::Set(two), .. },
            ) => uid == other && are_apart(one, two),
            _ => false,
        }
    }

    fn is_told_apart(&self, other: &Self) -> bool {
        match (self.told, &self.about, &other.about) {
            (Told::Nothing, ..) => true,
            // Of one mailbox there may be the rights of several.
            (_, About::Mailbox(one), About::Mailbox(two)) => one != two,
            _ => false,
        }
    }
}

/// Whether no message can be in both sets. `*` may be any.
fn are_apart(one: &SequenceSet, two: &SequenceSet) -> bool {
    /// Sets with more ranges are not compared one by one.
    const FEW: usize = 16;
    let few = one.ranges().len() <= FEW && two.ranges().len() <= FEW;
    let (Some(ones), Some(twos)) = (spans(one), spans(two)) else { return false };
    let meet = |(a, b): (u32, u32), (c, d): (u32, u32)| a <= d && c <= b;
    if few {
        return !ones.iter().any(|one| twos.iter().any(|two| meet(*one, *two)));
    }
    let hull = |spans: &[(u32, u32)]| {
        let first = spans.iter().map(|span| span.0).min();
        first.zip(spans.iter().map(|span| span.1).max())
    };
    hull(&ones).zip(hull(&twos)).is_some_and(|(one, two)| !meet(one, two))
}

/// First and last of each range; `None` where `*` is among them.
fn spans(set: &SequenceSet) -> Option<Vec<(u32, u32)>> {
    let number = |number: SequenceNumber| match number {
        SequenceNumber::Number(number) => Some(number.get()),
        SequenceNumber::Last => None,
    };
    let span = |range: &SequenceRange| {
        let (one, other) = match *range {
            SequenceRange::One(one) => (number(one)?, number(one)?),
            SequenceRange::Between(one, other) => (number(one)?, number(other)?),
        };
        Some((one.min(other), one.max(other)))
    };
    set.ranges().iter().map(span).collect()
}

/// Whether a key of a search names messages by their numbers.
fn names_numbers(key: &SearchKey) -> bool {
    match key {
        SearchKey::Numbers(MessageSet::Set(set)) => *set != SequenceSet::all(),
        SearchKey::Not(key) | SearchKey::Fuzzy(key) => names_numbers(key),
        SearchKey::Or(one, other) => names_numbers(one) || names_numbers(other),
        SearchKey::And(keys) => keys.iter().any(names_numbers),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use crate::{Atom, Limits, Quirks, TaggedCommand};

    fn claim(line: &str) -> Claim {
        let line = format!("a {line}");
        let parsed = TaggedCommand::parse(line.as_bytes(), &Limits::new(), Quirks::default());
        Claim::of(&parsed.unwrap_or_else(|_| unreachable!("{line}")).0.command)
    }

    fn may_follow(one: &str, two: &str) -> bool {
        claim(two).may_follow(&claim(one))
    }

    #[test]
    fn every_command_has_one_row() {
        for name in CommandName::ALL.iter().chain([&CommandName::Other]) {
            let rows = TABLE.iter().filter(|(names, ..)| names.contains(name)).count();
            assert_eq!(rows, 1, "{name}");
        }
    }

    /// RFC 9051 §5.5, RFC 3501 §5.5
    #[test]
    fn the_sequences_of_the_rfc() {
        let all_pairs = |lines: &[&str]| {
            lines.iter().enumerate().all(|(at, line)| {
                lines[..at]
                    .iter()
                    .all(|before| claim(line).reads & claim(before).changes & NUMBERS == 0)
            })
        };
        // "valid non-waiting command sequences"
        assert!(all_pairs(&["FETCH 1 FLAGS", "STORE 1 +FLAGS (x)", "SEARCH ALL", "NOOP"]));
        assert!(all_pairs(&["FETCH 1 FLAGS", "STORE 1 +FLAGS (x)", "SEARCH ALL", "CHECK"]));
        assert!(all_pairs(&["STORE 1 +FLAGS (x)", "COPY 1 b", "EXPUNGE"]));
        // "the following non-waiting command sequences are invalid"
        assert!(!all_pairs(&["FETCH 1 FLAGS", "NOOP", "STORE 1 +FLAGS (x)"]));
        assert!(!all_pairs(&["STORE 1 +FLAGS (x)", "COPY 1 b", "FETCH 1 FLAGS"]));
        assert!(!all_pairs(&["COPY 1 b", "COPY 1 c"]));
        assert!(!all_pairs(&["CHECK", "FETCH 1 FLAGS"]));
        // "If the client sends a UID command, it must wait for a completion result response before
        // sending a command that uses message sequence numbers (this may include UID SEARCH)."
        assert!(!all_pairs(&["UID FETCH 1 FLAGS", "FETCH 1 FLAGS"]));
        assert!(!all_pairs(&["UID SEARCH ALL", "SEARCH 3"]));
        assert!(!all_pairs(&["NOOP", "UID SEARCH 3"]));
        assert!(all_pairs(&["UID FETCH 1 FLAGS", "UID SEARCH ALL", "UID STORE 1 +FLAGS (x)"]));
    }

    #[test]
    fn what_would_be_ambiguous_waits() {
        // "One example is a FETCH that would cause \Seen flags to be set and a SEARCH UNSEEN command."
        assert!(!may_follow("FETCH 1 BODY[]", "SEARCH UNSEEN"));
        assert!(may_follow("FETCH 1 BODY.PEEK[]", "SEARCH UNSEEN"));
        // RFC 3501 §5.5: a FETCH of the flags of a message and a STORE of the same flags.
        assert!(!may_follow("FETCH 1 FLAGS", "STORE 1 +FLAGS (x)"));
        assert!(!may_follow("STORE 1 +FLAGS (x)", "FETCH 1 FLAGS"));
        assert!(may_follow("STORE 1:3,9 +FLAGS (x)", "FETCH 4:8 FLAGS"));
        assert!(!may_follow("STORE 1:3,9 +FLAGS (x)", "FETCH 4:* FLAGS"));
        assert!(may_follow("STORE 1 +FLAGS (x)", "FETCH 1 ENVELOPE"));
        assert!(!may_follow("FETCH 1 BODY[]", "FETCH 1 FLAGS"));
        assert!(may_follow("FETCH 1 BODY.PEEK[]", "FETCH 1 FLAGS"));
        assert!(may_follow("UID FETCH 1 BODY.PEEK[]", "UID FETCH 1 BODY.PEEK[]"));
        assert!(!may_follow("STORE 1 +FLAGS (x)", "EXPUNGE"));
        assert!(!may_follow("EXPUNGE", "UID FETCH 1 FLAGS"));
        assert!(may_follow("UID MOVE 1 b", "UID MOVE 2 b"));
        assert!(!may_follow("UID MOVE 1 b", "UID FETCH 1 FLAGS"));
        // Answers that look the same.
        assert!(!may_follow("UID SEARCH ALL", "UID SEARCH SEEN"));
        assert!(may_follow("UID SEARCH RETURN (ALL) ALL", "UID SEARCH RETURN (ALL) SEEN"));
        assert!(may_follow("UID SEARCH ALL", "UID SORT (DATE) UTF-8 ALL"));
        assert!(!may_follow("STATUS a (MESSAGES)", "STATUS a (UNSEEN)"));
        assert!(may_follow("STATUS a (MESSAGES)", "STATUS b (MESSAGES)"));
        assert!(!may_follow("LIST \"\" a", "LIST \"\" b"));
        assert!(!may_follow("CREATE a", "LIST \"\" *"));
        assert!(may_follow("GETACL a", "MYRIGHTS a"));
        assert!(!may_follow("GETACL a", "GETACL a"));
    }

    #[test]
    fn some_commands_are_alone() {
        for alone in ["SELECT a", "CLOSE", "IDLE", "ENABLE QRESYNC", "LOGOUT", "COMPRESS DEFLATE"] {
            for other in ["NOOP", "FETCH 1 FLAGS", "LIST \"\" a", "SELECT b", "CAPABILITY"] {
                assert!(!may_follow(alone, other), "{alone}, {other}");
                assert!(!may_follow(other, alone), "{other}, {alone}");
            }
        }
        let other = Claim::of(&Command::Other {
            uid: false,
            name: Atom::new("XFOO").unwrap(),
            arguments: crate::Raw::default(),
        });
        assert!(!claim("NOOP").may_follow(&other) && !other.may_follow(&claim("NOOP")));
    }

    #[test]
    fn numbers_are_those_of_messages() {
        for (line, names) in [
            ("FETCH 1:* FLAGS", false),
            ("FETCH 1 FLAGS", true),
            ("UID FETCH 1 FLAGS", false),
            ("STORE 5:7 FLAGS ()", true),
            ("MOVE 1 b", true),
            ("SEARCH ALL", false),
            ("SEARCH NOT (SEEN 4)", true),
            ("UID SEARCH OR SEEN 4", true),
            ("UID SEARCH UID 4", false),
        ] {
            assert_eq!(claim(line).numbered, names, "{line}");
        }
    }
}
