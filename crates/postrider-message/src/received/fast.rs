//! The clauses as nearly all hosts write them, read octet by octet without a token. What it reads,
//! it reads as the general reader does and finds no defect in; everything else is left to that one.

use alloc::borrow::Cow;

use super::{Clause, Comments, Keyword, Received, reader::tidy};
use crate::RawValue;

/// What an octet is outside of comments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Part of a word: printable ASCII.
    Word,
    /// Part of a word, and may begin a token: `<`, `[`, `]`.
    Bracket,
    White,
    /// `(`
    Open,
    /// Begins what is not read here, or ends what was not begun.
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut octet = b'!' as usize;
    #[expect(clippy::indexing_slicing, reason = "at build time")]
    #[expect(clippy::indexing_slicing, reason = "at build time")]
    while octet < 0x7f {
        classes[octet] = match octet as u8 {
            b'(' => Class::Open,
            b'<' | b'[' | b']' => Class::Bracket,
            b')' | b';' | b'"' | b'\\' => Class::Other,
            _ => Class::Word,
        };
        octet += 1;
    }
    classes[b' ' as usize] = Class::White;
    classes[b'\t' as usize] = Class::White;
    classes[b'\r' as usize] = Class::White;
    classes[b'\n' as usize] = Class::White;
    classes
};

#[expect(clippy::indexing_slicing, reason = "there is one for each octet")]
fn class(octet: u8) -> Class {
    CLASSES[usize::from(octet)]
}

/// `*( keyword word *( word / comment ) )`, and comments before the first keyword. `None` where
/// anything has a defect, or is quoted, or a token might end inside a word.
pub(super) fn clauses(raw: RawValue<'_>) -> Option<Received<'_>> {
    let mut reader = Reader {
        text: core::str::from_utf8(raw.bytes()).ok()?,
        at: 0,
        received: Received::default(),
        keyword: None,
        words: None,
        loose: false,
        commented: false,
        comments: Comments::None,
        room: raw.limits().comments,
    };
    while let Some(octet) = reader.skip_white() {
        match class(octet) {
            Class::Open => reader.comment()?,
            _ => reader.word()?,
        }
    }
    reader.finish();
    Some(reader.received)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    received: Received<'a>,
    keyword: Option<Keyword>,
    /// Where the words of the clause begin and end.
    words: Option<(usize, usize)>,
    /// There is more than one blank between two of them.
    loose: bool,
    /// A comment was met behind the words, or before any.
    commented: bool,
    comments: Comments<'a>,
    /// Comments that may still be kept.
    room: usize,
}

impl<'a> Reader<'a> {
    /// The next octet that is not white.
    fn skip_white(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blank = rest.iter().position(|&octet| class(octet) != Class::White)?;
        self.at = self.at.saturating_add(blank);
        rest.get(blank).copied()
    }

    fn word(&mut self) -> Option<()> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..)?;
        let mut bracket = false;
        let length = rest.iter().position(|&octet| match class(octet) {
            Class::Word => false,
            Class::Bracket => {
                bracket = true;
                false
            }
            Class::White | Class::Open | Class::Other => true,
        });
        let length = length.unwrap_or(rest.len());
        let end = start.saturating_add(length);
        let word = rest.get(..length)?;
        if rest.get(length).is_some_and(|&octet| class(octet) == Class::Other) {
            return None;
        }
        self.at = end;
        if let Some(keyword) = Keyword::of(word) {
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
                Some((first, end))
            }
        };
        self.commented = false;
        Some(())
    }

    fn comment(&mut self) -> Option<()> {
        let start = self.at.saturating_add(1);
        let rest = self.text.as_bytes().get(start..)?;
        let (mut depth, mut loose, mut before) = (1_usize, false, b'(');
        let length = rest.iter().position(|&octet| {
            let last = core::mem::replace(&mut before, octet);
            match octet {
                b'(' => depth = depth.saturating_add(1),
                b')' => depth = depth.saturating_sub(1),
                b' ' => loose |= last == b' ',
                // Text that is folded has white space behind its line ends.
                b'\t' | b'\r' | b'\n' => loose = true,
                _ => {}
            }
            depth == 0 || octet == b'\\' || (last == b'\n' && !matches!(octet, b' ' | b'\t'))
        })?;
        if depth > 0 {
            return None;
        }
        self.room = self.room.checked_sub(1)?;
        let end = start.saturating_add(length);
        self.at = end.saturating_add(1);
        self.commented = true;
        let text = self.text.get(start..end)?;
        self.comments.push(match loose {
            true => tidy(text.as_bytes()),
            false => Cow::Borrowed(text.trim_matches(' ')),
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
    let bracket = |octet: &u8| class(*octet) == Class::Bracket;
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

    use super::{super::reader::Reader, clauses};
    use crate::RawValue;

    fn agrees(text: &[u8]) -> bool {
        let raw = RawValue::new(text);
        let Some(fast) = clauses(raw) else { return false };
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
