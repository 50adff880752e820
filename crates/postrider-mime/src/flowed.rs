//! Text that says where its lines may be broken anew: `format=flowed` and `delsp` (RFC 3676).
//!
//! [`read`] gives the paragraphs of such a text, [`Writer`] makes one of paragraphs.
//!
//! ```
//! use postrider_mime::flowed::{self, Writer};
//!
//! let mut writer = Writer::new().with_width(20);
//! writer.paragraph(1, "What do you think of it?");
//! writer.paragraph(0, "I like it very much.");
//! let text = writer.finish();
//! assert_eq!(text, "> What do you think \r\n> of it?\r\nI like it very much.\r\n");
//!
//! let read: Vec<_> = flowed::read(&text, false).map(|one| (one.quote_depth(), one.into_text())).collect();
//! assert_eq!(read, [(1, "What do you think of it?".into()), (0, "I like it very much.".into())]);
//! ```
//!
//! Whether the text of a part is flowed is said by its `Content-Type`:
//!
//! ```
//! use postrider_mime::{Message, flowed};
//!
//! let message = Message::parse(
//!     "Content-Type: text/plain; format=Flowed; delsp=yes\n\nOne para \ngraph.\n> quoted\n",
//! )?;
//! let part = message.root();
//! let ty = part.content_type().value;
//! let says = |name, value| ty.parameters().text(name).is_some_and(|one| one.eq_ignore_ascii_case(value));
//! let text = part.text().unwrap().value;
//! let paragraphs: Vec<_> = match ty.is("text", "plain") && says("format", "flowed") {
//!     true => flowed::read(&text, says("delsp", "yes"))
//!         .map(|one| (one.quote_depth(), one.into_text()))
//!         .collect(),
//!     false => text.lines().map(|line| (0, line.into())).collect(),
//! };
//! assert_eq!(paragraphs, [(0, "One paragraph.".into()), (1, "quoted".into())]);
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```

use alloc::{borrow::Cow, string::String};

/// What stands above a signature (RFC 3676 §4.3).
const SIGNATURE: &str = "-- ";

/// Quote marks that are written before a line, no more: else a short text that is quoted very often
/// costs its length times its depth when it is quoted again.
const DEEPEST: usize = 100;

/// Octets that a line may have without its line end (RFC 5322 §2.1.1).
const LONGEST: usize = 998;

/// Lines that belong together, put into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph<'a> {
    quote_depth: usize,
    text: Cow<'a, str>,
    is_separator: bool,
}

impl<'a> Paragraph<'a> {
    /// How often it is quoted: the number of `>` before each of its lines (RFC 3676 §4.5).
    pub const fn quote_depth(&self) -> usize {
        self.quote_depth
    }

    /// The text without quote marks and line ends; borrowed where it is one line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, without the paragraph around it.
    pub fn into_text(self) -> Cow<'a, str> {
        self.text
    }

    /// Whether it is the line `-- `, above a signature (RFC 3676 §4.3).
    pub fn is_signature_separator(&self) -> bool {
        self.is_separator
    }
}

/// One line: its quote depth, its content, whether it goes on in the next line, and whether it is
/// the separator of a signature, which is "neither fixed nor flowed" (RFC 3676 §4.3).
struct Line<'a> {
    quote_depth: usize,
    text: &'a str,
    flowed: bool,
    is_separator: bool,
}

/// The paragraphs of a text that is `format=flowed`; `delsp` where that parameter is `yes`. A fixed
/// line is a paragraph of its own, an empty one too. Line ends are CRLF or LF.
///
/// A paragraph ends with a fixed line, before a line of another quote depth, before a signature and
/// at the end of the text (RFC 3676 §4.1).
pub fn read(text: &str, delsp: bool) -> impl Iterator<Item = Paragraph<'_>> {
    let mut lines = text.split_inclusive('\n').map(line).peekable();
    core::iter::from_fn(move || {
        let first = lines.next()?;
        let quote_depth = first.quote_depth;
        let content = |line: &Line<'_>| match line.flowed && delsp {
            true => line.text.len().saturating_sub(1),
            false => line.text.len(),
        };
        let mut text = Cow::Borrowed(first.text.get(..content(&first)).unwrap_or_default());
        let mut flowed = first.flowed;
        let follows = |next: &Line<'_>| next.quote_depth == quote_depth && !next.is_separator;
        while flowed && let Some(next) = lines.next_if(follows) {
            text.to_mut().push_str(next.text.get(..content(&next)).unwrap_or_default());
            flowed = next.flowed;
        }
        Some(Paragraph { quote_depth, text, is_separator: first.is_separator })
    })
}

/// Quote marks are looked for first, then stuffing, then the space at the end (RFC 3676 §4.1). A
/// separator may be stuffed where it is quoted only: `sig-sep = [ quote [stuffing] ] "--" SP CRLF`
/// (§6).
fn line(line: &str) -> Line<'_> {
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    let text = line.trim_start_matches('>');
    let quote_depth = line.len().saturating_sub(text.len());
    let text = text.strip_prefix(' ').unwrap_or(text);
    let is_separator = if quote_depth == 0 { line == SIGNATURE } else { text == SIGNATURE };
    Line { quote_depth, text, flowed: text.ends_with(' ') && !is_separator, is_separator }
}

/// Writes `format=flowed` text: lines with CRLF, broken where they are longer than the width.
///
/// What [`read`] makes of it, with the same `delsp`, are the paragraphs that were put in, without
/// the spaces at their ends: these are removed, since they would say that the paragraph goes on. A
/// paragraph `-- ` is written as the separator of a signature.
#[derive(Debug, Clone)]
pub struct Writer {
    width: usize,
    delsp: bool,
    out: String,
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// Lines of at most 72 characters, without `delsp`: "any paragraph longer than 78 characters in
    /// total length could be wrapped using lines of 72 or fewer characters" (RFC 3676 §4.2).
    pub const fn new() -> Self {
        Self { width: 72, delsp: false, out: String::new() }
    }

    /// Another width in characters, quote marks and the space at the end included; 78 at most and
    /// 8 at least. A word that is longer than a line stays whole: "the agent SHOULD send the word as
    /// is and exceed the 78-character limit on line length" (RFC 3676 §4.2).
    pub const fn with_width(mut self, width: usize) -> Self {
        self.width = match width {
            0..8 => 8,
            8..=78 => width,
            _ => 78,
        };
        self
    }

    /// For `delsp=yes`: the space at the end of a broken line is not part of the text, so that lines
    /// can be broken where there is no space, as in Chinese or Japanese. The `Content-Type` must
    /// tell it. A word in ASCII is broken too, but only where its line would have more than 998
    /// octets; without `delsp` nothing can break such a word.
    pub const fn with_delsp(mut self, delsp: bool) -> Self {
        self.delsp = delsp;
        self
    }

    /// Whether it was made for `delsp=yes`.
    pub(crate) const fn is_delsp(&self) -> bool {
        self.delsp
    }

    /// Adds a paragraph that is quoted so often, or a hundred times where that is less. Line ends in `text`, CRLF, LF or CR, part it into
    /// more paragraphs.
    pub fn paragraph(&mut self, quote_depth: usize, text: &str) {
        let quote_depth = quote_depth.min(DEEPEST);
        let mut rest = text;
        while let Some(at) = rest.find(['\r', '\n']) {
            let (one, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.one(quote_depth, one);
            let after = after.strip_prefix('\r').unwrap_or(after);
            rest = after.strip_prefix('\n').unwrap_or(after);
        }
        self.one(quote_depth, rest);
    }

    /// The text that was written.
    pub fn finish(self) -> String {
        self.out
    }

    fn one(&mut self, quote_depth: usize, text: &str) {
        let mut rest = if text == SIGNATURE { text } else { text.trim_end_matches(' ') };
        while rest != SIGNATURE
            && let Some(at) = self.break_at(quote_depth, rest)
        {
            let (piece, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.line(quote_depth, piece, if self.delsp { " " } else { "" });
            rest = after;
        }
        self.line(quote_depth, rest, "");
    }

    fn line(&mut self, quote_depth: usize, piece: &str, end: &str) {
        self.out.extend(core::iter::repeat_n('>', quote_depth));
        if is_stuffed(quote_depth, piece) {
            self.out.push(' ');
        }
        self.out.push_str(piece);
        self.out.push_str(end);
        self.out.push_str("\r\n");
    }

    /// Where the first line of what is left must end; `None` where it fits.
    fn break_at(&self, quote_depth: usize, rest: &str) -> Option<usize> {
        let stuffing = usize::from(is_stuffed(quote_depth, rest));
        let room = self.width.saturating_sub(quote_depth.saturating_add(stuffing)).max(4);
        let (fits, _) = rest.char_indices().nth(room)?;
        // The space that `delsp` adds needs room too.
        let (most, _) = rest.char_indices().nth(room.saturating_sub(usize::from(self.delsp)))?;
        let end = if self.delsp { most } else { fits };
        let head = rest.get(..end)?;
        let behind = |at: usize| at.saturating_add(1);
        // A line that would be the separator of a signature is none.
        let may_end = |at: &usize| !self.is_separator(rest.get(..*at));
        let at_space = head.rmatch_indices(' ').map(|(at, _)| behind(at)).find(may_end);
        let elsewhere = || match self.delsp {
            true => {
                let around = quote_depth.saturating_add(stuffing).saturating_add(1);
                in_word(rest, end, LONGEST.saturating_sub(around))
            }
            false => {
                let word = rest.get(end..)?.find(' ')?;
                Some(behind(end.saturating_add(word)))
            }
        };
        at_space.or_else(elsewhere)
    }

    fn is_separator(&self, piece: Option<&str>) -> bool {
        piece == Some(if self.delsp { "--" } else { SIGNATURE })
    }
}

/// Where to break a text that has no space before `end`: beside a character that is not ASCII, at
/// `end` if there is one before it. What is ASCII alone is a word of a language with spaces, into
/// which "a generating agent SHOULD NOT insert a space" (RFC 3676 §4.2) before it has `longest`
/// octets.
fn in_word(rest: &str, end: usize, longest: usize) -> Option<usize> {
    let may_break = |at: usize| {
        let (before, after) = rest.split_at_checked(at)?;
        let beside = before.chars().next_back().into_iter().chain(after.chars().next());
        (at > 0 && beside.filter(|one| !one.is_ascii()).count() > 0).then_some(at)
    };
    let head = rest.get(..end)?;
    let mut before = head.char_indices().rev().map(|(at, _)| at);
    let is_separator = |at: &usize| rest.get(..*at) == Some("--");
    if let Some(at) =
        may_break(end).or_else(|| before.find_map(may_break).filter(|at| !is_separator(at)))
    {
        return Some(at);
    }
    for (at, character) in rest.get(end..)?.char_indices() {
        let at = end.saturating_add(at);
        if character == ' ' {
            return Some(at.saturating_add(1));
        }
        if at >= longest.max(end) && at > end || may_break(at).is_some() {
            return Some(at);
        }
    }
    None
}

/// Lines that start with a space or `From `, unquoted ones that start with `>`, and, for the eye, all
/// quoted ones get a space in front (RFC 3676 §4.4, §4.5).
fn is_stuffed(quote_depth: usize, piece: &str) -> bool {
    if quote_depth > 0 {
        return !piece.is_empty();
    }
    piece.starts_with([' ', '>']) || piece.starts_with("From ")
}
