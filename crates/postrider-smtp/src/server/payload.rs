//! A mail that is coming in: told, swallowed, or broken off.

use alloc::boxed::Box;
use alloc::format;

use bytes::Bytes;
use postrider_wire::dot::{BareNewlines, Unstuffed};
use postrider_wire::{AbortReason, Direction, Inbox, Progress, TimerKind, Unit};

use super::incoming::{Announced, Between, Fate, Framing, Incoming};
use super::{Ending, Event, Phase, Question, Recipients, Server, Traits, Verdict};
use crate::{Error, Reply, State};

impl Question {
    /// Whether its event is the beginning of a mail.
    fn begins_mail(&self) -> bool {
        matches!(self, Self::Data | Self::Bdat(_))
    }
}

impl Server {
    pub(super) fn poll_payload(
        &mut self,
        rx: &mut Inbox,
    ) -> Result<Option<Progress<Event>>, Error> {
        let telling = self.is_telling();
        let Phase::Payload(incoming) = &mut self.phase else { return Ok(None) };
        rx.expect_payload(self.config.limits.read);
        match incoming.poll(rx) {
            Unstuffed::Payload(chunk) => {
                self.chassis.timers.start(TimerKind::Progress, self.config.limits.progress_time);
                Ok(telling.then(|| self.take(chunk)).map(Progress::Event))
            }
            Unstuffed::Fault(_) if telling => {
                let text = "mail holds a bare CR, a bare LF or a NUL";
                self.swallow(Reply::own(550, (5, 2), text));
                Ok(Some(Progress::Event(Event::Aborted(AbortReason::BareNewline))))
            }
            Unstuffed::Fault(_) => Ok(None),
            Unstuffed::End => {
                rx.expect_units(self.unit_limit());
                Ok(self.end_of_octets())
            }
            Unstuffed::NeedInput if rx.is_eof() => match self.abandon(AbortReason::Eof) {
                Some(aborted) => Ok(Some(Progress::Event(aborted))),
                None => Err(self.fail(Error::Eof { offset: rx.offset() })),
            },
            _ => Ok(Some(Progress::Wait { input: true, app: false })),
        }
    }

    /// Octets of a mail follow.
    pub(super) fn begin_payload(&mut self, incoming: Box<Incoming>) {
        let swallowed = incoming.fate != Fate::Told;
        self.phase = Phase::Payload(incoming);
        self.chassis.timers.stop(TimerKind::Idle);
        if swallowed {
            self.bound_swallowing();
        }
        self.chassis.timers.start(TimerKind::Progress, self.config.limits.progress_time);
    }

    /// Swallows a chunk whatever follows it, and then says this: octets that were announced never
    /// become commands. The transaction is over.
    pub(super) fn refuse_chunk(&mut self, announced: Announced, reply: Reply) {
        self.drop_chunk(announced, Fate::Swallowed(reply));
    }

    pub(super) fn drop_chunk(&mut self, announced: Announced, fate: Fate) {
        self.begin_payload(Incoming::bdat(self.config.bare_newlines, announced, fate));
    }

    /// What happens to bare newlines in this mail.
    pub(super) fn bare_newlines_in_chunks(&self) -> BareNewlines {
        if self.traits.binary { BareNewlines::Keep } else { self.config.bare_newlines }
    }

    /// Whether a mail is being handed on right now.
    fn is_telling(&self) -> bool {
        matches!(&self.phase, Phase::Payload(incoming) if incoming.fate == Fate::Told)
    }

    /// The mail that was begun, if one was, will have no end. What is left of it is swallowed.
    pub(super) fn abandon(&mut self, reason: AbortReason) -> Option<Event> {
        let told = match &self.phase {
            Phase::Payload(incoming) => incoming.fate == Fate::Told,
            Phase::Asking(question) => question.begins_mail(),
            Phase::Held(held) => held.0.begins_mail() && matches!(held.1, Verdict::Accepted(_)),
            _ => false,
        };
        match (&mut self.phase, &self.between) {
            (Phase::Payload(_), _) if told => {
                self.swallow(Reply::own(451, (3, 0), "transaction aborted"));
                self.chassis.show(Direction::In, Unit::PayloadEnd);
            }
            (Phase::Asking(_) | Phase::Held(..), _) if told => self.phase = Phase::Command,
            (_, Between::Due(mail)) if mail.fate == Fate::Told => self.between = Between::Refused,
            _ => return None,
        }
        Some(Event::Aborted(reason))
    }

    /// The same, told with the next poll.
    pub(super) fn break_off(&mut self, reason: AbortReason) {
        if self.abandon(reason).is_some() {
            self.aborted = Some(reason);
        }
    }

    /// What is left of the mail is not handed on; at its end this is said.
    pub(super) fn swallow(&mut self, reply: Reply) {
        if let Some(incoming) = self.incoming() {
            incoming.fate = Fate::Swallowed(reply);
        }
        if let Phase::Payload(_) = self.phase {
            self.bound_swallowing();
        }
    }

    /// What nobody wants must be over within the time that a silent client would have: octets that
    /// trickle in for ever must not hold the session.
    fn bound_swallowing(&mut self) {
        self.chassis.timers.ensure(TimerKind::Idle, self.config.limits.idle_time);
    }

    /// The mail that is under way, in the middle of a chunk or between two.
    pub(super) fn incoming(&mut self) -> Option<&mut Incoming> {
        match (&mut self.phase, &mut self.between) {
            (Phase::Payload(incoming), _) | (_, Between::Due(incoming)) => Some(incoming),
            _ => None,
        }
    }

    /// Hands a chunk on, up to the largest mail (RFC 1870 §6.3): what is told does not depend on how
    /// the chunks were cut.
    fn take(&mut self, mut chunk: Bytes) -> Event {
        let Phase::Payload(incoming) = &mut self.phase else { return Event::Chunk(chunk) };
        let left = self.config.limits.message.saturating_sub(incoming.octets);
        let fits = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        let too_large = fits < chunk.len();
        chunk.truncate(fits);
        incoming.octets = incoming.octets.saturating_add(chunk.len() as u64);
        self.chassis.show(Direction::In, Unit::Payload(&chunk));
        if !too_large {
            return Event::Chunk(chunk);
        }
        self.swallow(Reply::own(552, (3, 4), "mail exceeds the largest size"));
        if chunk.is_empty() {
            return Event::Aborted(AbortReason::TooLarge);
        }
        self.aborted = Some(AbortReason::TooLarge);
        Event::Chunk(chunk)
    }

    /// The final dot is here, or the last octet of a chunk.
    fn end_of_octets(&mut self) -> Option<Progress<Event>> {
        self.chassis.timers.stop(TimerKind::Progress);
        self.chassis.show(Direction::In, Unit::PayloadEnd);
        let Phase::Payload(incoming) = core::mem::replace(&mut self.phase, Phase::Command) else {
            return None;
        };
        let Incoming { framing, fate, .. } = &*incoming;
        let more = match framing {
            Framing::Bdat(chunks) if !chunks.announced.last => Some(chunks.announced.size),
            _ => None,
        };
        match (fate, more) {
            (Fate::Told, None) => return Some(self.ask(Question::Verdict, Event::DataEnd)),
            (Fate::Told, Some(size)) => {
                self.between = Between::Due(incoming);
                // Else 421 is the reply to this chunk (RFC 3030 §2, the note on "imminent shutdown").
                if self.ending != Ending::Shutdown {
                    self.say(Reply::own(250, (0, 0), format!("{size} octets received")));
                }
                self.next_command();
            }
            (Fate::Swallowed(reply), _) => {
                let reply = reply.clone();
                let chunk = matches!(framing, Framing::Bdat(_));
                let in_vain = self.has_nobody();
                // RFC 2033 §4.2, §4.3: what ends a mail is answered for each recipient.
                if self.is_lmtp() && more.is_none() {
                    self.begin_deliveries(Some(reply));
                } else {
                    self.end_with(reply);
                }
                if chunk {
                    self.between = if in_vain { Between::InVain } else { Between::Refused };
                }
            }
            (Fate::Dropped, _) => {
                self.end_transaction();
                self.next_command();
            }
        }
        None
    }

    /// No mail is under way any more.
    pub(super) fn end_transaction(&mut self) {
        self.recipients = Recipients::default();
        self.traits = Traits::default();
        self.deliveries = None;
        self.forget_forwarded();
        self.between = Between::Nothing;
        if self.state.is_in_transaction() {
            self.state = State::Greeted;
        }
    }
}
