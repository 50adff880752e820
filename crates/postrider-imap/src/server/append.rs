//! Taking APPEND and REPLACE: a question, then messages that stream, then a question (RFC 9051
//! §6.3.12, RFC 3502, RFC 4469, RFC 8508).

use postrider_wire::{AbortReason, Direction, Inbox, TimerKind, Unit};

use super::peek;
use super::read::Step;
use super::verdicts::Verdict;
use super::{Asked, Event, Feature, Notice, Phrase, Server};
use crate::framing::show_in;
use crate::{
    AppendData, AppendMessage, AppendTarget, Code, CommandPart, LiteralRequest, PlainCode, Status,
    StatusKind, Tag, UidSet, UidValidity,
};
use crate::{CommandName, Error, Misuse};

/// An APPEND or REPLACE whose messages come.
#[derive(Debug)]
pub(super) struct Append {
    tag: Tag,
    /// Where to.
    target: AppendTarget,
    /// Why it is refused whatever comes.
    objection: Option<Status>,
    /// What is said of the message that comes next.
    message: Option<AppendMessage>,
    /// Whether the message that comes is put together of pieces.
    pieces: bool,
    place: Place,
    /// Octets of all messages so far.
    octets: u64,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The first message.
    First,
    /// The verdict on the whole command. Which literal waits for it.
    Asked(Waiting),
    /// The first message, of which the embedder has not heard.
    Due,
    /// More of what the embedder has heard of.
    Told,
    /// It is refused, and what is left of it is passed over.
    Refused,
}

/// What waits for the verdict besides the embedder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// A literal, and the client for `+`.
    Client,
    /// A literal that comes in any case.
    Literal,
    /// No literal: the first message comes in pieces.
    Nothing,
}

impl Append {
    fn asked(&self) -> Asked {
        let (name, uid) = match self.target {
            AppendTarget::Append(_) => (CommandName::Append, false),
            AppendTarget::Replace { uid, .. } => (CommandName::Replace, uid),
        };
        Asked::new(self.tag.clone(), name, uid)
    }
}

impl Server {
    /// The parts of an APPEND.
    pub(super) fn on_append_part(
        &mut self,
        rx: &mut Inbox,
        octets: usize,
        part: CommandPart,
    ) -> Step {
        match part {
            CommandPart::AppendBegin { tag, target } => {
                let peeked = peek::peek_command(rx.octets());
                let objection = peeked.as_ref().and_then(|peeked| self.objection_to(peeked));
                let objection = objection.or_else(|| self.target_objection(&target));
                let unit = self.take_line(rx, octets);
                if objection.is_some() {
                    self.show_refused(&unit, peeked, true);
                } else {
                    show_in(&mut self.chassis, &unit, self.reading.reader.pieces(), None);
                }
                self.reading.append = Some(alloc::boxed::Box::new(Append {
                    tag,
                    target,
                    objection,
                    message: None,
                    pieces: false,
                    place: Place::First,
                    octets: 0,
                }));
                return Step::Again;
            }
            CommandPart::Message(message) => return self.on_message(rx, octets, message),
            CommandPart::Url(url) => {
                self.show_text(rx, octets);
                let told = self.reading.append.as_ref().map(|append| append.place);
                return match told {
                    Some(Place::Told) => Step::Event(Event::AppendUrl(url)),
                    _ => Step::Again,
                };
            }
            CommandPart::LiteralEnd => self.chassis.show(Direction::In, Unit::PayloadEnd),
            CommandPart::AppendEnd => {
                self.show_text(rx, octets);
                let Some(append) = self.reading.append.take() else { return Step::Again };
                if append.place != Place::Told {
                    return Step::Again;
                }
                self.asked = Some(append.asked());
                return Step::Event(Event::AppendEnd);
            }
            _ => {}
        }
        self.show_text(rx, octets);
        Step::Again
    }

    /// What is said of a message. One in pieces may have no literal at all, so it is asked for here.
    fn on_message(&mut self, rx: &mut Inbox, octets: usize, message: AppendMessage) -> Step {
        self.show_text(rx, octets);
        let objection = self.message_objection(&message);
        let Some(append) = &mut self.reading.append else { return Step::Again };
        if append.place == Place::Told {
            // What is said of many small messages can be more than they are.
            let told = (octets as u64).saturating_sub(HEAD);
            append.octets = append.octets.saturating_add(told);
        }
        append.pieces = message.octets().is_none();
        let pieces = append.pieces;
        append.message = Some(message);
        if append.objection.is_none() {
            append.objection = objection;
        }
        if !pieces {
            return Step::Again;
        }
        let (place, objection) = (append.place, append.objection.clone());
        match (place, objection) {
            (Place::Refused, _) => Step::Again,
            (place, Some(status)) => {
                let tag = append.tag.clone();
                append.place = Place::Refused;
                if place == Place::Told {
                    self.notice = Some(Notice::Aborted(AbortReason::Protocol));
                }
                self.refuse(Some(tag), status);
                Step::Again
            }
            (Place::First, None) => {
                append.place = Place::Asked(Waiting::Nothing);
                let target = append.target.clone();
                self.asked = Some(append.asked());
                Step::Event(Event::Append { target, octets: None })
            }
            (_, None) => {
                let message = append.message.take().unwrap_or_else(|| AppendMessage::new(0));
                Step::Event(Event::AppendNext { message })
            }
        }
    }

    /// REPLACE names a message, too (RFC 9586 §3).
    fn target_objection(&self, target: &AppendTarget) -> Option<Status> {
        let AppendTarget::Replace { uid, .. } = target else { return None };
        self.supply().not_by_number(*uid).err().map(|unmet| self.unmet(unmet))
    }

    /// Why a message cannot be taken, as far as what is said of it tells.
    fn message_objection(&self, message: &AppendMessage) -> Option<Status> {
        let supply = self.supply();
        let first = self.reading.append.as_ref().is_some_and(|append| append.place == Place::First);
        let met = match message.data {
            _ if !message.extensions.is_empty() || !message.flags.is_storable() => {
                return Some(Status::bad(self.words(Phrase::Syntax)));
            }
            AppendData::Literal8(_) => supply.has(Feature::Binary),
            AppendData::Utf8(_) => supply.meets_utf8(),
            AppendData::Catenate => supply.has(Feature::Catenate),
            AppendData::Literal(_) => Ok(()),
        };
        let met = met.and_then(|()| if first { Ok(()) } else { supply.has(Feature::MultiAppend) });
        met.err().map(|unmet| self.unmet(unmet))
    }

    /// Takes text that stands behind a message.
    fn show_text(&mut self, rx: &mut Inbox, octets: usize) {
        if octets > 0 {
            let unit = self.take_line(rx, octets);
            self.chassis.show_line_in(&unit, &[]);
        }
    }

    /// Octets of a message are announced: asks, or refuses before an octet is taken.
    pub(super) fn on_message_literal(&mut self, request: &LiteralRequest) -> Step {
        let sized = match &self.reading.append {
            Some(append) if append.place != Place::Refused => self.sized(append, request),
            _ => {
                self.reading.append = None;
                self.reading.reader.refuse();
                return Step::Again;
            }
        };
        let Some(append) = &mut self.reading.append else { return Step::Again };
        let first = append.place == Place::First;
        match sized {
            Ok(octets) if first => {
                append.octets = octets;
                let waiting = if request.waits { Waiting::Client } else { Waiting::Literal };
                append.place = Place::Asked(waiting);
                let target = append.target.clone();
                self.asked = Some(append.asked());
                Step::Event(Event::Append { target, octets: Some(octets) })
            }
            Ok(octets) => {
                append.octets = append.octets.saturating_add(octets);
                let next = if append.pieces { None } else { append.message.take() };
                self.reading.reader.accept();
                if request.waits {
                    self.say_go_ahead(Phrase::GoAhead);
                }
                self.chassis.timers.stop(TimerKind::Idle);
                self.chassis.timers.start(TimerKind::Progress, self.config.progress);
                match next {
                    Some(message) => Step::Event(Event::AppendNext { message }),
                    None => Step::Again,
                }
            }
            Err(status) => {
                let (place, tag) = (append.place, append.tag.clone());
                // What comes in pieces goes on behind a literal that nobody waits for, or not at all.
                self.reading.append = None;
                self.reading.reader.refuse();
                if place == Place::Told {
                    self.notice = Some(Notice::Aborted(why(&status, request.octets)));
                }
                self.refuse(Some(tag), status);
                Step::Again
            }
        }
    }

    /// The size of the literal that is announced, if that may be.
    fn sized(&self, append: &Append, request: &LiteralRequest) -> Result<u64, Status> {
        if let Some(objection) = &append.objection {
            return Err(objection.clone());
        }
        if append.message.is_none() && !append.pieces {
            return Err(Status::bad(self.words(Phrase::Syntax)));
        }
        if let Some(status) = self.literal_objection(request) {
            return Err(status);
        }
        let room = self.config.limits.append.saturating_sub(append.octets);
        match request.octets {
            // RFC 3502 §6.3.11: an error, with which a client can cancel the command.
            Some(0) if !append.pieces => Err(Status::no(self.words(Phrase::EmptyMessage))),
            Some(octets) if octets <= room => Ok(octets),
            _ => {
                let code = Code::Plain(PlainCode::TooBig);
                Err(Status::no(self.words(Phrase::TooLong)).with_code(code))
            }
        }
    }

    /// What stands behind a message is wrong.
    pub(super) fn append_broken(&mut self) -> Step {
        let Some(append) = self.reading.append.take() else { return Step::Again };
        if append.place == Place::Told {
            self.notice = Some(Notice::Aborted(AbortReason::Protocol));
        }
        if append.place != Place::Refused {
            let status = Status::bad(self.words(Phrase::BehindMessage));
            self.refuse(Some(append.tag), status);
        }
        Step::Again
    }

    /// The first message, once the embedder wants to hear of it.
    pub(super) fn append_due(&mut self) -> Option<Event> {
        let append = self.reading.append.as_mut().filter(|append| append.place == Place::Due)?;
        append.place = Place::Told;
        let message = append.message.take().unwrap_or_else(|| AppendMessage::new(append.octets));
        self.chassis.timers.start(TimerKind::Progress, self.config.progress);
        Some(Event::AppendBegin { message })
    }

    /// The verdict on an APPEND whose messages are still to come.
    pub(super) fn append_accepted(&mut self) {
        let Some(append) = &mut self.reading.append else { return };
        let Place::Asked(waiting) = append.place else { return };
        append.place = Place::Due;
        self.asked = None;
        if waiting != Waiting::Nothing {
            self.reading.reader.accept();
        }
        if waiting == Waiting::Client {
            self.say_go_ahead(Phrase::GoAhead);
        }
    }

    /// The same, in the negative.
    pub(super) fn append_refused(&mut self) {
        match &mut self.reading.append {
            Some(append) if append.place == Place::Asked(Waiting::Nothing) => {
                append.place = Place::Refused;
            }
            _ => {
                self.reading.append = None;
                self.reading.reader.refuse();
            }
        }
    }

    /// Whether the verdict that is due is the one on a command whose messages are still to come.
    pub(super) fn append_asked(&self) -> bool {
        let place = self.reading.append.as_ref().map(|append| append.place);
        matches!(place, Some(Place::Asked(_)))
    }

    /// Whether payload comes in, which must come in pieces of this many octets.
    pub(super) fn payload_due(&self) -> Option<usize> {
        self.reading.reader.in_payload().then_some(self.config.limits.read)
    }

    /// The embedder heard of messages that are not whole yet.
    pub(super) fn is_appending(&self) -> bool {
        self.reading.append.as_ref().is_some_and(|append| append.place == Place::Told)
    }

    /// Grants [`super::Event::AppendEnd`], and tells the UIDs that the messages got, in their order,
    /// with the UIDVALIDITY of the mailbox (UIDPLUS, RFC 4315 §3; without that feature they are not
    /// told).
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed, when no [`super::Event::AppendEnd`] waits.
    pub fn accept_append(&mut self, validity: UidValidity, uids: UidSet) -> Result<(), Error> {
        let asked = self
            .pending()
            .filter(|asked| matches!(asked.name, CommandName::Append | CommandName::Replace));
        if asked.is_none() || self.append_asked() {
            return Err(Misuse::NothingPending.into());
        }
        let status = self.completed();
        let told = self.config.features.contains(Feature::UidPlus);
        let code = told.then_some(Code::AppendUid { validity, uids });
        self.verdict(Verdict::End(match code {
            Some(code) => status.with_code(code),
            None => status,
        }))
    }

    /// Throws away the messages that come in: [`super::Event::Aborted`] is the last that is told of
    /// them, what is left of them is swallowed, and the client hears this refusal.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed: when no message comes in, between
    /// [`super::Event::AppendBegin`] and its end; or when the status is neither NO nor BAD.
    pub fn discard(&mut self, status: &Status) -> Result<(), Error> {
        if !self.is_appending() || self.notice.is_some() {
            return Err(Misuse::NothingPending.into());
        }
        super::verdicts::check_refusal(status)?;
        let Some(append) = &mut self.reading.append else { return Ok(()) };
        let tag = append.tag.clone();
        if self.reading.reader.in_payload() {
            self.chassis.show(Direction::In, Unit::PayloadEnd);
        }
        // It was announced within the limits and permitted, so it is passed over to its end. What
        // was read already of the same line comes as parts.
        append.place = Place::Refused;
        if self.reading.reader.has_told_all() {
            self.reading.append = None;
        }
        self.reading.reader.discard();
        self.notice = Some(Notice::Aborted(AbortReason::Discarded));
        self.say_tagged(tag, status.clone());
        Ok(())
    }
}

/// What is said of each further message has so many octets that are not counted.
const HEAD: u64 = 64;

/// Why the messages before this one are not stored either.
fn why(status: &Status, octets: Option<u64>) -> AbortReason {
    match (&status.code, octets) {
        (Some(Code::Plain(PlainCode::TooBig)), _) => AbortReason::TooLarge,
        (None, Some(0)) if status.kind == StatusKind::No => AbortReason::Discarded,
        _ => AbortReason::Protocol,
    }
}
