//! What the header section and the values of its fields told when they were read.

use super::Findings;
use crate::{
    AddressList, ArcAuthenticationResults, ArcMessageSignature, ArcSeal, ArchivedAt,
    AuthenticationResults, AutoSubmitted, Autocrypt, ContentMd5, DateTime, Defects, DkimSignature,
    Field, FieldName, Headers, Importance, LanguageTags, ListId, ListUrls, MessageIdList, OneClick,
    PhraseList, Priority, Received, ReceivedSpf, ReturnPath, Sensitivity, Text, TlsRequired, Url,
    code,
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

/// The defects of each value, at most as many as the limit.
pub(crate) fn value_defects(headers: Headers<'_>) -> Defects {
    let mut all = Defects::with_limit(headers.limits().defects);
    for field in headers.fields() {
        all.append(&defects(field));
    }
    all
}

fn defects(field: Field<'_>) -> Defects {
    match field.known() {
        Some(name) if name.is_address() => field.read::<AddressList<'_>>().defects,
        Some(name) if name.is_message_id() => field.read::<MessageIdList<'_>>().defects,
        Some(FieldName::Date | FieldName::ResentDate) => field.read::<Option<DateTime>>().defects,
        Some(FieldName::Received) => field.read::<Received<'_>>().defects,
        Some(FieldName::Subject | FieldName::Comments | FieldName::ContentDescription) => {
            field.read::<Text<'_>>().defects
        }
        Some(name) => structured(field, name),
        None => Defects::default(),
    }
}

/// The fields that have a grammar of their own.
fn structured(field: Field<'_>, name: FieldName) -> Defects {
    match name {
        FieldName::AuthenticationResults => field.read::<AuthenticationResults<'_>>().defects,
        FieldName::ArcAuthenticationResults => field.read::<ArcAuthenticationResults<'_>>().defects,
        FieldName::ArcMessageSignature => field.read::<ArcMessageSignature<'_>>().defects,
        FieldName::ArcSeal => field.read::<ArcSeal<'_>>().defects,
        FieldName::ArchivedAt => field.read::<Option<ArchivedAt<'_>>>().defects,
        FieldName::AutoSubmitted => field.read::<AutoSubmitted<'_>>().defects,
        FieldName::Autocrypt | FieldName::AutocryptGossip => field.read::<Autocrypt<'_>>().defects,
        FieldName::ContentLanguage => field.read::<LanguageTags<'_>>().defects,
        FieldName::ContentLocation => field.read::<Url<'_>>().defects,
        FieldName::ContentMd5 => field.read::<Option<ContentMd5>>().defects,
        FieldName::DkimSignature => field.read::<DkimSignature<'_>>().defects,
        FieldName::Importance => field.read::<Option<Importance>>().defects,
        FieldName::Keywords => field.read::<PhraseList<'_>>().defects,
        FieldName::ListArchive
        | FieldName::ListHelp
        | FieldName::ListOwner
        | FieldName::ListPost
        | FieldName::ListSubscribe
        | FieldName::ListUnsubscribe => field.read::<ListUrls<'_>>().defects,
        FieldName::ListId => field.read::<Option<ListId<'_>>>().defects,
        FieldName::ListUnsubscribePost => field.read::<Option<OneClick>>().defects,
        FieldName::Priority => field.read::<Option<Priority>>().defects,
        FieldName::ReceivedSpf => field.read::<ReceivedSpf<'_>>().defects,
        FieldName::ReturnPath => field.read::<Option<ReturnPath<'_>>>().defects,
        FieldName::Sensitivity => field.read::<Option<Sensitivity>>().defects,
        FieldName::TlsRequired => field.read::<Option<TlsRequired>>().defects,
        _ => Defects::default(),
    }
}
