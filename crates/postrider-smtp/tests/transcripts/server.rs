//! Our server against the clients of the sessions.
//!
//! The embedder answers every question in the words of the print. What is compared is the code of each
//! reply, and what `EHLO` offers.

use bytes::Buf;
use postrider_sasl::Mechanism;
use postrider_sasl::server::{self as sasl, Credential, Presented, Request};
use postrider_smtp::server::{Config, Event, Server, Verification};
use postrider_smtp::{Argument, EhloName, EnhancedStatusCode, ExtensionKeyword, Limits, Reply};
use postrider_testkit::Ledger;
use postrider_wire::{
    ClearTextLogin, Inbox, Machine, Policy, Progress, Secret, Security, Timer, TimerKind, TlsInfo,
    TlsUpgrade,
};

use crate::session::{Exchange, Printed, Said, Session};

/// What our server is called by.
const US: &str = "our server";

/// Plays a session; the octets of the client come in groups, or one by one. The mails that the server was
/// given are those that it was sent.
pub(crate) fn play(session: &Session, in_groups: bool, ledger: &mut Ledger) {
    let mut play = Play::new(session);
    play.in_groups = in_groups;
    play.poll();
    play.compare(0, ledger);
    let mut at = 1;
    while at < session.exchanges.len() {
        let group = session.exchanges[at].group;
        let end = at + session.exchanges[at..].iter().take_while(|e| e.group == group).count();
        if session.exchanges[at].behind_tls && !play.secure() {
            ledger.compare(&session.name, "TLS", US, "established", "not agreed on");
        }
        let group: Vec<usize> = (at..end).filter(|&at| play.follows(at)).collect();
        let left_out = (at..end).filter(|at| !group.contains(at));
        for at in left_out {
            let exchange = &session.exchanges[at];
            ledger.compare(&session.name, &exchange.title(), US, &codes(&exchange.replies), "-");
        }
        play.send(&group);
        for at in group {
            play.compare(at, ledger);
        }
        at = end;
    }
    assert_eq!(play.mails, play.sent, "{}", session.name);
}

fn codes(replies: &[Printed]) -> String {
    replies.iter().map(|reply| reply.code().to_string()).collect::<Vec<_>>().join(" ")
}

struct Play<'a> {
    session: &'a Session,
    server: Server,
    inbox: Inbox,
    /// What the server said that belongs to no exchange yet.
    said: String,
    /// Its reply to each exchange, so far.
    replies: Vec<Vec<Printed>>,
    /// Which exchanges were sent and not answered.
    waiting: Vec<usize>,
    mail: Vec<u8>,
    mails: Vec<Vec<u8>>,
    /// The mails as they were sent, and the chunks of one that is not whole yet.
    sent: Vec<Vec<u8>>,
    chunks: Vec<u8>,
    upgrade: Option<TlsUpgrade>,
    closed: bool,
    in_groups: bool,
}

impl<'a> Play<'a> {
    fn new(session: &'a Session) -> Self {
        let server = Server::new(config(session));
        let inbox = server.new_inbox();
        let replies = session.exchanges.iter().map(|_| Vec::new()).collect();
        Self {
            session,
            server,
            inbox,
            said: String::new(),
            replies,
            waiting: vec![0],
            mail: Vec::new(),
            mails: Vec::new(),
            sent: Vec::new(),
            chunks: Vec::new(),
            upgrade: None,
            closed: false,
            in_groups: true,
        }
    }

    /// Whether a client would say this now: a mail or a token only where it was asked for.
    fn follows(&self, at: usize) -> bool {
        let asked = |word: &str, code: u16| {
            let before = self.session.exchanges[..at].iter().rposition(|e| e.word() == word);
            before.is_some_and(|at| self.replies[at].iter().any(|reply| reply.code() == code))
        };
        match self.session.exchanges[at].said {
            Said::Mail(_) => asked("DATA", 354),
            Said::Token(_) => self.replies[at - 1].iter().any(|reply| reply.code() == 334),
            _ => !self.closed,
        }
    }

    fn send(&mut self, group: &[usize]) {
        for &at in group {
            self.waiting.push(at);
            self.note(&self.session.exchanges[at]);
            let wire = self.session.exchanges[at].wire();
            let mut wire = &wire[..];
            while !wire.is_empty() && !self.closed {
                let most = if self.in_groups { wire.len() } else { 1 };
                let taken = self.inbox.extend(&wire[..most]);
                wire = &wire[taken..];
                // The group arrives whole where there is room for it.
                if !wire.is_empty() {
                    self.poll();
                }
            }
        }
        self.poll();
    }

    /// Keeps what is sent of a mail. Where the print refuses a chunk, it is part of none.
    fn note(&mut self, exchange: &Exchange) {
        match &exchange.said {
            Said::Mail(mail) => self.sent.push(mail.clone()),
            Said::Bdat { line, octets } if exchange.reply().is_some_and(Printed::is_positive) => {
                self.chunks.extend_from_slice(octets);
                if line.ends_with("LAST") {
                    self.sent.push(std::mem::take(&mut self.chunks));
                }
            }
            _ => {}
        }
    }

    /// Establishes TLS, if the server agreed to.
    fn secure(&mut self) -> bool {
        let Some(token) = self.upgrade.take() else { return false };
        let plain = std::mem::replace(&mut self.inbox, Inbox::new(1));
        self.inbox = self.server.tls_established(token, TlsInfo::new(), plain).unwrap();
        true
    }

    fn poll(&mut self) {
        while self.upgrade.is_none() && !self.closed {
            let progress = self.server.poll(&mut self.inbox).unwrap();
            let heard = self.hear();
            match progress {
                Progress::Event(event) => self.decide(&event),
                Progress::StartTls(token) => self.upgrade = Some(token),
                Progress::Closed => self.closed = true,
                Progress::Wait { .. } if heard => {}
                Progress::Wait { .. } => {
                    // A refused login is held back.
                    let is_delay = |timer: &&Timer| timer.kind == TimerKind::Delay;
                    let Some(delay) = self.server.timers().iter().find(is_delay).copied() else {
                        return;
                    };
                    self.server.on_timeout(delay);
                }
            }
        }
    }

    /// Takes what the server said and gives each whole reply to the exchange that it answers.
    fn hear(&mut self) -> bool {
        let n = self.server.outbox().remaining();
        let octets = self.server.outbox().copy_to_bytes(n);
        self.said.push_str(str::from_utf8(&octets).unwrap());
        while let Some(reply) = take_reply(&mut self.said) {
            let at = *self
                .waiting
                .first()
                .unwrap_or_else(|| panic!("{}: to nothing: {reply:?}", self.session.name));
            self.replies[at].push(reply);
            // By LMTP, as many as the print has.
            if self.replies[at].len() >= self.session.exchanges[at].replies.len() {
                self.waiting.remove(0);
            }
        }
        n > 0
    }

    /// The exchange that a question is about.
    fn asked(&self) -> Option<&'a Printed> {
        let at = *self.waiting.first()?;
        self.session.exchanges[at].replies.get(self.replies[at].len())
    }

    fn decide(&mut self, event: &Event) {
        let printed = self.asked();
        let server = &mut self.server;
        match event {
            Event::Chunk(octets) => self.mail.extend_from_slice(octets),
            Event::Reset | Event::Aborted(_) => self.mail.clear(),
            Event::DataEnd => {
                self.mails.push(std::mem::take(&mut self.mail));
                // By LMTP each recipient is asked about.
                if self.session.any("LHLO") {
                    server.accept().unwrap();
                } else {
                    answer(server, printed).unwrap();
                }
            }
            Event::Ehlo { .. } | Event::DataBegin => match printed {
                Some(printed) if !printed.is_positive() => server.reject(ours(printed)).unwrap(),
                _ => server.accept().unwrap(),
            },
            Event::Credential(request) => server.credential(credential(request, printed)).unwrap(),
            // The words of a login are the server's; those of a refusal need not be.
            Event::Authenticated { .. } => match printed {
                Some(printed) if !printed.is_positive() => server.reject(ours(printed)).unwrap(),
                _ => server.accept().unwrap(),
            },
            Event::Mail { .. }
            | Event::Rcpt { .. }
            | Event::Deliver { .. }
            | Event::Vrfy(_)
            | Event::Expn(_)
            | Event::Help(_)
            | Event::Extension { .. } => answer(server, printed).unwrap(),
            other => panic!("{}: {other:?}", self.session.name),
        }
    }

    fn compare(&self, at: usize, ledger: &mut Ledger) {
        let exchange = &self.session.exchanges[at];
        if exchange.replies.is_empty() {
            return;
        }
        let (name, title) = (&self.session.name, exchange.title());
        ledger.compare(name, &title, US, &codes(&exchange.replies), &codes(&self.replies[at]));
        if let ("EHLO" | "LHLO", Some(theirs), Some(ours)) =
            (&*exchange.word(), exchange.reply(), self.replies[at].first())
        {
            for (question, theirs, ours) in
                [("offered to us", theirs, ours), ("offered by us", ours, theirs)]
            {
                let more: Vec<&str> = keywords(theirs)
                    .filter(|word| !keywords(ours).any(|has| has == *word))
                    .collect();
                ledger.compare(name, question, US, &more.join(" "), "");
            }
        }
    }
}

fn keywords(reply: &Printed) -> impl Iterator<Item = &str> {
    reply.texts().skip(1).map(|line| line.split([' ', '=']).next().unwrap_or_default())
}

/// Says what the print says.
fn answer(server: &mut Server, printed: Option<&Printed>) -> Result<(), postrider_smtp::Error> {
    match printed {
        Some(printed) if printed.is_positive() => server.accept_with(ours(printed)),
        Some(printed) => server.reject(ours(printed)),
        None => server.accept(),
    }
}

/// A printed reply as a value of ours.
fn ours(printed: &Printed) -> Reply {
    let status = |text: &str| {
        let (status, rest) = text.split_once(' ')?;
        let parts: Vec<u16> =
            status.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let [class, subject, detail] = parts[..] else { return None };
        let status = EnhancedStatusCode::new(class.try_into().ok()?, subject, detail).ok()?;
        Some((status, rest.to_owned()))
    };
    let mut texts = printed.texts().map(|text| match status(text) {
        Some((status, rest)) => (Some(status), rest),
        None => (None, text.to_owned()),
    });
    let (enhanced, first) = texts.next().unwrap();
    let reply = Reply::new(printed.code(), &first).unwrap();
    let reply = texts.fold(reply, |reply, (_, text)| reply.with_line(&text).unwrap());
    match enhanced {
        Some(status) => reply.with_enhanced(status).unwrap(),
        None => reply,
    }
}

fn take_reply(said: &mut String) -> Option<Printed> {
    let mut lines = Vec::new();
    let mut end = 0;
    for line in said.split_inclusive("\r\n") {
        let text = line.strip_suffix("\r\n")?;
        lines.push(text.to_owned());
        end += line.len();
        if text.as_bytes().get(3) != Some(&b'-') {
            said.drain(..end);
            return Some(Printed(lines));
        }
    }
    None
}

/// A server that offers what the one of the session does, and does what the session asks of it.
fn config(session: &Session) -> Config {
    let offered = session.keywords();
    let words: Vec<String> =
        offered.iter().map(|line| word_of(line).to_ascii_uppercase()).collect();
    let offers = |word: &str| words.iter().any(|offered| offered == word);
    // What is not offered may be done all the same; before `EHLO` there was nothing to offer with.
    let does = |word: &str| {
        let answered = session.exchanges.iter().any(|exchange| {
            let code = exchange.reply().map(Printed::code);
            exchange.word() == word && !matches!(code, None | Some(252 | 500 | 502))
        });
        offers(word) || (answered && !session.any("EHLO"))
    };
    let named = |exchange: &Exchange| Some(word_of(exchange.reply()?.texts().next()?).to_owned());
    let name = session.exchanges.first().and_then(named).unwrap();
    let name = EhloName::parse(&name).unwrap();
    let said = |text: &str| {
        let replies = session.exchanges.iter().filter_map(Exchange::reply);
        replies.flat_map(Printed::texts).any(|line| line.contains(text))
    };
    let policy = match session.any("STARTTLS") || offers("STARTTLS") {
        true if said("Must issue a STARTTLS command first") => Policy::Required,
        true => Policy::Opportunistic,
        false => Policy::Never,
    };
    let config = if session.any("LHLO") { Config::lmtp } else { Config::new };
    // RFC 8689 §2: it is offered under TLS alone; and EXTERNAL where TLS knows the client.
    let needs_tls =
        offers("REQUIRETLS") || session.exchanges.iter().any(|e| e.says("AUTH EXTERNAL"));
    let security = match needs_tls && !session.any("STARTTLS") {
        true => Security::Implicit(tls()),
        false => Security::StartTls(policy),
    };
    let mut config = config(name, security)
        // The recordings try out one mistake after the other.
        .with_limits(Limits::server().with_bad_commands(100))
        .with_size(offers("SIZE"))
        .with_eight_bit_mime(offers("8BITMIME"))
        .with_binary_mime(offers("BINARYMIME"))
        .with_chunking(offers("CHUNKING"))
        .with_pipelining(offers("PIPELINING"))
        .with_enhanced_status_codes(offers("ENHANCEDSTATUSCODES"))
        .with_dsn(offers("DSN"))
        .with_smtp_utf8(offers("SMTPUTF8"))
        .with_require_tls(offers("REQUIRETLS"))
        .with_limits_keyword(offers("LIMITS"))
        .with_vrfy(if does("VRFY") { Verification::Ask } else { Verification::default() })
        .with_expn(does("EXPN"))
        .with_help(does("HELP"))
        .with_xclient(offers("XCLIENT"))
        .with_xforward(offers("XFORWARD"));
    if let Some(line) = offered.iter().find(|line| word_of(line) == "AUTH") {
        let mechanisms = line.split(' ').filter_map(Mechanism::from_name);
        config = config.with_auth(
            sasl::Config::new([7; 32])
                .with_salt_secret([8; 32])
                .with_mechanisms(mechanisms)
                .with_clear_text(ClearTextLogin::Allow),
        );
    }
    // What this crate does not know is the embedder's: it says that it offers it.
    for line in offered.iter().filter(|line| !OURS.contains(&&*word_of(line).to_ascii_uppercase()))
    {
        let parameters = line.split_once(' ').map(|(_, rest)| Argument::parse(rest).unwrap());
        if let Ok(keyword) = ExtensionKeyword::parse(word_of(line)) {
            config = config.with_extension(keyword, parameters);
        }
    }
    config
}

/// The keywords that follow from what a server is told to do. `OK` is the last line of a server that has
/// misread the grammar.
const OURS: [&str; 18] = [
    "8BITMIME",
    "AUTH",
    "BINARYMIME",
    "CHUNKING",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "EXPN",
    "HELP",
    "LIMITS",
    "OK",
    "PIPELINING",
    "REQUIRETLS",
    "SIZE",
    "SMTPUTF8",
    "STARTTLS",
    "VRFY",
    "XCLIENT",
    "XFORWARD",
];

fn word_of(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

/// A layer that knows who the client is.
fn tls() -> TlsInfo {
    TlsInfo::new().with_peer("client.example.com")
}

/// What is known of those who log in. A token is right where the print says so.
fn credential(request: &Request, printed: Option<&Printed>) -> Credential {
    let password = match (request.user.as_deref(), &request.presented) {
        (Some("alice"), _) => "wonderland",
        (Some("test"), _) => "1234",
        (Some("username"), _) => "password",
        (_, Presented::Token(_) | Presented::Certificate)
            if printed.is_some_and(Printed::is_final_success) =>
        {
            return Credential::Verified;
        }
        _ => return Credential::Unknown,
    };
    Credential::Password(Secret::new(password.to_owned()))
}
