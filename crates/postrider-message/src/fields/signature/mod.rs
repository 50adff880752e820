//! `DKIM-Signature` (RFC 6376 §3.5), `ARC-Message-Signature` and `ARC-Seal` (RFC 8617 §4.1): what
//! they say, for crates that verify them.

mod rules;
mod values;

use alloc::{borrow::Cow, string::String, vec::Vec};

use super::tags::{Tag, TagList};
use crate::{FieldValue, Folder, Parsed, RawValue, WriteValue};

use rules::{ARC_MESSAGE, ARC_SEAL, DKIM, check};
use values::{colons, copied, first_atom, number, octets, unquoted};

pub(super) use values::instance;

/// `sig-c-tag-alg` (RFC 6376 §3.5), for header or body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Canonicalization {
    /// RFC 6376 §3.4.1 and §3.4.3.
    Simple,
    /// RFC 6376 §3.4.2 and §3.4.4.
    Relaxed,
    /// A name that is neither.
    Unknown,
}

impl Canonicalization {
    fn of(name: &str) -> Self {
        match name {
            "simple" => Self::Simple,
            "relaxed" => Self::Relaxed,
            _ => Self::Unknown,
        }
    }
}

/// `seal-cv-tag` (RFC 8617 §4.1.3): what the chain of seals was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChainValidation {
    /// There was no chain yet.
    None,
    /// The chain is broken.
    Fail,
    /// The chain is whole.
    Pass,
}

macro_rules! signatures {
    ($($(#[$doc:meta])* $name:ident $rules:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Default, PartialEq, Eq)]
            pub struct $name<'a>(TagList<'a>);

            impl<'a> $name<'a> {
                /// A field of these tags.
                pub const fn new(tags: TagList<'a>) -> Self {
                    Self(tags)
                }

                /// All tags as they stand.
                pub const fn tags(&self) -> &TagList<'a> {
                    &self.0
                }

                /// `a=`: the algorithm, such as `rsa-sha256`.
                pub fn algorithm(&self) -> Option<Cow<'_, str>> {
                    self.0.text("a")
                }

                /// `b=`: the signature. `None` where it is not base64.
                pub fn signature(&self) -> Option<Vec<u8>> {
                    self.0.get("b").and_then(octets)
                }

                /// `d=`: the domain that answers for it.
                pub fn domain(&self) -> Option<Cow<'_, str>> {
                    self.0.text("d")
                }

                /// `s=`: the selector of its key.
                pub fn selector(&self) -> Option<Cow<'_, str>> {
                    self.0.text("s")
                }

                /// `t=`: when it was made, in seconds since 1970 began.
                pub fn timestamp(&self) -> Option<u64> {
                    self.0.get("t").and_then(number)
                }
            }

            impl<'a> FieldValue<'a> for $name<'a> {
                fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
                    let mut read = TagList::read(raw);
                    check(&read.value, $rules, raw.span(), &mut read.defects);
                    read.map(Self)
                }
            }

            impl WriteValue for $name<'_> {
                fn write_value(&self, to: &mut Folder) {
                    self.0.write_value(to);
                }
            }
        )*
    };
}

macro_rules! message_signatures {
    ($($name:ident)*) => {
        $(
            impl $name<'_> {
                /// `bh=`: the hash of the body. `None` where it is not base64.
                pub fn body_hash(&self) -> Option<Vec<u8>> {
                    self.tags().get("bh").and_then(octets)
                }

                /// `c=`: how header and body were made canonical; both are simple where it does
                /// not say.
                pub fn canonicalization(&self) -> (Canonicalization, Canonicalization) {
                    canonicalization(self.tags())
                }

                /// `h=`: the names of the fields that are signed, in order, as often as they
                /// stand there.
                pub fn signed_fields(&self) -> impl Iterator<Item = Cow<'_, str>> {
                    colons(self.tags().get("h"))
                }

                /// `l=`: octets of the canonical body that are signed; all where it does not say.
                pub fn body_length(&self) -> Option<u64> {
                    self.tags().get("l").and_then(number)
                }

                /// `q=`: how to find the key, in order; empty where it does not say, which means
                /// `dns/txt`.
                pub fn query_methods(&self) -> impl Iterator<Item = Cow<'_, str>> {
                    colons(self.tags().get("q"))
                }

                /// `x=`: when it expires, in seconds since 1970 began.
                pub fn expiration(&self) -> Option<u64> {
                    self.tags().get("x").and_then(number)
                }

                /// `z=`: names and values of fields as they were when it was made, decoded
                /// (RFC 6376 §2.11). For diagnosis alone.
                pub fn copied_fields(&self) -> impl Iterator<Item = (Cow<'_, str>, Vec<u8>)> {
                    copied(self.tags().get("z"))
                }
            }
        )*
    };
}

macro_rules! arc_sets {
    ($($name:ident)*) => {
        $(
            impl $name<'_> {
                /// `i=`: which set of the chain it belongs to, 1 to 50 (RFC 8617 §4.2.1).
                pub fn instance(&self) -> Option<u8> {
                    self.tags().get("i").and_then(|tag| instance(tag.value()))
                }
            }
        )*
    };
}

signatures! {
    /// `DKIM-Signature` (RFC 6376 §3.5). Nothing is verified here; the exact octets of each tag
    /// are in [`tags`](Self::tags).
    ///
    /// ```
    /// use postrider_message::{Canonicalization, HeaderSection};
    ///
    /// let section = HeaderSection::parse(
    ///     "DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n\
    ///      \x20c=simple; q=dns/txt; i=joe@football.example.com;\r\n\
    ///      \x20h=Received : From : To : Subject : Date : Message-ID;\r\n\
    ///      \x20bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=AAEC\r\n\r\n",
    /// );
    /// let signature = section.headers().dkim_signatures().next().unwrap().value;
    /// assert_eq!(signature.domain().unwrap(), "example.com");
    /// assert_eq!(signature.identity().unwrap(), "joe@football.example.com");
    /// assert_eq!(signature.signed_fields().nth(1).unwrap(), "From");
    /// assert_eq!(signature.canonicalization(), (Canonicalization::Simple, Canonicalization::Simple));
    /// assert_eq!(signature.signature().unwrap(), [0, 1, 2]);
    /// ```
    DkimSignature DKIM;

    /// `ARC-Message-Signature` (RFC 8617 §4.1.2): a DKIM signature with an instance in place of an
    /// identity.
    ArcMessageSignature ARC_MESSAGE;

    /// `ARC-Seal` (RFC 8617 §4.1.3).
    ArcSeal ARC_SEAL;
}

message_signatures! { DkimSignature ArcMessageSignature }
arc_sets! { ArcMessageSignature ArcSeal }

impl DkimSignature<'_> {
    /// `v=`: the version, which is `1`.
    pub fn version(&self) -> Option<Cow<'_, str>> {
        self.tags().text("v")
    }

    /// `i=`: the agent or user on whose behalf it was made, decoded; `@` and the domain where it
    /// does not say. `None` where there is neither.
    pub fn identity(&self) -> Option<String> {
        match self.tags().get("i") {
            Some(tag) => Some(String::from_utf8_lossy(&unquoted(&tag.compact())).into_owned()),
            None => Some(alloc::format!("@{}", self.domain()?)),
        }
    }
}

impl ArcSeal<'_> {
    /// `cv=`: what the chain was found to be. `None` where it is not one of the three.
    pub fn chain_validation(&self) -> Option<ChainValidation> {
        match first_atom(self.tags().get("cv")?.value())? {
            b"none" => Some(ChainValidation::None),
            b"fail" => Some(ChainValidation::Fail),
            b"pass" => Some(ChainValidation::Pass),
            _ => None,
        }
    }
}

fn canonicalization(tags: &TagList<'_>) -> (Canonicalization, Canonicalization) {
    let Some(value) = tags.get("c").map(Tag::compact) else {
        return (Canonicalization::Simple, Canonicalization::Simple);
    };
    let value = String::from_utf8_lossy(&value);
    // "If only one algorithm is named, that algorithm is used for the header and 'simple' is used
    // for the body."
    let (header, body) = value.split_once('/').unwrap_or((&value, "simple"));
    (Canonicalization::of(header), Canonicalization::of(body))
}
