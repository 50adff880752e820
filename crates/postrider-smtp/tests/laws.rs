//! Both machines under the laws of the contract.

use bytes::Bytes;
use postrider_smtp::client::{self, Client};
use postrider_smtp::server::{self, Server};
use postrider_smtp::{EhloName, ForwardPath, Limits, MailParameters, Reply, ReversePath};
use postrider_testkit::{Declines, Embedder, Role, Scenario, embedder, laws};
use postrider_wire::{Machine, Policy, Security};

fn name(text: &str) -> EhloName {
    EhloName::parse(text).unwrap()
}

/// The outbox of a server, and what it keeps of a session.
const SERVER_STATE: usize = 12 * 1024;
/// What a client keeps of a session; its outbox holds little here.
const CLIENT_STATE: usize = 8 * 1024;

// --- the server ---

fn decide(server: &mut Server, event: &server::Event) {
    let verdict = match event {
        server::Event::Rcpt { path, .. } if path.to_string().starts_with("<Green@") => {
            server.reject(Reply::new(550, "No such user here").unwrap())
        }
        server::Event::Chunk(_) | server::Event::Aborted(_) | server::Event::Reset => return,
        _ => server.accept(),
    };
    verdict.unwrap();
}

fn server_role(event: &server::Event) -> Role {
    match event {
        server::Event::DataBegin => Role::Begin,
        server::Event::DataEnd => Role::End,
        server::Event::Aborted(_) => Role::Aborted,
        _ => Role::Other,
    }
}

fn server(title: &str, policy: Policy, limits: Limits) -> Scenario<Server> {
    let make = move || {
        let config = server::Config::new(name("foo.com"), Security::StartTls(policy));
        let server = Server::new(config.with_limits(limits.clone()));
        (server, embedder(decide, |_: &mut Server| false))
    };
    Scenario::new(title, make)
        .classify(server_role)
        .state_limit(SERVER_STATE)
        .debug()
        .tap(|server: &mut Server, tap| server.set_tap(tap))
}

fn small() -> Limits {
    Limits::server().with_line(80).with_inbox(128).with_message(64)
}

const ENVELOPE: &str = "MAIL FROM:<a@bar.com>\r\nRCPT TO:<b@foo.com>\r\nDATA\r\n";

#[test]
fn the_server_keeps_them_in_turns() {
    let scenario = server("turns", Policy::Never, small())
        .turn("EHLO bar.com\r\n")
        .turn("MAIL FROM:<Smith@bar.com> SIZE=30\r\n")
        .turn("RCPT TO:<Jones@foo.com>\r\n")
        .turn("RCPT TO:<Green@foo.com>\r\n")
        .turn("DATA\r\n")
        .turn("Blah\r\n..\r\n.x\r\n\r\n.\r\n")
        .turn("RSET\r\nQUIT\r\n");
    laws::all(&scenario);
}

#[test]
fn the_server_keeps_them_in_a_pipelined_group() {
    let mail = format!("HELO b\r\n{ENVELOPE}.\r\n{ENVELOPE}Hi\r\n.\r\nNOOP\r\nVRFY x\r\nQUIT\r\n");
    laws::all(&server("group", Policy::Never, small()).turn(mail));
}

#[test]
fn the_server_keeps_them_on_smuggled_mail() {
    let mail =
        format!("HELO b\r\n{ENVELOPE}a\n.\nMAIL FROM:<x@y>\r\n\0\r\n.\r\n{ENVELOPE}b\r\n.\r\n");
    laws::all(&server("smuggling", Policy::Never, Limits::server()).turn(mail));
}

#[test]
fn the_server_keeps_them_on_mail_that_is_too_large() {
    let body = "twenty octets a line\r\n".repeat(5);
    let mail = format!("HELO b\r\n{ENVELOPE}{body}\n.\r\n");
    laws::all(&server("size", Policy::Never, small()).turn(mail).turn("QUIT\r\n"));
}

#[test]
fn the_server_keeps_them_on_nonsense() {
    let long = "x".repeat(200);
    let nonsense =
        format!("\r\n\0\r\nEHLO\r\n{long}\r\nDATA\r\nMAIL FROM:<\r\n\nQUIT\n{long}\r\nRSET\r\n");
    let scenario = server("nonsense", Policy::Never, small().with_bad_commands(7));
    laws::all(&scenario.turn(nonsense));
}

#[test]
fn the_server_keeps_them_through_tls() {
    let scenario = server("tls", Policy::Required, small())
        .turn("EHLO bar.com\r\nMAIL FROM:<>\r\nAUTH PLAIN AGJvYgBzZWNyZXQ=\r\n")
        .turn("STARTTLS\r\n")
        .turn(format!("RSET\r\nEHLO bar.com\r\n{ENVELOPE}Hi\r\n.\r\nSTARTTLS\r\nQUIT\r\n"))
        .secret(b"AGJvYgBzZWNyZXQ=");
    laws::all(&scenario);
}

#[test]
fn the_server_keeps_them_on_commands_behind_starttls() {
    let scenario = server("injection", Policy::Opportunistic, small());
    laws::all(&scenario.turn("EHLO bar.com\r\n").turn("STARTTLS\r\nRSET\r\n"));
}

#[test]
fn the_server_keeps_them_when_all_is_declined() {
    let make = || {
        let config = server::Config::new(name("foo.com"), Security::StartTls(Policy::Never));
        (Server::new(config), Box::new(Declines) as Box<dyn Embedder<Server>>)
    };
    let scenario =
        Scenario::new("declined", make).turn("EHLO b\r\nHELO b\r\nMAIL FROM:<>\r\nQUIT\r\n");
    laws::all(&scenario);
}

// --- the client ---

/// Sends one mail to two recipients, then quits.
struct Sends {
    payload: Bytes,
    /// Stops in the middle of the payload, to see what the server says.
    stalls: bool,
    /// `DataBegin` came and the payload has not ended.
    writing: bool,
}

impl Embedder<Client> for Sends {
    fn on_event(&mut self, client: &mut Client, event: &client::Event) {
        let path = |text| ForwardPath::parse(text).unwrap();
        let said = match event {
            client::Event::Ready { .. } => {
                client.mail(ReversePath::parse("a@bar.com").unwrap(), MailParameters::new())
            }
            client::Event::Mail(_) => client.rcpt(path("Jones@foo.com")),
            client::Event::Rcpt { path: to, .. } if to.to_string().starts_with("<Jones@") => {
                client.rcpt(path("Green@foo.com"))
            }
            client::Event::Rcpt { .. } => client.data(),
            client::Event::DataBegin(_) => {
                self.writing = true;
                return;
            }
            client::Event::End(_) => {
                self.writing = false;
                client.quit()
            }
            _ => return,
        };
        // Refused where the session is over.
        let _ = said;
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        if !self.writing {
            return false;
        }
        if self.payload.is_empty() {
            self.writing = self.stalls;
            return !self.stalls && client.finish_payload().is_ok();
        }
        client.write_payload(&mut self.payload).is_ok_and(|n| n > 0)
    }
}

/// A client takes no payload in. That each transaction has one end, `tests/outcomes.rs` shows.
fn no_payload(_: &client::Event) -> Role {
    Role::Other
}

fn client_that(title: &str, policy: Policy, stalls: bool) -> Scenario<Client> {
    let make = move || {
        let config = client::Config::new(name("bar.com"), Security::StartTls(policy));
        let limits = Limits::client().with_line(100).with_inbox(128).with_reply(8, 200);
        let payload = Bytes::from_static(b".\r\nHi\n..\r\nthere");
        let sends = Sends { payload, stalls, writing: false };
        (Client::new(config.with_limits(limits)), Box::new(sends) as Box<dyn Embedder<Client>>)
    };
    Scenario::new(title, make)
        .classify(no_payload)
        .state_limit(CLIENT_STATE)
        .debug()
        .tap(|client: &mut Client, tap| client.set_tap(tap))
}

fn client(title: &str, policy: Policy) -> Scenario<Client> {
    client_that(title, policy, false)
}

const GREETING: &str = "220-foo.com\r\n220 ready\r\n";
const EHLO: &str = "250-foo.com greets bar.com\r\n250-8BITMIME\r\n250-SIZE\r\n250 STARTTLS\r\n";

fn greeted(scenario: Scenario<Client>) -> Scenario<Client> {
    scenario.turn(GREETING).turn(EHLO)
}

#[test]
fn the_client_keeps_them_when_all_goes_well() {
    let scenario = greeted(client("well", Policy::Never))
        .turn("250 2.1.0 OK\r\n")
        .turn("250 2.1.5 OK\r\n")
        .turn("550-5.1.1 No such\r\n550 5.1.1 user here\r\n")
        .turn("354 go ahead\r\n")
        .turn("250 2.0.0 taken\r\n")
        .turn("221 bye\r\n");
    laws::all(&scenario);
}

#[test]
fn the_client_keeps_them_when_the_server_knows_only_helo() {
    let scenario = client("helo", Policy::Opportunistic)
        .turn("220 foo.com\n")
        .turn("502 what?\n")
        .turn("250 foo.com\n")
        .turn("250\n")
        .turn("250\n")
        .turn("250\n")
        .turn("354\n")
        .turn("451 4.3.0 later\n")
        .turn("221\n");
    laws::all(&scenario);
}

#[test]
fn the_client_keeps_them_through_tls() {
    let scenario = greeted(client("tls", Policy::Required))
        .turn("220 go ahead\r\n")
        .turn("250 foo.com\r\n")
        .turn("550 5.7.1 not you\r\n")
        .turn("221 bye\r\n");
    laws::all(&scenario);
}

#[test]
fn the_client_keeps_them_when_tls_is_refused_injected_or_stripped() {
    for (title, answer) in [("refused", "454 4.7.0 no\r\n"), ("injected", "220 go\r\n250 x\r\n")] {
        laws::all(&greeted(client(title, Policy::Required)).turn(answer));
        laws::all(&greeted(client(title, Policy::Opportunistic)).turn(answer).turn("250\r\n"));
    }
    laws::all(&client("stripped", Policy::Required).turn(GREETING).turn("250 foo.com\r\n"));
}

#[test]
fn the_client_keeps_them_when_nobody_is_accepted() {
    let refused = |answer| {
        greeted(client("nobody", Policy::Never))
            .turn("250 OK\r\n")
            .turn("550 no\r\n")
            .turn("452 4.5.3 too many\r\n")
            .turn(answer)
    };
    laws::all(&refused("554 5.5.1 no valid recipients\r\n").turn("250 reset\r\n").turn("221\r\n"));
    laws::all(&refused("354 send it all the same\r\n").turn("250 thanks\r\n").turn("221\r\n"));
}

#[test]
fn the_client_keeps_them_when_the_server_closes_at_any_time() {
    let turns =
        [GREETING, EHLO, "250 OK\r\n", "250 OK\r\n", "250 OK\r\n", "354 go\r\n", "250 OK\r\n"];
    for before in 0..turns.len() {
        let scenario = client("closing", Policy::Never);
        let scenario = turns[..before].iter().fold(scenario, |all, turn| all.turn(*turn));
        laws::all(&scenario.turn("421 4.3.2 shutting down\r\n"));
    }
}

#[test]
fn the_client_keeps_them_when_the_payload_is_interrupted() {
    for answer in ["552 5.3.4 enough\r\n", "250 taken already\r\n", "nonsense\r\n"] {
        let scenario = greeted(client_that("interrupted", Policy::Never, true));
        let scenario = scenario.turn("250\r\n").turn("250\r\n").turn("250\r\n").turn("354\r\n");
        laws::all(&scenario.turn(answer));
    }
}

#[test]
fn the_client_keeps_them_on_nonsense() {
    let endless = "250-more\r\n".repeat(20);
    let long = "250 ".to_owned() + &"x".repeat(200) + "\r\n";
    for nonsense in [&endless[..], &long, "1\r\n", "\r\n", "999 x\r\n", "250_x\r\n", "354 go\r\n"] {
        laws::all(&client("nonsense", Policy::Never).turn(GREETING).turn(nonsense));
        laws::all(&client("at once", Policy::Never).turn(nonsense));
    }
}

#[test]
fn the_client_keeps_them_on_mixed_codes() {
    let scenario =
        client("mixed", Policy::Never).turn(GREETING).turn("250-a\r\n550-b\r\n421 c\r\n");
    laws::all(&scenario.turn("550-no\r\n250 yes\r\n").turn("221\r\n"));
}

#[test]
fn shutting_down_is_legal_at_any_time() {
    let turns =
        [GREETING, EHLO, "250 OK\r\n", "250 OK\r\n", "250 OK\r\n", "354 go\r\n", "250 OK\r\n"];
    for before in 0..turns.len() {
        let make = move || {
            let config = client::Config::new(name("bar.com"), Security::StartTls(Policy::Never));
            let payload = Bytes::from_static(b"Hi");
            let mut sends = Sends { payload, stalls: true, writing: false };
            let mut events = 0;
            let on_event = move |client: &mut Client, event: &client::Event| {
                events += 1;
                if events == before {
                    client.shutdown();
                }
                sends.on_event(client, event);
            };
            (Client::new(config), embedder(on_event, |_| false))
        };
        let scenario = Scenario::new("shutdown", make).classify(no_payload);
        let scenario = scenario.turn(GREETING).turn(EHLO);
        laws::all(&scenario.turn("250\r\n").turn("250\r\n").turn("250\r\n").turn("354\r\n"));
    }
}

#[test]
fn a_large_mail_costs_no_more_memory_than_a_read() {
    let line = "seventy octets and a line end make up a line of a mail that is large\r\n";
    let limits = Limits::server().with_message(1 << 30);
    let scenario = server("large", Policy::Never, limits).turn("HELO b\r\n").turn(ENVELOPE);
    // Chunks share the read buffer, so two of them may be alive at once.
    let scenario = scenario.turn(line.repeat(5000) + ".\r\n").state_limit(SERVER_STATE + 64 * 1024);
    laws::memory(&scenario);
    assert_eq!(scenario.run().payload().len(), 5000 * line.len());
}

#[test]
fn an_idle_machine_is_small() {
    assert!(size_of::<Server>() <= 1024, "{}", size_of::<Server>());
    assert!(size_of::<Client>() <= 1024, "{}", size_of::<Client>());
}
