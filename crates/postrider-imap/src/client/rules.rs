//! Which commands may be in flight beside which (RFC 9051 §5.5), as a table.
//!
//! A client must not send what would be ambiguous before the answer to what is in flight: a command
//! whose result another one changes, a message number that may by then name another message, two
//! questions whose answers look the same. The table says what each command reads and changes, and
//! by which response it is answered; everything else follows from that.

use alloc::vec::Vec;

use crate::{
    AppendTarget, Command, CommandName, FetchAttribute, FetchAttributes, ListReturn, MailboxName,
    MessageSet, SearchKey, SearchReturn, SequenceNumber, SequenceRange, SequenceSet,
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
    /// Whether it saves a result for `$` (RFC 5182), and whether it uses one.
    pub(super) saves: bool,
    pub(super) uses_saved: bool,
    /// Whether it may be answered by VANISHED (EARLIER) (RFC 7162 §3.2.6).
    pub(super) vanished: bool,
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
        set: Spans,
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
        Self {
            reads,
            changes,
            told,
            about: About::Nothing,
            numbered: false,
            saves: false,
            uses_saved: false,
            vanished: false,
        }
    }

    pub(super) fn of(command: &Command) -> Self {
        let mut claim = Self::of_name(CommandName::of(command));
        match command {
            Command::Fetch { set, uid, attributes, modifiers } => {
                claim.fetch(set, *uid, attributes);
                claim.vanished = modifiers.vanished;
            }
            Command::Select { parameters, .. } | Command::Examine { parameters, .. } => {
                claim.vanished = parameters.qresync.is_some();
            }
            Command::Store(store) => {
                if store.unchanged_since.is_some() {
                    claim.reads |= FLAGS;
                }
                let asked = if store.silent {
                    [FetchAttribute::ModSeq].into()
                } else {
                    [FetchAttribute::Flags, FetchAttribute::ModSeq, FetchAttribute::GmailLabels]
                        .into()
                };
                claim.messages(&store.set, store.uid, asked);
            }
            Command::Copy { set, uid, .. } | Command::Move { set, uid, .. } => {
                claim.messages(set, *uid, Vec::new());
            }
            Command::UidExpunge(set) => claim.messages(set, true, Vec::new()),
            Command::Search(search) => {
                claim.search(search.uid, &search.keys, search.returns.as_deref());
            }
            Command::Sort(sort) => claim.search(sort.uid, &sort.keys, sort.returns.as_deref()),
            Command::Thread(thread) => claim.search(thread.uid, &thread.keys, None),
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
        claim
    }

    /// Of APPEND or REPLACE.
    pub(super) fn of_target(target: &AppendTarget) -> Self {
        let AppendTarget::Replace { uid, message, .. } = target else {
            return Self::of_name(CommandName::Append);
        };
        let mut claim = Self::of_name(CommandName::Replace);
        let set = SequenceSet::from(SequenceRange::One(*message)).into();
        claim.messages(&set, *uid, Vec::new());
        claim
    }

    /// It is about these messages.
    fn messages(&mut self, set: &MessageSet, uid: bool, asked: Vec<FetchAttribute>) {
        self.with_uid(uid);
        self.numbered = !uid && is_numbered(set);
        self.uses_saved = *set == MessageSet::Saved;
        self.about = About::Messages { uid, set: Spans::of(set), asked };
    }

    fn with_uid(&mut self, uid: bool) {
        if uid {
            self.reads &= !NUMBERS;
            self.changes |= NUMBERS;
        }
    }

    fn fetch(&mut self, set: &MessageSet, uid: bool, attributes: &FetchAttributes) {
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
        self.messages(set, uid, asked);
    }

    fn search(&mut self, uid: bool, keys: &[SearchKey], returns: Option<&[SearchReturn]>) {
        self.with_uid(uid);
        self.saves = returns.is_some_and(|returns| returns.contains(&SearchReturn::Save));
        self.uses_saved = uses_saved(keys);
        if names_numbers(keys) {
            self.reads |= NUMBERS;
            self.numbered = true;
        }
        if returns.is_some() {
            // ESEARCH says which command it answers.
            self.told = Told::Nothing;
        }
    }

    /// Whether a command with this claim may be said before the answer to one with that.
    pub(super) fn may_follow(&self, earlier: &Self) -> bool {
        // RFC 5182 §2.1: a server takes both in order. But where the search is refused by BAD, `$` is
        // what was found before.
        if earlier.saves && self.uses_saved {
            return false;
        }
        // A number is right as long as none went before the server read it.
        let numbers = earlier.changes & self.reads & NUMBERS;
        let others = (earlier.changes & (self.reads | (self.changes & IN_ORDER))
            | earlier.reads & self.changes)
            & !NUMBERS;
        // Sets are compared only where it matters: there may be hundreds in flight.
        let meets = others & PER_MESSAGE == 0 || !self.is_apart_from(earlier);
        let others = if meets { others } else { others & !PER_MESSAGE };
        numbers | others == 0 && self.is_told_apart(earlier)
    }

    /// Whether both are about messages, and none of them is the same.
    fn is_apart_from(&self, other: &Self) -> bool {
        match (&self.about, &other.about) {
            (
                About::Messages { uid, set: one, .. },
                About::Messages { uid: other, set: two, .. },
            ) => uid == other && one.is_apart_from(two),
            _ => false,
        }
    }

    /// Whether no answer to the one could be one to the other.
    fn is_told_apart(&self, other: &Self) -> bool {
        match (&self.about, &other.about) {
            _ if self.is_listed_by(other) || other.is_listed_by(self) => false,
            _ if self.told != other.told || self.told == Told::Nothing => true,
            // Of one mailbox there may be the rights of several.
            (About::Mailbox(one), About::Mailbox(two)) => one != two,
            _ => false,
        }
    }

    /// Whether a LIST tells with each mailbox what this asks for.
    fn is_listed_by(&self, list: &Self) -> bool {
        let About::Returns(returns) = &list.about else { return false };
        returns.iter().any(|one| match one {
            ListReturn::Status(_) => self.told == Told::Status,
            ListReturn::MyRights => self.told == Told::MyRights,
            ListReturn::Metadata(_) => self.told == Told::Metadata,
            _ => false,
        })
    }
}

/// A set for many questions: ranges that ascend and do not meet.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    spans: Vec<(u32, u32)>,
    /// Whether `*` is among them, or `$`: then it may be any message.
    is_open: bool,
}

impl Spans {
    fn of(set: &MessageSet) -> Self {
        let MessageSet::Set(set) = set else { return Self { spans: Vec::new(), is_open: true } };
        let is_open = set.ranges().iter().any(|range| match *range {
            SequenceRange::One(one) => one == SequenceNumber::Last,
            SequenceRange::Between(one, other) => {
                one == SequenceNumber::Last || other == SequenceNumber::Last
            }
        });
        let spans = if is_open { Vec::new() } else { set.resolve(u32::MAX) };
        Self { spans: spans.into_iter().map(|span| span.into_inner()).collect(), is_open }
    }

    /// Whether the message may be in it.
    pub(super) fn may_hold(&self, number: u32) -> bool {
        let behind = self.spans.partition_point(|span| span.0 <= number);
        let before = behind.checked_sub(1).and_then(|at| self.spans.get(at));
        self.is_open || before.is_some_and(|span| number <= span.1)
    }

    /// Whether no message can be in both.
    fn is_apart_from(&self, other: &Self) -> bool {
        if self.is_open || other.is_open {
            return false;
        }
        let (mut ones, mut twos) = (self.spans.iter().peekable(), other.spans.iter().peekable());
        while let (Some(one), Some(two)) = (ones.peek(), twos.peek()) {
            if one.1 < two.0 {
                ones.next();
            } else if two.1 < one.0 {
                twos.next();
            } else {
                return false;
            }
        }
        true
    }
}

/// Whether its numbers would mean other messages once one went. All are all.
fn is_numbered(set: &MessageSet) -> bool {
    matches!(set, MessageSet::Set(set) if *set != SequenceSet::all())
}

/// Whether keys of a search name messages by their numbers.
fn names_numbers(keys: &[SearchKey]) -> bool {
    SearchKey::walk(keys).any(|key| matches!(key, SearchKey::Numbers(set) if is_numbered(set)))
}

/// Whether keys of a search use what was saved.
fn uses_saved(keys: &[SearchKey]) -> bool {
    let is_saved = |key: &SearchKey| match key {
        SearchKey::Numbers(set) | SearchKey::Uid(set) => *set == MessageSet::Saved,
        _ => false,
    };
    SearchKey::walk(keys).any(is_saved)
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
