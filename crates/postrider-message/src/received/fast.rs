//! The clauses as nearly all hosts write them, read without a token. What it reads, it reads as the
//! general reader does and finds no defect in; everything else is left to that one.

use alloc::borrow::Cow;

use super::{Clause, Comments, Hints, Keyword, Received, reader::tidy, stops::Stops};
use crate::RawValue;

/// `*( keyword word *( word / comment ) )`, and comments before the first keyword. `None` where
/// anything has a defect, or is quoted, or a token might end inside a word; what was filled in is then
/// worth nothing.
pub(super) fn clauses<'a>(raw: RawValue<'a>, received: &mut Received<'a>) -> Option<()> {
    let mut reader = Reader {
        text: simdutf8::basic::from_utf8(raw.bytes()).ok()?,
        received,
        keyword: None,
        start: 0,
        bracket: false,
        words: None,
        loose: false,
        commented: false,
        comments: Comments::None,
        room: raw.limits().comments,
        hints: Hints::NOTHING,
    };
    let mut stops = Stops::of(raw.bytes());
    while let Some((at, octet)) = stops.next() {
        match octet {
            b' ' | b'\n' | b'\t' | b'\r' => {
                if reader.start < at {
                    reader.word(at)?;
                }
                reader.start = at.saturating_add(1);
            }
            b'<' | b'[' | b']' => reader.bracket = true,
            b',' => reader.hints.look(raw.bytes().get(at.saturating_add(1)..)?),
            b'/' => reader.hints.look_behind_slash(raw.bytes().get(at.saturating_add(1)..)?),
            b'(' => {
                reader.word(at)?;
                reader.comment(at.saturating_add(1), &mut stops)?;
            }
            _ => return None,
        }
    }
    reader.word(raw.bytes().len())?;
    reader.finish();
    reader.received.hints = reader.hints;
    Some(())
}

struct Reader<'r, 'a> {
    text: &'a str,
    received: &'r mut Received<'a>,
    keyword: Option<Keyword>,
    /// Where the present word begins.
    start: usize,
    /// It has `<`, `[` or `]`.
    bracket: bool,
    /// Where the words of the clause begin and end.
    words: Option<(usize, usize)>,
    /// There is more than one blank between two of them.
    loose: bool,
    /// A comment was met behind the words, or before any.
    commented: bool,
    comments: Comments<'a>,
    /// Comments that may still be kept.
    room: usize,
    hints: Hints,
}

impl<'a> Reader<'_, 'a> {
    /// The present word ends here, if there is one.
    #[inline]
    fn word(&mut self, end: usize) -> Option<()> {
        let start = self.start;
        if start >= end {
            return Some(());
        }
        let word = self.text.as_bytes().get(start..end)?;
        let bracket = core::mem::take(&mut self.bracket);
        if word.len() <= Keyword::LONGEST
            && let Some(keyword) = Keyword::of(word)
        {
            self.finish();
            if self.received.clause(keyword).is_some() {
                return None;
            }
            self.keyword = Some(keyword);
            return Some(());
        }
        // TCP-info may stand in brackets behind a comment of `from`.
        let info = self.commented && self.keyword == Some(Keyword::From);
        if bracket && (info || !is_plain_between_brackets(word)) {
            return None;
        }
        self.keyword?;
        self.words = match self.words {
            None => Some((start, end)),
            Some(_) if self.commented => return None,
            Some((first, before)) => {
                self.loose |= self.text.as_bytes().get(before..start) != Some(b" ");
                self.hints.look(word);
                Some((first, end))
            }
        };
        self.commented = false;
        Some(())
    }

    /// The comment whose text begins here, up to its end.
    fn comment(&mut self, start: usize, stops: &mut Stops<'_>) -> Option<()> {
        let (mut depth, mut loose, mut blank) = (1_usize, false, None);
        let octets = self.text.as_bytes();
        let from = |at: usize| octets.get(at..).unwrap_or_default();
        self.hints.look_first(from(start));
        let end = loop {
            let (at, octet) = stops.next()?;
            match octet {
                b')' => {}
                b'/' => self.hints.look_behind_slash(from(at.saturating_add(1))),
                _ => self.hints.look(from(at.saturating_add(1))),
            }
            match octet {
                b'(' => depth = depth.saturating_add(1),
                b')' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break at;
                    }
                }
                b' ' => {
                    loose |= blank == Some(at);
                    blank = Some(at.saturating_add(1));
                }
                // Text that is folded has white space behind its line ends.
                b'\n' => {
                    loose = true;
                    let next = self.text.as_bytes().get(at.saturating_add(1));
                    if !matches!(next, Some(b' ' | b'\t')) {
                        return None;
                    }
                }
                b'\t' | b'\r' => loose = true,
                b'\\' => return None,
                _ => {}
            }
        };
        self.room = self.room.checked_sub(1)?;
        self.start = end.saturating_add(1);
        self.commented = true;
        let text = self.text.get(start..end)?;
        self.comments.push(match loose {
            true => tidy(text.as_bytes()),
            false => {
                let text = text.strip_prefix(' ').unwrap_or(text);
                Cow::Borrowed(text.strip_suffix(' ').unwrap_or(text))
            }
        });
        Some(())
    }

    /// Ends the present clause.
    fn finish(&mut self) {
        let comments = core::mem::take(&mut self.comments);
        let words = self.words.take();
        self.commented = false;
        let Some(keyword) = self.keyword else {
            self.received.comments = comments;
            return;
        };
        let (start, end) = words.unwrap_or_default();
        let text = self.text.get(start..end).unwrap_or_default();
        let value = match core::mem::take(&mut self.loose) {
            true => tidy(text.as_bytes()),
            false => Cow::Borrowed(text),
        };
        *self.received.clause_mut(keyword) = Some(Clause { value, comments });
    }
}

/// Whether a word with brackets is of one piece: square ones enclose part of it, and nothing before
/// a bracket is a keyword.
fn is_plain_between_brackets(word: &[u8]) -> bool {
    let bracket = |octet: &u8| matches!(octet, b'<' | b'[' | b']');
    let square = |octet: &&u8| matches!(octet, b'[' | b']');
    let mut squares = word.iter().filter(square);
    let enclosed = matches!(
        (squares.next(), squares.next(), squares.next()),
        (None, ..) | (Some(b'['), Some(b']'), None)
    );
    let before = word.split(bracket).next().unwrap_or_default();
    enclosed && Keyword::of(before).is_none()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::{super::reader::Reader, Received, clauses};
    use crate::RawValue;

    fn agrees(text: &[u8]) -> bool {
        let raw = RawValue::new(text);
        let mut fast = Received::default();
        if clauses(raw, &mut fast).is_none() {
            return false;
        }
        let (received, defects) = Reader::clauses_of(raw);
        assert_eq!(fast, received, "{}", text.escape_ascii());
        assert!(defects.is_empty(), "{defects:?} in {}", text.escape_ascii());
        true
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn what_is_read_fast_is_read_alike_in_general(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "from", "by", "with", "via", "id", "for", "tls", "FROM", " ", " ", " ", "  ", "\t",
                    "\r\n\t", "\n ", "\n", "\r", "(", ")", "(", ")", "[", "]", "[192.0.2.1]", "<a@b>", "<",
                    ">", ":", ",", ".", "@", "x", "mx.a.example", "\"", "\\", ";", "\u{b}", "\u{c}", "\0",
                    "\u{e9}", "\u{2028}", "=", "/", "+", "(a b)", "(a\n b)", "(a\nb)", "(b [192.0.2.1])",
                ]),
                0..16,
            ),
        ) {
            agrees(pieces.concat().as_bytes());
        }
    }

    #[test]
    fn fields_as_hosts_write_them_are_read_fast() {
        for text in [
            "from a.example (b.example [192.0.2.1])\r\n\tby c.example (Postfix (Debian)) with ESMTPS id 1",
            " (qmail 27981 invoked by uid 500)",
            "by mx.a.example id g7LCUqx17585\r\n\tfor <a@b.example>",
            "from [192.0.2.7] (HELO x) (y@192.0.2.7) by z (a) with (TLS encrypted) SMTP",
        ] {
            assert!(agrees(text.as_bytes()), "{text}");
        }
    }
}
