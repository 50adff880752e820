//! A conversation: what both sides say, each in the light of what the other said.

use std::collections::VecDeque;
use std::io::{self, Read, Write};

use postrider::imap::Quirks;
use serde_json::Value;

use super::imap_commands::ImapCommands;
use super::imap_responses::ImapResponses;
use super::smtp_commands::SmtpCommands;
use super::smtp_replies::SmtpReplies;
use super::transcript::{Line, Lines, Side, What, with_literals};
use super::unit::{Decoder, Said, Unit};

/// Tells the units of both sides, in the order in which they end.
pub(crate) fn run(reader: impl Read, forgiven: Quirks, out: &mut impl Write) -> io::Result<()> {
    let mut lines = Lines::new(reader);
    let mut first = Vec::new();
    let mut is_smtp = None;
    while is_smtp.is_none() && first.len() < UNDECIDED {
        let Some(line) = lines.next()? else { break };
        if let What::Said(side, text) = &line.what
            && !line.what.is_told()
        {
            is_smtp = protocol(*side, text)?;
        }
        first.push(line);
    }
    let mut session = Session::new(is_smtp.unwrap_or(false), forgiven);
    let mut first = first.into_iter();
    // The print may fold a line, so each waits for the one behind it.
    let mut held: Option<Line> = None;
    loop {
        let line = match first.next() {
            Some(line) => Some(line),
            None => lines.next()?,
        };
        let Some(line) = line else { break };
        match (line.what, &mut held) {
            (What::Unmarked(text), Some(before)) => {
                session.unmarked(before, text, line.len, out)?
            }
            (what, _) => {
                let line = Line { what, ..line };
                if let Some(before) = held.replace(line) {
                    session.line(before, out)?;
                }
            }
        }
    }
    if let Some(line) = held {
        session.line(line, out)?;
    }
    session.end(out)
}

/// Lines that are looked at to know the protocol.
const UNDECIDED: usize = 100;

/// Whether the line is one of SMTP; `None` when it could be either.
fn protocol(side: Side, text: &[u8]) -> io::Result<Option<bool>> {
    const VERBS: [&[u8]; 14] = [
        b"EHLO",
        b"HELO",
        b"LHLO",
        b"MAIL",
        b"RCPT",
        b"DATA",
        b"BDAT",
        b"AUTH",
        b"VRFY",
        b"EXPN",
        b"RSET",
        b"QUIT",
        b"SEND",
        b"STARTTLS",
    ];
    let mut words = text.split(|octet| *octet == b' ');
    let word = words.next().unwrap_or_default();
    if word == b"+OK" || word == b"-ERR" {
        let why = "a session of POP3; only IMAP, SMTP and LMTP are understood";
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let is_command = |word: &[u8]| word.len() > 2 && word.iter().all(u8::is_ascii_alphabetic);
    let is_code = word.get(..3).is_some_and(|code| code.iter().all(u8::is_ascii_digit))
        && matches!(word.get(3), None | Some(b'-'));
    Ok(match side {
        Side::Server if is_code => Some(true),
        Side::Server if word == b"*" || word == b"+" => Some(false),
        Side::Client if VERBS.iter().any(|verb| verb.eq_ignore_ascii_case(word)) => Some(true),
        Side::Client if words.next().is_some_and(is_command) => Some(false),
        _ => None,
    })
}

/// The protocol, with a decoder for each side.
enum Protocol {
    Imap(Box<ImapCommands>, Box<ImapResponses>),
    Smtp(SmtpCommands, SmtpReplies),
}

struct Session {
    protocol: Protocol,
    forgiven: Quirks,
    client: Wire,
    server: Wire,
    /// A line of a client whose literals come in lines of their own.
    open: Option<(Line, Vec<u64>)>,
}

/// Octets of one side that no unit has taken yet, and the lines that they stood in.
#[derive(Debug, Default)]
struct Wire {
    octets: Vec<u8>,
    /// Octets that were consumed.
    at: u64,
    /// Octets that came.
    end: u64,
    /// Where the unit began.
    unit: u64,
    /// Up to which octet each line goes, and where it stands.
    lines: VecDeque<(u64, u64, u64)>,
}

impl Wire {
    fn push(&mut self, octets: &[u8], line: &Line) {
        self.octets.extend_from_slice(octets);
        self.end += octets.len() as u64;
        match self.lines.back_mut() {
            Some((end, offset, _)) if *offset == line.offset => *end = self.end,
            _ => self.lines.push_back((self.end, line.offset, line.offset + line.len)),
        }
    }

    /// The lines that the unit stood in, up to what was consumed.
    fn take_unit(&mut self) -> (u64, u64) {
        let mut place: Option<(u64, u64)> = None;
        while let Some(&(end, from, to)) = self.lines.front() {
            place = Some((place.map_or(from, |(from, _)| from), to));
            if end > self.at {
                break;
            }
            self.lines.pop_front();
            if end == self.at {
                break;
            }
        }
        self.unit = self.at;
        let (from, to) = place.unwrap_or_default();
        (from, to - from)
    }

    /// Whether a unit has begun and not ended.
    fn is_open(&self) -> bool {
        self.end > self.unit
    }

    fn drop_all(&mut self) {
        self.at = self.end;
        self.octets.clear();
    }
}

impl Session {
    fn new(is_smtp: bool, forgiven: Quirks) -> Self {
        let protocol = if is_smtp {
            Protocol::Smtp(SmtpCommands::new().with_server(), SmtpReplies::new())
        } else {
            let commands = ImapCommands::new(forgiven).with_server();
            Protocol::Imap(Box::new(commands), Box::new(ImapResponses::new(forgiven)))
        };
        let (client, server) = (Wire::default(), Wire::default());
        Self { protocol, forgiven, client, server, open: None }
    }

    /// A line without a mark: it belongs to the one before, or is a line of a literal of its own.
    fn unmarked(
        &mut self,
        before: &mut Line,
        text: Vec<u8>,
        len: u64,
        out: &mut impl Write,
    ) -> io::Result<()> {
        if let What::Said(side, line) = &mut before.what {
            let side = *side;
            let is_fold = text.first().is_some_and(u8::is_ascii_whitespace);
            if is_fold && !self.in_payload(side) && !line.ends_with(b"}") {
                if line.ends_with(b" \\") {
                    line.truncate(line.len() - 2);
                }
                // Base64 is folded anywhere, lines between words.
                if !self.in_login() {
                    line.push(b' ');
                }
                line.extend_from_slice(text.trim_ascii());
                before.len += len;
                return Ok(());
            }
            let offset = before.offset + before.len;
            let next = Line { offset, len, what: What::Said(side, text) };
            return self.line(std::mem::replace(before, next), out);
        }
        before.len += len;
        Ok(())
    }

    fn in_login(&self) -> bool {
        match &self.protocol {
            Protocol::Imap(commands, _) => commands.in_login(),
            Protocol::Smtp(commands, _) => commands.in_login(),
        }
    }

    fn in_payload(&self, side: Side) -> bool {
        match (&self.protocol, side) {
            (Protocol::Imap(commands, _), Side::Client) => commands.in_payload(),
            (Protocol::Imap(_, responses), Side::Server) => responses.in_payload(),
            (Protocol::Smtp(commands, _), Side::Client) => commands.in_payload(),
            (Protocol::Smtp(..), Side::Server) => false,
        }
    }

    fn line(&mut self, line: Line, out: &mut impl Write) -> io::Result<()> {
        if let Some((_, sizes)) = &mut self.open {
            if let What::Literal(Side::Client, octets) = line.what {
                sizes.push(octets);
                let (before, sizes) = self.open.as_mut().expect("it is open");
                before.len = line.offset + line.len - before.offset;
                if sizes.len() < places(before) {
                    return Ok(());
                }
                return self.close(out);
            }
            self.close(out)?;
        }
        match &line.what {
            What::Said(Side::Client, _) if places(&line) > 0 => {
                self.open = Some((line, Vec::new()));
                Ok(())
            }
            What::Said(side, _) if line.what.is_told() && !self.in_payload(*side) => Ok(()),
            What::Said(side, text) => {
                let octets = [&with_literals(text)[..], b"\r\n"].concat();
                self.hear(*side, &octets, &line, out)
            }
            What::Raw(side, octets) => self.hear(*side, octets, &line, out),
            What::Counted(side, octets) => self.counted(*side, *octets, &line, out),
            What::Literal(side, octets) => self.counted(*side, *octets, &line, out),
            What::Tls => {
                let unit = Unit {
                    offset: line.offset,
                    len: line.len,
                    side: None,
                    said: Said::new("TLS", Value::Null),
                };
                unit.write(out)
            }
            What::Unmarked(_) | What::Comment => Ok(()),
        }
    }

    /// The line whose literals stood behind it: `a APPEND x <literal>`.
    fn close(&mut self, out: &mut impl Write) -> io::Result<()> {
        let Some((line, sizes)) = self.open.take() else { return Ok(()) };
        let What::Said(side, text) = &line.what else { return Ok(()) };
        let mut octets = Vec::new();
        let mut rest = &text[..];
        let mut sizes = sizes.into_iter();
        while let Some(at) = memchr::memmem::find(rest, LITERAL) {
            let size = sizes.next().unwrap_or_default().min(1 << 20);
            octets.extend_from_slice(&rest[..at]);
            octets.extend_from_slice(format!("{{{size}+}}\r\n").as_bytes());
            octets.resize(octets.len() + usize::try_from(size).unwrap_or_default(), b'x');
            rest = &rest[at + LITERAL.len()..];
        }
        octets.extend_from_slice(rest);
        octets.extend_from_slice(b"\r\n");
        self.hear(*side, &octets, &line, out)
    }

    /// Octets of a message that are only counted.
    fn counted(
        &mut self,
        side: Side,
        octets: u64,
        line: &Line,
        out: &mut impl Write,
    ) -> io::Result<()> {
        if let (Protocol::Smtp(commands, _), Side::Client) = (&mut self.protocol, side)
            && let Some(said) = commands.counted(octets)
        {
            self.client.drop_all();
            self.client.take_unit();
            let (offset, len) = (line.offset, line.len);
            return Unit { offset, len, side: Some("C"), said }.write(out);
        }
        let filler = [b'x'; 4096];
        let mut left = octets;
        while left > 0 && self.in_payload(side) {
            let n = left.min(4096);
            left -= n;
            self.hear(side, &filler[..usize::try_from(n).unwrap_or_default()], line, out)?;
        }
        Ok(())
    }

    /// One side says this.
    fn hear(
        &mut self,
        side: Side,
        octets: &[u8],
        line: &Line,
        out: &mut impl Write,
    ) -> io::Result<()> {
        // What is printed of a literal may be less than was announced.
        let answers = side == Side::Server && self.answers(octets);
        if (side == Side::Client && self.server.is_open()) || (answers && !self.is_asking()) {
            self.give_up(if side == Side::Client { Side::Server } else { Side::Client }, out)?;
        }
        self.wire(side).push(octets, line);
        self.pump(side, out)?;
        if side == Side::Server { self.pump(Side::Client, out) } else { Ok(()) }
    }

    /// Whether a server ends a command with this, of which octets are still due.
    fn answers(&self, octets: &[u8]) -> bool {
        match &self.protocol {
            Protocol::Imap(commands, _) => {
                let is_tagged = !octets.starts_with(b"* ") && !octets.starts_with(b"+");
                self.client.is_open()
                    && is_tagged
                    && !commands.is_asking()
                    && !self.server.is_open()
            }
            Protocol::Smtp(commands, _) => commands.in_payload() && self.client.is_open(),
        }
    }

    fn is_asking(&self) -> bool {
        matches!(&self.protocol, Protocol::Imap(commands, _) if commands.is_asking())
    }

    fn wire(&mut self, side: Side) -> &mut Wire {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Reads what a side said as far as that goes.
    fn pump(&mut self, side: Side, out: &mut impl Write) -> io::Result<()> {
        loop {
            let wire = match side {
                Side::Client => &mut self.client,
                Side::Server => &mut self.server,
            };
            let step = match (&mut self.protocol, side) {
                (Protocol::Imap(commands, _), Side::Client) => commands.step(&wire.octets),
                (Protocol::Imap(commands, responses), Side::Server) => {
                    responses.in_login = commands.in_login();
                    responses.step(&wire.octets)
                }
                (Protocol::Smtp(commands, _), Side::Client) => commands.step(&wire.octets),
                (Protocol::Smtp(_, replies), Side::Server) => replies.step(&wire.octets),
            };
            if step.is_starved() {
                return Ok(());
            }
            wire.octets.drain(..step.octets);
            wire.at += step.octets as u64;
            let Some(said) = step.said else { continue };
            if side == Side::Server {
                self.heard(&said);
            }
            self.tell(side, said, out)?;
        }
    }

    /// What the client may do now that the server has said this.
    fn heard(&mut self, said: &Said) {
        let Said::This { kind, value, .. } = said else { return };
        match &mut self.protocol {
            Protocol::Imap(commands, _) => match &**kind {
                "+" => commands.verdict(true),
                "OK" | "NO" | "BAD" if value.get("tag").is_some() => commands.verdict(false),
                _ => {}
            },
            Protocol::Smtp(commands, _) => {
                commands.replied(value["code"].as_u64().unwrap_or_default());
            }
        }
    }

    fn tell(&mut self, side: Side, said: Said, out: &mut impl Write) -> io::Result<()> {
        let (offset, len) = self.wire(side).take_unit();
        let side = match side {
            Side::Client => "C",
            Side::Server => "S",
        };
        Unit { offset, len, side: Some(side), said }.write(out)
    }

    /// What a side said ends here, whatever was announced.
    fn give_up(&mut self, side: Side, out: &mut impl Write) -> io::Result<()> {
        if !self.wire(side).is_open() {
            return Ok(());
        }
        match (&mut self.protocol, side) {
            (Protocol::Imap(commands, _), Side::Client) => {
                **commands = ImapCommands::new(self.forgiven).with_server();
            }
            (Protocol::Imap(_, responses), Side::Server) => {
                **responses = ImapResponses::new(self.forgiven);
            }
            (Protocol::Smtp(commands, _), Side::Client) => {
                *commands = SmtpCommands::new().with_server();
            }
            (Protocol::Smtp(_, replies), Side::Server) => *replies = SmtpReplies::new(),
        }
        self.wire(side).drop_all();
        self.tell(side, Said::Unreadable("less stands here than it announces".into()), out)
    }

    fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.close(out)?;
        for side in [Side::Client, Side::Server] {
            self.give_up(side, out)?;
        }
        Ok(())
    }
}

/// What stands for a literal.
const LITERAL: &[u8] = b"<literal>";

/// How many literals of a line stand behind it.
fn places(line: &Line) -> usize {
    match &line.what {
        What::Said(_, text) => memchr::memmem::find_iter(text, LITERAL).count(),
        _ => 0,
    }
}
