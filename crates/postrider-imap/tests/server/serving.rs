//! A server with its embedder, and what is said to it and by it.

use std::time::Duration;

use postrider_imap::server::{Config, Event, Feature, Features, SelectData, Server};
use postrider_imap::{Command, Error, Limits, Status};
use postrider_sasl::Mechanism;
use postrider_sasl::server::{self as sasl, Credential, Presented, Request};
use postrider_testkit::{Stop, poll_by_hand, take_output};
use postrider_wire::{
    ClearTextLogin, Inbox, Machine, Policy, Secret, Security, TimerKind, TlsInfo,
};

pub(crate) const PASSWORD: &str = "tanstaaftanstaaf";
/// What RFC 4616 §4 has for Tim, in base64.
pub(crate) const TIM: &str = "AHRpbQB0YW5zdGFhZnRhbnN0YWFm";
pub(crate) const LOGIN: &str = "a login tim tanstaaftanstaaf\r\n";

/// A channel with all that a mechanism may need.
pub(crate) fn tls() -> TlsInfo {
    TlsInfo::new().with_exporter([9; 32]).with_peer("tim")
}

/// Without TLS, with LOGIN.
pub(crate) fn open() -> Config {
    Config::new(Security::StartTls(Policy::Never)).with_clear_text_login(ClearTextLogin::Allow)
}

/// The same with these features.
pub(crate) fn with(features: impl Into<Features>) -> Config {
    open().with_features(features)
}

/// The same within these bounds.
pub(crate) fn within(limits: Limits) -> Config {
    with([Feature::Idle, Feature::MultiAppend, Feature::Id]).with_limits(limits)
}

/// All mechanisms, and keys of few iterations.
pub(crate) fn auth() -> sasl::Config {
    sasl::Config::new([1; 32])
        .with_salt_secret([2; 32])
        .with_mechanisms(Mechanism::ALL)
        .with_iterations(2)
        .with_kept(sasl::Kept::Passwords)
}

/// What the embedder knows: Tim and his password.
pub(crate) fn knows(request: &Request) -> Credential {
    match &request.presented {
        Presented::Token(_) => Credential::Unknown,
        Presented::Certificate | Presented::Trace(_) => Credential::Verified,
        _ if request.user.as_deref() != Some("tim") => Credential::Unknown,
        _ => Credential::Password(Secret::new(PASSWORD.into())),
    }
}

/// Says yes to everything, and to a login what it knows.
pub(crate) fn accepts(server: &mut Server, event: &Event) {
    match event {
        Event::Credential(request) => server.credential(knows(request)).unwrap(),
        Event::Login { password, .. } if password.expose() != PASSWORD.as_bytes() => {
            server.reject(Status::no("sorry")).unwrap();
        }
        Event::Command(Command::Select { .. } | Command::Examine { .. }) => {
            server.accept_select(&SelectData::new(3)).unwrap();
        }
        Event::Login { .. }
        | Event::Authenticated { .. }
        | Event::Command(_)
        | Event::Append { .. }
        | Event::AppendEnd => server.accept().unwrap(),
        _ => {}
    }
}

/// Gives no verdict.
pub(crate) fn waits(_: &mut Server, _: &Event) {}

/// What brings a session to where something is tried.
pub(crate) type Make = fn(Config) -> Session;

/// A session that was greeted.
pub(crate) struct Session {
    pub(crate) server: Server,
    pub(crate) inbox: Inbox,
    pub(crate) on_event: fn(&mut Server, &Event),
    pub(crate) events: Vec<Event>,
    pub(crate) greeting: String,
    pub(crate) error: Option<Error>,
    pub(crate) closed: bool,
}

impl Session {
    pub(crate) fn new(config: Config) -> Self {
        Self::of(Server::new(config))
    }

    pub(crate) fn of(server: Server) -> Self {
        let (inbox, greeting) = (server.new_inbox(), String::new());
        let (events, error, closed) = (Vec::new(), None, false);
        let on_event = accepts;
        let mut session = Self { server, inbox, on_event, events, greeting, error, closed };
        session.greeting = session.say("");
        assert!(session.greeting.starts_with("* OK "));
        session
    }

    /// Tim is logged in.
    pub(crate) fn logged_in(config: Config) -> Self {
        let mut session = Self::new(config);
        let said = session.say(LOGIN);
        assert!(said.starts_with("a OK "), "{said}");
        session.events.clear();
        session
    }

    /// A mailbox of three messages is selected.
    pub(crate) fn selected(config: Config) -> Self {
        let mut session = Self::logged_in(config);
        let said = session.say("b select inbox\r\n");
        assert!(said.contains("b OK [READ-WRITE] "), "{said}");
        session.events.clear();
        session
    }

    pub(crate) fn on(mut self, on_event: fn(&mut Server, &Event)) -> Self {
        self.on_event = on_event;
        self
    }

    /// What the server answers to these octets.
    pub(crate) fn say(&mut self, octets: impl AsRef<[u8]>) -> String {
        let (mut rest, mut said) = (octets.as_ref(), String::new());
        loop {
            rest = &rest[self.inbox.extend(rest)..];
            said += &self.go_on();
            if rest.is_empty() || self.closed || self.error.is_some() {
                return said;
            }
            assert!(!self.inbox.is_full(), "it stands still");
        }
    }

    /// The same, without a verdict on what is asked.
    pub(crate) fn ask(&mut self, octets: impl AsRef<[u8]>) -> String {
        let on_event = std::mem::replace(&mut self.on_event, waits);
        let said = self.say(octets);
        self.on_event = on_event;
        said
    }

    /// Lets the timer run out.
    pub(crate) fn fire(&mut self, kind: TimerKind) -> String {
        let timers = self.server.timers().to_vec();
        let timer = timers.into_iter().find(|timer| timer.kind == kind).expect("it runs");
        self.server.on_timeout(timer);
        self.go_on()
    }

    /// How long this timer runs, if it does.
    pub(crate) fn timer(&self, kind: TimerKind) -> Option<Duration> {
        self.server.timers().iter().find(|timer| timer.kind == kind).map(|timer| timer.after)
    }

    /// How long an answer is held back.
    pub(crate) fn held(&self) -> Option<Duration> {
        self.timer(TimerKind::Delay)
    }

    /// Goes on until something of the client's is due, and returns what was said.
    pub(crate) fn go_on(&mut self) -> String {
        let mut said = Vec::new();
        loop {
            let (events, stop) = poll_by_hand(&mut self.server, &mut self.inbox, self.on_event);
            self.events.extend(events);
            let output = take_output(&mut self.server);
            said.extend_from_slice(&output);
            match stop {
                Stop::Waits if output.is_empty() => break,
                Stop::Waits => {}
                Stop::StartTls(token) => {
                    let plain = std::mem::replace(&mut self.inbox, Inbox::new(1));
                    self.inbox = self.server.tls_established(token, tls(), plain).unwrap();
                }
                Stop::Closed => {
                    self.closed = true;
                    break;
                }
                Stop::Failed(error) => {
                    self.error = Some(error);
                    break;
                }
            }
        }
        String::from_utf8(said).unwrap()
    }
}

/// What is said in CAPABILITY now.
pub(crate) fn capabilities(session: &mut Session) -> Vec<String> {
    let said = session.say("q capability\r\n");
    let line = said.strip_prefix("* CAPABILITY ").unwrap_or_else(|| panic!("{said}"));
    line.lines().next().unwrap_or_default().split(' ').map(str::to_owned).collect()
}
