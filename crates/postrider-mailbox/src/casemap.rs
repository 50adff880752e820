//! The collation `i;unicode-casemap` (RFC 5051): what two strings are compared by.

use alloc::string::String;

use unicode_normalization::char::decompose_compatible;

/// What `i;unicode-casemap` (RFC 5051 §2) compares of a string, octet by octet: each character as
/// its titlecase, and that decomposed, whatever the kind of the decomposition. So `é` and `É` are
/// one, and both stand right behind `E`.
///
/// Characters are looked at one by one, as the RFC does: marks are not put into another order, and
/// what a decomposition brings is not titlecased again. It is linear; the longest decomposition of
/// Unicode makes 33 octets of 3.
pub(crate) fn casemap(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|character| map(character, |part| out.push(part)));
    out
}

/// The same of one character.
pub(crate) fn map(character: char, mut give: impl FnMut(char)) {
    if character.is_ascii() {
        give(character.to_ascii_uppercase());
    } else {
        decompose_compatible(titlecase(character), give);
    }
}

/// The titlecase property of `UnicodeData.txt`: one character, and "normally the same as the
/// uppercase property". `core` knows the uppercase, including that of `SpecialCasing.txt`, which
/// is more than one character and is not meant here.
fn titlecase(character: char) -> char {
    match character {
        // Digraphs: DŽ and dž are Dž.
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has capitals for whole words only.
        '\u{10d0}'..='\u{10ff}' => character,
        _ => {
            let mut upper = character.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(upper), None) => upper,
                _ => iota_adscript(character),
            }
        }
    }
}

/// Greek letters with an iota below have it beside them as capitals, which are one character in
/// titlecase and two in uppercase. No other character with a longer uppercase has a titlecase.
fn iota_adscript(character: char) -> char {
    let capital = match character {
        '\u{1f80}'..='\u{1faf}' => u32::from(character) | 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => u32::from(character).saturating_add(9),
        _ => return character,
    };
    char::from_u32(capital).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use unicode_case_mapping::{to_titlecase, to_uppercase};

    use super::{casemap, titlecase};

    #[test]
    fn the_example_of_the_rfc_comes_out() {
        // RFC 5051 §2: "U+01C4 is converted to U+0044, U+007A, U+030C by this step".
        for digraph in ["\u{1c4}", "\u{1c5}", "\u{1c6}"] {
            assert_eq!(casemap(digraph), "\u{44}\u{7a}\u{30c}");
        }
    }

    #[test]
    fn letters_collate_without_case_and_by_their_base_letter() {
        assert_eq!(casemap("Straße"), "STRAßE");
        assert_eq!(casemap("caf\u{e9}"), "CAFE\u{301}");
        assert_eq!(casemap("CAF\u{c9}"), casemap("cafe\u{301}"));
        // Compatibility decompositions; the letters of a ligature have no titlecase property of
        // their own any more.
        assert_eq!(casemap("\u{fb01}\u{ff21}\u{2460}"), "fiA1");
        // Decompositions of decompositions, and those that are computed.
        assert_eq!(casemap("\u{1e69}\u{ac01}"), "S\u{323}\u{307}\u{1100}\u{1161}\u{11a8}");
        assert_eq!(casemap(""), "");
        // RFC 5051 puts no marks into order.
        assert_ne!(casemap("e\u{301}\u{323}"), casemap("e\u{323}\u{301}"));
    }

    #[test]
    fn the_titlecase_of_each_character_is_that_of_unicode() {
        let (mut known, mut newer) = (0, 0);
        for character in '\u{0}'..=char::MAX {
            // The tables have the longer ones of SpecialCasing.txt too, where the property is none.
            let expected = match to_titlecase(character) {
                [title, 0, 0] if title != 0 => char::from_u32(title).unwrap(),
                _ => character,
            };
            let ours = titlecase(character);
            if expected == character && to_uppercase(character) == [0; 3] && ours != character {
                // A letter of a Unicode younger than the tables.
                newer += 1;
                continue;
            }
            known += u32::from(ours != character);
            assert_eq!(ours, expected, "U+{:04X}", u32::from(character));
        }
        assert!(known > 1300 && newer < 100, "{known} {newer}");
    }

    #[test]
    fn no_character_becomes_longer_than_33_octets() {
        let longest = ('\u{0}'..=char::MAX).map(|one| {
            let text = String::from(one);
            casemap(&text).len() * 3 / text.len()
        });
        assert_eq!(longest.max(), Some(33));
    }
}
