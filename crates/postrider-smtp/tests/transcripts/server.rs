//! Our server against the clients of the sessions.
//!
//! The embedder answers every question in the words of the print. What is compared is the code of each
//! reply, and what `EHLO` offers.

use bytes::Buf;
use postrider_smtp::server::{Config, Event, Server};
use postrider_smtp::{EhloName, EnhancedStatusCode, Limits, Reply};
use postrider_testkit::Ledger;
use postrider_wire::{Inbox, Machine, Policy, Progress, Security, TlsInfo};

use crate::session::{Exchange, Printed, Said, Session};

/// What our server is called by.
const US: &str = "our server";

/// Plays a session, and returns the mails that the server took.
pub(crate) fn play(session: &Session, ledger: &mut Ledger) -> Vec<Vec<u8>> {
    let mut play = Play::new(session);
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
    play.mails
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
    upgrade: Option<postrider_wire::TlsUpgrade>,
    closed: bool,
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
            upgrade: None,
            closed: false,
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
            let wire = self.session.exchanges[at].wire();
            let mut wire = &wire[..];
            while !wire.is_empty() && !self.closed {
                let taken = self.inbox.extend(wire);
                wire = &wire[taken..];
                // The group arrives whole where there is room for it.
                if !wire.is_empty() {
                    self.poll();
                }
            }
        }
        self.poll();
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
                Progress::Wait { .. } => return,
            }
        }
    }

    /// Takes what the server said and gives each whole reply to the exchange that it answers.
    fn hear(&mut self) -> bool {
        let n = self.server.outbox().remaining();
        let octets = self.server.outbox().copy_to_bytes(n);
        self.said.push_str(str::from_utf8(&octets).unwrap());
        while let Some(reply) = take_reply(&mut self.said) {
            let at = *self.waiting.first().expect("a reply to nothing");
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
                answer(server, printed).unwrap();
            }
            Event::Ehlo { .. } | Event::DataBegin => match printed {
                Some(printed) if !printed.is_positive() => server.reject(ours(printed)).unwrap(),
                _ => server.accept().unwrap(),
            },
            Event::Mail { .. } | Event::Rcpt { .. } => answer(server, printed).unwrap(),
            _ => server.decline(),
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
            for (question, theirs, ours) in [("offered to us", theirs, ours), ("offered by us", ours, theirs)]
            {
                let more: Vec<&str> =
                    keywords(theirs).filter(|word| !keywords(ours).any(|has| has == *word)).collect();
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
        let parts: Vec<u16> = status.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
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

/// A server that offers what the one of the session does.
fn config(session: &Session) -> Config {
    let offered = session.keywords();
    let offers = |word: &str| {
        offered.iter().any(|line| line.split(' ').next().unwrap().eq_ignore_ascii_case(word))
    };
    let named = |exchange: &Exchange| exchange.reply()?.texts().next()?.split(' ').next().map(str::to_owned);
    let name = session.exchanges.first().and_then(named).unwrap();
    let policy = if session.any("STARTTLS") || offers("STARTTLS") { Policy::Opportunistic } else { Policy::Never };
    Config::new(EhloName::parse(&name).unwrap(), Security::StartTls(policy))
        // The recordings try out one mistake after the other.
        .with_limits(Limits::server().with_bad_commands(100))
        .with_size(offers("SIZE"))
        .with_eight_bit_mime(offers("8BITMIME"))
        .with_chunking(offers("CHUNKING"))
        .with_pipelining(offers("PIPELINING"))
        .with_enhanced_status_codes(offers("ENHANCEDSTATUSCODES"))
}
