//! Writing FETCH responses: inline items at once, octets of messages as a stream.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{Direction, Unit};

use super::{Server, Stage};
use crate::{BodySection, FetchItem, InvalidValue, MessageNumber};
use crate::{CommandName, Error, Misuse, State};

/// Beyond this a line that is still being put together is queued as far as it is.
const FRAGMENT: usize = 16 * 1024;

/// A FETCH response whose parenthesis is still open.
#[derive(Debug)]
pub(super) struct OpenFetch {
    number: MessageNumber,
    /// What is still to be queued.
    line: Vec<u8>,
    place: Place,
}

/// What stands before the next octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The parenthesis.
    Begun,
    /// An item.
    Items,
    /// The announcement of a literal, of which so much is due.
    Payload(u64),
}

impl Server {
    /// Tells items of the message with this number. Items and payloads of one message that follow
    /// each other make one FETCH response.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed: when [`Server::exists`] could not be told either; when
    /// a payload is open; when an item is [`FetchItem::Unparsed`]; and [`Misuse::Full`], which goes
    /// away when the driver has flushed.
    pub fn fetch_items(&mut self, number: MessageNumber, items: &[FetchItem]) -> Result<(), Error> {
        self.may_tell()?;
        if items.iter().any(|item| matches!(item, FetchItem::Unparsed(_))) {
            return Err(InvalidValue::Combination.into());
        }
        if items.is_empty() {
            return Ok(());
        }
        for item in items {
            item.write(self.item_line(number));
        }
        let open = self.open.take_if(|open| open.line.len() >= FRAGMENT);
        if let Some(mut open) = open {
            self.say_part(core::mem::take(&mut open.line));
            self.open = Some(open);
        }
        if self.is_idling() {
            // No verdict comes that would end the response.
            self.close_fetch();
        }
        Ok(())
    }

    /// Begins the payload of a section, `octets` long. [`Server::write_payload`] gives it, and
    /// [`Server::finish_payload`] ends it.
    ///
    /// `origin` is told when the client asked for a part of the section.
    ///
    /// # Errors
    ///
    /// As [`Server::fetch_items`], and when what waits is not [`super::Event::Fetch`].
    pub fn body_begin(
        &mut self,
        number: MessageNumber,
        section: &BodySection,
        origin: Option<u64>,
        octets: u64,
    ) -> Result<(), Error> {
        self.begin_section(number, section, origin)?;
        let line = self.open.as_mut().map(|open| {
            open.line.push(b' ');
            open.line.extend_from_slice(alloc::format!("{{{octets}}}\r\n").as_bytes());
            open.place = Place::Payload(octets);
            core::mem::take(&mut open.line)
        });
        self.say_part(line.unwrap_or_default());
        Ok(())
    }

    /// Tells that there is no such section: `NIL`.
    ///
    /// # Errors
    ///
    /// As [`Server::body_begin`].
    pub fn body_nil(
        &mut self,
        number: MessageNumber,
        section: &BodySection,
        origin: Option<u64>,
    ) -> Result<(), Error> {
        self.begin_section(number, section, origin)?;
        if let Some(open) = &mut self.open {
            open.line.extend_from_slice(b" NIL");
        }
        Ok(())
    }

    /// Takes what fits of the payload, and tells how many octets that were. None fit before the
    /// driver has flushed a full outbox.
    ///
    /// # Errors
    ///
    /// [`Misuse::Payload`] when no payload is open, [`Misuse::Size`] when `payload` goes past what
    /// was declared; nothing is taken then.
    pub fn write_payload(&mut self, payload: &mut Bytes) -> Result<usize, Error> {
        let Some(OpenFetch { place: Place::Payload(left), .. }) = &mut self.open else {
            return Err(Misuse::Payload.into());
        };
        if payload.len() as u64 > *left {
            return Err(Misuse::Size.into());
        }
        if !self.deferred.is_empty() {
            return Ok(0);
        }
        let n = self.chassis.send_payload(payload);
        *left = left.saturating_sub(n as u64);
        Ok(n)
    }

    /// Ends the payload.
    ///
    /// # Errors
    ///
    /// [`Misuse::Payload`] when none is open, [`Misuse::Size`] when some of it is missing.
    pub fn finish_payload(&mut self) -> Result<(), Error> {
        let Some(open) = &mut self.open else { return Err(Misuse::Payload.into()) };
        match open.place {
            Place::Payload(0) => open.place = Place::Items,
            Place::Payload(_) => return Err(Misuse::Size.into()),
            _ => return Err(Misuse::Payload.into()),
        }
        self.chassis.show(Direction::Out, Unit::PayloadEnd);
        Ok(())
    }

    /// Gives the open payload up. A literal cannot be cut short, so the connection ends, and the
    /// client knows that the payload is not whole. Without an open payload: nothing.
    pub fn abort(&mut self) {
        if self.in_payload() {
            self.chassis.show(Direction::Out, Unit::PayloadEnd);
            self.stage = Stage::Over;
            self.asked = None;
            self.open = None;
        }
    }

    /// How many octets the outbox takes now: what an embedder with much to tell looks at.
    #[must_use]
    pub fn room(&self) -> usize {
        if self.deferred.is_empty() { self.chassis.out.room() } else { 0 }
    }

    pub(super) fn in_payload(&self) -> bool {
        matches!(self.open, Some(OpenFetch { place: Place::Payload(_), .. }))
    }

    /// Whether data of the mailbox may be told now.
    pub(super) fn may_tell(&self) -> Result<(), Error> {
        use CommandName::{Append, Fetch, Idle, Noop, Store};
        let names = [Fetch, Store, Noop, Idle, Append];
        let asked = self.asked.as_ref().is_some_and(|asked| names.contains(&asked.name));
        if !(asked || self.is_idling()) || self.state != State::Selected {
            return Err(Misuse::NothingPending.into());
        }
        if self.in_payload() {
            return Err(Misuse::Payload.into());
        }
        if self.room() == 0 {
            return Err(Misuse::Full.into());
        }
        Ok(())
    }

    /// The line of the FETCH response for this message, ready for the next item.
    fn item_line(&mut self, number: MessageNumber) -> &mut Vec<u8> {
        if self.open.as_ref().is_some_and(|open| open.number != number) {
            self.close_fetch();
        }
        let open = self.open.get_or_insert_with(|| {
            let line = alloc::format!("* {number} FETCH (").into_bytes();
            OpenFetch { number, line, place: Place::Begun }
        });
        if open.place != Place::Begun {
            open.line.push(b' ');
        }
        open.place = Place::Items;
        &mut open.line
    }

    fn begin_section(
        &mut self,
        number: MessageNumber,
        section: &BodySection,
        origin: Option<u64>,
    ) -> Result<(), Error> {
        self.may_tell()?;
        if self.asked.as_ref().is_none_or(|asked| asked.name != CommandName::Fetch) {
            return Err(Misuse::NothingPending.into());
        }
        section.write(self.item_line(number), origin);
        Ok(())
    }

    /// Closes the parenthesis, if one is open.
    pub(super) fn close_fetch(&mut self) {
        if let Some(mut open) = self.open.take() {
            open.line.extend_from_slice(b")\r\n");
            self.say(open.line);
        }
    }
}
