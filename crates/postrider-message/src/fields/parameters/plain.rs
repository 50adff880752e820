//! Parameters as almost all write them, read without tokens.

use alloc::{borrow::Cow, vec::Vec};

use super::Parameter;
use crate::plain::parameters;

/// What [`parameters`] tells, where no name stands twice, so that nothing can be wrong. `None` where
/// anything else stands.
pub(super) fn plain(text: &[u8], limit: usize) -> Option<Vec<Parameter<'_>>> {
    let mut list: Vec<Parameter<'_>> = Vec::new();
    for one in parameters(text, limit) {
        let (name, value) = one?;
        let name = core::str::from_utf8(name).ok()?;
        if list.iter().any(|one| one.name.eq_ignore_ascii_case(name)) {
            return None;
        }
        list.push(Parameter { name: Cow::Borrowed(name), value: Cow::Borrowed(value) });
    }
    Some(list)
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
