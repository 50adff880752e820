//! SMTP smuggling (CVE-2023-51764, -51765, -51766, CVE-2024-27305): only CRLF.CRLF ends a mail, at
//! the server and from the client.

use crate::common;

use bytes::Bytes;
use common::{Sends, client, members, name, takes_mail, unhex};
use postrider_smtp::server::{Config, Event, Server};
use postrider_testkit::{Role, Scenario, laws, read_shared};
use postrider_wire::dot::{BareNewlines, OutgoingNewlines};
use postrider_wire::{AbortReason, MachineEvent, Policy, Security};

const ENVELOPE: &str = "HELO b\r\nMAIL FROM:<a@bar.com>\r\nRCPT TO:<b@foo.com>\r\nDATA\r\n";
const SMUGGLED: &[u8] = b"MAIL FROM:<evil@y>\r\n";

struct Vector {
    name: String,
    octets: Vec<u8>,
    ends: bool,
    bare: bool,
}

fn vectors() -> Vec<Vector> {
    let Some(json) = read_shared("vectors/smtp/end-of-data.json") else { return Vec::new() };
    let json = String::from_utf8(json).unwrap();
    let (names, octets) = (members(&json, "name"), members(&json, "hex"));
    let (ends, bare) = (members(&json, "ends_data"), members(&json, "strict_reject"));
    assert_eq!([names.len(), octets.len(), ends.len(), bare.len()], [25; 4]);
    let rows = names.into_iter().zip(octets).zip(ends.into_iter().zip(bare));
    rows.map(|((name, octets), (ends, bare))| Vector {
        name,
        octets: unhex(&octets),
        ends: ends == "true",
        bare: bare == "true",
    })
    .collect()
}

fn server(title: &str, policy: BareNewlines, mail: Vec<u8>) -> Scenario<Server> {
    let make = move || {
        let config = Config::new(name("foo.com"), Security::StartTls(Policy::Never));
        (Server::new(config.with_bare_newlines(policy)), takes_mail())
    };
    let role = |event: &Event| match event {
        Event::DataBegin => Role::Begin,
        Event::DataEnd => Role::End,
        Event::Aborted(_) => Role::Aborted,
        _ => Role::Other,
    };
    Scenario::new(title, make).classify(role).turn(ENVELOPE).turn(mail).held_open()
}

/// Behind these, what looks like commands is content of the mail.
#[test]
fn only_crlf_dot_crlf_ends_a_mail_however_it_is_cut() {
    for vector in vectors() {
        let at_start = vector.name.starts_with("first");
        let texts: &[&[u8]] = if at_start { &[b""] } else { &[b"", b"text"] };
        for (text, policy) in texts.iter().flat_map(|text| {
            [BareNewlines::Reject, BareNewlines::Normalize, BareNewlines::Keep]
                .map(|policy| (text, policy))
        }) {
            let mail = [text, &vector.octets[..], SMUGGLED].concat();
            let scenario = server(&vector.name, policy, mail);
            laws::cuts(&scenario);
            let run = scenario.run();
            let mails = run.events().filter(|event| matches!(event, Event::Mail { .. })).count();
            assert_eq!(mails == 2, vector.ends, "{} {policy:?}", vector.name);
            let aborted = Event::Aborted(AbortReason::BareNewline);
            let refused = run.events().any(|event| *event == aborted);
            let strict = policy == BareNewlines::Reject && vector.bare;
            assert_eq!(refused, strict, "{} {policy:?}", vector.name);
            let said = String::from_utf8(run.output().to_vec()).unwrap();
            assert_eq!(said.contains("550 5.5.2 "), strict && vector.ends, "{}", vector.name);
        }
    }
}

/// Every vector, in a mail of a user: the client's own end is the only one.
#[test]
fn a_client_never_ends_a_mail_early() {
    for vector in vectors() {
        for mail in [vector.octets.clone(), [b"text", &vector.octets[..], b"text"].concat()] {
            let sends = mail.clone();
            let make =
                move || (client(Policy::Never), Sends::new("a@b", &["c@d"], &[&sends]).boxed());
            let scenario = Scenario::new(&vector.name, make).classify(|_| Role::Other);
            let scenario = scenario.turn("220\r\n").turn("250\r\n").turn("250\r\n").turn("250\r\n");
            let run = scenario.turn("354\r\n").turn("250\r\n").turn("221\r\n").run();
            let said = run.output();
            let start = find(said, b"DATA\r\n").unwrap() + 4;
            let end = said.len() - b"QUIT\r\n".len();
            let sent = &said[start..end];
            assert_eq!(find(sent, b"\r\n.\r\n"), Some(sent.len() - 5), "{}", vector.name);
            let bare = sent.iter().enumerate().any(|(at, octet)| match octet {
                b'\n' => at == 0 || sent[at - 1] != b'\r',
                b'\r' => sent.get(at + 1) != Some(&b'\n'),
                _ => false,
            });
            assert!(!bare, "{}: {}", vector.name, sent.escape_ascii());
        }
    }
}

fn find(octets: &[u8], what: &[u8]) -> Option<usize> {
    octets.windows(what.len()).position(|window| window == what)
}

#[test]
fn a_client_that_must_not_change_the_mail_refuses_bare_newlines_and_sends_no_dot() {
    use postrider_smtp::client::{Client, Config, Event, Outcome};
    let make = || {
        let config = Config::new(name("bar.com"), Security::StartTls(Policy::Never));
        let client = Client::new(config.with_newlines(OutgoingNewlines::Refuse));
        (client, Sends::new("a@b", &["c@d"], &[b"a\n.\r\n"]).boxed())
    };
    let scenario = Scenario::new("refuse", make).classify(|_| Role::Other);
    let scenario = scenario.turn("220\r\n").turn("250\r\n").turn("250\r\n").turn("250\r\n");
    let run = scenario.turn("354\r\n").turn("250 too late\r\n").run();
    assert_eq!(run.events().last(), Some(&Event::End(Outcome::NotSent)));
    assert!(run.output().ends_with(b"DATA\r\na"), "{}", run.output().escape_ascii());
}

#[test]
fn a_mail_that_was_swallowed_is_followed_by_commands_again() {
    let mail = format!("a\n.\nQUIT\r\n.\r\n{}clean\r\n.\r\nQUIT\r\n", &ENVELOPE[8..]);
    let run = server("in sync", BareNewlines::Reject, mail.into_bytes()).run();
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    let codes: Vec<&str> = said.lines().map(|line| &line[..3]).collect();
    let expected = ["220", "250", "250", "250", "354", "550", "250", "250", "354", "250", "221"];
    assert_eq!(codes, expected);
    assert!(run.payload().ends_with(b"clean\r\n"));
    let chunk = Event::Chunk(Bytes::from_static(b"x"));
    assert_eq!(chunk.payload().unwrap(), &b"x"[..]);
}
