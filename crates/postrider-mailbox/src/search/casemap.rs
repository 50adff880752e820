//! The collation i;unicode-casemap (RFC 5051): what a character is mapped to before it is compared.

use unicode_normalization::char::decompose_compatible;

/// Gives the characters that `character` is mapped to: its simple titlecase mapping, fully decomposed
/// (RFC 5051 §2).
pub(super) fn map(character: char, mut give: impl FnMut(char)) {
    if character.is_ascii() {
        give(character.to_ascii_uppercase());
    } else {
        decompose_compatible(titlecase(character), give);
    }
}

/// The simple titlecase mapping of the Unicode Character Database.
///
/// `core` has the uppercase mappings, and these are the same but for the letters below. A mapping to
/// several characters is no simple one, so those characters are their own titlecase, again but for
/// some.
fn titlecase(character: char) -> char {
    match character {
        // The digraphs of Croatian: one letter, of which only the first half is large.
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has large letters for whole words alone.
        '\u{10d0}'..='\u{10ff}' => character,
        // Greek with a small iota beneath, which becomes large with its letter.
        '\u{1f80}'..='\u{1faf}' => moved(character, |code| code | 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => moved(character, |code| code.saturating_add(9)),
        _ => {
            let mut upper = character.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) => one,
                _ => character,
            }
        }
    }
}

fn moved(character: char, by: impl Fn(u32) -> u32) -> char {
    char::from_u32(by(u32::from(character))).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::string::String;

    use super::{map, titlecase};

    fn mapped(text: &str) -> String {
        let mut out = String::new();
        text.chars().for_each(|character| map(character, |one| out.push(one)));
        out
    }

    /// What Perl's `Unicode::UCD::charinfo` tells of all characters of Unicode 14 but ASCII that have a titlecase
    /// mapping: code and titlecase, in hexadecimal digits.
    const PERL: &str = include_str!("../../tests/data/titlecase.txt");

    #[test]
    fn titlecase_is_that_of_the_unicode_character_database() {
        let mut rows = 0;
        let table: BTreeMap<char, char> = PERL
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| {
                let (code, title) = line.split_once(' ').unwrap();
                let of = |code| char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap();
                rows += 1;
                (of(code), of(title))
            })
            .collect();
        assert!(rows > 1300, "{rows}");
        for (&character, &title) in &table {
            assert_eq!(titlecase(character), title, "{:x}", u32::from(character));
        }
        // Letters that are younger than the table.
        let young = |character| {
            matches!(character, '\u{10d50}'..='\u{10d8f}' | '\u{16ea0}'..='\u{16edf}'
                | '\u{a7cb}'..='\u{a7dc}' | '\u{19b}' | '\u{264}' | '\u{1c89}'..='\u{1c8a}')
        };
        for character in ('\u{80}'..=char::MAX).filter(|&one| titlecase(one) != one && !young(one))
        {
            assert!(table.contains_key(&character), "{:x}", u32::from(character));
        }
    }

    #[test]
    fn characters_are_titlecased_and_then_fully_decomposed() {
        // RFC 5051 §2: titlecase, then decomposition, which is applied to what came out.
        for (text, expected) in [
            ("aZ1 ", "AZ1 "),
            ("é", "E\u{301}"),
            ("É", "E\u{301}"),
            ("e\u{301}", "E\u{301}"),
            ("ǆ", "Dz\u{30c}"),
            ("ß", "ß"),
            ("ſ", "S"),
            ("K", "K"),
            ("ａ", "A"),
            ("ﬁ", "fi"),
            ("ς", "Σ"),
            ("д", "Д"),
        ] {
            assert_eq!(mapped(text), expected, "{text}");
        }
    }
}
