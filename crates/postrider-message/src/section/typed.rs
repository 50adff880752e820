//! Fields beyond the common ones, each as the type it has.

use super::{Field, FieldName, Headers, Parsed};
use crate::{
    ArcAuthenticationResults, ArcMessageSignature, ArcSeal, AuthenticationResults, DkimSignature,
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
}
