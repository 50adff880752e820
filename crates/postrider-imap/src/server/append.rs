//! Taking APPEND: a question, then messages that stream, then a question (RFC 3501 §6.3.11,
//! RFC 3502).

use postrider_wire::{AbortReason, Direction, Inbox, TimerKind, Unit};

use super::read::{Reading, Step};
use super::{Asked, Event, Notice, Server};
use crate::command::Tag;
use crate::framing::{Framed, Framer, LineEnd, show_in};
use crate::syntax::{self, LiteralHead, Peeked};
use crate::value::{AppendMessage, Code, SequenceSet, Status};
use crate::{CommandName, Error, Misuse};

/// An APPEND whose messages come.
#[derive(Debug)]
pub(super) struct Append {
    tag: Tag,
    place: Place,
    /// Octets of all messages so far.
    octets: u64,
}

/// What comes next.
#[derive(Debug)]
enum Place {
    /// The verdict on the whole command. Whether the client waits for it.
    Asked { message: AppendMessage, waits: bool },
    /// The first message, which the embedder has not heard of.
    Due(AppendMessage),
    /// So many octets of a message.
    Payload(u64),
    /// The end of the command, or what is said of the next message.
    Behind(Framer),
}

impl Server {
    /// A line of an APPEND announces its first message: asks, or refuses before an octet is taken.
    pub(super) fn on_append(
        &mut self,
        rx: &mut Inbox,
        framer: &Framer,
        head: LiteralHead,
        next: usize,
        peeked: Peeked,
    ) -> Step {
        let unit = rx.take_unit(head.at);
        rx.skip(next.saturating_sub(head.at));
        self.chassis.timers.stop(TimerKind::Idle);
        let read = syntax::append_to(&unit, &peeked, &self.config.limits);
        let suspect = syntax::credentials_at(&unit).filter(|_| read.is_none());
        show_in(&mut self.chassis, &unit, framer.pieces(), suspect);
        let to = read.ok_or_else(|| Status::bad("syntax error"));
        let to = to.and_then(|to| Ok((to.mailbox, self.sized(to.message, head, 0)?)));
        match to {
            Ok((mailbox, message)) => {
                let octets = message.octets;
                let (tag, waits) = (peeked.tag, head.waits);
                let asked = Asked { tag: tag.clone(), name: CommandName::Append, uid: false };
                self.asked = Some(asked);
                let place = Place::Asked { message, waits };
                self.reading = Reading::Append(Append { tag, place, octets });
                Step::Event(Event::Append { mailbox, octets })
            }
            Err(status) => {
                self.refuse(Some(peeked.tag), &status);
                self.pass_literal(rx, head.waits, head.octets);
                Step::Again
            }
        }
    }

    /// The message with its size, if that may be: `before` were announced already.
    fn sized(
        &self,
        mut message: AppendMessage,
        head: LiteralHead,
        before: u64,
    ) -> Result<AppendMessage, Status> {
        let room = self.config.limits.append.saturating_sub(before);
        match head.octets {
            // RFC 3502 §6.3.11: an error, with which a client can cancel the command.
            Some(0) => Err(Status::no("an empty message cancels the append")),
            Some(octets) if octets <= room => {
                message.octets = octets;
                Ok(message)
            }
            _ => Err(Status::no("message too long").with_code(Code::TooBig)),
        }
    }

    /// The literal of what was refused: if the client does not wait, it comes all the same.
    fn pass_literal(&mut self, rx: &Inbox, waits: bool, octets: Option<u64>) {
        if !waits {
            self.reading = self.swallowing(rx.offset(), octets);
        }
    }

    /// The verdict on an APPEND whose messages are still to come.
    pub(super) fn append_accepted(&mut self) {
        let Reading::Append(Append { place, .. }) = &mut self.reading else { return };
        let Place::Asked { message, waits } = place else { return };
        let (message, waits) = (message.clone(), *waits);
        *place = Place::Due(message);
        self.asked = None;
        if waits {
            self.go_ahead();
        }
    }

    /// The same, in the negative.
    pub(super) fn append_refused(&mut self) {
        let Reading::Append(append) = core::mem::replace(&mut self.reading, Reading::unit()) else {
            return;
        };
        if let Place::Asked { message, waits: false } = append.place {
            self.reading = self.swallowing(self.offset, Some(message.octets));
        }
    }

    /// Whether the verdict that is due is the one on a command whose messages are still to come.
    pub(super) fn append_asked(&self) -> bool {
        matches!(&self.reading, Reading::Append(Append { place: Place::Asked { .. }, .. }))
    }

    /// Whether payload comes in, which must come in pieces of this many octets.
    pub(super) fn payload_due(&self) -> Option<usize> {
        match &self.reading {
            Reading::Append(Append { place: Place::Payload(_), .. }) => {
                Some(self.config.limits.read)
            }
            _ => None,
        }
    }

    /// The embedder heard of messages that are not whole yet.
    pub(super) fn is_appending(&self) -> bool {
        match &self.reading {
            Reading::Append(append) => {
                matches!(append.place, Place::Payload(_) | Place::Behind(_))
            }
            _ => false,
        }
    }

    pub(super) fn read_append(&mut self, rx: &mut Inbox, mut append: Append) -> Step {
        match append.place {
            Place::Asked { .. } => {
                self.reading = Reading::Append(append);
                Step::Starved
            }
            Place::Due(message) => {
                append.place = Place::Payload(message.octets);
                self.reading = Reading::Append(append);
                self.chassis.timers.start(TimerKind::Progress, self.config.progress);
                Step::Event(Event::AppendBegin { message })
            }
            Place::Payload(0) => {
                self.chassis.show(Direction::In, Unit::PayloadEnd);
                append.place = Place::Behind(Framer::new(LineEnd::CrLf));
                self.reading = Reading::Append(append);
                Step::Again
            }
            Place::Payload(left) => {
                let n = usize::try_from(left).unwrap_or(usize::MAX).min(rx.len());
                append.place = Place::Payload(left.saturating_sub(n as u64));
                self.reading = Reading::Append(append);
                if n == 0 {
                    return Step::Starved;
                }
                self.chassis.timers.start(TimerKind::Progress, self.config.progress);
                let chunk = rx.take_payload(n);
                self.chassis.show(Direction::In, Unit::Payload(&chunk));
                Step::Event(Event::Chunk(chunk))
            }
            Place::Behind(framer) => self.read_behind(rx, append.tag, append.octets, framer),
        }
    }

    /// Reads what stands behind a message.
    fn read_behind(&mut self, rx: &mut Inbox, tag: Tag, octets: u64, mut framer: Framer) -> Step {
        match framer.step(rx.octets(), self.unit_limit(), |_| true) {
            Framed::More => {
                let place = Place::Behind(framer);
                self.reading = Reading::Append(Append { tag, place, octets });
                Step::Starved
            }
            Framed::Unit { text: 0, next } => {
                rx.skip(next);
                // It was started if the client was waited for behind the message.
                self.chassis.timers.stop(TimerKind::Idle);
                self.chassis.show_line_in(b"", &[]);
                self.asked = Some(Asked { tag, name: CommandName::Append, uid: false });
                Step::Event(Event::AppendEnd)
            }
            Framed::Literal { head, next } => {
                let unit = rx.take_unit(head.at);
                rx.skip(next.saturating_sub(head.at));
                self.chassis.show_line_in(&unit, &[]);
                let message = syntax::append_message(&unit, &self.config.limits);
                let message = message.ok_or_else(|| Status::bad("syntax error"));
                match message.and_then(|message| self.sized(message, head, octets)) {
                    Ok(message) => {
                        let place = Place::Payload(message.octets);
                        let octets = octets.saturating_add(message.octets);
                        self.reading = Reading::Append(Append { tag, place, octets });
                        if head.waits {
                            self.go_ahead();
                        }
                        self.chassis.timers.stop(TimerKind::Idle);
                        self.chassis.timers.start(TimerKind::Progress, self.config.progress);
                        Step::Event(Event::AppendNext { message })
                    }
                    Err(status) => {
                        let reason = why(&status, head);
                        self.notice = Some(Notice::Aborted(reason));
                        self.refuse(Some(tag), &status);
                        self.pass_literal(rx, head.waits, head.octets);
                        Step::Again
                    }
                }
            }
            Framed::Unit { .. } | Framed::TooLong => {
                self.reading = Reading::Line;
                self.notice = Some(Notice::Aborted(AbortReason::Protocol));
                self.refuse(Some(tag), &Status::bad("syntax error behind a message"));
                Step::Again
            }
        }
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
    pub fn accept_append(&mut self, validity: u32, uids: SequenceSet) -> Result<(), Error> {
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
        let Reading::Append(append) = core::mem::replace(&mut self.reading, Reading::Line) else {
            return Ok(());
        };
        if let Place::Payload(left) = append.place {
            self.chassis.show(Direction::In, Unit::PayloadEnd);
            // It was announced within the limits and permitted, so it is swallowed to its end.
            self.reading = Reading::Literal(left);
        }
        self.notice = Some(Notice::Aborted(AbortReason::Discarded));
        self.say_tagged(&append.tag, status);
        Ok(())
    }
}

/// Why the messages before this one are not stored either.
fn why(status: &Status, head: LiteralHead) -> AbortReason {
    match (&status.code, head.octets) {
        (Some(Code::TooBig), _) => AbortReason::TooLarge,
        (None, Some(0)) if status.kind == crate::StatusKind::No => AbortReason::Discarded,
        _ => AbortReason::Protocol,
    }
}
