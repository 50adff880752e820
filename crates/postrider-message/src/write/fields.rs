//! The other fields of a header section that is built, each of the type that it is read as.

use super::{HeaderBuilder, InvalidValue};
use crate::{
    AddrSpec, ArcAuthenticationResults, ArcMessageSignature, ArcSeal, ArchivedAt,
    AuthenticationResults, AutoSubmitted, Autocrypt, ContentMd5, DkimSignature, FieldName,
    Importance, LanguageTags, ListId, ListUrls, MessageId, MimeVersion, OneClick, Precedence,
    Priority, Received, ReceivedSpf, ReturnPath, Sensitivity, TlsRequired, Url,
};

macro_rules! fields {
    ($($(#[$doc:meta])* $method:ident $name:ident $value:ty;)*) => {
        impl HeaderBuilder {
            $(
                $(#[$doc])*
                pub fn $method(self, value: &$value) -> Result<Self, InvalidValue> {
                    self.field(FieldName::$name, value)
                }
            )*
        }
    };
}

fields! {
    /// `Return-Path` (RFC 5322 §3.6.7), which the host of the last delivery puts on top of all.
    return_path ReturnPath ReturnPath<'_>;
    /// `Delivered-To` (RFC 9228 §3), which belongs on top, as trace fields do.
    delivered_to DeliveredTo AddrSpec<'_>;
    /// `Received` (RFC 5321 §4.4), which each host puts on top of those before it; on top of a
    /// message that was read, with [`Edit::prepend`](crate::Edit::prepend).
    received Received Received<'_>;
    /// `Received-SPF` (RFC 7208 §9.1), above the `Received` field of the same host.
    received_spf ReceivedSpf ReceivedSpf<'_>;
    /// `Authentication-Results` (RFC 8601 §2), on top, as trace fields are.
    authentication_results AuthenticationResults AuthenticationResults<'_>;
    /// `DKIM-Signature` (RFC 6376 §3.5).
    dkim_signature DkimSignature DkimSignature<'_>;
    /// `ARC-Authentication-Results` (RFC 8617 §4.1.1).
    arc_authentication_results ArcAuthenticationResults ArcAuthenticationResults<'_>;
    /// `ARC-Message-Signature` (RFC 8617 §4.1.2).
    arc_message_signature ArcMessageSignature ArcMessageSignature<'_>;
    /// `ARC-Seal` (RFC 8617 §4.1.3).
    arc_seal ArcSeal ArcSeal<'_>;

    /// `List-Id` (RFC 2919 §3).
    list_id ListId ListId<'_>;
    /// `List-Help` (RFC 2369 §3.1).
    list_help ListHelp ListUrls<'_>;
    /// `List-Unsubscribe` (RFC 2369 §3.2).
    list_unsubscribe ListUnsubscribe ListUrls<'_>;
    /// `List-Unsubscribe-Post` (RFC 8058 §3.1), beside a `List-Unsubscribe` with an HTTPS URL.
    list_unsubscribe_post ListUnsubscribePost OneClick;
    /// `List-Subscribe` (RFC 2369 §3.3).
    list_subscribe ListSubscribe ListUrls<'_>;
    /// `List-Post` (RFC 2369 §3.4), which may be `NO`.
    list_post ListPost ListUrls<'_>;
    /// `List-Owner` (RFC 2369 §3.5).
    list_owner ListOwner ListUrls<'_>;
    /// `List-Archive` (RFC 2369 §3.6).
    list_archive ListArchive ListUrls<'_>;
    /// `Archived-At` (RFC 5064 §2), which may occur again.
    archived_at ArchivedAt ArchivedAt<'_>;

    /// `Auto-Submitted` (RFC 3834 §5): whether no human sends this.
    auto_submitted AutoSubmitted AutoSubmitted<'_>;
    /// `Precedence` (RFC 2076 §3.9), which no standard has and many answering machines heed.
    precedence Precedence Precedence;
    /// `Importance` (RFC 2156 §5.3.4).
    importance Importance Importance;
    /// `Priority` (RFC 2156 §5.3.6).
    priority Priority Priority;
    /// `Sensitivity` (RFC 2156 §5.3.4).
    sensitivity Sensitivity Sensitivity;
    /// `TLS-Required` (RFC 8689 §5).
    tls_required TlsRequired TlsRequired;
    /// `Autocrypt` (Autocrypt Level 1 §2.1): the key of the author.
    autocrypt Autocrypt Autocrypt<'_>;
    /// `Autocrypt-Gossip` (Autocrypt Level 1 §2.3), in the encrypted part alone: the key of
    /// another recipient.
    autocrypt_gossip AutocryptGossip Autocrypt<'_>;

    /// `MIME-Version` (RFC 2045 §4).
    mime_version MimeVersion MimeVersion;
    /// `Content-ID` (RFC 2045 §7).
    content_id ContentId MessageId<'_>;
    /// `Content-Language` (RFC 3282 §2).
    content_language ContentLanguage LanguageTags<'_>;
    /// `Content-Location` (RFC 2557 §4).
    content_location ContentLocation Url<'_>;
    /// `Content-MD5` (RFC 1864 §2).
    content_md5 ContentMd5 ContentMd5;
}
