extern crate std;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use postrider_testkit::{Embedder, Outcome, Role, Scenario, embedder};
use postrider_wire::{
    AbortReason, Inbox, Machine, OutboxWriter, Policy, Progress, Security, TimerKind, TlsInfo,
    TlsUpgrade,
};

use super::{Config, Event, Server};
use crate::{EhloName, Error, Limits, Misuse, Reply, State};

fn config() -> Config {
    Config::new(EhloName::parse("foo.com").unwrap(), Security::StartTls(Policy::Never))
}

fn accepts(server: &mut Server, event: &Event) {
    match event {
        Event::Chunk(_) | Event::Aborted(_) | Event::Reset => {}
        Event::Rcpt { path, .. } if path.to_string() == "<no@foo.com>" => {
            server.reject(Reply::new(550, "no such user").unwrap()).unwrap();
        }
        _ => server.accept().unwrap(),
    }
}

fn takes() -> Box<dyn Embedder<Server>> {
    embedder(accepts, |_| false)
}

fn scenario(config: Config) -> Scenario<Server> {
    let role = |event: &Event| match event {
        Event::DataBegin => Role::Begin,
        Event::DataEnd => Role::End,
        Event::Aborted(_) => Role::Aborted,
        _ => Role::Other,
    };
    Scenario::new("server", move || (Server::new(config.clone()), takes())).classify(role)
}

/// What the server says to these lines, behind its greeting and the reply to `HELO`.
fn answers_of(config: Config, lines: &str) -> Vec<String> {
    let run = scenario(config).turn("HELO b\r\n").turn(lines).held_open().run();
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    said.lines().skip(2).map(String::from).collect()
}

fn codes(lines: &str) -> Vec<String> {
    let answers = answers_of(config(), lines);
    answers.iter().map(|line| line.chars().take(9).collect()).collect()
}

#[test]
fn the_keywords_follow_from_the_configuration() {
    let said = |config: Config| {
        let run = scenario(config).turn("EHLO bar.com\r\n").run();
        let said = String::from_utf8(run.output().to_vec()).unwrap();
        said.lines().skip(1).map(String::from).collect::<Vec<_>>()
    };
    let all = config().with_limits(Limits::server().with_message(1000));
    let all = Config { security: Security::StartTls(Policy::Opportunistic), ..all };
    let lines = [
        "250-foo.com greets bar.com",
        "250-PIPELINING",
        "250-SIZE 1000",
        "250-8BITMIME",
        "250-CHUNKING",
        "250-ENHANCEDSTATUSCODES",
        "250 STARTTLS",
    ];
    assert_eq!(said(all), lines);
    let none = config().with_pipelining(false).with_size(false).with_eight_bit_mime(false);
    let none = none.with_chunking(false);
    assert_eq!(said(none.with_enhanced_status_codes(false)), ["250 foo.com greets bar.com"]);
}

#[test]
fn what_is_not_offered_is_not_taken() {
    let bare = || config().with_size(false).with_eight_bit_mime(false);
    for line in ["MAIL FROM:<> SIZE=1\r\n", "MAIL FROM:<> BODY=7BIT\r\n"] {
        assert_eq!(answers_of(bare(), line), ["555 5.5.4 parameter not recognised"]);
    }
    assert_eq!(codes("STARTTLS\r\n"), ["502 5.5.1"]);
    let plain = config().with_enhanced_status_codes(false);
    assert_eq!(
        answers_of(plain, "RCPT TO:<a@b>\r\nNOOP\r\n"),
        ["503 bad sequence of commands", "250 OK"]
    );
}

#[test]
fn commands_out_of_order_are_refused_and_change_nothing() {
    let refused = codes("RCPT TO:<a@b>\r\nDATA\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<c@d>\r\nDATA\r\n");
    assert_eq!(refused, ["503 5.5.1", "503 5.5.1", "250 2.1.0", "503 5.5.1", "503 5.5.1"]);
}

#[test]
fn data_without_an_accepted_recipient_is_refused() {
    let refused =
        codes("MAIL FROM:<a@b>\r\nRCPT TO:<no@foo.com>\r\nDATA\r\nRCPT TO:<b@foo.com>\r\n");
    assert_eq!(refused, ["250 2.1.0", "550 5.0.0", "554 5.5.1", "250 2.1.5"]);
}

#[test]
fn no_answer_to_ehlo_has_an_enhanced_code() {
    let make = || {
        let on_event = |server: &mut Server, _: &Event| server.decline();
        (Server::new(config()), embedder(on_event, |_| false))
    };
    let run = Scenario::new("hello", make).turn("EHLO\r\nHELO a b\r\nEHLO b\r\nNOOP\r\n").run();
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    let said: Vec<&str> = said.lines().skip(1).collect();
    let arguments = "501 syntax error in arguments";
    assert_eq!(said, [arguments, arguments, "502 command not implemented", "250 2.0.0 OK"]);
}

#[test]
fn mail_before_the_client_said_who_it_is_is_refused() {
    let run = scenario(config()).turn("MAIL FROM:<>\r\nNOOP\r\nRSET\r\nVRFY a\r\n").run();
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    let codes: Vec<&str> = said.lines().skip(1).map(|line| &line[..3]).collect();
    assert_eq!(codes, ["503", "250", "250", "252"]);
}

#[test]
fn ehlo_ends_a_transaction_as_rset_does() {
    let mail = "MAIL FROM:<a@b>\r\n";
    let said = codes(&format!("{mail}EHLO b\r\n{mail}RSET\r\n{mail}"));
    assert_eq!(said.iter().filter(|line| *line == "250 2.1.0").count(), 3, "{said:?}");
    let run = scenario(config()).turn(format!("RSET\r\nHELO b\r\nRSET\r\n{mail}RSET\r\n")).run();
    assert_eq!(run.events().filter(|event| **event == Event::Reset).count(), 1);
}

#[test]
fn a_declared_size_beyond_the_limit_is_refused_before_the_mail() {
    let config = || config().with_limits(Limits::server().with_message(10));
    let refused = answers_of(config(), "MAIL FROM:<> SIZE=11\r\nMAIL FROM:<> SIZE=10\r\n");
    assert_eq!(refused, ["552 5.3.4 mail exceeds the largest size", "250 2.1.0 sender OK"]);
}

#[test]
fn a_mail_may_be_as_large_as_the_limit_and_not_an_octet_more() {
    let envelope = "MAIL FROM:<> SIZE=1\r\nRCPT TO:<b@foo.com>\r\nDATA\r\n";
    for (mail, answer) in [
        ("..234567\r\n", "250 2.0.0 OK"),
        ("123456789\r\n", "552 5.3.4 mail exceeds the largest size"),
    ] {
        let config = config().with_limits(Limits::server().with_message(9));
        let said = answers_of(config, &format!("{envelope}{mail}.\r\nQUIT\r\n"));
        assert_eq!(said[3], answer);
        assert_eq!(said[4], "221 2.0.0 closing connection", "in sync again");
    }
}

#[test]
fn too_many_recipients_are_put_off_and_the_others_kept() {
    let config = config().with_limits(Limits::server().with_recipients(2));
    let rcpt = "RCPT TO:<b@foo.com>\r\n";
    let lines =
        format!("MAIL FROM:<>\r\nRCPT TO:<no@foo.com>\r\n{rcpt}{rcpt}{rcpt}DATA\r\nx\r\n.\r\n");
    let said = answers_of(config, &lines);
    assert_eq!(said[4], "452 4.5.3 too many recipients");
    assert_eq!(said.last().unwrap(), "250 2.0.0 OK");
}

#[test]
fn a_line_that_is_too_long_has_one_answer_and_the_next_is_read() {
    for length in [2047, 2048, 5000, 100_000] {
        let said = codes(&format!("{}\r\nNOOP\r\n", "x".repeat(length)));
        assert_eq!(said, ["500 5.5.2", "250 2.0.0"], "{length}");
    }
}

#[test]
fn a_client_that_only_errs_is_sent_away() {
    let said = codes(&"WHAT\r\n".repeat(20));
    assert_eq!(said.len(), 10);
    assert_eq!(said.last().unwrap(), "421 4.7.0");
}

#[test]
fn a_421_from_the_embedder_ends_the_session() {
    let make = || {
        let on_event = |server: &mut Server, _: &Event| {
            server.reject(Reply::new(421, "not today").unwrap()).unwrap();
        };
        (Server::new(config()), embedder(on_event, |_| false))
    };
    let run = Scenario::new("421", make).turn("EHLO b\r\nNOOP\r\n").run();
    assert!(run.output().ends_with(b"421 not today\r\n"));
    assert_eq!(run.outcome(), &Outcome::Closed);
}

fn polled_to_wait(server: &mut Server, inbox: &mut Inbox, last: &Event) {
    loop {
        match server.poll(inbox).unwrap() {
            Progress::Event(event) if event == *last => return,
            Progress::Event(event) => accepts(server, &event),
            progress => panic!("{progress:?}"),
        }
    }
}

const UP_TO_DATA: &[u8] = b"HELO b\r\nMAIL FROM:<>\r\nRCPT TO:<b@foo.com>\r\nDATA\r\n";

#[test]
fn a_verdict_that_nothing_waits_for_is_misuse_and_changes_nothing() {
    let (mut server, no) = (Server::new(config()), Reply::new(550, "no").unwrap());
    let nothing = Err(Error::Misuse(Misuse::NothingPending));
    let wrong = Err(Error::Misuse(Misuse::WrongReply));
    let ok = || Reply::new(250, "OK").unwrap();
    assert_eq!(server.accept(), nothing);
    assert_eq!(server.accept_with(ok()), nothing);
    assert_eq!(server.reject(no.clone()), nothing);
    assert_eq!(server.discard(no.clone()), nothing);
    server.decline();
    let mut inbox = server.new_inbox();
    inbox.extend(UP_TO_DATA);
    polled_to_wait(&mut server, &mut inbox, &Event::DataBegin);
    assert_eq!(server.accept_with(ok()), nothing, "354 is no matter of taste");
    assert_eq!(server.accept_with(no), wrong);
    assert_eq!(server.reject(ok()), wrong);
    server.accept().unwrap();
    assert_eq!(server.accept(), nothing);
    assert_eq!(server.state(), State::Data);
}

#[test]
fn a_discarded_mail_is_swallowed_and_refused_at_its_end() {
    let (mut server, no) = (Server::new(config()), Reply::new(554, "spam").unwrap());
    let mut inbox = server.new_inbox();
    inbox.extend(UP_TO_DATA);
    polled_to_wait(&mut server, &mut inbox, &Event::DataBegin);
    server.accept().unwrap();
    inbox.extend(b"spam\r\n");
    assert!(matches!(server.poll(&mut inbox), Ok(Progress::Event(Event::Chunk(_)))));
    server.discard(no.clone()).unwrap();
    assert_eq!(server.discard(no), Err(Error::Misuse(Misuse::NothingPending)));
    let aborted = Event::Aborted(AbortReason::Discarded);
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Event(aborted)));
    inbox.extend(b"spam\nspam\r\n.\r\nQUIT\r\n");
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: false, app: false }));
    let mut said = Vec::new();
    said.extend_from_slice(bytes::Buf::chunk(server.outbox()));
    let said = String::from_utf8(said).unwrap();
    assert!(said.ends_with("554 5.0.0 spam\r\n221 2.0.0 closing connection\r\n"), "{said}");
}

fn fires(server: &mut Server, kind: TimerKind) {
    let timer = server.timers().iter().copied().find(|timer| timer.kind == kind);
    server.on_timeout(timer.unwrap());
}

#[test]
fn a_silent_client_is_sent_away() {
    let mut server = Server::new(config());
    let mut inbox = server.new_inbox();
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: false }));
    assert_eq!(server.timers()[0].after.as_secs(), 300, "RFC 5321 §4.5.3.2.7");
    fires(&mut server, TimerKind::Idle);
    assert_eq!(server.poll(&mut inbox), Err(Error::Timeout));
    let said = bytes::Buf::chunk(server.outbox());
    assert!(said.ends_with(b"421 4.4.2 timeout, closing connection\r\n"));
}

#[test]
fn a_mail_that_stalls_is_aborted_before_the_session_ends() {
    let mut server = Server::new(config());
    let mut inbox = server.new_inbox();
    inbox.extend(UP_TO_DATA);
    polled_to_wait(&mut server, &mut inbox, &Event::DataBegin);
    assert!(server.timers().is_empty(), "it is the embedder who thinks");
    server.accept().unwrap();
    fires(&mut server, TimerKind::Progress);
    let aborted = Event::Aborted(AbortReason::Timeout);
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Event(aborted)));
    assert_eq!(server.poll(&mut inbox), Err(Error::Timeout));
}

#[test]
fn a_server_that_shuts_down_says_so_between_commands() {
    let mut server = Server::new(config());
    let mut inbox = server.new_inbox();
    inbox.extend(UP_TO_DATA);
    polled_to_wait(&mut server, &mut inbox, &Event::DataBegin);
    server.accept().unwrap();
    server.shutdown();
    inbox.extend(b"Hi\r\n.\r\nNOOP\r\n");
    polled_to_wait(&mut server, &mut inbox, &Event::DataEnd);
    server.accept().unwrap();
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: false, app: false }));
    let said = String::from_utf8(bytes::Buf::chunk(server.outbox()).to_vec()).unwrap();
    assert!(said.ends_with("250 2.0.0 OK\r\n421 4.3.2 service shutting down\r\n"), "{said}");
}

#[test]
fn a_server_does_not_read_on_before_its_replies_leave() {
    let limits = Limits::server().with_outbox(2048);
    let mut server = Server::new(config().with_limits(limits));
    let mut inbox = server.new_inbox();
    let mut taken = 0;
    for _ in 0..100 {
        taken += inbox.extend(&b"NOOP\r\n".repeat(500));
        if server.poll(&mut inbox) == Ok(Progress::Wait { input: false, app: false }) {
            break;
        }
    }
    assert!(bytes::Buf::remaining(server.outbox()) < 3072);
    assert!(taken < 20_000, "the rest stays with the client: {taken}");
}

#[test]
fn lines_of_any_length_are_taken_in_a_mail() {
    let long = "x".repeat(1 << 20);
    let mail = format!("{long}\r\n.\r\n");
    let run = scenario(config()).turn(UP_TO_DATA).turn(mail).run();
    assert_eq!(run.payload().len(), long.len() + 2);
    assert!(run.events().any(|event| *event == Event::DataEnd));
}

#[test]
fn a_token_that_is_not_due_changes_nothing_and_the_mail_has_its_one_end() {
    let not_due = |server: &mut Server| {
        let token = TlsUpgrade::when_quiet(&Inbox::new(1), &OutboxWriter::new(1)).unwrap();
        let answer = server.tls_established(token, TlsInfo::new(), Inbox::new(1));
        assert_eq!(answer.unwrap_err(), Error::Misuse(Misuse::NoUpgrade));
    };
    let mut server = Server::new(config());
    let mut inbox = server.new_inbox();
    inbox.extend(UP_TO_DATA);
    polled_to_wait(&mut server, &mut inbox, &Event::DataBegin);
    not_due(&mut server);
    server.accept().unwrap();
    inbox.extend(b"Hi\r\n");
    let chunk = Progress::Event(Event::Chunk("Hi\r\n".into()));
    assert_eq!(server.poll(&mut inbox), Ok(chunk));
    not_due(&mut server);
    assert_eq!((server.state(), server.tls()), (State::Data, None));
    assert!(server.client_name().is_some());
    inbox.extend(b".\r\n");
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Event(Event::DataEnd)));
    not_due(&mut server);
    server.accept().unwrap();
    inbox.extend(b"QUIT\r\n");
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: false, app: false }));
    let said = String::from_utf8(bytes::Buf::chunk(server.outbox()).to_vec()).unwrap();
    assert!(said.ends_with("250 2.0.0 OK\r\n221 2.0.0 closing connection\r\n"), "{said}");
}

#[test]
fn a_mail_discarded_with_421_ends_the_session_at_its_end() {
    let mut server = Server::new(config());
    let mut inbox = server.new_inbox();
    inbox.extend(UP_TO_DATA);
    polled_to_wait(&mut server, &mut inbox, &Event::DataBegin);
    server.accept().unwrap();
    server.discard(Reply::new(421, "enough").unwrap()).unwrap();
    let aborted = Event::Aborted(AbortReason::Discarded);
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Event(aborted)));
    inbox.extend(b"spam\r\n");
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: false }));
    inbox.extend(b".\r\nNOOP\r\n");
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: false, app: false }));
    assert!(server.is_over());
    let said = bytes::Buf::chunk(server.outbox()).to_vec();
    assert!(said.ends_with(b"421 4.0.0 enough\r\n"), "{said:?}");
    bytes::Buf::advance(server.outbox(), said.len());
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Closed));
}

#[test]
fn a_client_that_reads_nothing_while_a_verdict_is_pending_is_sent_away() {
    let mut server = Server::new(config());
    let mut inbox = server.new_inbox();
    inbox.extend(b"HELO b\r\nMAIL FROM:<>\r\n");
    let mail = loop {
        match server.poll(&mut inbox).unwrap() {
            Progress::Event(event @ Event::Mail { .. }) => break event,
            Progress::Event(event) => accepts(&mut server, &event),
            progress => panic!("{progress:?}"),
        }
    };
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: true }));
    let kinds = |server: &Server| server.timers().iter().map(|t| t.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&server), [TimerKind::Progress], "greeting and 250 wait to leave");
    let unread = bytes::Buf::remaining(server.outbox());
    bytes::Buf::advance(server.outbox(), unread);
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: true }));
    assert_eq!(kinds(&server), [], "the embedder may take any time");
    accepts(&mut server, &mail);
    inbox.extend(b"RCPT TO:<b@foo.com>\r\n");
    assert!(matches!(server.poll(&mut inbox), Ok(Progress::Event(Event::Rcpt { .. }))));
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: true }));
    fires(&mut server, TimerKind::Progress);
    assert_eq!(server.poll(&mut inbox), Err(Error::Timeout));
    assert_eq!(server.accept(), Err(Error::Misuse(Misuse::NothingPending)), "too late");
}

#[test]
fn what_the_client_called_itself_last_and_how_is_known_until_tls() {
    let mut server =
        Server::new(Config { security: Security::StartTls(Policy::Opportunistic), ..config() });
    let mut inbox = server.new_inbox();
    let mut says = |server: &mut Server, line: &[u8], yes: bool| {
        inbox.extend(line);
        let Ok(Progress::Event(Event::Ehlo { .. })) = server.poll(&mut inbox) else { panic!() };
        let before = (server.client_name().map(ToString::to_string), server.is_extended());
        if yes {
            server.accept().unwrap()
        } else {
            server.decline()
        }
        (before, (server.client_name().map(ToString::to_string), server.is_extended()))
    };
    let known = |name: &str, extended| (Some(String::from(name)), extended);
    assert_eq!(says(&mut server, b"HELO a\r\n", true), ((None, false), known("a", false)));
    let (before, after) = says(&mut server, b"EHLO b\r\n", true);
    assert_eq!((before, after), (known("a", false), known("b", true)));
    let (_, after) = says(&mut server, b"HELO c\r\n", false);
    assert_eq!(after, known("b", true), "refused");
    inbox.extend(b"STARTTLS\r\n");
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: false, app: false }));
    let unread = bytes::Buf::remaining(server.outbox());
    bytes::Buf::advance(server.outbox(), unread);
    let Ok(Progress::StartTls(token)) = server.poll(&mut inbox) else { panic!() };
    server.tls_established(token, TlsInfo::new(), inbox).unwrap();
    assert_eq!((server.client_name(), server.is_extended()), (None, false));
}

#[test]
fn a_mail_whose_beginning_was_never_answered_is_aborted_with_the_session() {
    for command in ["DATA\r\n", "BDAT 2\r\nHi"] {
        let mut server = Server::new(config());
        let mut inbox = server.new_inbox();
        inbox.extend(b"HELO b\r\nMAIL FROM:<>\r\nRCPT TO:<b@foo.com>\r\n");
        inbox.extend(command.as_bytes());
        polled_to_wait(&mut server, &mut inbox, &Event::DataBegin);
        assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: true }));
        fires(&mut server, TimerKind::Progress);
        let aborted = Event::Aborted(AbortReason::Timeout);
        assert_eq!(server.poll(&mut inbox), Ok(Progress::Event(aborted)));
        assert_eq!(server.poll(&mut inbox), Err(Error::Timeout));
    }
}
