//! What the client does with what it receives.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{Direction, Inbox, Machine, Policy, TimerKind, Unit};

use super::items::{ItemScan, Scan};
use super::{Client, Event, Stage};
use crate::command::Tag;
use crate::compress::{Deflater, Inflater};
use crate::error::Fault;
use crate::framing::{Framed, Framer, LineEnd};
use crate::limits::LEAST;
use crate::response::Response;
use crate::syntax::{self, FetchHead};
use crate::value::{BodySection, Code, FetchItem, Status, StatusKind};
use crate::{CommandName, Error, Refused, State};

/// What the next octets of the inbox are.
#[derive(Debug)]
pub(super) enum Reading {
    /// The beginning of a response, of which this much was searched.
    Unit(Framer),
    /// Between the parentheses of a FETCH response.
    Items(Fetch, ItemScan),
    /// A literal of so many octets that streams to the embedder.
    Body(Fetch, u64),
    /// A literal that the embedder does not want.
    Swallow(Fetch, u64),
    /// The rest of an item that is too long.
    LongItem(Fetch, ItemScan),
    /// Behind the parenthesis: the line end is due.
    Tail(Fetch),
    /// The rest of the line of a response that is too long.
    LongLine(Literals),
    /// A literal in it.
    LongLiteral(u64),
}

/// Whether the lines of a response may announce literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literals {
    May,
    Never,
}

/// A FETCH response that is being read.
#[derive(Debug, Default)]
pub(super) struct Fetch {
    seq: u32,
    /// Inline items that were not told yet.
    items: Vec<FetchItem>,
    /// How many octets they came from, and take.
    weight: usize,
    /// The line so far, for the tap.
    shown: Vec<u8>,
}

/// Octets that a literal counts for in a unit, beside its own: so there are never too many to keep
/// their places.
const LITERAL: usize = 64;

/// What the tap sees in place of an item that is too long.
const SKIPPED: &[u8] = b"...";

/// Octets that an item takes beside its own: the value and its allocation.
const ITEM: usize = size_of::<FetchItem>() + 64;

impl Reading {
    pub(super) fn unit() -> Self {
        Self::Unit(Framer::new(LineEnd::Lf))
    }

    /// Whether a FETCH response is open.
    pub(super) fn inside(&self) -> bool {
        !matches!(self, Self::Unit(_))
    }

    /// Whether a payload is open or being swallowed.
    pub(super) fn in_payload(&self) -> bool {
        matches!(self, Self::Body(..) | Self::Swallow(..))
    }

    /// Swallows the rest of an open payload. Whether one was open.
    pub(super) fn discard(&mut self) -> bool {
        if let Self::Body(fetch, left) = self {
            *self = Self::Swallow(core::mem::take(fetch), *left);
            return true;
        }
        false
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
    pub(super) fn expect(&self, rx: &mut Inbox) {
        match self.reading {
            Reading::Body(..) | Reading::Swallow(..) => rx.expect_payload(self.config.limits.read),
            Reading::LongItem(..) | Reading::LongLine(_) | Reading::LongLiteral(_) => {
                rx.expect_payload(self.config.limits.read.max(LEAST));
            }
            _ => rx.expect_units(self.unit_limit()),
        }
    }

    /// Reads one step. Whether there was one.
    pub(super) fn read(&mut self, rx: &mut Inbox) -> bool {
        let offset = rx.offset();
        match core::mem::replace(&mut self.reading, Reading::unit()) {
            Reading::Unit(framer) => self.read_unit(rx, framer, offset),
            Reading::Items(fetch, scan) => self.read_item(rx, fetch, scan, offset),
            Reading::Body(fetch, left) => self.read_body(rx, fetch, left),
            Reading::Swallow(fetch, left) => self.swallow(rx, fetch, left),
            Reading::LongItem(fetch, scan) => self.skip_item(rx, fetch, scan, offset),
            Reading::Tail(fetch) => self.read_tail(rx, fetch),
            Reading::LongLine(literals) => self.skip_line(rx, literals, offset),
            Reading::LongLiteral(left) => self.skip_literal(rx, left),
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

    fn read_unit(&mut self, rx: &mut Inbox, mut framer: Framer, offset: u64) -> bool {
        match syntax::fetch_head(rx.octets()) {
            FetchHead::Yes { seq, len } => {
                if self.state == State::NotAuthenticated {
                    self.protocol(Fault::Unauthenticated, offset);
                    return true;
                }
                let mut fetch = Fetch { seq, ..Fetch::default() };
                self.note(&mut fetch, rx.octets().get(..len));
                rx.skip(len);
                self.reading = Reading::Items(fetch, ItemScan::default());
                return true;
            }
            FetchHead::Perhaps => {
                self.reading = Reading::Unit(framer);
                return false;
            }
            FetchHead::No => {}
        }
        match framer.step(rx.octets(), self.unit_limit(), may_hold_literal) {
            Framed::More => {
                self.reading = Reading::Unit(framer);
                false
            }
            Framed::TooLong => {
                let literals = may_hold_literal(rx.octets());
                let literals = if literals { Literals::May } else { Literals::Never };
                let at = framer.line();
                self.begin_skip(rx, at, literals, offset);
                true
            }
            Framed::Literal { head, next } => {
                let limit = self.unit_limit();
                let size = head.octets.and_then(|size| usize::try_from(size).ok());
                let weight = framer.pieces().len().saturating_mul(LITERAL).saturating_add(next);
                match size.filter(|size| weight.saturating_add(*size) <= limit) {
                    Some(size) => {
                        framer.take_literal(next, size);
                        self.reading = Reading::Unit(framer);
                    }
                    None => self.begin_skip(rx, framer.line(), Literals::May, offset),
                }
                true
            }
            Framed::Unit { text, next } => {
                let unit = rx.take_unit(text);
                rx.skip(next.saturating_sub(text));
                crate::framing::show_in(&mut self.chassis, &unit, framer.pieces(), None);
                self.heard();
                self.on_unit(rx, &unit, offset);
                true
            }
        }
    }

    /// Keeps octets of a FETCH response for the tap, if there is one.
    fn note(&mut self, fetch: &mut Fetch, octets: Option<&[u8]>) {
        if self.tapped {
            fetch.shown.extend_from_slice(octets.unwrap_or_default());
            if fetch.shown.len() > self.unit_limit() {
                self.show_noted(fetch);
            }
        }
    }

    fn show_noted(&mut self, fetch: &mut Fetch) {
        if self.tapped {
            let line = core::mem::take(&mut fetch.shown);
            self.chassis.show_line_in(&line, &[]);
        }
    }

    fn tell_items(&mut self, fetch: &mut Fetch) {
        if !fetch.items.is_empty() {
            let items = core::mem::take(&mut fetch.items);
            fetch.weight = 0;
            self.events.push_back(Event::FetchItems { seq: fetch.seq, items });
        }
    }

    fn read_item(
        &mut self,
        rx: &mut Inbox,
        mut fetch: Fetch,
        mut scan: ItemScan,
        offset: u64,
    ) -> bool {
        match rx.octets().first() {
            None => {
                self.reading = Reading::Items(fetch, scan);
                return false;
            }
            Some(b')' | b' ') => {
                let end = rx.octets().first() == Some(&b')');
                self.note(&mut fetch, rx.octets().get(..1));
                rx.skip(1);
                self.reading = if end { Reading::Tail(fetch) } else { Reading::Items(fetch, scan) };
                return true;
            }
            Some(_) => {}
        }
        match scan.step(rx.octets(), self.unit_limit(), &self.config.limits) {
            Scan::More => {
                self.reading = Reading::Items(fetch, scan);
                return false;
            }
            Scan::Endless => self.doom(Error::Limit { offset }),
            Scan::TooLong => {
                self.note(&mut fetch, Some(SKIPPED));
                self.tell_items(&mut fetch);
                self.events.push_back(Event::TooLong { seq: Some(fetch.seq) });
                self.reading = Reading::LongItem(fetch, scan);
            }
            Scan::Item { end } => {
                self.note(&mut fetch, rx.octets().get(..end));
                let item = rx.take_unit(end);
                self.heard();
                self.on_item(&mut fetch, &item, &scan);
                self.reading = Reading::Items(fetch, ItemScan::default());
            }
            Scan::Body { section, origin, octets, head } => {
                self.note(&mut fetch, rx.octets().get(..head));
                rx.skip(head);
                self.show_noted(&mut fetch);
                self.begin_body(&mut fetch, section, origin, Some(octets));
                self.chassis.timers.stop(TimerKind::Reply);
                self.chassis.timers.start(TimerKind::Progress, self.config.progress);
                self.reading = Reading::Body(fetch, octets);
            }
            Scan::Broken { lf } => {
                // The line ends inside the item: the item is lost, the connection is not.
                self.note(&mut fetch, rx.octets().get(..lf));
                let item = rx.take_unit(lf);
                fetch.items.push(FetchItem::Unparsed(item));
                self.reading = Reading::Tail(fetch);
            }
        }
        true
    }

    fn on_item(&mut self, fetch: &mut Fetch, item: &Bytes, scan: &ItemScan) {
        let name = item.slice(..scan.name().min(item.len()));
        let value = item.slice(scan.value().min(item.len())..);
        if let Some((section, origin)) = syntax::body_section_name(&name, &self.config.limits) {
            if value.eq_ignore_ascii_case(b"NIL") {
                self.begin_body(fetch, section, origin, None);
                self.events.push_back(Event::BodyEnd);
                return;
            }
            if let Some(content) = syntax::quoted_content(&value) {
                self.begin_body(fetch, section, origin, Some(content.len() as u64));
                if !content.is_empty() {
                    self.events.push_back(Event::Chunk(content));
                }
                self.events.push_back(Event::BodyEnd);
                return;
            }
        }
        let weight = item.len().saturating_add(ITEM);
        fetch.weight = fetch.weight.saturating_add(weight);
        fetch.items.push(syntax::fetch_item(item, &self.config.limits));
        if fetch.weight >= self.config.limits.unit {
            self.tell_items(fetch);
        }
    }

    fn begin_body(
        &mut self,
        fetch: &mut Fetch,
        section: BodySection,
        origin: Option<u64>,
        declared: Option<u64>,
    ) {
        self.tell_items(fetch);
        self.events.push_back(Event::BodyBegin { seq: fetch.seq, section, origin, declared });
    }

    /// The octets of a literal that are there; `None` when there are none yet.
    fn take_literal(&mut self, rx: &mut Inbox, left: u64) -> Option<(Bytes, u64)> {
        let n = usize::try_from(left).unwrap_or(usize::MAX).min(rx.len());
        if n == 0 {
            return None;
        }
        let chunk = rx.take_payload(n);
        self.chassis.timers.start(TimerKind::Progress, self.config.progress);
        self.chassis.show(Direction::In, Unit::Payload(&chunk));
        Some((chunk, left.saturating_sub(n as u64)))
    }

    fn literal_ends(&mut self, fetch: Fetch) {
        self.chassis.show(Direction::In, Unit::PayloadEnd);
        self.chassis.timers.stop(TimerKind::Progress);
        if self.waits_for_reply() {
            self.chassis.timers.start(TimerKind::Reply, self.config.reply);
        }
        self.reading = Reading::Items(fetch, ItemScan::default());
    }

    fn read_body(&mut self, rx: &mut Inbox, fetch: Fetch, left: u64) -> bool {
        if left == 0 {
            self.events.push_back(Event::BodyEnd);
            self.literal_ends(fetch);
            return true;
        }
        let taken = self.take_literal(rx, left);
        let left = taken.as_ref().map_or(left, |(_, left)| *left);
        self.reading = Reading::Body(fetch, left);
        let Some((chunk, _)) = taken else { return false };
        self.events.push_back(Event::Chunk(chunk));
        true
    }

    fn swallow(&mut self, rx: &mut Inbox, fetch: Fetch, left: u64) -> bool {
        if left == 0 {
            self.literal_ends(fetch);
            return true;
        }
        let taken = self.take_literal(rx, left);
        let left = taken.as_ref().map_or(left, |(_, left)| *left);
        self.reading = Reading::Swallow(fetch, left);
        taken.is_some()
    }

    /// Behind the parenthesis only the line end is due; whatever else stands there is skipped.
    fn read_tail(&mut self, rx: &mut Inbox, mut fetch: Fetch) -> bool {
        let Some(lf) = memchr::memchr(b'\n', rx.octets()) else {
            rx.skip(rx.len());
            self.reading = Reading::Tail(fetch);
            return false;
        };
        rx.skip(lf.saturating_add(1));
        self.show_noted(&mut fetch);
        self.tell_items(&mut fetch);
        self.events.push_back(Event::FetchEnd { seq: fetch.seq });
        self.heard();
        true
    }

    fn on_unit(&mut self, rx: &Inbox, unit: &Bytes, offset: u64) {
        let Some(response) = syntax::response(unit, &self.config.limits) else {
            return self.on_no_response(unit, offset);
        };
        if self.stage == Stage::Greeting {
            return match response {
                Response::Status(status) => self.on_greeting(status, offset),
                _ => self.protocol(Fault::Greeting, offset),
            };
        }
        match response {
            Response::Tagged(tag, status) => self.on_tagged(rx, &tag, status, offset),
            Response::Continue(_) if !self.pieces.is_empty() => {
                if self.send_piece().is_err() {
                    self.doom(Error::Misuse(crate::Misuse::Full));
                }
                self.announced();
            }
            Response::Continue(_) if self.idle_begins() || self.begin_payload() => {}
            Response::Continue(_) => self.events.push_back(Event::Unknown(unit.clone())),
            Response::Status(status) => self.on_status(status, offset),
            Response::Capability(list) => {
                self.capabilities = Some(list.clone());
                self.events.push_back(Event::Capability(list));
            }
            Response::Unknown(data) => self.events.push_back(Event::Unknown(data)),
            _ if self.state == State::NotAuthenticated => {
                self.protocol(Fault::Unauthenticated, offset);
            }
            Response::Flags(flags) => self.events.push_back(Event::Flags(flags)),
            Response::Exists(n) => self.events.push_back(Event::Exists(n)),
            Response::Recent(n) => self.events.push_back(Event::Recent(n)),
            Response::Expunge(n) => self.events.push_back(Event::Expunge(n)),
        }
    }

    /// A line that is no response: told, if it is certain that the next line is one again, and that
    /// it was not the answer which the command in flight waits for.
    fn on_no_response(&mut self, unit: &Bytes, offset: u64) {
        let answer = self.flight.as_ref().is_some_and(|flight| flight.begins(unit));
        let certain = syntax::literal_at_end(unit).is_none();
        if self.state == State::NotAuthenticated || answer || !certain {
            return self.protocol(Fault::NoResponse, offset);
        }
        self.events.push_back(Event::Unparsed(unit.clone()));
    }

    fn on_greeting(&mut self, status: Status, offset: u64) {
        let untrusted = self.policy() != Policy::Never;
        match status.kind {
            StatusKind::Ok | StatusKind::PreAuth => {
                if let Some(Code::Capability(list)) = &status.code {
                    self.capabilities = Some(list.clone());
                }
                if status.kind == StatusKind::PreAuth {
                    self.state = State::Authenticated;
                }
                self.events.push_back(Event::Greeting { status, untrusted });
                self.prepare();
            }
            StatusKind::Bye => {
                self.events.push_back(Event::Bye { status, untrusted: true });
                self.over();
            }
            _ => self.protocol(Fault::Greeting, offset),
        }
    }

    fn on_status(&mut self, status: Status, offset: u64) {
        let untrusted = self.state == State::NotAuthenticated;
        if status.kind != StatusKind::Bye {
            if let Some(Code::Capability(list)) = &status.code {
                self.capabilities = Some(list.clone());
            }
            self.events.push_back(Event::Status { status, untrusted });
            return;
        }
        self.events.push_back(Event::Bye { status, untrusted });
        match self.stage {
            // RFC 3501 §6.1.3: BYE comes before the answer to LOGOUT.
            Stage::LoggingOut => self.state = State::Logout,
            Stage::Ready => self.over(),
            _ => self.protocol(Fault::Bye, offset),
        }
    }

    fn on_tagged(&mut self, rx: &Inbox, tag: &Tag, status: Status, offset: u64) {
        let Some(flight) = self.flight.take_if(|flight| flight.tag == *tag) else {
            return self.protocol(Fault::UnknownTag, offset);
        };
        self.pieces.clear();
        self.chassis.timers.stop(TimerKind::Reply);
        if matches!(self.stage, Stage::Idling(_)) && self.idle_again(&status) {
            return;
        }
        if self.stage == Stage::Preparing {
            return self.prepared(rx, flight.name, &status);
        }
        let accepted = status.is_ok();
        let refused = status.kind == StatusKind::No;
        if accepted || refused {
            self.state = self.state.after(flight.name, accepted);
        }
        if flight.name == CommandName::Login && accepted {
            // What a server can do may change with the login (RFC 3501 §6.2.3).
            self.capabilities = None;
        }
        if let Some(Code::Capability(list)) = &status.code {
            self.capabilities = Some(list.clone());
        }
        let goes_on = self.end_upload() && flight.name != CommandName::Logout;
        self.stage = if goes_on { Stage::Ready } else { Stage::Over };
        if flight.name == CommandName::Compress && accepted {
            self.inflater = Some(Box::new(Inflater::new(self.new_inbox())));
            self.chassis.out.encode_with(Box::new(Deflater::new()));
        }
        let command = flight.name;
        self.events.push_back(Event::Completed { command, status });
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

/// Whether a response that begins like this may hold a literal: data that this crate does not know.
/// In texts braces are only braces. It is asked once for each literal, so it looks at the first word
/// only, and no further than the longest of the names goes.
fn may_hold_literal(line: &[u8]) -> bool {
    const TEXTS: [&[u8]; 7] = [b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH", b"CAPABILITY", b"FLAGS"];
    const WORD: usize = 16;
    let Some(data) = line.strip_prefix(b"* ") else { return false };
    let data = data.get(..WORD).unwrap_or(data);
    let word = data.split(|octet| *octet == b' ').next().unwrap_or_default();
    !TEXTS.iter().any(|text| text.eq_ignore_ascii_case(word))
}
