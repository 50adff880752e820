//! Parameters as almost all write them, read without tokens.

use alloc::{borrow::Cow, vec::Vec};

use super::Parameter;

/// A longer list is left to the tokens.
const MOST: usize = 8;

/// Octets of a plain word: letters, digits and `-._+`.
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

/// `*(";" name "=" (word / DQUOTE text DQUOTE))` with blanks around the semicolons, where nothing can
/// be wrong: ASCII, no escapes, no encoded words, no name twice, nothing of RFC 2231, no more than
/// `limit`. `None` where anything else stands.
pub(super) fn plain(text: &[u8], limit: usize) -> Option<Vec<Parameter<'_>>> {
    let mut list: Vec<Parameter<'_>> = Vec::new();
    let mut rest = blanks(text);
    while let Some(behind) = rest.strip_prefix(b";") {
        rest = blanks(behind);
        if rest.is_empty() {
            break;
        }
        let (name, behind) = word(rest)?;
        let behind = behind.strip_prefix(b"=")?;
        let (value, behind) = match behind.strip_prefix(b"\"") {
            Some(inside) => quoted(inside)?,
            None => word(behind)?,
        };
        let name = core::str::from_utf8(name).ok()?;
        if list.len() >= limit.min(MOST) || list.iter().any(|one| same(&one.name, name)) {
            return None;
        }
        list.push(Parameter { name: Cow::Borrowed(name), value: Cow::Borrowed(value) });
        rest = blanks(behind);
    }
    rest.is_empty().then_some(list)
}

const fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn blanks(text: &[u8]) -> &[u8] {
    let length = text.iter().take_while(|octet| b" \t\r\n".contains(octet)).count();
    text.get(length..).unwrap_or_default()
}

fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_plain = |octet: &u8| WORD.get(usize::from(*octet)).copied().unwrap_or_default();
    let length = text.iter().take_while(|octet| is_plain(octet)).count();
    if length == 0 { None } else { text.split_at_checked(length) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lexer, Parameters, RawValue};

    /// What is read plainly, tokens read the same, and find nothing wrong.
    #[test]
    fn plain_parameters_are_those_of_the_tokens() {
        let words: [&[u8]; 16] = [
            b";", b"a", b"B", b"=", b"\"", b"\"x y\"", b"\"\"", b"; c=d", b" ", b"\r\n\t", b"*",
            b"=?", b"\\", b"(", b"a-._+", b"/",
        ];
        let (mut plainly, mut seed) = (0, 1_u64);
        for _ in 0..200_000 {
            let mut text = Vec::new();
            for _ in 0..seed >> 60 {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                text.extend_from_slice(words[usize::try_from(seed >> 60).unwrap()]);
            }
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let Some(list) = plain(&text, 4) else { continue };
            let raw = RawValue::new(&text);
            let mut lexer = Lexer::mime(raw);
            let expected = Parameters::by_tokens(&mut lexer);
            assert_eq!(Parameters::from_list(list), expected, "{}", text.escape_ascii());
            assert!(lexer.into_defects().is_empty(), "{}", text.escape_ascii());
            plainly += usize::from(!text.trim_ascii().is_empty());
        }
        assert!(plainly > 500, "{plainly}");
    }
}
