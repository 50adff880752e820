//! A mail that is going out, in whichever way its octets are framed.

use alloc::boxed::Box;

use bytes::{Bytes, BytesMut};
use postrider_wire::dot::{StuffError, Stuffer};
use postrider_wire::{Direction, TimerKind, Unit};

use super::sending::{Asked, Cause};
use super::{Awaits, Client, Delivery, Extent, Phase, Sent};
use crate::{Command, Error, Misuse, Reply};

/// Octets of a mail on their way out: up to the final dot, or to the end of a chunk.
pub(super) struct Payload {
    pub(super) framing: Framing,
    pub(super) stage: Stage,
}

/// How the server knows where the octets end.
pub(super) enum Framing {
    /// By the final dot.
    Data(Stuffer),
    /// By the announced size.
    Bdat(Chunk),
    /// By the announced sizes of chunks, which are made of what comes.
    Gathered(Gathered),
}

/// Chunks of a mail whose size nobody knows.
#[derive(Default)]
pub(super) struct Gathered {
    /// What the next chunk will hold.
    next: BytesMut,
    /// What is left of the announced chunk, and waits for room.
    announced: Bytes,
    /// Whether that is the last one.
    last: bool,
}

/// An announced chunk.
pub(super) struct Chunk {
    declared: u64,
    /// Octets that the embedder has not written yet.
    left: u64,
    last: bool,
    /// The very last octet is kept back until the payload is finished: without it the chunk is not
    /// whole, so that until then it can be aborted.
    kept: Option<u8>,
    /// The server refused the chunk before it had it. What was announced still goes out (RFC 3030
    /// §2), so that the session can go on.
    refused: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Octets are due from the embedder.
    Writing,
    /// All octets are here; the end waits for room in the outbox.
    Finishing,
}

/// Octets of a chunk that is made of what comes.
const GATHERED: usize = 32 * 1024;

impl Framing {
    pub(super) fn gathered() -> Self {
        Self::Gathered(Gathered::default())
    }

    pub(super) fn bdat(size: u64, last: bool) -> Self {
        Self::Bdat(Chunk { declared: size, left: size, last, kept: None, refused: false })
    }
}

impl Awaits {
    /// The payload that is at this stage.
    fn payload_at(&mut self, stage: Stage) -> Option<&mut Payload> {
        match self {
            Self::Payload(mail) if mail.stage == stage => Some(mail),
            _ => None,
        }
    }
}

impl Client {
    /// Moves from `payload` into the outbox what fits, and returns how many octets that were. Behind
    /// `DATA` dots are doubled and newlines made CRLF on the way; of a chunk no more is taken than was
    /// announced.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no payload is due, and for a mail that [`Client::send`] was given
    /// whole. [`Error::BareNewline`] for a bare CR or LF, in a chunk unless the mail is binary, behind
    /// `DATA` where policy refuses them: the mail is then aborted, and the session with it.
    pub fn write_payload(&mut self, payload: &mut Bytes) -> Result<usize, Error> {
        if self.sending.is_some() { self.write_streamed(payload) } else { self.write(payload) }
    }

    pub(super) fn write(&mut self, payload: &mut Bytes) -> Result<usize, Error> {
        let Some(mail) = self.awaits.payload_at(Stage::Writing) else {
            return Err(Misuse::NothingPending.into());
        };
        match &mut mail.framing {
            Framing::Data(stuffer) => {
                let sent = self.chassis.send_stuffed(stuffer, payload);
                sent.map_err(|fault| self.break_off(fault))
            }
            Framing::Bdat(_) => self.write_chunk(payload),
            Framing::Gathered(_) => self.gather(payload),
        }
    }

    /// Takes octets for the next chunk.
    fn gather(&mut self, payload: &mut Bytes) -> Result<usize, Error> {
        let Some(Payload { framing: Framing::Gathered(gathered), .. }) =
            self.awaits.payload_at(Stage::Writing)
        else {
            return Ok(0);
        };
        let room = GATHERED.saturating_sub(gathered.next.len());
        let octets = payload.get(..room.min(payload.len())).unwrap_or_default();
        let taken = if self.binary { octets.len() } else { self.newlines.take(octets) };
        let offends = taken < octets.len();
        gathered.next.extend_from_slice(&payload.split_to(taken));
        if offends {
            return Err(self.break_off_at(self.newlines.blamed()));
        }
        Ok(taken)
    }

    /// Announces the next chunk, if it is due and the last one was answered, and writes what fits of
    /// it; tells whether the last octet of the mail was written.
    pub(super) fn write_gathered(&mut self) -> bool {
        let answered = self.sending.as_ref().is_none_or(|sending| sending.head().is_none());
        let Awaits::Payload(mail) = &mut self.awaits else { return false };
        let last = mail.stage == Stage::Finishing;
        let Framing::Gathered(gathered) = &mut mail.framing else { return false };
        let due = last || gathered.next.len() >= GATHERED;
        let announces = due && answered && gathered.announced.is_empty() && !gathered.last;
        if announces {
            let size = gathered.next.len() as u64;
            let line = Command::Bdat { size, last }.to_line();
            if self.chassis.send(line.as_bytes()).is_err() {
                return false;
            }
            gathered.announced = gathered.next.split().freeze();
            if let Some(marks) = &mut self.marks {
                marks.announced = self.chassis.out.queued();
            }
            gathered.last = last;
            let mark = self.chassis.out.queued().saturating_add(size);
            if let Some(sending) = self.sending.as_mut().filter(|_| !last) {
                sending.said(Asked::Chunk, mark, 0);
            }
        }
        self.chassis.send_payload(&mut gathered.announced);
        let whole = gathered.last && gathered.announced.is_empty();
        if announces && !last {
            self.watch_head();
        }
        whole
    }

    /// Whether octets from the embedder are due, and there is room for some.
    pub(super) fn has_room(&self) -> bool {
        let Awaits::Payload(mail) = &self.awaits else { return false };
        let room = match &mail.framing {
            Framing::Gathered(gathered) => GATHERED.saturating_sub(gathered.next.len()),
            _ => self.chassis.out.room(),
        };
        mail.stage == Stage::Writing && room > 0
    }

    fn write_chunk(&mut self, payload: &mut Bytes) -> Result<usize, Error> {
        let room = self.chassis.out.room();
        let Some(Payload { framing: Framing::Bdat(chunk), .. }) =
            self.awaits.payload_at(Stage::Writing)
        else {
            return Ok(0);
        };
        let due = usize::try_from(chunk.left).unwrap_or(usize::MAX);
        let n = due.min(payload.len()).min(room);
        let octets = payload.get(..n).unwrap_or_default();
        let taken = if self.binary { n } else { self.newlines.take(octets) };
        let mut taken_now = payload.split_to(taken);
        chunk.left = chunk.left.saturating_sub(taken as u64);
        if chunk.left == 0 && chunk.kept.is_none() {
            chunk.kept = taken_now.last().copied();
            taken_now.truncate(taken.saturating_sub(1));
        }
        // There is room for all of it.
        self.chassis.send_payload(&mut taken_now);
        if taken < n {
            return Err(self.break_off_at(self.newlines.blamed()));
        }
        Ok(taken)
    }

    /// Ends the mail, or the chunk. Behind `DATA` that completes the last line if need be, and writes
    /// the final dot as soon as there is room for it. [`super::Event::End`] answers,
    /// [`super::Event::Bdat`], or [`super::Event::Sent`] where the mail was [`Client::send`]'s.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no payload is due. [`Misuse::SizeMismatch`] when there were
    /// fewer octets than were announced: it can be continued, or aborted. [`Error::BareNewline`] as in
    /// [`Client::write_payload`].
    pub fn finish_payload(&mut self) -> Result<(), Error> {
        if self.awaits.payload_at(Stage::Writing).is_some() {
            self.check_streamed()?;
        }
        self.finish()
    }

    pub(super) fn finish(&mut self) -> Result<(), Error> {
        let Some(mail) = self.awaits.payload_at(Stage::Writing) else {
            return Err(Misuse::NothingPending.into());
        };
        if let Framing::Bdat(Chunk { declared, left, last, .. }) = mail.framing {
            if left > 0 {
                let written = declared.saturating_sub(left);
                return Err(Misuse::SizeMismatch { declared, written }.into());
            }
            if last && self.newlines.is_behind_cr() {
                return Err(self.break_off_at(self.newlines.blamed()));
            }
        }
        if let Framing::Gathered(_) = mail.framing
            && self.newlines.is_behind_cr()
        {
            return Err(self.break_off_at(self.newlines.blamed()));
        }
        mail.stage = Stage::Finishing;
        self.write_end().map(drop)
    }

    /// Writes the end of a payload that waits for nothing else; tells whether it fitted.
    pub(super) fn write_end(&mut self) -> Result<bool, Error> {
        let Some(mail) = self.awaits.payload_at(Stage::Finishing) else { return Ok(false) };
        let (written, last, sent) = match &mut mail.framing {
            Framing::Data(stuffer) => (stuffer.finish(&mut self.chassis.out), true, Sent::Dot),
            Framing::Bdat(chunk) => {
                let (last, refused) = (chunk.last, chunk.refused);
                if refused && !self.chassis.out.is_empty() {
                    // RSET must fit behind the chunk.
                    return Ok(false);
                }
                let mut kept = Bytes::copy_from_slice(chunk.kept.as_slice());
                if self.chassis.out.room() == 0 {
                    return Ok(false);
                }
                if chunk.declared == 0 && !refused {
                    let line = Command::Bdat { size: 0, last }.to_line();
                    if self.chassis.send(line.as_bytes()).is_err() {
                        return Ok(false);
                    }
                    self.mark_announced();
                }
                self.chassis.send_payload(&mut kept);
                if refused {
                    self.end_payload();
                    if self.sending.is_some() {
                        self.awaits = Awaits::Answers;
                    } else {
                        self.tidy_up();
                    }
                    return Ok(true);
                }
                (Ok(()), last, Sent::Bdat { last })
            }
            Framing::Gathered(_) => {
                if !self.write_gathered() {
                    return Ok(false);
                }
                (Ok(()), true, Sent::Bdat { last: true })
            }
        };
        match written {
            Ok(()) if self.sending.is_some() => {
                self.end_payload();
                self.completed();
                Ok(true)
            }
            Ok(()) => {
                self.end_payload();
                if last {
                    self.extent = Some(Extent::Whole(self.chassis.out.queued()));
                }
                self.await_reply(sent);
                Ok(true)
            }
            Err(StuffError::Full) => Ok(false),
            Err(fault) => Err(self.break_off(fault)),
        }
    }

    /// Gives up on the mail: the connection closes without a final dot, or in the middle of a chunk, so
    /// that the server cannot take the part for the whole. [`super::Event::End`] tells
    /// [`super::Outcome::NotSent`]. Between two chunks, [`Client::rset`] gives up and keeps the session.
    ///
    /// A mail that [`Client::send`] was given can be given up at any time before [`super::Event::Sent`],
    /// which then tells where it is.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when there is nothing to give up.
    pub fn abort(&mut self) -> Result<(), Error> {
        match self.awaits {
            Awaits::Payload(_) => self.end_payload(),
            Awaits::Answers => {}
            _ => return Err(Misuse::NothingPending.into()),
        }
        self.over();
        Ok(())
    }

    /// A refusal amid a chunk, which need not be the end of the session; false when it is.
    pub(super) fn bear_refusal(&mut self, reply: &Reply) -> bool {
        // Who has not read the announcement did not refuse what it announced.
        let read = !self.is_unread();
        let Awaits::Payload(mail) = &mut self.awaits else { return false };
        match &mut mail.framing {
            Framing::Bdat(chunk) if read && !chunk.refused && !reply.is_closing() => {
                if let Some(sending) = &mut self.sending {
                    // How many answers the server gives to what it refuses so early, RFC 2033 has no
                    // word on.
                    if sending.is_lmtp() {
                        return false;
                    }
                    chunk.refused = true;
                    let cause = Cause::Reply(reply.clone());
                    sending.fail_open(Phase::Content, &cause, Delivery::NotSent);
                    return true;
                }
                chunk.refused = true;
                self.extent = Some(Extent::Refused(Box::new(reply.clone())));
                true
            }
            _ => false,
        }
    }

    /// What announces the mail, or its next chunk, was written just now.
    fn mark_announced(&mut self) {
        self.marks.get_or_insert_default().announced = self.chassis.out.queued();
    }

    /// Octets of a mail are due.
    pub(super) fn begin_payload(&mut self, framing: Framing) {
        self.mark_announced();
        self.awaits = Awaits::Payload(Box::new(Payload { framing, stage: Stage::Writing }));
    }

    /// The payload is over, in order or not.
    pub(super) fn end_payload(&mut self) {
        self.chassis.timers.stop(TimerKind::Progress);
        self.chassis.show(Direction::Out, Unit::PayloadEnd);
    }

    /// Makes sure that the refused transaction is over at the server too (RFC 3030 §2, RFC 5321
    /// §4.1.4).
    pub(super) fn tidy_up(&mut self) {
        if self.say(&Command::Rset, Sent::Tidy).is_err() {
            self.over();
        }
    }

    fn break_off(&mut self, fault: StuffError) -> Error {
        if let StuffError::BareNewline { offset, .. } = fault {
            return self.break_off_at(offset);
        }
        self.end_payload();
        self.over();
        Misuse::NotNow.into()
    }

    fn break_off_at(&mut self, offset: u64) -> Error {
        self.end_payload();
        self.over();
        Error::BareNewline { offset }
    }
}
