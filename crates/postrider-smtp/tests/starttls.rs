//! "Why TLS is better without STARTTLS" (USENIX Security 2021), CVE-2011-0411, CVE-2024-34083. The fake
//! servers of the study are in `starttls_scripts.rs`.

use crate::common;

use common::{Sends, client, server, takes_mail};
use postrider_smtp::Error;
use postrider_smtp::client::{Client, Event};
use postrider_testkit::{Embedder, Outcome, Role, Scenario, Told};
use postrider_wire::{MachineError, Policy};

const EHLO: &str = "250-foo.com\r\n250-8BITMIME\r\n250 STARTTLS\r\n";

fn sends() -> Box<dyn Embedder<Client>> {
    Sends::new("a@bar.com", &["b@foo.com"], &[b"secret mail"]).boxed()
}

fn opening(policy: Policy) -> Scenario<Client> {
    let scenario = Scenario::new("opening", move || (client(policy), sends()));
    scenario.classify(|_| Role::Other).turn("220 foo.com\r\n")
}

#[test]
fn plaintext_behind_the_starttls_command_is_fatal() {
    for behind in ["EHLO evil\r\n", "E", "\r\n", "\0"] {
        for policy in [Policy::Required, Policy::Opportunistic] {
            let scenario = Scenario::new("server", move || (server(policy), takes_mail()))
                .turn("EHLO bar.com\r\n")
                .turn(format!("STARTTLS\r\n{behind}"));
            let run = scenario.run();
            let Outcome::Failed(error) = run.outcome() else { panic!("{run:?}") };
            assert!(matches!(error, Error::PlaintextBehindTls { .. }));
            assert_eq!(error.offset(), Some(24));
            assert!(!run.told().contains(&Told::Tls));
        }
    }
}

#[test]
fn plaintext_behind_the_reply_to_starttls_is_fatal() {
    for behind in ["250 foo.com\r\n", "2", "\r\n"] {
        for policy in [Policy::Required, Policy::Opportunistic] {
            let scenario = opening(policy).turn(EHLO).turn(format!("220 go\r\n{behind}"));
            let run = scenario.run();
            let Outcome::Failed(error) = run.outcome() else { panic!("{run:?}") };
            assert!(matches!(error, Error::PlaintextBehindTls { .. }));
            assert_eq!(run.events().count(), 0);
        }
    }
}

#[test]
fn under_required_nothing_is_said_to_a_server_without_tls() {
    let answers: [&[&str]; 6] = [
        &["250 foo.com\r\n"],
        &["500 what?\r\n"],
        &[EHLO, "454 4.7.0 no\r\n"],
        &[EHLO, "502 no\r\n"],
        &[EHLO, "354 hm\r\n"],
        &[EHLO, "421 bye\r\n"],
    ];
    for turns in answers {
        let run = turns.iter().fold(opening(Policy::Required), |all, turn| all.turn(*turn)).run();
        assert!(matches!(run.outcome(), Outcome::Failed(_)), "{run:?}");
        assert_eq!(run.events().count(), 0, "{run:?}");
        let said = String::from_utf8(run.output().to_vec()).unwrap();
        assert!(["EHLO bar.com\r\n", "EHLO bar.com\r\nSTARTTLS\r\n"].contains(&&said[..]));
    }
}

#[test]
fn a_server_that_requires_tls_takes_nothing_before_it() {
    // RFC 3207 §4: "530 Must issue a STARTTLS command first to every command other than NOOP, EHLO, STARTTLS,
    // or QUIT".
    let early = "EHLO b\r\nMAIL FROM:<a@b>\r\nRCPT TO:<b@c>\r\nDATA\r\nRSET\r\nVRFY x\r\nHELO b\r\nNOOP\r\n";
    let scenario = Scenario::new("required", || (server(Policy::Required), takes_mail()));
    let run = scenario.turn(early).run();
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    let codes: Vec<&str> = said.lines().skip(8).map(|line| &line[..9]).collect();
    let refused = "530 5.7.0";
    assert_eq!(codes, [refused, refused, refused, refused, refused, "530 must ", "250 2.0.0"]);
    assert_eq!(run.events().count(), 1);
}

#[test]
fn a_server_forgets_what_it_heard_in_the_clear() {
    let make = || {
        let server = server(Policy::Opportunistic);
        (server, takes_mail())
    };
    let scenario = Scenario::new("stale", make)
        .turn("EHLO in.the.clear\r\n")
        .turn("STARTTLS\r\n")
        .turn("MAIL FROM:<a@b>\r\nEHLO under.tls\r\nSTARTTLS\r\n");
    let run = scenario.run();
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    assert!(said.contains("220 2.0.0 ready to start TLS\r\n503 5.5.1 "), "{said}");
    assert_eq!(said.matches("250 STARTTLS").count(), 1, "not offered again: {said}");
    assert!(said.ends_with("503 5.5.1 TLS is active already\r\n"), "{said}");
}

#[test]
fn a_client_asks_again_for_what_it_heard_in_the_clear() {
    let run = opening(Policy::Opportunistic)
        .turn(EHLO)
        .turn("220 go\r\n")
        .turn("250-foo.com\r\n250 SIZE 77\r\n")
        .turn("550 no\r\n")
        .run();
    let ready = run.events().find_map(|event| match event {
        Event::Ready { capabilities, .. } => Some(capabilities),
        _ => None,
    });
    assert_eq!(ready.unwrap().lines().collect::<Vec<_>>(), ["SIZE 77"]);
    assert_eq!(run.told()[0], Told::Tls, "nothing was told before");
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    assert!(said.starts_with("EHLO bar.com\r\nSTARTTLS\r\nEHLO bar.com\r\nMAIL "), "{said}");
}

#[test]
fn a_transaction_in_the_clear_does_not_survive_the_upgrade() {
    let scenario = Scenario::new("mail", || (server(Policy::Opportunistic), takes_mail()));
    let run = scenario.turn("EHLO b\r\nMAIL FROM:<a@b>\r\nSTARTTLS\r\n").run();
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    assert!(said.ends_with("503 5.5.1 bad sequence of commands\r\n"), "{said}");
}
