//! A hostile client, and a clumsy embedder, against the server machine.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use bytes::{Buf, Bytes};
use postrider_imap::server::{Config, Event, Feature, SelectData, Server};
use postrider_imap::{Command, Limits, State, Status};
use postrider_sasl::Mechanism;
use postrider_sasl::server::Credential;
use postrider_wire::{
    ClearTextLogin, Direction, Inbox, Machine, Policy, Progress, Security, Tap, Timer, TimerKind,
    Unit,
};

const LOGIN: &str = "a login mrc secret\r\n";

struct Session {
    server: Server,
    inbox: Inbox,
    said: String,
    events: Vec<String>,
}

/// What the embedder does with a question.
type Answer = fn(&mut Server, Event);

fn config() -> Config {
    Config::new(Security::StartTls(Policy::Never)).with_clear_text_login(ClearTextLogin::Allow)
}

fn grant(server: &mut Server, event: Event) {
    match event {
        Event::Command(Command::Select { .. }) => {
            server.accept_select(&SelectData::new(1)).unwrap();
        }
        Event::Command(_) | Event::Append { .. } | Event::AppendEnd | Event::Login { .. } => {
            server.accept().unwrap();
        }
        _ => {}
    }
}

impl Session {
    fn new(config: Config) -> Self {
        let server = Server::new(config);
        let inbox = server.new_inbox();
        Self { server, inbox, said: String::new(), events: Vec::new() }
    }

    /// The client says this and reads all; the embedder answers.
    fn says(&mut self, text: &str, answer: Answer) -> String {
        let mut coming = text.as_bytes();
        self.said.clear();
        for _ in 0..100_000 {
            let taken = self.inbox.extend(coming);
            coming = &coming[taken..];
            match self.server.poll(&mut self.inbox) {
                Ok(Progress::Event(event)) => {
                    self.events.push(format!("{event:?}"));
                    answer(&mut self.server, event);
                }
                Ok(Progress::Wait { .. }) => {
                    if !self.reads() && coming.is_empty() {
                        break;
                    }
                }
                Ok(Progress::Closed | Progress::StartTls(_)) | Err(_) => {
                    self.reads();
                    break;
                }
            }
        }
        self.said.clone()
    }

    /// Whether there was something to read.
    fn reads(&mut self) -> bool {
        let len = self.server.outbox().remaining();
        let said = self.server.outbox().copy_to_bytes(len);
        self.said.push_str(&String::from_utf8_lossy(&said));
        len > 0
    }

    fn timer(&self, kind: TimerKind) -> Option<Timer> {
        self.server.timers().iter().find(|timer| timer.kind == kind).copied()
    }
}

/// It did not hold once: `on_timeout` does nothing once the session is over, and poll waits for room for ever.
#[test]
fn a_client_that_logs_out_and_reads_nothing_is_given_up() {
    // Somewhere there is room for BYE and none for the OK behind it.
    for outbox in 60..260 {
        let mut server = Server::new(config().with_limits(Limits::new().with_outbox(outbox)));
        let mut inbox = server.new_inbox();
        inbox.extend(b"a noop\r\n");
        inbox.extend(b"b logout\r\n");
        let mut closed = false;
        for _ in 0..20 {
            match server.poll(&mut inbox) {
                Ok(Progress::Event(event)) => grant(&mut server, event),
                Ok(Progress::Closed) | Err(_) => {
                    closed = true;
                    // After an error the driver flushes, and a timer bounds that.
                    break;
                }
                // The client reads nothing, and time passes.
                Ok(_) => {
                    let timers = server.timers().to_vec();
                    assert!(!timers.is_empty());
                    timers.into_iter().for_each(|timer| server.on_timeout(timer));
                }
            }
        }
        assert!(closed, "outbox of {outbox}: still open after every timer has fired many times");
    }
}

/// It did not hold once: the question is pending before it was told.
#[test]
fn what_is_said_to_a_notice_is_no_verdict_on_the_command_behind_it() {
    let mut session = Session::new(config().with_features([Feature::CondStore]));
    session.says(LOGIN, grant);
    // As the contract has it: `_ => server.decline()`.
    let said = session.says("b select inbox (condstore)\r\n", |server, event| match event {
        Event::Command(Command::Select { .. }) => {
            // The notice before it was declined, not this.
            assert!(server.accept_select(&SelectData::new(1)).is_ok());
        }
        _ => server.decline(),
    });
    assert!(said.contains("b OK "), "{said}");
}

/// It did not hold once: CLOSED is said, and the mailbox stays selected.
#[test]
fn a_select_that_is_bad_leaves_the_mailbox_and_says_nothing_else() {
    let mut session = Session::new(config().with_features([Feature::Imap4Rev2]));
    session.says(LOGIN, grant);
    session.says("b select inbox\r\n", grant);
    let said = session.says("c select other\r\n", |server, _| {
        server.reject(Status::bad("no such name")).unwrap();
    });
    let selected = session.server.state() == State::Selected;
    assert_ne!(said.contains("[CLOSED]"), selected, "{said}");
}

/// It did not hold once: the access of the mailbox that was not selected is that of the one which still is.
#[test]
fn a_select_that_fails_late_does_not_make_the_old_mailbox_writable() {
    let mut session = Session::new(config());
    session.says(LOGIN, grant);
    session.says("b select inbox\r\n", |server, _| {
        let mut data = SelectData::new(1);
        data.read_write = false;
        server.accept_select(&data).unwrap();
    });
    assert!(!session.server.is_read_write());
    session.says("c select other\r\n", |server, _| {
        server.begin_select(&SelectData::new(1)).unwrap();
        server.reject(Status::bad("cannot")).unwrap();
    });
    assert!(!session.server.is_read_write());
}

#[derive(Clone, Default)]
struct Shown(Arc<Mutex<String>>);

impl Tap for Shown {
    fn unit(&mut self, direction: Direction, unit: Unit<'_>) {
        let Unit::Line { octets, secret } = unit else { return };
        let mut shown = octets.to_vec();
        secret.iter().for_each(|range| shown[range.clone()].fill(b'*'));
        let side = if direction == Direction::In { 'C' } else { 'S' };
        let text = String::from_utf8_lossy(&shown).into_owned();
        self.0.lock().unwrap().push_str(&format!("{side}: {}\n", text.trim_end()));
    }
}

fn with_auth() -> Config {
    let auth = postrider_sasl::server::Config::new([7; 32])
        .with_mechanisms([Mechanism::Plain, Mechanism::Login])
        .with_clear_text(ClearTextLogin::Allow);
    config().with_auth(auth)
}

fn refuse(server: &mut Server, event: Event) {
    match event {
        Event::Credential(_) => server.credential(Credential::Unknown).unwrap(),
        Event::Login { .. } => server.reject(Status::no("no")).unwrap(),
        other => grant(server, other),
    }
}

fn shown_of(lines: &[&str]) -> (String, String) {
    let mut session = Session::new(with_auth());
    let shown = Shown::default();
    session.server.set_tap(Box::new(shown.clone()));
    let mut said = String::new();
    for line in lines {
        said.push_str(&session.says(line, refuse));
        if let Some(timer) = session.timer(TimerKind::Delay) {
            session.server.on_timeout(timer);
            said.push_str(&session.says("", refuse));
        }
    }
    let shown = shown.0.lock().unwrap().clone();
    (shown, said)
}

/// It did not hold once: a client that folds its base64 at 76 columns, as MIME does.
#[test]
fn the_second_line_of_a_folded_response_is_hidden_after_a_refusal() {
    let (shown, said) = shown_of(&["a authenticate plain\r\n", "AHRpbQB0YW5z\r\n", "c2VjcmV0\r\n"]);
    assert!(!shown.contains("c2VjcmV0"), "{shown}");
    assert!(!said.contains("c2VjcmV0"), "{said}");
}

/// It did not hold once: the name in LOGIN is no base64, and the password is said without waiting.
#[test]
fn a_password_behind_a_broken_login_is_hidden() {
    let (shown, said) = shown_of(&["a authenticate login\r\nmrc@x\r\nc2VjcmV0\r\n"]);
    assert!(!shown.contains("c2VjcmV0"), "{shown}");
    assert!(!said.contains("c2VjcmV0"), "{said}");
}

/// It did not hold once: POP3 at the wrong port, which `foreign` does not know.
#[test]
fn the_password_of_a_client_of_pop3_is_hidden() {
    let (shown, _) = shown_of(&["USER mrc\r\n", "PASS hunter2\r\n"]);
    assert!(!shown.contains("hunter2"), "{shown}");
}

/// It did not hold once: the credential in the place of the mechanism.
#[test]
fn a_credential_without_its_mechanism_is_hidden() {
    let (shown, _) = shown_of(&["a authenticate AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n"]);
    assert!(!shown.contains("AHRpbQB0YW5z"), "{shown}");
}

/// It did not hold once: a good login forgets the bad ones, and UNAUTHENTICATE leads back to them.
#[test]
fn guesses_are_counted_across_logins_of_ones_own() {
    let mut session = Session::new(config().with_features([Feature::Unauthenticate]));
    let answer: Answer = |server, event| match event {
        Event::Login { user, .. } if user == Bytes::from_static(b"victim") => {
            server.reject(Status::no("no")).unwrap();
        }
        other => grant(server, other),
    };
    let mut guesses = 0;
    let mut waited = Duration::ZERO;
    for _ in 0..50 {
        session.says("a login me mine\r\nb unauthenticate\r\n", answer);
        for _ in 0..5 {
            let asked = session.events.len();
            session.says("c login victim guess\r\n", answer);
            guesses += session.events.len() - asked;
            if let Some(timer) = session.timer(TimerKind::Delay) {
                waited += timer.after;
                session.server.on_timeout(timer);
                session.says("", answer);
            }
        }
    }
    assert!(guesses <= 6, "{guesses} guesses in one session, {waited:?} of delay");
}

/// It did not hold once: the delay of an embedder takes the place of the machine's, though it be shorter.
#[test]
fn to_hold_back_shortens_no_delay() {
    let mut session = Session::new(config());
    session.says(LOGIN, |server, _| {
        server.hold_back(Duration::from_millis(10)).unwrap();
        server.reject(Status::no("no")).unwrap();
    });
    let after = session.timer(TimerKind::Delay).unwrap().after;
    assert!(after >= Limits::new().login_delay, "{after:?}");
}

/// It did not hold once: the same, held back between the two questions of AUTHENTICATE.
#[test]
fn to_hold_back_a_question_of_authenticate_shortens_no_delay() {
    let mut session = Session::new(with_auth());
    let answer: Answer = |server, event| match event {
        Event::Credential(_) => {
            server.hold_back(Duration::from_millis(10)).unwrap();
            server.credential(Credential::Unknown).unwrap();
        }
        Event::Login { .. } => server.reject(Status::no("no")).unwrap(),
        _ => {}
    };
    session.says("a authenticate plain AHRpbQB0YW5z\r\n", answer);
    let after = session.timer(TimerKind::Delay).map(|timer| timer.after);
    assert!(after.is_none_or(|after| after >= Limits::new().login_delay), "{after:?}");
}

/// It did not hold once: no clock runs for the whole of what comes before login.
#[test]
fn a_stranger_is_not_kept_for_ever() {
    let mut session = Session::new(config());
    session.says("", grant);
    let clock = session.timer(TimerKind::Idle).expect("a clock");
    for said in ["a noop\r\n", "b capability\r\n", "c list\r\n", "d authenticate plain\r\n"] {
        session.says(said, grant);
        assert_eq!(session.timer(TimerKind::Idle), Some(clock), "{said}");
    }
    session.server.on_timeout(clock);
    assert!(session.says("", grant).contains("BYE"));
}

/// Nothing said in clear or under a login outlives them.
#[test]
fn unauthenticate_brings_the_limits_before_login_back() {
    let mut session =
        Session::new(config().with_features([Feature::Unauthenticate, Feature::Qresync]));
    session.says(LOGIN, grant);
    session.says("b enable qresync\r\nc select inbox\r\nd unauthenticate\r\n", grant);
    assert!(session.server.enabled_features().is_empty());
    assert_eq!(session.server.state(), State::NotAuthenticated);
    assert!(!session.server.may_expunge() && !session.server.may_update());
    let long = format!("e login \"{}\" x\r\n", "x".repeat(9000));
    assert!(session.says(&long, grant).contains("e BAD [TOOBIG]"));
    assert!(session.says("f select inbox\r\n", grant).contains("f BAD"));
}

/// What stands behind STARTTLS ends the session.
#[test]
fn half_a_command_behind_starttls_is_fatal() {
    let mut session = Session::new(Config::new(Security::StartTls(Policy::Required)));
    let said = session.says("a starttls\r\nb lo", grant);
    assert!(said.contains("* BYE") && !said.contains("a OK"), "{said}");
}

/// However a multiple APPEND ends, it ends once.
#[test]
fn an_append_has_one_end_and_one_answer() {
    let features = [Feature::MultiAppend, Feature::Catenate, Feature::Idle];
    for (text, end) in [
        ("b append inbox {3+}\r\nabc {0+}\r\n\r\n", "Aborted"),
        ("b append inbox {3+}\r\nabc {99999999+}\r\n", "Aborted"),
        ("b append inbox {3+}\r\nabc x\r\n", "Aborted"),
        ("b append inbox {3+}\r\nabc (\\Recent) {3+}\r\nabc\r\n", "Aborted"),
        ("b append inbox catenate (url \"x\" text {3+}\r\nabc)\r\n", "AppendEnd"),
        ("b append inbox catenate (url \"x\" text {3+}\r\nabc x\r\n", "Aborted"),
        ("b append inbox catenate (url \"x\") ~{3+}\r\nabc\r\n", "Aborted"),
    ] {
        let mut session = Session::new(config().with_features(features));
        session.says(LOGIN, grant);
        session.events.clear();
        let said = session.says(text, grant);
        let count = |what: &str| session.events.iter().filter(|e| e.starts_with(what)).count();
        assert_eq!(count("AppendBegin"), 1, "{text}: {:?}", session.events);
        assert_eq!(count("Aborted") + count("AppendEnd"), 1, "{text}: {:?}", session.events);
        assert_eq!(count(end), 1, "{text}: {:?}", session.events);
        let tagged = said.lines().filter(|line| line.starts_with("b ")).count();
        assert_eq!(tagged, 1, "{text}: {said}");
    }
}

/// It did not hold once: `foreign` waits for the end of the line, and the unit ends before it.
#[test]
fn a_request_of_http_is_known_however_long_its_target_is() {
    let mut session = Session::new(config().with_limits(Limits::new().with_bad_commands(20, 20)));
    let body = "a login victim guess\r\n";
    let request = format!("POST /{} HTTP/1.1\r\nHost: x\r\n\r\n{body}", "a".repeat(9000));
    session.says(&request, grant);
    assert_eq!(session.events, Vec::<String>::new());
}

/// It did not hold once: messages of one octet each are hardly counted, but each comes with what is said of it.
#[test]
fn the_messages_of_one_append_are_bounded_in_number() {
    let limits = Limits::new().with_append(100_000);
    let mut session =
        Session::new(config().with_features([Feature::MultiAppend]).with_limits(limits));
    session.says(LOGIN, grant);
    session.says("b append inbox {1+}\r\nx", grant);
    // 20 000 messages with 2 KiB of keywords each: 40 MiB under a limit of 100 000 octets.
    let keywords: Vec<String> = (0..400).map(|n| format!("k{n:03}")).collect();
    let next = format!(" ({}) {{1+}}\r\nx", keywords.join(" "));
    for _ in 0..20_000 {
        session.events.clear();
        session.says(&next, grant);
        if session.events.iter().any(|event| event.starts_with("Aborted")) {
            return;
        }
    }
    panic!("20 001 messages with 8 million keywords were told of");
}
