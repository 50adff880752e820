//! Encoded words (RFC 2047), and what stands between quotation marks.

use core::ops::Range;

use memchr::{memchr, memmem};

use super::{
    Findings,
    lines::{content, lines},
    values::{is_address, is_message_id},
};
use crate::{FieldName, Headers, Lexer, Span, Token, code};

/// "An encoded-word may not be more than 75 characters long", and "each line of a header field that
/// contains one or more encoded-words is limited to 76 characters" (RFC 2047 §2).
pub(super) fn lengths(headers: Headers<'_>, to: &mut Findings) {
    for (line, span) in lines(headers) {
        let line = content(line);
        let mut any = false;
        for word in encoded_words(line) {
            any = true;
            if word.len() > 75 {
                let at = |offset: usize| span.start().saturating_add(offset);
                to.tell(&code::ENCODED_WORD_LENGTH, Span::from_range(at(word.start)..at(word.end)));
            }
        }
        if any && line.len() > 76 {
            to.tell(&code::ENCODED_WORD_LINE, span);
        }
    }
}

/// Encoded words stand in text, comments and phrases: "An encoded-word MUST NOT appear within a
/// quoted-string", nor "in any structured field body except within a comment or phrase" (RFC 2047
/// §5). Those in addresses and in parameters the value tells.
pub(super) fn places(headers: Headers<'_>, to: &mut Findings) {
    for field in headers.fields() {
        let Some(name) = field.known() else { continue };
        let words_in_atoms = is_address(name);
        if !words_in_atoms && !has_no_phrase(name) {
            continue;
        }
        let raw = field.raw_value();
        if memmem::find(raw.bytes(), b"=?").is_none() {
            continue;
        }
        let mut tell = |code, text: &[u8], start: usize| {
            for word in encoded_words(text) {
                let at = |offset: usize| raw.offset().saturating_add(start).saturating_add(offset);
                to.tell(code, Span::from_range(at(word.start)..at(word.end)));
            }
        };
        // What stands between comments and quoted strings is looked at as a whole: an encoded word
        // may hold specials.
        let mut open = 0_usize;
        let mut lexer = Lexer::new(raw);
        while let Some(lexeme) = lexer.next() {
            let quoted = matches!(lexeme.token, Token::Quoted(_));
            if !quoted && !matches!(lexeme.token, Token::Comment(_)) {
                continue;
            }
            if !words_in_atoms {
                tell(&code::ENCODED_WORD_MISPLACED, lexer.text(open, lexeme.start), open);
            }
            if quoted {
                let text = lexer.text(lexeme.start, lexeme.end);
                tell(&code::ENCODED_WORD_QUOTED, text, lexeme.start);
            }
            open = lexeme.end;
        }
        if !words_in_atoms {
            let end = raw.bytes().len();
            tell(&code::ENCODED_WORD_MISPLACED, lexer.text(open, end), open);
        }
    }
}

/// `"a@evil"@b`: the domain is what follows the quoted string.
pub(super) fn local_parts(headers: Headers<'_>, to: &mut Findings) {
    for field in headers.fields() {
        let raw = field.raw_value();
        if !field.known().is_some_and(is_address) || memchr(b'"', raw.bytes()).is_none() {
            continue;
        }
        let mut before: Option<Range<usize>> = None;
        for lexeme in Lexer::new(raw).filter(|one| !matches!(one.token, Token::Comment(_))) {
            match (before.take(), lexeme.token) {
                (Some(quoted), Token::Special(b'@')) => {
                    let at = |offset: usize| raw.offset().saturating_add(offset);
                    let span = Span::from_range(at(quoted.start)..at(quoted.end));
                    to.tell(&code::AT_IN_LOCAL_PART, span);
                }
                (_, Token::Quoted(text)) if memchr(b'@', text).is_some() => {
                    before = Some(lexeme.start..lexeme.end);
                }
                _ => {}
            }
        }
    }
}

/// Whether a field is structured and has no phrase in its grammar.
const fn has_no_phrase(name: FieldName) -> bool {
    matches!(
        name,
        FieldName::Date
            | FieldName::ResentDate
            | FieldName::Received
            | FieldName::ReturnPath
            | FieldName::MimeVersion
            | FieldName::ContentTransferEncoding
    ) || is_message_id(name)
}

/// `encoded-word = "=?" charset "?" encoding "?" encoded-text "?="` without white space in it. Each
/// part is searched up to the next question mark, so no octet is searched twice.
fn encoded_words(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let (mut at, mut floor) = (0_usize, 0_usize);
    core::iter::from_fn(move || {
        loop {
            let mark = at.saturating_add(memchr(b'?', text.get(at..)?)?);
            let inside = mark.saturating_add(1);
            at = inside;
            // The equals sign that ends a word begins no other.
            let Some(start) = mark.checked_sub(1).filter(|&start| start >= floor) else { continue };
            if text.get(start) != Some(&b'=') {
                continue;
            }
            match encoded_word(text.get(inside..)?) {
                Ok(length) => {
                    at = inside.saturating_add(length);
                    floor = at;
                    return Some(start..at);
                }
                // What follows is a question mark, which may begin another.
                Err(length) => at = inside.saturating_add(length),
            }
        }
    })
}

/// The length of an encoded word behind its `=?`, or how much of it was looked at in vain.
fn encoded_word(text: &[u8]) -> Result<usize, usize> {
    let charset = memchr(b'?', text).ok_or(text.len())?;
    let rest = text.get(charset.saturating_add(1)..).unwrap_or_default();
    let [b'b' | b'B' | b'q' | b'Q', b'?', rest @ ..] = rest else { return Err(charset) };
    let before = charset.saturating_add(3);
    let length = memchr(b'?', rest).ok_or(text.len())?;
    let end = before.saturating_add(length).saturating_add(2);
    let whole = text.get(..end).unwrap_or_default();
    if charset > 0 && whole.ends_with(b"?=") && !whole.iter().any(u8::is_ascii_whitespace) {
        Ok(end)
    } else {
        Err(before.saturating_add(length))
    }
}
