//! Client against server: what was put in comes out (law 7).

mod common;

use bytes::Bytes;
use common::{Guest, Host};
use postrider_imap::client::{self, Client};
use postrider_imap::server::{self, Server};
use postrider_imap::{FetchAttribute, Partial, Section, SequenceSet};
use postrider_testkit::{Embedder, Outcome, Pair, PairEnd, PairRun};
use postrider_wire::{ClearTextLogin, Policy, Security};

fn pair(
    policies: (Policy, Policy),
    mails: Vec<Bytes>,
    attributes: Vec<FetchAttribute>,
    password: &'static str,
) -> Pair<Client, Server> {
    let client = move || {
        let config = client::Config::new(Security::StartTls(policies.0))
            .with_clear_text_login(ClearTextLogin::Allow);
        let guest = Guest::new("mrc", password, SequenceSet::all()).fetching(attributes.clone());
        (Client::new(config), Box::new(guest) as Box<dyn Embedder<Client>>)
    };
    let server = move || {
        let config = server::Config::new(Security::StartTls(policies.1))
            .with_clear_text_login(ClearTextLogin::Allow);
        let host = Host::new(mails.clone());
        (Server::new(config), Box::new(host) as Box<dyn Embedder<Server>>)
    };
    Pair::new(client, server)
}

fn finished(run: &PairRun<Client, Server>) {
    assert_eq!(run.end, PairEnd::Finished);
    assert_eq!(run.client.outcome(), &Outcome::Closed);
    assert_eq!(run.server.outcome(), &Outcome::Closed);
}

#[test]
fn mails_arrive_octet_for_octet_over_narrow_pipes() {
    let large: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    let mails = vec![Bytes::from(large), Bytes::new(), Bytes::from_static(b")\r\na003 OK\r\n{3}")];
    let whole = vec![FetchAttribute::body(Section::all())];
    let pair = pair((Policy::Never, Policy::Never), mails.clone(), whole, "secret");
    for seed in 0..10 {
        let run = pair.run(seed);
        finished(&run);
        assert_eq!(run.client.payload(), mails.concat());
    }
}

#[test]
fn tls_is_agreed_and_then_the_mails_arrive() {
    let mails = vec![Bytes::from_static(b"Subject: one\r\n\r\nHello\r\n")];
    let attributes = vec![
        FetchAttribute::Flags,
        FetchAttribute::Rfc822Header,
        FetchAttribute::Rfc822Text,
        FetchAttribute::Uid,
    ];
    for policy in [Policy::Opportunistic, Policy::Required] {
        let mails = mails.clone();
        let run =
            pair((policy, policy), mails.clone(), attributes.clone(), "p\u{e4}ss\"word").run(7);
        finished(&run);
        assert_eq!(run.client.payload(), mails.concat());
        assert!(!run.client.output().starts_with(b"a001 LOGIN"));
    }
}

#[test]
fn parts_of_a_section_put_together_are_the_section() {
    let mail = Bytes::from_static(b"Subject: one\r\n\r\nHello\r\n");
    let partial = |origin, octets| FetchAttribute::BodySection {
        section: Section::all(),
        peek: true,
        partial: Some(Partial::new(origin, octets).unwrap()),
    };
    let attributes = vec![partial(0, 5), partial(5, 10), partial(15, 1000), partial(99, 1)];
    let run = pair((Policy::Never, Policy::Never), vec![mail.clone()], attributes, "x").run(1);
    finished(&run);
    assert_eq!(run.client.payload(), mail);
    let origins: Vec<_> = run
        .client
        .events()
        .filter_map(|event| match event {
            client::Event::BodyBegin { origin, declared, .. } => Some((*origin, *declared)),
            _ => None,
        })
        .collect();
    let expected = [(0, 5), (5, 10), (15, 8), (99, 0)].map(|(o, d)| (Some(o), Some(d)));
    assert_eq!(origins, expected);
}

#[test]
fn a_client_that_requires_tls_says_no_password_to_a_server_without() {
    let run = pair((Policy::Required, Policy::Never), vec![], vec![], "secret").run(3);
    assert_eq!(run.end, PairEnd::Finished);
    assert!(!String::from_utf8_lossy(run.client.output()).contains("login"));
    assert!(matches!(run.client.outcome(), Outcome::Failed(_)));
}
