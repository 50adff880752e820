//! Taking APPEND: a question, then messages that stream, then a question (RFC 3501 §6.3.11,
//! RFC 3502).

use postrider_wire::{AbortReason, Direction, Inbox, TimerKind, Unit};

use super::peek;
use super::read::Step;
use super::{Asked, Event, Notice, Server};
use crate::framing::show_in;
use crate::{
    AppendData, AppendMessage, AppendTarget, Code, CommandPart, LiteralRequest, MailboxName,
    PlainCode, Status, StatusKind, Tag, UidSet, UidValidity,
};
use crate::{CommandName, Error, Misuse};

/// An APPEND whose messages come.
#[derive(Debug)]
pub(super) struct Append {
    tag: Tag,
    /// Where to.
    mailbox: MailboxName,
    /// Why it is refused whatever comes.
    objection: Option<Status>,
    /// What is said of the message that comes next.
    message: Option<AppendMessage>,
    place: Place,
    /// Octets of all messages so far.
    octets: u64,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The first message.
    First,
    /// The verdict on the whole command. Whether the client waits for it.
    Asked { waits: bool },
    /// The first message, of which the embedder has not heard.
    Due,
    /// More of what the embedder has heard of.
    Told,
    /// It is refused, and what is left of it is passed over.
    Refused,
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
                let objection = peeked.as_ref().and_then(|peeked| self.objection(peeked));
                let unit = self.take_line(rx, octets);
                if objection.is_some() {
                    self.show_refused(&unit, peeked, true);
                } else {
                    show_in(&mut self.chassis, &unit, self.reading.reader.pieces(), None);
                }
                let mailbox = match target {
                    AppendTarget::Append(mailbox) | AppendTarget::Replace { mailbox, .. } => {
                        mailbox
                    }
                };
                let place = Place::First;
                self.reading.append =
                    Some(Append { tag, mailbox, objection, message: None, place, octets: 0 });
                return Step::Again;
            }
            CommandPart::Message(message) => {
                let pieces = message.octets().is_none();
                if let Some(append) = &mut self.reading.append {
                    append.message = Some(message);
                }
                if pieces {
                    self.append_broken("no pieces here");
                    if let Some(append) = &mut self.reading.append {
                        append.place = Place::Refused;
                    }
                }
            }
            CommandPart::LiteralEnd => self.chassis.show(Direction::In, Unit::PayloadEnd),
            CommandPart::AppendEnd => {
                self.show_text(rx, octets);
                let Some(append) = self.reading.append.take() else { return Step::Again };
                if append.place != Place::Told {
                    return Step::Again;
                }
                let (tag, name) = (append.tag, CommandName::Append);
                self.asked = Some(Asked { tag, name, uid: false });
                return Step::Event(Event::AppendEnd);
            }
            _ => {}
        }
        self.show_text(rx, octets);
        Step::Again
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
        let Some(mut append) = self.reading.append.take() else {
            self.reading.reader.refuse();
            return Step::Again;
        };
        let first = append.place == Place::First;
        match self.sized(&append, request) {
            Ok(octets) if first => {
                append.octets = octets;
                append.place = Place::Asked { waits: request.waits };
                let (tag, name) = (append.tag.clone(), CommandName::Append);
                self.asked = Some(Asked { tag, name, uid: false });
                let mailbox = append.mailbox.clone();
                self.reading.append = Some(append);
                Step::Event(Event::Append { mailbox, octets })
            }
            Ok(octets) => {
                append.octets = append.octets.saturating_add(octets);
                let message = append.message.take().unwrap_or_else(|| AppendMessage::new(octets));
                self.reading.append = Some(append);
                self.reading.reader.accept();
                if request.waits {
                    self.go_ahead();
                }
                self.chassis.timers.stop(TimerKind::Idle);
                self.chassis.timers.start(TimerKind::Progress, self.config.progress);
                Step::Event(Event::AppendNext { message })
            }
            Err(status) => {
                self.reading.reader.refuse();
                if append.place == Place::Refused {
                    return Step::Again;
                }
                if !first {
                    self.notice = Some(Notice::Aborted(why(&status, request.octets)));
                }
                self.refuse(Some(append.tag), &status);
                Step::Again
            }
        }
    }

    /// The size of the message that is announced, if that may be.
    fn sized(&self, append: &Append, request: &LiteralRequest) -> Result<u64, Status> {
        if let Some(objection) = &append.objection {
            return Err(objection.clone());
        }
        let plain = append.message.as_ref().is_some_and(|message| {
            matches!(message.data, AppendData::Literal(_)) && message.extensions.is_empty()
        });
        if !plain {
            return Err(Status::bad("syntax error"));
        }
        let room = self.config.limits.append.saturating_sub(append.octets);
        match request.octets {
            // RFC 3502 §6.3.11: an error, with which a client can cancel the command.
            Some(0) => Err(Status::no("an empty message cancels the append")),
            Some(octets) if octets <= room => Ok(octets),
            _ => Err(Status::no("message too long").with_code(Code::Plain(PlainCode::TooBig))),
        }
    }

    /// What stands behind a message is wrong.
    pub(super) fn append_broken(&mut self, text: &'static str) -> Step {
        let Some(append) = &mut self.reading.append else { return Step::Again };
        let tag = append.tag.clone();
        let place = core::mem::replace(&mut append.place, Place::Refused);
        if !matches!(append.message, Some(ref message) if message.octets().is_none()) {
            self.reading.append = None;
        }
        if place == Place::Told {
            self.notice = Some(Notice::Aborted(AbortReason::Protocol));
        }
        if place != Place::Refused {
            self.refuse(Some(tag), &Status::bad(text));
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
        let Place::Asked { waits } = append.place else { return };
        append.place = Place::Due;
        self.asked = None;
        self.reading.reader.accept();
        if waits {
            self.go_ahead();
        }
    }

    /// The same, in the negative.
    pub(super) fn append_refused(&mut self) {
        self.reading.append = None;
        self.reading.reader.refuse();
    }

    /// Whether the verdict that is due is the one on a command whose messages are still to come.
    pub(super) fn append_asked(&self) -> bool {
        let place = self.reading.append.as_ref().map(|append| append.place);
        matches!(place, Some(Place::Asked { .. }))
    }

    /// Whether payload comes in, which must come in pieces of this many octets.
    pub(super) fn payload_due(&self) -> Option<usize> {
        self.reading.reader.in_payload().then_some(self.config.limits.read)
    }

    /// The embedder heard of messages that are not whole yet.
    pub(super) fn is_appending(&self) -> bool {
        self.reading.append.as_ref().is_some_and(|append| append.place == Place::Told)
    }

    fn go_ahead(&mut self) {
        self.say((*b"+ Ready for literal data\r\n").into());
    }

    /// Grants [`super::Event::AppendEnd`], and tells the UIDs that the messages got, in their order,
    /// with the UIDVALIDITY of the mailbox (RFC 4315 §3).
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed, when no [`super::Event::AppendEnd`] waits.
    pub fn accept_append(&mut self, validity: UidValidity, uids: UidSet) -> Result<(), Error> {
        let asked = self.asked.as_ref().filter(|asked| asked.name == CommandName::Append);
        if asked.is_none() || self.append_asked() {
            return Err(Misuse::NothingPending.into());
        }
        let text = super::answer::completed(CommandName::Append, false);
        self.verdict(Status::ok(text).with_code(Code::AppendUid { validity, uids }))
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
        super::answer::check_refusal(status)?;
        let Some(append) = self.reading.append.take() else { return Ok(()) };
        if self.reading.reader.in_payload() {
            self.chassis.show(Direction::In, Unit::PayloadEnd);
        }
        // It was announced within the limits and permitted, so it is passed over to its end.
        self.reading.reader.discard();
        self.notice = Some(Notice::Aborted(AbortReason::Discarded));
        self.say_tagged(&append.tag, status);
        Ok(())
    }
}

/// Why the messages before this one are not stored either.
fn why(status: &Status, octets: Option<u64>) -> AbortReason {
    match (&status.code, octets) {
        (Some(Code::Plain(PlainCode::TooBig)), _) => AbortReason::TooLarge,
        (None, Some(0)) if status.kind == StatusKind::No => AbortReason::Discarded,
        _ => AbortReason::Protocol,
    }
}
