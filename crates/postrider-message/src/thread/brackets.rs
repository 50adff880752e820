//! Angle brackets inside of those that hold a message identifier.

use memchr::{memchr2, memrchr};

use crate::lexer::is_white;

/// What brackets stand between brackets.
pub(super) enum Nested {
    /// None, or such as are not closed: the innermost one begins an identifier.
    No,
    /// `<<a@b>>`: so many octets of nothing but brackets.
    Brackets(usize),
    /// `<a "b" <c@d>>`: the outermost ones hold no identifier, and the innermost ones are part of
    /// what they hold.
    Text,
}

/// What stands `inside` a bracket up to the first one that closes, and from there on, at `at`: and
/// where it ends. What is searched behind `at` has no opening bracket, so no octet is searched for
/// another identifier again.
pub(super) fn nested(value: &[u8], inside: &[u8], at: usize) -> (Nested, usize) {
    let Some(last) = memrchr(b'<', inside) else { return (Nested::No, at) };
    let before = inside.get(..last).unwrap_or_default();
    let opened = before.iter().filter(|&&octet| octet == b'<').count();
    let mut tidy = before.iter().all(|&octet| octet == b'<' || is_white(octet));
    let mut end = at;
    for _ in 0..=opened {
        let rest = value.get(end..).unwrap_or_default();
        let found = memchr2(b'<', b'>', rest).filter(|&found| rest.get(found) == Some(&b'>'));
        let Some(found) = found else { return (Nested::No, at) };
        tidy &= rest.iter().take(found).copied().all(is_white);
        end = end.saturating_add(found).saturating_add(1);
    }
    let skip = last.saturating_add(1);
    (if tidy { Nested::Brackets(skip) } else { Nested::Text }, end)
}
