//! Message identifiers (RFC 5322 §3.6.4 and §4.5.4).

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::{fmt, ops::Deref};

use memchr::{memchr, memchr2, memrchr};

use super::brackets::{Nested, nested};
use crate::{
    Code, Defects, FieldValue, InvalidValue, Lexeme, Lexer, Parsed, RawValue, Token, code,
    lexer::{is_white, trim_start},
    unfold,
    write::{is_control, is_domain_literal, is_dot_atom},
};

/// `msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]`, without its angle brackets. `Display`
/// writes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageId<'a>(Cow<'a, str>);

impl<'a> MessageId<'a> {
    /// An identifier given as `left@right`, without angle brackets.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let text = text.into();
        let valid = text.split_once('@').is_some_and(|(left, right)| {
            is_dot_atom(left) && (is_dot_atom(right) || is_domain_literal(right))
        });
        if valid { Ok(Self(text)) } else { Err(InvalidValue::MessageId) }
    }

    /// The identifier without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has one at sign with something on both its sides, as every identifier should.
    /// Others are read too, with a defect.
    pub fn is_valid(&self) -> bool {
        is_valid(&self.0)
    }

    /// The identifier without quotation marks and backslashes: what to compare, with regard to
    /// case, where messages are threaded. "Implementations of the REFERENCES threading algorithm
    /// MUST normalize any msg-id in order to avoid false non-matches due to differences in
    /// quoting" (RFC 5256 §3).
    ///
    /// ```
    /// use postrider_message::{FieldValue, MessageIdList, RawValue};
    /// let raw = RawValue::new(br#"<"01KF8JCEOCBS0045PS"@xxx.yyy.com>"#);
    /// let list = MessageIdList::read(raw).value;
    /// assert_eq!(list.ids()[0].normalized(), "01KF8JCEOCBS0045PS@xxx.yyy.com");
    /// ```
    pub fn normalized(&self) -> Cow<'_, str> {
        match memchr2(b'"', b'\\', self.0.as_bytes()) {
            None => Cow::Borrowed(&self.0),
            Some(_) => Cow::Owned(unquoted(&self.0)),
        }
    }

    /// [`normalized`](Self::normalized), borrowing from what was read where it can.
    pub(crate) fn into_normalized(self) -> Cow<'a, str> {
        match memchr2(b'"', b'\\', self.0.as_bytes()) {
            None => self.0,
            Some(_) => Cow::Owned(unquoted(&self.0)),
        }
    }
}

fn unquoted(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    let mut characters = id.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {}
            '\\' => out.extend(characters.next()),
            other => out.push(other),
        }
    }
    out
}

/// `id-left "@" id-right`, either of which may be anything but nothing.
fn is_valid(id: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    let at = id.bytes().position(|octet| {
        let pair = core::mem::take(&mut escaped);
        match octet {
            _ if pair => false,
            b'\\' => {
                escaped = true;
                false
            }
            b'"' => {
                quoted = !quoted;
                false
            }
            octet => octet == b'@' && !quoted,
        }
    });
    let Some((left, right)) = at.and_then(|at| id.split_at_checked(at)) else { return false };
    let right = right.as_bytes().get(1..).unwrap_or_default();
    !left.is_empty()
        && !right.is_empty()
        && (right.starts_with(b"[") || memchr(b'@', right).is_none())
}

impl fmt::Display for MessageId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

/// The identifiers of `Message-ID`, `In-Reply-To` or `References`, in order.
///
/// An identifier is what stands between angle brackets. Words, quoted strings and comments between
/// identifiers are ignored (RFC 5322 §4.5.4), and so is, with a defect, whatever else stands there:
/// commas, addresses without brackets, brackets that are not closed. The address of `Your mail of
/// … <joe@example.org>` in an `In-Reply-To` cannot be told from an identifier: "there are no good
/// heuristics for software to determine the difference" (RFC 5256 §3), so it is taken for one.
///
/// White space inside an identifier is dropped where it may stand, around the dots and the at sign,
/// and where a line was folded in the midst of a word, which no writer may do and some do. Where
/// blanks alone part two words there is no identifier. Nor is there one where brackets stand inside
/// of brackets with something else: the address of `<4TGX."Joe" <joe@example.org>>` is part of a
/// broken identifier, and the same one in many messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageIdList<'a> {
    list: List<'a>,
}

/// A list, without a table of its own where one identifier is all.
#[derive(Clone)]
enum List<'a> {
    One([MessageId<'a>; 1]),
    Many(Vec<MessageId<'a>>),
}

impl<'a> MessageIdList<'a> {
    /// A list of these identifiers.
    pub const fn new(list: Vec<MessageId<'a>>) -> Self {
        Self { list: List::Many(list) }
    }

    /// The identifiers.
    pub fn ids(&self) -> &[MessageId<'a>] {
        &self.list
    }

    pub(crate) fn into_ids(self) -> Vec<MessageId<'a>> {
        match self.list {
            List::One(one) => one.into(),
            List::Many(list) => list,
        }
    }
}

impl<'a> Deref for List<'a> {
    type Target = [MessageId<'a>];

    fn deref(&self) -> &[MessageId<'a>] {
        match self {
            Self::One(one) => one,
            Self::Many(list) => list,
        }
    }
}

impl Default for List<'_> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl PartialEq for List<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for List<'_> {}

impl fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<'a> FieldValue<'a> for MessageIdList<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        // One plain identifier and nothing else: the most common value of all.
        if let Some((id, rest)) = plain_id(raw.bytes())
            && rest.iter().copied().all(is_white)
            && raw.limits().message_ids > 0
        {
            let defects = Defects::with_limit(raw.limits().defects);
            return Parsed::new(Self { list: List::One([id]) }, defects, raw.bytes());
        }
        let mut reader = Reader::new(raw);
        reader.plain_ids();
        while reader.plain() || reader.step() {}
        reader.finish()
    }
}

/// White space and one identifier of ASCII without white space, quotation marks and comments, which
/// nearly all are, and what follows it.
fn plain_id(text: &[u8]) -> Option<(MessageId<'_>, &[u8])> {
    let blank = text.iter().take_while(|octet| is_white(**octet)).count();
    let (b'<', inside) = text.get(blank..)?.split_first()? else { return None };
    let (id, rest) = inside.split_at_checked(memchr(b'>', inside)?)?;
    let id = core::str::from_utf8(id).ok().filter(|_| is_plain(id))?;
    Some((MessageId(Cow::Borrowed(id)), rest.get(1..)?))
}

/// Whether an identifier is of ASCII and nothing unusual, with one at sign and something on both its
/// sides.
fn is_plain(id: &[u8]) -> bool {
    // Without a branch for each octet.
    let add = |sum: u64, octet: &u8| {
        sum.wrapping_add(WEIGHT.get(usize::from(*octet)).copied().unwrap_or_default())
    };
    let (blocks, rest) = id.as_chunks::<8>();
    let weight = blocks.iter().fold(0, |sum, block| block.iter().fold(sum, add));
    let weight = rest.iter().fold(weight, add);
    weight == 1 && !id.starts_with(b"@") && !id.ends_with(b"@")
}

/// What an octet adds to the sum over a plain identifier, which is 1: the at sign adds 1, and what
/// a plain identifier does not have adds more than that.
const WEIGHT: [u64; 256] = {
    let mut table = [1 << 16; 256];
    let mut octet = b'!';
    #[expect(clippy::indexing_slicing, reason = "at build time")]
    while octet <= b'~' {
        table[octet as usize] = match octet {
            b'(' | b')' | b'<' | b'>' | b'"' | b'\\' => 1 << 16,
            b'@' => 1,
            _ => 0,
        };
        octet = octet.saturating_add(1);
    }
    table
};

struct Reader<'a> {
    lexer: Lexer<'a>,
    list: Vec<MessageId<'a>>,
    /// The first word between identifiers.
    word: Option<Lexeme<'a>>,
    /// The first thing there that no phrase has.
    odd: Option<Lexeme<'a>>,
}

impl<'a> Reader<'a> {
    const fn new(raw: RawValue<'a>) -> Self {
        Self { lexer: Lexer::new(raw), list: Vec::new(), word: None, odd: None }
    }

    /// Takes the plain identifiers that the value begins with, their octets checked together.
    fn plain_ids(&mut self) {
        let raw = self.lexer.raw();
        let Ok(text) = simdutf8::basic::from_utf8(raw.bytes()) else { return };
        let mut at = 0_usize;
        while self.list.len() < raw.limits().message_ids {
            let rest = text.as_bytes().get(at..).unwrap_or_default();
            let inside = trim_start(rest);
            let start = at.saturating_add(rest.len().saturating_sub(inside.len()));
            let Some((b'<', inside)) = inside.split_first() else { break };
            let Some(length) = memchr(b'>', inside) else { break };
            let start = start.saturating_add(1);
            let end = start.saturating_add(length);
            let Some(id) = text.get(start..end).filter(|id| is_plain(id.as_bytes())) else { break };
            self.list.push(MessageId(Cow::Borrowed(id)));
            at = end.saturating_add(1);
        }
        self.lexer.seek(at);
    }

    /// Takes one plain identifier, and finds what [`step`](Self::step) would. False, and nothing
    /// taken, where there is none.
    fn plain(&mut self) -> bool {
        let raw = self.lexer.raw();
        let found = raw.bytes().get(self.lexer.at()..).and_then(plain_id);
        match found {
            Some((id, _)) if self.list.len() < raw.limits().message_ids => {
                self.lexer.take_until(b'>');
                self.list.push(id);
                true
            }
            _ => false,
        }
    }

    /// Takes one identifier or one token between them. False at the end of the value or the limit.
    fn step(&mut self) -> bool {
        let Some(lexeme) = self.lexer.next() else { return false };
        match lexeme.token {
            Token::Special(b'<') => return self.bracket(&lexeme),
            Token::Comment(_) => {}
            Token::Atom(_) | Token::Quoted(_) | Token::Special(b'.') => {
                self.word = self.word.or(Some(lexeme));
            }
            _ => self.odd = self.odd.or(Some(lexeme)),
        }
        true
    }

    /// What stands between the brackets is often no RFC 5322 token, so it is not cut yet.
    fn bracket(&mut self, open: &Lexeme<'a>) -> bool {
        let Some(inside) = self.lexer.take_until(b'>') else {
            self.lexer.defect(&code::UNCLOSED_ANGLE, open.start, open.end);
            return false;
        };
        let raw = self.lexer.raw();
        if self.list.len() >= raw.limits().message_ids {
            self.lexer.defect(&code::TOO_MANY_IDS, open.start, raw.bytes().len());
            return false;
        }
        let (found, end) = nested(raw.bytes(), inside, self.lexer.at());
        self.lexer.seek(end);
        match found {
            Nested::No => self.list.extend(identifier(&mut self.lexer, inside, open.end)),
            Nested::Brackets(skip) => {
                let start = open.end.saturating_add(skip);
                self.lexer.defect(&code::EXTRA_BRACKETS, open.start, end);
                let inside = inside.get(skip..).unwrap_or_default();
                self.list.extend(identifier(&mut self.lexer, inside, start));
            }
            Nested::Text => self.lexer.defect(&code::NOT_A_MESSAGE_ID, open.start, end),
        }
        true
    }

    fn finish(mut self) -> Parsed<'a, MessageIdList<'a>> {
        let none = self.list.is_empty();
        if let (true, Some(first)) = (none, self.word.or(self.odd)) {
            self.lexer.defect(&code::NOT_A_MESSAGE_ID, first.start, first.end);
        } else {
            for (found, code) in [(self.word, &code::PHRASE_IN_IDS), (self.odd, &code::OUTSIDE_IDS)]
            {
                let Some(first) = found else { continue };
                self.lexer.defect(code, first.start, first.end);
            }
        }
        let raw = self.lexer.raw().bytes();
        Parsed::new(MessageIdList::new(self.list), self.lexer.into_defects(), raw)
    }
}

/// The identifier between angle brackets that begins at `start`; `None` with a defect where there
/// is none.
fn identifier<'a>(lexer: &mut Lexer<'a>, inside: &'a [u8], start: usize) -> Option<MessageId<'a>> {
    let end = start.saturating_add(inside.len());
    // `<<a@b>`: the innermost bracket opens it.
    let skip = memrchr(b'<', inside).map_or(0, |at| at.saturating_add(1));
    if skip > 0 {
        lexer.defect(&code::UNCLOSED_ANGLE, start, start.saturating_add(skip));
    }
    let text = inside.get(skip..).unwrap_or_default();
    let plain = |octet: &u8| *octet > b' ' && !matches!(octet, b'(' | b')' | b'"' | b'\\' | 0x7f);
    let (id, told) = if text.iter().all(plain) {
        (core::str::from_utf8(text).ok().map(Cow::Borrowed), None)
    } else {
        let found = without_space(lexer.raw().slice(start.saturating_add(skip)..end));
        found.map_or((None, None), |(id, told)| (Some(Cow::Owned(id)), told))
    };
    let Some(id) = id.filter(|id| !id.is_empty() && !id.chars().any(is_control)) else {
        lexer.defect(&code::NOT_A_MESSAGE_ID, start, end);
        return None;
    };
    if !id.contains('@') {
        lexer.defect(&code::NO_AT_SIGN, start, end);
    } else if !is_valid(&id) {
        lexer.defect(&code::AT_SIGN_PLACEMENT, start, end);
    }
    if let Some(code) = told {
        lexer.defect(code, start, end);
    }
    Some(MessageId(id))
}

/// `obs-id-left` and `obs-id-right`: comments and white space dropped, but only beside a dot or an
/// at sign, or where a line was folded, so that no two words of a line become one. `None` where
/// something is not closed. With what was odd about it.
fn without_space(raw: RawValue<'_>) -> Option<(String, Option<&'static Code>)> {
    let mut lexer = Lexer::new(raw);
    let mut out = Vec::new();
    let mut before: Option<Lexeme<'_>> = None;
    let (mut folded, mut spaced, mut quoted) = (false, false, false);
    let is_word = |lexeme: &Lexeme<'_>| {
        matches!(lexeme.token, Token::Atom(_) | Token::Quoted(_) | Token::Literal(_))
    };
    while let Some(lexeme) = lexer.next_solid() {
        if let Some(before) = before {
            let gap = lexer.text(before.end, lexeme.start);
            if is_word(&before) && is_word(&lexeme) {
                let fold = gap.trim_ascii().is_empty() && memchr(b'\n', gap).is_some();
                let atoms =
                    matches!((before.token, lexeme.token), (Token::Atom(_), Token::Atom(_)));
                if !fold || !atoms {
                    return None;
                }
                folded = true;
            }
            spaced |= !gap.is_empty();
        }
        quoted |= matches!(lexeme.token, Token::Quoted(_));
        out.extend_from_slice(&unfold(lexer.text(lexeme.start, lexeme.end)));
        before = Some(lexeme);
    }
    if !lexer.into_defects().is_empty() {
        return None;
    }
    let id = String::from_utf8(out).ok()?;
    if id.bytes().any(|octet| matches!(octet, b'(' | b')')) {
        return None;
    }
    let told = match (folded, spaced, quoted) {
        (true, _, _) => Some(&code::FOLDED_ID),
        (_, true, _) => Some(&code::SPACE_IN_ID),
        (_, _, true) => Some(&code::QUOTED_ID),
        _ => None,
    };
    Some((id, told))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::{MessageIdList, Reader};
    use crate::{FieldValue, RawValue};

    proptest! {
        #[test]
        fn the_short_way_to_read_a_plain_identifier_finds_what_the_long_way_finds(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "<", ">", "@", "a", "b.c", " ", "\r\n ", "\t", "(", ")", "\"", "\\", "[", "]", ",",
                    ":", "<a@b>", " <c.d@e.f>", "\u{7f}", "é", "\u{85}", "<>", "<a@b@c>", "<@", "@>",
                ]),
                0..16,
            ),
        ) {
            let text = pieces.concat();
            let raw = RawValue::new(text.as_bytes());
            let mut long = Reader::new(raw);
            while long.step() {}
            prop_assert_eq!(MessageIdList::read(raw), long.finish());
        }
    }

    #[test]
    fn a_plain_identifier_is_read_the_short_way() {
        let raw = RawValue::new(b" <5f.1@mail.example.org>\r\n\t<b@c>");
        let mut reader = Reader::new(raw);
        assert!(reader.plain() && reader.plain() && !reader.plain());
        assert_eq!(reader.list.len(), 2);
    }
}
