//! To the wire: dots doubled, newlines made CRLF, the end written.

use bytes::{Buf, Bytes};

use crate::OutboxWriter;

/// What a sender does with a CR or LF that stands alone in what it was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutgoingNewlines {
    /// It becomes CRLF, as RFC 5321 §2.3.8 asks of the originator. The default.
    #[default]
    Normalize,
    /// It is an error: the octets must not change (a relay, a signed mail).
    Refuse,
}

/// Why a payload could not be sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StuffError {
    /// A bare CR or LF in what [`OutgoingNewlines::Refuse`] was given.
    #[error("bare CR or LF at octet {offset} of the payload")]
    #[non_exhaustive]
    BareNewline {
        /// Where it stands in the payload, in octets.
        offset: u64,
    },
    /// The outbox must be flushed first; nothing was changed.
    #[error("the outbox is full")]
    Full,
}

/// The sending half of the codec.
#[derive(Clone, Debug)]
pub struct Stuffer {
    state: State,
    policy: OutgoingNewlines,
    offset: u64,
    /// Octets that the payload lacked and the content on the wire has.
    completed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// After CRLF, or at the very start.
    LineStart,
    /// Inside a line.
    Text,
    /// After a CR.
    Cr,
}

impl Stuffer {
    /// At the start of a mail.
    #[must_use]
    pub fn new(policy: OutgoingNewlines) -> Self {
        Self { state: State::LineStart, policy, offset: 0, completed: 0 }
    }

    /// Octets of payload taken so far.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Octets of content that the receiver would have if the payload ended here: every newline CRLF,
    /// the last line complete, no doubled dots.
    #[must_use]
    pub fn content(&self) -> u64 {
        let end = match self.state {
            State::LineStart => 0,
            State::Cr => 1,
            State::Text => 2,
        };
        self.offset.saturating_add(self.completed).saturating_add(end)
    }

    /// Whether the payload taken so far ends with a line end (or is empty).
    #[must_use]
    pub fn at_line_start(&self) -> bool {
        self.state == State::LineStart
    }

    /// Moves from `payload` to `out` what fits and returns how many octets of payload that were.
    ///
    /// # Errors
    ///
    /// [`StuffError::BareNewline`] under [`OutgoingNewlines::Refuse`]. What was queued before it stays queued,
    /// and the mail cannot be finished: the connection must be closed without a final dot.
    pub fn encode(
        &mut self,
        payload: &mut Bytes,
        out: &mut OutboxWriter,
    ) -> Result<usize, StuffError> {
        let before = payload.len();
        while let Some(&first) = payload.first() {
            if out.room() == 0 {
                break;
            }
            match (self.state, first) {
                (State::LineStart, b'.') => {
                    insert(out, b".");
                    self.state = State::Text;
                }
                (State::Cr, other) if other != b'\n' => {
                    self.refuse_bare()?;
                    insert(out, b"\n");
                    self.completed = self.completed.saturating_add(1);
                    self.state = State::LineStart;
                }
                (State::LineStart | State::Text, b'\n') => {
                    self.refuse_bare()?;
                    insert(out, b"\r\n");
                    self.completed = self.completed.saturating_add(1);
                    payload.advance(1);
                    self.count(1);
                    self.state = State::LineStart;
                }
                _ => {
                    let most = payload.len().min(out.room());
                    let run = self.verbatim(payload.get(..most).unwrap_or_default());
                    // `run` is no more than there is room for.
                    self.count(out.queue_front(payload, run));
                }
            }
        }
        Ok(before.saturating_sub(payload.len()))
    }

    /// Ends the mail: completes the last line, if there is one, and adds the final dot. No empty
    /// line is added.
    ///
    /// # Errors
    ///
    /// [`StuffError::BareNewline`] when the payload ended in a CR that may not become CRLF: the mail
    /// is then not ended. [`StuffError::Full`]: flush, then call again.
    pub fn finish(&mut self, out: &mut OutboxWriter) -> Result<(), StuffError> {
        let end: &[u8] = match self.state {
            State::LineStart => b".\r\n",
            State::Text => b"\r\n.\r\n",
            State::Cr => {
                self.refuse_bare()?;
                b"\n.\r\n"
            }
        };
        out.queue(end).map_err(|_| StuffError::Full)
    }

    fn count(&mut self, taken: usize) {
        self.offset = self.offset.saturating_add(taken as u64);
    }

    fn refuse_bare(&self) -> Result<(), StuffError> {
        match (self.policy, self.state) {
            (OutgoingNewlines::Normalize, _) => Ok(()),
            (OutgoingNewlines::Refuse, State::Cr) => {
                Err(StuffError::BareNewline { offset: self.offset.saturating_sub(1) })
            }
            (OutgoingNewlines::Refuse, _) => Err(StuffError::BareNewline { offset: self.offset }),
        }
    }

    /// How many octets from the front go out as they are: up to a dot at a line start, a bare CR's
    /// successor or a bare LF, or all.
    fn verbatim(&mut self, octets: &[u8]) -> usize {
        let mut at = 0;
        while let Some(&octet) = octets.get(at) {
            match (self.state, octet) {
                (State::Cr, b'\n') => {
                    at = at.saturating_add(1);
                    self.state = State::LineStart;
                }
                // The doubled dot was written by `encode`.
                (State::LineStart, b'.') | (State::Cr, _) | (_, b'\n') => return at,
                (_, b'\r') => {
                    at = at.saturating_add(1);
                    self.state = State::Cr;
                }
                _ => {
                    self.state = State::Text;
                    let rest = octets.get(at..).unwrap_or_default();
                    let run = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
                    at = at.saturating_add(run);
                }
            }
        }
        at
    }
}

/// Queues an octet or two that the payload lacks. Room was checked, and one unit may overshoot.
fn insert(out: &mut OutboxWriter, octets: &[u8]) {
    let _ = out.queue(octets);
}
