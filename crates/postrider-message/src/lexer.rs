//! The lexical tokens of structured fields (RFC 5322 §3.2, RFC 2045 §5.1), tolerant and linear.

use alloc::{borrow::Cow, vec::Vec};

use memchr::{memchr, memchr2, memchr3};
use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{take, take_while, take_while1},
    combinator::map,
    error::Error,
};

use crate::{Code, Defects, RawValue, Span, code, unfold};

/// A lexical token, its octets as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the tokens of RFC 5322 §3.2 are these")]
pub enum Token<'a> {
    /// A run of characters that are neither special nor white space. Holds 8-bit octets and
    /// controls too, which the caller judges.
    Atom(&'a [u8]),
    /// What stands between quotation marks, escapes and folding left in; see [`unquote`].
    Quoted(&'a [u8]),
    /// What stands between the outer parentheses, escapes and inner comments left in.
    Comment(&'a [u8]),
    /// A domain literal, brackets included.
    Literal(&'a [u8]),
    /// One special character.
    Special(u8),
}

/// A token and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lexeme<'a> {
    /// What it is.
    pub token: Token<'a>,
    /// The first octet, counted from the start of the value.
    pub start: usize,
    /// One past the last octet.
    pub end: usize,
    /// Whether white space stands before it.
    pub spaced: bool,
}

impl Lexeme<'_> {
    /// Whether it is this special character.
    pub fn is(&self, special: u8) -> bool {
        self.token == Token::Special(special)
    }
}

/// Which characters are special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grammar {
    /// `specials` of RFC 5322 §3.2.3.
    Header,
    /// `tspecials` of RFC 2045 §5.1.
    Mime,
}

/// Cuts a structured value into tokens, each octet looked at once; comments are counted, not
/// recursed into. What does not close is a defect and never starts a second search.
#[derive(Debug)]
pub struct Lexer<'a> {
    raw: RawValue<'a>,
    at: usize,
    grammar: Grammar,
    /// A quotation mark without a closing one was met: there is no further one to look for.
    no_quote: bool,
    defects: Defects,
}

impl<'a> Lexer<'a> {
    /// Tokens of RFC 5322: atoms end at `()<>[]:;@\,."`.
    pub const fn new(raw: RawValue<'a>) -> Self {
        Self::with_grammar(raw, Grammar::Header)
    }

    /// Tokens of RFC 2045: atoms end at `()<>@,;:\"/[]?=`; there are no domain literals.
    pub const fn mime(raw: RawValue<'a>) -> Self {
        Self::with_grammar(raw, Grammar::Mime)
    }

    const fn with_grammar(raw: RawValue<'a>, grammar: Grammar) -> Self {
        let defects = Defects::with_limit(raw.limits().defects);
        Self { raw, at: 0, grammar, no_quote: false, defects }
    }

    /// The value this cuts.
    pub const fn raw(&self) -> RawValue<'a> {
        self.raw
    }

    /// The octets from one offset of the value to another.
    pub fn text(&self, start: usize, end: usize) -> &'a [u8] {
        self.raw.bytes().get(start..end).unwrap_or_default()
    }

    /// Where the next token is looked for.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Looks for the next token from this offset on.
    pub(crate) const fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// Takes everything up to an octet, and that octet, as no token. `None`, and nothing taken,
    /// where it does not occur.
    pub fn take_until(&mut self, octet: u8) -> Option<&'a [u8]> {
        let rest = self.raw.bytes().get(self.at..)?;
        let length = memchr(octet, rest)?;
        self.at = self.at.saturating_add(length).saturating_add(1);
        rest.get(..length)
    }

    /// Notes a defect between two offsets of the value.
    pub fn defect(&mut self, code: &'static Code, start: usize, end: usize) {
        let base = self.raw.offset();
        let span = Span::from_range(base.saturating_add(start)..base.saturating_add(end));
        self.defects.push(code, span);
    }

    pub(crate) const fn defects_mut(&mut self) -> &mut Defects {
        &mut self.defects
    }

    /// The defects so far.
    pub fn into_defects(self) -> Defects {
        self.defects
    }

    /// The next token that is not a comment.
    pub fn next_solid(&mut self) -> Option<Lexeme<'a>> {
        self.by_ref().find(|lexeme| !matches!(lexeme.token, Token::Comment(_)))
    }

    fn token(&mut self, input: &'a [u8]) -> Option<(usize, Token<'a>)> {
        let (end, octet) = (self.raw.bytes().len(), *input.first()?);
        let token = match octet {
            b'(' => match comment(input) {
                Ok((_, inside)) => Some((inside.len().saturating_add(2), Token::Comment(inside))),
                Err(_) => {
                    self.defect(&code::UNCLOSED_COMMENT, self.at, end);
                    let inside = input.get(1..).unwrap_or_default();
                    Some((input.len(), Token::Comment(inside)))
                }
            },
            b'"' if !self.no_quote => {
                let found = quoted_string(input).ok();
                self.no_quote = found.is_none();
                found.map(|(_, text)| (text.len().saturating_add(2), Token::Quoted(text)))
            }
            b'[' if self.grammar == Grammar::Header => {
                domain_literal(input).ok().map(|(_, text)| (text.len(), Token::Literal(text)))
            }
            _ => None,
        };
        if token.is_none() && matches!(octet, b'"' | b'[') {
            let code = match octet {
                b'"' => &code::UNCLOSED_QUOTE,
                _ => &code::UNCLOSED_LITERAL,
            };
            if self.grammar == Grammar::Header || octet == b'"' {
                self.defect(code, self.at, self.at.saturating_add(1));
            }
        }
        token.or_else(|| {
            let (rest, token) = atom_or_special(self.grammar, input).ok()?;
            Some((input.len().saturating_sub(rest.len()), token))
        })
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Lexeme<'a>;

    fn next(&mut self) -> Option<Lexeme<'a>> {
        let input = self.raw.bytes().get(self.at..)?;
        let blank = input.len().saturating_sub(trim_start(input).len());
        self.at = self.at.saturating_add(blank);
        let (length, token) = self.token(input.get(blank..)?)?;
        let start = self.at;
        self.at = start.saturating_add(length);
        Some(Lexeme { token, start, end: self.at, spaced: blank > 0 })
    }
}

/// `FWS`, with line ends of any kind (RFC 5322 §3.2.2).
pub(crate) const fn is_white(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

/// Without the white space before it.
pub(crate) const fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_white(*first)
    {
        text = rest;
    }
    text
}

/// Without the white space at both ends.
pub(crate) const fn trim(text: &[u8]) -> &[u8] {
    let mut text = trim_start(text);
    while let [rest @ .., last] = text
        && is_white(*last)
    {
        text = rest;
    }
    text
}

/// Every run of white space as one blank.
pub(crate) fn single_spaced(text: &[u8]) -> Cow<'_, [u8]> {
    let mut before = b'x';
    let single = text.iter().all(|octet| {
        let last = core::mem::replace(&mut before, *octet);
        !is_white(*octet) || (*octet == b' ' && last != b' ')
    });
    if single {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    for word in text.split(|octet| is_white(*octet)).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    Cow::Owned(out)
}

const fn is_special(grammar: Grammar, octet: u8) -> bool {
    match octet {
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b':' | b';' | b'@' | b'\\' | b',' | b'"' => true,
        b'.' => matches!(grammar, Grammar::Header),
        b'/' | b'?' | b'=' => matches!(grammar, Grammar::Mime),
        _ => false,
    }
}

/// `atext` as RFC 5322 §3.2.3 has it, and the UTF-8 that RFC 6532 §3.2 adds.
pub(crate) const fn is_atext(octet: u8) -> bool {
    octet > b' ' && octet != 0x7f && !is_special(Grammar::Header, octet)
}

/// `atom = [CFWS] 1*atext [CFWS]`, and any one octet that cannot start one.
fn atom_or_special(grammar: Grammar, input: &[u8]) -> IResult<&[u8], Token<'_>> {
    let atom = take_while1(move |octet| !is_white(octet) && !is_special(grammar, octet));
    let special = map(take(1usize), |octet: &[u8]| {
        Token::Special(octet.first().copied().unwrap_or_default())
    });
    alt((map(atom, Token::Atom), special)).parse(input)
}

/// `quoted-string = [CFWS] DQUOTE *([FWS] qcontent) [FWS] DQUOTE [CFWS]`
fn quoted_string(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let mut at = 1_usize;
    while let Some(found) = input.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at = at.saturating_add(found);
        if input.get(at) == Some(&b'"') {
            return Ok((
                input.get(at.saturating_add(1)..).unwrap_or_default(),
                input.get(1..at).unwrap_or_default(),
            ));
        }
        at = at.saturating_add(2);
    }
    Err(nom::Err::Error(Error::new(input, nom::error::ErrorKind::Tag)))
}

/// `comment = "(" *([FWS] ccontent) [FWS] ")"`, where `ccontent` may be a comment: counted.
fn comment(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (mut at, mut depth) = (0_usize, 0_usize);
    while let Some(found) = input.get(at..).and_then(|rest| memchr3(b'(', b')', b'\\', rest)) {
        at = at.saturating_add(found);
        match input.get(at) {
            Some(b'(') => depth = depth.saturating_add(1),
            Some(b')') => depth = depth.saturating_sub(1),
            _ => at = at.saturating_add(1),
        }
        if depth == 0 {
            return Ok((
                input.get(at.saturating_add(1)..).unwrap_or_default(),
                input.get(1..at).unwrap_or_default(),
            ));
        }
        at = at.saturating_add(1);
    }
    Err(nom::Err::Error(Error::new(input, nom::error::ErrorKind::Tag)))
}

/// `domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]`. The search ends at the next `[`, so
/// no octet is searched twice.
fn domain_literal(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, _) =
        (take(1usize), take_while(|octet| octet != b']' && octet != b'[')).parse(input)?;
    match rest.split_first() {
        Some((b']', rest)) => {
            let length = input.len().saturating_sub(rest.len());
            Ok((rest, input.get(..length).unwrap_or_default()))
        }
        _ => Err(nom::Err::Error(Error::new(input, nom::error::ErrorKind::Tag))),
    }
}

/// How many comments of a value were met: as many are kept as the limits say.
#[derive(Debug, Default)]
pub(crate) struct CommentCount(usize);

impl CommentCount {
    /// Whether one more is kept. The first that is not is told.
    pub(crate) fn has_room(&mut self, lexer: &mut Lexer<'_>, lexeme: &Lexeme<'_>) -> bool {
        let limit = lexer.raw().limits().comments;
        if self.0 == limit {
            lexer.defect(&code::TOO_MANY_COMMENTS, lexeme.start, lexeme.end);
        }
        let kept = self.0 < limit;
        self.0 = self.0.saturating_add(1);
        kept
    }
}

/// What a quoted string or a comment says: quoted pairs and line ends resolved (RFC 5322 §3.2.4).
pub fn unquote(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr2(b'\\', b'\n', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let unfolded = unfold(text);
    let mut octets = unfolded.iter();
    while let Some(&octet) = octets.next() {
        let octet = if octet == b'\\' { octets.next().copied().unwrap_or(octet) } else { octet };
        out.push(octet);
    }
    Cow::Owned(out)
}
