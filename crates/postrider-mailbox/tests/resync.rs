//! What a client that comes back is told, beside the examples of RFC 7162.

use std::collections::BTreeSet;

use postrider_imap::{
    InternalDate, ModSeq, NumberList, NumberRange, Qresync, SequenceMatch, SequenceSet, Uid,
    UidRanges, UidSet, UidValidity,
};
use postrider_mailbox::Metadata;
use postrider_mailbox::resync::{Expunged, Known};
use proptest::prelude::*;

fn mod_seq(value: u64) -> ModSeq {
    ModSeq::new(value).unwrap()
}

fn uid(value: u32) -> Uid {
    Uid::new(value).unwrap()
}

fn range(first: u32, last: u32) -> NumberRange {
    NumberRange::new(uid(first).nonzero(), uid(last).nonzero())
}

/// The set as it is written.
fn list(set: &str) -> NumberList {
    let ranges = SequenceSet::parse(set).unwrap().resolve(u32::MAX);
    ranges.iter().map(|one| range(*one.start(), *one.end())).collect()
}

fn ranges(set: &str) -> UidRanges {
    (&list(set)).into()
}

fn matched(numbers: &str, uids: &str) -> SequenceMatch {
    SequenceMatch::new(list(numbers), UidSet::new(list(uids)).unwrap()).unwrap()
}

/// A mailbox that cannot remember what went.
fn forgetful() -> Expunged {
    Expunged::new(0).with_forgotten(ModSeq::MAX)
}

fn told(known: &Known, expunged: &Expunged, exist: &UidRanges, next: u32) -> Option<String> {
    known.vanished(expunged, exist.ranges(), uid(next)).map(|gone| gone.to_string())
}

/// RFC 7162 §3.2.5.1: "VANISHED (EARLIER) 41,43:116,118,120:211,214:540"
#[test]
fn all_that_is_known_and_not_there_is_told_where_nothing_is_remembered() {
    let qresync = Qresync::new(UidValidity::new(67_890_007), mod_seq(90_060_115_194_045_000))
        .with_known(UidSet::new(list("41:211,214:541")).unwrap());
    let known = Known::from_select(&qresync, UidValidity::new(67_890_007)).unwrap();
    let exist = ranges("1:40,42,117,119,541:599");
    let gone = told(&known, &forgetful(), &exist, 600);
    assert_eq!(gone.as_deref(), Some("41,43:116,118,120:211,214:540"));
    // UID 42 has not changed since, the others have.
    let message = |number, value| {
        Metadata::new(uid(number), [], InternalDate::from_unix(0, 0).unwrap(), 1)
            .with_mod_seq(mod_seq(value))
    };
    assert!(!known.is_changed(&message(42, 90_060_115_194_045_000)));
    assert!(known.is_changed(&message(117, 90_060_115_194_045_001)));
    // The client does not know it.
    assert!(!known.is_changed(&message(599, 90_060_115_194_045_001)));
}

#[test]
fn a_client_of_another_uidvalidity_knows_nothing() {
    let qresync = Qresync::new(UidValidity::new(1), mod_seq(5));
    assert_eq!(Known::from_select(&qresync, UidValidity::new(2)), None);
}

/// RFC 7162 §3.2.5.2: "only UIDs with messages divisible by three are present in the mailbox".
#[test]
fn what_is_shown_to_be_in_step_is_not_told() {
    let exist: UidRanges = (1..=9999).map(|third| range(third * 3, third * 3)).collect();
    let known = Known::new(mod_seq(90_060_115_194_045_000)).with_uids(ranges("1:29997"));
    let gone = told(&known, &forgetful(), &exist, 30_013).unwrap();
    assert!(gone.starts_with("1:2,4:5,7:8,10:11,13:14,"), "{}", &gone[..40]);
    assert!(gone.ends_with(
        ",29668:29669,29671:29672,29674:29675,29677:29678,29680:29681,29683:29684,\
29686:29687,29689:29690,29692:29693,29695:29696,29698:29699,29701:29702,29704:29705,29707:29708,\
29710:29711,29713:29714,29716:29717,29719:29720,29722:29723,29725:29726,29728:29729,29731:29732,\
29734:29735,29737:29738,29740:29741,29743:29744,29746:29747,29749:29750,29752:29753,29755:29756,\
29758:29759,29761:29762,29764:29765,29767:29768,29770:29771,29773:29774,29776:29777,29779:29780,\
29782:29783,29785:29786,29788:29789,29791:29792,29794:29795,29797:29798,29800:29801,29803:29804,\
29806:29807,29809:29810,29812:29813,29815:29816,29818:29819,29821:29822,29824:29825,29827:29828,\
29830:29831,29833:29834,29836:29837,29839:29840,29842:29843,29845:29846,29848:29849,29851:29852,\
29854:29855,29857:29858,29860:29861,29863:29864,29866:29867,29869:29870,29872:29873,29875:29876,\
29878:29879,29881:29882,29884:29885,29887:29888,29890:29891,29893:29894,29896:29897,29899:29900,\
29902:29903,29905:29906,29908:29909,29911:29912,29914:29915,29917:29918,29920:29921,29923:29924,\
29926:29927,29929:29930,29932:29933,29935:29936,29938:29939,29941:29942,29944:29945,29947:29948,\
29950:29951,29953:29954,29956:29957,29959:29960,29962:29963,29965:29966,29968:29969,29971:29972,\
29974:29975,29977:29978,29980:29981,29983:29984,29986:29987,29989:29990,29992:29993,29995:29996"
    ));

    let in_step = matched(
        "5000,7500,9000,9990:9999",
        "15000,22500,27000,29970,29973,29976,29979,29982,29985,29988,29991,29994,29997",
    );
    let qresync = Qresync::new(UidValidity::new(1), mod_seq(90_060_115_194_045_000))
        .with_known(UidSet::new(list("1:29997")).unwrap())
        .with_matched(in_step);
    let known = Known::from_select(&qresync, UidValidity::new(1)).unwrap();
    assert_eq!(told(&known, &forgetful(), &exist, 30_013), None);
}

/// RFC 7162 §3.2.5.2: "if the Nth message number in the first set in the list is 4, and the Nth UID in
/// the second set in the list is 8, and the mailbox's fourth message has UID 8, then no UIDs equal to
/// or less than 8 are present in the VANISHED response. If the (N+1)th message number is 12, and the
/// (N+1)th UID is 24, and the (N+1)th message in the mailbox has UID 25, then the lowest UID included
/// in the VANISHED response would be 9."
#[test]
fn the_last_message_in_step_is_where_telling_begins() {
    // The fourth message is UID 8, the twelfth UID 25.
    let exist = ranges("2,4,6,8,10,12,14,16,18,20,22,25");
    let qresync =
        Qresync::new(UidValidity::new(1), mod_seq(5)).with_matched(matched("4,12", "8,24"));
    let known = Known::from_select(&qresync, UidValidity::new(1)).unwrap();
    let gone = told(&known, &forgetful(), &exist, 26).unwrap();
    assert_eq!(gone, "9,11,13,15,17,19,21,23:24");
}

/// RFC 7162 §3.2.6: "s100 UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)", and "A server that
/// receives a mod-sequence smaller than <minmodseq> […] MUST behave as if it was requested to report
/// all expunged messages from the provided UID set parameter."
#[test]
fn what_went_since_is_told_as_far_as_it_is_remembered() {
    let mut expunged = Expunged::new(3);
    expunged.push(mod_seq(10), &ranges("100:199"));
    expunged.push(mod_seq(12_346), &ranges("300:310,405"));
    let exist = ranges("1:99,200:299,311:404,406:410,412:500");
    let known = |since| Known::new(mod_seq(since)).with_uids(ranges("300:500"));
    assert_eq!(told(&known(12_345), &expunged, &exist, 501).as_deref(), Some("300:310,405"));
    assert_eq!(told(&known(12_346), &expunged, &exist, 501), None);
    // All that is known, when the client names nothing.
    let all = Known::new(mod_seq(9));
    assert_eq!(told(&all, &expunged, &exist, 501).as_deref(), Some("100:199,300:310,405"));
    // Of four ranges the first is forgotten: what went with 10 or later is not known to be all.
    expunged.push(mod_seq(12_400), &ranges("411"));
    assert_eq!(told(&known(12_345), &expunged, &exist, 501).as_deref(), Some("300:310,405,411"));
    assert_eq!(expunged.since(mod_seq(9)), None);
    assert_eq!(told(&known(9), &expunged, &exist, 501).as_deref(), Some("300:310,405,411"));
    assert_eq!(told(&all, &expunged, &exist, 501).as_deref(), Some("100:199,300:310,405,411"));
}

#[test]
fn a_modseq_that_goes_down_hides_nothing() {
    let mut expunged = Expunged::new(10);
    expunged.push(mod_seq(10), &ranges("1"));
    expunged.push(mod_seq(5), &ranges("2"));
    assert_eq!(expunged.since(mod_seq(7)), Some(ranges("1:2")));
}

#[test]
fn of_more_ranges_than_are_remembered_the_last_are() {
    let mut expunged = Expunged::new(2);
    expunged.push(mod_seq(10), &ranges("1,3,5,7"));
    assert_eq!(expunged.iter().count(), 2);
    assert_eq!(expunged.since(mod_seq(9)), None);
    // What went with the same MODSEQ as what is forgotten is not known to be all.
    assert_eq!(expunged.since(mod_seq(10)), Some(UidRanges::new()));
    let mut nothing = Expunged::new(0);
    nothing.push(mod_seq(10), &ranges("1"));
    assert_eq!((nothing.since(mod_seq(9)), nothing.iter().count()), (None, 0));
}

/// RFC 7162 §3.2.5.1: "If the mailbox is empty and never had any messages in it, then lack of the
/// list of UIDs is interpreted as an empty set of UIDs."
#[test]
fn of_a_mailbox_that_never_had_a_message_nothing_is_gone() {
    let known = Known::new(mod_seq(1));
    assert_eq!(told(&known, &forgetful(), &UidRanges::new(), 1), None);
}

#[test]
fn numbers_without_end_cost_nothing() {
    let exist = ranges("1,4294967290");
    let all = matched("1:4294967295", "1:4294967295");
    let qresync = Qresync::new(UidValidity::new(1), mod_seq(1)).with_matched(all);
    let known = Known::from_select(&qresync, UidValidity::new(1)).unwrap();
    let gone = told(&known, &forgetful(), &exist, u32::MAX).unwrap();
    assert_eq!(gone, "2:4294967289,4294967291:4294967294");
}

proptest! {
    /// Beside sets of single UIDs.
    #[test]
    fn the_ranges_are_those_of_the_single_uids(
        had in proptest::collection::btree_set(1..60_u32, 0..50),
        gone in proptest::collection::vec(any::<bool>(), 60),
        told_of in 0..60_usize,
        remembers in any::<bool>(),
    ) {
        let still: BTreeSet<u32> =
            had.iter().copied().filter(|uid| !gone[*uid as usize]).collect();
        let exist: UidRanges = still.iter().map(|one| range(*one, *one)).collect();
        let went: UidRanges =
            had.difference(&still).map(|one| range(*one, *one)).collect();
        let mut log = Expunged::new(100);
        log.push(mod_seq(7), &went);
        let log = if remembers { log } else { forgetful() };
        // The client knows all that there was, and tells the number and UID of some.
        let pairs: Vec<(u32, u32)> = (1..).zip(had.iter().copied()).take(told_of).collect();
        let mut qresync = Qresync::new(UidValidity::new(1), mod_seq(5));
        if !had.is_empty() {
            let all = had.iter().map(|one| range(*one, *one)).collect();
            qresync = qresync.with_known(UidSet::new(all).unwrap());
        }
        if !pairs.is_empty() {
            let numbers = pairs.iter().map(|pair| range(pair.0, pair.0)).collect();
            let uids = pairs.iter().map(|pair| range(pair.1, pair.1)).collect();
            let both = SequenceMatch::new(numbers, UidSet::new(uids).unwrap()).unwrap();
            qresync = qresync.with_matched(both);
        }
        prop_assume!(!had.is_empty());
        let known = Known::from_select(&qresync, UidValidity::new(1)).unwrap();
        let answer = known.vanished(&log, exist.ranges(), uid(60));
        let answer: BTreeSet<u32> =
            answer.iter().flat_map(UidSet::iter).map(u32::from).collect();
        let lost: BTreeSet<u32> = had.difference(&still).copied().collect();
        prop_assert_eq!(answer, lost);
    }
}
