//! What writers share: refusal of what would inject, and folding between tokens.

mod builder;
mod class;
mod edit;
mod encoded_word;
mod fields;
mod folder;
mod slices;
mod unseen;
mod values;

use alloc::string::String;

use memchr::memchr;

use crate::section::is_field_name;

pub use builder::HeaderBuilder;
pub(crate) use class::{BEYOND, CONTROL, Classes, QUESTION};
pub use edit::{Edit, EditError};
pub(crate) use encoded_word::quoted;
pub(crate) use folder::one_line;
pub use folder::{Folder, WriteValue};
pub(crate) use unseen::{has_unseen, is_control, is_invisible};

use class::{BLANK, ESCAPED, SPECIAL};
use unseen::is_other_dot;

/// Why a value cannot be made. Raised where the value is made, before anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidValue {
    /// CR, LF, NUL or another control character, or U+2028 or U+2029, which end lines elsewhere.
    #[error("control character in a value")]
    ControlCharacter,
    /// A field name with other than printable ASCII, or with a colon, or empty.
    #[error("invalid field name")]
    FieldName,
    /// A domain that is neither dot-separated atoms nor a domain literal, or has characters that
    /// cannot be seen, or other full stops than the one of ASCII.
    #[error("invalid domain")]
    Domain,
    /// A name or keyword that is not one token of its grammar.
    #[error("not a token")]
    Token,
    /// A URL that is empty or has white space, angle brackets or other than ASCII.
    #[error("invalid URL")]
    Url,
    /// A value that its grammar does not have.
    #[error("not of the grammar")]
    Grammar,
    /// A message identifier that is not `left@right`.
    #[error("invalid message identifier")]
    MessageId,
    /// A local part or domain of more than 1,000 octets, a name of more than 10,000, or a token
    /// that no line of 998 octets can hold (RFC 5322 §2.1.1).
    #[error("value too long")]
    TooLong,
    /// What is not ASCII, in a field that is to be ASCII and where no encoded word may stand.
    #[error("not ASCII")]
    NotAscii,
    /// A field that a header section may have once, again (RFC 5322 §3.6).
    #[error("field may occur only once")]
    Again,
    /// A list of which the grammar asks for at least one element.
    #[error("empty list")]
    Empty,
    /// A zone beyond -9959 or +9959.
    #[error("zone out of range")]
    Zone,
    /// A year before 1900 or after 9999.
    #[error("year out of range")]
    Year,
    /// A date or time of day that does not exist.
    #[error("no such date or time")]
    Date,
    /// An encoded word (RFC 2047 §5) where an address is to stand: some readers would decode it.
    #[error("encoded word in an address")]
    EncodedWord,
    /// A clause of `Received` that would not be read again as it was given.
    #[error("invalid clause of a Received field")]
    Clause,
}

/// Whether a field of this name is written: not where its line might be the boundary of a part (RFC
/// 2046 §5.1.1), or the `>From` of an mbox.
pub(crate) fn is_writable_name(name: &str) -> bool {
    is_field_name(name.as_bytes()) && !name.starts_with("--") && !name.starts_with('>')
}

/// Refuses control characters, tabs aside: C0, DEL, C1 (U+0080 to U+009F), U+2028 and U+2029, among
/// which are line ends to some readers.
pub(crate) fn refuse_controls(text: &str) -> Result<(), InvalidValue> {
    if is_plain(text) {
        return Ok(());
    }
    let bad = text.chars().any(|character| is_control(character) && character != '\t');
    if bad { Err(InvalidValue::ControlCharacter) } else { Ok(()) }
}

/// Whether text is printable ASCII, blanks among it: what most text is, and needs no closer look.
pub(crate) fn is_plain(text: &str) -> bool {
    let text = text.as_bytes();
    let (chunks, rest) = text.as_chunks();
    let plain = |octet: &u8| matches!(octet, b' '..=b'~');
    chunks.iter().all(is_plain_chunk)
        && match text.last_chunk() {
            // It overlaps the last of the chunks.
            Some(last) => is_plain_chunk(last),
            None => rest.iter().all(plain),
        }
}

/// The same of eight octets at once.
#[inline]
fn is_plain_chunk(chunk: &[u8; 8]) -> bool {
    const ONE: u64 = u64::MAX / 0xff;
    let octets = u64::from_ne_bytes(*chunk);
    // Bit 7 is set in an octet beyond ASCII, in one above `~` and one more, and in one below a blank
    // and a blank less. A carry or borrow comes out of such an octet alone.
    let above = octets.wrapping_add(ONE);
    let below = octets.wrapping_sub(ONE.wrapping_mul(0x20));
    (octets | above | below) & ONE.wrapping_mul(0x80) == 0
}

/// Whether `=?` stands in a text, with which encoded words begin (RFC 2047 §2).
pub(crate) fn has_word_start(text: &str) -> bool {
    memchr(b'?', text.as_bytes()).is_some() && text.contains("=?")
}

/// `dot-atom-text` (RFC 5322 §3.2.3) with the UTF-8 of RFC 6532, as far as it can be seen.
pub(crate) fn is_dot_atom(text: &str) -> bool {
    let classes = Classes::of(text);
    let is_atext =
        !classes.has(BLANK | ESCAPED | SPECIAL | CONTROL) && !classes.is_loose(class::DOT);
    is_atext && (!classes.has(BEYOND) || (!text.chars().any(is_control) && !has_unseen(text)))
}

/// `domain = dot-atom / domain-literal` (RFC 5322 §3.4.1), without comments and white space.
pub(crate) fn is_domain(text: &str) -> bool {
    let is_dotted =
        |text: &str| is_dot_atom(text) && (text.is_ascii() || !text.contains(is_other_dot));
    is_dotted(text) || is_domain_literal(text)
}

/// `"[" *dtext "]"` (RFC 5322 §3.4.1), without the brackets, parentheses, quotation marks, commas,
/// semicolons and at signs that `dtext` has but no address literal (RFC 5321 §4.1.3): to a reader
/// that looks for these first, they would end the address or identifier around the literal, or
/// begin another (CVE-2025-13033).
pub(crate) fn is_domain_literal(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    inside.is_some_and(|inside| {
        !inside.contains(['[', ']', '\\', '<', '>', '(', ')', '"', ' ', ',', ';', '@'])
            && !inside.chars().any(is_control)
            && !has_unseen(inside)
    })
}

/// Writes one field, with its line end, folded so that no token is broken and, where the tokens
/// allow it, no line is longer than 78 octets (RFC 5322 §2.2.3). One space stands between tokens;
/// empty tokens are left out.
///
/// ```
/// let field = postrider_message::fold("Received", ["from a.example", "by b.example;", "…"])?;
/// assert_eq!(field, "Received: from a.example by b.example; …\r\n");
/// assert!(postrider_message::fold("Subject", ["a\r\nBcc: b@c"]).is_err());
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
pub fn fold<'t>(
    name: &str,
    tokens: impl IntoIterator<Item = &'t str>,
) -> Result<String, InvalidValue> {
    let mut folder = Folder::new(name)?;
    for token in tokens {
        let token = token.trim_matches([' ', '\t']);
        folder.blank().token(token);
    }
    folder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_plain_where_each_octet_is_printable_ascii() {
        for length in 0..20 {
            let plain = "~".repeat(length);
            assert!(is_plain(&plain) && is_plain(&" ".repeat(length)));
            for at in 0..length {
                for other in (0..=0xff).filter_map(char::from_u32) {
                    let mut text = plain.clone();
                    text.replace_range(at..=at, other.encode_utf8(&mut [0; 4]));
                    assert_eq!(is_plain(&text), matches!(other, ' '..='~'), "{text:?}");
                }
            }
        }
    }
}
