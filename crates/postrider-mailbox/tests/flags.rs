//! Flags of a mailbox and STORE, beside the sentences and examples of RFC 3501 and RFC 7162.

use postrider_imap::{
    Code, Flag, FlagSet, InternalDate, Keyword, MessageNumber, MessageSet, ModSeq, PlainCode,
    SequenceSet, StatusKind, StoreCommand, StoreMode, StoreValue, Uid,
};
use postrider_mailbox::Metadata;
use postrider_mailbox::flags::{MailboxFlags, Outcome, Store, StoreError};

fn keyword(name: &'static str) -> Flag {
    Flag::Keyword(Keyword::new(name).unwrap())
}

fn number(number: u32) -> MessageNumber {
    MessageNumber::new(number).unwrap()
}

fn message(uid: u32, flags: impl Into<FlagSet>, mod_seq: u64) -> Metadata {
    let date = InternalDate::from_unix(0, 0).unwrap();
    Metadata::new(Uid::new(uid).unwrap(), flags, date, 1)
        .with_mod_seq(ModSeq::new(mod_seq).unwrap())
}

fn command(mode: StoreMode, flags: impl Into<FlagSet>) -> StoreCommand {
    StoreCommand::new(SequenceSet::all(), mode, StoreValue::Flags(flags.into()))
}

fn since(command: StoreCommand, mod_seq: u64) -> StoreCommand {
    command.with_unchanged_since(ModSeq::new(mod_seq).unwrap())
}

fn store(command: &StoreCommand) -> Store {
    Store::new(command, &mut MailboxFlags::new()).unwrap()
}

fn modified(set: &str) -> Option<Code> {
    Some(Code::Modified(SequenceSet::parse(set).unwrap()))
}

/// RFC 3501 §6.4.6: "Replace the flags for the message (other than \Recent) with the argument", "Add
/// the argument to the flags for the message", "Remove the argument from the flags for the message".
#[test]
fn flags_are_replaced_added_and_removed() {
    use Flag::{Answered, Deleted, Flagged, Recent, Seen};
    let before: FlagSet = [Recent, Seen, Flagged].into();
    let rows: [(StoreMode, FlagSet, Option<FlagSet>); 8] = [
        (StoreMode::Replace, [Deleted].into(), Some([Deleted].into())),
        (StoreMode::Replace, FlagSet::new(), Some(FlagSet::new())),
        (StoreMode::Replace, [Flagged, Seen].into(), None),
        (StoreMode::Add, [Deleted, Seen].into(), Some([Seen, Flagged, Deleted].into())),
        (StoreMode::Add, [Seen].into(), None),
        (StoreMode::Remove, [Seen, Answered].into(), Some([Flagged].into())),
        (StoreMode::Remove, [Answered].into(), None),
        // No client changes it.
        (StoreMode::Remove, [Recent].into(), None),
    ];
    for (mode, flags, after) in rows {
        let outcome =
            store(&command(mode, flags.clone())).apply(number(1), &message(1, before.clone(), 7));
        let expected = after.map_or(Outcome::Unchanged, Outcome::Changed);
        assert_eq!(outcome, expected, "{mode:?} {flags}");
    }
}

/// RFC 3501 §7.1: "If the client attempts to STORE a flag that is not in the PERMANENTFLAGS list, the
/// server will either ignore the change or store the state change for the remainder of the current
/// session only."
#[test]
fn what_does_not_last_is_ignored() {
    let mut flags = MailboxFlags::new()
        .with_permanent(&[Flag::Seen, Flag::Deleted].into())
        .without_new_keywords();
    assert_eq!(flags.permanent(), [Flag::Seen, Flag::Deleted].into());
    let command = command(StoreMode::Add, [Flag::Seen, Flag::Draft, Flag::Forwarded]);
    let mut store = Store::new(&command, &mut flags).unwrap();
    assert!(!store.is_news());
    let outcome = store.apply(number(1), &message(1, [], 1));
    assert_eq!(outcome, Outcome::Changed([Flag::Seen].into()));
    assert!(!flags.flags().contains(&Flag::Forwarded));
}

#[test]
fn keywords_become_known_until_there_are_too_many() {
    let mut flags = MailboxFlags::new().with_keywords(2);
    assert!(flags.permanent().contains(&Flag::Any));
    let admitted = flags.admit(&[keyword("one"), Flag::Seen].into()).unwrap();
    assert!(admitted.is_news);
    // In any case of letters it is the same.
    assert!(!flags.admit(&[keyword("ONE")].into()).unwrap().is_news);
    assert!(flags.admit(&[keyword("two")].into()).unwrap().is_news);
    // RFC 3501 §7.1: "\*, indicating that it is possible to create new keywords".
    assert!(!flags.permanent().contains(&Flag::Any));
    assert!(flags.permanent().contains(&keyword("two")));
    let before = flags.clone();
    let command = command(StoreMode::Add, [keyword("three")]);
    let error = Store::new(&command, &mut flags).unwrap_err();
    assert_eq!(error.code(), Some(Code::Plain(PlainCode::Limit)));
    assert_eq!(flags, before);
}

#[test]
fn what_is_taken_away_need_not_become_known() {
    let mut flags = MailboxFlags::new();
    let command = command(StoreMode::Remove, [keyword("never-seen")]);
    assert!(!Store::new(&command, &mut flags).unwrap().is_news());
    assert_eq!(flags, MailboxFlags::new());
}

/// RFC 7162 §7: "Server implementations MUST NOT generate flag-extension flags".
#[test]
fn clients_make_no_system_flags() {
    let mut flags = MailboxFlags::new();
    let asked: FlagSet = [Flag::new("\\Own").unwrap(), Flag::Recent, Flag::Any].into();
    let admitted = flags.admit(&asked).unwrap();
    assert!(admitted.flags.is_empty() && !admitted.is_news);
}

/// RFC 7162 §3.1.3, examples 3 to 6.
#[test]
fn what_was_changed_since_stays_as_it_is() {
    // a103 UID STORE 6,4,8 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\Deleted)
    let command = since(command(StoreMode::Add, [Flag::Deleted]).with_silent(), 12_121_230_045);
    let mut store = store(&command.clone().with_uid());
    for uid in [6, 4, 8] {
        let outcome = store.apply(number(1), &message(uid, [], 12_121_230_045));
        assert_eq!(outcome, Outcome::Changed([Flag::Deleted].into()));
    }
    // S: * 1 FETCH (UID 4 MODSEQ (12121231000))
    assert!(store.tells().uid && store.tells().mod_seq && !store.tells().flags);
    // S: a103 OK Conditional Store completed
    let status = store.finish();
    assert_eq!((status.kind, status.code), (StatusKind::Ok, None));

    // d105: of 7, 5 and 9, two have changed.
    let mut store = self::store(&command);
    let outcomes = [7, 5, 9].map(|at| {
        store.apply(number(at), &message(at, [], if at == 5 { 1 } else { 12_121_230_046 }))
    });
    let changed = Outcome::Changed([Flag::Deleted].into());
    assert_eq!(outcomes, [Outcome::Modified, changed, Outcome::Modified]);
    let status = store.finish();
    assert_eq!((status.kind, status.code), (StatusKind::Ok, modified("7,9")));
}

/// RFC 7162 §3.1.3: "returned in the tagged response": "The MODIFIED response code includes the
/// message set (for STORE) or set of UIDs (for UID STORE)".
#[test]
fn modified_tells_uids_where_uids_were_given() {
    let mut store = store(&since(command(StoreMode::Add, [Flag::Seen]), 5).with_uid());
    store.apply(number(1), &message(40, [], 6));
    store.apply(number(2), &message(41, [], 6));
    assert_eq!(store.finish().code, modified("40:41"));
}

/// RFC 7162 §3.1.3: "Use of UNCHANGEDSINCE with a modification sequence of 0 always fails if the
/// metadata item exists. A system flag MUST always be considered existent".
#[test]
fn unchanged_since_zero_always_fails() {
    let mut store = store(&since(command(StoreMode::Add, [Flag::Seen]), 0));
    assert_eq!(store.apply(number(12), &message(12, [], 1)), Outcome::Modified);
    assert_eq!(store.finish().code, modified("12"));
}

/// RFC 7162 §3.1.3, example 11: "B001 NO [MODIFIED 2] Some of the messages no longer exist."
#[test]
fn a_message_that_is_gone_is_a_no_with_what_was_modified() {
    let command = since(command(StoreMode::Add, [Flag::Seen]), 320_172_338);
    let mut store = store(&command);
    for (at, mod_seq) in [(1, 320_172_338), (2, 320_172_340), (3, 320_172_338)] {
        store.apply(number(at), &message(at, [], mod_seq));
    }
    (4..=7).for_each(|_| store.note_gone());
    let status = store.finish();
    assert_eq!((status.kind, status.code), (StatusKind::No, modified("2")));
}

/// RFC 3501 §6.4.8: "A non-existent unique identifier is ignored without any error message
/// generated."
#[test]
fn a_uid_that_is_gone_is_passed_over() {
    let mut store = store(&command(StoreMode::Add, [Flag::Seen]).with_uid());
    store.note_gone();
    assert_eq!(store.finish().kind, StatusKind::Ok);
}

#[test]
fn what_is_no_flag_and_what_is_not_known_is_refused() {
    let labels = StoreCommand::new(
        MessageSet::Saved,
        StoreMode::Add,
        StoreValue::GmailLabels(vec!["a".into()]),
    );
    let mut flags = MailboxFlags::new();
    assert_eq!(Store::new(&labels, &mut flags).unwrap_err(), StoreError::NotFlags);
    let name = postrider_imap::Atom::new("X-ODD").unwrap();
    let odd = command(StoreMode::Add, [Flag::Seen]).with_others(vec![(name, None)]);
    let error = Store::new(&odd, &mut flags).unwrap_err();
    assert_eq!((error.is_bad(), error), (true, StoreError::UnknownModifier));
}

/// Each message may have every keyword of the mailbox, so what one command makes is bounded by both.
#[test]
fn a_keyword_has_a_longest_length() {
    let mut flags = MailboxFlags::new().with_keyword_octets(5);
    assert!(flags.admit(&[keyword("12345")].into()).is_ok());
    let before = flags.clone();
    let long = command(StoreMode::Add, [keyword("123456"), keyword("1")]);
    let error = Store::new(&long, &mut flags).unwrap_err();
    assert_eq!(error.code(), Some(Code::Plain(PlainCode::Limit)));
    assert_eq!(flags, before);
    // One that is there already, such as by a delivery, may be stored.
    let mut flags = flags.with_flags(&[keyword("123456")].into());
    assert!(Store::new(&long, &mut flags).is_ok());
    let default = Flag::Keyword(Keyword::new("k".repeat(101)).unwrap());
    assert!(MailboxFlags::new().admit(&[default].into()).is_err());
}

/// RFC 3501 §7.1: a change of what does not last is ignored, be it set or taken away.
#[test]
fn what_does_not_last_stays_where_it_is() {
    let mut flags = MailboxFlags::new().with_permanent(&[Flag::Seen].into());
    let before = message(1, [Flag::Answered, Flag::Deleted], 1);
    let rows: [(StoreCommand, Outcome); 3] = [
        (command(StoreMode::Remove, [Flag::Answered]), Outcome::Unchanged),
        (command(StoreMode::Replace, []), Outcome::Unchanged),
        (
            command(StoreMode::Replace, [Flag::Seen]),
            Outcome::Changed([Flag::Answered, Flag::Deleted, Flag::Seen].into()),
        ),
    ];
    for (command, expected) in rows {
        let outcome = Store::new(&command, &mut flags).unwrap().apply(number(1), &before);
        assert_eq!(outcome, expected, "{:?}", command.mode);
    }
}
