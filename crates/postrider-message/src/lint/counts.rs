//! Fields that must, should or should not be there (RFC 5322 §3.6). What occurs too often the index
//! tells.

use super::Findings;
use crate::{AddressList, FieldName, Headers, Lexer, Span, code};

/// `Date` and `From`: "The only required header fields are the origination date field and the
/// originator address field(s)." `Message-ID` should be there.
pub(super) fn required(headers: Headers<'_>, to: &mut Findings) {
    for (name, code) in [
        (FieldName::Date, &code::MISSING_DATE),
        (FieldName::From, &code::MISSING_FROM),
        (FieldName::MessageId, &code::MISSING_MESSAGE_ID),
    ] {
        if headers.get(name).is_none() {
            to.tell(code, end(headers));
        }
    }
}

/// `fields = dates source 1*destination *optional-field` (RFC 822 §4.1): a recipient in `To` or
/// `Cc`, or a `Bcc` that may be empty. "Note that the Bcc field may be empty, while the To field is
/// required to have at least one address" (RFC 822 §A.3.1).
pub(super) fn destination(headers: Headers<'_>, to: &mut Findings) {
    let named = [FieldName::To, FieldName::Cc, FieldName::ResentTo, FieldName::ResentCc];
    let has = |name| {
        let mut fields = headers.all(name);
        fields.any(|field| !field.read::<AddressList<'_>>().value.addresses().is_empty())
    };
    let blind = [FieldName::Bcc, FieldName::ResentBcc];
    if !blind.into_iter().any(|name| headers.get(name).is_some()) && !named.into_iter().any(has) {
        to.tell(&code::NO_DESTINATION, end(headers));
    }
}

/// Fields of addresses, identifiers and key words have at least one, `Bcc` aside.
pub(super) fn empty(headers: Headers<'_>, to: &mut Findings) {
    for field in headers.fields() {
        let Some(name) = field.known() else { continue };
        if name.needs_value() && Lexer::new(field.raw_value()).next_solid().is_none() {
            to.tell(&code::EMPTY_FIELD, field.span());
        }
    }
}

/// `Bcc` with addresses in a message that has gone through the transport system. A copy for the one
/// who is named there may have it: a warning, no more.
pub(super) fn disclosed_bcc(headers: Headers<'_>, to: &mut Findings) {
    if headers.get(FieldName::Received).is_none() {
        return;
    }
    for field in headers.all(FieldName::Bcc) {
        if field.read::<AddressList<'_>>().value.mailboxes().next().is_some() {
            to.tell(&code::BCC_DISCLOSED, field.span());
        }
    }
}

/// The place of what is not there: behind the last field.
fn end(headers: Headers<'_>) -> Span {
    let end = headers.span().end();
    Span::from_range(end..end)
}
