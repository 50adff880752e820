//! What holds of every search and every message: a verdict never changes when more of the message is at
//! hand, and is known as soon as the keys, each asked alone, decide it.

use postrider_imap::{
    Command, EsearchItem, Flag, InternalDate, Limits, MessageNumber, ModSeq, NumberList, Quirks,
    Response, SearchCommand, SearchKey, TaggedCommand, Uid,
};
use postrider_mailbox::results::{Found, FoundMessage, Returns};
use postrider_mailbox::search::{Scope, Search, Substring, Verdict};
use postrider_mailbox::{Metadata, Need, Source};
use postrider_mime::Message;

/// A SEARCH command, an octet of zero, and a mail.
pub(crate) fn check(data: &[u8]) {
    let split = data.iter().position(|&octet| octet == 0).unwrap_or(data.len());
    let (command, mail) = data.split_at(split);
    let mail = mail.get(1..).unwrap_or_default();
    strings(command, mail);
    let Ok((tagged, _)) = TaggedCommand::parse(command, &Limits::new(), Quirks::tolerant()) else {
        return;
    };
    if let Command::Search(command) = tagged.command {
        keys(&command, mail);
    }
}

/// A string is in what it was taken from, and what is added changes nothing.
fn strings(needle: &[u8], text: &[u8]) {
    let (needle, text) = (String::from_utf8_lossy(needle), String::from_utf8_lossy(text));
    let string = Substring::new(&needle);
    assert!(string.is_in(&[&text, &*needle, &text].concat()));
    assert!(string.is_in(&needle.to_ascii_uppercase()));
    let found = string.is_in(&text);
    if needle.is_ascii() && text.is_ascii() {
        let naive = needle.is_empty()
            || text
                .as_bytes()
                .windows(needle.len())
                .any(|window| window.eq_ignore_ascii_case(needle.as_bytes()));
        assert_eq!(found, naive);
    }
    // Longer than what is mapped at once.
    let filler = "\u{1}".repeat(17_000);
    if !needle.contains('\u{1}') {
        assert_eq!(string.is_in(&[&filler, &*text, &filler].concat()), found);
    }
}

fn keys(command: &SearchCommand, mail: &[u8]) {
    let filters = |name: &postrider_imap::Atom| match name.as_bytes() {
        b"loop" => Some(vec![SearchKey::Filter(name.clone())]),
        b"a" => Some(vec![SearchKey::or(SearchKey::Seen, SearchKey::Text("a".into()))]),
        _ => None,
    };
    let saved: NumberList = [3_u32, 4, 9].into_iter().collect();
    let uid = Uid::new(4).unwrap();
    let scope =
        Scope::new(5, Uid::new(9).ok(), 1_000_000).with_saved(&saved).with_filters(&filters);
    let search = match Search::of(command, &scope) {
        Ok(search) => search,
        Err(error) => {
            let _ = (error.is_bad(), error.code(), error.to_string());
            return;
        }
    };
    let Ok(message) = Message::parse(mail) else { return };
    let flags = [(Flag::Seen, 1), (Flag::Recent, 2), (Flag::Flagged, 4), (Flag::Forwarded, 8)];
    let bits = mail.len();
    let flags = flags.into_iter().filter(|(_, bit)| bits & bit != 0).map(|(flag, _)| flag);
    let date = InternalDate::from_unix(999_000 + bits as i64, 0).unwrap();
    let flags = flags.collect::<postrider_imap::FlagSet>();
    let metadata = Metadata::new(uid, flags, date, bits as u64)
        .with_mod_seq(ModSeq::new(bits as u64 + 1).unwrap());

    let all = SearchKey::And(command.keys.clone());
    let mut before = None;
    let header = Source::header(message.headers());
    for source in [Source::metadata(), header, Source::message(&message)] {
        let ask = |key: &SearchKey| {
            let alone = Search::new(std::slice::from_ref(key), command.charset.as_ref(), &scope);
            decided(alone.unwrap().test(MessageNumber::new(2).unwrap(), &metadata, source))
        };
        let verdict = search.test(MessageNumber::new(2).unwrap(), &metadata, source);
        assert_eq!(decided(verdict), kleene(&all, &ask));
        if let Verdict::Needs(need) = verdict {
            assert!(need > source.has() && need <= search.need());
        }
        assert!(before.is_none() || before == decided(verdict));
        before = decided(verdict);
    }
    let Some(is_found) = before else { panic!("all of the message is at hand") };
    assert!(
        search.need() > Need::Metadata || {
            search.by_metadata(MessageNumber::new(2).unwrap(), &metadata) == Some(is_found)
        }
    );
    results(command, &search, is_found, uid);
}

fn decided(verdict: Verdict) -> Option<bool> {
    match verdict {
        Verdict::Yes => Some(true),
        Verdict::No => Some(false),
        Verdict::Needs(_) => None,
    }
}

/// The logic of Kleene: what is not known is not known.
fn kleene(key: &SearchKey, ask: &impl Fn(&SearchKey) -> Option<bool>) -> Option<bool> {
    match key {
        SearchKey::Not(key) => kleene(key, ask).map(|is| !is),
        SearchKey::Fuzzy(key) => kleene(key, ask),
        SearchKey::Or(one, other) => match (kleene(one, ask), kleene(other, ask)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        SearchKey::And(keys) => {
            let answers: Vec<_> = keys.iter().map(|key| kleene(key, ask)).collect();
            if answers.contains(&Some(false)) {
                return Some(false);
            }
            (!answers.contains(&None)).then_some(true)
        }
        key => ask(key),
    }
}

/// What is told of it fits what was found.
fn results(command: &SearchCommand, search: &Search, is_found: bool, uid: Uid) {
    let Ok(returns) = Returns::of_search(command, search) else { return };
    let message = FoundMessage::new(MessageNumber::new(2).unwrap(), uid, None);
    let found: Found = is_found.then_some(message).into_iter().collect();
    let saved = returns.saved(&found);
    assert_eq!(saved.is_some(), returns.saves());
    assert!(saved.is_none_or(|uids| uids.len() <= u64::from(is_found)));
    let number = if command.uid { uid.get() } else { 2 };
    if let Some(Response::Esearch(response)) = returns.response("A", &found) {
        for item in &response.items {
            match item {
                EsearchItem::Min(told) | EsearchItem::Max(told) => {
                    assert!(is_found && told.get() == number);
                }
                EsearchItem::All(list) => assert!(is_found && list.iter().eq([number])),
                EsearchItem::Count(count) => assert_eq!(*count, u32::from(is_found)),
                EsearchItem::Partial(_, list) => {
                    assert!(list.as_ref().is_none_or(|list| is_found && list.iter().eq([number])));
                }
                _ => {}
            }
        }
    }
}
