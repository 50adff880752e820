//! `DKIM-Signature` (RFC 6376 §3.5), `ARC-Message-Signature` and `ARC-Seal` (RFC 8617 §4.1): what
//! they say, for crates that verify them.

use alloc::{borrow::Cow, string::String, vec::Vec};

use encodify::base64;

use super::tags::{Tag, TagList};
use crate::{
    Code, Defects, FieldValue, Folder, Lexer, Parsed, RawValue, Span, Token, WriteValue, code,
    text::lossy,
};

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

/// The instance of an ARC set: a number from 1 to 50, comments around it.
pub(super) fn instance(value: &[u8]) -> Option<u8> {
    let digits = core::str::from_utf8(first_atom(value)?).ok()?;
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
    digits.parse().ok().filter(|number| plain && (1..=50).contains(number))
}

fn first_atom(value: &[u8]) -> Option<&[u8]> {
    match Lexer::mime(RawValue::new(value)).next_solid()?.token {
        Token::Atom(atom) => Some(atom),
        _ => None,
    }
}

fn octets(tag: &Tag<'_>) -> Option<Vec<u8>> {
    base64::STANDARD.decode(tag.compact()).ok()
}

fn number(tag: &Tag<'_>) -> Option<u64> {
    let value = core::str::from_utf8(tag.value()).ok()?;
    let plain = value.bytes().all(|digit| digit.is_ascii_digit());
    if plain { value.parse().ok() } else { None }
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

fn colons<'t>(tag: Option<&'t Tag<'_>>) -> impl Iterator<Item = Cow<'t, str>> {
    let items = tag.map(|tag| tag.value().split(|&octet| octet == b':'));
    items.into_iter().flatten().map(|name| lossy(Cow::Borrowed(name.trim_ascii())))
}

fn copied<'t>(tag: Option<&'t Tag<'_>>) -> impl Iterator<Item = (Cow<'t, str>, Vec<u8>)> {
    let items = tag.map(|tag| tag.value().split(|&octet| octet == b'|'));
    items.into_iter().flatten().filter_map(|field| {
        let colon = memchr::memchr(b':', field)?;
        let (name, value) = field.split_at_checked(colon)?;
        Some((lossy(Cow::Borrowed(name.trim_ascii())), unquoted(value.get(1..)?)))
    })
}

/// `dkim-quoted-printable` (RFC 6376 §2.11): white space is dropped, `=` and two digits are an
/// octet. An equals sign that starts none is a character.
fn unquoted(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        match after {
            [high, low, after @ ..] if octet == b'=' => match hex(*high, *low) {
                Some(decoded) => {
                    out.push(decoded);
                    rest = after;
                }
                None => out.push(octet),
            },
            _ if octet.is_ascii_whitespace() => {}
            _ => out.push(octet),
        }
    }
    out
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |octet: u8| char::from(octet).to_digit(16);
    u8::try_from(digit(high)?.checked_mul(16)?.checked_add(digit(low)?)?).ok()
}

/// A tag that a field defines: its name, whether it must be there, and whether a value is valid.
type Rule = (&'static str, bool, fn(&Tag<'_>) -> bool);

const DKIM: &[Rule] = &[
    ("v", true, |tag| tag.value() == b"1"),
    ("a", true, is_algorithm),
    ("b", true, is_base64),
    ("bh", true, is_base64),
    ("c", false, is_canonicalization),
    ("d", true, is_domain),
    ("h", true, has_from),
    ("i", false, |tag| tag.value().contains(&b'@')),
    ("l", false, |tag| number(tag).is_some()),
    ("s", true, is_domain),
    ("t", false, |tag| number(tag).is_some()),
    ("x", false, |tag| number(tag).is_some()),
];

const ARC_MESSAGE: &[Rule] = &[
    ("i", true, |tag| instance(tag.value()).is_some()),
    ("a", true, is_algorithm),
    ("b", true, is_base64),
    ("bh", true, is_base64),
    ("c", false, is_canonicalization),
    ("d", true, is_domain),
    ("h", true, has_from),
    ("l", false, |tag| number(tag).is_some()),
    ("s", true, is_domain),
    ("t", false, |tag| number(tag).is_some()),
    ("x", false, |tag| number(tag).is_some()),
];

const ARC_SEAL: &[Rule] = &[
    ("i", true, |tag| instance(tag.value()).is_some()),
    ("a", true, is_algorithm),
    ("b", true, is_base64),
    ("cv", true, |tag| matches!(first_atom(tag.value()), Some(b"none" | b"fail" | b"pass"))),
    ("d", true, is_domain),
    // "the DKIM "h" tag is NOT allowed" (RFC 8617 §4.1.3)
    ("h", false, |_| false),
    ("s", true, is_domain),
    ("t", false, |tag| number(tag).is_some()),
];

fn check(tags: &TagList<'_>, rules: &[Rule], whole: Span, defects: &mut Defects) {
    for (name, required, is_valid) in rules {
        let found: Option<(&'static Code, Span)> = match tags.get(name) {
            None if *required => Some((&code::MISSING_TAG, whole)),
            Some(tag) if !is_valid(tag) => Some((&code::INVALID_TAG, tag.span())),
            _ => None,
        };
        if let Some((code, span)) = found {
            defects.push(code, span);
        }
    }
}

/// `sig-a-tag-alg = sig-a-tag-k "-" sig-a-tag-h`
fn is_algorithm(tag: &Tag<'_>) -> bool {
    let part = |text: &[u8]| {
        text.first().is_some_and(u8::is_ascii_alphabetic)
            && text.iter().all(u8::is_ascii_alphanumeric)
    };
    let mut parts = tag.value().splitn(2, |&octet| octet == b'-');
    parts.next().is_some_and(part) && parts.next().is_some_and(part)
}

fn is_base64(tag: &Tag<'_>) -> bool {
    octets(tag).is_some_and(|octets| !octets.is_empty())
}

fn is_canonicalization(tag: &Tag<'_>) -> bool {
    let word = |text: &[u8]| {
        !text.is_empty() && text.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
    };
    let value = tag.compact();
    value.splitn(2, |&octet| octet == b'/').all(word)
}

fn is_domain(tag: &Tag<'_>) -> bool {
    tag.value().split(|&octet| octet == b'.').all(|label| {
        let plain =
            |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | 0x80..);
        !label.is_empty() && label.iter().all(plain)
    })
}

/// "The From header field MUST be signed (that is, included in the "h=" tag" (RFC 6376 §5.4)
fn has_from(tag: &Tag<'_>) -> bool {
    colons(Some(tag)).any(|name| name.eq_ignore_ascii_case("From"))
}
