//! The text of a notice, without its line breaks and without the mail that it returns.

use alloc::{string::String, vec::Vec};
use core::ops::Range;

use memchr::memmem;

use super::phrases::RETURNED;

/// The words of a notice, one blank between two of them, as mail systems break the same sentence in
/// other places; a line feed between two paragraphs, which no sentence goes over. Line starts are
/// kept beside them.
#[derive(Debug, Default)]
pub(super) struct Flat {
    text: String,
    /// ASCII letters small, octet for octet beside `text`.
    lower: String,
    lines: Vec<Line>,
    /// Whether the notice ends before the text does: at the mail that is returned.
    is_cut: bool,
}

/// A line that is not empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub start: usize,
    pub end: usize,
    /// Blanks before it.
    pub indent: usize,
    /// Whether an empty line stands before it.
    pub begins_paragraph: bool,
}

impl Flat {
    pub(super) fn of(text: &str) -> Self {
        let mut flat = Self::default();
        let mut begins_paragraph = true;
        for line in text.lines() {
            let words = line.trim_start();
            if words.is_empty() {
                begins_paragraph = true;
                continue;
            }
            if begins_returned_mail(words) {
                flat.is_cut = true;
                break;
            }
            if begins_paragraph && flat.text.pop().is_some() {
                flat.text.push('\n');
            }
            let start = flat.text.len();
            for word in words.split_whitespace() {
                flat.text.push_str(word);
                flat.text.push(' ');
            }
            let end = flat.text.len().saturating_sub(1);
            let indent = line.len().saturating_sub(words.len());
            flat.lines.push(Line { start, end, indent, begins_paragraph });
            begins_paragraph = false;
        }
        flat.lower = flat.text.to_ascii_lowercase();
        flat
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    pub(super) fn lower(&self, range: Range<usize>) -> &str {
        self.lower.get(range).unwrap_or_default()
    }

    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }

    pub(super) const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Where the phrase, in small letters, ends for the first time.
    pub(super) fn end_of(&self, phrase: &str) -> Option<usize> {
        let start = memmem::find(self.lower.as_bytes(), phrase.as_bytes())?;
        start.checked_add(phrase.len())
    }

    /// Where the phrase, in small letters, ends each time.
    pub(super) fn ends_of<'a>(&'a self, phrase: &'a str) -> impl Iterator<Item = usize> + 'a {
        memmem::find_iter(self.lower.as_bytes(), phrase.as_bytes())
            .map(|start| start.saturating_add(phrase.len()))
    }
}

/// Whether the mail that is returned begins here: behind dashes, bars and the like a line says so.
fn begins_returned_mail(line: &str) -> bool {
    let words = line.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    RETURNED.iter().any(|phrase| {
        words.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase))
    })
}

/// The start of a text, of at most so many octets.
pub(super) fn first_octets(text: &str, octets: usize) -> &str {
    if text.len() <= octets {
        return text;
    }
    // A character has up to four octets (RFC 3629 §3).
    let mut ends = (0..4).filter_map(|less| octets.checked_sub(less));
    ends.find_map(|end| text.get(..end)).unwrap_or_default()
}
