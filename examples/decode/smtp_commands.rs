//! What an SMTP or LMTP client says.

use postrider::smtp::{Attribute, Command};
use serde_json::{Map, Value, json};

use super::line::{Front, front};
use super::unit::{Decoder, Said, Step};
use super::value::text::SECRET;

/// Reads commands, and counts octets of mails.
///
/// Of what the server said it knows what it is told. On its own it takes what follows DATA for a mail,
/// unless its first line is a command of a transaction, and what follows AUTH for answers, until a line
/// is a command.
#[derive(Debug)]
pub(crate) struct SmtpCommands {
    place: Place,
    is_heard: bool,
    /// Commands that are not answered yet.
    unanswered: u64,
    /// A line is too long, and its end is not here yet.
    long: bool,
}

#[derive(Debug)]
enum Place {
    Command,
    /// Answers of a login are due, or the next command.
    Login,
    /// DATA was said, behind so many commands that are not answered either.
    Data(u64),
    Mail(Mail),
    Chunk {
        left: u64,
        size: u64,
    },
}

impl SmtpCommands {
    pub(crate) fn new() -> Self {
        Self { place: Place::Command, is_heard: false, unanswered: 0, long: false }
    }

    /// With a server that is heard.
    pub(crate) fn with_server(mut self) -> Self {
        self.is_heard = true;
        self
    }

    /// Whether octets of a mail are due.
    pub(crate) fn in_payload(&self) -> bool {
        matches!(self.place, Place::Mail(_) | Place::Chunk { .. })
    }

    pub(crate) fn in_login(&self) -> bool {
        matches!(self.place, Place::Login)
    }

    /// The server replied with this code.
    pub(crate) fn replied(&mut self, code: u64) {
        self.unanswered = self.unanswered.saturating_sub(1);
        match self.place {
            Place::Data(_) if code == 354 => self.place = Place::Mail(Mail::new()),
            Place::Data(0) => self.place = Place::Command,
            Place::Data(before) => self.place = Place::Data(before - 1),
            Place::Login if code != 334 => self.place = Place::Command,
            _ => {}
        }
    }

    /// So many octets of a mail stood here; behind the last of DATA nothing else does.
    pub(crate) fn counted(&mut self, octets: u64) -> Option<Said> {
        match self.place {
            Place::Mail(_) | Place::Data(_) => {
                self.place = Place::Command;
                self.unanswered += 1;
                Some(mail(octets))
            }
            _ => None,
        }
    }

    fn line(&mut self, line: &[u8], bare: bool) -> Said {
        let said = self.command(line);
        // Not BDAT but its octets are answered.
        self.unanswered += u64::from(!matches!(self.place, Place::Chunk { .. }));
        match (said, bare) {
            (Said::This { kind, value, .. }, true) => {
                Said::This { kind, value, quirks: vec!["bare-lf"] }
            }
            (said, _) => said,
        }
    }

    fn command(&mut self, line: &[u8]) -> Said {
        let command = Command::parse(line);
        let is_known = command.as_ref().is_ok_and(|it| !matches!(it, Command::Extension { .. }));
        if self.in_login() {
            if !is_known && is_answer(line) {
                return Said::new("answer", SECRET.into());
            }
            // Behind a login that failed comes what the client goes on with; a line that is no command
            // may still be part of it.
            if !is_known {
                return Said::Unreadable("neither a command nor an answer".into());
            }
        }
        self.place = Place::Command;
        let begins_login = line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"AUTH"));
        if begins_login {
            self.place = Place::Login;
        }
        match command {
            Ok(command) => {
                match command {
                    Command::Data => self.place = Place::Data(self.unanswered),
                    Command::Bdat { size, .. } if size > 0 => {
                        self.place = Place::Chunk { left: size, size };
                    }
                    _ => {}
                }
                said(&command)
            }
            Err(fault) => Said::Unreadable(fault.to_string()),
        }
    }
}

/// Base64, or the `*` that gives up (RFC 4954 §4).
fn is_answer(line: &[u8]) -> bool {
    line.iter().all(|octet| octet.is_ascii_alphanumeric() || b"+/=*".contains(octet))
}

/// Whether a mail does not begin like this, for it is what a client says when DATA was refused.
fn goes_on_without_mail(line: &[u8]) -> bool {
    match Command::parse(line) {
        Ok(Command::Mail(..) | Command::Rcpt(..) | Command::Ehlo(_) | Command::Lhlo(_)) => true,
        Ok(Command::Rset | Command::Quit | Command::Data) => line.len() == 4,
        _ => false,
    }
}

fn mail(octets: u64) -> Said {
    Said::new("mail", json!({"octets": octets}))
}

impl Decoder for SmtpCommands {
    fn step(&mut self, octets: &[u8]) -> Step {
        match &mut self.place {
            Place::Data(_) if !self.is_heard => {
                self.place = match front(octets) {
                    Front::More => return Step::default(),
                    Front::Line { text, .. } if goes_on_without_mail(text) => Place::Command,
                    _ => Place::Mail(Mail::new()),
                };
                self.step(octets)
            }
            Place::Mail(it) => {
                let (n, ends) = it.read(octets);
                let said = ends.then(|| mail(it.octets));
                if ends {
                    self.place = Place::Command;
                    self.unanswered += 1;
                }
                Step { octets: n, said }
            }
            Place::Chunk { left, size } => {
                let n = usize::try_from(*left).unwrap_or(usize::MAX).min(octets.len());
                *left -= n as u64;
                let said = (*left == 0).then(|| Said::new("chunk", json!({"octets": *size})));
                if said.is_some() {
                    self.place = Place::Command;
                    self.unanswered += 1;
                }
                Step { octets: n, said }
            }
            Place::Command | Place::Login | Place::Data(_) => match front(octets) {
                Front::More => Step::default(),
                Front::TooLong { octets, ends } => {
                    self.long = !ends;
                    let said = ends.then(|| Said::Unreadable("too long, passed over".into()));
                    Step { octets, said }
                }
                Front::Line { octets, .. } if self.long => {
                    self.long = false;
                    Step { octets, said: Some(Said::Unreadable("too long, passed over".into())) }
                }
                Front::Line { text, octets, bare } => {
                    Step { octets, said: Some(self.line(text, bare)) }
                }
            },
        }
    }
}

/// A mail behind DATA: only CRLF.CRLF ends it (RFC 5321 §4.1.1.4), and it begins behind a CRLF.
#[derive(Debug)]
struct Mail {
    at: At,
    /// Octets without the dots that were put before lines (§4.5.2), and without the last line.
    octets: u64,
}

#[derive(Clone, Copy, Debug)]
enum At {
    LineStart,
    Dot,
    DotCr,
    Text,
    Cr,
}

impl Mail {
    fn new() -> Self {
        Self { at: At::LineStart, octets: 0 }
    }

    /// How many octets of these belong to it, and whether it ends with them.
    fn read(&mut self, octets: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(&octet) = octets.get(at) {
            if matches!(self.at, At::Text) {
                let plain = memchr::memchr(b'\r', &octets[at..]).unwrap_or(octets.len() - at);
                self.octets += plain as u64;
                at += plain;
                if at == octets.len() {
                    break;
                }
                self.octets += 1;
                self.at = At::Cr;
                at += 1;
                continue;
            }
            at += 1;
            self.octets += 1;
            self.at = match (self.at, octet) {
                (At::LineStart, b'.') => {
                    self.octets -= 1;
                    At::Dot
                }
                (At::Dot, b'\r') => At::DotCr,
                (At::DotCr, b'\n') => {
                    self.octets -= 2;
                    return (at, true);
                }
                (At::Cr, b'\n') => At::LineStart,
                (_, b'\r') => At::Cr,
                _ => At::Text,
            };
        }
        (at, false)
    }
}

/// What a command says.
fn said(command: &Command) -> Said {
    let parameters = |all: String| -> Value {
        let pairs = all.split_ascii_whitespace().map(|one| match one.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.into()),
            None => (one.to_owned(), Value::Null),
        });
        pairs.collect::<Map<_, _>>().into()
    };
    let (kind, value) = match command {
        Command::Ehlo(name) => ("EHLO", json!({"name": name.to_string()})),
        Command::Helo(name) => ("HELO", json!({"name": name.to_string()})),
        Command::Lhlo(name) => ("LHLO", json!({"name": name.to_string()})),
        Command::Mail(path, more) => {
            let more = parameters(more.to_string());
            ("MAIL", json!({"path": path.to_string(), "parameters": more}))
        }
        Command::Rcpt(path, more) => {
            let more = parameters(more.to_string());
            ("RCPT", json!({"path": path.to_string(), "parameters": more}))
        }
        Command::Data => ("DATA", Value::Null),
        Command::Bdat { size, last } => ("BDAT", json!({"octets": size, "last": last})),
        Command::Rset => ("RSET", Value::Null),
        Command::Noop => ("NOOP", Value::Null),
        Command::Quit => ("QUIT", Value::Null),
        Command::StartTls => ("STARTTLS", Value::Null),
        Command::Auth { mechanism, initial } => {
            let initial = initial.as_ref().map(|_| SECRET);
            ("AUTH", json!({"mechanism": mechanism.to_string(), "initial": initial}))
        }
        Command::Vrfy(argument) => ("VRFY", json!({"argument": argument.as_str()})),
        Command::Expn(argument) => ("EXPN", json!({"argument": argument.as_str()})),
        Command::Help(argument) => {
            let argument = argument.as_ref().map(|argument| argument.as_str());
            ("HELP", json!({"argument": argument}))
        }
        Command::Xclient(all) => ("XCLIENT", attributes(all)),
        Command::Xforward(all) => ("XFORWARD", attributes(all)),
        Command::Extension { keyword, argument } => {
            let name = keyword.as_str().to_ascii_uppercase();
            // Only of these nobody could mistake an argument, or the word itself, for a secret: BURL
            // has URLs that let in whoever knows them, and a stray answer of a login looks like a word.
            const KNOWN: [&str; 8] =
                ["ETRN", "ATRN", "TURN", "SEND", "SOML", "SAML", "VERB", "BURL"];
            let is_open = KNOWN.contains(&&*name) && name != "BURL";
            let argument = argument.as_ref().map(|argument| argument.as_str());
            let value = match argument.filter(|_| !is_open) {
                Some(argument) => json!({"octets": argument.len()}),
                None => json!({"argument": argument}),
            };
            let is_word =
                name.len() <= 12 && keyword.as_str().chars().all(|c| c.is_ascii_uppercase());
            let name = if KNOWN.contains(&&*name) || is_word { name } else { "unknown".into() };
            return Said::new(name, value);
        }
        other => ("unknown", json!({"octets": other.to_line().len()})),
    };
    Said::new(kind, value)
}

fn attributes(all: &postrider::smtp::Attributes) -> Value {
    let pairs = all.iter().map(|(name, value)| {
        let value = match value {
            Attribute::Value(value) => value.as_str().into(),
            Attribute::Unavailable => "[UNAVAILABLE]".into(),
            Attribute::TemporarilyUnavailable => "[TEMPUNAVAIL]".into(),
            other => Value::from(format!("{other:?}")),
        };
        (name.as_str().to_owned(), value)
    });
    pairs.collect::<Map<_, _>>().into()
}
