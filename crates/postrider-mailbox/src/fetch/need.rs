//! How much of a message an attribute needs, and which attributes are known.

use postrider_imap::{FetchAttribute, Section, SectionText};

use crate::Need;

/// How much of a message an attribute needs. `None` for one that this crate does not know.
pub(super) fn need(attribute: &FetchAttribute) -> Option<Need> {
    Some(match attribute {
        FetchAttribute::Flags
        | FetchAttribute::InternalDate
        | FetchAttribute::Rfc822Size
        | FetchAttribute::Uid
        | FetchAttribute::ModSeq
        | FetchAttribute::EmailId
        | FetchAttribute::ThreadId
        | FetchAttribute::SaveDate
        | FetchAttribute::Preview { lazy: true }
        | FetchAttribute::Rfc822 => Need::Metadata,
        FetchAttribute::Envelope | FetchAttribute::Rfc822Header | FetchAttribute::Rfc822Text => {
            Need::Header
        }
        FetchAttribute::BodySection { section, .. } => section_need(section),
        FetchAttribute::Binary { part, .. } | FetchAttribute::BinarySize(part)
            if part.is_empty() =>
        {
            Need::Metadata
        }
        FetchAttribute::Binary { .. }
        | FetchAttribute::BinarySize(_)
        | FetchAttribute::Preview { lazy: false }
        | FetchAttribute::Body
        | FetchAttribute::BodyStructure => Need::Message,
        _ => return None,
    })
}

fn section_need(section: &Section) -> Need {
    match section.piece() {
        None if section.part().is_empty() => Need::Metadata,
        Some(
            SectionText::Header
            | SectionText::Text
            | SectionText::HeaderFields(_)
            | SectionText::HeaderFieldsNot(_),
        ) if section.part().is_empty() => Need::Header,
        _ => Need::Message,
    }
}
