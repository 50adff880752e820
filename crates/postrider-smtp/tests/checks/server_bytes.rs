//! What holds of a server for all octets that a client may send: a mail has one beginning and one end,
//! recipients in LMTP are asked about in their order, nobody is logged in who did not prove who it is,
//! and every reply is a reply.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Buf;
use postrider_sasl::Mechanism;
use postrider_sasl::server::{self as sasl, Credential};
use postrider_smtp::server::{Config, EarlyTalkers, Event, Protocol, Server, Verification};
use postrider_smtp::{AttributeName, EhloName, Limits, Reply};
use postrider_wire::dot::BareNewlines;
use postrider_wire::{ClearTextLogin, Machine, Policy, Progress, Secret, Security, TlsInfo};

/// The first two octets are knobs, and the rest is what the client says.
pub(crate) fn check(data: &[u8]) {
    let [knobs, more, octets @ ..] = data else { return };
    let config = config(*knobs, *more);
    let mut embedder = Embedder::new(&config, *more);
    let mut server = Server::new(config);
    let mut inbox = server.new_inbox();
    let mut rest = octets;
    // Every step consumes input, flushes output or answers an event, so steps are bounded.
    for _ in 0..octets.len().saturating_mul(8).saturating_add(4096) {
        match server.poll(&mut inbox) {
            Ok(Progress::Event(event)) => embedder.on(&mut server, &event),
            Ok(Progress::StartTls(token)) => {
                embedder.proved = false;
                match server.tls_established(token, TlsInfo::new(), inbox) {
                    Ok(fresh) => inbox = fresh,
                    Err(_) => return,
                }
                assert_eq!(server.authenticated(), None, "TLS forgets");
            }
            Ok(Progress::Closed) => {
                assert!(!server.outbox().has_remaining(), "closed with output left");
                return embedder.said_its_last();
            }
            Err(error) => {
                assert_eq!(server.poll(&mut inbox), Err(error), "an error is sticky");
                embedder.hears(&mut server);
                return embedder.said_its_last();
            }
            Ok(Progress::Wait { input, app }) => {
                let unsent = embedder.hears(&mut server);
                assert!(unsent || input || app || !server.timers().is_empty(), "for nothing");
                assert!(!(input && (inbox.is_full() || inbox.is_eof())), "wants what cannot come");
                if input && !rest.is_empty() {
                    let size = usize::from(rest[0] % 61).max(1).min(rest.len());
                    rest = &rest[inbox.extend(&rest[..size])..];
                } else if input && !inbox.is_eof() {
                    inbox.set_eof();
                } else if !unsent {
                    let Some(timer) = server.timers().first().copied() else { return };
                    server.on_timeout(timer);
                }
            }
        }
    }
    panic!("the machine does not come to an end");
}

fn config(knobs: u8, more: u8) -> Config {
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let bare = [BareNewlines::Reject, BareNewlines::Normalize, BareNewlines::Keep];
    let name = EhloName::parse("mx.example").unwrap();
    let is = |bit: u8| more & bit != 0;
    let security = Security::StartTls(policy);
    let new = if is(1) { Config::lmtp(name, security) } else { Config::new(name, security) };
    let early = if knobs & 0x80 == 0 { EarlyTalkers::Allow } else { EarlyTalkers::Refuse };
    let config = new
        .with_bare_newlines(bare[usize::from(knobs / 3 % 3)])
        .with_early_talkers(early)
        .with_auth_required(is(4))
        .with_xclient(is(8))
        .with_xforward(is(8))
        .with_proxy(is(128))
        .with_dsn(is(16))
        .with_smtp_utf8(is(16))
        .with_binary_mime(is(16))
        .with_require_tls(is(16))
        .with_expn(is(16))
        .with_help(is(16))
        .with_vrfy(if is(16) { Verification::Ask } else { Verification::Disabled })
        .with_limits(Limits::server().with_login_delay(Duration::from_secs(1), Duration::MAX));
    let config = if is(16) {
        config.with_extension("ETRN".parse().unwrap(), None)
    } else {
        config.with_enhanced_status_codes(false)
    };
    let auth = sasl::Config::new([1; 32])
        .with_salt_secret([2; 32])
        .with_mechanisms(Mechanism::ALL)
        .with_iterations(1)
        .with_kept(sasl::Kept::Passwords)
        .with_clear_text(ClearTextLogin::Allow);
    if is(2) { config.with_auth(auth) } else { config }
}

struct Embedder {
    /// Whether a verdict is not always yes.
    is_moody: bool,
    needs_login: bool,
    is_proxied: bool,
    is_lmtp: bool,
    questions: u8,
    /// A mail was begun.
    is_open: bool,
    /// Who will be asked about.
    recipients: VecDeque<String>,
    /// Whether somebody was let in.
    proved: bool,
    said: Vec<u8>,
}

impl Embedder {
    fn new(config: &Config, more: u8) -> Self {
        Self {
            is_moody: more & 64 != 0,
            needs_login: config.auth_required,
            is_proxied: false,
            is_lmtp: config.protocol == Protocol::Lmtp,
            questions: 0,
            is_open: false,
            recipients: VecDeque::new(),
            proved: false,
            said: Vec::new(),
        }
    }

    fn on(&mut self, server: &mut Server, event: &Event) {
        assert_eq!(
            server.proxied().is_some(),
            self.is_proxied || matches!(event, Event::Proxied(_))
        );
        assert!(self.proved || server.authenticated().is_none(), "nobody was let in");
        match event {
            Event::Proxied(_) => {
                assert!(!self.is_proxied && self.said.is_empty(), "once, before all");
                self.is_proxied = true;
            }
            Event::DataBegin => {
                assert!(!self.is_open, "a mail within a mail");
                self.is_open = true;
            }
            Event::DataEnd | Event::Aborted(_) => {
                assert!(self.is_open, "an end of no mail");
                self.is_open = false;
            }
            Event::Chunk(_) => assert!(self.is_open, "octets of no mail"),
            Event::Mail { .. } => {
                assert!(server.authenticated().is_some() || !self.needs_login);
                self.recipients.clear();
            }
            Event::Deliver { path, .. } => {
                assert!(self.is_lmtp && !self.is_open);
                assert_eq!(self.recipients.pop_front(), Some(path.to_string()));
            }
            _ => {}
        }
        if let Event::Chunk(_) | Event::Aborted(_) | Event::Reset | Event::Proxied(_) = event {
            return;
        }
        match event {
            Event::Credential(request) => {
                let known = request.user.as_deref() == Some("tim");
                let password = Credential::Password(Secret::new("secret".into()));
                let credential = if known { password } else { Credential::Unknown };
                server.credential(credential).unwrap();
            }
            _ => self.decide(server, event),
        }
    }

    fn decide(&mut self, server: &mut Server, event: &Event) {
        self.questions = self.questions.wrapping_add(1);
        if self.is_moody && self.questions.is_multiple_of(3) {
            server.delay(Duration::from_secs(5)).unwrap();
        }
        // A mail that is refused at its beginning has no end.
        let refuses = self.is_moody && matches!(self.questions % 11, 4 | 6 | 9);
        self.is_open &= !(refuses && *event == Event::DataBegin);
        match self.questions % 11 {
            4 if self.is_moody => server.reject(Reply::new(550, "no").unwrap()).unwrap(),
            6 if self.is_moody => server.defer().unwrap(),
            9 if self.is_moody => server.decline(),
            _ => {
                server.accept().unwrap();
                match event {
                    Event::Authenticated { .. } => self.proved = true,
                    Event::Xclient(told) => {
                        self.proved |= told.value(AttributeName::Login).is_some();
                    }
                    Event::Rcpt { path, .. } => self.recipients.push_back(path.to_string()),
                    _ => {}
                }
            }
        }
    }

    /// Reads what the server says; whether it said anything.
    fn hears(&mut self, server: &mut Server) -> bool {
        let outbox = server.outbox();
        let n = outbox.remaining();
        self.said.extend_from_slice(&outbox.copy_to_bytes(n));
        n > 0
    }

    /// Replies, all of them whole (RFC 5321 §4.2).
    fn said_its_last(&self) {
        assert!(self.said.is_empty() || self.said.ends_with(b"\r\n"));
        let mut inside = None;
        for line in self.said.split_inclusive(|octet| *octet == b'\n') {
            let line = line.strip_suffix(b"\r\n").expect("CRLF");
            let (code, text) = line.split_at(3);
            assert!(code.iter().all(u8::is_ascii_digit), "{line:?}");
            assert!(text.iter().all(|octet| matches!(octet, b' '..=b'~')), "{line:?}");
            assert!(inside.is_none_or(|inside| inside == code), "{line:?}");
            inside = match text.first() {
                Some(b'-') => Some(code),
                Some(b' ') => None,
                other => panic!("{other:?}"),
            };
        }
        assert_eq!(inside, None, "the last line is there");
    }
}
