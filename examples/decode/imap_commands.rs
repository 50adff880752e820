//! What an IMAP client says.

use memchr::memmem;
use postrider::imap::{
    AppendData, AppendMessage, AppendTarget, Command, CommandHead, CommandPart, CommandReader,
    Limits, LiteralRole, Quirks, Tag,
};
use serde_json::{Map, Value, json};

use super::line::MOST;
use super::unit::{Decoder, Said, Step};
use super::value::command::{append, command};
use super::value::text::{SECRET, all_shown, shown, text};

/// Octets of JSON of the messages of one APPEND that are shown; those beyond are counted.
const SHOWN: usize = 4 << 20;

/// Reads commands, each whole, and octets of messages as they come.
///
/// Of what the server said it knows what it is told: whether a literal is taken, and whether an answer
/// of a login is due. On its own it takes every literal, and a line without a blank behind AUTHENTICATE
/// for an answer: no command is without one.
#[derive(Debug)]
pub(crate) struct ImapCommands {
    reader: CommandReader,
    quirks: Quirks,
    append: Option<Append>,
    /// Whether a literal waits for the server.
    asks: Option<Asked>,
    /// Whether the server is heard.
    is_heard: bool,
    /// A login goes on.
    in_login: bool,
    /// `DONE` is due.
    in_idle: bool,
    /// Nothing that could be part of a login is about.
    is_trusted: bool,
    /// What is passed over ends soon.
    passed: Option<&'static str>,
    /// Octets of a literal that is too long, and then the rest of its line.
    swallow: Option<u64>,
    lost: bool,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    octets: u64,
    fits: bool,
}

#[derive(Debug)]
struct Append {
    tag: Tag,
    target: AppendTarget,
    messages: Vec<Value>,
    weight: usize,
    left_out: u64,
    message: Map<String, Value>,
    pieces: Vec<Value>,
    octets: u64,
    catenated: bool,
}

impl ImapCommands {
    pub(crate) fn new(forgiven: Quirks) -> Self {
        // What is refused is passed over to its end, and readers of JSON bound how deep it is.
        let limits = Limits::new().with_swallow(u64::MAX).with_append(u64::MAX).with_depth(40);
        Self {
            reader: CommandReader::new(&limits, forgiven),
            quirks: Quirks::strict(),
            append: None,
            asks: None,
            is_heard: false,
            in_login: false,
            in_idle: false,
            is_trusted: true,
            passed: None,
            swallow: None,
            lost: false,
        }
    }

    /// With a server that is heard: what waits for it waits.
    pub(crate) fn with_server(mut self) -> Self {
        self.is_heard = true;
        self
    }

    /// Whether octets of a message are due.
    pub(crate) fn in_payload(&self) -> bool {
        self.reader.in_payload()
    }

    /// Whether the server is asked to take a literal.
    pub(crate) fn is_asking(&self) -> bool {
        self.asks.is_some()
    }

    pub(crate) fn in_login(&self) -> bool {
        self.in_login
    }

    /// The server said `+`, or something else.
    pub(crate) fn verdict(&mut self, goes_on: bool) {
        let Some(asked) = self.asks.take() else {
            self.in_login &= goes_on;
            return;
        };
        match (goes_on, asked.fits) {
            (true, true) => self.reader.accept(),
            (true, false) => {
                self.reader.refuse();
                self.swallow = Some(asked.octets);
            }
            (false, _) => {
                self.reader.refuse();
                self.append = None;
                self.passed = Some("refused by the server");
            }
        }
    }

    /// In a login or IDLE a line may be no command: `None` when it is not whole yet.
    fn expects_line(&mut self, octets: &[u8]) -> Option<()> {
        if !(self.in_login || self.in_idle) || !self.reader.is_between() {
            return Some(());
        }
        let Some(line) = memmem::find(octets, b"\r\n").and_then(|end| octets.get(..end)) else {
            return (octets.len() > MOST).then_some(());
        };
        if self.in_idle && line.eq_ignore_ascii_case(b"DONE") {
            self.in_idle = false;
            self.reader.expect_line();
        } else if self.in_login && !line.contains(&b' ') {
            self.reader.expect_line();
        } else {
            self.in_login = false;
        }
        Some(())
    }

    fn part(&mut self, part: CommandPart, consumed: usize) -> Option<Said> {
        for quirk in self.reader.quirks().iter() {
            self.quirks = self.quirks.with(quirk);
        }
        let said = match part {
            CommandPart::Command(it) => {
                let is_login =
                    matches!(it.command, Command::Login { .. } | Command::Authenticate { .. });
                let said = command(&it, self.is_trusted);
                self.is_trusted = !is_login && (self.is_trusted || is_known(&it.command));
                self.in_login = matches!(it.command, Command::Authenticate { .. });
                self.in_idle |= matches!(it.command, Command::Idle);
                said
            }
            CommandPart::Literal(asked) => {
                let fits = !matches!(asked.role, LiteralRole::Argument { fits: false });
                let Some(octets) = asked.octets else {
                    self.lost = true;
                    return None;
                };
                if !fits {
                    self.passed = Some("a literal is too long or one too many, passed over");
                }
                if asked.waits {
                    self.asks = Some(Asked { octets, fits });
                    if !self.is_heard {
                        self.verdict(true);
                    }
                } else {
                    self.reader.accept();
                }
                return None;
            }
            CommandPart::AppendBegin { tag, target, .. } => {
                self.append = Some(Append::new(tag, target));
                return None;
            }
            CommandPart::AppendEnd => self.append.take()?.said(),
            CommandPart::Line(line) if line.expose().eq_ignore_ascii_case(b"DONE") => {
                Said::new("DONE", Value::Null)
            }
            CommandPart::Line(_) => Said::new("answer", SECRET.into()),
            CommandPart::Unparsed { head, error, .. } => {
                self.broken(head.as_ref());
                Said::Unreadable(error.to_string())
            }
            CommandPart::TooLong { head, .. } => {
                self.broken(head.as_ref());
                self.passed = Some("too long, passed over");
                return None;
            }
            CommandPart::Endless => {
                self.lost = true;
                return None;
            }
            part => {
                if let Some(append) = &mut self.append {
                    append.part(part, consumed);
                }
                return None;
            }
        };
        Some(said.forgiven(std::mem::replace(&mut self.quirks, Quirks::strict())))
    }

    /// Whatever follows a broken login may be part of it.
    fn broken(&mut self, head: Option<&CommandHead>) {
        self.append = None;
        let name = head.and_then(|head| head.name.as_ref());
        self.in_login = name.is_some_and(|name| name.is("AUTHENTICATE"));
        self.is_trusted &= name.is_some_and(|name| !name.is("LOGIN") && !name.is("AUTHENTICATE"));
    }

    /// Passes over a literal that is too long, and the rest of its line.
    fn pass_over(&mut self, octets: &[u8]) -> Option<Step> {
        let left = self.swallow?;
        if left > 0 {
            let n = usize::try_from(left).unwrap_or(usize::MAX).min(octets.len());
            self.swallow = Some(left - n as u64);
            return Some(Step { octets: n, said: None });
        }
        Some(match memmem::find(octets, b"\r\n") {
            Some(end) => {
                self.swallow = None;
                let why = self.passed.take().unwrap_or_default();
                Step { octets: end + 2, said: Some(Said::Unreadable(why.into())) }
            }
            None => Step { octets: octets.len().saturating_sub(1), said: None },
        })
    }
}

/// Whether the command has a name that is known.
fn is_known(command: &Command) -> bool {
    !matches!(command, Command::Other { .. })
}

impl Append {
    fn new(tag: Tag, target: AppendTarget) -> Self {
        Self {
            tag,
            target,
            messages: Vec::new(),
            weight: 0,
            left_out: 0,
            message: Map::new(),
            pieces: Vec::new(),
            octets: 0,
            catenated: false,
        }
    }

    fn part(&mut self, part: CommandPart, consumed: usize) {
        match part {
            CommandPart::Message(it) => self.begin(&it),
            CommandPart::Url(url) => {
                // Whoever has what stands behind it may read the message (RFC 4467 §2).
                const AUTH: &[u8] = b";URLAUTH=";
                let upper = url.to_ascii_uppercase();
                let url = match memmem::find(&upper, AUTH) {
                    Some(at) => [&url[..at + AUTH.len()], SECRET.as_bytes()].concat(),
                    None => url.to_vec(),
                };
                self.piece(json!({"url": text(url)}));
            }
            CommandPart::Chunk => self.octets += consumed as u64,
            CommandPart::LiteralEnd if self.catenated => {
                let octets = std::mem::take(&mut self.octets);
                self.piece(json!({"octets": octets}));
            }
            CommandPart::MessageEnd => self.end(),
            _ => {}
        }
    }

    fn begin(&mut self, it: &AppendMessage) {
        self.message = Map::new();
        self.octets = 0;
        self.catenated = matches!(it.data, AppendData::Catenate);
        if !it.flags.is_empty() {
            self.message.insert("flags".into(), all_shown(it.flags.iter()));
        }
        if let Some(date) = it.date {
            self.message.insert("date".into(), shown(date));
        }
        for (name, raw) in &it.extensions {
            self.message.insert(name.to_string(), text(raw.as_bytes()));
        }
        let form = match it.data {
            AppendData::Literal8(_) => "literal8",
            AppendData::Utf8(_) => "UTF8",
            AppendData::Catenate => "CATENATE",
            _ => return,
        };
        self.message.insert("form".into(), form.into());
    }

    fn piece(&mut self, piece: Value) {
        self.weight += piece.to_string().len();
        if self.weight <= SHOWN { self.pieces.push(piece) } else { self.left_out += 1 }
    }

    fn end(&mut self) {
        let mut message = std::mem::take(&mut self.message);
        if self.catenated {
            message.insert("pieces".into(), std::mem::take(&mut self.pieces).into());
        } else {
            message.insert("octets".into(), self.octets.into());
        }
        let message = Value::from(message);
        self.weight += message.to_string().len();
        if self.weight <= SHOWN { self.messages.push(message) } else { self.left_out += 1 }
    }

    fn said(self) -> Said {
        let mut said = append(text(self.tag.as_bytes()), &self.target, self.messages);
        if let Said::This { value, .. } = &mut said
            && self.left_out > 0
        {
            value["left-out"] = self.left_out.into();
        }
        said
    }
}

impl Decoder for ImapCommands {
    fn step(&mut self, octets: &[u8]) -> Step {
        if self.lost {
            return Step { octets: octets.len(), said: None };
        }
        let mut consumed = 0;
        loop {
            let rest = &octets[consumed..];
            if let Some(step) = self.pass_over(rest) {
                let is_over = step.is_starved() || step.said.is_some();
                consumed += step.octets;
                if is_over {
                    return Step { octets: consumed, said: step.said };
                }
                continue;
            }
            if self.expects_line(rest).is_none() {
                return Step { octets: consumed, said: None };
            }
            let step = self.reader.read(rest);
            consumed += step.octets;
            let is_starved = step.is_starved();
            let mut said = step.part.and_then(|part| self.part(part, step.octets));
            if said.is_none() && self.reader.is_between() && self.swallow.is_none() {
                said = self.passed.take().map(|why| Said::Unreadable(why.into()));
            }
            if said.is_some() || is_starved || self.lost {
                return Step { octets: consumed, said };
            }
        }
    }

    fn is_lost(&self) -> bool {
        self.lost
    }
}
