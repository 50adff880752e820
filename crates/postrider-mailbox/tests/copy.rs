//! The examples of RFC 4315, RFC 6851 and RFC 8508, and UIDs at the end of their numbers.

use postrider_imap::{
    Code, CommandName, Limits, ModSeq, NumberList, PlainCode, Quirks, Response, Status, StatusKind,
    Uid, UidSet, UidValidity,
};
use postrider_mailbox::copy::{
    Appended, Copied, Destination, Exhausted, Step, Uids, UnevenUids, Validities, missing,
    move_steps, replace_steps, uid_not_sticky,
};
use proptest::prelude::*;

fn uid(uid: u32) -> Uid {
    Uid::new(uid).expect("not zero")
}

fn to(validity: u32) -> Destination {
    Destination::new(UidValidity::new(validity))
}

/// The code of a status line of an example.
fn code(line: &str) -> Option<Code> {
    // RFC 6851 §3.3 leaves the text out.
    let read = Response::parse(line.as_bytes(), &Limits::new(), Quirks::tolerant());
    match read.expect("a response of the grammar").0 {
        Response::Tagged(_, status) | Response::Status(status) => status.code,
        other => panic!("no status: {other:?}"),
    }
}

/// RFC 4315 §3.
#[test]
fn append_and_copy_tell_the_uids_of_the_examples() {
    let mut uids = Uids::resume(UidValidity::new(38505), uid(3955));
    let meeting = to(38505);
    let mut appended = Appended::new();
    appended.push(uids.assign().expect("a UID")).expect("ascending");
    assert_eq!(appended.code(&meeting), code("A003 OK [APPENDUID 38505 3955] APPEND completed"));
    let copied = Copied::pair([304, 319, 320].map(uid), uids.assign_many(3).expect("three"));
    assert_eq!(
        copied.expect("even").code(&meeting),
        code("A004 OK [COPYUID 38505 304,319:320 3956:3958] Done")
    );
    // A005 UID COPY 305:310: "No matching messages, so nothing copied"
    assert_eq!(Copied::new().code(&meeting), None);
    assert_eq!(Appended::new().code(&meeting), None);
    // A006 COPY 2 funny: OK Done
    let copied = Copied::pair([uid(304)], [uid(1)]).expect("even");
    assert_eq!(copied.code(&to(3_857_529_045).not_sticky()), None);
    // * NO [UIDNOTSTICKY] Non-persistent UIDs
    let told = uid_not_sticky();
    assert_eq!(told.kind, StatusKind::No);
    assert_eq!(told.code, code("* NO [UIDNOTSTICKY] Non-persistent UIDs"));
}

/// RFC 4315 §3: the set form "MUST NOT be used if only a single message was appended".
#[test]
fn several_appended_messages_are_a_set_and_one_is_a_number() {
    let mut appended = Appended::new();
    appended.push(uid(123)).expect("ascending");
    let text = |appended: &Appended| appended.code(&to(1)).expect("told").to_string();
    assert_eq!(text(&appended), "APPENDUID 1 123");
    appended.push(uid(124)).expect("ascending");
    appended.push(uid(130)).expect("ascending");
    assert_eq!(text(&appended), "APPENDUID 1 123:124,130");
    assert_eq!(appended.len(), 3);
    assert_eq!(appended.push(uid(130)), Err(UnevenUids::NotAscending));
    assert_eq!(text(&appended), "APPENDUID 1 123:124,130");
}

/// RFC 4315 §3: "it would disclose information about the mailbox".
#[test]
fn a_mailbox_that_cannot_be_selected_tells_no_uids() {
    let copied = Copied::pair([uid(1)], [uid(2)]).expect("even");
    assert!(copied.code(&to(1)).is_some());
    assert_eq!(copied.code(&to(1).not_selectable()), None);
}

#[test]
fn a_code_of_too_many_ranges_is_not_told() {
    let every_second = (1..=100).map(|n| uid(n * 2));
    let copied = Copied::pair(every_second, (1..=100).map(uid)).expect("even");
    assert!(copied.code(&to(1).with_most_ranges(100)).is_some());
    assert_eq!(copied.code(&to(1).with_most_ranges(99)), None);
}

#[test]
fn source_uids_keep_the_order_in_which_they_were_copied() {
    let copied = Copied::pair([12, 11, 10].map(uid), [1, 2, 3].map(uid)).expect("even");
    // Not 12:10, which means 10, 11, 12.
    assert_eq!(copied.code(&to(7)).expect("told").to_string(), "COPYUID 7 12,11,10 1:3");
}

#[test]
fn uneven_or_descending_pairs_are_refused() {
    let mut copied = Copied::pair([uid(5)], [uid(9)]).expect("even");
    assert_eq!(copied.push(uid(6), uid(9)), Err(UnevenUids::NotAscending));
    assert_eq!((copied.len(), copied.from().to_string()), (1, "5".to_owned()));
    assert_eq!(copied.to().to_string(), "9");
}

/// RFC 6851 §3.3: `UID MOVE 42:69 foo`.
#[test]
fn move_tells_copyuid_before_the_messages_vanish() {
    let moved = Copied::pair((42..=69).map(uid), (1202..=1229).map(uid)).expect("even");
    let steps = move_steps(&moved, &to(432_432), None, Status::ok("Done"));
    let gone: NumberList = (42..=69_u32).collect();
    let [Step::Untagged(status), rest @ ..] = &steps[..] else { panic!("{steps:?}") };
    assert_eq!(status.code, code("* OK [COPYUID 432432 42:69 1202:1229]"));
    assert!(status.is_ok() && !status.text.as_bytes().is_empty());
    let gone = Step::Gone(UidSet::new(gone).expect("some"));
    assert_eq!(rest, [Step::Exists, gone, Step::Tagged(Status::ok("Done"))]);
}

/// RFC 6851 §4.4: HIGHESTMODSEQ in the tagged or an untagged OK.
#[test]
fn move_tells_the_highest_mod_seq_where_the_mailbox_counts() {
    let highest = ModSeq::new(715).expect("63 bits");
    let moved = Copied::pair([uid(1)], [uid(2)]).expect("even");
    let steps = move_steps(&moved, &to(1), Some(highest), Status::ok("Done"));
    let tagged = Status::ok("Done").with_code(Code::HighestModSeq(highest));
    assert_eq!(steps.last(), Some(&Step::Tagged(tagged)));

    // §3.3: it failed partway; what was moved is told.
    let no = Status::no("out of space").with_code(PlainCode::OverQuota.into());
    let steps = move_steps(&moved, &to(1), Some(highest), no.clone());
    let [Step::Untagged(_), Step::Exists, Step::Gone(_), Step::Untagged(told), last] = &steps[..]
    else {
        panic!("{steps:?}")
    };
    assert_eq!(told.code, Some(Code::HighestModSeq(highest)));
    assert_eq!(*last, Step::Tagged(no.clone()));

    let nothing = move_steps(&Copied::new(), &to(1), Some(highest), no.clone());
    assert_eq!(nothing, [Step::Tagged(no)]);
}

#[test]
fn messages_vanish_although_their_new_uids_are_not_told() {
    let moved = Copied::pair([uid(1)], [uid(2)]).expect("even");
    let steps = move_steps(&moved, &to(1).not_selectable(), None, Status::ok("Done"));
    assert_eq!(
        steps,
        [Step::Exists, Step::Gone(UidSet::one(uid(1))), Step::Tagged(Status::ok("Done"))]
    );
}

/// RFC 8508 §3.2 and §3.3.
#[test]
fn replace_tells_appenduid_and_exists_before_the_message_vanishes() {
    let mut appended = Appended::new();
    appended.push(uid(2001)).expect("ascending");
    let done = Status::ok("Replace completed");
    let steps = replace_steps(&appended, &to(1), uid(2000), None, done.clone());
    let [Step::Untagged(status), rest @ ..] = &steps[..] else { panic!("{steps:?}") };
    assert_eq!(status.code, code("* OK [APPENDUID 1 2001] Replacement Message ready"));
    assert_eq!(rest, [Step::Exists, Step::Gone(UidSet::one(uid(2000))), Step::Tagged(done)]);
    // §3.4: "any untagged EXPUNGE response MUST NOT be sent until all actions are … completed".
    let no = Status::no("no room");
    let steps = replace_steps(&Appended::new(), &to(1), uid(2000), None, no.clone());
    assert_eq!(steps, [Step::Tagged(no)]);
}

#[test]
fn commands_that_put_messages_in_a_missing_mailbox_get_trycreate() {
    use CommandName::{Append, Copy, Delete, Examine, Move, Rename, Replace, Select, Status};
    for command in [Append, Copy, Move, Replace] {
        assert_eq!(missing(command, true), PlainCode::TryCreate);
        assert_eq!(missing(command, false), PlainCode::NonExistent);
    }
    for command in [Select, Examine, Delete, Rename, Status] {
        assert_eq!(missing(command, true), PlainCode::NonExistent);
    }
}

#[test]
fn uids_ascend_and_end_before_the_last_number() {
    let mut uids = Uids::resume(UidValidity::new(1), uid(u32::MAX - 2));
    assert_eq!(uids.assign(), Ok(uid(u32::MAX - 2)));
    assert!(uids.assign_many(2).is_err());
    assert_eq!(uids.next(), uid(u32::MAX - 1), "all or nothing");
    let given: Vec<Uid> = uids.assign_many(1).expect("one").collect();
    assert_eq!(given, [uid(u32::MAX - 1)]);
    assert_eq!(uids.assign(), Err(Exhausted));
    assert_eq!(uids.next(), uid(u32::MAX));
    assert_eq!(uids.assign_many(0).expect("none").count(), 0);
}

#[test]
fn a_uid_that_was_passed_is_never_given() {
    let mut uids = Uids::new(UidValidity::new(1));
    assert_eq!(uids.pass(uid(9)), Ok(()));
    assert_eq!(uids.pass(uid(3)), Ok(()));
    assert_eq!(uids.assign(), Ok(uid(10)));
    assert_eq!(uids.pass(uid(u32::MAX)), Err(Exhausted));
    assert_eq!(uids.assign(), Ok(uid(11)));
}

#[test]
fn each_uidvalidity_is_greater_than_all_before() {
    let mut validities = Validities::new();
    assert_eq!(validities.fresh(0), Ok(UidValidity::new(1)));
    assert_eq!(validities.fresh(1_700_000_000), Ok(UidValidity::new(1_700_000_000)));
    assert_eq!(validities.fresh(1_700_000_000), Ok(UidValidity::new(1_700_000_001)));
    assert_eq!(validities.fresh(u64::MAX), Ok(UidValidity::new(1_700_000_002)));
    let mut validities = Validities::resume(UidValidity::new(u32::MAX - 1));
    assert_eq!(validities.fresh(5), Ok(UidValidity::new(u32::MAX)));
    assert_eq!(validities.fresh(5), Err(Exhausted));
    assert_eq!(validities.last(), UidValidity::new(u32::MAX));
}

/// RFC 3501 §2.3.1.1: name, UIDVALIDITY and UID "must refer to a single immutable message … forever".
#[test]
fn a_renamed_mailbox_gets_a_new_uidvalidity_where_its_own_was_used_or_passed() {
    let mut validities = Validities::resume(UidValidity::new(100));
    let own = UidValidity::new(50);
    assert_eq!(validities.renamed(own, None, 7), Ok(own));
    assert_eq!(validities.renamed(own, Some(UidValidity::new(49)), 7), Ok(own));
    let fresh = validities.renamed(own, Some(own), 7);
    assert_eq!(fresh, Ok(UidValidity::new(101)));
    let fresh = validities.renamed(own, Some(UidValidity::new(51)), 7);
    assert_eq!(fresh, Ok(UidValidity::new(102)));
}

proptest! {
    /// What the client reads is which message became which.
    #[test]
    fn copyuid_pairs_each_message_with_its_copy(
        pairs in prop::collection::btree_map(1..90_u32, 1..50_u32, 1..30),
        shuffle in any::<u64>(),
    ) {
        let mut from: Vec<u32> = pairs.values().copied().collect();
        let turn = usize::try_from(shuffle).unwrap_or(0) % from.len();
        from.rotate_left(turn);
        let copied = Copied::pair(
            from.iter().copied().map(uid),
            pairs.keys().copied().map(uid),
        ).expect("even");
        let line = format!("a OK [{}] Done", copied.code(&to(9)).expect("told"));
        let Some(Code::CopyUid { from: read_from, to: read_to, .. }) = code(&line) else {
            panic!("{line}")
        };
        let read: Vec<(u32, u32)> =
            read_from.iter().map(u32::from).zip(read_to.iter().map(u32::from)).collect();
        let expected: Vec<(u32, u32)> = from.into_iter().zip(pairs.keys().copied()).collect();
        prop_assert_eq!(read, expected);
    }
}
