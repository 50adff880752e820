//! An address as it stands in running text.

use core::ops::Range;

/// The octets of the longest local part that is looked for. RFC 5321 §4.5.3.1.1 asks for 64; VERP
/// makes longer ones.
const LOCAL_PART: usize = 256;

/// The address that begins at `at`, behind marks such as `<`, `"`, `*` or `-`.
///
/// It is one run of octets in the text, so that no address is told that was not there. Letters
/// beyond ASCII count inside `<…>` only: elsewhere nothing parts them from the words around them.
pub(super) fn at(text: &str, at: usize) -> Option<Range<usize>> {
    find(text, at, false)
}

/// The address that a value of its own begins with, where no other words stand around it.
pub(super) fn in_value(value: &str) -> Option<Range<usize>> {
    find(value, 0, true)
}

fn find(text: &str, at: usize, is_alone: bool) -> Option<Range<usize>> {
    let skipped = behind_marks(text, at);
    let rest = text.get(skipped..)?;
    let beyond_ascii = is_alone || text.get(..skipped)?.ends_with('<');
    let local =
        match text.get(at..skipped)?.ends_with('"').then(|| quoted_local(rest, is_alone)).flatten()
        {
            Some(end) => {
                return with_domain(
                    text,
                    skipped.checked_sub(1)?,
                    skipped.checked_add(end)?,
                    beyond_ascii,
                );
            }
            None => {
                run(rest, |byte| is_atext(byte) || byte == b'.' || beyond_ascii && !byte.is_ascii())
            }
        };
    if local == 0 || local > LOCAL_PART {
        return None;
    }
    with_domain(text, skipped, skipped.checked_add(local)?, beyond_ascii)
}

/// Where the marks before an address end.
pub(super) fn behind_marks(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at.saturating_add(run(rest, |byte| b" \n<>[(\"'*:-".contains(&byte)))
}

/// Whether the text is one address and nothing else.
pub(super) fn is_address(text: &str) -> bool {
    in_value(text).is_some_and(|found| found == (0..text.len()))
}

/// The end of a quoted local part whose opening quote is skipped. One with blanks is not read from
/// running text, where their number is lost.
fn quoted_local(rest: &str, is_alone: bool) -> Option<usize> {
    let end =
        run(rest, |byte| byte == b' ' && is_alone || !matches!(byte, b'"' | b'\\' | b'\n' | b' '));
    let is_local = end > 0 && end <= LOCAL_PART && rest.get(end..)?.starts_with("\"@");
    is_local.then(|| end.saturating_add(1))
}

fn with_domain(
    text: &str,
    start: usize,
    at_sign: usize,
    beyond_ascii: bool,
) -> Option<Range<usize>> {
    let domain = text.get(at_sign..)?.strip_prefix('@')?;
    let length = if domain.starts_with('[') {
        let inside = run(domain, |byte| !matches!(byte, b']' | b' ' | b'\n'));
        domain.get(inside..)?.starts_with(']').then(|| inside.saturating_add(1))?
    } else {
        let end = run(domain, |byte| {
            byte.is_ascii_alphanumeric()
                || b"-._".contains(&byte)
                || beyond_ascii && !byte.is_ascii()
        });
        if domain.get(end..)?.starts_with(['@', '\\']) {
            return None;
        }
        domain.get(..end)?.trim_end_matches(['.', '-', '_']).len()
    };
    let end = at_sign.checked_add(1)?.checked_add(length)?;
    (length > 0).then_some(start..end)
}

/// The length of the octets at the start that `is` holds for.
fn run(text: &str, is: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(|byte| !is(byte)).unwrap_or(text.len())
}

/// RFC 5322 §3.2.3.
const fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'/')
        || matches!(byte, b'=' | b'?' | b'^' | b'_' | b'`' | b'{' | b'|' | b'}' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_have_blanks_and_letters_beyond_ascii() {
        for address in ["a@b.example", "\"a  b\"@c.example", "é@ü.example"] {
            assert!(is_address(address), "{address:?}");
        }
        for other in ["a b@c.example", "<a@b.example>", "a@b.example x", "a", ""] {
            assert!(!is_address(other), "{other:?}");
        }
    }

    #[test]
    fn an_address_is_one_run_of_octets() {
        for (text, address) in [
            ("a@b.example", Some("a@b.example")),
            ("<a@b.example>:", Some("a@b.example")),
            ("* [a@b.example]: 550", Some("a@b.example")),
            ("-- a@b.example, c", Some("a@b.example")),
            ("a@b.example.", Some("a@b.example")),
            ("a@b.example... Unknown", Some("a@b.example")),
            ("a@[192.0.2.1] x", Some("a@[192.0.2.1]")),
            ("\"a;b\"@c.example x", Some("\"a;b\"@c.example")),
            ("<\"a;b\"@c.example> x", Some("\"a;b\"@c.example")),
            ("\"a b\"@c.example x", None),
            ("<é@ü.example>", Some("é@ü.example")),
            ("a..b@c.example", Some("a..b@c.example")),
            ("a b@c.example", None),
            ("a@ b.example", None),
            ("a @b.example", None),
            ("a\\@b.example@c.example", None),
            ("a@b.example@c.example", None),
            ("@b.example", None),
            ("a@", None),
            ("a@[192.0.2.1", None),
            ("é@ü.example", None),
            ("", None),
        ] {
            assert_eq!(at(text, 0).map(|found| &text[found]), address, "{text:?}");
        }
    }
}
