//! Every call in every state: legal, or misuse without effect.

mod common;

use common::{client_config, server_config};
use postrider_pop3::client::{self, Client, Pipelining};
use postrider_pop3::server::{self, Server};
use postrider_pop3::{Error, LanguageRange, Limits, Maildrop, Misuse, Reply, UniqueId};
use postrider_sasl as sasl;
use postrider_sasl::server::Credential;
use postrider_wire::{
    Buf, Bytes, ClearTextLogin, Inbox, Machine, OutboxWriter, Policy, Progress, Secret, Security,
    TlsInfo, TlsUpgrade,
};

type Set<M> = (M, Inbox);

/// What can be seen of a machine, and what it says and tells until it needs somebody else.
fn look<M: Machine + core::fmt::Debug>((machine, rx): &mut Set<M>) -> Vec<String> {
    let mut seen = vec![format!("{machine:?} {rx:?} {:?}", machine.timers())];
    for _ in 0..1000 {
        let octets = machine.outbox().remaining();
        let said = machine.outbox().copy_to_bytes(octets);
        seen.push(said.escape_ascii().to_string());
        let progress = machine.poll(rx);
        seen.push(format!("{progress:?}"));
        match progress {
            Ok(Progress::Event(_)) => machine.decline(),
            Ok(Progress::Wait { input: true, .. }) if octets == 0 => rx.set_eof(),
            Ok(Progress::Wait { app: true, .. }) if octets == 0 => break,
            Ok(Progress::Wait { .. }) if octets == 0 => {
                let timer = machine.timers().first().copied().expect("something moves it");
                machine.on_timeout(timer);
            }
            Ok(Progress::Wait { .. }) => {}
            Ok(Progress::StartTls(_) | Progress::Closed) | Err(_) => break,
        }
    }
    seen
}

fn flush(machine: &mut impl Machine) {
    let octets = machine.outbox().remaining();
    machine.outbox().advance(octets);
}

// --- the server ---

const VERDICTS: [&str; 8] = [
    "accept_login",
    "credential",
    "accept",
    "reject",
    "reject_after",
    "write_payload",
    "finish_payload",
    "abort",
];

fn give(server: &mut Server, verdict: &str) -> Result<(), Error> {
    let no = || Reply::err("no").unwrap();
    match verdict {
        "accept_login" => server.accept_login(maildrop()),
        "credential" => server.credential(Credential::Verified),
        "accept" => server.accept(),
        "reject" => server.reject(no()),
        "reject_after" => server.reject_after(no(), core::time::Duration::from_secs(9)),
        "write_payload" => server.write_payload(&mut Bytes::from_static(b"ab\r\n")).map(drop),
        "finish_payload" => server.finish_payload(),
        "abort" => server.abort(),
        other => panic!("{other}"),
    }
}

fn maildrop() -> Maildrop {
    let mut maildrop = Maildrop::new();
    maildrop.push(2, UniqueId::new("empty").unwrap());
    maildrop.push(2050, UniqueId::new("x").unwrap());
    for n in 0..500 {
        maildrop.push(3, UniqueId::new(&format!("{n}")).unwrap());
    }
    maildrop
}

/// A server that has read these lines, with what they ask for granted up to the last question.
fn server_at(lines: &str) -> Set<Server> {
    let config = server_config().with_limits(Limits::server().with_outbox(2048));
    let mut server = Server::new(config);
    let mut rx = server.new_inbox();
    rx.extend(lines.as_bytes());
    loop {
        match server.poll(&mut rx).unwrap() {
            Progress::Event(server::Event::Login { .. }) if rx.len() > 2 => {
                server.accept_login(maildrop()).unwrap();
            }
            Progress::Event(_) => return (server, rx),
            Progress::Wait { input: false, app: false } => flush(&mut server),
            _ => {
                flush(&mut server);
                return (server, rx);
            }
        }
    }
}

const LOGIN: &str = "USER mrose\r\nPASS tanstaaf\r\n";

fn logged_in(lines: &str) -> Set<Server> {
    server_at(&format!("{LOGIN}{lines}"))
}

/// In the middle of a message of 2050 octets, so much of which was written.
fn writing(command: &str, octets: usize) -> Set<Server> {
    let (mut server, rx) = logged_in(command);
    server.accept().unwrap();
    flush(&mut server);
    let mut text = Bytes::from(vec![b'x'; octets]);
    assert_eq!(server.write_payload(&mut text), Ok(octets));
    (server, rx)
}

fn tls_server(lines: &str) -> Set<Server> {
    let mut server = Server::new(server::Config::new(Security::StartTls(Policy::Required)));
    let mut rx = server.new_inbox();
    let _ = server.poll(&mut rx);
    rx.extend(lines.as_bytes());
    let _ = server.poll(&mut rx);
    (server, rx)
}

const PLAIN: &str = "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n";
const APOP: &str = "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n";

/// A server that has every login, at this line.
fn auth_server(line: &str) -> Set<Server> {
    let auth = sasl::server::Config::new([1; 32])
        .with_clear_text(ClearTextLogin::Allow)
        .with_kept(sasl::server::Kept::Other);
    let config = server_config().with_auth(auth).with_apop("foo.com", [4; 32]);
    let mut server = Server::new(config);
    let mut rx = server.new_inbox();
    rx.extend(line.as_bytes());
    let _ = server.poll(&mut rx);
    flush(&mut server);
    (server, rx)
}

type Row<M> = (&'static str, fn() -> Set<M>, &'static str);

/// States, and the calls that are legal there; all others are misuse.
const SERVER: &[Row<Server>] = &[
    (
        "before the greeting",
        || {
            let server = Server::new(server_config());
            let rx = server.new_inbox();
            (server, rx)
        },
        "",
    ),
    ("AUTHORIZATION", || server_at(""), ""),
    ("half a command", || server_at("US"), ""),
    ("behind USER", || server_at("USER mrose\r\n"), ""),
    ("asking for a login", || server_at(LOGIN), "accept_login reject reject_after"),
    ("amid AUTH", || auth_server("AUTH PLAIN\r\n"), ""),
    ("asking for a credential", || auth_server(PLAIN), "credential reject reject_after"),
    (
        "about to ask about an identity",
        || {
            let (mut server, rx) = auth_server(PLAIN);
            server.credential(Credential::Verified).unwrap();
            (server, rx)
        },
        "",
    ),
    (
        "asking about an identity",
        || {
            let (mut server, mut rx) = auth_server(PLAIN);
            server.credential(Credential::Verified).unwrap();
            assert!(matches!(
                server.poll(&mut rx),
                Ok(Progress::Event(server::Event::Authenticated { .. }))
            ));
            (server, rx)
        },
        "accept_login reject reject_after",
    ),
    ("asking about APOP", || auth_server(APOP), "accept_login reject reject_after"),
    (
        "holding a refusal of AUTH back",
        || {
            let (mut server, rx) = auth_server(PLAIN);
            server.credential(Credential::Unknown).unwrap();
            (server, rx)
        },
        "",
    ),
    (
        "holding a refusal back",
        || {
            let (mut server, rx) = server_at(LOGIN);
            server.decline();
            (server, rx)
        },
        "",
    ),
    ("TRANSACTION", || logged_in("NOOP\r\n"), ""),
    (
        "in a listing",
        || {
            let (mut server, mut rx) = logged_in("NOOP\r\n");
            rx.extend(b"UIDL\r\n");
            let stuck = server.poll(&mut rx);
            assert_eq!(stuck, Ok(Progress::Wait { input: false, app: false }));
            (server, rx)
        },
        "",
    ),
    ("asking for a message", || logged_in("RETR 2\r\n"), "accept reject"),
    ("asking for a top", || logged_in("TOP 2 1\r\n"), "accept reject"),
    ("writing a message", || writing("RETR 2\r\n", 9), "write_payload abort"),
    (
        "behind all of a message",
        || writing("RETR 2\r\n", 2048),
        "write_payload finish_payload abort",
    ),
    (
        "behind the end of a message that does not fit yet",
        || {
            let (mut server, rx) = writing("RETR 2\r\n", 2048);
            server.finish_payload().unwrap();
            (server, rx)
        },
        "abort",
    ),
    (
        "writing a top",
        || {
            let (mut server, rx) = logged_in("TOP 2 1\r\n");
            server.accept().unwrap();
            (server, rx)
        },
        "write_payload abort",
    ),
    (
        "behind all of a top",
        || {
            let (mut server, rx) = logged_in("TOP 2 1\r\n");
            server.accept().unwrap();
            server.write_payload(&mut Bytes::from_static(b"A: b\r\n\r\n1\r\n2\r\n")).unwrap();
            assert!(server.is_payload_complete());
            (server, rx)
        },
        "write_payload finish_payload abort",
    ),
    ("asking to commit", || logged_in("DELE 1\r\nQUIT\r\n"), "accept reject"),
    ("agreed on TLS", || tls_server("STLS\r\n"), ""),
    (
        "in the upgrade",
        || {
            let (mut server, mut rx) = tls_server("STLS\r\n");
            flush(&mut server);
            assert!(matches!(server.poll(&mut rx), Ok(Progress::StartTls(_))));
            (server, rx)
        },
        "",
    ),
    (
        "saying goodbye",
        || {
            let (mut server, mut rx) = server_at("");
            server.shutdown();
            let _ = server.poll(&mut rx);
            (server, rx)
        },
        "",
    ),
    (
        "closed",
        || {
            let (mut server, mut rx) = server_at("QUIT\r\n");
            flush(&mut server);
            assert_eq!(server.poll(&mut rx), Ok(Progress::Closed));
            (server, rx)
        },
        "",
    ),
    (
        "failed",
        || {
            let (mut server, mut rx) = server_at("US");
            rx.set_eof();
            assert!(server.poll(&mut rx).is_err());
            (server, rx)
        },
        "",
    ),
    (
        "out of time",
        || {
            let (mut server, rx) = server_at("");
            let timer = server.timers()[0];
            server.on_timeout(timer);
            (server, rx)
        },
        "",
    ),
];

#[test]
fn every_verdict_in_every_state_of_the_server_is_legal_or_without_effect() {
    for (state, make, legal) in SERVER {
        for verdict in VERDICTS {
            let mut set = make();
            let answer = give(&mut set.0, verdict);
            if legal.split(' ').any(|call| call == verdict) {
                assert_eq!(answer, Ok(()), "{state}: {verdict}");
                // What goes beyond a top is swallowed, and a full outbox takes nothing.
                let idle = ["behind all of a top", "behind all of a message"].contains(state)
                    && verdict == "write_payload";
                let same = look(&mut set) == look(&mut make());
                assert_eq!(same, idle, "{state}: {verdict} does something");
                continue;
            }
            match answer {
                Err(Error::Misuse(Misuse::NothingPending | Misuse::SizeMismatch { .. })) => {}
                other => panic!("{state}: {verdict} gives {other:?}"),
            }
            assert_eq!(look(&mut set), look(&mut make()), "{state}: {verdict} changed something");
        }
    }
}

#[test]
fn declining_where_nothing_was_asked_changes_nothing() {
    for (state, make, legal) in SERVER {
        let mut set = make();
        set.0.decline();
        let asked = legal.contains("reject");
        let same = look(&mut set) == look(&mut make());
        // What `look` does with a question that nobody answers is to let time pass.
        assert_eq!(same, !asked, "{state}");
    }
}

#[test]
fn a_token_that_is_not_due_is_without_effect_in_every_state() {
    let stray = || TlsUpgrade::when_quiet(&Inbox::new(1), &OutboxWriter::new(1)).unwrap();
    for (state, make, _) in SERVER {
        if *state == "in the upgrade" {
            continue;
        }
        let mut set = make();
        let answer = set.0.tls_established(stray(), TlsInfo::new(), Inbox::new(1));
        assert!(answer.is_err(), "{state}");
        assert_eq!(look(&mut set), look(&mut make()), "{state}");
    }
    for (state, make, _) in CLIENT {
        if *state == "in the upgrade" {
            continue;
        }
        let mut set = make();
        let answer = set.0.tls_established(stray(), TlsInfo::new(), Inbox::new(1));
        assert!(answer.is_err(), "{state}");
        assert_eq!(look(&mut set), look(&mut make()), "{state}");
    }
}

/// Wherever it comes, the session ends, with one goodbye at most, once nothing is pending.
#[test]
fn a_shutdown_in_every_state_of_the_server_ends_the_session() {
    for (state, make, _) in SERVER {
        let (mut server, mut rx) = make();
        server.shutdown();
        server.shutdown();
        let mut said = String::new();
        for step in 0.. {
            assert!(step < 100, "{state}: does not end, said {said}");
            let progress = server.poll(&mut rx);
            let octets = server.outbox().remaining();
            said += &String::from_utf8_lossy(&server.outbox().copy_to_bytes(octets));
            match progress {
                Ok(Progress::Event(_)) => server.decline(),
                Ok(Progress::Wait { app: true, .. }) => {
                    // Decline what is asked, give up what is being written.
                    server.decline();
                    let _ = server.abort();
                }
                Ok(Progress::Wait { .. }) => {}
                Ok(Progress::StartTls(_) | Progress::Closed) | Err(_) => break,
            }
        }
        assert!(said.matches("server shutting down").count() <= 1, "{state}: {said}");
    }
}

// --- the client ---

const COMMANDS: [&str; 16] = [
    "capa",
    "login",
    "login_with",
    "token",
    "utf8",
    "lang",
    "stat",
    "list",
    "uidl",
    "retr",
    "top",
    "discard",
    "dele",
    "noop",
    "rset",
    "quit",
];

/// By a token that is fetched when it is asked for.
fn login() -> client::Login {
    let user = sasl::client::Credentials::token_on_demand("u@example.com").unwrap();
    let choice = sasl::client::Choice::default().with_clear_text(ClearTextLogin::Allow);
    client::Login::new(user, [7; 32]).with_choice(choice)
}

fn say(client: &mut Client, command: &str) -> Result<(), Error> {
    match command {
        "capa" => client.capa(),
        "login" => client.login("mrose", Secret::new("tanstaaf".into())),
        "login_with" => client.login_with(login()),
        "token" => client.token(Secret::new("token".into())),
        "utf8" => client.utf8(),
        "lang" => client.lang(Some(LanguageRange::Preferred)),
        "stat" => client.stat(),
        "list" => client.list(None),
        "uidl" => client.uidl(Some(7)),
        "retr" => client.retr(7),
        "top" => client.top(7, 1),
        "discard" => client.discard(),
        "dele" => client.dele(7),
        "noop" => client.noop(),
        "rset" => client.rset(),
        "quit" => client.quit(),
        other => panic!("{other}"),
    }
}

/// Flushes, hears this, and tells what came of it all.
fn hear((client, rx): &mut Set<Client>, octets: &str) -> Result<Vec<client::Event>, Error> {
    flush(client);
    rx.extend(octets.as_bytes());
    let mut events = Vec::new();
    loop {
        match client.poll(rx)? {
            Progress::Event(event) => events.push(event),
            _ => return Ok(events),
        }
    }
}

fn client_at(pipelining: Pipelining, steps: &[(&str, &str)]) -> Set<Client> {
    let client = Client::new(client_config().with_pipelining(pipelining));
    let rx = client.new_inbox();
    let mut set = (client, rx);
    for (command, reply) in steps {
        if !command.is_empty() {
            say(&mut set.0, command).unwrap();
        }
        hear(&mut set, reply).unwrap();
    }
    set
}

const GREETED: (&str, &str) = ("", "+OK\r\n");
const USER: (&str, &str) = ("login", "+OK\r\n");
/// The reply to `CAPA` of a server that takes tokens.
const OFFER: &str = "+OK\r\nSASL OAUTHBEARER\r\n.\r\n";
const PASS: (&str, &str) = ("", "+OK\r\n");

fn one_by_one(command: &str, reply: &str) -> Set<Client> {
    client_at(Pipelining::Never, &[GREETED, USER, PASS, (command, reply)])
}

fn overlapped(command: &str, reply: &str) -> Set<Client> {
    client_at(Pipelining::Always, &[GREETED, USER, PASS, (command, reply)])
}

fn tls_client(replies: &str) -> Set<Client> {
    let client = Client::new(client::Config::new(Security::StartTls(Policy::Required)));
    let rx = client.new_inbox();
    let mut set = (client, rx);
    for reply in replies.split_inclusive('\n') {
        let _ = hear(&mut set, reply);
    }
    set
}

const AUTHORIZATION: &str = "capa login login_with utf8 lang quit";
const AT_REST: &str = "capa lang stat list uidl retr top dele noop rset quit";
const TRANSACTION: &str = "capa stat list uidl retr top dele noop rset quit";
const AND_DISCARD: &str = "capa stat list uidl retr top dele noop rset quit discard";

const CLIENT: &[Row<Client>] = &[
    ("before the greeting", || client_at(Pipelining::Always, &[]), ""),
    ("AUTHORIZATION", || client_at(Pipelining::Always, &[GREETED]), AUTHORIZATION),
    ("CAPA in flight", || client_at(Pipelining::Always, &[GREETED, ("capa", "")]), ""),
    (
        "in the capabilities",
        || client_at(Pipelining::Always, &[GREETED, ("capa", "+OK\r\nTOP\r\n")]),
        "",
    ),
    ("USER in flight", || client_at(Pipelining::Always, &[GREETED, ("login", "")]), ""),
    ("PASS in flight", || client_at(Pipelining::Always, &[GREETED, USER]), ""),
    (
        "a refused login",
        || client_at(Pipelining::Always, &[GREETED, ("login", "-ERR\r\n")]),
        AUTHORIZATION,
    ),
    (
        "CAPA of a login in flight",
        || client_at(Pipelining::Always, &[GREETED, ("login_with", "")]),
        "",
    ),
    (
        "waiting for a token",
        || client_at(Pipelining::Always, &[GREETED, ("login_with", OFFER)]),
        "token",
    ),
    (
        "about to tell that a token is needed",
        || {
            let mut set = client_at(Pipelining::Always, &[GREETED, ("capa", OFFER)]);
            set.0.login_with(login()).unwrap();
            set
        },
        "",
    ),
    (
        "AUTH in flight",
        || client_at(Pipelining::Always, &[GREETED, ("login_with", OFFER), ("token", "")]),
        "",
    ),
    (
        "a refused AUTH",
        || {
            let token = ("token", "-ERR [AUTH] no\r\n");
            let mut set = client_at(Pipelining::Always, &[GREETED, ("login_with", OFFER), token]);
            set.0.decline();
            hear(&mut set, "").unwrap();
            set
        },
        AUTHORIZATION,
    ),
    ("LANG in flight", || overlapped("lang", ""), TRANSACTION),
    ("TRANSACTION", || one_by_one("noop", "+OK\r\n"), AT_REST),
    ("RETR in flight", || one_by_one("retr", ""), ""),
    ("in a message", || one_by_one("retr", "+OK\r\nab"), "discard"),
    (
        "in a discarded message",
        || {
            let mut set = one_by_one("retr", "+OK\r\nab");
            set.0.discard().unwrap();
            set
        },
        "",
    ),
    ("in a listing", || one_by_one("list", "+OK\r\n1 2\r\n"), ""),
    ("RETR in flight, overlapped", || overlapped("retr", ""), TRANSACTION),
    (
        "a message and more, overlapped",
        || {
            let mut set = overlapped("retr", "+OK\r\nab");
            set.0.dele(1).unwrap();
            set.0.retr(2).unwrap();
            set
        },
        AND_DISCARD,
    ),
    (
        "a discarded message and more, overlapped",
        || {
            let mut set = overlapped("retr", "+OK\r\nab");
            set.0.discard().unwrap();
            set.0.retr(2).unwrap();
            set
        },
        TRANSACTION,
    ),
    ("in a listing, overlapped", || overlapped("list", "+OK\r\n1 2\r\n"), TRANSACTION),
    (
        "RETR and QUIT in flight",
        || {
            let mut set = overlapped("retr", "");
            set.0.quit().unwrap();
            set
        },
        "",
    ),
    (
        "in a message before QUIT",
        || {
            let mut set = overlapped("retr", "");
            set.0.quit().unwrap();
            hear(&mut set, "+OK\r\nab").unwrap();
            set
        },
        "discard",
    ),
    (
        "shutting down in a message",
        || {
            let mut set = overlapped("retr", "+OK\r\nab");
            set.0.shutdown();
            hear(&mut set, "").unwrap();
            set
        },
        "",
    ),
    ("STLS in flight", || tls_client("+OK\r\n"), ""),
    ("in the upgrade", || tls_client("+OK\r\n+OK\r\n"), ""),
    (
        "closed",
        || {
            let mut set = one_by_one("quit", "+OK\r\n");
            assert_eq!(set.0.poll(&mut set.1), Ok(Progress::Closed));
            set
        },
        "",
    ),
    ("refused by the greeting", || client_at(Pipelining::Always, &[("", "-ERR no\r\n")]), ""),
    (
        "failed",
        || {
            let mut set = one_by_one("noop", "");
            set.1.set_eof();
            assert!(hear(&mut set, "").is_err());
            set
        },
        "",
    ),
    (
        "failing, with outcomes to tell",
        || {
            let mut set = overlapped("retr", "");
            set.0.retr(2).unwrap();
            set.0.retr(3).unwrap();
            flush(&mut set.0);
            set.1.set_eof();
            assert!(matches!(
                set.0.poll(&mut set.1),
                Ok(Progress::Event(client::Event::Lost { .. }))
            ));
            set
        },
        "",
    ),
    (
        "out of time",
        || {
            let mut set = overlapped("retr", "+OK\r\nab");
            let timer = set.0.timers()[0];
            set.0.on_timeout(timer);
            set
        },
        "discard",
    ),
];

#[test]
fn every_command_in_every_state_of_the_client_is_legal_or_without_effect() {
    for (state, make, legal) in CLIENT {
        for command in COMMANDS {
            let mut set = make();
            let answer = say(&mut set.0, command);
            if legal.split(' ').any(|call| call == command) {
                assert_eq!(answer, Ok(()), "{state}: {command}");
                assert_ne!(look(&mut set), look(&mut make()), "{state}: {command} does something");
                continue;
            }
            let misuse = match command {
                "discard" | "token" => Misuse::NothingPending,
                "login" if ["STLS in flight", "in the upgrade"].contains(state) => {
                    Misuse::ClearText
                }
                _ => Misuse::NotNow,
            };
            assert_eq!(answer, Err(Error::Misuse(misuse)), "{state}: {command}");
            assert_eq!(look(&mut set), look(&mut make()), "{state}: {command} changed something");
        }
    }
}

/// `is_ready` is what commands go by.
#[test]
fn a_client_is_ready_where_a_command_is_legal() {
    for (state, make, legal) in CLIENT {
        assert_eq!(make().0.is_ready(), legal.contains("quit"), "{state}");
    }
}

#[test]
fn a_client_has_nothing_to_decline_but_a_question_of_its_login() {
    for (state, make, legal) in CLIENT {
        let mut set = make();
        set.0.decline();
        assert_eq!(look(&mut set) == look(&mut make()), *legal != "token", "{state}");
    }
}

/// Wherever it comes, the session ends once the server has said what was due: with `QUIT` where one
/// is legal, and with the connection.
#[test]
fn a_shutdown_in_every_state_of_the_client_ends_the_session() {
    for (state, make, _) in CLIENT {
        for hang_up in [false, true] {
            let (mut client, mut rx) = make();
            client.shutdown();
            client.shutdown();
            assert!(!client.is_ready(), "{state}");
            let mut said = String::new();
            for step in 0.. {
                assert!(step < 100, "{state}: does not end, said {said}");
                let progress = client.poll(&mut rx);
                let octets = client.outbox().remaining();
                said += &String::from_utf8_lossy(&client.outbox().copy_to_bytes(octets));
                match progress {
                    Ok(Progress::Wait { input: true, .. }) if hang_up => rx.set_eof(),
                    // Ends whatever is coming in, and agrees to what is due.
                    Ok(Progress::Wait { input: true, .. })
                        if client.state() == postrider_pop3::State::Transaction =>
                    {
                        rx.extend(b"\r\n.\r\n-ERR\r\n-ERR\r\n-ERR\r\n");
                    }
                    Ok(Progress::Wait { input: true, .. }) => _ = rx.extend(b"+OK\r\n.\r\n"),
                    Ok(Progress::StartTls(_) | Progress::Closed) | Err(_) => break,
                    Ok(_) => {}
                }
            }
            assert!(said.matches("QUIT").count() <= 1, "{state}: {said}");
        }
    }
}
