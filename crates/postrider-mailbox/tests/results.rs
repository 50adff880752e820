//! What is told of the messages that were found: the examples of RFC 4731, 5182, 5267, 7162 and 9394.

use postrider_imap::{
    Atom, Charset, EntryType, EsearchItem, MessageNumber, ModSeq, NumberList, PartialRange, Raw,
    Response, SearchCommand, SearchKey, SearchReturn, SortCommand, SortCriterion, SortKey, Uid,
};
use postrider_mailbox::results::{Context, Found, FoundMessage, Returns, Unreturnable};
use postrider_mailbox::search::{Scope, Search};

use SearchReturn::{All, Count, Max, Min, Partial, Save};

fn mod_seq(value: u64) -> ModSeq {
    ModSeq::new(value).unwrap()
}

fn number(number: u32) -> MessageNumber {
    MessageNumber::new(number).unwrap()
}

fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

/// Messages whose UIDs are a thousand above their numbers.
fn found(numbers: impl IntoIterator<Item = u32>) -> Found {
    let message = |n| FoundMessage::new(number(n), uid(n + 1000), Some(mod_seq(n.into())));
    numbers.into_iter().map(message).collect()
}

fn list(numbers: impl IntoIterator<Item = u32>) -> NumberList {
    numbers.into_iter().collect()
}

fn returns_of(key: SearchKey, options: Option<Vec<SearchReturn>>) -> Result<Returns, Unreturnable> {
    let mut command = SearchCommand::new(vec![key]);
    command.returns = options;
    let search = Search::of(&command, &Scope::new(0, None, 0)).unwrap();
    Returns::of_search(&command, &search)
}

fn returns(options: impl Into<Vec<SearchReturn>>) -> Returns {
    returns_of(SearchKey::All, Some(options.into())).unwrap()
}

fn with_mod_seq(options: impl Into<Vec<SearchReturn>>) -> Returns {
    let entry = Some(("/flags/\\draft".into(), EntryType::All));
    let key = SearchKey::ModSeq { entry, mod_seq: mod_seq(620_162_338) };
    returns_of(key, Some(options.into())).unwrap()
}

fn range(one: u32, other: u32) -> PartialRange {
    PartialRange::First(one.try_into().unwrap(), other.try_into().unwrap())
}

fn last(one: u32, other: u32) -> PartialRange {
    PartialRange::Last(one.try_into().unwrap(), other.try_into().unwrap())
}

/// The items of an ESEARCH response to `A1`; `None` where there is no response.
fn items(returns: &Returns, found: &Found) -> Option<Vec<EsearchItem>> {
    match returns.response("A1", found) {
        Some(Response::Esearch(response)) => {
            assert_eq!(response.tag.as_deref(), Some(&b"A1"[..]));
            assert_eq!(response.uid, returns.uid());
            Some(response.items)
        }
        None => None,
        other => panic!("{other:?}"),
    }
}

fn min(n: u32) -> EsearchItem {
    EsearchItem::Min(n.try_into().unwrap())
}

fn max(n: u32) -> EsearchItem {
    EsearchItem::Max(n.try_into().unwrap())
}

fn all(numbers: impl IntoIterator<Item = u32>) -> EsearchItem {
    EsearchItem::All(list(numbers))
}

#[test]
fn the_examples_of_rfc_4731_are_told() {
    // A282 RETURN (MIN COUNT): "MIN 2 COUNT 3"; A283 RETURN (): "ALL 2,10:11".
    let three = found([2, 10, 11]);
    assert_eq!(items(&returns([Min, Count]), &three), Some(vec![min(2), EsearchItem::Count(3)]));
    assert_eq!(items(&returns([]), &three), Some(vec![all([2, 10, 11])]));
    assert_eq!(items(&returns([Min]), &found([4])), Some(vec![min(4)]));
    // A285 UID SEARCH RETURN (MIN MAX): "UID MIN 7 MAX 3800".
    let command = SearchCommand::new(vec![SearchKey::All]).with_uid().with_returns(vec![Min, Max]);
    let search = Search::of(&command, &Scope::new(0, None, 0)).unwrap();
    let returned = Returns::of_search(&command, &search).unwrap();
    let uids: Found =
        [7, 20, 3800].map(|n| FoundMessage::new(number(1), uid(n), None)).into_iter().collect();
    assert_eq!(items(&returned, &uids), Some(vec![min(7), max(3800)]));
    let fifteen = EsearchItem::Count(15);
    assert_eq!(items(&returns([Count]), &found(1..=15)), Some(vec![fifteen]));
}

#[test]
fn of_nothing_only_the_count_is_told() {
    // "If the SEARCH results in no matches, the server MUST NOT include the MIN ... it still MUST send
    // the ESEARCH response"; COUNT "MUST always be included".
    let none = found([]);
    assert_eq!(items(&returns([Min, Max, All]), &none), Some(vec![]));
    let zero = EsearchItem::Count(0);
    assert_eq!(items(&returns([Min, Max, All, Count]), &none), Some(vec![zero]));
    assert_eq!(items(&with_mod_seq([All]), &none), Some(vec![]));
}

#[test]
fn without_return_search_and_sort_answer() {
    let key = SearchKey::ModSeq { entry: None, mod_seq: mod_seq(1) };
    let plain = returns_of(SearchKey::All, None).unwrap();
    let expected = Response::Search { numbers: list([2, 5, 6]), mod_seq: None };
    assert_eq!(plain.response("A1", &found([2, 5, 6])), Some(expected));
    // RFC 7162 §3.1.5: "the highest mod-sequence for all messages being returned", of a "non-empty
    // SEARCH result".
    let counted = returns_of(key, None).unwrap();
    let expected = Response::Search { numbers: list([2, 5, 6]), mod_seq: Some(mod_seq(6)) };
    assert_eq!(counted.response("A1", &found([2, 5, 6])), Some(expected));
    let expected = Response::Search { numbers: list([]), mod_seq: None };
    assert_eq!(counted.response("A1", &found([])), Some(expected));
    // In IMAP4rev2, "If no result option is specified or empty list ... ALL is assumed".
    assert_eq!(items(&plain.with_rev2(), &found([2, 5])), Some(vec![all([2, 5])]));
}

fn sort(options: Option<Vec<SearchReturn>>) -> Returns {
    let date = SortCriterion { reverse: true, key: SortKey::Date };
    let mut command =
        SortCommand::new(vec![date], Charset::utf8(), vec![SearchKey::All]).with_uid();
    command.returns = options;
    let search = Search::new(&command.keys, None, &Scope::new(0, None, 0)).unwrap();
    Returns::of_sort(&command, &search).unwrap()
}

#[test]
fn sort_tells_the_order_that_was_asked_for() {
    // RFC 5267 §3.3, E01: "ALL 23765,23764,23763,23761".
    let sorted = found([22765, 22764, 22763, 22761]);
    let numbers = list([23765, 23764, 23763, 23761]);
    assert_eq!(items(&sort(Some(vec![])), &sorted), Some(vec![EsearchItem::All(numbers.clone())]));
    assert_eq!(numbers.to_string(), "23765,23764,23763,23761");
    let expected = Response::Sort { numbers, mod_seq: None };
    assert_eq!(sort(None).response("A1", &sorted), Some(expected.clone()));
    // There is no IMAP4rev2 without RETURN for SORT.
    assert_eq!(sort(None).with_rev2().response("A1", &sorted), Some(expected));
    // "the message number/UID of the lowest sorted message".
    assert_eq!(items(&sort(Some(vec![Min, Max])), &sorted), Some(vec![min(23765), max(23761)]));
    // $ is a set.
    let saved = sort(Some(vec![Save])).saved(&sorted).unwrap();
    assert_eq!(saved.to_string(), "23761,23763:23765");
}

#[test]
fn the_mod_seq_is_that_of_what_is_told() {
    // RFC 4731 §3.2: the messages of example 15 of CONDSTORE.
    let values = [
        (2, 917_162_488),
        (5, 917_162_500),
        (6, 700_000_000),
        (7, 700_000_001),
        (11, 700_000_002),
        (12, 700_000_003),
        (18, 700_000_004),
        (19, 700_000_005),
        (20, 700_000_006),
        (23, 907_162_321),
    ];
    let found: Found = values
        .map(|(n, value)| FoundMessage::new(number(n), uid(n), Some(mod_seq(value))))
        .into_iter()
        .collect();
    let told = |value| EsearchItem::ModSeq(mod_seq(value));
    let ten = EsearchItem::Count(10);
    for (options, expected) in [
        (vec![Min], vec![min(2), told(917_162_488)]),
        (vec![Max], vec![max(23), told(907_162_321)]),
        (vec![Min, Max], vec![min(2), max(23), told(917_162_488)]),
        (vec![Min, Count], vec![min(2), ten, told(917_162_500)]),
    ] {
        assert_eq!(items(&with_mod_seq(options), &found), Some(expected));
    }
    let piece = EsearchItem::Partial(range(3, 4), Some(list([6, 7])));
    let expected = vec![piece, told(700_000_001)];
    assert_eq!(items(&with_mod_seq([Partial(range(3, 4))]), &found), Some(expected));
}

#[test]
fn what_is_saved_depends_on_what_is_told() {
    // RFC 5182 §2.4, example 10, and table 4 of RFC 9051.
    let found = found([2, 10, 11, 12, 13, 14, 15, 21]);
    let everything = Some("1002,1010:1015,1021");
    for (options, told, saved) in [
        (vec![All], vec![all([2, 10, 11, 12, 13, 14, 15, 21])], None),
        (vec![All, Save], vec![all([2, 10, 11, 12, 13, 14, 15, 21])], everything),
        (vec![Save, Min], vec![min(2)], Some("1002")),
        (vec![Save, Max], vec![max(21)], Some("1021")),
        (vec![Max, Save, Min], vec![min(2), max(21)], Some("1002,1021")),
        (vec![Max, Save, Min, Count], vec![min(2), max(21), EsearchItem::Count(8)], everything),
        (vec![All, Save, Min], vec![min(2), all([2, 10, 11, 12, 13, 14, 15, 21])], everything),
        // RFC 9394 §3.2, table 1.
        (
            vec![Save, Partial(range(2, 3))],
            vec![EsearchItem::Partial(range(2, 3), Some(list([10, 11])))],
            Some("1010:1011"),
        ),
        (
            vec![Save, Partial(range(2, 3)), Min],
            vec![min(2), EsearchItem::Partial(range(2, 3), Some(list([10, 11])))],
            Some("1002,1010:1011"),
        ),
        (
            vec![Save, Partial(range(2, 3)), Max],
            vec![max(21), EsearchItem::Partial(range(2, 3), Some(list([10, 11])))],
            Some("1010:1011,1021"),
        ),
        (
            vec![Save, Partial(range(2, 3)), Min, Max],
            vec![min(2), max(21), EsearchItem::Partial(range(2, 3), Some(list([10, 11])))],
            Some("1002,1010:1011,1021"),
        ),
        (
            vec![Save, Partial(range(2, 3)), Count],
            vec![EsearchItem::Partial(range(2, 3), Some(list([10, 11]))), EsearchItem::Count(8)],
            everything,
        ),
    ] {
        let returns = returns(options.clone());
        assert_eq!(items(&returns, &found), Some(told), "{options:?}");
        let expected = saved.map(str::to_owned);
        assert_eq!(returns.saved(&found).map(|uids| uids.to_string()), expected, "{options:?}");
        assert_eq!(returns.saves(), saved.is_some());
    }
}

#[test]
fn saving_alone_tells_nothing() {
    // "In absence of any other SEARCH result option, the SAVE result option also suppresses any ESEARCH
    // response".
    let returns = returns([Save]);
    assert_eq!(returns.response("A1", &found([2, 10])), None);
    assert_eq!(returns.saved(&found([2, 10])).unwrap().to_string(), "1002,1010");
    // "if no messages were found, the search result variable will contain the empty sequence".
    assert!(returns.saved(&found([])).unwrap().is_empty());
    // "the "$" marker would contain zero messages, one message, or two messages".
    let both = self::returns([Save, Min, Max]);
    assert!(both.saved(&found([])).unwrap().is_empty());
    assert_eq!(both.saved(&found([7])).unwrap().to_string(), "1007");
}

#[test]
fn a_piece_is_told_by_places_from_either_end() {
    // RFC 9394 §3.1: of 23764 results 23500:24000 are 265, the first of which is the 23500th, 1:500
    // are 500, and 24000:24500 are NIL.
    let many = found(1..=23_764);
    let told = |range| {
        let Some(items) = items(&returns([Partial(range)]), &many) else { panic!("a response") };
        let [EsearchItem::Partial(same, numbers)] = &items[..] else { panic!("{items:?}") };
        assert_eq!(*same, range, "the original range is the payload");
        numbers.as_ref().map(ToString::to_string)
    };
    assert_eq!(told(range(23_500, 24_000)).as_deref(), Some("23500:23764"));
    assert_eq!(told(range(1, 500)).as_deref(), Some("1:500"));
    assert_eq!(told(range(500, 1)).as_deref(), Some("1:500"));
    assert_eq!(told(range(24_000, 24_500)), None);
    assert_eq!(told(range(23_764, u32::MAX)).as_deref(), Some("23764"));
    // "-1 is the last message, -2 is next to the last": "100 most recent results".
    assert_eq!(told(last(1, 100)).as_deref(), Some("23665:23764"));
    assert_eq!(told(last(100, 1)).as_deref(), Some("23665:23764"));
    assert_eq!(told(last(23_764, 23_765)).as_deref(), Some("1"));
    assert_eq!(told(last(23_765, u32::MAX)), None);
    let none = EsearchItem::Partial(range(1, 500), None);
    assert_eq!(items(&returns([Partial(range(1, 500))]), &found([])), Some(vec![none]));
}

#[test]
fn options_that_cannot_be_are_refused() {
    let of = |options| returns_of(SearchKey::All, Some(options)).map(|_| ());
    // "either one PARTIAL, one ALL, or neither PARTIAL nor ALL is allowed".
    assert_eq!(of(vec![Partial(range(1, 2)), All]), Err(Unreturnable::Pieces));
    assert_eq!(of(vec![Partial(range(1, 2)), Partial(last(1, 2))]), Err(Unreturnable::Pieces));
    assert_eq!(of(vec![Partial(range(1, 2)), Min, Max, Count, Save]), Ok(()));
    assert_eq!(of(vec![SearchReturn::Relevancy]), Err(Unreturnable::NotFuzzy));
    let other = SearchReturn::Other(Atom::new("X").unwrap(), None::<Raw>);
    assert_eq!(of(vec![other]), Err(Unreturnable::Option));
}

#[test]
fn each_message_of_a_fuzzy_search_has_a_score() {
    // RFC 6203 §4: "a score ... in the range of 1-100", one for each message, in their order.
    let fuzzy = SearchKey::fuzzy(SearchKey::All);
    let options = vec![SearchReturn::Relevancy, All, Count];
    let returns = returns_of(fuzzy, Some(options)).unwrap();
    let Some(items) = items(&returns, &found([1, 5, 10])) else { panic!("a response") };
    let scores = items.iter().find_map(|item| match item {
        EsearchItem::Relevancy(scores) => Some(scores.len()),
        _ => None,
    });
    assert_eq!(scores, Some(3));
    assert!(items.iter().all(|item| match item {
        EsearchItem::Relevancy(scores) => scores.iter().all(|score| (1..=100).contains(score)),
        _ => true,
    }));
}

/// A client that keeps a list of results by what it is told (RFC 5267 §4.3.2–4.3.4).
fn follow(results: &mut Vec<u32>, response: &postrider_imap::EsearchResponse) {
    for item in &response.items {
        let (pairs, is_added) = match item {
            EsearchItem::AddTo(pairs) => (pairs, true),
            EsearchItem::RemoveFrom(pairs) => (pairs, false),
            other => panic!("{other:?}"),
        };
        for (place, numbers) in pairs {
            for (at, number) in numbers.iter().enumerate() {
                match (is_added, *place as usize) {
                    // "the client MAY insert the message numbers or UIDs in the result list such that
                    // the result list is maintained in mailbox order".
                    (true, 0) => {
                        let at = results.partition_point(|&other| other < number);
                        results.insert(at, number);
                    }
                    // "the first result in the set will occupy the new context position".
                    (true, place) => results.insert(place - 1 + at, number),
                    // "the client removes the message numbers or UIDs ... wherever they occur".
                    (false, 0) => results.retain(|&other| other != number),
                    (false, place) => assert_eq!(results.remove(place - 1), number),
                }
            }
        }
    }
}

#[test]
fn a_client_that_follows_a_context_knows_its_results() {
    // Each step: a UID, and whether it matches now; by an order that is not that of the UIDs.
    let key = |uid: Uid| (uid.get() * 7919) % 10_007;
    let mut random = 1_u32;
    for (sort, most, steps) in
        [(false, 64, 2_000), (true, 64, 2_000), (false, 8_192, 40_000), (true, 8_192, 40_000)]
    {
        let start: Vec<u32> = match sort {
            false => vec![2734, 2735],
            true => vec![],
        };
        let found: Found =
            start.iter().map(|&n| FoundMessage::new(number(n), uid(n), None)).collect();
        let mut context = match sort {
            false => Context::of_search("C01", true, &found),
            true => Context::of_sort("C01", true, &found),
        };
        let mut client = start.clone();
        let mut truth: std::collections::BTreeSet<u32> = start.into_iter().collect();
        for step in 0..steps {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (n, matches) = ((random >> 16) % most, (random >> 9) & 1 == 0);
            let changed = context.set_by(number(n + 1), uid(n + 1), matches, |other| match sort {
                false => other.cmp(&uid(n + 1)),
                true => key(other).cmp(&key(uid(n + 1))),
            });
            let expected = if matches { truth.insert(n + 1) } else { truth.remove(&(n + 1)) };
            assert_eq!(changed, expected);
            if step % (steps / 400) == 0 {
                if let Some(response) = context.response() {
                    follow(&mut client, &response);
                }
                let mut expected: Vec<u32> = truth.iter().copied().collect();
                if sort {
                    expected.sort_by_key(|&n| key(uid(n)));
                }
                assert_eq!(client, expected);
                assert!(context.uids().map(Uid::get).eq(expected));
            }
        }
    }
}

#[test]
fn results_that_all_go_and_come_one_by_one_take_seconds_at_most() {
    const MANY: u32 = 500_000;
    // In an order that is not that of the UIDs: the number has no divisor in common with `MANY`.
    let shuffled = |n: u32| (u64::from(n) * 7_919 % u64::from(MANY)) as u32 + 1;
    let search: Found = (1..=MANY).map(|n| FoundMessage::new(number(n), uid(n), None)).collect();
    let sort: Found =
        (0..MANY).map(|n| FoundMessage::new(number(shuffled(n)), uid(shuffled(n)), None)).collect();
    for mut context in
        [Context::of_search("C01", true, &search), Context::of_sort("C01", true, &sort)]
    {
        let start = std::time::Instant::now();
        for n in 1..=MANY {
            assert!(context.expunged(number(1), uid(n)));
        }
        assert_eq!(context.uids().count(), 0);
        for n in (1..=MANY).rev() {
            assert!(context.set_by(number(n), uid(n), true, |other| other.cmp(&uid(n))));
        }
        assert!(context.uids().map(Uid::get).eq(1..=MANY));
        let took = start.elapsed();
        assert!(took.as_secs() < 8, "took {took:?}");
    }
}

#[test]
fn additions_that_do_not_follow_each_other_in_number_are_told_in_linear_time() {
    const MANY: u32 = 300_000;
    let mut context = Context::of_sort("C01", true, &found([]));
    let start = std::time::Instant::now();
    for n in 0..MANY {
        context.set(number(1), uid(2 * (MANY - n)), true);
    }
    let took = start.elapsed();
    assert!(took.as_secs() < 5, "took {took:?}");
    // One list, from the first place on.
    let items = context.response().unwrap().items;
    let numbers = list((0..MANY).map(|n| 2 * (MANY - n)));
    assert_eq!(items, [EsearchItem::AddTo(vec![(1, numbers)])]);
}

#[test]
fn results_that_follow_each_other_are_told_together() {
    // RFC 5267 §4.3.3: "ADDTO (1 2731:2733)" is "the preferred representation".
    let found: Found =
        [2734, 2735].map(|n| FoundMessage::new(number(n), uid(n), None)).into_iter().collect();
    let mut context = Context::of_sort("C01", true, &found);
    for n in [2731, 2732, 2733] {
        context.set_by(number(n), uid(n), true, |other| other.cmp(&uid(n)));
    }
    let response = context.response().unwrap();
    assert_eq!(response.items, [EsearchItem::AddTo(vec![(1, list(2731..=2733))])]);
    assert_eq!((response.tag.as_deref(), response.uid), (Some(&b"C01"[..]), true));
    // They go from the place of the first.
    for n in [2732, 2733, 2734] {
        context.expunged(number(n), uid(n));
    }
    let items = context.response().unwrap().items;
    assert_eq!(items, [EsearchItem::RemoveFrom(vec![(2, list(2732..=2734))])]);
    assert!(context.uids().eq([uid(2731), uid(2735)]));
}

#[test]
fn numbers_are_told_where_no_uids_were_asked_for() {
    let mut context = Context::of_search("B01", false, &found([]));
    assert!(context.set(number(23_762), uid(32_768), true));
    let items = context.response().unwrap().items;
    assert_eq!(items, [EsearchItem::AddTo(vec![(0, list([23_762]))])]);
    // "REMOVEFROM (0 32768)" before "* 23762 EXPUNGE"; a message that did not match is nobody's news.
    assert!(context.expunged(number(23_762), uid(32_768)));
    assert!(!context.expunged(number(23_761), uid(32_767)));
    let items = context.response().unwrap().items;
    assert_eq!(items, [EsearchItem::RemoveFrom(vec![(0, list([23_762]))])]);
    assert_eq!(context.response(), None);
}
