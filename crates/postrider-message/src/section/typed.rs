//! Fields beyond the common ones, each as the type it has.

use super::{Field, FieldName, Headers, Parsed};
use crate::{
    AddressList, ArcAuthenticationResults, ArcMessageSignature, ArcSeal, ArchivedAt,
    AuthenticationResults, AutoSubmitted, Autocrypt, ContentMd5, DkimSignature, Importance,
    LanguageTags, ListId, ListUrls, MessageIdList, MimeVersion, OneClick, PhraseList, Precedence,
    Priority, ReceivedSpf, ReturnPath, Sensitivity, Text, TlsRequired, Url,
};

impl<'a> Headers<'a> {
    /// The `DKIM-Signature` fields (RFC 6376 §3.5), in order.
    pub fn dkim_signatures(self) -> impl Iterator<Item = Parsed<'a, DkimSignature<'a>>> {
        self.all(FieldName::DkimSignature).map(Field::read)
    }

    /// The `ARC-Seal` fields (RFC 8617 §4.1.3), in order.
    pub fn arc_seals(self) -> impl Iterator<Item = Parsed<'a, ArcSeal<'a>>> {
        self.all(FieldName::ArcSeal).map(Field::read)
    }

    /// The `ARC-Message-Signature` fields (RFC 8617 §4.1.2), in order.
    pub fn arc_message_signatures(
        self,
    ) -> impl Iterator<Item = Parsed<'a, ArcMessageSignature<'a>>> {
        self.all(FieldName::ArcMessageSignature).map(Field::read)
    }

    /// The `Authentication-Results` fields (RFC 8601), in order.
    pub fn authentication_results(
        self,
    ) -> impl Iterator<Item = Parsed<'a, AuthenticationResults<'a>>> {
        self.all(FieldName::AuthenticationResults).map(Field::read)
    }

    /// The `ARC-Authentication-Results` fields (RFC 8617 §4.1.1), in order.
    pub fn arc_authentication_results(
        self,
    ) -> impl Iterator<Item = Parsed<'a, ArcAuthenticationResults<'a>>> {
        self.all(FieldName::ArcAuthenticationResults).map(Field::read)
    }

    /// The first `List-Help` (RFC 2369 §3.1).
    pub fn list_help(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListHelp)
    }

    /// The first `List-Unsubscribe` (RFC 2369 §3.2).
    pub fn list_unsubscribe(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListUnsubscribe)
    }

    /// The first `List-Subscribe` (RFC 2369 §3.3).
    pub fn list_subscribe(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListSubscribe)
    }

    /// The first `List-Post` (RFC 2369 §3.4).
    pub fn list_post(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListPost)
    }

    /// The first `List-Owner` (RFC 2369 §3.5).
    pub fn list_owner(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListOwner)
    }

    /// The first `List-Archive` (RFC 2369 §3.6).
    pub fn list_archive(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListArchive)
    }

    /// The first `List-Id` (RFC 2919); no value where there is no identifier.
    pub fn list_id(self) -> Option<Parsed<'a, Option<ListId<'a>>>> {
        self.read(FieldName::ListId)
    }

    /// The first `List-Unsubscribe-Post` (RFC 8058 §3.1); no value where it says anything else.
    pub fn list_unsubscribe_post(self) -> Option<Parsed<'a, Option<OneClick>>> {
        self.read(FieldName::ListUnsubscribePost)
    }

    /// The `Archived-At` fields (RFC 5064 §2), in order; no value where there is no URL.
    pub fn archived_at(self) -> impl Iterator<Item = Parsed<'a, Option<ArchivedAt<'a>>>> {
        self.all(FieldName::ArchivedAt).map(Field::read)
    }

    /// The first `Content-Location` (RFC 2557 §4).
    pub fn content_location(self) -> Option<Parsed<'a, Url<'a>>> {
        self.read(FieldName::ContentLocation)
    }

    /// The `Keywords` fields (RFC 5322 §3.6.5), in order.
    pub fn keywords(self) -> impl Iterator<Item = Parsed<'a, PhraseList<'a>>> {
        self.all(FieldName::Keywords).map(Field::read)
    }

    /// The `Comments` fields (RFC 5322 §3.6.5), in order: text, encoded words decoded.
    pub fn comments(self) -> impl Iterator<Item = Parsed<'a, Text<'a>>> {
        self.all(FieldName::Comments).map(Field::read)
    }

    /// The first `Return-Path` (RFC 5322 §3.6.7), which the last host wrote; no value where it is no path.
    pub fn return_path(self) -> Option<Parsed<'a, Option<ReturnPath<'a>>>> {
        self.read(FieldName::ReturnPath)
    }

    /// The `Delivered-To` fields (RFC 9228 §3), the newest first.
    pub fn delivered_to(self) -> impl Iterator<Item = Parsed<'a, AddressList<'a>>> {
        self.all(FieldName::DeliveredTo).map(Field::read)
    }

    /// The first `Disposition-Notification-To` (RFC 8098 §2.1): who asks to be told that it was read.
    pub fn disposition_notification_to(self) -> Option<Parsed<'a, AddressList<'a>>> {
        self.read(FieldName::DispositionNotificationTo)
    }

    /// The first `Auto-Submitted` (RFC 3834 §5).
    pub fn auto_submitted(self) -> Option<Parsed<'a, AutoSubmitted<'a>>> {
        self.read(FieldName::AutoSubmitted)
    }

    /// The `Received-SPF` fields (RFC 7208 §9.1), the newest first.
    pub fn received_spf(self) -> impl Iterator<Item = Parsed<'a, ReceivedSpf<'a>>> {
        self.all(FieldName::ReceivedSpf).map(Field::read)
    }

    /// The `Autocrypt` fields (Autocrypt Level 1 §2.1), in order. Of several that are valid none counts.
    pub fn autocrypt(self) -> impl Iterator<Item = Parsed<'a, Autocrypt<'a>>> {
        self.all(FieldName::Autocrypt).map(Field::read)
    }

    /// The `Autocrypt-Gossip` fields (Autocrypt Level 1 §2.3), in order: keys of other recipients, which
    /// count in the encrypted part alone.
    pub fn autocrypt_gossip(self) -> impl Iterator<Item = Parsed<'a, Autocrypt<'a>>> {
        self.all(FieldName::AutocryptGossip).map(Field::read)
    }

    /// The first `MIME-Version` (RFC 2045 §4); no value where it is none.
    pub fn mime_version(self) -> Option<Parsed<'a, Option<MimeVersion>>> {
        self.read(FieldName::MimeVersion)
    }

    /// The first `Content-ID` (RFC 2045 §7): a list, because some have none.
    pub fn content_id(self) -> Option<Parsed<'a, MessageIdList<'a>>> {
        self.read(FieldName::ContentId)
    }

    /// The first `Content-Description` (RFC 2045 §8), encoded words decoded.
    pub fn content_description(self) -> Option<Parsed<'a, Text<'a>>> {
        self.read(FieldName::ContentDescription)
    }

    /// The first `Content-Language` (RFC 3282 §2).
    pub fn content_language(self) -> Option<Parsed<'a, LanguageTags<'a>>> {
        self.read(FieldName::ContentLanguage)
    }

    /// The first `Content-MD5` (RFC 1864 §2); no value where it is no digest.
    pub fn content_md5(self) -> Option<Parsed<'a, Option<ContentMd5>>> {
        self.read(FieldName::ContentMd5)
    }

    /// The first `Importance` (RFC 2156 §5.3.4); no value where it has another word.
    pub fn importance(self) -> Option<Parsed<'a, Option<Importance>>> {
        self.read(FieldName::Importance)
    }

    /// The first `Priority` (RFC 2156 §5.3.6); no value where it has another word.
    pub fn priority(self) -> Option<Parsed<'a, Option<Priority>>> {
        self.read(FieldName::Priority)
    }

    /// The first `Sensitivity` (RFC 2156 §5.3.4); no value where it has another word.
    pub fn sensitivity(self) -> Option<Parsed<'a, Option<Sensitivity>>> {
        self.read(FieldName::Sensitivity)
    }

    /// The first `Precedence` (RFC 2076 §3.9); no value where it has another word.
    pub fn precedence(self) -> Option<Parsed<'a, Option<Precedence>>> {
        self.read(FieldName::Precedence)
    }

    /// The first `TLS-Required` (RFC 8689 §5); no value where it has another word.
    pub fn tls_required(self) -> Option<Parsed<'a, Option<TlsRequired>>> {
        self.read(FieldName::TlsRequired)
    }
}
