//! Our client against the servers of the sessions.
//!
//! The embedder calls what says the next printed command; the server says what is printed. What is
//! compared is each line of the client and each octet of a mail, and that it tells each reply as it
//! came.

use std::collections::VecDeque;

use bytes::{Buf, Bytes};
use postrider_smtp::client::{Client, Config, Event, Outcome};
use postrider_smtp::{Command, EhloName, Reply};
use postrider_testkit::Ledger;
use postrider_wire::{Inbox, Machine, Policy, Progress, Security, TlsInfo};

use crate::session::{Exchange, Printed, Said, Session};

const US: &str = "our client";

pub(crate) fn play(session: &Session, ledger: &mut Ledger) {
    let mut play = Play::new(session, ledger);
    play.reply(&session.exchanges[0].replies);
    play.at = 1;
    // Every turn moves something.
    for _ in 0..100_000 {
        if !play.step() {
            return;
        }
    }
    panic!("{}: the session has no end", session.name);
}

struct Play<'a> {
    session: &'a Session,
    ledger: &'a mut Ledger,
    client: Client,
    inbox: Inbox,
    /// The exchange that is said next, or is under way.
    at: usize,
    heard: Vec<u8>,
    /// Payload that is due.
    payload: Option<Bytes>,
    /// Replies that the client may still tell of.
    untold: VecDeque<Printed>,
    leaving: bool,
}

impl<'a> Play<'a> {
    fn new(session: &'a Session, ledger: &'a mut Ledger) -> Self {
        let client = Client::new(config(session));
        let inbox = client.new_inbox();
        Self {
            session,
            ledger,
            client,
            inbox,
            at: 0,
            heard: Vec::new(),
            payload: None,
            untold: VecDeque::new(),
            leaving: false,
        }
    }

    fn due(&self) -> Option<&'a Exchange> {
        self.session.exchanges.get(self.at)
    }

    fn differ(&mut self, question: &str, theirs: &str, ours: &str) {
        self.ledger.compare(&self.session.name, question, US, theirs, ours);
    }

    fn reply(&mut self, replies: &[Printed]) {
        for reply in replies {
            let wire = reply.wire();
            assert_eq!(self.inbox.extend(wire.as_bytes()), wire.len(), "the reply fits");
            self.untold.push_back(reply.clone());
        }
    }

    /// Whether the session goes on.
    fn step(&mut self) -> bool {
        match self.client.poll(&mut self.inbox) {
            Ok(Progress::Event(event)) => self.told(&event),
            Ok(Progress::StartTls(token)) => {
                let due = self.due();
                assert!(due.is_none_or(|due| due.behind_tls), "{}: no TLS here", self.session.name);
                let plain = std::mem::replace(&mut self.inbox, Inbox::new(1));
                self.inbox = self.client.tls_established(token, TlsInfo::new(), plain).unwrap();
            }
            Ok(Progress::Wait { input, app }) => return self.wait(input, app),
            Ok(Progress::Closed) => {
                if let Some(due) = self.due() {
                    self.differ(&due.title(), "said", "the session is over");
                }
                return false;
            }
            Err(error) => {
                self.differ("error", "none", &error.to_string());
                return false;
            }
        }
        true
    }

    fn wait(&mut self, input: bool, app: bool) -> bool {
        let n = self.client.outbox().remaining();
        if n > 0 {
            let octets = self.client.outbox().copy_to_bytes(n);
            self.heard.extend_from_slice(&octets);
            while self.hear() {}
            return true;
        }
        if app && let Some(payload) = &mut self.payload {
            if payload.is_empty() {
                self.payload = None;
                self.client.finish_payload().unwrap();
            } else {
                match self.client.write_payload(payload) {
                    Ok(n) => assert!(n > 0),
                    Err(error) => {
                        self.payload = None;
                        self.differ("payload", "sent", &error.to_string());
                        self.at += 1;
                    }
                }
            }
            return true;
        }
        if self.client.is_ready() && !self.leaving {
            self.say();
            return true;
        }
        assert!(input, "{}: the client neither reads nor says anything", self.session.name);
        // The print ends here.
        assert!(self.due().is_none(), "{}: {:?} is due", self.session.name, self.due());
        self.inbox.set_eof();
        true
    }

    /// Takes the next whole thing that was said, if there is one, and answers it.
    fn hear(&mut self) -> bool {
        let line_end = self.heard.windows(2).position(|two| two == b"\r\n").map(|at| at + 2);
        let Some(line_end) = line_end else { return false };
        let line = String::from_utf8_lossy(&self.heard[..line_end - 2]).into_owned();
        let Some(due) = self.due() else {
            // Behind the end of the print, the client may only leave.
            assert_eq!(line, "QUIT", "{}", self.session.name);
            self.heard.drain(..line_end);
            self.reply(&[Printed(vec!["221 bye".to_owned()])]);
            return true;
        };
        let wire = due.wire();
        match &due.said {
            Said::Mail(_) | Said::Bdat { .. } => {
                if self.heard.len() < wire.len() {
                    return false;
                }
                let said: Vec<u8> = self.heard.drain(..wire.len()).collect();
                self.ledger.compare_octets(&self.session.name, &due.title(), US, &wire, &said);
            }
            Said::Line(printed) => {
                self.heard.drain(..line_end);
                if due.word() == "HELO" && line.starts_with("EHLO ") {
                    self.differ("HELO", "at once", "EHLO, and HELO after 502");
                    self.reply(&[Printed(vec!["502 command not implemented".to_owned()])]);
                    return true;
                }
                self.differ(&due.title(), printed, &line);
            }
            Said::Nothing | Said::Token(_) => panic!("{}: said {line}", self.session.name),
        }
        self.at += 1;
        self.reply(&due.replies);
        true
    }

    /// Says the next printed command.
    fn say(&mut self) {
        let Some(due) = self.due() else {
            self.leaving = true;
            self.client.shutdown();
            return;
        };
        let why_not = match &due.said {
            Said::Line(line) => match Command::parse(line.as_bytes()) {
                Ok(command) => self.call(command).err(),
                Err(fault) => Some(format!("{fault:?}")),
            },
            Said::Bdat { line, octets } => match Command::parse(line.as_bytes()) {
                Ok(Command::Bdat { size, last }) => {
                    self.payload = Some(octets.clone().into());
                    self.client.bdat(size, last).map_err(|error| error.to_string()).err()
                }
                other => panic!("{line}: {other:?}"),
            },
            Said::Nothing | Said::Mail(_) | Said::Token(_) => Some("not asked for".to_owned()),
        };
        if let Some(why) = why_not {
            self.payload = None;
            self.differ(&due.title(), "said", &why);
            self.at += 1;
        }
    }

    fn call(&mut self, command: Command) -> Result<(), String> {
        let client = &mut self.client;
        let called = match command {
            Command::Mail(path, parameters) => client.mail(path, parameters),
            Command::Rcpt(path, _) => client.rcpt(path),
            Command::Data => client.data(),
            Command::Rset => client.rset(),
            Command::Noop => client.noop(),
            Command::Quit => client.quit(),
            _ => return Err("the client says it by itself".to_owned()),
        };
        called.map_err(|error| error.to_string())
    }

    fn told(&mut self, event: &Event) {
        let reply = match event {
            Event::Ready { reply, .. }
            | Event::Refused(reply)
            | Event::Mail(reply)
            | Event::Rcpt { reply, .. }
            | Event::DataBegin(reply)
            | Event::Bdat(reply)
            | Event::Reset(reply)
            | Event::Noop(reply)
            | Event::End(Outcome::Accepted(reply) | Outcome::Refused(reply)) => reply,
            _ => return,
        };
        let name = &self.session.name;
        let at = self.untold.iter().position(|printed| is_as_printed(reply, printed));
        let at = at.unwrap_or_else(|| panic!("{name}: {reply} was not said: {:?}", self.untold));
        self.untold.drain(..=at);
        if let (Event::DataBegin(_), Some(Exchange { said: Said::Mail(mail), .. })) =
            (event, self.due())
        {
            self.payload = Some(mail.clone().into());
        }
    }
}

/// Whether a reply was told as it came, its enhanced code apart.
fn is_as_printed(reply: &Reply, printed: &Printed) -> bool {
    let bare = |text: &str| match reply.enhanced() {
        Some(status) => {
            let prefix = format!("{status} ");
            text.strip_prefix(&prefix).map_or_else(|| text.to_owned(), str::to_owned)
        }
        None => text.to_owned(),
    };
    reply.code() == printed.code() && reply.lines().eq(printed.texts().map(bare))
}

/// A client that is called what the one of the session is.
fn config(session: &Session) -> Config {
    let hello = session.exchanges.iter().find_map(|exchange| match &exchange.said {
        Said::Line(line) if ["EHLO", "HELO", "LHLO"].contains(&&*exchange.word()) => {
            line.split_once(' ').map(|(_, name)| name)
        }
        _ => None,
    });
    let upgrades = session.exchanges.iter().any(|exchange| exchange.title() == "STARTTLS");
    let policy = if upgrades { Policy::Opportunistic } else { Policy::Never };
    Config::new(EhloName::parse(hello.unwrap()).unwrap(), Security::StartTls(policy))
}
