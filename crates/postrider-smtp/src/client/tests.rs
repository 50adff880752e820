extern crate std;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::{Buf, Bytes};
use postrider_wire::{
    ErrorKind, Inbox, Machine, MachineError, OutboxWriter, Policy, Progress, Security, TimerKind,
    TlsInfo, TlsUpgrade,
};

use super::{Client, Config, Event, Outcome};
use crate::{
    Body, EhloName, Error, Extension, ForwardPath, Limits, MailParameters, Misuse, ReversePath,
    SizeOffer, State,
};

const NOT_NOW: Result<(), Error> = Err(Error::Misuse(Misuse::NotNow));

/// Small, so that the tests meet its end.
const OUTBOX: usize = 64;

/// A client and its inbox, driven by hand.
struct Session {
    client: Client,
    inbox: Inbox,
    /// What was said last, in answer to all that was heard.
    last: String,
}

impl Session {
    fn new(policy: Policy) -> Self {
        let name = EhloName::parse("bar.com").unwrap();
        let limits = Limits::client().with_reply(5, 100).with_outbox(OUTBOX);
        let config = Config::new(name, Security::StartTls(policy)).with_limits(limits);
        let client = Client::new(config);
        let inbox = client.new_inbox();
        Self { client, inbox, last: String::new() }
    }

    /// A session that is ready, with these extensions.
    fn ready(extensions: &[&str]) -> Self {
        let mut session = Self::new(Policy::Never);
        session.hear("220 foo.com\r\n");
        let lines: String = extensions.iter().map(|line| format!("250-{line}\r\n")).collect();
        let lines = format!("250-foo.com\r\n{lines}250 HELP\r\n");
        assert!(matches!(&session.hear(&lines)[..], [Event::Ready { .. }]));
        session
    }

    /// A session in which `DATA` was answered with 354.
    fn in_payload() -> Self {
        let mut session = Self::ready(&[]);
        session.mail().unwrap();
        session.hear("250 OK\r\n");
        session.rcpt().unwrap();
        session.hear("250 OK\r\n");
        session.client.data().unwrap();
        session.hear("354 go\r\n");
        session
    }

    fn mail(&mut self) -> Result<(), Error> {
        let path = ReversePath::parse("a@bar.com").unwrap();
        self.client.mail(path, MailParameters::new())
    }

    fn rcpt(&mut self) -> Result<(), Error> {
        self.client.rcpt(ForwardPath::parse("b@foo.com").unwrap())
    }

    fn said(&mut self) -> String {
        let n = self.client.outbox().remaining();
        String::from_utf8(self.client.outbox().copy_to_bytes(n).to_vec()).unwrap()
    }

    /// Flushes, lets this arrive, and returns what is told.
    fn hear(&mut self, octets: &str) -> Vec<Event> {
        let (events, end) = self.hear_to_end(octets);
        assert_eq!(end, Ok(()));
        events
    }

    fn hear_to_end(&mut self, octets: &str) -> (Vec<Event>, Result<(), Error>) {
        let mut events = Vec::new();
        let mut octets = octets.as_bytes();
        loop {
            match self.client.poll(&mut self.inbox) {
                Ok(Progress::Event(event)) => events.push(event),
                Ok(Progress::Wait { .. }) if self.client.outbox().has_remaining() => {
                    let left = self.said();
                    if octets.is_empty() {
                        // What was said last is still to be looked at.
                        self.last = left;
                        return (events, Ok(()));
                    }
                }
                Ok(Progress::Wait { .. }) if octets.is_empty() => return (events, Ok(())),
                Ok(Progress::Wait { .. }) => {
                    let n = self.inbox.extend(octets);
                    octets = &octets[n..];
                }
                Ok(_) => return (events, Ok(())),
                Err(error) => return (events, Err(error)),
            }
        }
    }
}

#[test]
fn commands_that_the_state_does_not_have_are_misuse() {
    let mut session = Session::new(Policy::Never);
    assert_eq!(session.client.noop(), NOT_NOW, "before the greeting");
    let mut session = Session::ready(&[]);
    assert_eq!(session.rcpt(), NOT_NOW);
    assert_eq!(session.client.data(), NOT_NOW);
    session.client.noop().unwrap();
    assert_eq!(session.client.noop(), NOT_NOW, "one is in flight");
    assert!(matches!(&session.hear("250 OK\r\n")[..], [Event::Noop(_)]));
    session.mail().unwrap();
    session.hear("250 OK\r\n");
    assert_eq!(session.mail(), NOT_NOW, "a transaction is open");
    let nothing = Err(Error::Misuse(Misuse::NothingPending));
    assert_eq!(session.client.write_payload(&mut Bytes::new()), nothing.clone().map(|()| 0));
    assert_eq!(session.client.finish_payload(), nothing);
    assert_eq!(session.client.abort(), nothing);
}

#[test]
fn what_is_declared_is_sent_where_it_is_offered() {
    let said = |extensions: &[&str], parameters| {
        let mut session = Session::ready(extensions);
        session.client.mail(ReversePath::null(), parameters).map(|()| session.said())
    };
    let all = MailParameters::new().with_size(7).with_body(Body::EightBitMime);
    let line = "MAIL FROM:<> SIZE=7 BODY=8BITMIME\r\n";
    assert_eq!(said(&["size 100", "8bitmime"], all.clone()).as_deref(), Ok(line));
    assert_eq!(said(&[], all), Err(Error::Misuse(Misuse::EightBitNotOffered)));
    let seven = MailParameters::new().with_size(7).with_body(Body::SevenBit);
    assert_eq!(said(&[], seven).as_deref(), Ok("MAIL FROM:<>\r\n"));
}

#[test]
fn the_size_offer_is_read_as_rfc_1870_means_it() {
    for (line, offer) in [
        ("SIZE 100", Some(SizeOffer::AtMost(100))),
        ("size", Some(SizeOffer::NoMaximum)),
        ("SIZE 0", Some(SizeOffer::NoMaximum)),
        ("SIZE=5", None),
        ("RESIZE 5", None),
    ] {
        assert_eq!(Session::ready(&[line]).client.capabilities().size(), offer, "{line}");
    }
}

#[test]
fn auth_and_limits_are_read_as_servers_write_them() {
    let session = Session::ready(&["AUTH PLAIN  login", "AUTH=GSSAPI", "AUTHX Y"]);
    let offered = session.client.capabilities();
    assert_eq!(offered.auth().collect::<Vec<_>>(), ["PLAIN", "login", "GSSAPI"]);
    assert!(offered.has(Extension::Auth) && !offered.has(Extension::Dsn));
    assert!(!Session::ready(&["AUTH"]).client.capabilities().has(Extension::Auth));
    // RFC 9422 §3: what is not understood is ignored.
    let line = "limits RCPTMAX=20 mailmax=5 RCPTDOMAINMAX=0 X=1 Y";
    let limits = Session::ready(&[line]).client.capabilities().limits();
    assert_eq!(
        (limits.mail_max, limits.rcpt_max, limits.rcpt_domain_max),
        (Some(5), Some(20), None)
    );
    // RFC 9422 §4.1: `%x31-39 0*5DIGIT ; "0" not allowed, six-digit maximum`.
    for wrong in ["+5", "-1", "1000000", "0000005", "05", "5x"] {
        let limits =
            Session::ready(&[&format!("LIMITS MAILMAX={wrong}")]).client.capabilities().limits();
        assert_eq!(limits.mail_max, None, "{wrong}");
    }
    // RFC 9422 §3.7: "Syntax errors in the basic parameter syntax are best handled by ignoring the value in
    // its entirety".
    for wrong in ["X=", "=5", "X;Y", "X=a;b", "\u{e9}", "X=\u{e9}", "MAILMAX:5"] {
        let line = format!("LIMITS RCPTMAX=20 {wrong}");
        let limits = Session::ready(&[&line]).client.capabilities().limits();
        assert_eq!(limits.rcpt_max, None, "{wrong}");
    }
    let limits = Session::ready(&["LIMITS X=a=b RCPTMAX=999999"]).client.capabilities().limits();
    assert_eq!(limits.rcpt_max, Some(999_999));
}

#[test]
fn what_is_wrong_with_a_reply_that_is_taken_is_told() {
    for (wire, mixed_codes, missing_text, bare_lf) in [
        ("250 2.0.0 OK\r\n", false, false, false),
        ("250-a\r\n251 b\r\n", true, false, false),
        ("250\r\n", false, true, false),
        ("250-\r\n250 \r\n", false, false, false),
        ("250 OK\n", false, false, true),
        ("250-a\n550\r\n", true, true, true),
    ] {
        let mut session = Session::ready(&[]);
        session.client.noop().unwrap();
        session.said();
        let events = session.hear(wire);
        let [Event::Noop(reply)] = &events[..] else { panic!("{wire:?}: {events:?}") };
        let defects = reply.defects();
        let told = (defects.mixed_codes, defects.missing_text, defects.bare_lf);
        assert_eq!(told, (mixed_codes, missing_text, bare_lf), "{wire:?}");
        assert_eq!((reply.code(), defects.any()), (250, mixed_codes || missing_text || bare_lf));
    }
}

#[test]
fn a_refusing_greeting_is_answered_with_quit() {
    let mut session = Session::new(Policy::Required);
    let events = session.hear("554 no service here\r\n");
    assert!(matches!(&events[..], [Event::Refused(reply)] if reply.code() == 554));
    assert_eq!(session.last, "QUIT\r\n");
    assert_eq!(session.hear("221 bye\r\n"), []);
    assert_eq!(session.client.poll(&mut session.inbox), Ok(Progress::Closed));
}

#[test]
fn helo_is_said_to_a_server_that_does_not_know_ehlo() {
    let mut session = Session::new(Policy::Opportunistic);
    session.hear("220 foo.com\r\n");
    assert_eq!(session.last, "EHLO bar.com\r\n");
    session.hear("500 what?\r\n");
    assert_eq!(session.last, "HELO bar.com\r\n");
    let events = session.hear("250-foo.com\r\n250 SIZE\r\n");
    let [Event::Ready { capabilities, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(capabilities.lines().count(), 0, "HELO offers nothing");
}

#[test]
fn a_refused_mail_ends_its_transaction_and_not_the_session() {
    let mut session = Session::ready(&[]);
    session.mail().unwrap();
    let events = session.hear("451 4.7.1 later\r\n");
    assert!(matches!(&events[..], [Event::End(Outcome::Refused(reply))] if reply.is_transient()));
    session.mail().unwrap();
}

/// A session with an open transaction, whose recipients were answered like this.
fn with_recipients(answers: &[&str]) -> Session {
    let mut session = Session::ready(&[]);
    session.mail().unwrap();
    session.hear("250 OK\r\n");
    for answer in answers {
        session.rcpt().unwrap();
        let events = session.hear(answer);
        assert!(matches!(&events[..], [Event::Rcpt { .. }]), "{events:?}");
    }
    session
}

#[test]
fn data_without_an_accepted_recipient_is_not_said_and_the_transaction_stays_open() {
    let nobody = Err(Error::Misuse(Misuse::NoRecipient));
    for answers in [&[][..], &["450 4.2.0 later\r\n"], &["450 later\r\n", "550 no\r\n"]] {
        let mut session = with_recipients(answers);
        assert_eq!(session.client.data(), nobody, "{answers:?}");
        assert_eq!(session.said(), "");
        assert_eq!(session.hear(""), []);
        session.client.rset().unwrap();
        let events = session.hear("250 OK\r\n");
        let [Event::End(Outcome::NotSent), Event::Reset(_)] = &events[..] else {
            panic!("{events:?}")
        };
        session.mail().unwrap();

        let mut session = with_recipients(answers);
        assert_eq!(session.client.data(), nobody);
        session.client.quit().unwrap();
        assert_eq!(session.hear("221 bye\r\n"), [Event::End(Outcome::NotSent)]);

        let mut session = with_recipients(answers);
        assert_eq!(session.client.data(), nobody);
        session.rcpt().unwrap();
        session.hear("250 OK\r\n");
        session.client.data().unwrap();
    }
    let mut session = with_recipients(&["250 OK\r\n", "450 later\r\n"]);
    session.client.data().unwrap();
}

#[test]
fn a_refused_data_is_tidied_up_with_rset() {
    let mut session = with_recipients(&["250 OK\r\n"]);
    session.client.data().unwrap();
    assert_eq!(session.hear("451 4.3.0 later\r\n"), []);
    assert_eq!(session.last, "RSET\r\n");
    let events = session.hear("250 OK\r\n");
    assert!(matches!(&events[..], [Event::End(Outcome::Refused(reply))] if reply.code() == 451));
    session.mail().unwrap();
}

#[test]
fn without_an_accepted_recipient_354_gets_a_lone_dot() {
    let mut session = with_recipients(&["250 OK\r\n"]);
    session.client.data().unwrap();
    // As when the command had gone out before the answers to RCPT were here (RFC 2920 §3.1).
    session.client.state = State::Mail;
    assert_eq!(session.hear("354 go\r\n"), []);
    assert_eq!(session.last, ".\r\n");
    assert_eq!(session.hear("250 thanks\r\n"), [Event::End(Outcome::NotSent)]);
}

#[test]
fn a_positive_reply_to_data_is_no_answer() {
    let mut session = Session::ready(&[]);
    session.mail().unwrap();
    session.hear("250 OK\r\n");
    session.rcpt().unwrap();
    session.hear("250 OK\r\n");
    session.client.data().unwrap();
    let (events, end) = session.hear_to_end("250 OK\r\n");
    assert_eq!(events, [Event::End(Outcome::NotSent)]);
    assert_eq!(end.unwrap_err().kind(), ErrorKind::Peer);
}

#[test]
fn an_aborted_mail_gets_no_dot() {
    let mut session = Session::in_payload();
    session.client.write_payload(&mut Bytes::from_static(b"Hi\r\n")).unwrap();
    session.client.abort().unwrap();
    assert_eq!(session.hear("")[..], [Event::End(Outcome::NotSent)]);
    assert_eq!(session.last, "Hi\r\n");
    assert_eq!(session.client.poll(&mut session.inbox), Ok(Progress::Closed));
}

#[test]
fn a_hang_up_behind_the_final_dot_leaves_the_outcome_unknown() {
    let mut session = Session::in_payload();
    session.client.finish_payload().unwrap();
    session.inbox.set_eof();
    session.said();
    let end = Event::End(Outcome::Unknown);
    assert_eq!(session.client.poll(&mut session.inbox), Ok(Progress::Event(end)));
    let error = session.client.poll(&mut session.inbox).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Eof);
}

#[test]
fn each_wait_has_the_time_of_rfc_5321() {
    let minutes = |session: &Session| {
        let timer = session.client.timers().iter().find(|timer| timer.kind == TimerKind::Reply);
        timer.map(|timer| timer.after.as_secs() / 60)
    };
    let mut session = Session::new(Policy::Never);
    assert_eq!(minutes(&session), Some(5), "greeting");
    session.hear("220\r\n");
    session.hear("250\r\n");
    assert_eq!(minutes(&session), None, "nothing is due");
    session.mail().unwrap();
    assert_eq!(minutes(&session), Some(5), "MAIL");
    session.hear("250\r\n");
    session.rcpt().unwrap();
    assert_eq!(minutes(&session), Some(5), "RCPT");
    session.hear("250\r\n");
    session.client.data().unwrap();
    assert_eq!(minutes(&session), Some(2), "DATA");
    session.hear("354\r\n");
    session.client.write_payload(&mut Bytes::from_static(b"x")).unwrap();
    let _ = session.client.poll(&mut session.inbox);
    let block = session.client.timers()[0];
    assert_eq!((block.kind, block.after.as_secs()), (TimerKind::Progress, 180));
    session.client.finish_payload().unwrap();
    assert_eq!(minutes(&session), Some(10), "the final dot");
    session.said();
    let timer = session.client.timers()[0];
    session.client.on_timeout(timer);
    let (events, end) = session.hear_to_end("");
    assert_eq!((events, end), (Vec::from([Event::End(Outcome::Unknown)]), Err(Error::Timeout)));
}

#[test]
fn replies_are_bounded_in_lines_and_text() {
    let endless = "220-x\r\n".repeat(6);
    let wide = format!("220-{}\r\n", "x".repeat(60)).repeat(2);
    for greeting in [endless, wide] {
        let (_, end) = Session::new(Policy::Never).hear_to_end(&greeting);
        assert_eq!(end.unwrap_err().kind(), ErrorKind::Limit);
    }
    let long = "220 ".to_owned() + &"x".repeat(5000);
    let (_, end) = Session::new(Policy::Never).hear_to_end(&long);
    assert_eq!(end, Err(Error::LineTooLong { offset: 0 }));
}

#[test]
fn a_reply_that_nobody_asked_for_is_fatal_unless_it_says_goodbye() {
    let (_, end) = Session::ready(&[]).hear_to_end("250 OK\r\n");
    assert_eq!(end.unwrap_err().kind(), ErrorKind::Peer);
    let events = Session::ready(&[]).hear("421 4.3.2 shutting down\r\n");
    assert!(matches!(&events[..], [Event::Refused(reply)] if reply.is_closing()));
}

#[test]
fn the_first_of_mixed_codes_counts() {
    let mut session = Session::ready(&[]);
    session.client.noop().unwrap();
    let events = session.hear("250-one\r\n550 two\r\n");
    let [Event::Noop(reply)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((reply.code(), reply.lines().collect::<Vec<_>>()), (250, ["one", "two"].into()));
    assert!(reply.defects().mixed_codes);
}

#[test]
fn a_client_that_shuts_down_quits_at_the_next_legal_place() {
    let mut session = Session::ready(&[]);
    session.mail().unwrap();
    session.client.shutdown();
    assert!(matches!(&session.hear("250 OK\r\n")[..], [Event::Mail(_)]));
    assert_eq!(session.last, "QUIT\r\n");
    assert_eq!(session.hear("221 bye\r\n"), [Event::End(Outcome::NotSent)]);
}

#[test]
fn a_token_that_is_not_due_changes_nothing_and_the_transaction_gets_its_one_outcome() {
    let not_due = |session: &mut Session| {
        let token = TlsUpgrade::when_quiet(&Inbox::new(1), &OutboxWriter::new(1)).unwrap();
        let answer = session.client.tls_established(token, TlsInfo::new(), Inbox::new(1));
        assert_eq!(answer.unwrap_err(), Error::Misuse(Misuse::NoUpgrade));
    };
    let mut session = Session::ready(&[]);
    session.mail().unwrap();
    not_due(&mut session);
    session.hear("250 OK\r\n");
    not_due(&mut session);
    session.rcpt().unwrap();
    session.hear("250 OK\r\n");
    session.client.data().unwrap();
    session.hear("354 go\r\n");
    session.client.write_payload(&mut Bytes::from_static(b"Hi")).unwrap();
    not_due(&mut session);
    assert_eq!(session.client.tls(), None);
    session.client.write_payload(&mut Bytes::from_static(b"gh\r\n")).unwrap();
    session.client.finish_payload().unwrap();
    assert_eq!(session.said(), "High\r\n.\r\n");
    let events = session.hear("250 taken\r\n");
    assert!(matches!(&events[..], [Event::End(Outcome::Accepted(_))]), "{events:?}");
    not_due(&mut session);
    assert_eq!(session.hear(""), [], "one outcome, not two");
    session.mail().unwrap();
}

#[test]
fn a_mail_can_be_finished_whenever_its_last_octet_was_taken() {
    for (octets, end) in (0..=3 * OUTBOX).flat_map(|n| ["", "\r\n", "\r", "\n"].map(|e| (n, e))) {
        let mut session = Session::in_payload();
        let body = "x".repeat(octets) + end;
        let (mut payload, mut said) = (Bytes::from(body.clone()), String::new());
        loop {
            session.client.write_payload(&mut payload).unwrap();
            if payload.is_empty() {
                session.client.finish_payload().unwrap();
                break;
            }
            said += &session.said();
        }
        let nothing = Err(Error::Misuse(Misuse::NothingPending));
        assert_eq!(session.client.finish_payload(), nothing);
        assert_eq!(session.client.write_payload(&mut Bytes::new()), nothing.map(|()| 0));
        let waits = Ok(Progress::Wait { input: true, app: false });
        while session.client.poll(&mut session.inbox) == waits {
            let piece = session.said();
            if piece.is_empty() {
                break;
            }
            said += &piece;
        }
        let line = if body.is_empty() { "" } else { "\r\n" };
        assert_eq!(said, format!("{}{line}.\r\n", "x".repeat(octets)), "{octets} and {end:?}");
        let events = session.hear("250 taken\r\n");
        assert!(matches!(&events[..], [Event::End(Outcome::Accepted(_))]), "{octets}: {events:?}");
    }
}

/// A session in which the final dot waits for room.
fn finishing() -> Session {
    let mut session = Session::in_payload();
    let mut payload = Bytes::from("x".repeat(OUTBOX));
    assert_eq!(session.client.write_payload(&mut payload), Ok(OUTBOX));
    session.client.finish_payload().unwrap();
    session
}

#[test]
fn a_mail_whose_final_dot_has_no_room_yet_is_not_sent() {
    let mut session = finishing();
    session.inbox.set_eof();
    let end = Event::End(Outcome::NotSent);
    assert_eq!(session.client.poll(&mut session.inbox), Ok(Progress::Event(end)));
    let mut session = finishing();
    session.client.abort().unwrap();
    assert_eq!(session.hear(""), [Event::End(Outcome::NotSent)]);
    assert!(!session.last.contains('.'), "{}", session.last);
    let mut session = finishing();
    let waits = Ok(Progress::Wait { input: true, app: false });
    assert_eq!(session.client.poll(&mut session.inbox), waits);
    let timer = session.client.timers()[0];
    assert_eq!(timer.kind, TimerKind::Progress);
    session.client.on_timeout(timer);
    let (events, end) = session.hear_to_end("");
    assert_eq!((&events[..], end), (&[Event::End(Outcome::NotSent)][..], Err(Error::Timeout)));
}

#[test]
fn a_client_that_shuts_down_behind_the_last_octet_still_ends_the_mail() {
    let mut session = finishing();
    session.client.shutdown();
    assert_eq!(session.hear(""), []);
    assert!(session.last.ends_with('x'), "{}", session.last);
    assert_eq!(session.hear(""), []);
    assert_eq!(session.last, "\r\n.\r\n");
    let events = session.hear("250 taken\r\n");
    assert!(matches!(&events[..], [Event::End(Outcome::Accepted(_))]), "{events:?}");
    assert_eq!(session.last, "QUIT\r\n");
}

#[test]
fn a_recipient_that_is_never_answered_is_told_so_before_the_end() {
    let path = ForwardPath::parse("b@foo.com").unwrap();
    let unanswered = [Event::Unanswered { path }, Event::End(Outcome::NotSent)];
    for nonsense in ["", "250-half\r\n", "354 go\r\n", "nonsense\r\n", "25"] {
        let mut session = Session::ready(&[]);
        session.mail().unwrap();
        session.hear("250 OK\r\n");
        session.rcpt().unwrap();
        session.hear("");
        session.inbox.extend(nonsense.as_bytes());
        session.inbox.set_eof();
        let (events, end) = session.hear_to_end("");
        assert_eq!(events, unanswered, "{nonsense:?}");
        assert!(end.is_err());
    }
    let mut session = Session::ready(&[]);
    session.mail().unwrap();
    session.hear("250 OK\r\n");
    session.rcpt().unwrap();
    let events = session.hear("421 4.3.2 shutting down\r\n");
    let [Event::Rcpt { .. }, Event::End(Outcome::Refused(_))] = &events[..] else {
        panic!("421 is an answer: {events:?}")
    };
}
