//! The MIME fields, as far as the header section alone tells (RFC 2045, RFC 2231).

use super::Findings;
use crate::{Field, FieldName, Headers, Lexer, Parameters, Token, code};

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

/// Parameters that readers disagree about: given twice, in two forms, or with encoded words.
pub(super) fn parameters(headers: Headers<'_>, to: &mut Findings) {
    for (name, tokens) in [(FieldName::ContentType, 3), (FieldName::ContentDisposition, 1)] {
        for field in headers.all(name) {
            let mut lexer = Lexer::mime(field.raw_value());
            // `type "/" subtype` or a disposition, which are the business of MIME.
            for _ in 0..tokens {
                lexer.next_solid();
            }
            let _ = Parameters::read_behind(&mut lexer);
            for defect in lexer.into_defects() {
                to.tell(defect.code(), defect.span());
            }
        }
    }
}
