//! The MIME fields, as far as the header section alone tells (RFC 2045, RFC 2231).

use alloc::vec::Vec;

use super::Findings;
use crate::{Code, Field, FieldName, Headers, Lexer, Span, Token, code};

/// "Messages composed in accordance with this document MUST include such a header field" (RFC 2045
/// §4).
pub(super) fn version(headers: Headers<'_>, to: &mut Findings) {
    if let Some(field) = headers.get(FieldName::MimeVersion) {
        if !is_one(field) {
            to.tell(&code::OTHER_MIME_VERSION, field.span());
        }
        return;
    }
    let is_content = |field: &Field<'_>| {
        matches!(
            field.known(),
            Some(
                FieldName::ContentType
                    | FieldName::ContentTransferEncoding
                    | FieldName::ContentDisposition
                    | FieldName::ContentId
                    | FieldName::ContentDescription
            )
        )
    };
    if let Some(field) = headers.fields().find(is_content) {
        to.tell(&code::MISSING_MIME_VERSION, field.span());
    }
}

/// `1.0`, whatever comments stand in it: "when checking MIME-Version values any RFC 822 comment
/// strings that are present must be ignored" (RFC 2045 §4).
fn is_one(field: Field<'_>) -> bool {
    let mut lexer = Lexer::new(field.raw_value());
    let mut token = || lexer.next_solid().map(|lexeme| lexeme.token);
    token() == Some(Token::Atom(b"1"))
        && token() == Some(Token::Special(b'.'))
        && token() == Some(Token::Atom(b"0"))
        && token().is_none()
}

/// Parameters that are given twice, or in two forms, of which readers take one or the other.
pub(super) fn parameters(headers: Headers<'_>, to: &mut Findings) {
    for name in [FieldName::ContentType, FieldName::ContentDisposition] {
        for field in headers.all(name) {
            repeated(field, |code, span| to.tell(code, span));
        }
    }
}

/// Compares each name with those before it, whose number is bounded.
fn repeated(field: Field<'_>, mut tell: impl FnMut(&'static Code, Span)) {
    let raw = field.raw_value();
    let mut names: Vec<&[u8]> = Vec::new();
    let mut before = [None, None];
    for lexeme in Lexer::mime(raw).filter(|one| !matches!(one.token, Token::Comment(_))) {
        let [first, second] = before;
        before = [second, Some(lexeme)];
        let (Some(semicolon), Some(attribute)) = (first, second) else { continue };
        let Token::Atom(name) = attribute.token else { continue };
        if !lexeme.is(b'=') || !semicolon.is(b';') || names.len() >= raw.limits().parameters {
            continue;
        }
        let at = |offset: usize| raw.offset().saturating_add(offset);
        let span = Span::from_range(at(attribute.start)..at(attribute.end));
        if names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            tell(&code::DUPLICATE_PARAMETER, span);
        } else if names.iter().any(|other| differ_in_form(other, name)) {
            tell(&code::MIXED_PARAMETER, span);
        }
        names.push(name);
    }
}

/// Whether two names are of one parameter and not both of its sections: `name=`, `name*=`, and
/// `name*0=` or `name*0*=`, where `attribute-char` has no `*` (RFC 2231 §7).
fn differ_in_form(one: &[u8], other: &[u8]) -> bool {
    /// The name itself, and 0 for a plain one, 1 for an extended one, 2 for a section.
    fn form(name: &[u8]) -> (&[u8], u8) {
        match name.iter().position(|&octet| octet == b'*') {
            None => (name, 0),
            Some(at) => {
                let (name, rest) = name.split_at_checked(at).unwrap_or_default();
                (name, if rest == b"*" { 1 } else { 2 })
            }
        }
    }
    let ((one, first), (other, second)) = (form(one), form(other));
    one.eq_ignore_ascii_case(other) && first != second
}
