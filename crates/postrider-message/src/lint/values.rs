//! What the header section and the values of its fields told when they were read.

use super::Findings;
use crate::{
    AddressList, DateTime, Defects, Field, FieldName, Headers, MessageIdList, Received, Text, code,
};

/// The defects of the section as such.
pub(super) fn section(headers: Headers<'_>, to: &mut Findings) {
    for defect in headers.defects() {
        to.tell(defect.code(), defect.span());
    }
}

/// The defects of each value.
pub(super) fn values(headers: Headers<'_>, to: &mut Findings) {
    for field in headers.fields() {
        for defect in &defects(field) {
            // Octets that are not UTF-8 are told for all fields alike, in `lines`.
            if *defect.code() != code::INVALID_UTF8 {
                to.tell(defect.code(), defect.span());
            }
        }
    }
}

fn defects(field: Field<'_>) -> Defects {
    match field.known() {
        Some(name) if is_address(name) => field.read::<AddressList<'_>>().defects,
        Some(name) if is_message_id(name) => field.read::<MessageIdList<'_>>().defects,
        Some(FieldName::Date | FieldName::ResentDate) => field.read::<Option<DateTime>>().defects,
        Some(FieldName::Received) => field.read::<Received<'_>>().defects,
        Some(FieldName::Subject | FieldName::Comments | FieldName::ContentDescription) => {
            field.read::<Text<'_>>().defects
        }
        _ => Defects::default(),
    }
}

/// Whether the field is a list of addresses.
pub(super) const fn is_address(name: FieldName) -> bool {
    matches!(
        name,
        FieldName::From
            | FieldName::Sender
            | FieldName::ReplyTo
            | FieldName::To
            | FieldName::Cc
            | FieldName::Bcc
            | FieldName::ResentFrom
            | FieldName::ResentSender
            | FieldName::ResentReplyTo
            | FieldName::ResentTo
            | FieldName::ResentCc
            | FieldName::ResentBcc
            | FieldName::DispositionNotificationTo
    )
}

/// Whether the field is a list of message identifiers.
pub(super) const fn is_message_id(name: FieldName) -> bool {
    matches!(
        name,
        FieldName::MessageId
            | FieldName::InReplyTo
            | FieldName::References
            | FieldName::ResentMessageId
            | FieldName::ContentId
    )
}
