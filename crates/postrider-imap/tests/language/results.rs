//! SEARCH, SORT, THREAD, ESEARCH and UIDBATCHES: what is found.

use core::num::NonZeroU32;

use postrider_imap::Limits;
use postrider_imap::{
    EsearchItem as Item, EsearchResponse, MailboxName, ModSeq, NumberList, NumberRange,
    PartialRange, Quirk, Quirks, Raw, Response, Thread, ThreadNode, Uid, UidBatch,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::search::{assert_linear, fastest, nonzero, octets, partial_range};

/// Results, of which not too many are in ranges.
pub(crate) fn numbers(least: usize) -> impl Strategy<Value = NumberList> {
    let range = (nonzero(), 0_u32..20).prop_map(|(first, more)| {
        NumberRange::new(first, NonZeroU32::new(first.get().saturating_add(more)).unwrap())
    });
    vec(range, least..6).prop_map(|ranges| ranges.into_iter().collect())
}

/// Results in ranges of any length.
pub(crate) fn set() -> impl Strategy<Value = NumberList> {
    let range = (nonzero(), nonzero()).prop_map(|(one, other)| NumberRange::new(one, other));
    vec(range, 1..6).prop_map(|ranges| ranges.into_iter().collect())
}

pub(crate) fn mod_seq() -> impl Strategy<Value = ModSeq> {
    (1_u64..=ModSeq::MAX.get()).prop_map(|value| ModSeq::new(value).unwrap())
}

pub(crate) fn thread() -> impl Strategy<Value = Thread> {
    // Each place goes deeper than the one before it, or less deep; one in five is missing.
    vec((0_u32..6, option::weighted(0.8, nonzero())), 0..40).prop_map(|places| {
        let mut deepest = 0;
        let nodes = places.into_iter().map(|(depth, number)| {
            let depth = depth.min(deepest);
            deepest = depth + 1;
            ThreadNode { depth, number }
        });
        Thread::new(nodes.collect()).unwrap()
    })
}

pub(crate) fn esearch() -> impl Strategy<Value = EsearchResponse> {
    let updates = || vec((any::<u32>(), set()), 1..4);
    let unparsed = proptest::sample::select(vec![
        "X-NEW 5",
        "X-NEW (a (b \"c)\") {1}\r\n))",
        "MIN 0",
        "COUNT many",
        "PARTIAL (1:2)",
        "ALL 3:*",
    ]);
    let item = prop_oneof![
        nonzero().prop_map(Item::Min),
        nonzero().prop_map(Item::Max),
        set().prop_map(Item::All),
        any::<u32>().prop_map(Item::Count),
        mod_seq().prop_map(Item::ModSeq),
        (partial_range(), option::of(set())).prop_map(|(range, set)| Item::Partial(range, set)),
        updates().prop_map(Item::AddTo),
        updates().prop_map(Item::RemoveFrom),
        vec(1_u8..=100, 0..5).prop_map(Item::Relevancy),
        unparsed.prop_map(|raw| Item::Unparsed(Raw::new(raw).unwrap())),
    ];
    let mailbox = ("[a-zA-Z0-9 /\"\\\\&-]{0,12}", 1..=u32::MAX)
        .prop_map(|(name, validity)| (MailboxName::new(name).unwrap(), validity.into()));
    (option::of(octets()), option::of(mailbox), any::<bool>(), vec(item, 0..5)).prop_map(
        |(tag, mailbox, uid, items)| {
            let mut found = EsearchResponse::new(items);
            (found.tag, found.mailbox, found.uid) = (tag, mailbox, uid);
            found
        },
    )
}

/// Every response of this area.
pub(crate) fn search_responses() -> impl Strategy<Value = Response> {
    let found = || prop_oneof![(numbers(0), Just(None)), (numbers(1), mod_seq().prop_map(Some)),];
    let uid = || nonzero().prop_map(Uid::from);
    let batch = (uid(), uid()).prop_map(|(first, last)| UidBatch { first, last });
    prop_oneof![
        found().prop_map(|(numbers, mod_seq)| Response::Search { numbers, mod_seq }),
        found().prop_map(|(numbers, mod_seq)| Response::Sort { numbers, mod_seq }),
        thread().prop_map(Response::Thread),
        esearch().prop_map(|found| Response::Esearch(Box::new(found))),
        (octets(), vec(batch, 0..5))
            .prop_map(|(tag, batches)| Response::UidBatches { tag, batches }),
    ]
}

fn strict(unit: &[u8]) -> Option<Response> {
    let read = Response::parse(unit, &Limits::new(), Quirks::strict()).ok()?;
    assert!(read.1.is_empty());
    Some(read.0)
}

/// The response behind `* `, read strictly.
#[track_caller]
fn read(line: &str) -> Response {
    strict(format!("* {line}\r\n").as_bytes()).unwrap_or_else(|| panic!("{line}"))
}

fn written(response: &Response) -> String {
    let mut octets = Vec::new();
    response.write(&mut octets);
    octets.escape_ascii().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_result_reads_back(response in search_responses()) {
        let mut unit = Vec::new();
        response.write(&mut unit);
        prop_assert_eq!(strict(&unit), Some(response), "{}", unit.escape_ascii());
    }

    #[test]
    fn no_octets_make_a_result_panic(line in vec(any::<u8>(), 0..60), verb in 0_usize..5) {
        let verb = ["SEARCH", "SORT ", "THREAD ", "ESEARCH ", "UIDBATCHES "][verb];
        let unit = [b"* ", verb.as_bytes(), &line].concat();
        for quirks in [Quirks::strict(), Quirks::tolerant()] {
            let _ = Response::parse(&unit, &Limits::new(), quirks);
        }
    }

    #[test]
    fn threads_of_any_shape_read_the_same_again(line in "[()1-3 ]{0,40}") {
        let unit = format!("* THREAD {line}\r\n");
        if let Ok((read, _)) = Response::parse(unit.as_bytes(), &Limits::new(), Quirks::tolerant()) {
            let mut again = Vec::new();
            read.write(&mut again);
            prop_assert_eq!(strict(&again), Some(read), "{}", again.escape_ascii());
        }
    }
}

fn n(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

fn list(numbers: &[u32]) -> NumberList {
    numbers.iter().copied().collect()
}

fn found(tag: &'static str, items: Vec<Item>) -> Response {
    Response::Esearch(Box::new(EsearchResponse::new(items).with_tag(tag)))
}

fn found_uids(tag: &'static str, items: Vec<Item>) -> Response {
    Response::Esearch(Box::new(EsearchResponse::new(items).with_tag(tag).with_uid()))
}

fn mod_seq_of(value: u64) -> ModSeq {
    ModSeq::new(value).unwrap()
}

#[test]
fn results_of_the_rfcs_are_read_and_written_as_they_stand() {
    let search = |numbers: &[u32], mod_seq| Response::Search { numbers: list(numbers), mod_seq };
    let sort = |numbers: &[u32]| Response::Sort { numbers: list(numbers), mod_seq: None };
    for (line, expected) in [
        // RFC 3501 §6.4.4, §7.2.5
        ("SEARCH 2 84 882", search(&[2, 84, 882], None)),
        ("SEARCH", search(&[], None)),
        // RFC 7162 §3.1.5
        (
            "SEARCH 2 5 6 7 11 12 18 19 20 23 (MODSEQ 917162500)",
            search(&[2, 5, 6, 7, 11, 12, 18, 19, 20, 23], Some(mod_seq_of(917_162_500))),
        ),
        // RFC 5256 §3
        ("SORT 2 84 882", sort(&[2, 84, 882])),
        ("SORT 5 3 4 1 2", sort(&[5, 3, 4, 1, 2])),
        ("SORT", sort(&[])),
        // RFC 4731 §3.1, §3.2
        (
            "ESEARCH (TAG \"A282\") MIN 2 COUNT 3",
            found("A282", vec![Item::Min(n(2)), Item::Count(3)]),
        ),
        ("ESEARCH (TAG \"A283\") ALL 2,10:11", found("A283", vec![Item::All(list(&[2, 10, 11]))])),
        (
            "ESEARCH (TAG \"A285\") UID MIN 7 MAX 3800",
            found_uids("A285", vec![Item::Min(n(7)), Item::Max(n(3800))]),
        ),
        (
            "ESEARCH (TAG \"a3\") MIN 2 MAX 23 MODSEQ 917162488",
            found(
                "a3",
                vec![Item::Min(n(2)), Item::Max(n(23)), Item::ModSeq(mod_seq_of(917_162_488))],
            ),
        ),
        // RFC 5267 §4.3.3, §4.3.4
        (
            "ESEARCH (TAG \"B01\") UID ADDTO (0 32768:32769)",
            found_uids("B01", vec![Item::AddTo(vec![(0, list(&[32_768, 32_769]))])]),
        ),
        (
            "ESEARCH (TAG \"C01\") UID ADDTO (1 2733 1 2732 1 2731)",
            found_uids(
                "C01",
                vec![Item::AddTo(vec![(1, list(&[2733])), (1, list(&[2732])), (1, list(&[2731]))])],
            ),
        ),
        (
            "ESEARCH (TAG \"C01\") UID ADDTO (1 2733) ADDTO (1 2731:2732)",
            found_uids(
                "C01",
                vec![
                    Item::AddTo(vec![(1, list(&[2733]))]),
                    Item::AddTo(vec![(1, list(&[2731, 2732]))]),
                ],
            ),
        ),
        (
            "ESEARCH (TAG \"B01\") UID REMOVEFROM (0 32768)",
            found_uids("B01", vec![Item::RemoveFrom(vec![(0, list(&[32_768]))])]),
        ),
        // RFC 9394 §3.1, where `...` stands for the results
        (
            "ESEARCH (TAG \"A01\") UID PARTIAL (-1:-100 1:99,120)",
            found_uids(
                "A01",
                vec![Item::Partial(
                    PartialRange::Last(n(1), n(100)),
                    Some((1..=99).chain([120]).collect()),
                )],
            ),
        ),
        (
            "ESEARCH (TAG \"A04\") UID PARTIAL (24000:24500 NIL)",
            found_uids("A04", vec![Item::Partial(PartialRange::First(n(24_000), n(24_500)), None)]),
        ),
        // RFC 6203 §4, §6
        (
            "ESEARCH (TAG \"C2\") ALL 5,10,1 RELEVANCY (99 42 4)",
            found("C2", vec![Item::All(list(&[5, 10, 1])), Item::Relevancy(vec![99, 42, 4])]),
        ),
        // RFC 10022 §3.1.1, §3.1.6
        (
            "UIDBATCHES (TAG \"A143\") 215295:99696,99695:20351,20350:7830,7829:1",
            Response::UidBatches {
                tag: "A143".into(),
                batches: [(215_295, 99_696), (99_695, 20_351), (20_350, 7830), (7829, 1)]
                    .map(|(first, last)| UidBatch { first: n(first).into(), last: n(last).into() })
                    .to_vec(),
            },
        ),
        ("UIDBATCHES (TAG \"A302\")", Response::UidBatches { tag: "A302".into(), batches: vec![] }),
    ] {
        assert_eq!(read(line), expected, "{line}");
        assert_eq!(written(&expected), format!("* {line}\\r\\n").replace('"', "\\\""));
    }
    // RFC 7377 §2.1
    let of = |name: &'static str, validity: u32, items| {
        let mailbox = MailboxName::new(name).unwrap();
        let found = EsearchResponse::new(items).with_tag("tag1").with_uid();
        Response::Esearch(Box::new(found.with_mailbox(mailbox, validity.into())))
    };
    assert_eq!(
        read(
            "ESEARCH (TAG \"tag1\" MAILBOX \"folder1\" UIDVALIDITY 1) UID ALL 4001,4003,4005,4007,4009"
        ),
        of("folder1", 1, vec![Item::All(list(&[4001, 4003, 4005, 4007, 4009]))])
    );
}

/// Depth and number of each place; 0 for a missing message.
fn places(response: &Response) -> Vec<(u32, u32)> {
    let Response::Thread(thread) = response else { panic!("{response:?}") };
    let number = |node: &ThreadNode| node.number.map_or(0, NonZeroU32::get);
    thread.nodes().iter().map(|node| (node.depth, number(node))).collect()
}

#[test]
fn threads_of_the_rfcs_are_read_and_written_as_they_stand() {
    for line in [
        // RFC 5256 §3
        "THREAD (166)(167)(168)(169)(172)(170)(171)(173)(174 (175)(176)(178)(181)(180))(179)\
         (177 (183)(182)(188)(184)(185)(186)(187)(189))(190)(191)(192)(193)(194 195)\
         (196 (197)(198))(199)(200 202)(201)(203)(204)(205)(206 207)(208)",
        "THREAD",
        "THREAD (166)(167)(168)(169)(172)((170)(179))(171)(173)((174)(175)(176)(178)(181)(180))\
         ((177)(183)(182)(188 (184)(189))(185 186)(187))(190)(191)(192)(193)((194)(195 196))\
         (197 198)(199)(200 202)(201)(203)(204)(205 206 207)(208)",
        // RFC 5256 §4
        "THREAD (2)(3 6 (4 23)(44 7 96))",
        "THREAD ((3)(5))",
    ] {
        assert_eq!(written(&read(line)), format!("* {line}\\r\\n"));
    }
    // The drawing of RFC 5256 §4.
    let drawn = [(0, 2), (0, 3), (1, 6), (2, 4), (3, 23), (2, 44), (3, 7), (4, 96)];
    assert_eq!(places(&read("THREAD (2)(3 6 (4 23)(44 7 96))")), drawn);
    assert_eq!(places(&read("THREAD ((3)(5))")), [(0, 0), (1, 3), (1, 5)]);
}

#[test]
fn what_is_no_result_is_refused() {
    for line in [
        "SEARCH ",
        "SEARCH 1 ",
        "SEARCH  1",
        "SEARCH 0",
        "SEARCH 4294967296",
        "SEARCH 1:3",
        "SEARCH one",
        "SEARCH (MODSEQ 5)",
        "SEARCH 1 (MODSEQ 0)",
        "SEARCH 1(MODSEQ 5)",
        "SEARCH 1 (MODSEQ 5",
        "SORT 1,2",
        "THREAD ",
        "THREAD ()",
        "THREAD (1)(2",
        "THREAD ((3))",
        "THREAD (1 (2))",
        "THREAD (1 (2)(3) 4)",
        "THREAD 1",
        "ESEARCH ()",
        "ESEARCH (TAG)",
        "ESEARCH (TAG a TAG b)",
        "ESEARCH (MAILBOX a)",
        "ESEARCH (UIDVALIDITY 1 MAILBOX a TAG b UIDVALIDITY 2)",
        "ESEARCH (MAILBOX a UIDVALIDITY 0)",
        "ESEARCH UID ",
        "ESEARCH COUNT",
        "ESEARCH COUNT )",
        "UIDBATCHES",
        "UIDBATCHES (TAG \"a\") 5",
        "UIDBATCHES (TAG \"a\") 5:1,",
        "UIDBATCHES (MAILBOX a UIDVALIDITY 5) 5:1",
    ] {
        assert_eq!(strict(format!("* {line}\r\n").as_bytes()), None, "{line}");
    }
}

#[test]
fn what_servers_send_all_the_same_is_read() {
    let none = Quirks::strict();
    let search = |numbers: &[u32], mod_seq| Response::Search { numbers: list(numbers), mod_seq };
    let esearch = |items| Response::Esearch(Box::new(EsearchResponse::new(items)));
    for (line, expected, met) in [
        // real-server-quirks.tsv: search-trailing-sp, search-empty-trailing-sp
        ("SEARCH 169654 169655 169663 ", search(&[169_654, 169_655, 169_663], None), {
            none.with(Quirk::Blank)
        }),
        ("SEARCH ", search(&[], None), none.with(Quirk::Blank)),
        ("SEARCH  1  2", search(&[1, 2], None), none.with(Quirk::Blank)),
        ("SEARCH (MODSEQ 5)", search(&[], None), none.with(Quirk::EmptyList)),
        ("SEARCH 1 (MODSEQ 0)", search(&[1], Some(mod_seq_of(0))), none.with(Quirk::Number)),
        ("THREAD ", Response::Thread(Thread::default()), none.with(Quirk::Blank)),
        (
            "ESEARCH UID  COUNT 1 ",
            { Response::Esearch(Box::new(EsearchResponse::new(vec![Item::Count(1)]).with_uid())) },
            none.with(Quirk::Blank),
        ),
        ("ESEARCH ALL", esearch(vec![Item::Unparsed(Raw::new("ALL").unwrap())]), {
            none.with(Quirk::Members)
        }),
    ] {
        let unit = format!("* {line}\r\n");
        let read = Response::parse(unit.as_bytes(), &Limits::new(), Quirks::tolerant());
        assert_eq!(read, Ok((expected, met)), "{line}");
    }
}

#[test]
fn one_bad_item_leaves_the_others_alone() {
    for bad in [
        "MIN 0",
        "COUNT many",
        "ALL 1,,2",
        "ALL *",
        "PARTIAL (1:2)",
        "RELEVANCY (101)",
        "(COUNT 17)",
        "NEW (a)",
    ] {
        let expected = vec![
            Item::Count(3),
            Item::Unparsed(Raw::new(bad).unwrap()),
            Item::All(list(&[1, 2, 3])),
        ];
        let line = format!("ESEARCH (TAG \"a\") COUNT 3 {bad} ALL 1:3");
        assert_eq!(read(&line), found("a", expected), "{line}");
    }
}

#[test]
fn what_the_grammar_has_no_empty_form_for_is_left_out() {
    let empty = NumberList::new;
    let mod_seq = Some(mod_seq_of(5));
    for (response, line) in [
        (Response::Search { numbers: empty(), mod_seq }, "SEARCH"),
        (
            found(
                "a",
                vec![
                    Item::All(empty()),
                    Item::AddTo(vec![(1, empty())]),
                    Item::RemoveFrom(vec![]),
                    Item::Count(0),
                ],
            ),
            "ESEARCH (TAG \\\"a\\\") COUNT 0",
        ),
        (
            found("a", vec![Item::Partial(PartialRange::First(n(1), n(2)), Some(empty()))]),
            "ESEARCH (TAG \\\"a\\\") PARTIAL (1:2 NIL)",
        ),
    ] {
        assert_eq!(written(&response), format!("* {line}\\r\\n"));
    }
}

#[test]
fn lists_end_at_the_limit() {
    let limits = Limits::new().with_ids(3);
    let parse = |line: &str| {
        let unit = format!("* {line}\r\n");
        Response::parse(unit.as_bytes(), &limits, Quirks::strict()).map(|read| read.0)
    };
    assert!(parse("SEARCH 1 2 3 5 6 7 9").is_ok());
    assert!(parse("SEARCH 1 3 5 7").is_err());
    assert!(parse("SORT 4 3 2 1").is_err());
    assert!(parse("THREAD (1 2 3)").is_ok());
    assert!(parse("THREAD (1 2 3)(4)").is_err());
    // The item is bad, not the response.
    let Ok(Response::Esearch(found)) = parse("ESEARCH ALL 1,3,5,7 COUNT 4") else { panic!() };
    assert_eq!(found.items.last(), Some(&Item::Count(4)));
    // Whatever a set says, its numbers are not counted out.
    let Response::Esearch(found) = read("ESEARCH ALL 1:4294967295") else { panic!() };
    assert_eq!(
        found.items,
        [Item::All([NumberRange::new(n(1), n(u32::MAX))].into_iter().collect())]
    );
}

#[test]
fn threads_of_any_depth_are_read_and_written() {
    // A discussion in which each message has two answers, of which the second is answered.
    let mut thread = Thread::default();
    for depth in 0..200_000 {
        thread.push(depth, n(2 * depth + 1)).unwrap();
        thread.push(depth + 1, n(2 * depth + 2)).unwrap();
    }
    let response = Response::Thread(thread);
    let mut unit = Vec::new();
    response.write(&mut unit);
    assert_eq!(strict(&unit), Some(response));
    for (piece, times) in [("(", 1_000_000), ("(1 ", 333_333), ("()", 500_000)] {
        let unit = format!("* THREAD {}", piece.repeat(times));
        assert!(Response::parse(unit.as_bytes(), &Limits::new(), Quirks::strict()).is_err());
    }
    // What holds nothing together is taken out in one go.
    let unit = format!("* THREAD {}1{}", "(".repeat(900_000), ")".repeat(900_000));
    let read = Response::parse(unit.as_bytes(), &Limits::new(), Quirks::tolerant()).unwrap();
    assert_eq!(places(&read.0), [(0, 1)]);
}

#[test]
fn a_hundred_thousand_numbers_are_read() {
    let ids: Vec<u32> = (0..100_000).map(|at| at * 3 + 7).collect();
    let text: Vec<String> = ids.iter().map(u32::to_string).collect();
    let response = read(&format!("SEARCH {}", text.join(" ")));
    assert_eq!(response, Response::Search { numbers: list(&ids), mod_seq: None });
    let Response::Esearch(found) = read(&format!("ESEARCH ALL {}", text.join(","))) else {
        panic!()
    };
    assert_eq!(found.items, [Item::All(list(&ids))]);
}

#[test]
fn tags_of_any_form_are_read() {
    for tag in ["\"a b\"", "abc", "{3}\r\na b"] {
        let Response::Esearch(found) = read(&format!("ESEARCH (TAG {tag}) COUNT 1")) else {
            panic!()
        };
        assert!(matches!(found.tag.as_deref(), Some(b"a b" | b"abc")), "{tag}");
    }
}

#[test]
fn eight_times_the_results_take_eight_times_the_time() {
    for (begin, piece) in [
        ("SEARCH", " 1"),
        ("SEARCH", "  1"),
        ("SEARCH", " 0"),
        ("SEARCH", " "),
        ("SORT", " 1234567 12345678901"),
        ("THREAD ", "("),
        ("THREAD ", "(1 "),
        ("THREAD ", "(1)"),
        ("THREAD ", "()"),
        ("THREAD ", "((1)"),
        ("ESEARCH", " COUNT 1"),
        ("ESEARCH ALL 1", ",1:3"),
        ("ESEARCH ALL 1", ",5"),
        ("ESEARCH X ", "("),
    ] {
        let limits = Limits::new().with_list(usize::MAX).with_ids(usize::MAX);
        let times = [4_000, 32_000].map(|times| {
            let unit = format!("* {begin}{}", piece.repeat(times));
            fastest(|| drop(Response::parse(unit.as_bytes(), &limits, Quirks::tolerant())))
        });
        assert_linear(piece, times);
    }
}
