//! Names of mailboxes and groups: phrases (RFC 5322 §3.2.5) and comments, decoded after they were
//! cut into tokens.

use alloc::{borrow::Cow, vec::Vec};
use core::ops::Range;

use super::{NAME, reader::Reader, spec::is_comment, unbalanced::without_quote};
use crate::{
    Defects, Lexeme, Lexer, RawValue, Span, Token, code,
    text::{Phrase, decode_atoms, decode_words},
    unquote,
};

/// A name, and the octets it was read from.
pub(super) type Name<'a> = (Option<Cow<'a, str>>, &'a [u8]);

impl<'a> Reader<'a> {
    /// The comment behind an address without angle brackets, as its name.
    pub(super) fn comment_name(&mut self, words: &[Lexeme<'a>]) -> Name<'a> {
        match words.last() {
            Some(&Lexeme { token: Token::Comment(text), start, end, .. }) => {
                let name = self.decode(unquote(text), start, end);
                let name = self.cut(name, start, end);
                (Some(name).filter(|name| !name.is_empty()), self.lexer.text(start, end))
            }
            _ => (None, &[]),
        }
    }

    /// `display-name = phrase`: its words decoded, and the octets it was read from.
    pub(super) fn phrase(&mut self, words: &[Lexeme<'a>]) -> Name<'a> {
        let words = without_quote(words);
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return (None, &[]) };
        let phrase = self.lexer.text(first.start, last.end);
        self.phrase_defects(words);
        let mut name = Phrase::default();
        for word in words {
            name.push(&mut self.lexer, word);
        }
        let name = name.finish(&mut self.lexer);
        (name.map(|name| self.cut(name, first.start, last.end)), phrase)
    }

    fn cut(&mut self, name: Cow<'a, str>, start: usize, end: usize) -> Cow<'a, str> {
        let span = self.lexer.raw().slice(start..end).span();
        cut(name, span, self.lexer.defects_mut())
    }

    /// Tells of the first special character that a display name should have quoted. An at sign
    /// first: what stands around it looks like the address to some readers.
    fn phrase_defects(&mut self, words: &[Lexeme<'a>]) {
        let odd = |word: &&Lexeme<'a>| {
            !matches!(word.token, Token::Atom(_) | Token::Quoted(_))
                && !is_comment(word)
                && !word.is(b'.')
        };
        let found = |code, word: &Lexeme<'a>| (code, word.start, word.end);
        let first = |special| words.iter().find(|word| word.is(special));
        let at_sign = first(b'@').map(|word| found(&code::AT_SIGN_IN_PHRASE, word));
        let (code, start, end) = match at_sign {
            Some(at_sign) => at_sign,
            None => match words.iter().find(odd) {
                Some(word) => found(&code::UNQUOTED_PHRASE, word),
                None => match first(b'.') {
                    Some(dot) => found(&code::PHRASE_DOT, dot),
                    None => return,
                },
            },
        };
        self.lexer.defect(code, start, end);
    }

    /// Decodes encoded words in a comment.
    fn decode(&mut self, text: Cow<'a, [u8]>, start: usize, end: usize) -> Cow<'a, str> {
        let comment = self.lexer.raw().slice(start..end);
        let defects = self.lexer.defects_mut();
        match text {
            Cow::Borrowed(text) => decode_words(text, comment, defects),
            Cow::Owned(text) => Cow::Owned(decode_words(&text, comment, defects).into_owned()),
        }
    }
}

/// A display name of nothing but atoms and dots.
pub(super) fn atoms<'a>(
    raw: RawValue<'a>,
    range: Range<usize>,
    defects: &mut Defects,
) -> Option<Cow<'a, str>> {
    let atoms = raw.slice(range);
    let text = decode_atoms(atoms, defects);
    Some(cut(text, atoms.span(), defects)).filter(|name| !name.is_empty())
}

/// What may be kept of a name.
fn cut<'a>(name: Cow<'a, str>, span: Span, defects: &mut Defects) -> Cow<'a, str> {
    if name.len() <= NAME {
        return name;
    }
    defects.push(&code::NAME_TOO_LONG, span);
    let most = (0..=NAME).rev().find(|&at| name.is_char_boundary(at)).unwrap_or_default();
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(name.get(..most).unwrap_or_default()),
        Cow::Owned(name) => Cow::Owned(name.get(..most).unwrap_or_default().into()),
    }
}

/// The words of a phrase with quotation marks resolved and comments dropped, not decoded; of a
/// comment alone, what it says. `None` where there is no phrase.
pub(super) fn raw_phrase(phrase: &[u8]) -> Option<Cow<'_, [u8]>> {
    let lexemes: Vec<_> = Lexer::new(RawValue::new(phrase)).collect();
    match lexemes.as_slice() {
        [] => return None,
        [only] => match only.token {
            Token::Quoted(text) | Token::Comment(text) => return Some(unquote(text)),
            _ => return Some(Cow::Borrowed(phrase)),
        },
        _ => {}
    }
    let mut out = Vec::with_capacity(phrase.len());
    let mut gap = false;
    for lexeme in &lexemes {
        let quoted = match lexeme.token {
            Token::Comment(_) => {
                gap = true;
                continue;
            }
            Token::Quoted(text) => Some(unquote(text)),
            _ => None,
        };
        if (gap || lexeme.spaced) && !out.is_empty() {
            out.push(b' ');
        }
        gap = false;
        let plain = phrase.get(lexeme.start..lexeme.end).unwrap_or_default();
        out.extend_from_slice(quoted.as_deref().unwrap_or(plain));
    }
    Some(Cow::Owned(out))
}
