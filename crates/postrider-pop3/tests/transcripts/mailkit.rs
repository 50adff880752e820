//! The answers of real servers that MailKit is tested with, through our client.

use postrider_pop3::client::{Event, Pipelining};
use postrider_pop3::{Error, Extension};
use postrider_testkit::{read_shared, shared_files};
use postrider_wire::Secret;

use crate::talk::{Talk, over_tls};

fn file(path: &str) -> Option<String> {
    let octets = read_shared(&format!("vectors/pop3/mailkit/{path}.txt"))?;
    Some(String::from_utf8_lossy(&octets).into_owned())
}

/// As it stands in the file: lines that end in LF alone.
fn raw(path: &str) -> String {
    file(path).unwrap()
}

/// As it came over the wire: MailKit's files have their CRs taken.
fn crlf(path: &str) -> String {
    raw(path).replace('\n', "\r\n")
}

fn logged_in(greeting: &str) -> Talk {
    let mut talk = Talk::new(over_tls().with_pipelining(Pipelining::Always));
    assert!(matches!(talk.hear(greeting)[..], [Event::Ready { .. }]));
    talk.client.login("user", Secret::new("password".into())).unwrap();
    talk.hear("+OK\r\n");
    talk.hear("+OK\r\n");
    talk
}

/// The session of each server, as MailKit's tests have it.
#[test]
fn the_servers_of_mailkit_are_understood() {
    if file("gmail/greeting").is_none() {
        eprintln!("skipped: no vectors/pop3/mailkit");
        return;
    }
    for (server, capabilities, sasl, messages, octets) in [
        ("gmail", 8, &["PLAIN", "XOAUTH2"][..], 3, 221_409),
        ("exchange", 4, &["NTLM", "GSSAPI", "PLAIN", "LOGIN"], 7, 1_800_662),
        ("comcast", 5, &[], 7, 1_800_662),
        ("lang", 9, &["PLAIN", "XOAUTH2"], 3, 221_409),
    ] {
        let path = |name: &str| format!("{server}/{name}");
        let mut talk = Talk::new(over_tls());
        assert!(
            matches!(talk.hear(&raw(&path("greeting")))[..], [Event::Ready { .. }]),
            "{server}"
        );
        talk.client.capa().unwrap();
        let first = if server == "exchange" { "capa" } else { "capa1" };
        let events = talk.hear(&raw(&path(first)));
        let [Event::Capabilities(all)] = &events[..] else { panic!("{server}: {events:?}") };
        assert_eq!(all.len(), capabilities, "{server}");
        assert_eq!(all.sasl().collect::<Vec<_>>(), sasl);
        assert!(all.offers(Extension::Uidl) && all.offers(Extension::Top), "{server}");
        talk.client.login("user", Secret::new("password".into())).unwrap();
        talk.hear("+OK\n");
        let welcome = if server == "comcast" { "ok" } else { "auth" };
        let events = talk.hear(&raw(&path(welcome)));
        assert!(matches!(events[..], [Event::LoggedIn(_)]), "{server}: {events:?}");
        if server != "exchange" {
            talk.client.capa().unwrap();
            let events = talk.hear(&raw(&path("capa2")));
            assert!(matches!(events[..], [Event::Capabilities(_)]), "{server}");
        }
        talk.client.stat().unwrap();
        let events = talk.hear(&raw(&path("stat")));
        let [Event::DropListing(listing)] = &events[..] else { panic!("{server}: {events:?}") };
        assert_eq!((listing.messages, listing.octets), (messages, octets), "{server}");
        talk.client.quit().unwrap();
        assert!(matches!(talk.hear(&raw(&path("quit")))[..], [Event::Done { .. }]), "{server}");
        assert_eq!(talk.end, Some(Ok(())), "{server}");
    }
}

#[test]
fn the_listings_of_mailkit_are_read_and_what_is_no_listing_is_an_error() {
    if file("gmail/list").is_none() {
        eprintln!("skipped: no vectors/pop3/mailkit");
        return;
    }
    // The message asked for, or all; and how many lines are read, none where it is malformed.
    let lists = [
        ("gmail/list", None, Some(3)),
        ("gmail/list1", Some(1), Some(1)),
        ("gmail/list2", Some(2), Some(1)),
        ("gmail/list3", Some(3), Some(1)),
        ("comcast/list", None, Some(7)),
        ("comcast/list1", Some(1), Some(1)),
        // `7` without a size, and with a word for one.
        ("comcast/list-error1", None, None),
        ("comcast/list-error3", None, None),
        // A gap is what the server says.
        ("comcast/list-error2", None, Some(7)),
        ("comcast/list1-error1", Some(1), None),
        ("comcast/list1-error3", Some(1), None),
        ("comcast/list1-error2", Some(1), None),
    ];
    for (path, message, expected) in lists {
        let mut talk = logged_in("+OK\n");
        talk.client.list(message).unwrap();
        let events = talk.hear(&raw(path));
        let read = events.iter().filter(|event| matches!(event, Event::ScanListing(_))).count();
        check(path, &talk, &events, read, expected, |event| *event == Event::ListEnd);
    }
    let uids = [
        ("gmail/uidl", None, Some(3)),
        ("gmail/uidl1", Some(1), Some(1)),
        ("gmail/uidl2", Some(2), Some(1)),
        ("gmail/uidl3", Some(3), Some(1)),
        ("exchange/uidl", None, Some(7)),
        // `3` without a unique-id.
        ("gmail/uidl-error1", None, None),
        ("gmail/uidl-error2", None, Some(3)),
        ("gmail/uidl1-error1", Some(1), None),
        // Another message than was asked for: whose unique-id would it be?
        ("gmail/uidl1-error2", Some(1), None),
    ];
    for (path, message, expected) in uids {
        let mut talk = logged_in("+OK\n");
        talk.client.uidl(message).unwrap();
        let events = talk.hear(&raw(path));
        let is_one = |event: &&Event| matches!(event, Event::UniqueIdListing { .. });
        let read = events.iter().filter(is_one).count();
        check(path, &talk, &events, read, expected, |event| *event == Event::UidlEnd);
    }
    for (path, fine) in [
        ("gmail/stat", true),
        ("comcast/stat-error1", false),
        ("comcast/stat-error2", false),
        ("comcast/stat-error3", false),
    ] {
        let mut talk = logged_in("+OK\n");
        talk.client.stat().unwrap();
        let events = talk.hear(&raw(path));
        let read = events.iter().filter(|event| matches!(event, Event::DropListing(_))).count();
        check(path, &talk, &events, read, fine.then_some(1), |event| {
            matches!(event, Event::DropListing(_))
        });
    }
}

fn check(
    path: &str,
    talk: &Talk,
    events: &[Event],
    read: usize,
    expected: Option<usize>,
    is_end: fn(&Event) -> bool,
) {
    match expected {
        Some(lines) => {
            assert_eq!(read, lines, "{path}: {events:?}");
            assert!(events.last().is_some_and(is_end) && talk.end.is_none(), "{path}");
        }
        None => {
            assert!(matches!(talk.end, Some(Err(Error::Malformed { .. }))), "{path}: {events:?}");
            assert!(matches!(events.last(), Some(Event::Lost { .. })), "{path}");
        }
    }
}

/// A message is what stands between the first line and the dot; no size is told, or a wrong one.
#[test]
fn the_messages_of_mailkit_arrive_octet_by_octet() {
    if file("gmail/retr1").is_none() {
        eprintln!("skipped: no vectors/pop3/mailkit");
        return;
    }
    for (path, top, count) in [
        ("gmail/retr1", false, 1),
        ("gmail/retr123", false, 3),
        ("gmail/retr1-parse-error", false, 1),
        ("gmail/top", true, 1),
        ("gmail/top123", true, 3),
        ("exchange/retr1", false, 1),
        ("comcast/retr1", false, 1),
    ] {
        let mut talk = logged_in("+OK\r\n");
        for n in 1..=count {
            if top { talk.client.top(n, 0) } else { talk.client.retr(n) }.unwrap();
        }
        let text = crlf(path);
        let events = talk.hear(&text);
        let mut octets = Vec::new();
        for event in &events {
            if let Event::Chunk(chunk) = event {
                octets.extend_from_slice(chunk);
            }
        }
        let ends = events.iter().filter(|event| **event == Event::RetrieveEnd).count();
        assert_eq!(ends, count as usize, "{path}");
        assert!(talk.client.is_ready() && talk.client.in_flight() == 0, "{path}");
        // Read in the plainest way.
        let mut expected = String::new();
        let mut at_status = true;
        for line in text.split_inclusive("\r\n") {
            if at_status || line == ".\r\n" {
                at_status = line == ".\r\n";
                continue;
            }
            expected += line.strip_prefix('.').unwrap_or(line);
        }
        assert!(octets == expected.as_bytes(), "{path}");
    }
    // Three deletions in one breath.
    let mut talk = logged_in("+OK\r\n");
    for n in 1..=3 {
        talk.client.dele(n).unwrap();
    }
    assert_eq!(talk.hear(&raw("gmail/dele123")).len(), 3);
}

#[test]
fn the_odd_ends_of_mailkit() {
    if file("common/err-greeting").is_none() {
        eprintln!("skipped: no vectors/pop3/mailkit");
        return;
    }
    assert_eq!(shared_files("vectors/pop3/mailkit").len(), 66, "all of them are spoken of here");
    let mut talk = Talk::new(over_tls());
    assert!(matches!(talk.hear(&raw("common/err-greeting"))[..], [Event::Rejected(_)]));
    let mut talk = Talk::new(over_tls());
    assert!(matches!(talk.hear(&raw("common/ok-greeting"))[..], [Event::Ready { .. }]));
    // LANG and UTF8, answered with no more than `+OK`.
    let mut talk = Talk::new(over_tls());
    let events = talk.hear(&raw("lang/greeting"));
    let [Event::Ready { greeting: Some(greeting), .. }] = &events[..] else { panic!() };
    assert_eq!(greeting.apop_stamp().unwrap().as_str(), "<apop-token@example.com>");
    talk.client.utf8().unwrap();
    assert!(matches!(talk.hear(&raw("lang/utf8"))[..], [Event::Done { .. }]));
    assert!(talk.client.is_utf8());
    talk.client.lang(None).unwrap();
    let events = talk.hear(&raw("lang/getlang"));
    let [languages @ .., Event::LangEnd] = &events[..] else { panic!("{events:?}") };
    assert_eq!(languages.len(), 6);
    let Event::LanguageListing(boont) = &languages[1] else { panic!() };
    assert_eq!(
        (boont.tag().as_str(), boont.description()),
        ("en-boont", "English Boontling dialect")
    );
    talk.client.lang(Some(postrider_pop3::LanguageRange::parse("en").unwrap())).unwrap();
    let events = talk.hear(&raw("lang/setlang"));
    let [Event::Done { reply, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(reply.language(), None);
    // Refusals without a word, and what is left of the files.
    let mut talk = logged_in("+OK\n");
    talk.client.retr(1).unwrap();
    assert!(matches!(talk.hear(&raw("comcast/err"))[..], [Event::Refused { .. }]));
    for path in ["gmail/dele", "gmail/noop", "gmail/rset", "comcast/ok"] {
        let mut talk = logged_in("+OK\n");
        talk.client.noop().unwrap();
        assert!(matches!(talk.hear(&raw(path))[..], [Event::Done { .. }]), "{path}");
    }
}

/// `+` with a blank behind it, and without.
#[test]
fn the_empty_challenges_of_mailkit_ask_for_the_first_word() {
    use postrider_pop3::client::Login;
    use postrider_sasl::client::Credentials;

    if file("gmail/plus").is_none() {
        eprintln!("skipped: no vectors/pop3/mailkit");
        return;
    }
    for server in ["gmail", "exchange"] {
        let mut talk = Talk::greeted(over_tls());
        let token = Secret::new("t".repeat(300));
        let user = Credentials::token("user", token).unwrap();
        talk.client.login_with(Login::new(user, [7; 32])).unwrap();
        talk.hear("+OK\r\nSASL XOAUTH2\r\n.\r\n");
        assert_eq!(talk.said(), "AUTH XOAUTH2\r\n", "{server}");
        talk.hear(&raw(&format!("{server}/plus")));
        assert!(talk.said().starts_with("dXNlcj11c2Vy"), "{server}");
        let events = talk.hear(&raw(&format!("{server}/auth")));
        assert!(matches!(events[..], [Event::LoggedIn(_)]), "{server}");
    }
}
