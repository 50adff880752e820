//! What a hostile client does to a server: commands behind a login, lines without an end, work that
//! costs it nothing, and deletions that nobody asked for. `tests/attack.rs` has the other end.

mod serving;

use std::time::{Duration, Instant};

use allocation_counter::measure;
use postrider_pop3::server::{Config, Event, Server};
use postrider_pop3::{Language, Limits, Maildrop, State, UniqueId};
use postrider_wire::{
    ClearTextLogin, Inbox, Machine, Policy, Progress, Security, Side, Transcript, TranscriptLog,
};
use serving::{Session, TIM, auth, clear, tls};

fn plain() -> Config {
    let patient = Limits::server().with_patience(1000, 1000);
    let patient = patient.with_login_delay(Duration::ZERO, Duration::ZERO);
    Config::new(clear()).with_clear_text_login(ClearTextLogin::Allow).with_limits(patient)
}

fn over_tls() -> Config {
    let mut config = plain().with_auth(auth());
    config.security = Security::Implicit(tls());
    config
}

fn commits(session: &Session) -> Vec<&Vec<u32>> {
    let told = session.events.iter().filter_map(|event| match event {
        Event::Commit { deleted, .. } => Some(deleted),
        _ => None,
    });
    told.collect()
}

const LOGIN: &str = "USER tim\r\nPASS x\r\n";

fn three(server: &mut Server, event: &Event) {
    if !matches!(event, Event::Login { .. }) {
        return serving::accepts(server, event);
    }
    let mut maildrop = Maildrop::new();
    for n in 1..=3 {
        maildrop.push(4, UniqueId::new(&format!("uid-{n}")).unwrap());
    }
    server.accept_login(maildrop).unwrap();
}

/// RFC 1939 §6: "If a session terminates for some reason other than a client-issued QUIT command, the
/// POP3 session does NOT enter the UPDATE state and MUST not remove any messages from the maildrop."
#[test]
fn nothing_is_removed_but_at_a_quit_that_came_whole() {
    let session = format!("{LOGIN}DELE 1\r\nRSET\r\nDELE 3\r\nDELE 2\r\nQUIT\r\n");
    for cut in 0..=session.len() {
        let mut server = Session::new(plain()).on(three);
        server.say(&session[..cut]);
        server.say(&session[..cut][cut..]);
        server.end();
        let expected: Vec<Vec<u32>> =
            if cut == session.len() { vec![vec![2, 3]] } else { Vec::new() };
        assert_eq!(commits(&server), expected.iter().collect::<Vec<_>>(), "{cut}");
    }
}

#[test]
fn what_only_looks_like_quit_removes_nothing() {
    for quit in [
        "QUIT",
        "QUIT\r",
        "QUIT\n",
        "QUIT 1\r\n",
        "\u{2028}QUIT\r\n",
        " QUIT\r\n",
        "\0QUIT\r\n",
        "QUIT\0\r\n",
        "QUIT\r\r\n",
        "QUIT\tx\r\n",
        "NOOP\nQUIT\r\n",
        "NOOP\rQUIT\r\n",
        ".QUIT\r\n",
    ] {
        let mut server = Session::new(plain()).on(three);
        server.say(format!("{LOGIN}DELE 1\r\n{quit}"));
        server.end();
        assert_eq!(commits(&server), [&[0; 0]; 0], "{quit:?}");
    }
    // An over-long line swallows what is in it.
    let mut server = Session::new(plain()).on(three);
    server.say(format!("{LOGIN}DELE 1\r\n{}QUIT\r\n", "x".repeat(300)));
    server.end();
    assert_eq!(commits(&server), [&[0; 0]; 0]);
}

#[test]
fn marks_are_those_of_the_commands_that_were_answered() {
    let mut server = Session::new(plain()).on(three);
    server.say(LOGIN);
    for (line, expected) in [
        ("DELE 2\r\n", "+OK message 2 deleted\r\n"),
        ("DELE 2\r\n", "-ERR message 2 already deleted\r\n"),
        ("DELE 0\r\n", "-ERR no such message, only 3 messages in maildrop\r\n"),
        ("DELE 4\r\n", "-ERR no such message, only 3 messages in maildrop\r\n"),
        ("DELE 4294967297\r\n", "-ERR arguments of DELE not understood\r\n"),
        ("DELE -1\r\n", "-ERR arguments of DELE not understood\r\n"),
        ("DELE 1 3\r\n", "-ERR arguments of DELE not understood\r\n"),
        ("STAT\r\n", "+OK 2 8\r\n"),
        ("RSET\r\n", "+OK maildrop has 3 messages (12 octets)\r\n"),
        ("RSET\r\n", "+OK maildrop has 3 messages (12 octets)\r\n"),
        ("DELE 3\r\n", "+OK message 3 deleted\r\n"),
        ("DELE 1\r\n", "+OK message 1 deleted\r\n"),
        ("STAT\r\n", "+OK 1 4\r\n"),
    ] {
        assert_eq!(server.say(line), expected, "{line:?}");
    }
    assert!(server.say("QUIT\r\n").ends_with("(1 message left)\r\n"));
    assert_eq!(commits(&server), [&[1, 3]]);
}

/// Sizes that the embedder was told by others: their sum is bounded, and what is taken from it comes back.
#[test]
fn sizes_beyond_all_measure_add_up() {
    let huge = |server: &mut Server, event: &Event| {
        if !matches!(event, Event::Login { .. }) {
            return serving::accepts(server, event);
        }
        let mut maildrop = Maildrop::new();
        for n in 0..3 {
            maildrop.push(u64::MAX - 7 * (n / 2), UniqueId::new(&format!("{n}")).unwrap());
        }
        server.accept_login(maildrop).unwrap();
    };
    let mut server = Session::new(plain()).on(huge);
    server.say(LOGIN);
    assert_eq!(server.say("STAT\r\n"), format!("+OK 3 {}\r\n", u64::MAX));
    server.say("DELE 1\r\nDELE 2\r\n");
    assert_eq!(server.say("STAT\r\n"), format!("+OK 1 {}\r\n", u64::MAX - 7));
    server.say("RSET\r\nDELE 1\r\nDELE 3\r\n");
    assert_eq!(server.say("STAT\r\n"), format!("+OK 1 {}\r\n", u64::MAX));
}

/// What is pipelined behind `AUTH` is an answer to its challenge, and no command.
#[test]
fn commands_behind_auth_are_not_carried_out_in_the_name_of_the_user() {
    for behind in ["QUIT\r\n", "DELE 1\r\n", "STAT\r\n", "USER tim\r\n", "\0\r\n"] {
        for mechanism in ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"] {
            let mut server = Session::new(over_tls());
            let said = server.say(format!("AUTH {mechanism}\r\n{behind}STAT\r\n"));
            assert_eq!(server.server.state(), State::Authorization, "{mechanism} {behind:?}");
            assert!(server.server.authenticated().is_none() && server.events.is_empty());
            assert!(said.ends_with("-ERR STAT not possible now\r\n"), "{said}");
        }
    }
    // Those behind a login that is complete are the user's own.
    let mut server = Session::new(over_tls());
    let said = server.say(format!("AUTH PLAIN\r\n{TIM}\r\nSTAT\r\n"));
    assert!(said.ends_with("+OK 1 4\r\n"), "{said}");
}

#[test]
fn junk_in_a_login_is_refused_and_leaves_the_session_in_step() {
    let nul = ["AAAA", "AHRpbQAA", "AHQAaQBtAA==", "dGltAHRpbQB0YW5zdGFhZnRhbnN0YWFmAA=="];
    let junk = ["=", "==", "A", "AAA", "A===", "AA=A", "!!!!", "AHRp bQB0", "*x", "**", " *", "* "];
    for word in nul.iter().chain(&junk).copied().chain(["\u{e9}", "\u{2028}", "AHRpbQB0\t"]) {
        for mechanism in ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "OAUTHBEARER", "XOAUTH2"] {
            for separator in [" ", "\r\n"] {
                let mut server = Session::new(over_tls());
                server.say(format!("AUTH {mechanism}{separator}{word}\r\n"));
                // Whatever it waits for, it waits no more.
                server.say("*\r\n*\r\n");
                let said = server.say("CAPA\r\n");
                assert!(said.starts_with("+OK ") && said.ends_with(".\r\n"), "{word:?} {said}");
                assert_eq!(server.server.state(), State::Authorization, "{mechanism} {word:?}");
                assert!(server.server.authenticated().is_none());
            }
        }
    }
}

#[test]
fn a_response_without_an_end_is_one_error_and_holds_one_line() {
    let mut server = Session::new(over_tls());
    let cost = measure(|| {
        server.say("AUTH PLAIN\r\n");
        for _ in 0..1000 {
            server.say("A".repeat(1000));
        }
        assert_eq!(server.say("\r\n"), "");
    });
    assert!(cost.bytes_max < 64 * 1024, "{}", cost.bytes_max);
    assert!(server.say("CAPA\r\n").starts_with("+OK "));
    assert_eq!(server.say("STAT\r\n"), "-ERR STAT not possible now\r\n");
}

/// A client that does not wait for the answer to `AUTH`, or does not understand it, says its credentials
/// all the same.
#[test]
fn credentials_behind_a_refused_auth_stand_in_no_transcript() {
    const HIDDEN: [&str; 4] = ["dGlt", "dGFuc3RhYWZ0YW5zdGFhZg", TIM, "tanstaaf"];
    let openings = [
        "AUTH NOPE",
        "AUTH",
        "AUTH PLAIN x y",
        "AUTH PLAIN",
        "AUTH LOGIN",
        "AUTH LOGIN\t",
        "auth plain",
        "AUTHPLAIN",
        "AUTH PLAIN =",
        "AUTH PLAIN *",
        "AUTH  PLAIN",
        "AUTH CRAM-MD5 AAAA",
        "STAT",
        "AUTH LOGIN dGlt",
        "APOP tim",
        "APOP\ttim tanstaaf",
        "PASS",
        "PASS:tanstaaf",
    ];
    let required = || {
        let mut config = plain().with_auth(auth());
        config.security = Security::StartTls(Policy::Required);
        config
    };
    for make in [plain, over_tls, required, || plain().with_apop("foo.com", [3; 32])] {
        for opening in openings {
            let log = TranscriptLog::new(64 * 1024);
            let mut server = Session::new(make());
            server.server.set_tap(Box::new(Transcript::new(Side::Server, log.clone())));
            let mut said = server.say(format!("{opening}\r\n"));
            for line in ["dGlt", "dGFuc3RhYWZ0YW5zdGFhZg==", TIM, "tanstaaf", "tim tanstaaf x"] {
                if !server.closed {
                    said += &server.say(format!("{line}\r\n"));
                }
            }
            let shown = format!("{} {said} {:?} {:?}", log.text(), server.events, server.server);
            for hidden in HIDDEN {
                assert!(!shown.contains(hidden), "{opening:?}: {shown}");
            }
        }
    }
}

/// RFC 6856 §7: an attacker can set the language before `STLS`, and would make the words of the
/// server unintelligible.
#[test]
fn a_language_that_was_chosen_in_the_clear_is_forgotten_under_tls() {
    let mut config = plain().with_languages([
        Language::new("en", "English").unwrap(),
        Language::new("es", "Espanol").unwrap(),
    ]);
    config.security = Security::StartTls(Policy::Required);
    let mut server = Session::new(config);
    assert_eq!(server.say("LANG es\r\n"), "+OK es\r\n");
    assert!(server.server.language().is_some());
    server.say("STLS\r\n");
    assert!(server.server.tls().is_some() && server.server.language().is_none());
    assert_eq!(server.say("XYZ\r\n"), "-ERR unknown command\r\n");
}

#[test]
fn no_language_and_no_encoding_is_had_by_tricks() {
    let languages = || [Language::new("en", "").unwrap(), Language::new("es", "").unwrap()];
    for bad in [
        "LANG es\u{2028}\r\n",
        "LANG es;q=1\r\n",
        "LANG e s\r\n",
        "LANG -\r\n",
        "LANG es-\r\n",
        "LANG **\r\n",
        "LANG\tes\r\n",
        "LANG e\0s\r\n",
        "UTF8 x\r\n",
        "UTF8\r\n",
        "UTF-8\r\n",
    ] {
        let mut server = Session::new(plain().with_languages(languages()));
        let said = server.say(bad);
        assert!(said.starts_with("-ERR "), "{bad:?}: {said}");
        assert!(server.server.language().is_none() && !server.server.is_utf8());
        assert!(server.events.is_empty());
    }
}

fn in_time(maildrop: u32, lines: &str) -> Duration {
    let mut server = Session::silent(plain(), |server, event| {
        if !matches!(event, Event::Login { .. }) {
            serving::accepts(server, event);
        }
    });
    server.say(LOGIN);
    let mut big = Maildrop::with_capacity(maildrop as usize);
    for n in 0..maildrop {
        big.push(100, UniqueId::new(&format!("{n}")).unwrap());
    }
    server.server.accept_login(big).unwrap();
    server.go_on();
    let begin = Instant::now();
    for _ in 0..20 {
        server.say(lines);
    }
    begin.elapsed()
}

/// A command of six octets may not cost what a maildrop of a million messages is long: in one breath a
/// client says a thousand of them.
#[test]
fn what_a_command_costs_does_not_grow_with_the_maildrop() {
    for commands in ["STAT\r\n", "RSET\r\n", "DELE 1\r\nRSET\r\n", "DELE 2\r\nSTAT\r\nRSET\r\n"] {
        let lines = commands.repeat(100);
        let few = in_time(100, &lines);
        let many = in_time(200_000, &lines);
        println!("{commands:?}: {few:?} with 100 messages, {many:?} with 200000");
        assert!(many < few * 8 + Duration::from_millis(100), "{commands:?}: {few:?} {many:?}");
    }
}

#[test]
fn what_is_said_for_ever_costs_what_it_costs_once() {
    let most = |line: &str, times: usize| {
        let limits = plain().limits.with_patience(u32::MAX, u32::MAX);
        let mut server = Session::new(over_tls().with_limits(limits)).on(three);
        // The lines of the session's own records are not the server's.
        let cost = measure(|| {
            for _ in 0..times {
                server.say(line);
                server.events.clear();
            }
        });
        assert!(server.error.is_none() && !server.closed);
        cost.bytes_max
    };
    for line in [
        "NOOP\r\n",
        "XYZ\r\n",
        "USER tim\r\n",
        "CAPA\r\n",
        "AUTH PLAIN\r\n*\r\n",
        "AUTH NOPE\r\n",
        "AUTH SCRAM-SHA-256\r\nbiwsbj10aW0scj1hYmM=\r\n*\r\n",
        "AUTH PLAIN AAAA\r\n",
        "UTF8\r\n",
    ] {
        let (once, for_ever) = (most(line, 4), most(line, 2000));
        println!("{line:?}: {once} octets, {for_ever} for 2000");
        assert!(for_ever <= once + 1024, "{line:?}: {once} {for_ever}");
    }
}

#[test]
fn the_time_for_a_stream_is_linear_however_it_arrives() {
    let hear = |piece: &str, times: usize| {
        let begin = Instant::now();
        let mut server = Session::new(over_tls());
        for _ in 0..times {
            server.say(piece);
            if server.closed || server.error.is_some() {
                break;
            }
        }
        begin.elapsed()
    };
    for piece in ["x", "\n", "\r", "AUTH ", "\n\n\n\n\n\n\n\n\r"] {
        let (once, twice) = (hear(piece, 40_000), hear(piece, 80_000));
        println!("{piece:?}: {once:?}, {twice:?}");
        assert!(twice < once * 4 + Duration::from_millis(200), "{piece:?}: {once:?} {twice:?}");
    }
}

#[test]
fn many_connections_that_never_log_in_hold_what_they_said_and_no_more() {
    for (said, most) in [("", 2048), ("U", 8 * 1024), ("AUTH PLAIN\r\n", 8 * 1024)] {
        let mut kept = Vec::with_capacity(200);
        let config = over_tls();
        let cost = measure(|| {
            for _ in 0..200 {
                let mut server = Server::new(config.clone());
                let mut inbox = server.new_inbox();
                inbox.extend(said.as_bytes());
                while !matches!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, .. })) {}
                bytes_sent(&mut server);
                kept.push((server, inbox));
            }
        });
        let each =
            size_of::<(Server, Inbox)>() + usize::try_from(cost.bytes_current).unwrap() / 200;
        println!("{said:?}: {each} octets");
        assert!(each < most, "{said:?}: {each}");
    }
}

fn bytes_sent(server: &mut Server) {
    use postrider_wire::Buf;
    let n = server.outbox().remaining();
    server.outbox().advance(n);
}
