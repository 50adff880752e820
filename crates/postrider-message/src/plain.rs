//! Values of MIME fields as almost all write them, cut without tokens, for readers that look at every
//! part of every message. What is written otherwise is left to the [`Lexer`](crate::Lexer): where
//! something is told here, the tokens tell the same.
//!
//! ```
//! use postrider_message::plain;
//!
//! let (ty, rest) = plain::word(plain::trim_start(b" text/plain; charset=utf-8")).unwrap();
//! assert_eq!((ty, rest), (&b"text"[..], &b"/plain; charset=utf-8"[..]));
//! let told: Vec<_> = plain::parameters(b"; charset=utf-8; name=\"a b\"", 8).collect();
//! assert_eq!(told, [Some((&b"charset"[..], &b"utf-8"[..])), Some((b"name", b"a b"))]);
//! assert_eq!(plain::parameters(b"; name*=utf-8''a", 8).last(), Some(None));
//! ```

/// A longer list is left to the tokens.
const MOST: usize = 8;

/// Octets of a plain word.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0_u8;
    while octet < 128 {
        #[expect(clippy::indexing_slicing, reason = "the table has all octets")]
        {
            table[octet as usize] =
                octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'+');
        }
        octet = octet.wrapping_add(1);
    }
    table
};

/// A name and its value.
type Pair<'a> = (&'a [u8], &'a [u8]);

/// Without the white space of a folded value before it.
#[inline]
pub fn trim_start(value: &[u8]) -> &[u8] {
    let blank = value.iter().take_while(|octet| b" \t\r\n".contains(octet)).count();
    value.get(blank..).unwrap_or_default()
}

/// The word of letters, digits and `-._+` that a text begins with, and what stands behind it. `None`
/// where it begins with none.
#[inline]
pub fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_plain = |octet: &u8| WORD.get(usize::from(*octet)).copied().unwrap_or_default();
    let length = text.iter().take_while(|octet| is_plain(octet)).count();
    if length == 0 { None } else { text.split_at_checked(length) }
}

/// `*(";" name "=" (word / DQUOTE text DQUOTE))` with blanks around the semicolons: ASCII, no escapes,
/// no encoded words, nothing of RFC 2231, no more than `limit`, and few. Tells names and values as
/// they stand; `None`, and no more, where anything else stands.
#[inline]
pub fn parameters(text: &[u8], limit: usize) -> impl Iterator<Item = Option<Pair<'_>>> {
    let (mut rest, mut left) = (Some(trim_start(text)), limit.min(MOST));
    core::iter::from_fn(move || {
        let text = rest.take()?;
        let Some(behind) = text.strip_prefix(b";") else {
            return if text.is_empty() { None } else { Some(None) };
        };
        let text = trim_start(behind);
        if text.is_empty() {
            return None;
        }
        let one = left.checked_sub(1).and_then(|fewer| {
            left = fewer;
            parameter(text)
        });
        rest = one.map(|(_, behind)| trim_start(behind));
        Some(one.map(|(pair, _)| pair))
    })
}

#[inline]
fn parameter(text: &[u8]) -> Option<(Pair<'_>, &[u8])> {
    let (name, behind) = word(text)?;
    let behind = behind.strip_prefix(b"=")?;
    let (value, behind) = match behind.strip_prefix(b"\"") {
        Some(inside) => quoted(inside)?,
        None => word(behind)?,
    };
    Some(((name, value), behind))
}

/// What stands before the closing quotation mark, and what behind it.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_plain = |octet: &u8| matches!(octet, b' '..=b'~') && !matches!(octet, b'"' | b'\\');
    let length = text.iter().take_while(|octet| is_plain(octet)).count();
    let (value, behind) = text.split_at_checked(length)?;
    let mut before = b' ';
    let may_be_encoded_word = value.iter().any(|&octet| {
        let first = core::mem::replace(&mut before, octet);
        (first, octet) == (b'=', b'?')
    });
    if may_be_encoded_word { None } else { Some((value, behind.strip_prefix(b"\"")?)) }
}
