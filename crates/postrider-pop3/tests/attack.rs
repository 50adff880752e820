//! What a hostile server does to a client: replies out of step, listings and messages without an end,
//! and logins that are led astray. `tests/attack_server.rs` has the other end.

mod talk;

use allocation_counter::measure;
use postrider_pop3::client::{Client, Config, Event, Login, LoginBy, LoginFault, Pipelining};
use postrider_pop3::{
    ApopName, ApopStamp, Error, Keyword, Language, Limits, Reply, SeenUids, State, UniqueId,
    UserName,
};
use postrider_sasl::client::{Choice, Credentials, NoMechanism};
use postrider_wire::{
    Buf, ClearTextLogin, Inbox, Machine, Policy, Progress, Secret, Security, Side, Transcript,
    TranscriptLog,
};
use talk::{Talk, capa, clear, over_tls};

const PASSWORD: &str = "tanstaaftanstaaf";

fn secret() -> Secret<String> {
    Secret::new(PASSWORD.into())
}

/// A session whose maildrop is open, and where commands may overlap.
fn logged_in() -> Talk {
    let mut talk = Talk::greeted(over_tls().with_pipelining(Pipelining::Always));
    talk.client.login("tim", secret()).unwrap();
    talk.hear_only("+OK\r\n");
    assert!(matches!(talk.hear("+OK\r\n")[..], [Event::LoggedIn(_)]));
    talk
}

fn is_lost(event: &Event, command: Keyword, message: Option<u32>) -> bool {
    matches!(event, Event::Lost { command: c, message: m, .. } if (*c, *m) == (command, message))
}

fn is_unsolicited(talk: &Talk) -> bool {
    matches!(talk.end, Some(Err(Error::Unsolicited { .. })))
}

type Say = fn(&mut Client) -> Result<(), Error>;

/// A command, its keyword, and the message that it names.
const COMMANDS: [(Say, Keyword, Option<u32>); 8] = [
    (|client| client.dele(7), Keyword::Dele, Some(7)),
    (Client::quit, Keyword::Quit, None),
    (Client::noop, Keyword::Noop, None),
    (Client::rset, Keyword::Rset, None),
    (Client::stat, Keyword::Stat, None),
    (|client| client.list(None), Keyword::List, None),
    (|client| client.retr(7), Keyword::Retr, Some(7)),
    (Client::capa, Keyword::Capa, None),
];

/// Half a reply is there when the command is given; the other half comes when it has left.
#[test]
fn a_reply_that_began_before_its_command_is_no_answer_to_it() {
    const REPLY: &str = "+OK 1 2\r\n";
    for (say, command, message) in COMMANDS {
        for cut in 1..REPLY.len() {
            let mut talk = logged_in();
            talk.hear_only(&REPLY[..cut]);
            say(&mut talk.client).unwrap();
            let events = talk.hear(&REPLY[cut..]);
            assert!(is_lost(&events[0], command, message) && events.len() == 1, "{events:?}");
            assert!(is_unsolicited(&talk), "{command} {cut}: {:?}", talk.end);
        }
    }
}

/// The doubled reply is in the inbox when the next command is given, and the driver flushes before it
/// polls, or after.
#[test]
fn the_second_of_two_replies_to_one_command_is_no_answer_to_the_next() {
    for (say, command, message) in COMMANDS {
        for polls_first in [false, true] {
            let mut talk = logged_in();
            talk.client.dele(1).unwrap();
            talk.said();
            talk.inbox.extend(b"+OK\r\n+OK 1 2\r\n");
            let done = talk.client.poll(&mut talk.inbox);
            assert!(matches!(
                done,
                Ok(Progress::Event(Event::Done { message: Some(1), command: Keyword::Dele, .. }))
            ));
            say(&mut talk.client).unwrap();
            if polls_first {
                assert_eq!(talk.poll(), []);
            }
            talk.said();
            let events = talk.poll();
            assert!(is_lost(&events[0], command, message) && events.len() == 1, "{events:?}");
            assert!(is_unsolicited(&talk), "{command}: {:?}", talk.end);
        }
    }
}

/// Commands that waited in the outbox while all replies arrived: none of those is an answer to them,
/// though the oldest had left.
#[test]
fn of_a_burst_only_what_had_left_is_answered() {
    let mut talk = logged_in();
    for message in 1..=3 {
        talk.client.dele(message).unwrap();
    }
    // `DELE 1` leaves, and a part of `DELE 2`.
    talk.client.outbox().advance(12);
    talk.inbox.extend(b"+OK\r\n+OK\r\n+OK\r\n");
    let first = talk.poll();
    assert!(matches!(first[..], [Event::Done { message: Some(1), .. }]), "{first:?}");
    talk.said();
    let rest = talk.poll();
    assert_eq!(rest.len(), 2);
    for (n, event) in (2..).zip(&rest) {
        assert!(is_lost(event, Keyword::Dele, Some(n)), "{event:?}");
    }
    assert!(is_unsolicited(&talk));
}

/// An autologout that crosses commands: it refuses none of them, and the session is over in order.
#[test]
fn a_goodbye_that_came_before_the_commands_left_refuses_none_of_them() {
    let mut talk = logged_in();
    talk.client.dele(1).unwrap();
    talk.client.dele(2).unwrap();
    talk.inbox.extend(b"-ERR autologout\r\n");
    assert_eq!(talk.poll(), []);
    talk.said();
    let events = talk.poll();
    assert!(
        is_lost(&events[0], Keyword::Dele, Some(1)) && is_lost(&events[1], Keyword::Dele, Some(2))
    );
    assert!(matches!(&events[2..], [Event::Rejected(reply)] if reply.text() == "autologout"));
    assert_eq!((talk.end, talk.client.state()), (Some(Ok(())), State::Over));
}

#[test]
fn a_login_that_is_answered_before_the_password_left_is_none() {
    let mut talk = Talk::greeted(over_tls());
    talk.client.login("tim", secret()).unwrap();
    let mut events = talk.hear("+OK\r\n+OK welcome\r\n");
    talk.said();
    events.extend(talk.poll());
    assert!(is_lost(&events[0], Keyword::Pass, None) && events.len() == 1, "{events:?}");
    assert!(is_unsolicited(&talk));
}

/// Challenges and verdict in one breath, before the client has said a word to them.
#[test]
fn an_exchange_that_is_said_in_advance_is_none() {
    let login = || Login::new(Credentials::password("tim", secret()).unwrap(), [7; 32]);
    for early in ["+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n+OK\r\n", "+ \r\n+OK\r\n", "+ \r\n+"] {
        let mut talk = Talk::greeted(over_tls());
        talk.client.login_with(login()).unwrap();
        talk.hear_only(&capa(&["SASL LOGIN"]));
        talk.hear_only(early);
        talk.said();
        let events = talk.hear("\r\n");
        assert!(is_lost(&events[0], Keyword::Auth, None) && events.len() == 1, "{events:?}");
        assert!(is_unsolicited(&talk), "{early:?}: {:?}", talk.end);
        assert!(!talk.sent.contains("dGFuc3RhYWZ0YW5zdGFhZg=="), "{}", talk.sent);
    }
}

/// The answer to `STLS` stands behind the greeting already.
#[test]
fn no_upgrade_is_agreed_on_in_advance() {
    for policy in [Policy::Required, Policy::Opportunistic] {
        for early in ["+OK begin\r\n", "-ERR no TLS\r\n"] {
            let mut talk = Talk::new(Config::new(Security::StartTls(policy)));
            talk.hear_only(&format!("+OK ready\r\n{early}"));
            talk.said();
            let events = talk.poll();
            assert!(talk.token.is_none(), "{early}");
            assert!(events.iter().all(|event| matches!(event, Event::Rejected(_))), "{events:?}");
            assert_eq!((talk.client.state(), &*talk.sent), (State::Over, "STLS\r\n"));
        }
    }
}

/// Each command has one outcome, and none is done whose reply did not come whole.
#[test]
fn replies_that_stop_anywhere_answer_what_they_answer() {
    const REPLIES: &str = "+OK\r\n-ERR no\r\n+OK gone\r\n";
    for cut in 0..=REPLIES.len() {
        let mut talk = logged_in();
        for message in 1..=4 {
            talk.client.dele(message).unwrap();
        }
        let mut events = talk.hear(&REPLIES[..cut]);
        events.extend(talk.eof());
        let answered = REPLIES[..cut].matches('\n').count();
        assert_eq!(events.len(), 4, "{events:?}");
        for (n, event) in events.iter().enumerate() {
            let number = u32::try_from(n + 1).unwrap();
            assert_eq!(is_lost(event, Keyword::Dele, Some(number)), n >= answered, "{cut} {n}");
            let done = matches!(event, Event::Done { message, .. } if *message == Some(number));
            assert_eq!(done, n < answered && n != 1, "{cut} {n}");
        }
        assert!(matches!(talk.end, Some(Err(Error::Eof { .. }))));
    }
}

#[test]
fn one_reply_too_many_ends_the_session() {
    let mut talk = logged_in();
    talk.client.dele(1).unwrap();
    talk.client.dele(2).unwrap();
    assert_eq!(talk.hear("+OK\r\n+OK\r\n+OK\r\n").len(), 2);
    assert!(is_unsolicited(&talk));
}

/// Neither an end of the listing nor a refusal of the command.
#[test]
fn an_err_amid_a_listing_does_not_end_it() {
    let cases: [(Say, &str); 4] = [
        (|client| client.list(None), "+OK\r\n1 120\r\n-ERR no\r\n.\r\n"),
        (|client| client.uidl(None), "+OK\r\n1 a\r\n-ERR no\r\n.\r\n"),
        (|client| client.list(None), "+OK\r\n1 120\r\n+OK\r\n.\r\n"),
        (|client| client.uidl(None), "+OK\r\n1\r\n.\r\n"),
    ];
    for (say, reply) in cases {
        let mut talk = logged_in();
        say(&mut talk.client).unwrap();
        talk.client.dele(1).unwrap();
        let events = talk.hear(reply);
        assert!(matches!(talk.end, Some(Err(Error::Malformed { .. }))), "{reply:?}");
        let lost = events.iter().filter(|event| matches!(event, Event::Lost { .. })).count();
        assert_eq!(lost, 2, "{events:?}");
        let ended = |event: &Event| matches!(event, Event::ListEnd | Event::UidlEnd);
        assert!(!events.iter().any(ended), "{events:?}");
    }
    for (say, reply) in [
        (Client::capa as Say, "+OK\r\nTOP\r\n-ERR no\r\n"),
        (|client| client.lang(None), "+OK\r\nen English\r\n-ERR no\r\n"),
    ] {
        let mut talk = logged_in();
        say(&mut talk.client).unwrap();
        let events = talk.hear(reply);
        assert!(!events.iter().any(|event| matches!(event, Event::Refused { .. })), "{events:?}");
        assert_eq!((talk.client.in_flight(), &talk.end), (1, &None));
        talk.eof();
        assert!(matches!(talk.end, Some(Err(Error::Eof { .. }))));
    }
}

/// Lines that cannot be read count like those that can.
#[test]
fn a_capability_list_without_an_end_is_too_long_whatever_is_in_it() {
    let most = Limits::client().capabilities;
    for line in ["TOP\r\n", "\r\n", "\u{e9}\r\n", "..\r\n", " \r\n"] {
        for by_login in [false, true] {
            let mut talk = Talk::greeted(over_tls());
            if by_login {
                let tim = Credentials::password("tim", secret()).unwrap();
                talk.client.login_with(Login::new(tim, [7; 32])).unwrap();
            } else {
                talk.client.capa().unwrap();
            }
            talk.hear_only("+OK\r\n");
            talk.hear_only(&line.repeat(most));
            assert_eq!(talk.end, None);
            assert_eq!(talk.hear(line).len(), 1, "lost");
            assert!(matches!(talk.end, Some(Err(Error::ListingTooLong { .. }))), "{line:?}");
        }
    }
}

#[test]
fn a_line_without_an_end_is_fatal_wherever_it_stands() {
    let places: [(Say, &str); 6] = [
        (Client::noop, ""),
        (Client::noop, "+OK "),
        (|client| client.list(None), "+OK\r\n1 "),
        (|client| client.uidl(None), "+OK\r\n1 "),
        (Client::capa, "+OK\r\nSASL "),
        (|client| client.lang(None), "+OK\r\nen "),
    ];
    for (say, before) in places {
        let mut talk = logged_in();
        say(&mut talk.client).unwrap();
        talk.hear_only(before);
        let cost = measure(|| {
            for _ in 0..40 {
                talk.hear(&"1".repeat(100));
            }
        });
        assert!(matches!(talk.end, Some(Err(Error::LineTooLong { .. }))), "{before:?}");
        assert!(cost.bytes_max < 24 * 1024, "{}", cost.bytes_max);
    }
}

/// What is no end of a message, and what the octets before it are. RFC 1939 §3.
const MESSAGES: [(&str, &str); 6] = [
    (".\r\n", ""),
    ("\r\n.\r\n", "\r\n"),
    ("..\r\n.\r\n", ".\r\n"),
    ("a\n.\nb\r.\rc\r\n.\r\n", "a\n.\nb\r.\rc\r\n"),
    ("a\r\n..b\r\n...\r\n.\r\n", "a\r\n.b\r\n..\r\n"),
    (".c\r\n.\r\n", "c\r\n"),
];

fn payload(events: &[Event]) -> Vec<u8> {
    let chunks = events.iter().filter_map(|event| match event {
        Event::Chunk(octets) => Some(octets.to_vec()),
        _ => None,
    });
    chunks.flatten().collect()
}

#[test]
fn a_message_that_is_cut_anywhere_is_whole_only_with_its_dot() {
    for (wire, content) in MESSAGES {
        for cut in 0..=wire.len() {
            let mut talk = logged_in();
            talk.client.retr(1).unwrap();
            talk.client.dele(1).unwrap();
            let mut events = talk.hear("+OK\r\n");
            events.extend(talk.hear(&wire[..cut]));
            let whole = cut == wire.len();
            let mut told = talk.eof();
            events.append(&mut told);
            let ends = events.iter().filter(|event| matches!(event, Event::RetrieveEnd)).count();
            let aborts = events.iter().filter(|event| matches!(event, Event::Aborted(_))).count();
            assert_eq!((ends, aborts), (whole.into(), (!whole).into()), "{wire:?} {cut}");
            assert!(is_lost(events.last().unwrap(), Keyword::Dele, Some(1)), "{events:?}");
            let octets = payload(&events);
            // What may yet be a part of the end is not told, or only as what the stream holds.
            assert!(
                if whole {
                    octets == content.as_bytes()
                } else {
                    content.as_bytes().starts_with(&octets)
                },
                "{wire:?} {cut}: {octets:?}"
            );
            // And in two reads it is the same as in one.
            let mut talk = logged_in();
            talk.client.retr(1).unwrap();
            let mut events = talk.hear(&format!("+OK\r\n{}", &wire[..cut]));
            events.extend(talk.hear(&wire[cut..]));
            assert_eq!(payload(&events), content.as_bytes(), "{wire:?} {cut}");
            assert_eq!(events.last(), Some(&Event::RetrieveEnd));
            assert!(talk.client.is_ready());
        }
    }
}

#[test]
fn a_message_without_an_end_costs_one_read() {
    for piece in ["x".repeat(4096), "\r\n".repeat(2048), "..\r\n".repeat(1024), ".".repeat(4096)] {
        let mut talk = logged_in();
        talk.client.retr(1).unwrap();
        talk.hear("+OK\r\n");
        let cost = measure(|| (0..500).for_each(|_| drop(talk.hear(&piece))));
        assert_eq!(talk.end, None);
        assert!(cost.bytes_max < 64 * 1024, "{}", cost.bytes_max);
    }
}

#[test]
fn a_line_separator_stands_in_no_value_and_in_nothing_that_is_told() {
    for bad in ['\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\x7f', '\x1b'] {
        let text = format!("a{bad}b");
        assert!(UserName::new(&*text).is_err() && ApopName::new(&*text).is_err(), "{bad:?}");
        assert!(Reply::ok(&*text).is_err() && Reply::err(&*text).is_err(), "{bad:?}");
        assert!(Language::new("en", &text).is_err(), "{bad:?}");
        let language = Language::new("en", "").unwrap();
        assert!(language.with_confirmation(&text).is_err() && UniqueId::new(&text).is_err());
        let mut talk = Talk::greeted(over_tls());
        assert!(talk.client.login(&text, secret()).is_err());
        talk.client.lang(None).unwrap();
        let events = talk.hear(&format!("+OK\r\nen {text}\r\n.\r\n"));
        let [Event::LanguageListing(language), Event::LangEnd] = &events[..] else { panic!() };
        assert_eq!(language.description(), "a\u{fffd}b");
        talk.client.utf8().unwrap();
        let events = talk.hear(&format!("-ERR {text}\r\n"));
        let [Event::Refused { reply, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(reply.text(), "a\u{fffd}b");
    }
}

/// Whoever stands between may take `SASL` away: no password follows that was not allowed.
#[test]
fn nothing_weaker_is_said_in_the_clear_because_the_better_is_not_offered() {
    let tim = || Credentials::password("tim", secret()).unwrap();
    let ways = [LoginBy::Auth, LoginBy::Apop, LoginBy::UserPass];
    for greeting in ["+OK\r\n", "+OK <1.2@c>\r\n"] {
        for answer in ["-ERR no\r\n".to_owned(), capa(&[]), capa(&["SASL PLAIN LOGIN", "USER"])] {
            let mut talk = Talk::new(clear());
            talk.hear(greeting);
            talk.client.login_with(Login::new(tim(), [7; 32]).with_login_by(ways)).unwrap();
            let events = talk.hear(&answer);
            assert!(
                matches!(
                    events[..],
                    [Event::LoginFailed(LoginFault::NoMechanism(NoMechanism::NeedsTls))]
                ),
                "{events:?}"
            );
            talk.said();
            assert_eq!(talk.sent, "CAPA\r\n");
        }
    }
}

#[test]
fn behind_a_refused_login_no_other_way_is_tried() {
    let ways = [LoginBy::Auth, LoginBy::Apop, LoginBy::UserPass];
    let tim = Credentials::password("tim", secret()).unwrap();
    for refusal in ["-ERR [AUTH] no\r\n", "-ERR unknown command\r\n", "+ \r\n-ERR\r\n"] {
        let mut talk = Talk::new(over_tls());
        talk.hear("+OK <1.2@c>\r\n");
        talk.client.login_with(Login::new(tim.clone(), [7; 32]).with_login_by(ways)).unwrap();
        talk.hear_only(&capa(&["SASL PLAIN", "USER"]));
        let mut events = Vec::new();
        for line in refusal.split_inclusive("\r\n") {
            events.extend(talk.hear(line));
        }
        assert_eq!(events.len(), 1, "{events:?}");
        talk.said();
        assert!(!talk.sent.contains("USER") && !talk.sent.contains("APOP"), "{}", talk.sent);
    }
}

/// CVE-2007-1558 needs timestamps that are none.
#[test]
fn a_timestamp_that_is_no_msg_id_gets_no_digest() {
    let choice = Choice::default().with_cram_md5(ClearTextLogin::Allow);
    for bad in [
        "<>",
        "<@>",
        "<a@>",
        "<@b>",
        "<ab>",
        "<a@b",
        "a@b>",
        "<a b@c>",
        "<a@b@c>",
        "<<a@b>",
        "<a@\u{e9}>",
        "<a@b\u{2028}>",
        "<a@\u{7f}b>",
        "<a@b\tc>",
        "[<a@b>]",
        "<a> <b@c>",
        "<a\0@b>",
    ] {
        let mut talk = Talk::new(clear());
        talk.hear(&format!("+OK ready {bad}\r\n"));
        let tim = Credentials::password("tim", secret()).unwrap();
        let login = Login::new(tim, [7; 32]).with_choice(choice.clone());
        talk.client.login_with(login.with_login_by([LoginBy::Apop])).unwrap();
        let events = talk.hear("-ERR\r\n");
        talk.said();
        let taken = talk.sent.contains("APOP");
        // What stands in square brackets behind words is text, and a msg-id in it is one.
        assert_eq!(taken, bad == "[<a@b>]", "{bad:?}: {events:?}");
    }
    assert!(ApopStamp::parse(&format!("<{}@b>", "x".repeat(600))).is_err());
}

/// No transcript shows what a client said, whatever the server said to it before, between and behind.
#[test]
fn no_transcript_of_a_client_shows_credentials() {
    let turns: [&[&str]; 4] = [
        &["+ \r\n", "+ \r\n", "-ERR no\r\n", "+ \r\n"],
        &["+ VXNlcm5hbWU6\r\n", "+ UGFzc3dvcmQ6\r\n", "-ERR no\r\n"],
        &["+ !!!\r\n", "+ \r\n"],
        &["-ERR no\r\n"],
    ];
    for mechanism in ["PLAIN", "LOGIN", "SCRAM-SHA-256", "XOAUTH2"] {
        for replies in turns {
            let log = TranscriptLog::new(64 * 1024);
            let mut talk = Talk::greeted(over_tls());
            talk.client.set_tap(Box::new(Transcript::new(Side::Client, log.clone())));
            let tim = Credentials::password("tim", secret()).unwrap();
            talk.client.login_with(Login::new(tim, [7; 32])).unwrap();
            let mut events = talk.hear(&capa(&[&format!("SASL {mechanism}")]));
            for reply in replies {
                if talk.end.is_none() {
                    events.extend(talk.hear(reply));
                }
            }
            talk.said();
            let shown = format!("{} {events:?} {:?}", log.text(), talk.client);
            for hidden in [PASSWORD, "AHRpbQB0YW5zdGFhZnRhbnN0YWFm", "dGFuc3RhYWZ0YW5zdGFhZg"] {
                assert!(!shown.contains(hidden), "{shown}");
            }
        }
    }
}

#[test]
fn unique_ids_without_an_end_fill_what_they_may_and_no_more() {
    const MOST: usize = 256 * 1024;
    let cost = measure(|| {
        let mut seen = SeenUids::new().with_most(MOST);
        let mut talk = logged_in();
        talk.client.uidl(None).unwrap();
        talk.hear_only("+OK\r\n");
        let mut refused = 0;
        for n in 1..3000 {
            let length = if n % 2 == 0 { 1 } else { 1900 };
            let line = format!("{n} {n}{}\r\n", "x".repeat(length));
            for event in talk.hear(&line) {
                let Event::UniqueIdListing { uid, .. } = event else { panic!() };
                assert!(seen.is_new(&uid));
                refused += usize::from(seen.insert(uid).is_err());
            }
        }
        assert!(refused > 0);
        // What was not listed to its end forgets nothing.
        let before = seen.len();
        seen.begin_listing();
        assert_eq!(seen.len(), before);
    });
    assert!(cost.bytes_max < MOST as u64 + 64 * 1024, "{}", cost.bytes_max);
}

#[test]
fn a_client_that_waits_before_its_login_holds_what_came_and_no_more() {
    let mut kept = Vec::new();
    let cost = measure(|| {
        for _ in 0..100 {
            let mut client = Client::new(clear());
            let mut inbox = client.new_inbox();
            inbox.extend(b"+");
            assert!(matches!(client.poll(&mut inbox), Ok(Progress::Wait { .. })));
            kept.push((client, inbox));
        }
    });
    let each =
        size_of::<(Client, Inbox)>() * 3 + usize::try_from(cost.bytes_current).unwrap() / 100;
    assert!(each < 4096, "{each}");
    assert!(kept.iter_mut().all(|(client, _)| client.outbox().remaining() == 0));
}
