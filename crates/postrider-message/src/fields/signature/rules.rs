//! Which tags the signatures have, and what is valid in them.

use super::{
    Tag, TagList,
    values::{colons, first_atom, instance, number, octets},
};
use crate::{Code, Defects, Span, code};

/// A tag that a field defines: its name, whether it must be there, and whether a value is valid.
pub(super) type Rule = (&'static str, bool, fn(&Tag<'_>) -> bool);

/// RFC 6376 §3.5
pub(super) const DKIM: &[&[Rule]] = &[
    &[("v", true, |tag| tag.value() == b"1"), ("i", false, |tag| tag.value().contains(&b'@'))],
    SIGNATURE,
    MESSAGE,
];

/// RFC 8617 §4.1.2
pub(super) const ARC_MESSAGE: &[&[Rule]] = &[&[INSTANCE], SIGNATURE, MESSAGE];

/// RFC 8617 §4.1.3
pub(super) const ARC_SEAL: &[&[Rule]] = &[
    &[
        INSTANCE,
        ("cv", true, |tag| matches!(first_atom(tag.value()), Some(b"none" | b"fail" | b"pass"))),
        // "the DKIM "h" tag is NOT allowed"
        ("h", false, |_| false),
    ],
    SIGNATURE,
];

const INSTANCE: Rule = ("i", true, |tag| instance(tag.value()).is_some());

/// Of every signature.
const SIGNATURE: &[Rule] = &[
    ("a", true, is_algorithm),
    ("b", true, is_base64),
    ("d", true, is_domain),
    ("s", true, is_domain),
    ("t", false, |tag| number(tag).is_some()),
];

/// Of the signature of a message.
const MESSAGE: &[Rule] = &[
    ("bh", true, is_base64),
    ("c", false, is_canonicalization),
    ("h", true, has_from),
    ("l", false, |tag| number(tag).is_some()),
    ("x", false, |tag| number(tag).is_some()),
];

/// Tells which tags are missing or not valid.
pub(super) fn check(tags: &TagList<'_>, rules: &[&[Rule]], whole: Span, defects: &mut Defects) {
    for (name, required, is_valid) in rules.iter().copied().flatten() {
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
