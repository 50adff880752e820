//! What the server does with what it receives.

use bytes::Bytes;
use postrider_wire::{AbortReason, Inbox, TimerKind};

use super::append::Append;
use super::idle::Idling;
use super::peek::{self, Peeked};
use super::{Access, Asked, Event, Server, Stage};
use crate::compress::Stream;
use crate::framing::show_in;
use crate::language::{
    Code, Command, Framed, Framer, LiteralHead, PlainCode, Quirks, Response, Side, Status,
    StatusKind, StoreValue, Tag, TaggedCommand,
};
use crate::limits::LEAST;
use crate::{CommandName, Error, Fault, State};

/// What the next octets of the inbox are.
#[derive(Debug)]
pub(super) enum Reading {
    /// A command, of which this much was searched.
    Unit(Framer),
    /// The rest of a line whose command was refused.
    Line,
    /// A literal of so many octets that was refused, and then the rest of its line.
    Literal(u64),
    /// The messages of an APPEND.
    Append(Append),
    /// The line that ends IDLE.
    Idle(Idling),
}

/// Whether a line may be credentials that nobody waits for: a client that does not wait sends them
/// although the command they belong to was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Credentials {
    NotDue,
    /// Until a line is a command, it is hidden, and its first word is not echoed as a tag.
    MayFollow,
}

/// What one step of reading came to.
pub(super) enum Step {
    Event(Event),
    Again,
    Starved,
}

/// At the end of a refused line this much is kept to see whether it announces a literal.
const TAIL: usize = 32;

impl Reading {
    pub(super) fn unit() -> Self {
        Self::Unit(Framer::new(Side::Command))
    }
}

impl Server {
    /// Octets of one command, as things stand.
    pub(super) fn unit_limit(&self) -> usize {
        let limits = &self.config.limits;
        match self.state {
            State::NotAuthenticated => limits.unit_before_login.max(LEAST),
            _ => limits.unit.max(LEAST),
        }
    }

    /// Tells the inbox what comes.
    pub(super) fn expect(&self, rx: &mut Inbox) {
        match self.payload_due() {
            Some(read) => rx.expect_payload(read),
            None if self.is_idling() => rx.expect_units(LEAST),
            None => rx.expect_units(self.unit_limit()),
        }
    }

    /// The client sends nothing more, and no command is complete.
    pub(super) fn ended(&mut self, rx: &Inbox) {
        let between = matches!(self.reading, Reading::Unit(_)) && rx.is_empty();
        if self.inflating == Some(Stream::Corrupt) {
            let offset = rx.offset().saturating_add(rx.len() as u64);
            let fault = Error::Protocol { fault: Fault::Compression, offset };
            self.bye("corrupt compression", Some(fault));
            return;
        }
        if !between {
            let offset = rx.offset().saturating_add(rx.len() as u64);
            self.doom = Some(Error::Eof { offset });
        }
        self.end_open(AbortReason::Eof);
        self.stage = Stage::Over;
    }

    pub(super) fn read(&mut self, rx: &mut Inbox) -> Step {
        self.offset = rx.offset();
        match core::mem::replace(&mut self.reading, Reading::unit()) {
            Reading::Unit(framer) => self.read_unit(rx, framer),
            Reading::Line => self.swallow_line(rx),
            Reading::Literal(left) => self.swallow_literal(rx, left),
            Reading::Append(append) => self.read_append(rx, append),
            Reading::Idle(idling) => self.read_idle(rx, idling),
        }
    }

    fn read_unit(&mut self, rx: &mut Inbox, mut framer: Framer) -> Step {
        match framer.step(rx.octets(), self.unit_limit()) {
            Framed::More => {
                self.reading = Reading::Unit(framer);
                Step::Starved
            }
            Framed::TooLong => {
                let peeked = peek::peek_command(rx.octets());
                let status = Status::bad("too long").with_code(Code::Plain(PlainCode::TooBig));
                let tag = self.show_refused(rx.octets(), &framer, peeked, false);
                rx.skip(framer.line());
                self.reading = Reading::Line;
                self.refuse(tag, &status);
                Step::Again
            }
            Framed::Literal { head, next } => self.on_literal(rx, framer, head, next),
            Framed::Unit { text, next } => {
                // LOGIN may come in any state, if only to be refused.
                let unit = rx.take_secret_unit(text);
                rx.skip(next.saturating_sub(text));
                self.chassis.timers.stop(TimerKind::Idle);
                self.on_unit(rx, &unit, &framer)
            }
        }
    }

    fn on_unit(&mut self, rx: &Inbox, unit: &Bytes, framer: &Framer) -> Step {
        let peeked = peek::peek_command(unit);
        let command = TaggedCommand::parse(unit, &self.config.limits, Quirks::strict());
        let command = command.ok().map(|(tagged, _)| tagged.command);
        let objection = match &peeked {
            Some(peeked) => self.objection(peeked),
            None => Some(Status::bad("no tag")),
        };
        match (objection, command, peeked) {
            (None, Some(command), Some(peeked)) => {
                self.credentials = Credentials::NotDue;
                let login = peeked.name == Some(CommandName::Login);
                let secret = login.then(|| peek::password_at(unit, &peeked));
                show_in(&mut self.chassis, unit, framer.pieces(), secret);
                self.on_command(rx, command, peeked)
            }
            (objection, command, peeked) => {
                let known = peeked.as_ref().is_some_and(|peeked| peeked.name.is_some());
                let good = command.as_ref().is_some_and(|command| {
                    known || matches!(command, Command::Authenticate { .. })
                });
                let tag = self.show_refused(unit, framer, peeked, good);
                if good && known {
                    self.credentials = Credentials::NotDue;
                }
                self.refuse(tag, &objection.unwrap_or_else(|| Status::bad("syntax error")));
                Step::Again
            }
        }
    }

    /// Shows what is refused, or as much of it as came, with what could be credentials marked.
    /// `good` tells that it is a well-formed command. Answers the tag, if it may be told.
    fn show_refused(
        &mut self,
        octets: &[u8],
        framer: &Framer,
        peeked: Option<Peeked>,
        good: bool,
    ) -> Option<Tag> {
        let before_login = self.state == State::NotAuthenticated;
        let hidden = self.credentials == Credentials::MayFollow && !good;
        let suspect = peek::credentials_at(octets);
        let arguments = peeked.as_ref().map_or(0, |peeked| peeked.arguments);
        let secret = match &peeked {
            _ if hidden => Some(0),
            Some(peeked) if peeked.name == Some(CommandName::Login) => {
                Some(peek::password_at(octets, peeked))
            }
            // Whatever it was meant to be, it may hold a password.
            _ if before_login && !good => Some(arguments.min(suspect.unwrap_or(arguments))),
            _ => suspect,
        };
        show_in(&mut self.chassis, octets, framer.pieces(), secret);
        let logs_in = peeked.as_ref().is_some_and(Peeked::logs_in);
        if logs_in || (before_login && suspect.is_some()) {
            self.credentials = Credentials::MayFollow;
        }
        peeked.filter(|_| !hidden).map(|peeked| peeked.tag)
    }

    /// A line announces a literal: the client goes on, or the command is refused before an octet of
    /// the literal is taken.
    fn on_literal(
        &mut self,
        rx: &mut Inbox,
        mut framer: Framer,
        head: LiteralHead,
        next: usize,
    ) -> Step {
        let octets = rx.octets().get(..next).unwrap_or_default();
        let peeked = peek::peek_command(octets);
        let size = head.octets.and_then(|size| usize::try_from(size).ok());
        let fits = size.filter(|size| next.saturating_add(*size) <= self.unit_limit());
        let peeked = match peeked {
            Some(peeked) if self.is_message(&peeked, &framer, head) => {
                return self.on_append(rx, &framer, head, next, peeked);
            }
            peeked => peeked,
        };
        let refusal = match &peeked {
            None => Some(Status::bad("no tag")),
            Some(peeked) => match self.objection(peeked) {
                Some(status) => Some(status),
                None if fits.is_none() || framer.pieces().len() >= self.config.limits.literals => {
                    Some(Status::bad("literal too long").with_code(Code::Plain(PlainCode::TooBig)))
                }
                None if !takes_literals(peeked.name) => Some(Status::bad("no literal here")),
                None => None,
            },
        };
        match (refusal, fits) {
            (None, Some(size)) => {
                framer.take_literal(next, size);
                self.reading = Reading::Unit(framer);
                if head.waits {
                    self.say((*b"+ Ready for additional command text\r\n").into());
                }
            }
            (refusal, _) => {
                let known = peeked.as_ref().is_some_and(|peeked| takes_literals(peeked.name));
                let tag = self.show_refused(octets, &framer, peeked, known);
                if self.state == State::NotAuthenticated {
                    self.credentials = Credentials::MayFollow;
                }
                rx.skip(next);
                let status = refusal.unwrap_or_else(|| Status::bad("literal too long"));
                self.refuse(tag, &status);
                if !head.waits {
                    self.reading = self.swallowing(rx.offset(), head.octets);
                }
            }
        }
        Step::Again
    }

    /// Whether the literal is a message of an APPEND that is allowed: one that is not the mailbox.
    fn is_message(&self, peeked: &Peeked, framer: &Framer, head: LiteralHead) -> bool {
        let first = framer.pieces().is_empty() && head.at <= peeked.arguments.saturating_add(1);
        peeked.name == Some(CommandName::Append) && !first && self.objection(peeked).is_none()
    }

    /// RFC 7888: the octets of a non-synchronising literal come whatever we say, so they are
    /// swallowed, as long as that is worth it.
    pub(super) fn swallowing(&mut self, offset: u64, octets: Option<u64>) -> Reading {
        match octets.filter(|size| *size <= self.config.limits.swallow) {
            Some(size) => Reading::Literal(size),
            None => {
                self.bye("literal too long", Some(Error::Limit { offset }));
                Reading::unit()
            }
        }
    }

    fn swallow_literal(&mut self, rx: &mut Inbox, left: u64) -> Step {
        let n = usize::try_from(left).unwrap_or(usize::MAX).min(rx.len());
        rx.skip(n);
        let left = left.saturating_sub(n as u64);
        self.reading = if left == 0 { Reading::Line } else { Reading::Literal(left) };
        if left == 0 { Step::Again } else { Step::Starved }
    }

    fn swallow_line(&mut self, rx: &mut Inbox) -> Step {
        self.reading = Reading::Line;
        let octets = rx.octets();
        let Some(at) = memchr::memmem::find(octets, b"\r\n") else {
            rx.skip(octets.len().saturating_sub(TAIL));
            return Step::Starved;
        };
        let announced = peek::literal_in_tail(octets.get(..at).unwrap_or_default());
        rx.skip(at.saturating_add(2));
        self.reading = match announced {
            Some(octets) => self.swallowing(rx.offset(), octets),
            None => Reading::unit(),
        };
        Step::Again
    }

    /// Why this command is not even read to its end.
    fn objection(&self, peeked: &Peeked) -> Option<Status> {
        let Some(name) = peeked.name else {
            return Some(match self.state {
                State::NotAuthenticated if peeked.authenticate => Status::no("no such mechanism"),
                _ => Status::bad("unknown command"),
            });
        };
        if !self.state.allows(name) {
            return Some(Status::bad("not in this state"));
        }
        match name {
            CommandName::Compress => self.compress_objection(),
            CommandName::StartTls if !self.offers_tls() => Some(Status::bad("no TLS here")),
            CommandName::Login if !self.takes_login() => {
                Some(Status::no("TLS first").with_code(Code::Plain(PlainCode::PrivacyRequired)))
            }
            CommandName::Store if self.access == Access::ReadOnly => Some(
                Status::no("the mailbox is read-only").with_code(Code::Plain(PlainCode::ReadOnly)),
            ),
            _ => None,
        }
    }

    fn on_command(&mut self, rx: &Inbox, command: Command, peeked: Peeked) -> Step {
        let Some(name) = CommandName::of(&command) else {
            self.refuse(Some(peeked.tag), &Status::bad("unknown command"));
            return Step::Again;
        };
        let asked = Asked { tag: peeked.tag, name, uid: peeked.uid };
        let event = match command {
            Command::Capability => {
                self.say_response(&Response::Capability(self.capabilities()));
                self.say_completed(&asked);
                return Step::Again;
            }
            Command::Logout => {
                self.logout(&asked);
                return Step::Again;
            }
            Command::StartTls => {
                self.start_tls(rx, &asked);
                return Step::Again;
            }
            Command::Compress(mechanism) if mechanism.is("DEFLATE") => {
                self.compress(rx, &asked);
                return Step::Again;
            }
            Command::Idle => Event::Idle,
            Command::Noop => Event::Noop,
            Command::Login { user, password } => Event::Login { user, password },
            Command::Select { mailbox, parameters } if parameters == Default::default() => {
                Event::Select { mailbox, read_only: false }
            }
            Command::Examine { mailbox, parameters } if parameters == Default::default() => {
                Event::Select { mailbox, read_only: true }
            }
            Command::Fetch { set, uid, attributes, modifiers }
                if modifiers == Default::default() =>
            {
                Event::Fetch { set, attributes: attributes.into_list(), uid }
            }
            Command::Store(store) if store.unchanged_since.is_none() => match store.what {
                StoreValue::Flags(flags) if flags.is_storable() => Event::Store {
                    set: store.set,
                    mode: store.mode,
                    silent: store.silent,
                    flags,
                    uid: store.uid,
                },
                _ => return self.not_here(asked.tag),
            },
            // Extensions that are not advertised.
            _ => return self.not_here(asked.tag),
        };
        self.asked = Some(asked);
        Step::Event(event)
    }

    /// Refuses a command whose arguments are none of IMAP4rev1.
    fn not_here(&mut self, tag: Tag) -> Step {
        self.refuse(Some(tag), &Status::bad("syntax error"));
        Step::Again
    }

    fn say_completed(&mut self, asked: &Asked) {
        let text = super::answer::completed(asked.name, asked.uid);
        self.say_tagged(&asked.tag, &Status::ok(text));
    }

    fn logout(&mut self, asked: &Asked) {
        self.say_status(&Status::bye(self.config.farewell.clone()));
        self.say_completed(asked);
        self.state = State::Logout;
        self.stage = Stage::Over;
    }

    fn start_tls(&mut self, rx: &Inbox, asked: &Asked) {
        // Anything behind STARTTLS would be taken for something said under TLS (CVE-2011-0411).
        if let Err(fault) = self.chassis.tls.agree(rx) {
            self.bye("plaintext behind STARTTLS", Some(fault.into()));
            return;
        }
        self.say_tagged(&asked.tag, &Status::ok("Begin TLS negotiation now"));
    }

    /// Refuses a command. BAD is counted.
    pub(super) fn refuse(&mut self, tag: Option<Tag>, status: &Status) {
        match tag {
            Some(tag) => self.say_tagged(&tag, status),
            None => self.say_status(status),
        }
        if status.kind == StatusKind::Bad {
            self.count_bad();
        }
    }

    pub(super) fn count_bad(&mut self) {
        let offset = self.offset;
        self.bad = self.bad.saturating_add(1);
        if self.bad > self.config.limits.bad_commands && self.stage != Stage::Over {
            self.bye("too many bad commands", Some(Error::BadCommands { offset }));
        }
    }
}

/// Whether a string may stand among the arguments of this command.
fn takes_literals(name: Option<CommandName>) -> bool {
    use CommandName::{Append, Examine, Fetch, Login, Select};
    name.is_some_and(|name| matches!(name, Append | Login | Select | Examine | Fetch))
}
