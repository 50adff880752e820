//! Encoded words (RFC 2047), and what stands between quotation marks.

use core::ops::Range;

use memchr::{memchr, memmem};

use super::{
    Findings,
    lines::{content, lines},
};
use crate::{FieldName, Headers, Lexer, Span, Token, code, text};

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
        let words_in_atoms = name.is_address();
        if !words_in_atoms && !has_no_phrase(name) {
            continue;
        }
        let raw = field.raw_value();
        if memmem::find(raw.bytes(), b"=?").is_none() {
            continue;
        }
        let mut tell = |code, octets: &[u8], start: usize| {
            for word in encoded_words(octets) {
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
        if !field.known().is_some_and(FieldName::is_address) || memchr(b'"', raw.bytes()).is_none()
        {
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
    ) || name.is_message_id()
}

/// The encoded words that RFC 2047 §2 has, without white space in them. Others are read too.
fn encoded_words(octets: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let whole = |place: &Range<usize>| {
        octets.get(place.clone()).is_some_and(|word| !word.iter().any(u8::is_ascii_whitespace))
    };
    text::encoded_words(octets).map(|(_, place)| place).filter(whole)
}
