//! Resent and trace fields, which stand in blocks before the message (RFC 5322 §3.6.6, §3.6.7).

use super::Findings;
use crate::{AddressList, Field, FieldName, Headers, Span, code};

/// The Resent fields of one resending.
#[derive(Default)]
struct Block<'a> {
    /// Which it has, a bit for each of [`RESENT`].
    seen: u8,
    from: Option<Field<'a>>,
    span: Span,
}

const RESENT: [FieldName; 8] = [
    FieldName::ResentDate,
    FieldName::ResentFrom,
    FieldName::ResentSender,
    FieldName::ResentMessageId,
    FieldName::ResentTo,
    FieldName::ResentCc,
    FieldName::ResentBcc,
    FieldName::ResentReplyTo,
];

/// The bit of a Resent field; `None` for another field.
fn bit(name: FieldName) -> Option<u8> {
    let number = RESENT.iter().position(|&one| one == name)?;
    u8::try_from(number).ok().and_then(|number| 1_u8.checked_shl(number.into()))
}

impl Block<'_> {
    fn has(&self, name: FieldName) -> bool {
        bit(name).is_some_and(|bit| self.seen & bit != 0)
    }

    /// "When resent fields are used, the Resent-From: and Resent-Date: fields MUST be sent. The
    /// Resent-Message-ID: field SHOULD be sent." And `resent-sender` "MUST occur with multi-address
    /// resent-from".
    fn close(self, to: &mut Findings) {
        if self.seen == 0 {
            return;
        }
        if !self.has(FieldName::ResentDate) || !self.has(FieldName::ResentFrom) {
            to.tell(&code::RESENT_INCOMPLETE, self.span);
        }
        if !self.has(FieldName::ResentMessageId) {
            to.tell(&code::RESENT_NO_ID, self.span);
        }
        let authors =
            |field: Field<'_>| field.read::<AddressList<'_>>().value.mailboxes().take(2).count();
        if !self.has(FieldName::ResentSender)
            && let Some(from) = self.from
            && authors(from) > 1
        {
            to.tell(&code::RESENT_SENDER_NEEDED, from.span());
        }
    }
}

/// A block ends where a trace field begins another, or where a field comes again; other fields may
/// stand between its own.
pub(super) fn blocks(headers: Headers<'_>, to: &mut Findings) {
    let mut block = Block::default();
    for field in headers.fields() {
        let Some(name) = field.known() else { continue };
        let Some(bit) = bit(name) else {
            if is_trace(name) {
                core::mem::take(&mut block).close(to);
            }
            continue;
        };
        if block.seen & bit != 0 {
            core::mem::take(&mut block).close(to);
        }
        if block.seen == 0 {
            block.span = field.span();
        }
        block.seen |= bit;
        block.span = Span::from_range(block.span.start()..field.span().end());
        if name == FieldName::ResentFrom {
            block.from = Some(field);
        }
    }
    block.close(to);
}

/// "The obsolete syntax adds a Resent-Reply-To: field".
pub(super) fn reply_to(headers: Headers<'_>, to: &mut Findings) {
    for field in headers.all(FieldName::ResentReplyTo) {
        to.tell(&code::RESENT_REPLY_TO, field.span());
    }
}

/// The syntax of today has trace and Resent fields before all others that it names.
pub(super) fn order(headers: Headers<'_>, to: &mut Findings) {
    let mut begun = false;
    for field in headers.fields() {
        let Some(name) = field.known() else { continue };
        if is_trace(name) || bit(name).is_some() {
            if begun {
                to.tell(&code::LATE_TRACE, field.span());
            }
        } else {
            begun |= is_original(name);
        }
    }
}

const fn is_trace(name: FieldName) -> bool {
    matches!(name, FieldName::ReturnPath | FieldName::Received)
}

/// Whether it is a field of the message itself, of which `fields` (RFC 5322 §3.6) has a rule.
const fn is_original(name: FieldName) -> bool {
    matches!(
        name,
        FieldName::Date
            | FieldName::From
            | FieldName::Sender
            | FieldName::ReplyTo
            | FieldName::To
            | FieldName::Cc
            | FieldName::Bcc
            | FieldName::MessageId
            | FieldName::InReplyTo
            | FieldName::References
            | FieldName::Subject
            | FieldName::Comments
            | FieldName::Keywords
    )
}
