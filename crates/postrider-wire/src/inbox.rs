//! The input side: a bounded buffer that the caller owns.

use core::fmt;

use bytes::buf::Limit;
use bytes::{BufMut, Bytes, BytesMut};

use zeroize::{Zeroize, Zeroizing};

use crate::TlsUpgrade;

/// A buffer begins with as much.
const SMALLEST: usize = 64;
/// A spare region smaller than this is not worth a read.
const MIN_READ: usize = 4096;
/// More than this is not lent for one read.
const MOST_READ: usize = 64 * 1024;

/// Received octets of one transport layer, bounded, with a scan mark.
///
/// The driver fills it ([`Inbox::spare`], [`Inbox::spare_init`] or [`Inbox::extend`]) and sets the
/// end of the stream; the machine consumes from it and may change its limit. A machine holds no
/// input of its own, so nothing can leak from one transport layer into the next.
pub struct Inbox {
    /// Received octets, then `init` octets that are initialised but not received.
    buf: BytesMut,
    init: usize,
    /// How many octets of the last `spare_init` may still be committed.
    lent: usize,
    limit: usize,
    demand: Demand,
    end: End,
    scanned: usize,
    offset: u64,
}

/// What the machine expects next, so that a driver can choose how to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Demand {
    /// Lines and other small units: read through a small array.
    Units,
    /// Payload: read straight into the inbox, as much as fits.
    Payload,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Open,
    Eof,
}

impl Inbox {
    /// An empty inbox that takes `limit` octets, at least one.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            buf: BytesMut::new(),
            init: 0,
            lent: 0,
            limit: limit.max(1),
            demand: Demand::Units,
            end: End::Open,
            scanned: 0,
            offset: 0,
        }
    }

    /// Octets received and not yet consumed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buf.len().saturating_sub(self.init)
    }

    /// Whether nothing is waiting here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether no further octet fits.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.room() == 0
    }

    /// How many octets fit now.
    #[must_use]
    pub fn room(&self) -> usize {
        self.limit.saturating_sub(self.len())
    }

    /// The bound on [`Inbox::len`].
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// What the machine expects next.
    #[must_use]
    pub fn demand(&self) -> Demand {
        self.demand
    }

    /// How many octets were consumed so far: the stream offset of the first one that waits here.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    // --- the driver's side ---

    /// Uninitialised room to read into, for runtimes that read into a [`BufMut`]; `None` when full.
    /// What is written there is received.
    pub fn spare(&mut self) -> Option<Limit<&mut BytesMut>> {
        let room = self.room();
        if room == 0 {
            return None;
        }
        self.forget_init();
        self.make_room(room);
        Some((&mut self.buf).limit(room))
    }

    /// Initialised room to read into, for `std::io::Read`; `None` when full. Nothing of it is
    /// received before [`Inbox::commit`], which must come before anything else is put in.
    pub fn spare_init(&mut self) -> Option<&mut [u8]> {
        let room = self.room();
        if room == 0 {
            return None;
        }
        if self.init < room.min(MIN_READ) {
            // What is left of the last read would make for a tiny one.
            self.forget_init();
            self.make_room(room);
            let len = self.buf.len();
            let fits = self.buf.capacity().saturating_sub(len).min(room);
            self.buf.resize(len.saturating_add(fits), 0);
            self.init = fits;
        }
        let from = self.len();
        let to = self.buf.len().min(from.saturating_add(room));
        self.lent = to.saturating_sub(from);
        self.buf.get_mut(from..to)
    }

    /// Makes the first `n` octets of the last [`Inbox::spare_init`] received ones, at most as many
    /// as it lent. [`Inbox::spare`] and [`Inbox::extend`] take back what it lent.
    pub fn commit(&mut self, n: usize) {
        let n = n.min(self.lent);
        self.lent = self.lent.saturating_sub(n);
        self.init = self.init.saturating_sub(n);
    }

    /// Appends as much of `octets` as fits and returns how many that were.
    pub fn extend(&mut self, octets: &[u8]) -> usize {
        let fits = octets.get(..self.room().min(octets.len())).unwrap_or_default();
        self.forget_init();
        self.grow(fits.len());
        self.buf.extend_from_slice(fits);
        fits.len()
    }

    /// The peer sends nothing more.
    pub fn set_eof(&mut self) {
        self.end = End::Eof;
    }

    /// Whether the peer sends nothing more. Octets may still wait here.
    #[must_use]
    pub fn is_eof(&self) -> bool {
        self.end == End::Eof
    }

    /// Octets that were read behind an agreed upgrade: they belong to the TLS engine. The token is
    /// the proof that the plaintext dialogue is over.
    pub fn take_tls_prefix(&mut self, _agreed: &TlsUpgrade) -> Bytes {
        self.take_payload(self.len())
    }

    // --- the machine's side ---

    /// The octets that wait here.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.buf.get(..self.len()).unwrap_or_default()
    }

    /// Expects small units now, at most `limit` octets of them in a row.
    pub fn expect_units(&mut self, limit: usize) {
        self.limit = limit.max(1);
        self.demand = Demand::Units;
        self.release();
    }

    /// Expects payload now, read in pieces of up to `limit` octets.
    pub fn expect_payload(&mut self, limit: usize) {
        self.limit = limit.max(1);
        self.demand = Demand::Payload;
    }

    /// Consumes `n` octets unseen.
    pub fn skip(&mut self, n: usize) {
        let n = n.min(self.len());
        // `n` is at most what the buffer holds.
        bytes::Buf::advance(&mut self.buf, n);
        self.consumed(n);
    }

    /// Consumes `n` octets into an allocation of their own, which holds nothing else.
    pub fn take_unit(&mut self, n: usize) -> Bytes {
        let n = n.min(self.len());
        let unit = Bytes::copy_from_slice(self.buf.get(..n).unwrap_or_default());
        self.skip(n);
        unit
    }

    /// The same for a unit that may hold credentials: its octets are wiped here at once, and in the
    /// unit when its last slice is dropped.
    pub fn take_secret_unit(&mut self, n: usize) -> Bytes {
        let n = n.min(self.len());
        let octets = self.buf.get_mut(..n).unwrap_or_default();
        let unit = Zeroizing::new(octets.to_vec());
        octets.zeroize();
        self.skip(n);
        Bytes::from_owner(unit)
    }

    /// Consumes `n` octets without a copy: the chunk shares the read buffer.
    pub fn take_payload(&mut self, n: usize) -> Bytes {
        let n = n.min(self.len());
        // `n` is at most what the buffer holds.
        let chunk = self.buf.split_to(n).freeze();
        self.consumed(n);
        chunk
    }

    /// Consumes octets from the front, edited in place: `edit` gets all that wait, moves to the front
    /// what is to be kept, and tells how many are consumed and how many of these are kept.
    pub(crate) fn take_edited(&mut self, edit: impl FnOnce(&mut [u8]) -> (usize, usize)) -> Bytes {
        let len = self.len();
        let (taken, kept) = edit(self.buf.get_mut(..len).unwrap_or_default());
        let taken = taken.min(len);
        // `taken` is at most what the buffer holds.
        let mut chunk = self.buf.split_to(taken);
        chunk.truncate(kept);
        self.consumed(taken);
        chunk.freeze()
    }

    /// The place of the next LF, relative to the first waiting octet. No octet is looked at twice:
    /// what a failed search has seen is marked.
    pub fn find_lf(&mut self) -> Option<usize> {
        let unseen = self.octets().get(self.scanned..)?;
        if let Some(at) = memchr::memchr(b'\n', unseen) {
            self.scanned = self.scanned.saturating_add(at);
            Some(self.scanned)
        } else {
            self.scanned = self.len();
            None
        }
    }

    /// Takes the LF that [`Inbox::find_lf`] found as no line end: the next search goes on behind
    /// it.
    pub fn pass_lf(&mut self) {
        self.scanned = self.scanned.saturating_add(1).min(self.len());
    }

    fn consumed(&mut self, n: usize) {
        self.scanned = self.scanned.saturating_sub(n);
        self.offset = self.offset.saturating_add(n as u64);
        self.release();
    }

    /// Gives the buffer back when the connection may be idle from now on. What it has left to write
    /// into says nothing of what it holds, so that a small one is not kept either.
    fn release(&mut self) {
        if self.is_empty() && self.demand == Demand::Units {
            self.buf = BytesMut::new();
            self.init = 0;
            self.lent = 0;
        }
    }

    fn forget_init(&mut self) {
        self.buf.truncate(self.len());
        self.init = 0;
        self.lent = 0;
    }

    fn make_room(&mut self, room: usize) {
        let free = self.buf.capacity().saturating_sub(self.buf.len());
        if free < room.min(MIN_READ) {
            // The limit may be far above what one read brings.
            self.grow(room.min(MOST_READ));
        }
    }

    /// Room for `more` octets, of which there are no more than fit. Grows twofold, but never beyond
    /// the limit, as `BytesMut::reserve` would; so that old and new buffer together stay below one
    /// and a half times it.
    fn grow(&mut self, more: usize) {
        let len = self.buf.len();
        if self.buf.capacity().saturating_sub(len) >= more || self.buf.try_reclaim(more) {
            return;
        }
        let least = len.saturating_add(more);
        let twice = len.saturating_mul(2).max(SMALLEST);
        let twice = if len > 0 && twice > self.limit / 2 { self.limit } else { twice };
        let mut grown = BytesMut::with_capacity(least.max(twice));
        grown.extend_from_slice(&self.buf);
        // It may hold a password, of which no copy is to be left behind.
        self.buf.zeroize();
        self.buf = grown;
    }
}

impl fmt::Debug for Inbox {
    /// Counts only: the octets may be anybody's password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("len", &self.len())
            .field("limit", &self.limit)
            .field("demand", &self.demand)
            .field("end", &self.end)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
