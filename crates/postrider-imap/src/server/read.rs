//! What the server does with what it receives.

use bytes::Bytes;
use postrider_wire::{AbortReason, Direction, Inbox, TimerKind, Unit};

use super::append::Append;
use super::peek::{self, Peeked};
use super::{Access, Asked, Event, Server, Stage};
use crate::compress::Stream;
use crate::framing::show_in;
use crate::limits::LEAST;
use crate::{
    Code, Command, CommandPart, CommandReader, Consumed, FetchAttribute, LiteralRequest,
    LiteralRole, MessageSet, PlainCode, Quirks, Response, Status, StatusKind, StoreValue, Tag,
    TaggedCommand,
};
use crate::{CommandName, Error, Fault, Limits, State};

/// What is read, and how far.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) reader: CommandReader,
    /// An APPEND whose messages come.
    pub(super) append: Option<Append>,
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
        let reader = CommandReader::new(limits, Quirks::strict());
        Self { reader, append: None, idling: None }
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
            self.bye("corrupt compression", Some(fault));
            return;
        }
        let between = self.reading.reader.is_between() && !self.is_idling() && rx.is_empty();
        if !between {
            self.doom = Some(Error::Eof { offset });
        }
        self.end_open(AbortReason::Eof);
        self.stage = Stage::Over;
    }

    pub(super) fn read(&mut self, rx: &mut Inbox) -> Step {
        if let Some(event) = self.append_due() {
            return Step::Event(event);
        }
        self.offset = rx.offset();
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
            CommandPart::Command(TaggedCommand { command, .. }) => {
                let unit = self.take_line(rx, octets);
                self.on_unit(rx, &unit, Some(command))
            }
            CommandPart::Unparsed { .. } => {
                let unit = self.take_line(rx, octets);
                if self.reading.append.is_some() {
                    self.chassis.show_line_in(&unit, &[]);
                    return self.append_broken("syntax error behind a message");
                }
                self.on_unit(rx, &unit, None)
            }
            CommandPart::TooLong { .. } => self.on_too_long(rx),
            CommandPart::Literal(request) => self.on_literal(rx, octets, request),
            CommandPart::Line(line) => {
                rx.skip(octets);
                self.on_idle_line(line.expose())
            }
            CommandPart::Endless => self.endless(rx),
            part => self.on_append_part(rx, octets, part),
        }
    }

    /// Takes a unit with its line end, and cuts that off. LOGIN may come in any state, if only to be
    /// refused.
    pub(super) fn take_line(&mut self, rx: &mut Inbox, octets: usize) -> Bytes {
        self.chassis.timers.stop(TimerKind::Idle);
        let line = rx.take_secret_unit(octets);
        line.slice_ref(crate::without_line_end(&line))
    }

    fn on_unit(&mut self, rx: &Inbox, unit: &Bytes, command: Option<Command>) -> Step {
        let peeked = peek::peek_command(unit);
        let objection = match &peeked {
            Some(peeked) => self.objection(peeked),
            None => Some(Status::bad("no tag")),
        };
        match (objection, command, peeked) {
            (None, Some(command), Some(peeked)) => {
                self.credentials = Credentials::NotDue;
                let login = peeked.name == Some(CommandName::Login);
                let secret = login.then(|| peek::password_at(unit, &peeked));
                show_in(&mut self.chassis, unit, self.reading.reader.pieces(), secret);
                self.on_command(rx, command, peeked)
            }
            (objection, command, peeked) => {
                let known = peeked.as_ref().is_some_and(|peeked| peeked.name.is_some());
                let good = command.as_ref().is_some_and(|command| {
                    known || matches!(command, Command::Authenticate { .. })
                });
                let tag = self.show_refused(unit, peeked, good);
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
    pub(super) fn show_refused(
        &mut self,
        octets: &[u8],
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
        show_in(&mut self.chassis, octets, self.reading.reader.pieces(), secret);
        let logs_in = peeked.as_ref().is_some_and(Peeked::logs_in);
        if logs_in || (before_login && suspect.is_some()) {
            self.credentials = Credentials::MayFollow;
        }
        peeked.filter(|_| !hidden).map(|peeked| peeked.tag)
    }

    /// Octets that are not worth passing over.
    fn endless(&mut self, rx: &Inbox) -> Step {
        self.bye("literal too long", Some(Error::Limit { offset: rx.offset() }));
        Step::Again
    }

    fn on_too_long(&mut self, rx: &Inbox) -> Step {
        if self.reading.append.is_some() {
            return self.append_broken("syntax error behind a message");
        }
        if self.is_idling() {
            return self.idle_broken();
        }
        let peeked = peek::peek_command(rx.octets());
        let tag = self.show_refused(rx.octets(), peeked, false);
        let status = Status::bad("too long").with_code(Code::Plain(PlainCode::TooBig));
        self.refuse(tag, &status);
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
            return self.append_broken("syntax error behind a message");
        }
        let unit = rx.octets();
        let head = unit.get(..request.at).unwrap_or(unit);
        let peeked = peek::peek_command(head);
        let refusal = match &peeked {
            None => Some(Status::bad("no tag")),
            Some(peeked) => match self.objection(peeked) {
                Some(status) => Some(status),
                None if !fits => {
                    let code = Code::Plain(PlainCode::TooBig);
                    Some(Status::bad("literal too long").with_code(code))
                }
                // It would be a message if what stands before it were right.
                None if !takes_literals(peeked, &request) => Some(match peeked.name {
                    Some(CommandName::Append) => Status::bad("syntax error"),
                    _ => Status::bad("no literal here"),
                }),
                None => None,
            },
        };
        let Some(status) = refusal else {
            self.reading.reader.accept();
            if request.waits {
                self.say((*b"+ Ready for additional command text\r\n").into());
            }
            return Step::Again;
        };
        let known = peeked.as_ref().is_some_and(|peeked| takes_literals(peeked, &request));
        let announced = memchr::memmem::find(unit.get(request.at..).unwrap_or_default(), b"\r\n");
        let end =
            announced.map_or(unit.len(), |at| request.at.saturating_add(at).saturating_add(2));
        let shown = Bytes::copy_from_slice(unit.get(..end).unwrap_or(unit));
        let tag = self.show_refused(&shown, peeked, known);
        if self.state == State::NotAuthenticated {
            self.credentials = Credentials::MayFollow;
        }
        self.reading.reader.refuse();
        self.refuse(tag, &status);
        Step::Again
    }

    /// Why this command is not even read to its end.
    pub(super) fn objection(&self, peeked: &Peeked) -> Option<Status> {
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
        let Some(name) = peeked.name else {
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
            Command::Fetch { set: MessageSet::Set(set), uid, attributes, modifiers }
                if modifiers == Default::default() =>
            {
                let attributes = attributes.into_list();
                if !attributes.iter().all(is_offered) {
                    return self.not_here(asked.tag);
                }
                Event::Fetch { set, attributes, uid }
            }
            Command::Store(store) if store.unchanged_since.is_none() => {
                match (store.set, store.what) {
                    (MessageSet::Set(set), StoreValue::Flags(flags)) if flags.is_storable() => {
                        Event::Store {
                            set,
                            mode: store.mode,
                            silent: store.silent,
                            flags,
                            uid: store.uid,
                        }
                    }
                    _ => return self.not_here(asked.tag),
                }
            }
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

/// Whether the server says that it can do this: no extension to FETCH is advertised.
fn is_offered(attribute: &FetchAttribute) -> bool {
    use FetchAttribute::{
        Body, BodySection, BodyStructure, Envelope, Flags, InternalDate, Rfc822, Rfc822Header,
        Rfc822Size, Rfc822Text, Uid,
    };
    matches!(
        attribute,
        Envelope
            | Flags
            | InternalDate
            | Uid
            | Body
            | BodyStructure
            | BodySection { .. }
            | Rfc822
            | Rfc822Header
            | Rfc822Size
            | Rfc822Text
    )
}

/// Whether a string may stand there among the arguments of this command. In APPEND only the mailbox
/// is one.
fn takes_literals(peeked: &Peeked, request: &LiteralRequest) -> bool {
    use CommandName::{Append, Examine, Fetch, Login, Select};
    match peeked.name {
        Some(Login | Select | Examine | Fetch) => true,
        Some(Append) => request.at <= peeked.arguments.saturating_add(1),
        _ => false,
    }
}
