//! The output side: a bounded rope that the machine fills and the driver drains.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::fmt;
#[cfg(feature = "std")]
use std::io::IoSlice;

use bytes::{Buf, Bytes, BytesMut};
use zeroize::Zeroizing;

/// Pieces below this size are copied together, so that a pipelined group leaves in one write.
const COALESCE: usize = 256;
/// Room kept for the last line of a session (421, `BYE`).
const FAREWELL: usize = 512;

/// The reading end: what is to be sent, as a [`Buf`]. Only a machine can put octets in.
pub struct Outbox {
    pieces: VecDeque<Bytes>,
    tail: BytesMut,
    len: usize,
    sent: u64,
}

impl Outbox {
    fn new() -> Self {
        Self { pieces: VecDeque::new(), tail: BytesMut::new(), len: 0, sent: 0 }
    }

    /// Octets that wait to be sent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether everything was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many octets were drained so far.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Fills `slices` for a vectored write and returns how many were filled.
    #[cfg(feature = "std")]
    pub fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        self.chunks_vectored(slices)
    }

    /// Throws away what was not sent: the transport is dead. Unlike [`Buf::advance`] this counts
    /// nothing as sent, so that a machine can still tell what the peer cannot have.
    pub fn abandon(&mut self) {
        *self = Self { sent: self.sent, ..Self::new() };
    }

    fn grow_tail(&mut self, grow: impl FnOnce(&mut BytesMut)) {
        let before = self.tail.len();
        grow(&mut self.tail);
        self.len = self.len.saturating_add(self.tail.len().saturating_sub(before));
    }

    /// Holds nothing once everything was sent. What a buffer has left to write into says nothing of
    /// what it holds, so that it is given back whatever that is.
    fn release(&mut self) {
        if self.len == 0 {
            self.tail = BytesMut::new();
            self.pieces = VecDeque::new();
        }
    }
}

impl Buf for Outbox {
    fn remaining(&self) -> usize {
        self.len
    }

    fn chunk(&self) -> &[u8] {
        self.pieces.front().map_or(&self.tail, |piece| piece)
    }

    /// Drops `n` sent octets; more than wait are taken for all that wait.
    fn advance(&mut self, n: usize) {
        let mut left = n.min(self.len);
        self.len = self.len.saturating_sub(left);
        self.sent = self.sent.saturating_add(left as u64);
        while let Some(piece) = self.pieces.front_mut() {
            if left < piece.len() {
                piece.advance(left);
                return;
            }
            left = left.saturating_sub(piece.len());
            self.pieces.pop_front();
        }
        self.tail.advance(left.min(self.tail.len()));
        self.release();
    }

    #[cfg(feature = "std")]
    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let all = self.pieces.iter().map(|piece| &piece[..]).chain([&self.tail[..]]);
        let mut filled = 0;
        for (slot, piece) in slices.iter_mut().zip(all.filter(|piece| !piece.is_empty())) {
            *slot = IoSlice::new(piece);
            filled = usize::saturating_add(filled, 1);
        }
        filled
    }
}

impl fmt::Debug for Outbox {
    /// Counts only: the octets may be anybody's password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("len", &self.len).finish_non_exhaustive()
    }
}

/// The outbox takes nothing more before the driver has flushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the outbox is full")]
#[non_exhaustive]
pub struct Full;

/// Turns octets into others on their way into the outbox: the compression of IMAP (RFC 4978).
pub trait Encoder: Send {
    /// Takes `plain`, and appends what is ready to `out`; some of it may be kept back.
    fn encode(&mut self, plain: &[u8], out: &mut BytesMut);

    /// Appends whatever makes all that was taken readable for the peer: a sync flush.
    fn flush(&mut self, out: &mut BytesMut);
}

/// The writing end, which only the machine holds.
pub struct OutboxWriter {
    outbox: Outbox,
    limit: usize,
    farewell: usize,
    encoding: Encoding,
}

/// What happens to octets that are queued.
enum Encoding {
    /// They leave as they are.
    Plain,
    /// They leave encoded, and all that were queued can be read from what leaves.
    Flushed(Box<dyn Encoder>),
    /// They leave encoded, and the encoder may hold some back.
    Holding(Box<dyn Encoder>),
}

impl OutboxWriter {
    /// An outbox that accepts units while fewer than `limit` octets wait.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let (outbox, limit, encoding) = (Outbox::new(), limit.max(1), Encoding::Plain);
        Self { outbox, limit, farewell: FAREWELL, encoding }
    }

    /// Octets that may be queued before [`Full`].
    #[must_use]
    pub fn room(&self) -> usize {
        self.limit.saturating_sub(self.outbox.len)
    }

    /// Whether everything was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outbox.is_empty() && !matches!(self.encoding, Encoding::Holding(_))
    }

    /// The reading end, for [`crate::Machine::outbox`]. What an encoder held back is in it.
    pub fn reader(&mut self) -> &mut Outbox {
        self.encoding = match core::mem::replace(&mut self.encoding, Encoding::Plain) {
            Encoding::Holding(mut encoder) => {
                self.outbox.grow_tail(|tail| encoder.flush(tail));
                Encoding::Flushed(encoder)
            }
            encoding => encoding,
        };
        &mut self.outbox
    }

    /// From here on everything that is queued goes through `encoder`; what waits already leaves as it
    /// is. The limit counts encoded octets, and is overshot by what one call makes of one payload.
    pub fn encode_with(&mut self, encoder: Box<dyn Encoder>) {
        self.encoding = Encoding::Flushed(encoder);
    }

    /// How many octets were queued since the beginning.
    #[must_use]
    pub fn queued(&self) -> u64 {
        self.outbox.sent.saturating_add(self.outbox.len as u64)
    }

    /// How many octets were drained so far.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.outbox.sent
    }

    /// Queues one small unit (a line, a few at most). Allowed while there is any room, so that it
    /// overshoots by at most one unit.
    ///
    /// # Errors
    ///
    /// [`Full`], with nothing queued.
    pub fn queue(&mut self, unit: &[u8]) -> Result<(), Full> {
        if self.room() == 0 {
            return Err(Full);
        }
        self.push_small(unit);
        Ok(())
    }

    /// Queues one small unit that holds credentials. It is wiped once it was sent, unless an encoder
    /// made something else of it.
    ///
    /// # Errors
    ///
    /// [`Full`], with nothing queued.
    pub fn queue_secret(&mut self, unit: &[u8]) -> Result<(), Full> {
        if self.room() == 0 {
            return Err(Full);
        }
        if matches!(self.encoding, Encoding::Plain) {
            self.push_piece(Bytes::from_owner(Zeroizing::new(unit.to_vec())));
        } else {
            self.push_small(unit);
        }
        Ok(())
    }

    /// Queues octets without a copy, unless they are so few that a copy is cheaper.
    ///
    /// # Errors
    ///
    /// [`Full`], with nothing queued.
    pub fn queue_bytes(&mut self, octets: Bytes) -> Result<(), Full> {
        if self.room() == 0 {
            return Err(Full);
        }
        if octets.len() < COALESCE || !matches!(self.encoding, Encoding::Plain) {
            self.push_small(&octets);
            return Ok(());
        }
        self.push_piece(octets);
        Ok(())
    }

    /// Moves what fits of `payload` into the outbox and returns how many octets that were.
    pub fn queue_payload(&mut self, payload: &mut Bytes) -> usize {
        self.queue_front(payload, usize::MAX)
    }

    /// Moves what fits of the first `most` octets of `payload` into the outbox.
    pub(crate) fn queue_front(&mut self, payload: &mut Bytes, most: usize) -> usize {
        let n = payload.len().min(self.room()).min(most);
        if n < COALESCE {
            self.push_small(payload.get(..n).unwrap_or_default());
            payload.advance(n);
        } else {
            // There is room for `n`.
            let _ = self.queue_bytes(payload.split_to(n));
        }
        n
    }

    /// Queues the last line of a session into the room that is kept for it.
    ///
    /// # Errors
    ///
    /// [`Full`] when that room is used up too.
    pub fn queue_farewell(&mut self, unit: &[u8]) -> Result<(), Full> {
        self.farewell = self.farewell.checked_sub(unit.len()).ok_or(Full)?;
        self.push_small(unit);
        Ok(())
    }

    /// Throws away what was not sent: the peer is dead, or must not see it. An encoder goes with it,
    /// since nothing could be read behind the gap.
    pub fn clear(&mut self) {
        self.encoding = Encoding::Plain;
        self.outbox.abandon();
    }

    fn push_piece(&mut self, octets: Bytes) {
        self.seal_tail();
        self.outbox.len = self.outbox.len.saturating_add(octets.len());
        self.outbox.pieces.push_back(octets);
    }

    fn push_small(&mut self, unit: &[u8]) {
        if unit.is_empty() {
            return;
        }
        self.encoding = match core::mem::replace(&mut self.encoding, Encoding::Plain) {
            Encoding::Plain => {
                self.outbox.grow_tail(|tail| tail.extend_from_slice(unit));
                Encoding::Plain
            }
            Encoding::Flushed(mut encoder) | Encoding::Holding(mut encoder) => {
                self.outbox.grow_tail(|tail| encoder.encode(unit, tail));
                Encoding::Holding(encoder)
            }
        };
    }

    fn seal_tail(&mut self) {
        if !self.outbox.tail.is_empty() {
            let sealed = self.outbox.tail.split().freeze();
            self.outbox.pieces.push_back(sealed);
        }
    }
}

impl fmt::Debug for OutboxWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboxWriter")
            .field("len", &self.outbox.len)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
