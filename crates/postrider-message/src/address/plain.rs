//! The mailboxes that nearly all mail has, read straight from the octets: what the general reader
//! would make of them, token by token, is known beforehand.

use alloc::{borrow::Cow, string::String};

use memchr::memchr;

use super::{glued::is_open, phrase::atoms};
use crate::{
    AddrSpec, Defects, Mailbox, RawValue, Span, code,
    lexer::{is_atext, is_white},
    text::words_alone,
};

/// Octets of a name or of half an address; what is longer goes the long way, with its limits.
const LONG: usize = 1_000;

/// In an address between dots: `atext` without the `?` of an encoded word, in ASCII.
const ATOM: u8 = 1;
/// In a phrase without quotation marks: `atext`, dots and white space.
const PHRASE: u8 = 2;
/// In a quoted string: what stands for itself.
const QUOTED: u8 = 4;
/// In a comment: what stands for itself and is no encoded word.
const COMMENT: u8 = 8;
/// In a phrase, what may have to be decoded: the `=` of an encoded word, and folding.
const CODED: u8 = 16;
/// A dot.
const DOT: u8 = 32;
/// A blank; of a run of octets, that two stand in a row.
const BLANK: u8 = 64;

static CLASSES: [u8; 256] = classes();

#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated where it is compiled"
)]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut octet = 0_u8;
    loop {
        let atext = is_atext(octet);
        let text = octet >= b' ' && octet != 0x7f;
        let white = is_white(octet);
        let mut class = 0;
        if atext && octet != b'?' && octet.is_ascii() {
            class |= ATOM;
        }
        if atext || white || octet == b'.' {
            class |= PHRASE;
        }
        if text && octet != b'"' && octet != b'\\' {
            class |= QUOTED;
        }
        if text && octet != b'(' && octet != b')' && octet != b'\\' && octet != b'=' {
            class |= COMMENT;
        }
        if octet == b'=' || (white && octet != b' ') {
            class |= CODED;
        }
        if octet == b'.' {
            class |= DOT;
        }
        if octet == b' ' {
            class |= BLANK;
        }
        table[octet as usize] = class;
        if octet == u8::MAX {
            return table;
        }
        octet += 1;
    }
}

fn class(octet: u8) -> u8 {
    CLASSES.get(usize::from(octet)).copied().unwrap_or_default()
}

/// A mailbox that was found, and where.
pub(super) struct Plain<'a> {
    name: &'a str,
    /// The octets of the name, quotation marks or parentheses included, and where they begin.
    phrase: &'a str,
    start: usize,
    /// What octets a phrase without quotation marks has.
    seen: u8,
    /// What a phrase of nothing but encoded words says.
    decoded: Option<String>,
    addr: AddrSpec<'a>,
    /// Behind it and white space.
    pub(super) end: usize,
}

/// The address of a value that is one plain address in angle brackets and nothing else.
pub(crate) fn only_in_brackets(raw: RawValue<'_>) -> Option<AddrSpec<'_>> {
    let text = core::str::from_utf8(raw.bytes()).ok().filter(|_| raw.limits().addresses > 0)?;
    let mut cursor = Cursor { text, at: 0 };
    cursor.next_solid().filter(|&octet| octet == b'<')?;
    Plain::angle(cursor, NAMELESS).filter(|only| only.end == text.len()).map(|only| only.addr)
}

/// Text that is read from left to right. Every search ends where the element or a token of it
/// does, so that no octet is searched more than a few times, whatever comes of it.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// A name, its octets, where they begin, and what octets it has.
type Name<'a> = (&'a str, &'a str, usize, u8);

const NAMELESS: Name<'_> = ("", "", 0, 0);

impl<'a> AddrSpec<'a> {
    /// The address that is all of the text, `<a@b>` or `a@b`, where nothing about it is odd.
    pub(crate) fn plain(text: &'a str) -> Option<Self> {
        let inside = text.strip_prefix('<').map_or(Some(text), |rest| rest.strip_suffix('>'))?;
        let mut cursor = Cursor { text: inside, at: 0 };
        cursor.addr_spec().filter(|_| cursor.at == inside.len())
    }
}

impl<'a> Plain<'a> {
    /// `"Name" <a@b>`, `Name <a@b>`, `<a@b>`, `a@b` or `a@b (Name)`, with white space around each
    /// part and nothing else that is odd, at an offset.
    pub(super) fn read(text: &'a str, at: usize) -> Option<Self> {
        let mut cursor = Cursor { text, at };
        match cursor.next_solid()? {
            b'<' => Self::angle(cursor, NAMELESS),
            b'"' => Self::quoted(cursor),
            _ => Self::bare(cursor).or_else(|| Self::phrase(cursor)),
        }
    }

    /// The mailbox, and what is to be said of its name.
    #[inline]
    pub(super) fn mailbox(self, raw: RawValue<'a>, defects: &mut Defects) -> Mailbox<'a> {
        if self.seen & DOT != 0
            && let Some(dot) = memchr(b'.', self.phrase.as_bytes())
        {
            let at = raw.offset().saturating_add(self.start).saturating_add(dot);
            defects.push(&code::PHRASE_DOT, Span::from_range(at..at.saturating_add(1)));
        }
        let name = if self.seen & (CODED | BLANK) == 0 {
            Some(Cow::Borrowed(self.name)).filter(|name| !name.is_empty())
        } else if let Some(name) = self.decoded {
            // A phrase that is read here is not longer than a name may be.
            Some(name).filter(|name| !name.is_empty()).map(Cow::Owned)
        } else {
            atoms(raw, self.start..self.start.saturating_add(self.phrase.len()), defects)
        };
        Mailbox { name, phrase: self.phrase.as_bytes(), route: &[], addr: self.addr }
    }

    /// `name-addr` whose name is one quoted string.
    fn quoted(mut cursor: Cursor<'a>) -> Option<Self> {
        let (start, inside) = (cursor.at, cursor.inside(QUOTED, b'"')?);
        let phrase = cursor.text.get(start..cursor.at)?;
        cursor.next_solid().filter(|&octet| octet == b'<')?;
        Self::angle(cursor, (inside, phrase, start, 0))
    }

    /// `name-addr` whose name is atoms.
    fn phrase(mut cursor: Cursor<'a>) -> Option<Self> {
        let start = cursor.at;
        let (text, seen) = cursor.run(PHRASE)?;
        cursor.octet().filter(|&octet| octet == b'<')?;
        let mut decoded = None;
        if seen & CODED != 0 {
            decoded = words_alone(text.as_bytes());
            if decoded.is_none() && is_open(text.as_bytes()) {
                return None;
            }
        }
        let text = text.trim_ascii_end();
        let mut found = Self::angle(cursor, (text, text, start, seen))?;
        found.decoded = decoded;
        Some(found)
    }

    /// `angle-addr`, behind a name or none. What comes behind it is another's to judge.
    #[inline]
    fn angle(mut cursor: Cursor<'a>, (name, phrase, start, seen): Name<'a>) -> Option<Self> {
        cursor.skip();
        let addr = cursor.addr_spec()?;
        cursor.octet().filter(|&octet| octet == b'>')?;
        cursor.skip();
        cursor.next_solid();
        Some(Self { name, phrase, start, seen, decoded: None, addr, end: cursor.at })
    }

    /// `addr-spec` with no more than one comment behind it.
    fn bare(mut cursor: Cursor<'a>) -> Option<Self> {
        let addr = cursor.addr_spec()?;
        let (mut name, mut phrase, mut start, seen) = NAMELESS;
        let mut next = cursor.next_solid();
        if next == Some(b'(') {
            start = cursor.at;
            name = cursor.inside(COMMENT, b')')?.trim_matches(' ');
            phrase = cursor.text.get(start..cursor.at)?;
            next = cursor.next_solid();
        }
        let done = matches!(next, None | Some(b',' | b';'));
        done.then_some(Self { name, phrase, start, seen, decoded: None, addr, end: cursor.at })
    }
}

impl<'a> Cursor<'a> {
    fn rest(self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn octet(self) -> Option<u8> {
        self.rest().first().copied()
    }

    const fn skip(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    /// The next octet that is not white space.
    fn next_solid(&mut self) -> Option<u8> {
        while self.octet().is_some_and(is_white) {
            self.skip();
        }
        self.octet()
    }

    /// Octets of a class, and what other classes they have.
    #[inline]
    fn run(&mut self, of: u8) -> Option<(&'a str, u8)> {
        let (rest, mut seen, mut before) = (self.rest(), 0, !BLANK);
        let end = rest.iter().position(|&octet| {
            let found = class(octet);
            seen |= found & (before | !BLANK);
            before = found;
            found & of == 0
        });
        Some((self.take(end.unwrap_or(rest.len()))?, seen))
    }

    #[inline]
    fn take(&mut self, length: usize) -> Option<&'a str> {
        let start = self.at;
        self.at = start.saturating_add(length);
        self.text.get(start..self.at).filter(|text| text.len() <= LONG)
    }

    /// What stands between the octet here and a closing one.
    fn inside(&mut self, class: u8, close: u8) -> Option<&'a str> {
        self.skip();
        let (inside, _) = self.run(class)?;
        self.octet().filter(|&octet| octet == close)?;
        self.skip();
        Some(inside)
    }

    /// `addr-spec` of two `dot-atom-text`.
    #[inline]
    fn addr_spec(&mut self) -> Option<AddrSpec<'a>> {
        let local = self.dot_atom()?;
        self.octet().filter(|&octet| octet == b'@')?;
        self.skip();
        let domain = self.dot_atom()?;
        Some(AddrSpec { local: Cow::Borrowed(local), domain: Cow::Borrowed(domain) })
    }

    /// `dot-atom-text = 1*atext *("." 1*atext)`
    #[inline]
    fn dot_atom(&mut self) -> Option<&'a str> {
        // Without a branch that depends on where the dots are. A dot in front is one behind a dot.
        let (rest, mut seen, mut before) = (self.rest(), 0, DOT);
        let end = rest.iter().position(|&octet| {
            let found = class(octet);
            seen |= found & before;
            before = found;
            found & (ATOM | DOT) == 0
        });
        let text = self.take(end.unwrap_or(rest.len()))?;
        let dots = seen & DOT != 0 || matches!(text.as_bytes(), [] | [.., b'.']);
        if dots { None } else { Some(text) }
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec::Vec};

    use proptest::prelude::*;

    use crate::{
        AddrSpec, AddressList, FieldValue, Mailbox, Parsed, RawValue,
        address::{Address, reader::Reader},
    };

    /// What the general reader alone makes of it.
    fn general(raw: RawValue<'_>) -> Parsed<'_, AddressList<'_>> {
        let mut reader = Reader::new(raw);
        while !reader.full() && reader.step() {}
        reader.parsed()
    }

    fn same(octets: &[u8]) {
        let raw = RawValue::new(octets);
        let (fast, slow) = (AddressList::read(raw), general(raw));
        if let Some(addr) = core::str::from_utf8(octets).ok().and_then(AddrSpec::plain) {
            assert!(slow.defects.is_empty(), "{}", octets.escape_ascii());
            let specs: Vec<_> = slow.value.mailboxes().map(Mailbox::addr_spec).collect();
            assert_eq!(specs, [&addr], "{}", octets.escape_ascii());
        }
        assert_eq!(fast, slow, "{}", octets.escape_ascii());
        for (fast, slow) in fast.value.addresses().iter().zip(slow.value.addresses()) {
            if let (Address::Group(fast), Address::Group(slow)) = (fast, slow) {
                assert_eq!(fast.phrase, slow.phrase);
            }
        }
        for (fast, slow) in fast.value.mailboxes().zip(slow.value.mailboxes()) {
            assert_eq!((fast.phrase, fast.route), (slow.phrase, slow.route));
        }
    }

    /// Pieces that are plain, nearly plain, and not plain at all.
    const PIECES: &[&str] = &[
        "a@b.c",
        "joe@x.org",
        "<a@b>",
        "Joe",
        "Joe Doe ",
        "Q. ",
        "é",
        "\u{a0}",
        "\u{85}",
        "\"x, y\"",
        "\"\"",
        "\" \"",
        "\"=?utf-8?q?x?=\"",
        "=?utf-8?q?x?=",
        "(c)",
        "( c d )",
        "()",
        "(=?utf-8?q?x?=)",
        "=?utf-8?q?x",
        "=?u.8?b?",
        "?=",
        "\"",
        "\\",
        "(",
        ")",
        "[",
        "]",
        "<",
        ">",
        ",",
        ", ",
        ";",
        ":",
        "@",
        ".",
        " ",
        "  ",
        "\r\n ",
        "\t",
        "\0",
        "\u{7f}",
        "=",
        "?",
        "a=b@c",
        "a",
        "..",
        "g:",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn a_plain_mailbox_is_what_the_general_reader_reads(
            pieces in prop::collection::vec(prop::sample::select(PIECES), 0..12),
        ) {
            same(pieces.concat().as_bytes());
        }

        #[test]
        fn plain_shapes_with_any_octets_in_them_are_what_the_general_reader_reads(
            name in prop::collection::vec(any::<u8>(), 0..6),
            shape in 0..5_usize,
        ) {
            let (before, after) = [
                (&b"\""[..], &b"\" <a@b.c>"[..]),
                (b"", b"<a@b.c>, x"),
                (b"<", b"@b>"),
                (b"a@b", b",c@d"),
                (b"a@b (", b")"),
            ][shape];
            same(&[before, &name[..], after].concat());
        }
    }

    #[test]
    fn names_and_addresses_of_any_length_are_what_the_general_reader_reads() {
        for length in [500, 999, 1_000, 1_001, 1_002, 2_000, 2_048, 2_049, 10_000, 10_001] {
            for (before, family, after) in [
                ("", "a ", "<b@c>"),
                ("\"", "a", "\" <b@c>"),
                ("b@c (", "a", ")"),
                ("", "a", "@b"),
                ("b@", "a", ""),
                ("<b@a.", "a.", "a>"),
            ] {
                let middle = family.repeat(length / family.len());
                same(format!("{before}{middle}{after}, d@e").as_bytes());
            }
        }
    }
}
