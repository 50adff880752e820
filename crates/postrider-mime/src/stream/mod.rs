//! The push parser: a message of any size in bounded memory.
//!
//! [`Parser::push`] takes the octets as they come and tells [`Event`]s to a function: fields, where
//! parts begin and end, pieces of bodies. It tells the structure that [`Message`](crate::Message)
//! finds in the same octets with the same limits, however they are cut.
//!
//! ```
//! use postrider_mime::{FieldName, Text};
//! use postrider_mime::stream::{Content, Decode, Event, Parser};
//!
//! let mail = "SUBJECT: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\
//!     Content-Type: multipart/mixed; boundary=x\n\
//!     \n\
//!     --x\n\
//!     Content-Type: text/plain; charset=utf-8\n\
//!     Content-Transfer-Encoding: quoted-printable\n\
//!     \n\
//!     A caf=C3=A9\n\
//!     --x--\n";
//! let (mut subject, mut text) = (None, String::new());
//! let mut tell = |event: Event<'_>| match event {
//!     // Not the subject of a message in the message.
//!     Event::Field(field) if field.depth() == 0 && field.known() == Some(FieldName::Subject) => {
//!         subject = Some(field.read::<Text<'_>>().value.as_str().to_owned());
//!     }
//!     Event::Body(body) => {
//!         if let Content::Text(piece) = body.content {
//!             text += piece;
//!         }
//!     }
//!     _ => {}
//! };
//! let mut parser = Parser::new(Decode::Text);
//! for chunk in mail.as_bytes().chunks(7) {
//!     parser.push(chunk, &mut tell);
//! }
//! parser.finish(&mut tell);
//! assert_eq!(subject.as_deref(), Some("Grüße"));
//! assert_eq!(text, "A café");
//! ```
//!
//! # What is told
//!
//! Of each part, in this order:
//!
//! 1. [`Begin`];
//! 2. a byte order mark and mbox's line, where they stand; then each [`Field`];
//! 3. [`HeaderEnd`], where you can choose what its body is decoded to;
//! 4. the [`Body`] of a leaf in pieces; the preamble, parts, [`Delimiter`]s and epilogue of a
//!    multipart; the one part of a `message/rfc822`;
//! 5. [`End`].
//!
//! Each octet of the input is in exactly one event. Where the input was cut changes only how the
//! octets of a body, of a preamble, and of what else comes in pieces are cut.
//!
//! To stop, push no more and drop the parser. An encoded message is told as a leaf: who wants what is
//! in it pushes its [decoded octets](Decode::Octets) to a second parser. What
//! [`Message::check`](crate::Message::check) and [`Message::ambiguities`](crate::Message::ambiguities)
//! find, the stream does not tell.
//!
//! # What it holds
//!
//! A field until it ends, up to [`Limits::field`] octets, and as much of the three fields that say
//! what the part is; of a body, up to a line of 1000 octets that may turn out to be a delimiter, and
//! behind a closing delimiter one more; and the boundaries of the open parts, up to 994 octets each,
//! [`Limits::depth`] of them.

mod body;
mod content;
mod event;
mod header;

use alloc::vec::Vec;

pub use event::{
    Begin, Body, Content, Decode, Defect, Delimiter, End, Event, Field, FieldPiece, HeaderEnd,
    Octets,
};

use crate::{Limits, code, structure::Nesting};
use content::Decoder;
use header::Section;

/// Reads a message that comes in chunks. See the [module](self) for how.
#[derive(Debug)]
pub struct Parser {
    limits: Limits,
    decode: Decode,
    nesting: Nesting<()>,
    state: State,
    /// Octets that were told.
    offset: u64,
    /// Octets that were not: what they are is not known yet.
    held: Vec<u8>,
    /// How many of those that are not told were searched for the end of a field.
    searched: usize,
    section: Section,
    decoder: Decoder,
    /// Defects that may still be told.
    defects: usize,
    /// A header section met the end of the budget of fields.
    cut: bool,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A part, in a digest or elsewhere.
    Begin { in_digest: bool },
    /// A byte order mark, or not.
    Mark,
    /// A line of mbox, or not.
    Mbox,
    /// The rest of a line of mbox.
    MboxLine,
    /// A field, or the end of the header section.
    Field,
    /// The rest of a field that is too long to be held.
    LongField,
    /// What is no header section; at the start of it a line begins.
    Body { line_start: bool },
    /// What is not told apart any more.
    Remainder,
}

/// How far a step came in the octets it was given.
enum Step {
    /// So many were told, and what comes next may be looked at.
    On(usize),
    /// So many were told; more octets are needed to go on.
    Wait(usize),
}

impl Parser {
    /// Octets by which what is held grows until it is known what it is.
    const PIECE: usize = 1024;

    /// A parser with the default limits, for a message that has not begun.
    pub fn new(decode: Decode) -> Self {
        Self::with_limits(decode, &Limits::DEFAULT)
    }

    /// A parser for a message that has not begun.
    pub fn with_limits(decode: Decode, limits: &Limits) -> Self {
        Self {
            limits: *limits,
            decode,
            nesting: Nesting::new(limits),
            state: State::Begin { in_digest: false },
            offset: 0,
            held: Vec::new(),
            searched: 0,
            section: Section::default(),
            decoder: Decoder::default(),
            defects: limits.defects,
            cut: false,
        }
    }

    /// Octets of the input that were told in events so far. A few more may be held.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the next octets of the message and tells what they are.
    pub fn push(&mut self, mut chunk: &[u8], tell: &mut impl FnMut(Event<'_>)) {
        while !self.held.is_empty() && !chunk.is_empty() {
            let mut octets = core::mem::take(&mut self.held);
            let before = octets.len();
            let piece = chunk.len().min(before.max(Self::PIECE));
            let (piece, rest) = chunk.split_at_checked(piece).unwrap_or((chunk, &[]));
            octets.extend_from_slice(piece);
            let told = self.advance(&octets, false, tell);
            if let Some(of_chunk) = told.checked_sub(before) {
                octets.clear();
                chunk = chunk.get(of_chunk..).unwrap_or_default();
            } else {
                octets.drain(..told);
                chunk = rest;
            }
            self.held = octets;
        }
        if !chunk.is_empty() {
            let told = self.advance(chunk, false, tell);
            self.held.extend_from_slice(chunk.get(told..).unwrap_or_default());
        }
    }

    /// Tells what is held, and ends all parts: nothing follows.
    pub fn finish(mut self, tell: &mut impl FnMut(Event<'_>)) {
        let octets = core::mem::take(&mut self.held);
        self.advance(&octets, true, tell);
        self.leave_down_to(0, self.offset, tell);
    }

    /// Tells as many of these octets as it can: those at [`offset`](Self::offset) and behind it.
    fn advance(&mut self, octets: &[u8], last: bool, tell: &mut impl FnMut(Event<'_>)) -> usize {
        let mut at = 0_usize;
        loop {
            let rest = octets.get(at..).unwrap_or_default();
            let step = match self.state {
                State::Begin { in_digest } => self.begin(in_digest, tell),
                State::Mark => self.byte_order_mark(rest, last, tell),
                State::Mbox => self.mbox(rest, last),
                State::MboxLine => self.mbox_line(rest, last, tell),
                State::Field => self.fields(rest, last, tell),
                State::LongField => self.long_field(rest, last, tell),
                State::Body { line_start } => self.body(rest, line_start, last, tell),
                State::Remainder => {
                    if !rest.is_empty() {
                        tell(Event::Remainder(Octets::new(self.offset, rest)));
                    }
                    Step::Wait(rest.len())
                }
            };
            let (Step::On(told) | Step::Wait(told)) = step;
            at = at.saturating_add(told);
            self.offset = self.offset.saturating_add(told as u64);
            if matches!(step, Step::Wait(_)) {
                return at;
            }
        }
    }

    /// The offset of an octet among those that are not told.
    const fn at(&self, octet: usize) -> u64 {
        self.offset.saturating_add(octet as u64)
    }

    /// Ends the open parts from the innermost down to, and with, this level.
    fn leave_down_to(&mut self, level: usize, offset: u64, tell: &mut impl FnMut(Event<'_>)) {
        self.finish_content(offset, tell);
        while self.nesting.depth() > level {
            let Some((_, unclosed)) = self.nesting.leave() else { return };
            tell(Event::End(End { offset, depth: self.nesting.depth() }));
            if unclosed {
                self.defect(&code::UNCLOSED_MULTIPART, offset, offset, tell);
            }
        }
    }

    fn defect(
        &mut self,
        code: &'static postrider_message::Code,
        start: u64,
        end: u64,
        tell: &mut impl FnMut(Event<'_>),
    ) {
        if let Some(left) = self.defects.checked_sub(1) {
            self.defects = left;
            tell(Event::Defect(Defect { code, start, end }));
        }
    }
}
