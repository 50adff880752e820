//! Fields beyond the common ones, each as the type it has.

use super::{Field, FieldName, Headers, Parsed};
use crate::{
    ArcAuthenticationResults, ArcMessageSignature, ArcSeal, ArchivedAt, AuthenticationResults,
    DkimSignature, ListId, ListUrls, OneClick, PhraseList, Url,
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

    /// `List-Help` (RFC 2369 §3.1).
    pub fn list_help(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListHelp)
    }

    /// `List-Unsubscribe` (RFC 2369 §3.2).
    pub fn list_unsubscribe(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListUnsubscribe)
    }

    /// `List-Subscribe` (RFC 2369 §3.3).
    pub fn list_subscribe(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListSubscribe)
    }

    /// `List-Post` (RFC 2369 §3.4).
    pub fn list_post(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListPost)
    }

    /// `List-Owner` (RFC 2369 §3.5).
    pub fn list_owner(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListOwner)
    }

    /// `List-Archive` (RFC 2369 §3.6).
    pub fn list_archive(self) -> Option<Parsed<'a, ListUrls<'a>>> {
        self.read(FieldName::ListArchive)
    }

    /// `List-Id` (RFC 2919); no value where there is no identifier.
    pub fn list_id(self) -> Option<Parsed<'a, Option<ListId<'a>>>> {
        self.read(FieldName::ListId)
    }

    /// `List-Unsubscribe-Post` (RFC 8058 §3.1); no value where it says anything else.
    pub fn list_unsubscribe_post(self) -> Option<Parsed<'a, Option<OneClick>>> {
        self.read(FieldName::ListUnsubscribePost)
    }

    /// The `Archived-At` fields (RFC 5064 §2), in order; no value where there is no URL.
    pub fn archived_at(self) -> impl Iterator<Item = Parsed<'a, Option<ArchivedAt<'a>>>> {
        self.all(FieldName::ArchivedAt).map(Field::read)
    }

    /// `Content-Location` (RFC 2557 §4).
    pub fn content_location(self) -> Option<Parsed<'a, Url<'a>>> {
        self.read(FieldName::ContentLocation)
    }

    /// The `Keywords` fields (RFC 5322 §3.6.5), in order.
    pub fn keywords(self) -> impl Iterator<Item = Parsed<'a, PhraseList<'a>>> {
        self.all(FieldName::Keywords).map(Field::read)
    }
}
