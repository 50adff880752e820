//! What the RFCs say of message numbers, of EXPUNGE and VANISHED, and of `$`.

use postrider_imap::{MessageNumber, MessageSet, SequenceSet, Uid};
use postrider_mailbox::view::{
    Access, Extension, Numbering, Permit, Recents, UidRange, Update, View,
};

fn uid(uid: u32) -> Uid {
    Uid::new(uid).unwrap()
}

fn view(uids: impl IntoIterator<Item = u32>) -> View {
    View::new(Numbering::new(uids.into_iter().map(uid)).unwrap())
}

fn set(text: &str) -> MessageSet {
    SequenceSet::parse(text).unwrap().into()
}

/// All that is told, as it would be sent.
fn told(view: &mut View, permit: Permit) -> Vec<String> {
    let line = |update| match update {
        Update::Expunge(number) => format!("{number} EXPUNGE"),
        Update::Vanished(uids) => format!("VANISHED {uids}"),
        Update::Exists(messages) => format!("{messages} EXISTS"),
        Update::Recent(messages) => format!("{messages} RECENT"),
        Update::Fetch { number, uid } => format!("{number} FETCH (UID {uid})"),
        Update::UidFetch(uid) => format!("{uid} UIDFETCH"),
        update => panic!("{update:?}"),
    };
    core::iter::from_fn(|| view.tell(permit)).map(line).collect()
}

fn named(view: &View, set: &MessageSet, by_uid: bool) -> Vec<(u32, u32)> {
    let named = view.messages(set, by_uid).unwrap();
    named.map(|(number, uid)| (number.get(), uid.get())).collect()
}

/// The mailbox of RFC 7162 §3.2.10.2; where it has "x" any UIDs that fit.
const MAILBOX: [u32; 11] = [500, 504, 505, 507, 508, 509, 510, 520, 530, 540, 625];

#[test]
fn expunged_messages_are_told_by_the_numbers_they_have_at_that_moment() {
    // RFC 3501 §6.4.3: messages 3, 4, 7 and 11 of 11.
    let mut view = view(1..=11);
    for number in [11, 3, 7, 4] {
        view.expunged(uid(number));
    }
    assert_eq!(told(&mut view, Permit::All), ["3 EXPUNGE", "3 EXPUNGE", "5 EXPUNGE", "8 EXPUNGE"]);
    assert_eq!(view.exists(), 7);
}

#[test]
fn the_last_five_of_nine_go_from_lower_to_higher_numbers() {
    // RFC 3501 §7.4.1
    let mut view = view(1..=9);
    view.expunged(uid(5)..=uid(9));
    assert_eq!(told(&mut view, Permit::All), ["5 EXPUNGE"; 5]);
}

#[test]
fn with_qresync_the_same_messages_vanish() {
    // RFC 7162 §3.2.10.2
    let mut view = view(MAILBOX).with(Extension::Qresync);
    for gone in [505, 507, 510, 625] {
        view.expunged(uid(gone));
    }
    assert_eq!(told(&mut view, Permit::All), ["VANISHED 505,507,510,625"]);
    view.expunged(uid(504));
    view.expunged(uid(508));
    assert_eq!(told(&mut view, Permit::All), ["VANISHED 504,508"]);
}

#[test]
fn without_qresync_the_same_example_has_numbers() {
    let mut view = view(MAILBOX);
    for gone in [505, 507, 510, 625] {
        view.expunged(uid(gone));
    }
    assert_eq!(told(&mut view, Permit::All), ["3 EXPUNGE", "3 EXPUNGE", "5 EXPUNGE", "8 EXPUNGE"]);
}

#[test]
fn vanished_names_only_what_exists_told() {
    // RFC 7162 §3.2.10.2: "servers MUST NOT send UIDs for previously expunged messages or messages
    // that were not announced to the client via EXISTS".
    let mut view = view([1, 2, 3]).with(Extension::Qresync);
    view.expunged(uid(2));
    assert_eq!(told(&mut view, Permit::All), ["VANISHED 2"]);
    view.appended(uid(4)..=uid(5)).unwrap();
    view.expunged(uid(1)..=uid(4));
    assert_eq!(told(&mut view, Permit::All), ["VANISHED 1,3", "1 EXISTS"]);
}

#[test]
fn qresync_and_uidonly_can_be_enabled_while_news_wait() {
    let mut view = view([10, 20, 30]);
    view.expunged(uid(10));
    view.changed(uid(20)..=uid(30));
    view.enable(Extension::UidOnly);
    assert_eq!(told(&mut view, Permit::All), ["VANISHED 10", "20 UIDFETCH", "30 UIDFETCH"]);
}

#[test]
fn a_long_list_of_what_vanished_is_told_in_lines_of_bounded_length() {
    let mut view = view((1..=5000).map(|n| n * 2)).with(Extension::Qresync);
    view.expunged(UidRange::all());
    let mut lines = told(&mut view, Permit::All);
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|line| line.len() < 22_000));
    let all: String =
        lines.drain(..).map(|line| line["VANISHED ".len()..].to_owned() + ",").collect();
    let uids = all.trim_end_matches(',').split(',').map(|uid| uid.parse::<u32>().unwrap());
    assert!(uids.eq((1..=5000).map(|n| n * 2)));
    assert_eq!(view.exists(), 0);
}

#[test]
fn what_cannot_be_told_yet_keeps_its_number() {
    // RFC 2180 §4.1: another session has expunged a message that this one goes on to fetch.
    let mut view = view([4, 5, 6, 7]);
    view.changed(uid(6));
    view.expunged(uid(6));
    view.expunged(uid(6));
    assert!(told(&mut view, Permit::WithoutExpunge).is_empty());
    assert_eq!(named(&view, &set("3:4"), false), [(3, 6), (4, 7)]);
    assert!(view.messages(&set("3:4"), false).unwrap().any_gone());
    assert!(!view.messages(&set("4"), false).unwrap().any_gone());
    assert!(view.is_gone(uid(6)) && !view.is_gone(uid(7)));
    // Its flags are not told, neither then nor later.
    view.changed(uid(4)..=uid(7));
    let fetches = ["1 FETCH (UID 4)", "2 FETCH (UID 5)", "4 FETCH (UID 7)"];
    assert_eq!(told(&mut view, Permit::WithoutExpunge), fetches);
    // NOOP
    assert_eq!(told(&mut view, Permit::All), ["3 EXPUNGE"]);
    assert_eq!(named(&view, &set("3"), false), [(3, 7)]);
    assert!(!view.is_gone(uid(6)));
}

#[test]
fn new_messages_are_told_behind_those_that_may_not_go() {
    let mut view = view([1, 2]);
    view.expunged(uid(1));
    view.appended(uid(3)).unwrap();
    assert_eq!(view.exists(), 2);
    assert_eq!(view.number(uid(3)), None);
    assert_eq!(told(&mut view, Permit::WithoutExpunge), ["3 EXISTS"]);
    assert_eq!(told(&mut view, Permit::All), ["1 EXPUNGE"]);
    assert_eq!(view.number(uid(3)), Some(MessageNumber::new(2).unwrap()));
}

#[test]
fn what_came_and_went_is_never_told() {
    let mut view = view([1]);
    view.appended(uid(2)..=uid(4)).unwrap();
    view.changed(uid(3));
    view.expunged(uid(2)..=uid(4));
    assert!(!view.has_news(Permit::All));
    assert!(told(&mut view, Permit::All).is_empty());
}

#[test]
fn a_change_is_told_once_and_not_after_a_fetch_has() {
    let mut view = view([1, 2, 3]);
    for _ in 0..3 {
        view.changed(uid(1)..=uid(3));
    }
    view.told(uid(2));
    assert_eq!(told(&mut view, Permit::All), ["1 FETCH (UID 1)", "3 FETCH (UID 3)"]);
    assert!(told(&mut view, Permit::All).is_empty());
}

#[test]
fn what_is_not_there_changes_nothing() {
    let mut view = view([5, 6]);
    for range in [UidRange::new(uid(6), uid(5)), uid(1).into(), UidRange::new(uid(7), uid(99))] {
        view.changed(range);
        view.told(range);
        view.expunged(range);
    }
    assert!(!view.has_news(Permit::All));
    assert!(view.appended(uid(6)).is_err());
    view.expunged(uid(6));
    assert_eq!(told(&mut view, Permit::All), ["2 EXPUNGE"]);
    // A UID is never used again (RFC 3501 §2.3.1.1).
    assert!(view.appended(uid(6)).is_err());
    assert_eq!(view.appended(UidRange::new(uid(9), uid(8))), Ok(()));
    assert_eq!(view.appended(UidRange::new(uid(u32::MAX), uid(u32::MAX))), Ok(()));
    assert_eq!(told(&mut view, Permit::All), ["2 EXISTS"]);
    view.expunged(UidRange::all());
    assert_eq!(told(&mut view, Permit::All), ["1 EXPUNGE"; 2]);
}

#[test]
fn a_uid_is_not_used_again_when_few_messages_are_left() {
    let mut numbering = Numbering::new((1..=5000).map(|n| uid(n * 3))).unwrap();
    assert_eq!(numbering.remove(uid(7)..=uid(15_000)), 4998);
    assert!(numbering.push(uid(15_000)).is_err());
    assert!(numbering.push(uid(15_001)).is_ok());
    assert!(numbering.iter().map(|(_, uid)| uid.get()).eq([3, 6, 15_001]));
}

#[test]
fn a_number_beyond_exists_is_bad_and_so_is_the_last_of_none() {
    // RFC 9051 §9 `seq-number`
    let full = view(1..=10);
    for (text, good) in [("10", true), ("11", false), ("*", true), ("11:*", false), ("5:11", false)]
    {
        assert_eq!(full.has(&set(text), false), good, "{text}");
        assert_eq!(full.messages(&set(text), false).is_ok(), good, "{text}");
    }
    let empty = view([]);
    for text in ["*", "1:*", "1"] {
        assert!(!empty.has(&set(text), false), "{text}");
        assert!(named(&empty, &set(text), true).is_empty(), "{text}");
    }
}

#[test]
fn a_set_of_uids_names_what_is_there_and_always_the_last() {
    // RFC 3501 §6.4.8: "a UID range of 559:* always includes the UID of the last message".
    let view = view([3, 77, 100]);
    assert_eq!(named(&view, &set("559:*"), true), [(3, 100)]);
    assert_eq!(named(&view, &set("*:1"), true), [(1, 3), (2, 77), (3, 100)]);
    assert_eq!(named(&view, &set("4:76,100,5000"), true), [(3, 100)]);
    assert_eq!(named(&view, &set("3:2"), false), [(2, 77), (3, 100)]);
}

/// The mailbox of RFC 5182 examples 1 and 2, as far as it is told.
fn rfc5182() -> View {
    let uids = (1..=1115).filter(|uid| match uid {
        1..=14 => [1, 14].contains(uid),
        15..=100 => *uid > 18,
        _ => *uid > 317,
    });
    view(uids)
}

#[test]
fn saved_messages_can_be_named_by_any_command() {
    // RFC 5182 §2.2, examples 1 and 2: messages 2, 84 and 882 have the UIDs 14, 100 and 1115.
    let mut view = rfc5182();
    assert_eq!(view.exists(), 882);
    view.save([14, 100, 1115].map(uid));
    let fetched = [(2, 14), (84, 100), (882, 1115)];
    assert_eq!(named(&view, &MessageSet::Saved, false), fetched);
    assert_eq!(named(&view, &MessageSet::Saved, true), fetched);
}

#[test]
fn a_search_that_fails_saves_nothing() {
    // RFC 5182 §2.2, examples 5 and 6: `$` that names nothing is not an error.
    let mut view = rfc5182();
    view.save([14, 100, 1115].map(uid));
    view.clear_saved();
    assert!(view.has(&MessageSet::Saved, false));
    assert!(named(&view, &MessageSet::Saved, false).is_empty());
}

#[test]
fn the_later_search_overrides_the_former() {
    // RFC 5182 §2.3, example 9, and §2.4, example 10.
    let mut view = view(1..=30);
    view.save([2].into_iter().chain(10..=15).chain([21]).map(uid));
    assert_eq!(view.saved().len(), 8);
    view.save([21, 2].map(uid));
    assert_eq!(named(&view, &MessageSet::Saved, true), [(2, 2), (21, 21)]);
}

#[test]
fn an_expunged_message_is_no_more_saved() {
    // RFC 5182 §2.1: "When a message listed in the search result variable is EXPUNGEd, it is
    // automatically removed from the list", and the numbers of the others are adjusted.
    let mut view = view([10, 20, 30, 40]);
    view.save([20, 30, 40, 50].map(uid));
    view.expunged(uid(30));
    assert_eq!(named(&view, &MessageSet::Saved, true), [(2, 20), (4, 40)]);
    assert_eq!(told(&mut view, Permit::All), ["3 EXPUNGE"]);
    assert_eq!(named(&view, &MessageSet::Saved, false), [(2, 20), (3, 40)]);
    // A message that is gone cannot be saved, nor one that was not told.
    view.expunged(uid(20));
    view.appended(uid(50)).unwrap();
    view.save([UidRange::all()]);
    assert_eq!(named(&view, &MessageSet::Saved, true), [(1, 10), (3, 40)]);
}

#[test]
fn messages_are_recent_for_the_first_session_that_is_told() {
    // RFC 3501 §2.3.2 and §6.3.2.
    let messages = Numbering::new([1, 2, 3].map(uid)).unwrap();
    let recents = Recents::new(Some(uid(1)));
    let open = |access| View::new(messages.clone()).with_recents(&recents, access);
    let mut examine = open(Access::ReadOnly);
    let mut first = open(Access::ReadWrite);
    let mut second = open(Access::ReadWrite);
    assert_eq!([&examine, &first, &second].map(View::recent), [2, 2, 0]);
    assert!(first.is_recent(uid(2)) && !first.is_recent(uid(1)) && !second.is_recent(uid(2)));
    for view in [&mut examine, &mut first, &mut second] {
        view.appended(uid(4)).unwrap();
    }
    assert_eq!(told(&mut examine, Permit::All), ["4 EXISTS", "3 RECENT"]);
    assert_eq!(told(&mut second, Permit::All), ["4 EXISTS", "1 RECENT"]);
    assert_eq!(told(&mut first, Permit::All), ["4 EXISTS"]);
    assert_eq!(recents.told(), Some(uid(4)));
    // Recent messages that go are counted no more.
    first.expunged(uid(2));
    assert_eq!(first.recent(), 2);
    assert_eq!(told(&mut first, Permit::All), ["2 EXPUNGE", "1 RECENT"]);
}

#[test]
fn imap4rev2_has_no_recent() {
    let mut view =
        view([1]).with_recents(&Recents::new(None), Access::ReadWrite).with(Extension::Imap4Rev2);
    view.appended(uid(2)).unwrap();
    assert_eq!(told(&mut view, Permit::All), ["2 EXISTS"]);
}

#[test]
fn an_empty_range_of_uids_adds_none_and_hides_none() {
    let uids = |ranges: &[[u32; 2]]| {
        let range = |[first, last]: &[u32; 2]| UidRange::new(uid(*first), uid(*last));
        let numbering = Numbering::new(ranges.iter().map(range)).unwrap();
        numbering.iter().map(|(_, uid)| uid.get()).collect::<Vec<_>>()
    };
    assert_eq!(uids(&[[5, 3], [4, 10]]), Vec::from_iter(4..=10));
    assert_eq!(uids(&[[1, 2], [3, 2], [3, 4], [9, 5], [6, 6]]), [1, 2, 3, 4, 6]);
    assert!(uids(&[[2, 1]]).is_empty());
}

/// RFC 7162 §3.2.4: with QRESYNC UID and MODSEQ in every FETCH; §3.1: with CONDSTORE the MODSEQ.
#[test]
fn what_is_enabled_decides_what_a_change_tells() {
    use Extension::{CondStore, Imap4Rev2, Qresync, UidOnly};
    let tells = |extensions: &[Extension]| {
        let view = extensions.iter().fold(view([1]), |view, extension| view.with(*extension));
        let tells = view.tells();
        assert!(tells.flags);
        (tells.uid, tells.mod_seq)
    };
    assert_eq!(tells(&[]), (false, false));
    assert_eq!(tells(&[Imap4Rev2]), (false, false));
    assert_eq!(tells(&[CondStore]), (false, true));
    assert_eq!(tells(&[Qresync]), (true, true));
    assert_eq!(tells(&[UidOnly]), (true, false));
    assert_eq!(tells(&[UidOnly, CondStore]), (true, true));
}

#[test]
fn a_numbering_knows_its_ends_and_how_many_lie_between_two_uids() {
    let numbering = Numbering::new([3, 4, 5, 900, 70_000].map(uid)).unwrap();
    assert_eq!((numbering.lowest(), numbering.highest()), (Some(uid(3)), Some(uid(70_000))));
    assert!(numbering.contains(uid(900)) && !numbering.contains(uid(6)));
    assert_eq!(numbering.count(uid(4)..=uid(900)), 3);
    assert_eq!(numbering.count(uid(6)..=uid(899)), 0);
    assert_eq!(numbering.count(uid(900)..=uid(4)), 0);
    assert_eq!(Numbering::default().lowest(), None);
}

#[test]
fn a_list_that_was_found_is_saved() {
    let mut view = view([3, 4, 5, 9]);
    view.save_list(&[9_u32, 3, 4, 7].into_iter().collect());
    assert_eq!(named(&view, &MessageSet::Saved, true), [(1, 3), (2, 4), (4, 9)]);
}
