//! The laws of the contract, for a client that sends whole transactions and logs in.

use crate::talk;

use bytes::Bytes;
use postrider_sasl::Mechanism;
use postrider_sasl::client::{Choice, Credentials};
use postrider_smtp::client::{Chunking, Client, Config, Content, Event, Login, Partial};
use postrider_smtp::{EhloName, Limits};
use postrider_testkit::{Embedder, Outcome, Role, Scenario, laws};
use postrider_wire::{ClearTextLogin, Policy, Secret, Security};
use talk::mail_to;

/// What a client keeps of a session with one mail; its outbox holds little here.
const CLIENT_STATE: usize = 12 * 1024;

const TO: &[&str] = &["Jones@foo.com", "Green@foo.com", "Brown@foo.com"];

fn config(policy: Policy) -> Config {
    let limits = Limits::client().with_line(200).with_inbox(256).with_reply(8, 400);
    let name = EhloName::parse("bar.com").unwrap();
    Config::new(name, Security::StartTls(policy)).with_limits(limits.with_in_flight(120))
}

/// Sends one mail to three recipients, then quits.
struct Sends {
    content: Content,
    payload: Option<Bytes>,
    /// Stops in the middle of the payload, to see what the server says.
    stalls: bool,
    token: &'static str,
}

impl Embedder<Client> for Sends {
    fn on_event(&mut self, client: &mut Client, event: &Event) {
        // Refused where the session is over.
        let _ = match event {
            Event::Ready { .. } => client.send(mail_to(TO, self.content.clone())),
            Event::Payload => {
                self.payload = Some(Bytes::from_static(b".\r\nHi\n..\r\nthere"));
                Ok(())
            }
            Event::Sent(_) => {
                self.payload = None;
                client.quit()
            }
            Event::NeedToken(_) => client.token(Secret::new(self.token.into())),
            Event::DeriveKey(due) => client.key(due.derive()),
            _ => Ok(()),
        };
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        let Some(payload) = &mut self.payload else { return false };
        if payload.is_empty() {
            let goes_on = !self.stalls;
            if goes_on {
                self.payload = None;
            }
            return goes_on && client.finish_payload().is_ok();
        }
        client.write_payload(payload).is_ok_and(|n| n > 0)
    }
}

fn scenario(title: &str, config: Config, content: Content, stalls: bool) -> Scenario<Client> {
    let make = move || {
        let sends = Sends { content: content.clone(), payload: None, stalls, token: "bearertoken" };
        (Client::new(config.clone()), Box::new(sends) as Box<dyn Embedder<Client>>)
    };
    Scenario::new(title, make)
        .classify(|_: &Event| Role::Other)
        .state_limit(CLIENT_STATE)
        .debug()
        .tap(|client: &mut Client, tap| client.set_tap(tap))
}

fn whole(title: &str) -> Scenario<Client> {
    scenario(title, config(Policy::Never), Content::whole(&b".\r\nHi\n..\r\nthere"[..]), false)
}

fn streamed(title: &str, stalls: bool) -> Scenario<Client> {
    scenario(title, config(Policy::Never), Content::streamed(None), stalls)
}

const GREETING: &str = "220-foo.com\r\n220 ready\r\n";
const PIPELINING: &str = "250-foo.com greets bar.com\r\n250-PIPELINING\r\n250 SIZE\r\n";
const CHUNKING: &str = "250-foo.com\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 BINARYMIME\r\n";
const PLAIN: &str = "250 foo.com\r\n";

/// Three of four commands fit into the flight of these tests.
const ACCEPTED: [&str; 4] =
    ["250 2.1.0 OK\r\n", "250 2.1.5 OK\r\n", "550-no\r\n550 no\r\n", "250 OK\r\n"];

fn turns(scenario: Scenario<Client>, turns: &[&str]) -> Scenario<Client> {
    turns.iter().fold(scenario, |scenario, turn| scenario.turn(*turn))
}

#[test]
fn they_are_kept_when_all_goes_well() {
    for make in [whole, |title: &str| streamed(title, false)] {
        for hello in [PIPELINING, PLAIN] {
            let scenario = make("well").turn(GREETING).turn(hello);
            let scenario = turns(scenario, &ACCEPTED).turn("354 go\r\n");
            let scenario = scenario.turn("250 2.0.0 taken\r\n").turn("221 bye\r\n");
            laws::all(&scenario);
            let run = scenario.run();
            let reports = run.events().filter(|event| matches!(event, Event::Sent(_)));
            assert_eq!(reports.count(), 1);
            assert_eq!(run.outcome(), &Outcome::Closed);
            let said = String::from_utf8_lossy(run.output()).into_owned();
            assert!(said.ends_with("DATA\r\n..\r\nHi\r\n...\r\nthere\r\n.\r\nQUIT\r\n"), "{said}");
        }
    }
}

#[test]
fn they_are_kept_when_nobody_is_accepted() {
    for hello in [PIPELINING, PLAIN] {
        for data in ["503 no\r\n", "354 go\r\n"] {
            let scenario = whole("nobody").turn(GREETING).turn(hello).turn("250 OK\r\n");
            let scenario = turns(scenario, &["550 no\r\n", "451 later\r\n", "550 no\r\n"]);
            let scenario = if hello == PIPELINING { scenario.turn(data) } else { scenario };
            laws::all(&scenario.turn("250 reset\r\n").turn("221 bye\r\n"));
        }
    }
    for hello in [PIPELINING, PLAIN] {
        let scenario = whole("no sender").turn(GREETING).turn(hello).turn("550 5.7.1 no\r\n");
        laws::all(&turns(scenario, &["503 no\r\n", "503 no\r\n", "503 no\r\n", "221 bye\r\n"]));
    }
}

#[test]
fn they_are_kept_when_policy_wants_all_or_nothing() {
    let config = config(Policy::Never).with_partial(Partial::AllOrNothing);
    let make = || scenario("all", config.clone(), Content::whole(&b"Hi\r\n"[..]), false);
    let scenario = turns(make().turn(GREETING).turn(PIPELINING), &ACCEPTED);
    laws::all(&scenario.turn("250 reset\r\n").turn("221 bye\r\n"));
    let all = turns(make().turn(GREETING).turn(PIPELINING), &["250 OK\r\n"; 4]);
    laws::all(&all.turn("354 go\r\n").turn("250 taken\r\n").turn("221 bye\r\n"));
}

#[test]
fn they_are_kept_when_the_mail_goes_in_chunks() {
    let always = config(Policy::Never).with_chunking(Chunking::Always);
    for answer in ["250 taken\r\n", "554 spam\r\n", "421 bye\r\n", "354 what?\r\n"] {
        let content = Content::whole(&b"Hi\r\nthere\r\n"[..]);
        let scenario = scenario("chunk", always.clone(), content, false);
        let scenario = turns(scenario.turn(GREETING).turn(CHUNKING), &ACCEPTED);
        laws::all(&scenario.turn(answer).turn("250 reset\r\n").turn("221 bye\r\n"));
    }
    // More than one chunk, of a mail whose size nobody knows.
    let make = move || {
        let sends = Gathers { left: 70_000, writes: false };
        let client = Client::new(always.clone());
        (client, Box::new(sends) as Box<dyn Embedder<Client>>)
    };
    let limit = CLIENT_STATE + 3 * 64 * 1024;
    for last in ["250 taken\r\n", "552 enough\r\n"] {
        let scenario = Scenario::new("gathered", make.clone())
            .classify(|_: &Event| Role::Other)
            .state_limit(limit);
        let scenario = turns(scenario.turn(GREETING).turn(CHUNKING), &ACCEPTED);
        let scenario = scenario.turn("250 chunk\r\n").turn("250 chunk\r\n").turn(last);
        laws::all(&scenario.turn("250 reset\r\n").turn("221 bye\r\n"));
    }
}

/// Writes so many octets.
struct Gathers {
    left: usize,
    writes: bool,
}

impl Embedder<Client> for Gathers {
    fn on_event(&mut self, client: &mut Client, event: &Event) {
        let _ = match event {
            Event::Ready { .. } => client.send(mail_to(TO, Content::streamed(None))),
            Event::Payload => {
                self.writes = true;
                Ok(())
            }
            Event::Sent(_) => {
                self.writes = false;
                client.quit()
            }
            _ => Ok(()),
        };
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        if !self.writes {
            return false;
        }
        if self.left == 0 {
            self.writes = false;
            return client.finish_payload().is_ok();
        }
        let mut piece = Bytes::from(vec![b'x'; self.left.min(10_000)]);
        let written = client.write_payload(&mut piece).unwrap_or(0);
        self.left -= written;
        written > 0
    }
}

#[test]
fn they_are_kept_by_lmtp() {
    let content = || Content::whole(&b"Hi\r\n"[..]);
    for verdicts in ["250 OK\r\n452 full\r\n", "250 OK\r\n421 bye\r\n", "250 OK\r\nwhat?\r\n"] {
        let scenario = scenario("lmtp", config(Policy::Never).with_lmtp(), content(), false);
        let scenario = turns(scenario.turn(GREETING).turn(PIPELINING), &ACCEPTED);
        laws::all(&scenario.turn("354 go\r\n").turn(verdicts).turn("221 bye\r\n"));
    }
}

#[test]
fn they_are_kept_when_the_server_closes_or_raves_at_any_time() {
    let all = [&[GREETING, PIPELINING][..], &ACCEPTED, &["354 go\r\n", "250 taken\r\n"]].concat();
    for before in 0..=all.len() {
        for end in ["421 4.3.2 shutting down\r\n", "354 go\r\n", "nonsense\r\n"] {
            laws::all(&turns(whole("closing"), &all[..before]).turn(end));
            laws::all(&turns(streamed("closing", false), &all[..before]).turn(end));
        }
    }
}

#[test]
fn they_are_kept_when_the_payload_is_interrupted() {
    for answer in ["552 5.3.4 enough\r\n", "250 taken already\r\n", "nonsense\r\n"] {
        let scenario = streamed("interrupted", true).turn(GREETING).turn(PIPELINING);
        laws::all(&turns(scenario, &ACCEPTED).turn("354 go\r\n").turn(answer));
    }
}

#[test]
fn they_are_kept_by_a_login() {
    let tim = || Credentials::password("tim", Secret::new("tanstaaftanstaaf".into())).unwrap();
    let only = |mechanism| {
        Choice::default()
            .with_mechanisms([mechanism])
            .with_clear_text(ClearTextLogin::Allow)
            .with_cram_md5(ClearTextLogin::Allow)
    };
    let challenge = "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n";
    let token = Credentials::token_on_demand("u@example.com").unwrap();
    let scram_nonsense = "334 cj1hYmMscz1NREV5TXc9PSxpPTQwOTY=\r\n";
    for (credentials, mechanism, challenges) in [
        (tim(), Mechanism::Plain, &[][..]),
        (tim(), Mechanism::Login, &["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"]),
        (tim(), Mechanism::CramMd5, &[challenge]),
        (tim(), Mechanism::ScramSha1, &[scram_nonsense]),
        (token.clone(), Mechanism::XOAuth2, &["334 e30=\r\n", "535 no\r\n"]),
        (token, Mechanism::OAuthBearer, &["334 ~\r\n"]),
    ] {
        for answer in ["235 2.7.0 welcome\r\n", "535 5.7.8 no\r\n", "421 bye\r\n", "250-a\r\n"] {
            let login = Login::new(credentials.clone(), [7; 32]).with_choice(only(mechanism));
            let config = config(Policy::Never).with_login(login);
            let content = Content::whole(&b"Hi\r\n"[..]);
            let scenario = scenario("login", config, content, false)
                .secret(b"tanstaaftanstaaf")
                .secret(b"bearertoken")
                .turn(GREETING)
                .turn(format!("250-foo.com\r\n250-PIPELINING\r\n250 AUTH {mechanism}\r\n"));
            let scenario = turns(turns(scenario, challenges).turn(answer), &ACCEPTED);
            laws::all(&scenario.turn("354 go\r\n").turn("250 taken\r\n").turn("221 bye\r\n"));
        }
    }
}

#[test]
fn they_are_kept_through_tls() {
    let content = Content::whole(&b"Hi\r\n"[..]);
    let tls = scenario("tls", config(Policy::Required), content, false).turn(GREETING);
    let tls = tls.turn("250-foo.com\r\n250 STARTTLS\r\n").turn("220 go\r\n").turn(PIPELINING);
    laws::all(&turns(tls, &ACCEPTED).turn("354 go\r\n").turn("250 taken\r\n").turn("221 bye\r\n"));
}
