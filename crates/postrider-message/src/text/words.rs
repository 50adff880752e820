//! Encoded words (RFC 2047) where they stand, and what is wrong with them.

use alloc::{string::String, vec::Vec};
use core::ops::Range;

use encodify::rfc2047::{EncodedWord, WordEncoding};
use memchr::{memchr, memmem};

use crate::{
    Code, Defects, RawValue, charset, code,
    lexer::{trim, trim_start},
};

/// The encoded words of a text and where they stand, whatever stands beside them.
pub(crate) const fn encoded_words(value: &[u8]) -> Words<'_> {
    Words { value, at: 0, ending: 0 }
}

pub(crate) struct Words<'a> {
    value: &'a [u8],
    at: usize,
    /// Where the next `?=` is: it is looked for once, however many words begin before it.
    ending: usize,
}

/// No encoded word is longer; RFC 2047 §2 has 75.
const LONGEST: usize = 2_000;

impl<'a> Words<'a> {
    /// Where an octet pair stands next. Most text has no question mark, which is found out fastest.
    fn seek(&self, pair: &[u8]) -> Option<usize> {
        let rest = self.value.get(self.at..)?;
        memchr(b'?', rest)?;
        memmem::find(rest, pair).map(|found| self.at.saturating_add(found))
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = (EncodedWord<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.seek(b"=?")?;
            self.at = start.saturating_add(2);
            if self.ending < self.at {
                self.ending = self.seek(b"?=")?;
            }
            if self.ending.saturating_sub(start) > LONGEST {
                continue;
            }
            if let Some((word, length)) = self.value.get(start..).and_then(EncodedWord::parse) {
                self.at = start.saturating_add(length);
                return Some((word, start..self.at));
            }
        }
    }
}

/// Text of nothing but encoded words with white space between them, read once and without a defect,
/// as most encoded names and subjects are: one word in any charset, or several in UTF-8. `None` where
/// there is anything else, or anything to tell of.
pub(crate) fn words_alone(text: &[u8]) -> Option<String> {
    let mut rest = trim(text);
    let mut out = Vec::new();
    let mut first = true;
    while !rest.is_empty() {
        let (word, length) = EncodedWord::parse(rest)?;
        let graphic = |octet: &u8| octet.is_ascii_graphic() && *octet != b'?';
        if !word.payload.iter().all(graphic) || is_cut(&word) {
            return None;
        }
        let start = out.len();
        if first {
            // No word decodes to more octets than it has.
            out.reserve(rest.len());
        }
        word.decode_append(&mut out).ok()?;
        let behind = rest.get(length..)?;
        rest = trim_start(behind);
        match (rest.is_empty(), word.charset.eq_ignore_ascii_case(b"utf-8")) {
            (true, true) => {}
            (false, true) if rest.len() < behind.len() => {
                core::str::from_utf8(out.get(start..)?).ok()?;
            }
            (true, false) if first => {
                let decoded = charset::decode(word.charset, &out);
                return Some(decoded)
                    .filter(|text| text.faithful)
                    .and_then(|text| no_word(text.text.into_owned()));
            }
            _ => return None,
        }
        first = false;
    }
    String::from_utf8(out).ok().filter(|_| !first).and_then(no_word)
}

/// Text without what looks like a word, which is looked at the long way.
fn no_word(text: String) -> Option<String> {
    memchr(b'?', text.as_bytes()).is_none().then_some(text)
}

/// Defects of which the first of each kind is enough.
struct Firsts<'a, 'd> {
    raw: RawValue<'a>,
    told: Vec<&'static Code>,
    defects: &'d mut Defects,
}

impl Firsts<'_, '_> {
    fn tell(&mut self, code: &'static Code, place: Range<usize>) {
        if !self.told.contains(&code) {
            self.told.push(code);
            self.defects.push(code, self.raw.slice(place).span());
        }
    }
}

/// What may stand right beside an encoded word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// White space only: "an 'encoded-word' that appears in a header field defined as '*text' MUST
    /// be separated from any adjacent 'encoded-word' or 'text' by 'linear-white-space'" (RFC 2047
    /// §5).
    Text,
    /// The tokens of a phrase or comment, whose readers tell of what is amiss.
    Tokens,
}

/// Tells of encoded words that by RFC 2047 are none, none that can be decoded, or that touch other
/// text. `text` is what became of them: what was left as it is stands in it.
pub(super) fn flawed_words(raw: RawValue<'_>, text: &str, beside: Beside, defects: &mut Defects) {
    let value = raw.bytes();
    let blank = |octet: Option<&u8>| octet.is_none_or(u8::is_ascii_whitespace);
    let left = memmem::find(text.as_bytes(), b"=?").is_some();
    let mut firsts = Firsts { raw, told: Vec::new(), defects };
    for (word, place) in encoded_words(value) {
        let before = place.start.checked_sub(1).and_then(|before| value.get(before));
        if beside == Beside::Text && (!blank(before) || !blank(value.get(place.end))) {
            firsts.tell(&code::ADJOINED_WORD, place.clone());
        }
        if left && word.decode().is_err() {
            firsts.tell(&code::BROKEN_WORD, place);
            continue;
        }
        if value.get(place.clone()).is_some_and(|word| word.iter().any(u8::is_ascii_whitespace)) {
            firsts.tell(&code::SPACE_IN_WORD, place.clone());
        }
        if is_cut(&word) {
            firsts.tell(&code::CUT_WORD, place);
        }
    }
    if left && let Some(place) = other_encoding(value) {
        firsts.tell(&code::UNKNOWN_ENCODING, place);
    }
}

/// Whether base64 ends in six bits of an octet, which are lost.
fn is_cut(word: &EncodedWord<'_>) -> bool {
    let is_digit = |octet: &&u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    let length = |digits: &[u8]| digits.iter().filter(is_digit).count();
    word.encoding == WordEncoding::Base64
        && word.payload.split(|&octet| octet == b'=').any(|digits| length(digits) % 4 == 1)
}

/// The first encoded word, by the grammar of RFC 2047 §2 and not longer than it may be, that is in
/// an encoding other than B and Q.
fn other_encoding(value: &[u8]) -> Option<Range<usize>> {
    memmem::find_iter(value, b"=?").find_map(|start| {
        let word = value.get(start..)?;
        let word = word.get(..75).unwrap_or(word);
        let mut parts = word.get(2..)?.splitn(3, |&octet| octet == b'?');
        let (charset, encoding, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let text = rest.get(..memmem::find(rest, b"?=")?)?;
        let token = |part: &[u8]| !part.is_empty() && part.iter().all(is_token);
        let known = matches!(encoding, [b'b' | b'B' | b'q' | b'Q']);
        let whole = token(charset) && token(encoding) && text.iter().all(is_encoded_text);
        let length = charset.len().saturating_add(encoding.len()).saturating_add(text.len());
        (whole && !known).then(|| start..start.saturating_add(length).saturating_add(6))
    })
}

/// `token = 1*<Any CHAR except SPACE, CTLs, and especials>` (RFC 2047 §2)
fn is_token(octet: &u8) -> bool {
    octet.is_ascii_graphic() && !b"()<>@,;:\"/[]?.=".contains(octet)
}

/// `encoded-text = 1*<Any printable ASCII character other than "?" or SPACE>` (RFC 2047 §2)
fn is_encoded_text(octet: &u8) -> bool {
    octet.is_ascii_graphic() && *octet != b'?'
}

/// Tells of each encoded word that is in an unknown charset or has octets that are not of its own:
/// "Each 'encoded-word' MUST represent an integral number of characters" (RFC 2047 §5). Asked where
/// it is known that some do not: if only words put together do not, all is told of.
pub(super) fn unfaithful_words(raw: RawValue<'_>, defects: &mut Defects) {
    let mut any = false;
    for (word, place) in encoded_words(raw.bytes()) {
        let Ok(octets) = word.decode() else { continue };
        if charset::decode(word.charset, &octets).faithful {
            continue;
        }
        let known = charset::is_known(word.charset);
        let code = if known { &code::NOT_OF_CHARSET } else { &code::UNKNOWN_CHARSET };
        defects.push(code, raw.slice(place).span());
        any = true;
    }
    if !any {
        defects.push(&code::NOT_OF_CHARSET, raw.span());
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::{super::decode, *};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn words_that_stand_alone_are_what_the_general_reader_reads(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "=?utf-8?q?J=C3=BCrgen?=", "=?UTF-8?B?w7xi?=", "=?utf-8?q?=C3?=", "=?utf-8?b?vA==?=",
                    "=?iso-8859-1?q?=FC_x?=", "=?utf-8*de?q?x?=", "=?utf-8?q?_?=", "=?utf-8?q??=",
                    "=?utf-8?q?=3D=3F?=", "=?utf-8?q?a b?=", "=?utf-8?b?YWJjZ?=", "=?x-no?q?x?=",
                    "=?utf-8?q?a?b?=", "=?utf-8?x?a?=", "=?us-ascii?q?=80?=", "=?utf-8?q?=0D=0A=00?=",
                    "=?iso-2022-jp?b?GyRCJCIbKEI=?=", "=?utf-8?q?=4?=", "=?utf-7?q?+AOk-?=", " ", "\t",
                    "\r\n ", "\r", "a", "=?", "?=", "é", "\u{7f}",
                ]),
                0..6,
            ),
        ) {
            let text = pieces.concat();
            let raw = RawValue::new(text.as_bytes());
            if let Some(alone) = words_alone(text.as_bytes()) {
                for beside in [Beside::Text, Beside::Tokens] {
                    let line = crate::unfold(text.as_bytes());
                    let mut defects = Defects::with_limit(9);
                    prop_assert_eq!(&*decode(&line, raw, beside, &mut defects), &*alone, "{:?}", text);
                    prop_assert!(defects.is_empty(), "{:?} {:?}", text, defects);
                }
            }
        }
    }

    #[test]
    fn words_that_stand_alone_are_read_the_short_way() {
        let read = |text: &str| words_alone(text.as_bytes());
        // RFC 2047 §8: the white space between two encoded words is not shown.
        assert_eq!(read("=?utf-8?Q?a?=\r\n =?UTF-8?b?Yg==?=").as_deref(), Some("ab"));
        assert_eq!(read(" =?iso-8859-1?q?Andr=E9?= ").as_deref(), Some("André"));
        assert_eq!(read("=?utf-8?q?a?= b"), None);
        assert_eq!(read(""), None);
    }
}
