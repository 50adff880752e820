//! What a mail needs is said or refused by the single commands too (RFC 3030 §3, RFC 6531 §3.4, RFC 8689
//! §2, RFC 3461 §4), and a server that answers a chunk at once is no fault.

use crate::common;

use bytes::{Buf, Bytes};
use common::name;
use postrider_smtp::client::{Client, Config, Event};
use postrider_smtp::{
    Body, EnvelopeId, Error, ForwardPath, MailParameters, Notify, RcptParameters, ReversePath,
};
use postrider_wire::{Inbox, Machine, Policy, Progress, Security};

struct Talk {
    client: Client,
    inbox: Inbox,
    events: Vec<Event>,
}

impl Talk {
    fn with(keywords: &str) -> Self {
        let never = Security::StartTls(Policy::Never);
        let client = Client::new(Config::new(name("bar.com"), never));
        let inbox = client.new_inbox();
        let mut talk = Self { client, inbox, events: Vec::new() };
        talk.hear("220 foo.com\r\n").unwrap();
        talk.hear(&format!("250-foo.com\r\n{keywords}")).unwrap();
        assert!(talk.client.is_ready());
        talk
    }

    /// What the client says to this.
    fn hear(&mut self, octets: &str) -> Result<String, Error> {
        self.inbox.extend(octets.as_bytes());
        let mut said = String::new();
        loop {
            match self.client.poll(&mut self.inbox)? {
                Progress::Event(event) => self.events.push(event),
                _ if self.client.outbox().remaining() == 0 => return Ok(said),
                _ => {
                    let n = self.client.outbox().remaining();
                    let octets = self.client.outbox().copy_to_bytes(n);
                    said.push_str(&String::from_utf8_lossy(&octets));
                }
            }
        }
    }
}

fn from(text: &str) -> ReversePath {
    ReversePath::parse(text).unwrap()
}

#[test]
fn binarymime_is_said_where_it_is_offered_and_an_error_where_not() {
    let binary = || MailParameters::new().with_body(Body::BinaryMime);
    let mut talk = Talk::with("250-BINARYMIME\r\n250 CHUNKING\r\n");
    talk.client.mail(from("a@b"), binary()).unwrap();
    assert_eq!(talk.hear("").unwrap(), "MAIL FROM:<a@b> BODY=BINARYMIME\r\n");
    for keywords in ["250 CHUNKING\r\n", "250-8BITMIME\r\n250 CHUNKING\r\n"] {
        let called = Talk::with(keywords).client.mail(from("a@b"), binary());
        assert!(called.is_err(), "{keywords}");
    }
}

#[test]
fn a_binary_mail_may_hold_bare_newlines_in_chunks() {
    let mut talk = Talk::with("250-8BITMIME\r\n250-BINARYMIME\r\n250 CHUNKING\r\n");
    talk.client.mail(from("a@b"), MailParameters::new().with_body(Body::BinaryMime)).unwrap();
    talk.hear("").unwrap();
    talk.hear("250 OK\r\n").unwrap();
    talk.client.rcpt(ForwardPath::parse("c@d").unwrap()).unwrap();
    talk.hear("").unwrap();
    talk.hear("250 OK\r\n").unwrap();
    talk.client.bdat(6, true).unwrap();
    let mut octets = Bytes::from_static(b"a\nb\rc\0");
    assert_eq!(talk.client.write_payload(&mut octets), Ok(6));
    talk.client.finish_payload().unwrap();
    assert_eq!(talk.hear("").unwrap(), "BDAT 6 LAST\r\na\nb\rc\0");
}

#[test]
fn an_address_beyond_ascii_needs_smtputf8() {
    let utf8 = || from("\u{fc}ser@b");
    let called = Talk::with("250 8BITMIME\r\n").client.mail(utf8(), MailParameters::new());
    assert!(called.is_err(), "the server would get octets that it did not ask for");
    let mut talk = Talk::with("250-8BITMIME\r\n250 SMTPUTF8\r\n");
    talk.client.mail(utf8(), MailParameters::new()).unwrap();
    assert_eq!(talk.hear("").unwrap(), "MAIL FROM:<\u{fc}ser@b> SMTPUTF8\r\n");
    let mut talk = Talk::with("250-8BITMIME\r\n250 SMTPUTF8\r\n");
    talk.client.mail(from("a@b"), MailParameters::new()).unwrap();
    talk.hear("").unwrap();
    talk.hear("250 OK\r\n").unwrap();
    let called = talk.client.rcpt(ForwardPath::parse("\u{fc}@b").unwrap());
    assert!(called.is_err(), "MAIL did not say SMTPUTF8");
}

#[test]
fn what_is_not_offered_is_not_said() {
    let called = Talk::with("250 8BITMIME\r\n")
        .client
        .mail(from("a@b"), MailParameters::new().with_require_tls(true));
    assert!(called.is_err(), "REQUIRETLS without TLS");
    let envid = MailParameters::new().with_envid(EnvelopeId::parse("QQ314159").unwrap());
    let mut talk = Talk::with("250 8BITMIME\r\n");
    let said = talk.client.mail(from("a@b"), envid).map(|()| talk.hear("").unwrap());
    assert!(said.as_ref().is_err() || said == Ok("MAIL FROM:<a@b>\r\n".to_owned()), "{said:?}");
}

#[test]
fn what_a_recipient_wants_told_is_said_where_it_is_offered() {
    for (keywords, said) in [
        ("250 DSN\r\n", "RCPT TO:<c@d> NOTIFY=NEVER\r\n"),
        ("250 8BITMIME\r\n", "RCPT TO:<c@d>\r\n"),
    ] {
        let mut talk = Talk::with(keywords);
        talk.client.mail(from("a@b"), MailParameters::new()).unwrap();
        talk.hear("").unwrap();
        talk.hear("250 OK\r\n").unwrap();
        let never = RcptParameters::new().with_notify(Notify::never());
        talk.client.rcpt_with(ForwardPath::parse("c@d").unwrap(), never).unwrap();
        assert_eq!(talk.hear("").unwrap(), said);
    }
}

/// The server counts: it would answer a chunk without octets at once, and does not know of
/// `finish_payload`. So nothing of it leaves before.
#[test]
fn an_empty_chunk_is_announced_when_the_embedder_has_finished_it() {
    let mut talk = Talk::with("250 CHUNKING\r\n");
    talk.client.mail(from("a@b"), MailParameters::new()).unwrap();
    talk.hear("").unwrap();
    talk.hear("250 OK\r\n").unwrap();
    talk.client.rcpt(ForwardPath::parse("c@d").unwrap()).unwrap();
    talk.hear("").unwrap();
    talk.hear("250 OK\r\n").unwrap();
    talk.client.bdat(0, false).unwrap();
    assert_eq!(talk.hear("").unwrap(), "");
    talk.client.finish_payload().unwrap();
    assert_eq!(talk.hear("").unwrap(), "BDAT 0\r\n");
    talk.hear("250 OK\r\n").unwrap();
    assert!(matches!(talk.events.last(), Some(Event::Bdat(_))), "{:?}", talk.events);
}
