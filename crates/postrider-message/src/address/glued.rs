//! What looks like an encoded word (RFC 2047 §2) and has special characters in it. It is none in a
//! phrase (§5 rule 3), but readers that decode first take it for one, so none of it is an address.

use memchr::memchr_iter;

use super::reader::Reader;
use crate::{
    Lexeme, Token, code,
    lexer::{is_atext, is_white},
};

/// Where the text of an encoded word begins that begins behind `=?`: behind its charset and its
/// encoding.
fn text_of(word: &[u8]) -> Option<usize> {
    let charset = word.iter().position(|&octet| !is_atext(octet) && octet != b'.' || octet == b'?');
    let charset = charset?;
    match word.get(charset..)? {
        [b'?', b'q' | b'Q' | b'b' | b'B', b'?', ..] => Some(charset.saturating_add(3)),
        _ => None,
    }
}

/// How long the text is, up to `?=`, without white space. Where there is no such, how much of it was
/// looked at.
fn end_of(text: &[u8]) -> Result<usize, usize> {
    let mut before = b' ';
    let end = text.iter().position(|&octet| {
        let last = core::mem::replace(&mut before, octet);
        is_white(octet) || (last == b'?' && octet == b'=')
    });
    match end {
        Some(end) if text.get(end) == Some(&b'=') => Ok(end.saturating_add(1)),
        other => Err(other.unwrap_or(text.len())),
    }
}

/// Whether an encoded word may begin in this part of a phrase and go on behind it.
pub(super) fn is_open(phrase: &[u8]) -> bool {
    let mut at = 0_usize;
    while let Some(found) = next(phrase, at) {
        let Some(text) = text_of(phrase.get(found..).unwrap_or_default()) else {
            at = found;
            continue;
        };
        let text = found.saturating_add(text);
        match end_of(phrase.get(text..).unwrap_or_default()) {
            Ok(length) => at = text.saturating_add(length),
            Err(length) if text.saturating_add(length) == phrase.len() => return true,
            Err(length) => at = text.saturating_add(length),
        }
    }
    false
}

/// Behind the next `=?` from an offset on.
fn next(text: &[u8], at: usize) -> Option<usize> {
    memchr_iter(b'?', text.get(at..)?).find_map(|found| {
        let question = at.saturating_add(found);
        let opens = question > at && text.get(question.saturating_sub(1)) == Some(&b'=');
        opens.then(|| question.saturating_add(1))
    })
}

impl<'a> Reader<'a> {
    /// Takes an atom, and what stands behind it up to the end of an encoded word that begins in it,
    /// as one atom. Each octet is looked at once: what was looked at is remembered.
    pub(super) fn glued(&mut self, lexeme: Option<Lexeme<'a>>) -> Option<Lexeme<'a>> {
        let mut lexeme = lexeme?;
        if !matches!(lexeme.token, Token::Atom(text) if text.contains(&b'?')) {
            return Some(lexeme);
        }
        let bytes = self.lexer.raw().bytes();
        let mut at = lexeme.start.max(self.looked);
        let mut special = None;
        while let Some(found) = bytes.get(..lexeme.end).and_then(|bytes| next(bytes, at)) {
            let Some(text) = text_of(bytes.get(found..).unwrap_or_default()) else {
                at = found;
                continue;
            };
            let text = found.saturating_add(text);
            let end = match end_of(bytes.get(text..).unwrap_or_default()) {
                Ok(length) => text.saturating_add(length),
                // No other one can end before this.
                Err(length) => {
                    self.looked = text.saturating_add(length);
                    break;
                }
            };
            (at, self.looked) = (end, end);
            let inside = bytes.get(lexeme.end..end).unwrap_or_default();
            let is_special = |octet: &u8| !is_atext(*octet) && *octet != b'.';
            if inside.iter().any(is_special) {
                let at_sign = special == Some(true) || inside.contains(&b'@');
                special = Some(at_sign);
                let whole = self.lexer.text(lexeme.start, end);
                lexeme = Lexeme { token: Token::Atom(whole), end, ..lexeme };
                self.lexer.seek(end);
            }
        }
        if let Some(at_sign) = special {
            let code = if at_sign { &code::AT_SIGN_IN_PHRASE } else { &code::UNQUOTED_PHRASE };
            self.lexer.defect(code, lexeme.start, lexeme.end);
        }
        Some(lexeme)
    }
}
