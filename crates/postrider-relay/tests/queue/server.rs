//! Servers of a few lines, to which the real client talks.

use postrider_relay::queue::{Send, Unreached};
use postrider_smtp::client::{Client, Config, Content, Event, Report};
use postrider_smtp::{EhloName, Error, Unsendable};
use postrider_wire::{Buf, Inbox, Machine, Policy, Progress, Security};

/// How a server behaves in one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    /// It takes everything, and reports on deliveries if so asked.
    Takes,
    /// It takes everything, and offers no extension.
    Plain,
    /// It takes everything, and offers this besides.
    Offers(&'static str),
    /// It offers this, and answers `RCPT` of a local part that begins with this letter with that.
    Fussy(&'static str, char, &'static str),
    /// There is nobody.
    Nobody,
    /// The greeting is this.
    Greets(&'static str),
    /// `RCPT` of a local part that begins with this letter is answered with that, other ones with 250.
    Rcpt(char, &'static str),
    /// `MAIL` is answered with this.
    Mail(&'static str),
    /// `DATA`, or the mail behind it, is answered with this.
    Data(&'static str),
    Verdict(&'static str),
    /// It takes so many recipients in one transaction.
    Most(usize),
    /// The connection breaks at `RCPT`.
    Breaks,
    /// The connection breaks behind the mail, which it took, or did not.
    Lost {
        taken: bool,
    },
}

/// What came of a transaction.
pub(crate) enum Talk {
    Report(Report),
    Unsendable(Unsendable),
    Unreached(Unreached),
}

/// The server's end, line by line.
struct Lines {
    server: Server,
    heard: Vec<u8>,
    in_mail: bool,
    accepted: Vec<String>,
    /// For whom it took the mail.
    taken: Vec<String>,
    ended: bool,
}

impl Lines {
    /// Takes octets and answers what is whole in them.
    fn hear(&mut self, octets: &[u8]) -> String {
        self.heard.extend_from_slice(octets);
        let mut said = String::new();
        while let Some(end) = self.heard.iter().position(|octet| *octet == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            said += &self.answer(&line);
            if self.ended {
                break;
            }
        }
        said
    }

    fn answer(&mut self, line: &str) -> String {
        if self.in_mail {
            return if line == "." { self.verdict() } else { String::new() };
        }
        let reply = match (&self.server, line.split([' ', ':']).next().unwrap_or_default()) {
            (Server::Takes, "EHLO") => {
                "250-there\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n250 DSN"
            }
            (Server::Plain, "EHLO") => "250 there",
            (Server::Offers(what) | Server::Fussy(what, ..), "EHLO") => {
                return format!("250-there\r\n250 {what}\r\n");
            }
            (_, "EHLO") => "250-there\r\n250 PIPELINING",
            (Server::Mail(reply), "MAIL") => reply,
            (Server::Mail(_), "RCPT") => "503 5.5.1 no sender",
            (Server::Breaks, "RCPT") => {
                self.ended = true;
                return String::new();
            }
            (Server::Rcpt(letter, reply) | Server::Fussy(_, letter, reply), "RCPT")
                if line.starts_with(&format!("RCPT TO:<{letter}")) =>
            {
                reply
            }
            (Server::Most(most), "RCPT") if self.accepted.len() >= *most => "452 4.5.3 too many",
            (_, "RCPT") => {
                let path = line.split(['<', '>']).nth(1).unwrap_or_default();
                self.accepted.push(path.into());
                "250 2.1.5 ok"
            }
            (_, "DATA") if self.accepted.is_empty() => "503 5.5.1 nobody",
            (Server::Data(reply), "DATA") => reply,
            (_, "DATA") => {
                self.in_mail = true;
                "354 go on"
            }
            (_, "RSET") => {
                self.accepted.clear();
                "250 2.0.0 ok"
            }
            (_, "QUIT") => "221 2.0.0 bye",
            _ => "250 2.0.0 ok",
        };
        format!("{reply}\r\n")
    }

    fn verdict(&mut self) -> String {
        self.in_mail = false;
        let accepted = std::mem::take(&mut self.accepted);
        match &self.server {
            Server::Verdict(reply) => format!("{reply}\r\n"),
            Server::Lost { taken } => {
                self.ended = true;
                if *taken {
                    self.taken.extend(accepted);
                }
                String::new()
            }
            _ => {
                self.taken.extend(accepted);
                "250 2.0.0 taken\r\n".into()
            }
        }
    }
}

/// A connection of the real client to such a server, behind `EHLO`.
pub(crate) struct Session {
    client: Client,
    inbox: Inbox,
    lines: Lines,
}

impl Session {
    pub(crate) fn open(server: &Server) -> Result<Self, Unreached> {
        let greeting = match server {
            Server::Nobody => return Err(Unreached::Connect("connection refused".into())),
            Server::Greets(greeting) => greeting,
            _ => "220 there",
        };
        let never = Security::StartTls(Policy::Never);
        let client = Client::new(Config::new(EhloName::parse("here.example").unwrap(), never));
        let mut inbox = client.new_inbox();
        inbox.extend(format!("{greeting}\r\n").as_bytes());
        let (heard, accepted, taken) = (Vec::new(), Vec::new(), Vec::new());
        let server = server.clone();
        let lines = Lines { server, heard, in_mail: false, accepted, taken, ended: false };
        let mut session = Self { client, inbox, lines };
        match session.next() {
            Ok(Event::Ready { .. }) => Ok(session),
            Ok(Event::Refused(reply)) => Err(Unreached::Refused(reply)),
            Ok(other) => panic!("{other:?}"),
            Err(why) => Err(why),
        }
    }

    /// Sends what is to be sent. Also tells for whom the server took it.
    pub(crate) fn send(&mut self, send: &Send) -> (Talk, Vec<String>) {
        let transaction = send.transaction(Content::whole(&b"Subject: x\r\n\r\nx\r\n"[..]));
        let told = match self.client.send(transaction) {
            Ok(()) => match self.next() {
                Ok(Event::Sent(report)) => Talk::Report(report),
                Ok(other) => panic!("{other:?}"),
                Err(why) => Talk::Unreached(why),
            },
            Err(Error::Unsendable(why)) => Talk::Unsendable(why),
            // The session is over.
            Err(error) => Talk::Unreached(Unreached::Broken(error.to_string())),
        };
        (told, std::mem::take(&mut self.lines.taken))
    }

    fn next(&mut self) -> Result<Event, Unreached> {
        loop {
            match self.client.poll(&mut self.inbox) {
                Ok(Progress::Event(event)) => return Ok(event),
                Ok(Progress::Closed) => return Err(Unreached::Broken("closed".into())),
                Ok(_) => {
                    let n = self.client.outbox().remaining();
                    let said = self.client.outbox().copy_to_bytes(n);
                    let reply = self.lines.hear(&said);
                    self.inbox.extend(reply.as_bytes());
                    if self.lines.ended {
                        self.inbox.set_eof();
                    } else {
                        assert!(n > 0 || !reply.is_empty(), "both wait");
                    }
                }
                Err(error) => return Err(Unreached::Broken(error.to_string())),
            }
        }
    }
}
