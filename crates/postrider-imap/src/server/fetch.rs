//! Writing FETCH responses: inline items at once, octets of messages as a stream.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{AbortReason, Direction, Unit};

use super::{Feature, Selecting, Server};
use crate::write::put_number;
use crate::{BodySection, FetchItem, FetchedMessage, InvalidValue};
use crate::{CommandName, Error, Misuse, State};

/// Beyond this a line that is still being put together is queued as far as it is.
pub(super) const FRAGMENT: usize = 16 * 1024;

/// A FETCH response whose parenthesis is still open.
#[derive(Debug)]
pub(super) struct OpenFetch {
    message: FetchedMessage,
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
    /// Tells items of a message: by its number, or by its UID where UIDONLY is enabled. Items and
    /// payloads of one message that follow each other make one FETCH response.
    ///
    /// They answer the command that waits for a verdict, or are news as in [`Server::update`].
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed: [`Misuse::NotNow`] when this is neither; when a payload
    /// is open; when an item is [`FetchItem::Unparsed`]; and [`Misuse::Full`], which goes away when the
    /// driver has flushed.
    pub fn fetch_items(
        &mut self,
        message: impl Into<FetchedMessage>,
        items: &[FetchItem],
    ) -> Result<(), Error> {
        let message = message.into();
        self.may_fetch(message)?;
        self.write_items(message, items)
    }

    /// The same, where it was found that it may be.
    pub(super) fn write_items(
        &mut self,
        message: impl Into<FetchedMessage>,
        items: &[FetchItem],
    ) -> Result<(), Error> {
        if items.iter().any(|item| matches!(item, FetchItem::Unparsed(_))) {
            return Err(InvalidValue::Combination.into());
        }
        if items.is_empty() {
            return Ok(());
        }
        let options = self.write_options();
        let open = self.item_line(message.into());
        for item in items {
            open.part();
            item.write_with(&mut open.line, options);
        }
        if open.line.len() >= FRAGMENT {
            let line = core::mem::take(&mut open.line);
            self.say_part(&line);
        }
        self.close_news();
        Ok(())
    }

    /// Begins the payload of a section, `octets` long. [`Server::write_payload`] gives it, and
    /// [`Server::finish_payload`] ends it.
    ///
    /// `origin` is told when the client asked for a part of the section.
    ///
    /// A client can ask for sections of new messages by NOTIFY (RFC 5465 §5.2): then it is news, a
    /// response of its own where no command waits, and commands wait until it is whole.
    ///
    /// # Errors
    ///
    /// As [`Server::fetch_items`], and when what waits is not FETCH and no NOTIFY holds.
    pub fn body_begin(
        &mut self,
        message: impl Into<FetchedMessage>,
        section: &BodySection,
        origin: Option<u64>,
        octets: u64,
    ) -> Result<(), Error> {
        self.begin_payload(message.into(), section, origin, b" {", octets)
    }

    /// As [`Server::body_begin`], for octets among which there are NULs, which BINARY may have: `~{n}`
    /// (RFC 3516 §4.2).
    ///
    /// # Errors
    ///
    /// As [`Server::body_begin`], and for any other section than BINARY.
    pub fn binary_begin(
        &mut self,
        message: impl Into<FetchedMessage>,
        section: &BodySection,
        origin: Option<u64>,
        octets: u64,
    ) -> Result<(), Error> {
        if !matches!(section, BodySection::Binary(_)) {
            return Err(InvalidValue::Combination.into());
        }
        self.begin_payload(message.into(), section, origin, b" ~{", octets)
    }

    fn begin_payload(
        &mut self,
        message: FetchedMessage,
        section: &BodySection,
        origin: Option<u64>,
        brace: &[u8],
        octets: u64,
    ) -> Result<(), Error> {
        let open = self.begin_section(message, section, origin)?;
        open.line.extend_from_slice(brace);
        put_number(&mut open.line, octets);
        open.line.extend_from_slice(b"}\r\n");
        open.place = Place::Payload(octets);
        let mut line = core::mem::take(&mut open.line);
        self.say_part(&line);
        line.clear();
        if let Some(open) = &mut self.open {
            open.line = line;
        }
        Ok(())
    }

    /// Tells that there is no such section: `NIL`.
    ///
    /// # Errors
    ///
    /// As [`Server::body_begin`].
    pub fn body_nil(
        &mut self,
        message: impl Into<FetchedMessage>,
        section: &BodySection,
        origin: Option<u64>,
    ) -> Result<(), Error> {
        let open = self.begin_section(message.into(), section, origin)?;
        open.line.extend_from_slice(b" NIL");
        self.close_news();
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
        self.close_news();
        Ok(())
    }

    /// Gives the open payload up. A literal cannot be cut short, so the connection ends, and the
    /// client knows that the payload is not whole. Without an open payload: nothing.
    pub fn abort(&mut self) {
        if self.in_payload() {
            self.chassis.show(Direction::Out, Unit::PayloadEnd);
            self.end_open(AbortReason::Discarded);
            self.over();
            self.asked = None;
            self.held = None;
            self.open = None;
            self.deferred.clear();
        }
    }

    /// How many octets the outbox takes now: what an embedder with much to tell looks at. While it is not
    /// 0, one response more can be told, however long it is.
    #[must_use]
    pub fn room(&self) -> usize {
        if self.deferred.is_empty() { self.chassis.out.room() } else { 0 }
    }

    pub(super) fn in_payload(&self) -> bool {
        matches!(self.open, Some(OpenFetch { place: Place::Payload(_), .. }))
    }

    /// Whether items of a message may be told now.
    fn may_fetch(&self, message: FetchedMessage) -> Result<(), Error> {
        if self.in_payload() {
            return Err(Misuse::Payload.into());
        }
        if !self.names_so(message) {
            return Err(Misuse::NotNow.into());
        }
        let selecting = self.pending().is_some_and(|asked| asked.selecting == Selecting::Told);
        if !selecting && !self.may_update() {
            let pending = self.asked.is_some() && self.state == State::Selected;
            return Err(if pending { Misuse::NotNow } else { Misuse::NothingPending }.into());
        }
        if self.room() == 0 {
            return Err(Misuse::Full.into());
        }
        Ok(())
    }

    /// Whether messages are named like this: by UIDs alone once UIDONLY is enabled (RFC 9586).
    pub(super) fn names_so(&self, message: FetchedMessage) -> bool {
        let by_uid = matches!(message, FetchedMessage::Uid(_));
        by_uid == self.enabled.contains(Feature::UidOnly)
    }

    /// The FETCH response of this message, ready for the next item.
    fn item_line(&mut self, message: FetchedMessage) -> &mut OpenFetch {
        if self.open.as_ref().is_some_and(|open| open.message != message) {
            self.close_fetch();
        }
        let memory = &mut self.line;
        self.open.get_or_insert_with(|| {
            let mut line = core::mem::take(memory);
            line.clear();
            line.extend_from_slice(b"* ");
            let (number, name): (u32, &[u8]) = match message {
                FetchedMessage::Number(number) => (number.get(), b" FETCH ("),
                FetchedMessage::Uid(uid) => (uid.get(), b" UIDFETCH ("),
            };
            put_number(&mut line, number.into());
            line.extend_from_slice(name);
            OpenFetch { message, line, place: Place::Begun }
        })
    }

    fn begin_section(
        &mut self,
        message: FetchedMessage,
        section: &BodySection,
        origin: Option<u64>,
    ) -> Result<&mut OpenFetch, Error> {
        self.may_fetch(message)?;
        let fetches = self.pending().is_some_and(|asked| asked.name == CommandName::Fetch);
        // A verdict that is held back would be told in the middle.
        if !fetches && (self.held.is_some() || !self.is_notified()) {
            return Err(Misuse::NothingPending.into());
        }
        let open = self.item_line(message);
        open.part();
        section.write(&mut open.line, origin);
        Ok(open)
    }

    /// Ends a response that no verdict would end.
    fn close_news(&mut self) {
        if self.asked.is_none() {
            self.close_fetch();
        }
    }

    /// Closes the parenthesis, if one is open.
    pub(super) fn close_fetch(&mut self) {
        if let Some(mut open) = self.open.take() {
            open.line.extend_from_slice(b")\r\n");
            self.say(&open.line);
            self.keep_line(open.line);
        }
    }
}

impl OpenFetch {
    /// Parts what comes from what stands there.
    fn part(&mut self) {
        if self.place != Place::Begun {
            self.line.push(b' ');
        }
        self.place = Place::Items;
    }
}
