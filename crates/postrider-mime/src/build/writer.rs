//! A message as it is written: in chunks, with sources asked for when they are due.

use alloc::vec::Vec;
use core::ops::Range;

use super::{
    BuildError, Content, MessageBuf, Source,
    pass::Pass,
    render::{Piece, Plan},
};
use crate::encoding::{Encoder, Lines, TransferEncoding};

/// Octets of a chunk, about: what is written as it is.
const CHUNK: usize = 64 << 10;

/// Octets that are encoded at a time: base64 makes 62,400 of them, quoted-printable at most three
/// times as many.
const STEP: usize = 800 * 57;

/// What a [`Writer`] has next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "octets, a wait for octets, or the end")]
pub enum Step<'w> {
    /// Octets of the message: at most 64 KiB as they are, or what comes of about as many.
    Octets(&'w [u8]),
    /// Octets of this source are due, for [`Writer::supply`], or its end.
    Source(Source),
    /// The message is complete.
    Done,
}

/// Writes a message in chunks, in memory that does not grow with its contents.
///
/// Call [`next`](Self::next) until it says [`Step::Done`]. Where it says [`Step::Source`], hand in
/// octets by [`supply`](Self::supply) or end the source; then call it again. Contents at hand are
/// neither copied nor encoded as a whole.
///
/// ```
/// use postrider_mime::build::{Content, Entity, Options, Source, Step};
///
/// let entity = Entity::octets(Source::new(7).with_size(6));
/// let mut writer = entity.writer(&Options::new(), &[0; 32])?;
/// assert_eq!(writer.size(), Some(85));
/// let (mut out, mut pieces) = (Vec::new(), ["abc", "def"].into_iter());
/// loop {
///     match writer.next()? {
///         Step::Octets(octets) => out.extend_from_slice(octets),
///         Step::Source(source) => match pieces.next() {
///             Some(piece) => assert_eq!(writer.supply(piece.as_bytes())?, 3),
///             None => writer.end_source()?,
///         },
///         Step::Done => break,
///     }
/// }
/// assert!(out.ends_with(b"\r\n\r\nYWJjZGVm"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Writer<'a> {
    plan: Plan<'a>,
    /// The present piece, and what was written of it.
    at: usize,
    written: usize,
    encoder: Option<Encoder>,
    /// What was encoded last.
    out: Vec<u8>,
    streaming: Option<Streaming>,
    /// A source ended, and what is left of it was not told yet.
    is_ended: bool,
    failed: Option<BuildError>,
}

/// A source that is due.
#[derive(Debug, Clone)]
struct Streaming {
    source: Source,
    octets: u64,
    pass: Pass,
}

/// Where the octets of a step are.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Text(Range<usize>),
    Content(usize, Range<usize>),
    Encoded,
    Source(Source),
    Done,
}

impl<'a> Writer<'a> {
    pub(super) const fn new(plan: Plan<'a>) -> Self {
        Self {
            plan,
            at: 0,
            written: 0,
            encoder: None,
            out: Vec::new(),
            streaming: None,
            is_ended: false,
            failed: None,
        }
    }

    /// The next octets, or what is waited for. After an error there is nothing but that error.
    #[expect(clippy::should_implement_trait, reason = "what it gives borrows from it")]
    pub fn next(&mut self) -> Result<Step<'_>, BuildError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        Ok(match self.advance() {
            Place::Source(source) => Step::Source(source),
            Place::Done => Step::Done,
            place => Step::Octets(self.octets(&place)),
        })
    }

    /// Takes octets of the source that is due, and says how many: all, or those that make a chunk,
    /// or none where the last chunk was not asked for by [`next`](Self::next) yet.
    ///
    /// Octets that are written as they are must be what their encoding says, and must not have a
    /// boundary of the message; else the message cannot be completed.
    pub fn supply(&mut self, octets: &[u8]) -> Result<usize, BuildError> {
        self.fed(|writer| writer.feed(octets))
    }

    /// The source that is due has no more octets.
    pub fn end_source(&mut self) -> Result<(), BuildError> {
        self.fed(Self::end)
    }

    /// Octets of the whole message, as SMTP asks for with `SIZE` (RFC 1870). `None` where a source
    /// has no known size, or is text or quoted-printable. Where there is content in
    /// quoted-printable, it is encoded for that, in pieces.
    pub fn size(&self) -> Option<u64> {
        self.plan.pieces.iter().try_fold(0_u64, |sum, piece| sum.checked_add(self.length(piece)?))
    }

    /// The message as [`bytes::Buf`], where nothing in it is streamed.
    pub fn into_buf(self) -> Result<MessageBuf<'a>, BuildError> {
        MessageBuf::new(self)
    }

    /// The rest of the message, where nothing in it is streamed.
    pub(super) fn to_vec(&self) -> Result<Vec<u8>, BuildError> {
        let plan = &self.plan;
        let mut room = plan.text.len();
        for piece in &plan.pieces {
            let Piece::Content { content, room: octets, .. } = piece else { continue };
            let as_it_is = content.octets().ok_or(BuildError::Streamed)?.len();
            room = room.saturating_add(as_it_is.max(*octets));
        }
        let mut out = Vec::with_capacity(room);
        for piece in &plan.pieces {
            match piece {
                Piece::Text(range) => {
                    out.extend_from_slice(plan.text.get(range.clone()).unwrap_or_default());
                }
                Piece::Content { content, as_it_is: true, .. } => {
                    out.extend_from_slice(content.octets().unwrap_or_default());
                }
                Piece::Content { content, encoding, lines, .. } => {
                    self.encode_whole(
                        content.octets().unwrap_or_default(),
                        *encoding,
                        *lines,
                        &mut out,
                    );
                }
            }
        }
        Ok(out)
    }

    fn encode_whole(
        &self,
        octets: &[u8],
        encoding: TransferEncoding,
        lines: Lines,
        out: &mut Vec<u8>,
    ) {
        if !self.plan.signing {
            return encoding.encode(octets, lines, out);
        }
        let mut encoder = self.encoder(encoding, lines);
        encoder.push(octets, out);
        encoder.finish(out);
    }

    fn encoder(&self, encoding: TransferEncoding, lines: Lines) -> Encoder {
        let encoder = Encoder::new(encoding, lines);
        if self.plan.signing { encoder.for_signing() } else { encoder }
    }

    /// Whether a content is a source.
    pub(super) fn is_streamed(&self) -> bool {
        let source =
            |piece: &Piece<'_>| matches!(piece, Piece::Content { content: Content::Source(_), .. });
        self.plan.pieces.iter().any(source)
    }

    /// The octets at a place.
    pub(super) fn octets(&self, place: &Place) -> &[u8] {
        let found = match place {
            Place::Text(range) => self.plan.text.get(range.clone()),
            Place::Content(at, range) => match self.plan.pieces.get(*at) {
                Some(Piece::Content { content, .. }) => {
                    content.octets().and_then(|octets| octets.get(range.clone()))
                }
                _ => None,
            },
            Place::Encoded => Some(&self.out[..]),
            Place::Source(_) | Place::Done => None,
        };
        found.unwrap_or_default()
    }

    /// Goes on by a step.
    pub(super) fn advance(&mut self) -> Place {
        if let Some(streaming) = &self.streaming {
            return match core::mem::take(&mut self.written) {
                // What was supplied is told once.
                0 => Place::Source(streaming.source),
                _ => Place::Encoded,
            };
        }
        if core::mem::take(&mut self.is_ended) && !self.out.is_empty() {
            return Place::Encoded;
        }
        self.out.clear();
        loop {
            let start = self.written;
            let place = match self.plan.pieces.get(self.at) {
                None => return Place::Done,
                Some(Piece::Text(range)) if start == 0 => {
                    self.written = 1;
                    return Place::Text(range.clone());
                }
                Some(Piece::Text(_)) => None,
                Some(Piece::Content { content, encoding, lines, as_it_is, is_signed, .. }) => {
                    let (encoding, lines, as_it_is) = (*encoding, *lines, *as_it_is);
                    match content {
                        Content::Source(source) => {
                            let (source, pass) = (*source, Pass::new(encoding, *is_signed));
                            return self.begin(source, pass, self.encoder(encoding, lines));
                        }
                        _ if as_it_is => {
                            let length = content.octets().unwrap_or_default().len();
                            let end = start.saturating_add(CHUNK).min(length);
                            self.written = end;
                            (start < end).then_some(Place::Content(self.at, start..end))
                        }
                        _ => self.encode(encoding, lines).then_some(Place::Encoded),
                    }
                }
            };
            match place {
                Some(place) => return place,
                None => self.next_piece(),
            }
        }
    }

    fn next_piece(&mut self) {
        self.at = self.at.saturating_add(1);
        self.written = 0;
        self.encoder = None;
    }

    /// Encodes the next octets of the present piece; false where there are none.
    fn encode(&mut self, encoding: TransferEncoding, lines: Lines) -> bool {
        let fresh = self.encoder(encoding, lines);
        let Some(Piece::Content { content, .. }) = self.plan.pieces.get(self.at) else {
            return false;
        };
        let octets = content.octets().unwrap_or_default();
        let encoder = self.encoder.get_or_insert(fresh);
        while self.out.is_empty() && self.written <= octets.len() {
            let end = self.written.saturating_add(STEP).min(octets.len());
            match octets.get(self.written..end) {
                Some(piece) if !piece.is_empty() => {
                    encoder.push(piece, &mut self.out);
                    self.written = end;
                }
                _ => {
                    encoder.finish(&mut self.out);
                    self.written = octets.len().saturating_add(1);
                }
            }
        }
        !self.out.is_empty()
    }

    fn begin(&mut self, source: Source, pass: Pass, encoder: Encoder) -> Place {
        self.encoder = Some(encoder);
        self.streaming = Some(Streaming { source, octets: 0, pass });
        self.written = 0;
        Place::Source(source)
    }

    /// Does something with the source that is due; what fails once has failed.
    fn fed<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, BuildError>,
    ) -> Result<T, BuildError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.streaming.is_none() {
            return Err(BuildError::NoSource);
        }
        act(self).inspect_err(|error| self.failed = Some(*error))
    }

    fn feed(&mut self, octets: &[u8]) -> Result<usize, BuildError> {
        if self.written > 0 {
            return Ok(0);
        }
        self.out.clear();
        let taken = octets.get(..STEP).unwrap_or(octets);
        let (Some(streaming), Some(encoder)) = (&mut self.streaming, &mut self.encoder) else {
            return Err(BuildError::NoSource);
        };
        streaming.octets = streaming.octets.saturating_add(taken.len() as u64);
        if streaming.source.size().is_some_and(|size| streaming.octets > size) {
            return Err(BuildError::SourceSize);
        }
        encoder.push(taken, &mut self.out);
        streaming.pass.look(&self.out, &self.plan.stem)?;
        self.written = usize::from(!self.out.is_empty());
        Ok(taken.len())
    }

    fn end(&mut self) -> Result<(), BuildError> {
        // What was supplied last and not asked for yet stays before the end.
        if core::mem::take(&mut self.written) == 0 {
            self.out.clear();
        }
        let (Some(mut streaming), Some(mut encoder)) = (self.streaming.take(), self.encoder.take())
        else {
            return Err(BuildError::NoSource);
        };
        if streaming.source.size().is_some_and(|size| streaming.octets != size) {
            return Err(BuildError::SourceSize);
        }
        let before = self.out.len();
        encoder.finish(&mut self.out);
        let last = self.out.get(before..).unwrap_or_default();
        streaming.pass.look(last, &self.plan.stem)?;
        streaming.pass.finish()?;
        self.next_piece();
        self.is_ended = true;
        Ok(())
    }

    /// Octets of a piece as it is written.
    fn length(&self, piece: &Piece<'_>) -> Option<u64> {
        match piece {
            Piece::Text(range) => Some(range.len() as u64),
            Piece::Content { content, encoding, lines, as_it_is, .. } => match content {
                Content::Source(source) => match (encoding, lines) {
                    (TransferEncoding::Base64, Lines::Octets) => source.size().map(base64_len),
                    (TransferEncoding::QuotedPrintable, _) | (_, Lines::Text) => None,
                    _ => source.size(),
                },
                content if *as_it_is => Some(content.octets()?.len() as u64),
                content => Some(self.encoded_len(content.octets()?, *encoding, *lines)),
            },
        }
    }

    fn encoded_len(&self, octets: &[u8], encoding: TransferEncoding, lines: Lines) -> u64 {
        if encoding == TransferEncoding::Base64 && lines == Lines::Octets {
            return base64_len(octets.len() as u64);
        }
        let (mut encoder, mut out) = (self.encoder(encoding, lines), Vec::new());
        let mut sum = 0_u64;
        for piece in octets.chunks(STEP) {
            encoder.push(piece, &mut out);
            sum = sum.saturating_add(out.len() as u64);
            out.clear();
        }
        encoder.finish(&mut out);
        sum.saturating_add(out.len() as u64)
    }
}

/// Octets of base64 in lines of 76 characters, with no line end behind the last (RFC 2045 §6.8).
const fn base64_len(octets: u64) -> u64 {
    let characters = octets.div_ceil(3).saturating_mul(4);
    let ends = characters.div_ceil(76).saturating_sub(1).saturating_mul(2);
    characters.saturating_add(ends)
}
