//! What the client does with what it receives.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{Direction, Inbox, Machine, Policy, TimerKind, Unit};

use super::pending::Flight;
use super::servers::Way;
use super::{Client, Event, Stage};
use crate::compress::{Deflater, Inflater};
use crate::error::Fault;
use crate::limits::LEAST;
use crate::{
    Capability, Code, Command, Consumed, FetchItem, FetchedMessage, Response, ResponsePart,
    ResponseReader, Status, StatusKind, Tag, literal_at_end, without_line_end,
};
use crate::{CommandName, Error, Refused, State};

/// What the reader is told and what it told.
#[derive(Debug)]
pub(super) struct Reading {
    reader: ResponseReader,
    /// A body that is told to the embedder, or swallowed.
    body: Body,
    /// Whether the body is a literal, which the timers watch.
    streams: bool,
    /// The line so far, for the tap.
    shown: Vec<u8>,
}

/// Whether octets of a message come, and who takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    None,
    /// The embedder.
    Open,
    /// Nobody: the embedder does not want the rest.
    Discarded,
}

/// Names that are kept of what was enabled: there are not a dozen that ENABLE knows.
const ENABLED: usize = 64;

/// What the tap sees in place of an item that is too long.
const SKIPPED: &[u8] = b"...";

/// What the tap sees of a response that is too long.
const SHOWN: usize = 32;

impl Reading {
    pub(super) fn new(limits: &crate::Limits) -> Self {
        let reader = ResponseReader::new(limits, crate::Quirks::tolerant());
        Self { reader, body: Body::None, streams: false, shown: Vec::new() }
    }

    /// Whether a response is open.
    pub(super) fn inside(&self) -> bool {
        !self.reader.is_between()
    }

    /// Whether a payload is open or being swallowed.
    pub(super) fn in_payload(&self) -> bool {
        self.body != Body::None
    }

    /// Swallows the rest of an open payload. Whether one was open.
    pub(super) fn discard(&mut self) -> bool {
        let open = self.body == Body::Open;
        if open {
            self.body = Body::Discarded;
        }
        open
    }
}

impl Client {
    /// Octets of one unit, as things stand.
    pub(super) fn unit_limit(&self) -> usize {
        let limits = &self.config.limits;
        match self.state {
            State::NotAuthenticated => limits.unit_before_login.max(LEAST),
            _ => limits.unit.max(LEAST),
        }
    }

    /// Tells the inbox what comes.
    pub(super) fn expect(&mut self, rx: &mut Inbox) {
        let unit = self.unit_limit();
        let read = self.config.limits.read;
        self.reading.reader.set_unit(unit);
        if self.reading.reader.in_payload() {
            rx.expect_payload(read);
        } else if self.reading.reader.is_skipping() {
            rx.expect_payload(read.max(LEAST));
        } else {
            rx.expect_units(unit);
        }
    }

    /// Reads one step. Whether there was one.
    pub(super) fn read(&mut self, rx: &mut Inbox) -> bool {
        let offset = rx.offset();
        let step = self.reading.reader.read(rx.octets());
        if step.is_starved() {
            return false;
        }
        if step.octets > 0 {
            self.heard();
        }
        match (step.consumed, step.part) {
            (Consumed::Payload, Some(ResponsePart::Chunk)) => {
                let chunk = rx.take_payload(step.octets);
                self.on_chunk(chunk);
            }
            (_, Some(ResponsePart::TooLong { message })) => {
                self.on_too_long(rx.octets(), message, offset);
                rx.skip(step.octets);
            }
            (Consumed::Text, Some(ResponsePart::Response(response))) if step.octets > 0 => {
                let text = rx.take_unit(step.octets);
                let unit = self.show_unit(&text);
                self.on_response(rx, response, &unit, offset);
            }
            (Consumed::Text, Some(ResponsePart::Unparsed(_))) => {
                let text = rx.take_unit(step.octets);
                let unit = self.show_unit(&text);
                self.on_no_response(rx, &unit, offset);
            }
            (consumed, part) => {
                let ends = matches!(part, Some(ResponsePart::FetchEnd { .. }));
                if consumed == Consumed::Text && !ends {
                    self.note(rx.octets().get(..step.octets).unwrap_or_default());
                }
                rx.skip(step.octets);
                if let Some(part) = part {
                    self.on_part(part, offset);
                }
            }
        }
        true
    }

    /// Shows a unit that stands in one piece to the tap, and cuts its line end off.
    fn show_unit(&mut self, text: &Bytes) -> Bytes {
        let unit = text.slice_ref(without_line_end(text));
        if self.reading.shown.is_empty() {
            let pieces = self.reading.reader.pieces();
            crate::framing::show_in(&mut self.chassis, &unit, pieces, None);
        } else {
            // The end of a FETCH response that was read item by item.
            self.show_noted();
        }
        unit
    }

    /// Keeps octets of a FETCH response for the tap, if there is one.
    fn note(&mut self, octets: &[u8]) {
        if self.tapped {
            self.reading.shown.extend_from_slice(octets);
            if self.reading.shown.len() > self.unit_limit() {
                self.show_noted();
            }
        }
    }

    fn show_noted(&mut self) {
        let line = core::mem::take(&mut self.reading.shown);
        if !line.is_empty() {
            self.chassis.show_line_in(&line, &[]);
        }
    }

    fn protocol(&mut self, fault: Fault, offset: u64) {
        self.doom(Error::Protocol { fault, offset });
    }

    /// The server is alive: what the command may take begins anew.
    pub(super) fn heard(&mut self) {
        if self.chassis.timers.is_running(TimerKind::Reply) {
            self.chassis.timers.start(TimerKind::Reply, self.config.reply);
        }
    }

    fn on_too_long(&mut self, octets: &[u8], message: Option<FetchedMessage>, offset: u64) {
        if let Some(message) = message {
            self.note(SKIPPED);
            self.events.push_back(Event::TooLong { message: Some(message) });
            return;
        }
        // What a tagged response says must be known, and before login nothing is forgiven.
        if self.state == State::NotAuthenticated || !octets.starts_with(b"* ") {
            return self.doom(Error::Limit { offset });
        }
        self.chassis.show_line_in(octets.get(..SHOWN).unwrap_or(octets), &[]);
        self.events.push_back(Event::TooLong { message: None });
        // Perhaps it told that messages went.
        self.renumbered();
    }

    /// Octets of a message came.
    fn on_chunk(&mut self, chunk: Bytes) {
        self.chassis.timers.start(TimerKind::Progress, self.config.progress);
        self.chassis.show(Direction::In, Unit::Payload(&chunk));
        if self.reading.body == Body::Open {
            self.events.push_back(Event::Chunk(chunk));
        }
    }

    /// A part of a FETCH response that is read item by item.
    fn on_part(&mut self, part: ResponsePart, offset: u64) {
        if self.state == State::NotAuthenticated {
            return self.protocol(Fault::Unauthenticated, offset);
        }
        match part {
            ResponsePart::FetchItems { message, items } => {
                let handle = self.owner_of_items(message, &items, false);
                self.events.push_back(Event::FetchItems { handle, message, items });
            }
            ResponsePart::BodyBegin { message, section, origin, declared } => {
                self.reading.body = Body::Open;
                if self.reading.reader.in_payload() {
                    self.show_noted();
                    self.reading.streams = true;
                    self.chassis.timers.stop(TimerKind::Reply);
                    self.chassis.timers.start(TimerKind::Progress, self.config.progress);
                }
                let handle = self.owner_of_body(message, &section);
                let begin = Event::BodyBegin { handle, message, section, origin, declared };
                self.events.push_back(begin);
            }
            ResponsePart::Quoted(octets) if self.reading.body == Body::Open => {
                self.events.push_back(Event::Chunk(octets));
            }
            ResponsePart::BodyEnd => self.body_ends(),
            ResponsePart::FetchEnd { message } => {
                self.show_noted();
                let handle = self.fetch_ends();
                self.events.push_back(Event::FetchEnd { handle, message });
            }
            ResponsePart::Endless => self.doom(Error::Limit { offset }),
            _ => {}
        }
    }

    fn body_ends(&mut self) {
        if core::mem::replace(&mut self.reading.streams, false) {
            self.chassis.show(Direction::In, Unit::PayloadEnd);
            self.chassis.timers.stop(TimerKind::Progress);
            if self.waits_for_reply() {
                self.chassis.timers.start(TimerKind::Reply, self.config.reply);
            }
        }
        if core::mem::replace(&mut self.reading.body, Body::None) == Body::Open {
            self.events.push_back(Event::BodyEnd);
        }
    }

    fn on_response(&mut self, rx: &Inbox, response: Response, unit: &Bytes, offset: u64) {
        if self.stage == Stage::Greeting {
            return match response {
                Response::Status(status) => self.on_greeting(status, offset),
                _ => self.protocol(Fault::Greeting, offset),
            };
        }
        match response {
            Response::Tagged(tag, status) => self.on_tagged(rx, &tag, status, offset),
            Response::Continue(_) if self.sending.is_some() => {
                if self.send_piece().is_err() {
                    self.doom(Error::Misuse(crate::Misuse::Full));
                }
                self.announced();
            }
            Response::Continue(_)
                if self.challenged(unit) || self.idle_begins() || self.begin_payload() => {}
            Response::Continue(_) => self.events.push_back(Event::Unknown(unit.clone())),
            Response::Status(status) => self.on_status(status, offset),
            Response::Capability(list) => {
                self.learn(&list);
                self.events.push_back(Event::Capability(list));
            }
            Response::Other(data) => {
                if super::may_renumber(data.as_bytes()) {
                    self.renumbered();
                }
                self.events.push_back(Event::Unknown(Bytes::copy_from_slice(data.as_bytes())));
            }
            Response::Id(_) => {
                self.ways.learn_id(&response);
                self.data(response);
            }
            _ if self.state == State::NotAuthenticated => {
                self.protocol(Fault::Unauthenticated, offset);
            }
            Response::Enabled(list) => {
                let names = &mut self.enabled.get_or_insert_default().names;
                for name in &list {
                    if names.len() < ENABLED && !names.contains(name) {
                        names.push(name.clone());
                    }
                }
                self.data(Response::Enabled(list));
            }
            Response::Flags(flags) => self.events.push_back(Event::Flags(flags)),
            Response::Exists(n) => self.events.push_back(Event::Exists(n)),
            Response::Recent(n) => self.events.push_back(Event::Recent(n)),
            // It is told before what comes of it, so that no number is given in between that was true
            // before.
            Response::Expunge(n) => {
                self.events.push_back(Event::Expunge(n));
                self.renumbered();
            }
            Response::Vanished { earlier, .. } => {
                self.data(response);
                if !earlier {
                    self.renumbered();
                }
            }
            Response::Fetch { number, items } => {
                self.on_fetch(FetchedMessage::Number(number), items);
            }
            Response::UidFetch { uid, items } => self.on_fetch(FetchedMessage::Uid(uid), items),
            data => self.data(data),
        }
    }

    /// Tells data of which nothing is kept here.
    fn data(&mut self, response: Response) {
        let handle = self.owner(&response);
        self.events.push_back(Event::Data { handle, response });
    }

    /// The server says what it can do.
    fn learn(&mut self, list: &[Capability]) {
        self.ways.learn_capabilities(list);
        self.capabilities = Some(list.to_vec());
    }

    /// A FETCH response that stands in one piece.
    fn on_fetch(&mut self, message: FetchedMessage, items: Vec<FetchItem>) {
        if !items.is_empty() {
            let handle = self.owner_of_items(message, &items, true);
            self.events.push_back(Event::FetchItems { handle, message, items });
        }
        let handle = self.fetch_ends();
        self.events.push_back(Event::FetchEnd { handle, message });
    }

    /// A line that is no response: told, if it is certain that the next line is one again, and that
    /// it was not the answer which the command in flight waits for.
    fn on_no_response(&mut self, rx: &Inbox, unit: &Bytes, offset: u64) {
        if let Some((tag, status)) = self.answer_without_tag(unit) {
            return self.on_tagged(rx, &tag, status, offset);
        }
        if self.stage == Stage::Greeting && unit.starts_with(b"* ") {
            return self.protocol(Fault::Greeting, offset);
        }
        if unit.starts_with(b"* ") {
            // Data that is malformed, as any that is not known.
            self.events.push_back(Event::Unparsed(unit.clone()));
            if super::may_renumber(unit) {
                self.renumbered();
            }
            return;
        }
        let answer = self.is_answer(unit);
        let certain = literal_at_end(unit).is_none();
        if self.state == State::NotAuthenticated || answer || !certain {
            return self.protocol(Fault::NoResponse, offset);
        }
        self.events.push_back(Event::Unparsed(unit.clone()));
    }

    /// An answer that stands behind no tag, from a server that is known for it.
    fn answer_without_tag(&self, unit: &[u8]) -> Option<(Tag, Status)> {
        let text = unit.strip_prefix(b" ").filter(|_| self.ways.has(Way::EmptyTag))?;
        let line = [b"* ", text].concat();
        let quirks = crate::Quirks::tolerant();
        match Response::parse(&line, &self.config.limits, quirks).ok()?.0 {
            Response::Status(status)
                if matches!(status.kind, StatusKind::Ok | StatusKind::No | StatusKind::Bad) =>
            {
                Some((self.oldest_tag()?, status))
            }
            _ => None,
        }
    }

    fn on_greeting(&mut self, status: Status, offset: u64) {
        let untrusted = self.policy() != Policy::Never;
        match status.kind {
            StatusKind::Ok | StatusKind::PreAuth => {
                self.ways.learn_greeting(status.text.as_bytes());
                self.learn_code(&status);
                if status.kind == StatusKind::PreAuth {
                    self.state = State::Authenticated;
                }
                self.events.push_back(Event::Greeting { status, untrusted });
                self.prepare();
            }
            StatusKind::Bye => {
                self.events.push_back(Event::Bye { status, untrusted });
                self.over();
            }
            _ => self.protocol(Fault::Greeting, offset),
        }
    }

    fn on_status(&mut self, status: Status, offset: u64) {
        let untrusted = self.state == State::NotAuthenticated || self.policy() != Policy::Never;
        if status.kind != StatusKind::Bye {
            self.learn_code(&status);
            self.events.push_back(Event::Status { status, untrusted });
            return;
        }
        self.events.push_back(Event::Bye { status, untrusted });
        let leaves = self.flights.iter().any(|flight| flight.name == CommandName::Logout);
        if leaves {
            // RFC 3501 §6.1.3: BYE comes before the answer to LOGOUT.
            self.state = State::Logout;
            // It has said all that matters.
            self.chassis.timers.start(TimerKind::Reply, self.config.flush);
        } else if self.stage == Stage::Ready && self.flights.is_empty() {
            self.over();
        } else {
            self.protocol(Fault::Bye, offset);
        }
    }

    /// What a status says that is kept.
    fn learn_code(&mut self, status: &Status) {
        if let Some(Code::Capability(list)) = &status.code {
            self.learn(list);
        }
    }

    fn on_tagged(&mut self, rx: &Inbox, tag: &Tag, status: Status, offset: u64) {
        let Some(flight) = self.land(tag) else {
            return self.protocol(Fault::UnknownTag, offset);
        };
        let is_cut = self.stop_sending(&flight) || self.is_uploading_for(flight.handle);
        if is_cut && status.is_ok() {
            // It cannot have done what it was not told.
            if let Some(handle) = flight.handle {
                self.drop_rest(handle);
                self.outcome(Event::Lost { handle, command: flight.name });
            }
            self.break_upload();
            return self.protocol(Fault::TooEarly, offset);
        }
        if self.waits_for_reply() {
            self.chassis.timers.start(TimerKind::Reply, self.config.reply);
        }
        if self.stage == Stage::Preparing {
            return self.prepared(rx, flight.name, &status);
        }
        if self.idle_goes_on(flight.handle, &status) {
            return;
        }
        let Some(status) = self.login_answered(&flight, status) else { return };
        let command = flight.name;
        let accepted = status.is_ok();
        if accepted || status.kind == StatusKind::No {
            self.state = self.state.after(command, accepted);
        }
        let logs_in = matches!(command, CommandName::Login | CommandName::Authenticate);
        if accepted && (logs_in || command == CommandName::Unauthenticate) {
            self.enabled = None;
            if !logs_in {
                self.mechanism = None;
            }
            // What a server can do may change with the login (RFC 3501 §6.2.3, RFC 8437 §4.1).
            self.capabilities = None;
        }
        self.learn_code(&status);
        let goes_on = self.end_upload(flight.handle) && command != CommandName::Logout;
        if command == CommandName::Compress && accepted {
            self.inflater = Some(Box::new(Inflater::new(self.new_inbox())));
            self.chassis.out.encode_with(Box::new(Deflater::new()));
        }
        match flight.handle {
            Some(handle) => self.completed(handle, command, status),
            // What the login waited for.
            None if command == CommandName::Capability => self.choose_way(),
            None => {}
        }
        if !accepted {
            // What a later one in flight saves is what they wait for.
            let again = |flight: &Flight| flight.claim.saves && !flight.claim.uses_saved;
            let saves = flight.claim.saves && !self.flights.iter().any(again);
            self.context_lost(command, saves, 0);
        }
        self.settle_expected(command);
        if self.waits_for_reply() {
            // Also behind a refused APPEND, while others are in flight.
            self.chassis.timers.ensure(TimerKind::Reply, self.config.reply);
        }
        if !goes_on {
            self.over();
        } else if accepted && logs_in {
            self.say_id();
        }
    }

    /// Behind a login: who we are, where the server wants to know.
    fn say_id(&mut self) {
        let id = match &self.config.id {
            Some(id) if self.ways.has(Way::OffersId) => id.clone(),
            _ if self.ways.has(Way::IdAfterLogin) => super::servers::our_id(),
            _ => return,
        };
        self.say_own(Command::Id(id));
    }

    /// One of the machine's own commands is answered.
    fn prepared(&mut self, rx: &Inbox, command: CommandName, status: &Status) {
        let required = self.policy() == Policy::Required;
        match command {
            CommandName::StartTls if status.is_ok() => {
                if let Err(fault) = self.chassis.tls.agree(rx) {
                    self.doom(fault.into());
                }
            }
            CommandName::StartTls if required => self.doom(Error::Refused(Refused::StartTls)),
            CommandName::Capability if self.capabilities.is_some() => self.prepare(),
            CommandName::Capability if required => self.doom(Error::Refused(Refused::NotOffered)),
            _ => self.ready(),
        }
    }
}
