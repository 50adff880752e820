//! Attacks that must fail, one test each.

mod common;

use bytes::{Buf, Bytes};
use common::{Guest, Host};
use postrider_imap::client::{self, Client, Event, Unsent};
use postrider_imap::server::{self, Server};
use postrider_imap::{
    Command, Error, Fault, FetchAttribute, FetchItem, FieldName, Flag, Limits, MailboxName, Misuse,
    Refused, Section, SectionText, SequenceSet, State, Status, StoreMode, Text, Uid,
};
use postrider_testkit::{Outcome, Scenario};
use postrider_wire::{
    ClearTextLogin, ErrorKind, Inbox, Machine, MachineError, Policy, Progress, Secret, Security,
    Side, TimerKind, TlsInfo, Transcript, TranscriptLog, UpgradeFault,
};

fn open_server() -> server::Config {
    server::Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow)
}

fn serve(config: server::Config) -> Scenario<Server> {
    Scenario::new("server", move || (Server::new(config.clone()), Box::new(Host::default())))
}

fn ask(policy: Policy) -> Scenario<Client> {
    let config = client::Config::new(Security::StartTls(policy));
    Scenario::new("client", move || {
        let guest = Guest::new("mrc", "pa55word", SequenceSet::all());
        (Client::new(config.clone()), Box::new(guest))
    })
}

fn said<M: Machine>(run: &postrider_testkit::Run<M>) -> String {
    String::from_utf8_lossy(run.output()).into_owned()
}

// --- STARTTLS ---

#[test]
fn commands_behind_starttls_are_fatal_to_the_server() {
    // CVE-2011-0411; a partial line counts too.
    for behind in ["b noop\r\n", "b", "\r\n"] {
        let config = server::Config::new(Security::StartTls(Policy::Required));
        let run = serve(config).turn(format!("a starttls\r\n{behind}")).run();
        let error = Error::Upgrade(UpgradeFault::PlaintextBehind);
        assert_eq!(run.outcome(), &Outcome::Failed(error));
        assert!(!said(&run).contains("a OK"), "{}", said(&run));
    }
}

#[test]
fn responses_behind_the_answer_to_starttls_are_fatal_to_the_client() {
    for behind in ["* CAPABILITY IMAP4rev1\r\n", "*", "a002 OK done\r\n"] {
        let run = ask(Policy::Required)
            .turn("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n")
            .turn(format!("a001 OK begin\r\n{behind}"))
            .run();
        let error = Error::Upgrade(UpgradeFault::PlaintextBehind);
        assert_eq!(run.outcome(), &Outcome::Failed(error));
    }
}

#[test]
fn an_offer_taken_away_ends_a_client_that_requires_tls() {
    let stripped = ask(Policy::Required)
        .turn("* OK hi\r\n")
        .turn("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na001 OK done\r\n")
        .run();
    assert_eq!(stripped.outcome(), &Outcome::Failed(Error::Refused(Refused::NotOffered)));
    assert_eq!(said(&stripped), "a001 CAPABILITY\r\n");
    for answer in ["NO", "BAD"] {
        let refused = ask(Policy::Required)
            .turn("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n")
            .turn(format!("a001 {answer} no TLS today\r\n"))
            .run();
        assert_eq!(refused.outcome(), &Outcome::Failed(Error::Refused(Refused::StartTls)));
        assert_eq!(said(&refused), "a001 STARTTLS\r\n");
    }
}

#[test]
fn preauth_before_required_tls_is_fatal() {
    let run = ask(Policy::Required).turn("* PREAUTH welcome\r\n").run();
    assert_eq!(run.outcome(), &Outcome::Failed(Error::Refused(Refused::PreAuth)));
    assert_eq!(said(&run), "");
}

#[test]
fn what_was_learnt_in_clear_is_forgotten_under_tls() {
    // The attacker's LOGINDISABLED is gone with the plaintext, and so is a capability it invents.
    let mut client = Client::new(client::Config::new(Security::StartTls(Policy::Required)));
    let mut inbox = client.new_inbox();
    inbox.extend(b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED XEVIL] hi\r\n");
    until_wait(&mut client, &mut inbox);
    drain(&mut client);
    inbox.extend(b"a001 OK begin\r\n");
    let Ok(Progress::StartTls(token)) = client.poll(&mut inbox) else { panic!("no upgrade") };
    let mut inbox = client.tls_established(token, TlsInfo::new(), inbox).unwrap();
    assert_eq!(client.capabilities(), None);
    assert_eq!(until_wait(&mut client, &mut inbox), []);
    assert_eq!(drain(&mut client), "a002 CAPABILITY\r\n");
    inbox.extend(b"* CAPABILITY IMAP4rev1\r\na002 OK done\r\n");
    assert_eq!(until_wait(&mut client, &mut inbox).last(), Some(&Event::Ready));
    client.login("mrc", Secret::new("pa55word".to_owned())).unwrap();
}

#[test]
fn polling_in_the_middle_of_an_upgrade_is_misuse() {
    let mut client = Client::new(client::Config::new(Security::StartTls(Policy::Required)));
    let mut inbox = client.new_inbox();
    inbox.extend(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n");
    until_wait(&mut client, &mut inbox);
    drain(&mut client);
    inbox.extend(b"a001 OK begin\r\n");
    assert!(matches!(client.poll(&mut inbox), Ok(Progress::StartTls(_))));
    assert_eq!(client.poll(&mut inbox).unwrap_err().kind(), ErrorKind::Misuse);
}

/// The token of another session.
fn foreign_token() -> postrider_wire::TlsUpgrade {
    let mut client = Client::new(client::Config::new(Security::StartTls(Policy::Required)));
    let mut inbox = client.new_inbox();
    inbox.extend(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n");
    until_wait(&mut client, &mut inbox);
    drain(&mut client);
    inbox.extend(b"a001 OK begin\r\n");
    let Ok(Progress::StartTls(token)) = client.poll(&mut inbox) else { panic!("no upgrade") };
    token
}

#[test]
fn a_token_that_is_not_due_ends_no_open_body() {
    let (mut client, mut inbox) = ready_client(Limits::new());
    client.login("mrc", Secret::new("x".to_owned())).unwrap();
    inbox.extend(b"a001 OK hi\r\n* 1 FETCH (BODY[] {6}\r\n123");
    until_wait(&mut client, &mut inbox);
    let misuse = client.tls_established(foreign_token(), TlsInfo::new(), Inbox::new(1));
    assert_eq!(misuse.unwrap_err().kind(), ErrorKind::Misuse);
    inbox.extend(b"456)\r\n");
    let events = until_wait(&mut client, &mut inbox);
    assert_eq!(events[..2], [Event::Chunk(Bytes::from_static(b"456")), Event::BodyEnd]);

    let mut server = Server::new(open_server());
    let mut inbox = server.new_inbox();
    let misuse = server.tls_established(foreign_token(), TlsInfo::new(), Inbox::new(1));
    assert_eq!(misuse.unwrap_err().kind(), ErrorKind::Misuse);
    inbox.extend(b"a capability\r\n");
    assert!(matches!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, .. })));
    assert!(drain(&mut server).ends_with("a OK CAPABILITY completed\r\n"));
}

#[test]
fn what_comes_before_login_is_marked_untrusted() {
    let run = ask(Policy::Required)
        .turn("* OK hi\r\n")
        .turn("* OK [ALERT] call this number\r\n* BYE [REFERRAL imap://evil/] go there\r\n")
        .run();
    let marks: Vec<bool> = run
        .events()
        .filter_map(|event| match event {
            Event::Greeting { untrusted, .. }
            | Event::Status { untrusted, .. }
            | Event::Bye { untrusted, .. } => Some(*untrusted),
            _ => None,
        })
        .collect();
    assert_eq!(marks, [true, true, true]);
}

#[test]
fn mailbox_data_before_login_is_fatal() {
    for data in ["* 3 EXISTS", "* 1 FETCH (FLAGS ())", "* FLAGS ()", "* 1 EXPUNGE", "* 1 RECENT"] {
        let run = ask(Policy::Required).turn("* OK hi\r\n").turn(format!("{data}\r\n")).run();
        let fault = match run.outcome() {
            Outcome::Failed(Error::Protocol { fault, .. }) => *fault,
            other => panic!("{other:?}"),
        };
        assert_eq!(fault, Fault::Unauthenticated);
    }
}

// --- credentials ---

#[test]
fn login_in_clear_is_refused_on_both_sides_unless_opted_into() {
    for policy in [Policy::Never, Policy::Opportunistic] {
        let run = serve(server::Config::new(Security::StartTls(policy)))
            .turn("a capability\r\nb login mrc pa55word\r\nc login {3}\r\n")
            .run();
        assert!(said(&run).contains("LOGINDISABLED"));
        assert!(said(&run).contains("b NO [PRIVACYREQUIRED]"));
        // Before the literal with the user name is taken, let alone the password.
        assert!(said(&run).contains("c NO [PRIVACYREQUIRED]"));
        assert!(!said(&run).contains("\r\n+ "));
        assert_eq!(run.events().count(), 0);
    }
    let mut client = Client::new(client::Config::new(Security::StartTls(Policy::Never)));
    let mut inbox = client.new_inbox();
    inbox.extend(b"* OK hi\r\n");
    until_wait(&mut client, &mut inbox);
    let refused = client.login("mrc", Secret::new("pa55word".to_owned()));
    assert_eq!(refused, Err(Error::Misuse(Misuse::Login)));
    assert_eq!(drain(&mut client), "");
}

#[test]
fn a_client_does_not_log_in_where_login_is_disabled() {
    let config = client::Config::new(Security::Implicit(TlsInfo::new()));
    let mut client = Client::new(config);
    let mut inbox = client.new_inbox();
    inbox.extend(b"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi\r\n");
    until_wait(&mut client, &mut inbox);
    let refused = client.login("mrc", Secret::new("pa55word".to_owned()));
    assert_eq!(refused, Err(Error::Misuse(Misuse::Login)));
}

#[test]
fn no_transcript_shows_a_password_however_it_is_written() {
    for turn in [
        "a login mrc pa55word\r\n",
        "a LOGIN \"mrc\" \"pa55word\"\r\n",
        "a login mrc {8}\r\npa55word\r\n",
        "a login {3}\r\nmrc {8}\r\npa55word\r\n",
        "a login mrc pa55word trailing\r\n",
        "a login mrc  pa55word\r\n",
        "a login pa55word\r\n",
        "a  login mrc pa55word\r\n",
        "login mrc pa55word\r\n",
        "a login \"mrc pa55word\r\n",
    ] {
        let log = TranscriptLog::new(4096);
        let mut server = Server::new(open_server());
        server.set_tap(Box::new(Transcript::new(Side::Server, log.clone())));
        let mut inbox = server.new_inbox();
        inbox.extend(turn.as_bytes());
        while let Progress::Event(event) = server.poll(&mut inbox).unwrap() {
            assert!(!format!("{event:?}").contains("pa55word"), "{turn}");
            server.decline();
        }
        assert!(log.text().contains("S: "), "{}", log.text());
        assert!(!log.text().contains("pa55word"), "{turn}: {}", log.text());
        assert!(!format!("{server:?}").contains("pa55word"));
    }
}

/// Says all of it at once, as a client that does not wait; the transcript, and what was answered. Nobody
/// but mrc is let in.
fn transcript_of(login: ClearTextLogin, turn: &str) -> (String, String) {
    let config =
        server::Config::new(Security::StartTls(Policy::Never)).with_clear_text_login(login);
    let log = TranscriptLog::new(1 << 16);
    let mut server = Server::new(config);
    server.set_tap(Box::new(Transcript::new(Side::Server, log.clone())));
    let mut inbox = server.new_inbox();
    let (mut rest, mut said) = (turn.as_bytes(), String::new());
    loop {
        match server.poll(&mut inbox) {
            Ok(Progress::Event(server::Event::Login { user, .. })) if user == "mrc" => {
                server.accept().unwrap();
            }
            Ok(Progress::Event(_)) => server.decline(),
            Ok(Progress::Wait { app: false, .. }) if let_go(&mut server) => {}
            Ok(Progress::Wait { input: true, .. }) if rest.is_empty() => break,
            Ok(Progress::Wait { .. }) => {
                said.push_str(&drain(&mut server));
                rest = &rest[inbox.extend(rest)..];
            }
            _ => break,
        }
    }
    said.push_str(&drain(&mut server));
    (log.text(), said)
}

#[test]
fn credentials_of_refused_commands_are_neither_shown_nor_echoed() {
    // `AGJvYgBodW50ZXIyeA==` is the example of RFC 4616 for bob and hunter2x.
    let long = format!("a LOGIN bob {}\r\nhunter2x\r\n", "{0}\r\n".repeat(20));
    let longer = format!("a LOGIN bob {} {{8}}\r\nhunter2x\r\n", "x".repeat(9000));
    for turn in [
        "a AUTHENTICATE PLAIN AGJvYgBodW50ZXIyeA==\r\n",
        "a AUTHENTICATE PLAIN\r\nAGJvYgBodW50ZXIyeA==\r\n",
        "a authenticate login\r\nYm9i\r\nAGJvYgBodW50ZXIyeA==\r\n",
        "a AUTHENTICATE {5}\r\nPLAIN AGJvYgBodW50ZXIyeA==\r\n",
        "a LOGIN bob {8}\r\nhunter2x\r\n",
        "a LOGIN bob {10}\r\nhunter2x z\r\n",
        "a LOGIN {3}\r\nbob {8}\r\nhunter2x\r\n",
        "a LOGIN {3+}\r\nbob {8}\r\nhunter2x\r\n",
        "a LOGIN bob {9000}\r\nhunter2x\r\n",
        "a LOGIN bob\r\nhunter2x\r\n",
        "a LOGINN bob {8}\r\nhunter2x\r\n",
        "a UID LOGIN bob hunter2x\r\n",
        "a NOOP\nb LOGIN bob hunter2x\r\n",
        "a NOOP b LOGIN bob hunter2x\r\n",
        "a NOOP hunter2x\r\n",
        "a SELECT LOGIN bob hunter2x\r\n",
        "a LOGI bob hunter2x\r\n",
        "LOGIN hunter2x\r\n",
        "* LOGIN bob hunter2x\r\n",
        &long,
        &longer,
    ] {
        for login in [ClearTextLogin::Allow, ClearTextLogin::Refuse] {
            let (log, said) = transcript_of(login, turn);
            assert!(log.contains("C: ") && log.contains("S: "), "{log}");
            for secret in ["hunter2x", "AGJvYg"] {
                assert!(!log.contains(secret), "{login:?} {turn:?}: {log}");
                assert!(!said.contains(secret), "{login:?} {turn:?}: {said}");
            }
        }
    }
}

#[test]
fn after_login_a_line_that_is_refused_hides_what_looks_like_a_login() {
    for turn in ["b NOOP\nc LOGIN bob hunter2x\r\n", "b AUTHENTICATE PLAIN\r\nhunter2x\r\n"] {
        for (user, answer) in [("mrc", "a OK"), ("nobody", "a NO")] {
            let turn = format!("a login {user} x\r\n{turn}d noop\r\n");
            let (log, said) = transcript_of(ClearTextLogin::Allow, &turn);
            assert!(said.contains(answer), "{said}");
            assert!(!log.contains("hunter2x") && !said.contains("hunter2x"), "{log}");
            assert!(log.contains("d noop"), "{log}");
        }
    }
}

#[test]
fn every_well_formed_authenticate_gets_a_tagged_answer() {
    let turn = "a AUTHENTICATE PLAIN\r\nAGJvYgBodW50ZXIyeA==\r\nb AUTHENTICATE LOGIN\r\n\
                c login {3}\r\nd noop\r\n";
    let (_, said) = transcript_of(ClearTextLogin::Refuse, turn);
    let starts: Vec<&str> = said.lines().skip(1).filter_map(|line| line.get(..5)).collect();
    assert_eq!(starts, ["a NO ", "* BAD", "b NO ", "c NO ", "d OK "], "{said}");
}

#[test]
fn failed_logins_end_the_session_in_the_end() {
    let config = open_server().with_limits(Limits::new().with_bad_commands(3, 10));
    let run = serve(config).turn("a login nobody x\r\n".repeat(10)).run();
    assert_eq!(said(&run).matches("a NO").count(), 4);
    assert!(said(&run).ends_with("* BYE too many bad commands\r\n"));
    assert!(matches!(run.outcome(), Outcome::Failed(Error::BadCommands { .. })));
}

// --- framing ---

#[test]
fn literal_bombs_are_refused_before_an_octet_of_them() {
    for size in ["4294967295", "18446744073709551616", "99999999999999999999999999"] {
        let run = serve(open_server()).turn(format!("a login {{{size}}}\r\nb noop\r\n")).run();
        assert!(said(&run).contains("a BAD [TOOBIG]"), "{}", said(&run));
        assert!(!said(&run).contains("+ "));
        assert!(said(&run).contains("b OK NOOP completed"), "in step again");
    }
}

#[test]
fn literals_that_do_not_wait_are_swallowed_by_count() {
    let run = serve(open_server())
        .turn("a store {18+}\r\nx logout\r\ny logout {4+}\r\n\r\nz \r\nb noop\r\n")
        .run();
    let said = said(&run);
    assert!(said.contains("a BAD"), "{said}");
    assert!(
        !said.contains("BYE") && !said.contains("\r\nz ") && !said.contains("\r\nx "),
        "{said}"
    );
    assert!(said.ends_with("b OK NOOP completed\r\n"), "{said}");
}

#[test]
fn literals_that_do_not_wait_are_taken_without_a_continuation() {
    let run = serve(open_server()).turn("a login {3+}\r\nmrc {6+}\r\n{3+}\r\n\r\nb noop\r\n").run();
    let logged_in = |event: &server::Event| match event {
        server::Event::Login { user, password, .. } => {
            user == "mrc" && password.expose() == b"{3+}\r\n"
        }
        _ => false,
    };
    assert!(run.events().any(logged_in));
    assert!(!said(&run).contains("\r\n+ "), "{}", said(&run));
    assert!(said(&run).ends_with("b OK NOOP completed\r\n"), "{}", said(&run));
}

#[test]
fn literals_too_long_to_swallow_end_the_session() {
    for size in ["4294967295", "18446744073709551616"] {
        let run = serve(open_server()).turn(format!("a login {{{size}+}}\r\nb noop\r\n")).run();
        assert!(said(&run).contains("* BYE"), "{}", said(&run));
        assert!(matches!(run.outcome(), Outcome::Failed(Error::Limit { .. })));
    }
}

#[test]
fn literals_without_end_are_bounded_by_their_number() {
    let bomb = format!("a fetch 1 body[header.fields ({})]\r\n", "{0}\r\n ".repeat(10_000));
    let run = serve(open_server()).turn(format!("a login m s\r\nb select inbox\r\n{bomb}")).run();
    assert_eq!(said(&run).matches("+ go ahead").count(), 16, "the default of the limits");
}

#[test]
fn literals_in_a_response_are_bounded_by_the_octets_of_its_unit() {
    let told = |literals: usize| {
        let config = client::Config::new(Security::Implicit(TlsInfo::new()));
        let mut client = Client::new(config);
        let mut inbox = client.new_inbox();
        let data = format!("* PREAUTH hi\r\n* XX {}\r\n", "{0}\r\n".repeat(literals));
        let mut rest = data.as_bytes();
        loop {
            rest = &rest[inbox.extend(rest)..];
            match client.poll(&mut inbox) {
                Ok(Progress::Event(Event::Unknown(octets))) => break Some(octets.len()),
                Ok(Progress::Event(Event::TooLong { message: None, .. })) => break None,
                Ok(Progress::Event(_) | Progress::Wait { .. }) => {}
                Ok(other) => panic!("{other:?}"),
                Err(error) => panic!("{error}"),
            }
        }
    };
    // 64 and 5 octets each, of 256 KiB.
    assert_eq!(told(3000), Some("XX ".len() + 3000 * "{0}\r\n".len()));
    assert_eq!(told(4000), None);
}

#[test]
fn an_overlong_line_is_one_error_and_then_in_step_again() {
    for before in ["", "a login x "] {
        let long = format!("{before}{}\r\nb noop\r\n", "y".repeat(100_000));
        let run = serve(open_server()).turn(long).run();
        assert_eq!(said(&run).matches("BAD [TOOBIG]").count(), 1);
        assert!(said(&run).ends_with("b OK NOOP completed\r\n"));
    }
}

#[test]
fn longer_lists_than_the_limits_allow_are_a_syntax_error() {
    let command =
        |name: &str, word: &str, n: usize| format!("c {name} ({})\r\n", vec![word; n].join(" "));
    let limits = Limits::new();
    for (name, word, most) in [
        ("fetch 1", "uid", limits.attributes),
        ("store 1 flags", "a", limits.list),
        ("fetch 1 body.peek[header.fields", "a", limits.list),
    ] {
        for (n, answer) in [(most, "c OK"), (most + 1, "c BAD")] {
            let command = command(name, word, n)
                .replace(")\r\n", if name.contains('[') { ")]\r\n" } else { ")\r\n" });
            let run = serve(open_server())
                .turn("a login mrc x\r\nb select inbox\r\n")
                .turn(command)
                .run();
            assert!(said(&run).contains(answer), "{name} {n}: {}", said(&run));
        }
    }
}

/// What a client whose session is open tells of this.
fn told(data: &str) -> Vec<Event> {
    let mut client = Client::new(client::Config::new(Security::Implicit(TlsInfo::new())));
    let mut inbox = client.new_inbox();
    inbox.extend(b"* PREAUTH hi\r\n");
    let mut events = until_wait(&mut client, &mut inbox);
    events.clear();
    let mut rest = data.as_bytes();
    while !rest.is_empty() {
        rest = &rest[inbox.extend(rest)..];
        events.extend(until_wait(&mut client, &mut inbox));
    }
    events
}

#[test]
fn longer_lists_than_the_limits_allow_are_told_as_they_came() {
    let list = |n: usize| vec!["a"; n].join(" ");
    let most = Limits::new().list;
    let unknown = |data: String| matches!(told(&data)[..], [Event::Unparsed(_)]);
    assert!(!unknown(format!("* FLAGS ({})\r\n", list(most))));
    assert!(unknown(format!("* FLAGS ({})\r\n", list(most + 1))));
    assert!(!unknown(format!("* CAPABILITY {}\r\n", list(most))));
    assert!(unknown(format!("* CAPABILITY {}\r\n", list(most + 1))));
    let flags = told(&format!("* 1 FETCH (FLAGS ({}) UID 7)\r\n", list(most + 1)));
    let Event::FetchItems { items, .. } = &flags[0] else { panic!("{flags:?}") };
    assert!(matches!(items[..], [FetchItem::Unparsed(_), FetchItem::Uid(uid)] if uid.get() == 7));
}

#[test]
fn items_are_told_before_they_take_more_than_a_unit() {
    for item in ["()", "A() ", "UID 1 ", "FLAGS () "] {
        let events = told(&format!("* 1 FETCH ({})\r\n", item.repeat(100_000)));
        let (mut most, mut all) = (0, 0);
        for event in &events {
            if let Event::FetchItems { items, .. } = event {
                most = most.max(items.len());
                all += items.len();
            }
        }
        assert_eq!(all, 100_000, "{item:?}");
        assert!(most * size_of::<FetchItem>() <= Limits::new().unit, "{item:?}: {most}");
    }
}

#[test]
fn a_sequence_set_bomb_is_a_few_ranges() {
    let set = format!("1:4294967295{}", ",1:4294967295".repeat(1000));
    let run = serve(open_server())
        .turn("a login mrc x\r\nb select inbox\r\n")
        .turn(format!("c fetch {set} rfc822.size\r\n"))
        .run();
    assert!(said(&run).contains("* 2 FETCH (RFC822.SIZE 16)\r\nc OK"), "{}", said(&run));
}

#[test]
fn a_command_that_follows_a_login_in_one_breath_is_answered_in_order() {
    let run = serve(open_server()).turn("a login m s\r\nb fetch 1 all\r\nc noop\r\n").run();
    let tags: Vec<_> =
        run.output().split(|octet| *octet == b'\n').skip(1).map(|line| line.first()).collect();
    assert_eq!(tags, [Some(&b'a'), Some(&b'b'), Some(&b'c'), None]);
    assert!(said(&run).contains("b BAD not in this state"));
}

#[test]
fn a_mailbox_that_is_only_examined_is_not_changed() {
    let run = serve(open_server())
        .turn("a login m s\r\nb examine inbox\r\nc store 1 flags (\\Seen)\r\n")
        .run();
    assert!(said(&run).contains("b OK [READ-ONLY]"));
    assert!(said(&run).contains("c NO [READ-ONLY]"));
}

// --- injection ---

#[test]
fn values_with_line_ends_cannot_be_made() {
    for bad in ["a\r\nb", "a\nb", "a\rb", "a\0b"] {
        assert!(MailboxName::new(bad).is_err(), "{bad:?}");
        assert!(Flag::new(bad).is_err(), "{bad:?}");
        assert!(FieldName::new(bad).is_err(), "{bad:?}");
        assert!(Text::new(bad).is_err(), "{bad:?}");
        assert!(
            client::Config::new(Security::Implicit(TlsInfo::new())).with_tag_prefix(bad).is_err()
        );
    }
    for bad in ["a b", "a)", "a(", "a\"b", "a{3}", "", "\\", "a\u{e4}"] {
        assert!(Flag::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn strings_that_need_it_become_literals_and_wait_for_permission() {
    let mut client = ready_client(Limits::new());
    let (mut client, mut inbox) = (client.0, std::mem::replace(&mut client.1, Inbox::new(1)));
    client.login("a\r\nb logout", Secret::new("c\"d\\e".to_owned())).unwrap();
    assert_eq!(drain(&mut client), "a001 LOGIN {11}\r\n");
    // It does not come in between.
    client.noop().unwrap();
    inbox.extend(b"+ go on\r\n");
    until_wait(&mut client, &mut inbox);
    assert_eq!(drain(&mut client), "a\r\nb logout \"c\\\"d\\\\e\"\r\n");
    inbox.extend(b"a001 OK hi\r\n");
    until_wait(&mut client, &mut inbox);
    assert_eq!(drain(&mut client), "a002 NOOP\r\n");
}

#[test]
fn a_command_that_was_refused_is_not_sent_later() {
    let (mut client, mut inbox) = ready_client(Limits::new().with_pending(1));
    client.noop().unwrap();
    let full = client.login("bob", Secret::new("pa55word".to_owned()));
    assert_eq!(full, Err(Error::Misuse(Misuse::Full)));
    assert_eq!(drain(&mut client), "a001 NOOP\r\n");
    inbox.extend(b"+ go on\r\na001 OK done\r\n");
    let events = until_wait(&mut client, &mut inbox);
    assert!(matches!(events[..], [Event::Unknown(_), Event::Completed { .. }]));
    assert_eq!(drain(&mut client), "");
    client.noop().unwrap();
    assert_eq!(drain(&mut client), "a002 NOOP\r\n");
}

#[test]
fn what_waits_for_room_is_said_once() {
    let (mut client, mut inbox) = ready_client(Limits::new().with_outbox(1));
    client.noop().unwrap();
    inbox.extend(b"a001 OK done\r\n");
    until_wait(&mut client, &mut inbox);
    let handle = client.login("bob", Secret::new("pa55word".to_owned())).unwrap();
    until_wait(&mut client, &mut inbox);
    assert_eq!(drain(&mut client), "a001 NOOP\r\n");
    assert!(client.withdraw(handle) && !client.withdraw(handle));
    let events = until_wait(&mut client, &mut inbox);
    assert!(matches!(events[..], [Event::Unsent { why: Unsent::Withdrawn, .. }]));
    client.login("bob", Secret::new("pa55word".to_owned())).unwrap();
    until_wait(&mut client, &mut inbox);
    assert_eq!(drain(&mut client), "a002 LOGIN bob pa55word\r\n");
}

#[test]
fn what_cannot_be_sent_is_refused_before_an_octet_is() {
    let (mut client, _) = ready_client(Limits::new());
    let nul = client.login("a\0b", Secret::new(String::new()));
    assert_eq!(nul.unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(client.select(MailboxName::inbox()), Err(Error::Misuse(Misuse::NotNow)));
    assert_eq!(drain(&mut client), "");
}

#[test]
fn an_empty_or_impossible_request_is_misuse() {
    let (mut client, mut inbox) = ready_client(Limits::new());
    client.login("mrc", Secret::new("x".to_owned())).unwrap();
    inbox.extend(b"a001 OK hi\r\n");
    until_wait(&mut client, &mut inbox);
    client.select(MailboxName::inbox()).unwrap();
    inbox.extend(b"a002 OK hi\r\n");
    until_wait(&mut client, &mut inbox);
    drain(&mut client);
    assert_eq!(client.state(), State::Selected);
    assert!(client.fetch(SequenceSet::all(), vec![]).is_err());
    assert!(client.store(SequenceSet::all(), StoreMode::Add, false, [Flag::Recent]).is_err());
    assert_eq!(drain(&mut client), "");
    let names = vec![FieldName::new("Subject").unwrap()];
    let section = Section::new(vec![], Some(SectionText::HeaderFields(names))).unwrap();
    client.fetch(SequenceSet::all(), FetchAttribute::peek(section)).unwrap();
    assert_eq!(drain(&mut client), "a003 FETCH 1:* BODY.PEEK[HEADER.FIELDS (Subject)]\r\n");
}

// --- verdicts and payload ---

#[test]
fn a_verdict_that_nothing_waits_for_changes_nothing() {
    let mut server = Server::new(open_server());
    let mut inbox = server.new_inbox();
    let misuse = Err(Error::Misuse(Misuse::NothingPending));
    let (one, uid) = (common::number(1), FetchItem::Uid(Uid::new(1).unwrap()));
    assert_eq!(server.accept(), misuse);
    assert_eq!(server.reject(Status::no("x")), misuse);
    assert_eq!(server.fetch_items(one, core::slice::from_ref(&uid)), misuse);
    inbox.extend(b"a login mrc x\r\n");
    assert!(matches!(server.poll(&mut inbox), Ok(Progress::Event(_))));
    assert_eq!(server.accept_select(&server::SelectData::new(1)), misuse);
    assert!(server.reject(Status::ok("x")).is_err());
    assert_eq!(server.fetch_items(one, core::slice::from_ref(&uid)), misuse);
    assert_eq!(server.accept(), Ok(()));
    assert_eq!(server.accept(), misuse);
}

#[test]
fn payload_is_what_was_declared_or_the_connection_ends() {
    let mut server = Server::new(open_server());
    let mut inbox = server.new_inbox();
    inbox.extend(b"a login m x\r\nb select inbox\r\nc fetch 1 body[]\r\n");
    let mut asked = 0;
    while asked < 3 {
        match server.poll(&mut inbox).unwrap() {
            Progress::Event(server::Event::Login { .. }) => server.accept().unwrap(),
            Progress::Event(server::Event::Command(Command::Select { .. })) => {
                server.accept_select(&server::SelectData::new(1)).unwrap();
            }
            Progress::Event(_) => break,
            _ => {}
        }
        asked += 1;
    }
    let name = postrider_imap::BodySection::Section(Section::all());
    server.body_begin(common::number(1), &name, None, 5).unwrap();
    let size = Err(Error::Misuse(Misuse::Size));
    assert_eq!(server.write_payload(&mut Bytes::from_static(b"123456")), size);
    assert_eq!(server.write_payload(&mut Bytes::from_static(b"123")), Ok(3));
    assert_eq!(server.finish_payload(), Err(Error::Misuse(Misuse::Size)));
    assert_eq!(server.accept(), Err(Error::Misuse(Misuse::Payload)));
    server.decline();
    assert!(drain(&mut server).ends_with("* 1 FETCH (BODY[] {5}\r\n123"));
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Closed));
}

/// A server that was asked to fetch, with an empty outbox.
fn fetching() -> (Server, Inbox) {
    let mut server = Server::new(open_server());
    let mut inbox = server.new_inbox();
    inbox.extend(b"a login m s\r\nb select inbox\r\nc fetch 1 rfc822\r\n");
    loop {
        match server.poll(&mut inbox).unwrap() {
            Progress::Event(server::Event::Command(Command::Fetch { .. })) => break,
            Progress::Event(server::Event::Command(Command::Select { .. })) => {
                server.accept_select(&server::SelectData::new(1)).unwrap();
            }
            Progress::Event(_) => server.accept().unwrap(),
            _ => {}
        }
    }
    drain(&mut server);
    (server, inbox)
}

#[test]
fn a_fetch_response_that_was_begun_ends_before_bye() {
    let bye = "* BYE autologout\r\n";
    let time_out = |server: &mut Server, inbox: &mut Inbox| {
        let _ = server.poll(inbox).unwrap();
        let timer = server.timers()[0];
        server.on_timeout(timer);
        server.poll(inbox).unwrap_err();
        drain(server)
    };
    let name = postrider_imap::BodySection::Rfc822;
    let (mut server, mut inbox) = fetching();
    server.body_begin(common::number(1), &name, None, 5).unwrap();
    server.write_payload(&mut Bytes::from_static(b"hello")).unwrap();
    server.finish_payload().unwrap();
    let said = time_out(&mut server, &mut inbox);
    assert_eq!(said, format!("* 1 FETCH (RFC822 {{5}}\r\nhello)\r\n{bye}"));

    let (mut server, mut inbox) = fetching();
    let items = vec![FetchItem::Flags([Flag::Seen].into()); 1500];
    server.fetch_items(common::number(1), &items).unwrap();
    let said = time_out(&mut server, &mut inbox);
    assert!(said.ends_with(&format!("FLAGS (\\Seen))\r\n{bye}")), "{said}");

    // Inside the payload BYE would be part of it.
    let (mut server, mut inbox) = fetching();
    server.body_begin(common::number(1), &name, None, 5).unwrap();
    server.write_payload(&mut Bytes::from_static(b"hel")).unwrap();
    let said = time_out(&mut server, &mut inbox);
    assert_eq!(said, "* 1 FETCH (RFC822 {5}\r\nhel");
}

#[test]
fn a_body_that_is_cut_off_or_thrown_away_has_one_end() {
    let (mut client, mut inbox) = ready_client(Limits::new());
    client.login("mrc", Secret::new("x".to_owned())).unwrap();
    inbox.extend(b"a001 OK hi\r\n* 1 FETCH (BODY[] {10}\r\n123");
    let events = until_wait(&mut client, &mut inbox);
    assert_eq!(events.last(), Some(&Event::Chunk(Bytes::from_static(b"123"))));
    client.discard();
    inbox.extend(b"4567890 UID 7)\r\n* 2 FETCH (BODY[] {10}\r\n123");
    let events = until_wait(&mut client, &mut inbox);
    assert_eq!(events.first(), Some(&Event::Aborted(postrider_wire::AbortReason::Discarded)));
    let one = common::message(1);
    let uid = |event: &Event| {
        matches!(event, Event::FetchItems { message, items, .. }
        if *message == one && *items == [FetchItem::Uid(Uid::new(7).unwrap())])
    };
    assert!(events.iter().any(uid));
    inbox.set_eof();
    assert_eq!(
        client.poll(&mut inbox),
        Ok(Progress::Event(Event::Aborted(postrider_wire::AbortReason::Eof)))
    );
    assert_eq!(client.poll(&mut inbox).unwrap_err().kind(), ErrorKind::Eof);
}

// --- a small driver ---

fn ready_client(limits: Limits) -> (Client, Inbox) {
    let config = client::Config::new(Security::Implicit(TlsInfo::new())).with_limits(limits);
    let mut client = Client::new(config);
    let mut inbox = client.new_inbox();
    inbox.extend(b"* OK hi\r\n");
    assert_eq!(until_wait(&mut client, &mut inbox).last(), Some(&Event::Ready));
    (client, inbox)
}

fn until_wait(client: &mut Client, inbox: &mut Inbox) -> Vec<Event> {
    let mut events = Vec::new();
    while let Progress::Event(event) = client.poll(inbox).expect("no error") {
        events.push(event);
    }
    events
}

/// Time passes until what is held back may leave. Whether anything was.
fn let_go(server: &mut Server) -> bool {
    let delay = server.timers().iter().find(|timer| timer.kind == TimerKind::Delay).copied();
    delay.map(|timer| server.on_timeout(timer)).is_some()
}

fn drain(machine: &mut impl Machine) -> String {
    let waiting = machine.outbox().len();
    String::from_utf8_lossy(&machine.outbox().copy_to_bytes(waiting)).into_owned()
}
