//! What the server does with what it receives.

use alloc::boxed::Box;

use bytes::Bytes;
use postrider_wire::{AbortReason, Direction, Inbox, TimerKind, Unit};

use super::append::Append;
use super::peek::{self, Peeked};
use super::{Event, Phrase, Server};
use crate::compress::Stream;
use crate::framing::show_in;
use crate::limits::LEAST;
use crate::{
    Code, Command, CommandPart, CommandReader, Consumed, LiteralRequest, LiteralRole, Literals,
    PlainCode, Quirks, Status, Tag, TaggedCommand,
};
use crate::{CommandName, Error, Fault, Limits, State};

/// What is read, and how far.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) reader: CommandReader,
    /// An APPEND whose messages come.
    pub(super) append: Option<Box<Append>>,
    /// An accepted IDLE, by its tag.
    pub(super) idling: Option<Tag>,
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

impl Reading {
    pub(super) fn new(limits: &Limits) -> Self {
        let reader = CommandReader::new(&limits.before_login(), Quirks::strict());
        Self { reader, append: None, idling: None }
    }
}

impl Server {
    /// Octets of one command, as things stand.
    pub(super) fn unit_limit(&self) -> usize {
        let limits = &self.config.limits;
        match self.state {
            // A line of a login is longer than a command may be.
            State::NotAuthenticated if self.config.auth.is_some() => {
                limits.unit_before_login.max(postrider_sasl::line::LONGEST.saturating_add(LEAST))
            }
            State::NotAuthenticated => limits.unit_before_login.max(LEAST),
            _ => limits.unit.max(LEAST),
        }
    }

    /// Tells the inbox what comes.
    pub(super) fn expect(&mut self, rx: &mut Inbox) {
        // A line that is longer is not DONE.
        let unit = if self.is_idling() { LEAST } else { self.unit_limit() };
        self.reading.reader.set_unit(unit);
        match self.payload_due() {
            Some(read) => rx.expect_payload(read),
            None => rx.expect_units(unit),
        }
    }

    /// The client sends nothing more, and no command is complete.
    pub(super) fn ended(&mut self, rx: &Inbox) {
        let offset = rx.offset().saturating_add(rx.len() as u64);
        if self.inflating == Some(Stream::Corrupt) {
            let fault = Error::Protocol { fault: Fault::Compression, offset };
            self.bye(Phrase::Corrupt, Some(fault));
            return;
        }
        let waits = self.is_idling() || self.is_logging_in();
        let between = self.reading.reader.is_between() && !waits && rx.is_empty();
        if !between {
            self.doom = Some(Error::Eof { offset });
        }
        self.end_open(AbortReason::Eof);
        self.over();
    }

    pub(super) fn read(&mut self, rx: &mut Inbox) -> Step {
        if let Some(event) = self.append_due() {
            return Step::Event(event);
        }
        if let Some(step) = self.login_due() {
            return step;
        }
        self.offset = rx.offset();
        if self.state == State::NotAuthenticated
            && self.reading.reader.is_between()
            && !self.is_logging_in()
            && let Some(step) = self.foreign(rx)
        {
            return step;
        }
        let step = self.reading.reader.read(rx.octets());
        if step.is_starved() {
            return Step::Starved;
        }
        match (step.consumed, step.part) {
            (Consumed::Payload, Some(CommandPart::Chunk)) => {
                self.chassis.timers.start(TimerKind::Progress, self.config.progress);
                let chunk = rx.take_payload(step.octets);
                self.chassis.show(Direction::In, Unit::Payload(&chunk));
                Step::Event(Event::Chunk(chunk))
            }
            (Consumed::Text, Some(part)) => self.on_part(rx, step.octets, part),
            (_, Some(CommandPart::Endless)) => {
                rx.skip(step.octets);
                self.endless(rx)
            }
            _ => {
                rx.skip(step.octets);
                Step::Again
            }
        }
    }

    /// A part that ends with `octets` at the front.
    fn on_part(&mut self, rx: &mut Inbox, octets: usize, part: CommandPart) -> Step {
        match part {
            CommandPart::Command(TaggedCommand { tag, command }) => {
                let unit = self.take_line(rx, octets);
                self.on_whole(rx, &unit, tag, command)
            }
            CommandPart::Unparsed { .. } => {
                let unit = self.take_line(rx, octets);
                if self.reading.append.is_some() {
                    self.chassis.show_line_in(&unit, &[]);
                    return self.append_broken();
                }
                self.on_refused(&unit, None, false)
            }
            CommandPart::TooLong { .. } => self.on_too_long(rx),
            CommandPart::Literal(request) => self.on_literal(rx, octets, request),
            CommandPart::Line(line) => {
                self.heard();
                drop(rx.take_secret_unit(octets));
                match self.is_logging_in() {
                    true => self.on_login_line(&line),
                    false => self.on_idle_line(line.expose()),
                }
            }
            CommandPart::Endless => self.endless(rx),
            part => self.on_append_part(rx, octets, part),
        }
    }

    /// The client said something. Whoever does not log in is not kept for ever, whatever it says.
    fn heard(&mut self) {
        if self.state != State::NotAuthenticated {
            self.chassis.timers.stop(TimerKind::Idle);
        }
    }

    /// Takes a unit with its line end, and cuts that off. LOGIN may come in any state, if only to be
    /// refused.
    pub(super) fn take_line(&mut self, rx: &mut Inbox, octets: usize) -> Bytes {
        self.heard();
        let line = rx.take_secret_unit(octets);
        line.slice_ref(crate::without_line_end(&line))
    }

    /// A command that is well-formed.
    fn on_whole(&mut self, rx: &Inbox, unit: &Bytes, tag: Tag, command: Command) -> Step {
        let name = CommandName::of(&command);
        if let Some(status) = self.objection(name, command.has_uid()) {
            return self.on_refused(unit, Some(status), name != CommandName::Other);
        }
        self.credentials = Credentials::NotDue;
        let secret = peek::logs_in(name).then(|| peek::peek_command(unit)).flatten();
        let secret = secret.and_then(|peeked| peek::secret_at(unit, &peeked));
        show_in(&mut self.chassis, unit, self.reading.reader.pieces(), secret);
        self.on_command(rx, tag, command)
    }

    /// A unit that is not carried out: the status says why, unless it is that it breaks the grammar.
    /// `good` tells that it is a well-formed command.
    fn on_refused(&mut self, unit: &Bytes, status: Option<Status>, good: bool) -> Step {
        let peeked = peek::peek_command(unit);
        let status = match (&peeked, status) {
            (_, Some(status)) => status,
            (None, None) => Status::bad(self.words(Phrase::NoTag)),
            (Some(peeked), None) => {
                self.objection_to(peeked).unwrap_or_else(|| Status::bad(self.words(Phrase::Syntax)))
            }
        };
        let logs_in = peeked.as_ref().is_some_and(Peeked::logs_in);
        let tag = self.show_refused(unit, peeked, good);
        if good && !logs_in {
            self.credentials = Credentials::NotDue;
        }
        self.refuse(tag, status);
        Step::Again
    }

    /// Shows what is refused, or as much of it as came, with what could be credentials marked.
    /// `good` tells that it is a well-formed command. Answers the tag, if it may be told.
    pub(super) fn show_refused(
        &mut self,
        octets: &[u8],
        peeked: Option<Peeked>,
        good: bool,
    ) -> Option<Tag> {
        let before_login = self.state == State::NotAuthenticated;
        let hidden = self.credentials == Credentials::MayFollow && !good;
        let suspect = peek::credentials_at(octets);
        let arguments = match &peeked {
            // PASS of POP3 looks like a tag.
            Some(Peeked { name: None, tag, .. }) => tag.as_bytes().len(),
            Some(peeked) => peeked.arguments,
            None => 0,
        };
        let secret = match &peeked {
            _ if hidden => Some(0),
            Some(peeked) if peeked.logs_in() => peek::secret_at(octets, peeked),
            // Whatever it was meant to be, it may hold a password.
            _ if before_login && !good => Some(arguments.min(suspect.unwrap_or(arguments))),
            _ => suspect,
        };
        show_in(&mut self.chassis, octets, self.reading.reader.pieces(), secret);
        let logs_in = peeked.as_ref().is_some_and(Peeked::logs_in);
        if logs_in || (before_login && suspect.is_some()) {
            self.credentials = Credentials::MayFollow;
        }
        peeked.filter(|_| !hidden).map(|peeked| peeked.tag)
    }

    /// Octets that are not worth passing over.
    fn endless(&mut self, rx: &Inbox) -> Step {
        self.bye(Phrase::TooLong, Some(Error::Limit { offset: rx.offset() }));
        Step::Again
    }

    fn on_too_long(&mut self, rx: &Inbox) -> Step {
        if self.reading.append.is_some() {
            return self.append_broken();
        }
        if self.is_idling() {
            return self.idle_broken();
        }
        if self.is_logging_in() {
            return self.on_login_too_long();
        }
        let peeked = peek::peek_command(rx.octets());
        let tag = self.show_refused(rx.octets(), peeked, false);
        let code = Code::Plain(PlainCode::TooBig);
        let status = Status::bad(self.words(Phrase::TooLong)).with_code(code);
        self.refuse(tag, status);
        Step::Again
    }

    /// A line announces a literal: the client goes on, or the command is refused before an octet of
    /// the literal is taken.
    fn on_literal(&mut self, rx: &mut Inbox, octets: usize, request: LiteralRequest) -> Step {
        let LiteralRole::Argument { fits } = request.role else {
            rx.skip(octets);
            return self.on_message_literal(&request);
        };
        if self.reading.append.is_some() {
            // Behind a message only another one can follow.
            self.reading.reader.refuse();
            return self.append_broken();
        }
        let unit = rx.octets();
        let head = unit.get(..request.at).unwrap_or(unit);
        let peeked = peek::peek_command(head);
        let refusal = match &peeked {
            None => Some(Status::bad(self.words(Phrase::NoTag))),
            Some(peeked) => match self.objection_to(peeked) {
                Some(status) => Some(status),
                None if !fits => {
                    let code = Code::Plain(PlainCode::TooBig);
                    Some(Status::bad(self.words(Phrase::TooLong)).with_code(code))
                }
                None if !takes_literals(peeked, head, &request) => Some(match peeked.name {
                    Some(CommandName::Append | CommandName::Replace) => {
                        Status::bad(self.words(Phrase::Syntax))
                    }
                    _ => Status::bad(self.words(Phrase::NoLiteral)),
                }),
                None => self.literal_objection(&request),
            },
        };
        let Some(status) = refusal else {
            self.reading.reader.accept();
            if request.waits {
                self.say_go_ahead(Phrase::GoAhead);
            }
            return Step::Again;
        };
        let known = peeked.as_ref().is_some_and(|peeked| takes_literals(peeked, head, &request));
        let announced = memchr::memmem::find(unit.get(request.at..).unwrap_or_default(), b"\r\n");
        let end =
            announced.map_or(unit.len(), |at| request.at.saturating_add(at).saturating_add(2));
        let shown = Bytes::copy_from_slice(unit.get(..end).unwrap_or(unit));
        let tag = self.show_refused(&shown, peeked, known);
        if self.state == State::NotAuthenticated {
            self.credentials = Credentials::MayFollow;
        }
        self.reading.reader.refuse();
        self.refuse(tag, status);
        Step::Again
    }

    /// A non-synchronising literal where there are none, or none of its size (RFC 7888 §5).
    pub(super) fn literal_objection(&self, request: &LiteralRequest) -> Option<Status> {
        let may = match self.config.literals() {
            _ if request.waits => true,
            Literals::Plus => true,
            Literals::Minus => request.octets.is_some_and(|octets| octets <= MINUS),
            Literals::Wait => false,
        };
        let status =
            || Status::bad(self.words(Phrase::TooLong)).with_code(Code::Plain(PlainCode::TooBig));
        (!may).then(status)
    }
}

/// RFC 7888 §5
const MINUS: u64 = 4096;

/// Whether a string may stand there among the arguments of this command. In APPEND and REPLACE only the
/// mailbox is one: elsewhere it would be a message if what stands before it were right.
fn takes_literals(peeked: &Peeked, octets: &[u8], request: &LiteralRequest) -> bool {
    use CommandName::{
        Append, Authenticate, Capability, Check, Close, Compress, Enable, Expunge, GetJmapAccess,
        Idle, Logout, Namespace, Noop, Replace, StartTls, Unauthenticate, Unselect,
    };
    let behind = |at: usize| request.at <= at.saturating_add(1);
    match peeked.name {
        Some(Append) => behind(peeked.arguments),
        Some(Replace) => {
            let arguments = octets.get(peeked.arguments..).unwrap_or_default();
            // Behind the number and the space behind it.
            let mut words = arguments.splitn(3, |octet| *octet == b' ');
            let number = words.nth(1).map_or(0, <[u8]>::len);
            behind(peeked.arguments.saturating_add(1).saturating_add(number))
        }
        Some(
            Authenticate | Capability | Check | Close | Compress | Enable | Expunge | GetJmapAccess
            | Idle | Logout | Namespace | Noop | StartTls | Unauthenticate | Unselect,
        )
        | None => false,
        Some(_) => true,
    }
}
