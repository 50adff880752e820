//! A server with its embedder, and what is said to it and by it.
#![allow(dead_code, reason = "each test binary uses its part")]

use postrider_pop3::server::{Config, Event, Server};
use postrider_pop3::{Error, Maildrop, UniqueId};
use postrider_sasl::Mechanism;
use postrider_sasl::server::{self as sasl, Credential, Presented, Request};
use postrider_testkit::{Stop, poll_by_hand, take_output};
use postrider_wire::{Inbox, Machine, Policy, Secret, Security, TimerKind, TlsInfo};

pub(crate) const PASSWORD: &str = "tanstaaftanstaaf";
pub(crate) const TOKEN: &str = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
/// What RFC 4616 §4 has for Tim, in base64.
pub(crate) const TIM: &str = "AHRpbQB0YW5zdGFhZnRhbnN0YWFm";

pub(crate) fn clear() -> Security {
    Security::StartTls(Policy::Never)
}

/// A channel with all that a mechanism may need.
pub(crate) fn tls() -> TlsInfo {
    TlsInfo::new().with_exporter([9; 32]).with_peer("tim")
}

/// All mechanisms, and keys of few iterations.
pub(crate) fn auth() -> sasl::Config {
    sasl::Config::new([1; 32])
        .with_salt_secret([2; 32])
        .with_mechanisms(Mechanism::ALL)
        .with_iterations(2)
        .with_kept(sasl::Kept::Passwords)
        .with_host("foo.com")
}

/// What the embedder knows: Tim, his password and his token.
pub(crate) fn knows(request: &Request) -> Credential {
    match &request.presented {
        Presented::Token(token) if token.expose() == TOKEN => Credential::Verified,
        Presented::Token(_) => Credential::Unknown,
        Presented::Certificate | Presented::Trace(_) => Credential::Verified,
        _ if request.user.as_deref() != Some("tim") => Credential::Unknown,
        _ => Credential::Password(Secret::new(PASSWORD.into())),
    }
}

pub(crate) fn maildrop() -> Maildrop {
    let mut maildrop = Maildrop::new();
    maildrop.push(4, UniqueId::new("one").unwrap());
    maildrop
}

/// Says yes to everything, and to a login what it knows.
pub(crate) fn accepts(server: &mut Server, event: &Event) {
    match event {
        Event::Language(_) => {}
        Event::Credential(request) => server.credential(knows(request)).unwrap(),
        Event::Login { .. } | Event::Authenticated { .. } => {
            server.accept_login(maildrop()).unwrap();
        }
        Event::Apop { user, proof, .. } => {
            let known = user == "tim" && proof.is_of(&Secret::new(PASSWORD.into()));
            if known { server.accept_login(maildrop()).unwrap() } else { server.decline() }
        }
        _ => server.accept().unwrap(),
    }
}

/// A session that was greeted.
pub(crate) struct Session {
    pub(crate) server: Server,
    inbox: Inbox,
    pub(crate) on_event: fn(&mut Server, &Event),
    pub(crate) events: Vec<Event>,
    pub(crate) error: Option<Error>,
    pub(crate) closed: bool,
}

impl Session {
    pub(crate) fn new(config: Config) -> Self {
        let mut session = Self::silent(config, accepts);
        assert!(session.say("").starts_with("+OK "));
        session
    }

    /// Its greeting is still due.
    pub(crate) fn silent(config: Config, on_event: fn(&mut Server, &Event)) -> Self {
        let server = Server::new(config);
        let inbox = server.new_inbox();
        Self { server, inbox, on_event, events: Vec::new(), error: None, closed: false }
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
            if rest.is_empty() {
                return said;
            }
            assert!(!self.closed && self.error.is_none() && !self.inbox.is_full());
        }
    }

    /// The client says nothing more.
    pub(crate) fn end(&mut self) -> String {
        self.inbox.set_eof();
        self.go_on()
    }

    /// Lets the timer run out.
    pub(crate) fn fire(&mut self, kind: TimerKind) -> String {
        let timers = self.server.timers().to_vec();
        let timer = timers.into_iter().find(|timer| timer.kind == kind).expect("it runs");
        self.server.on_timeout(timer);
        self.go_on()
    }

    /// How long a reply is held back.
    pub(crate) fn held(&self) -> Option<std::time::Duration> {
        let timers = self.server.timers();
        timers.iter().find(|timer| timer.kind == TimerKind::Delay).map(|timer| timer.after)
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

/// The lines of a listing.
pub(crate) fn lines(reply: &str) -> Vec<&str> {
    let listing = reply.strip_suffix(".\r\n").unwrap_or_else(|| panic!("{reply}"));
    listing.lines().skip(1).collect()
}
