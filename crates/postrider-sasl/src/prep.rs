//! Names and passwords made comparable: SASLprep (RFC 4013), a profile of stringprep (RFC 3454).
//!
//! ASCII without control characters is itself. All else needs the tables of the feature `std`; without
//! them it is refused.
//!
//! ```
//! use postrider_sasl::prep::{Use, saslprep};
//!
//! // RFC 4013 §3
//! # #[cfg(feature = "std")]
//! assert_eq!(saslprep("I\u{ad}X", Use::Query)?.expose(), "IX");
//! assert_eq!(saslprep("USER", Use::Query)?.expose(), "USER", "case is preserved");
//! assert!(saslprep("\u{7}", Use::Query).is_err());
//! # Ok::<(), postrider_sasl::prep::Unprepared>(())
//! ```

use alloc::string::String;

use postrider_wire::Secret;

/// What a string is prepared for (RFC 3454 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the two kinds of RFC 3454 §7")]
pub enum Use {
    /// To be compared with a stored one, as the user names of SCRAM are (RFC 5802 §5.1): code points
    /// that Unicode 3.2 has not assigned may stand in it.
    Query,
    /// To be stored, as the passwords of SCRAM are (RFC 5802 §2.2): they may not.
    Stored,
}

/// Why a string cannot be prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unprepared {
    /// A character that is prohibited (RFC 4013 §2.3).
    #[error("a character is prohibited")]
    Prohibited,
    /// Characters of both directions where they may not be mixed (RFC 4013 §2.4).
    #[error("directions of text are mixed")]
    Bidirectional,
    /// A code point that Unicode 3.2 has not assigned, in a stored string (RFC 4013 §2.5).
    #[error("a code point is unassigned")]
    Unassigned,
    /// This build prepares ASCII alone: the feature `std` is off.
    #[error("a character is not ascii, and this build cannot prepare it")]
    NotAscii,
}

/// The prepared string, which may be empty. In custody of a [`Secret`], because half of what is
/// prepared are passwords.
///
/// # Errors
///
/// [`Unprepared`], for what RFC 4013 refuses.
pub fn saslprep(text: &str, purpose: Use) -> Result<Secret<String>, Unprepared> {
    if text.is_ascii() {
        // C.2.1: the only ones of ASCII that are prohibited.
        if text.bytes().any(|octet| octet.is_ascii_control()) {
            return Err(Unprepared::Prohibited);
        }
        return Ok(Secret::new(String::from(text)));
    }
    beyond_ascii(text, purpose)
}

#[cfg(not(feature = "std"))]
fn beyond_ascii(_: &str, _: Use) -> Result<Secret<String>, Unprepared> {
    Err(Unprepared::NotAscii)
}

#[cfg(feature = "std")]
fn beyond_ascii(text: &str, purpose: Use) -> Result<Secret<String>, Unprepared> {
    use stringprep::tables;
    use unicode_normalization::UnicodeNormalization;

    // §2.1 and §2.2, in a string that is never grown, so that no copy is left behind: counted first.
    let normalized = || {
        text.chars()
            .filter(|c| !tables::commonly_mapped_to_nothing(*c))
            .map(|c| if tables::non_ascii_space_character(c) { ' ' } else { c })
            .nfkc()
    };
    let octets = normalized().map(char::len_utf8).sum();
    let mut prepared = zeroize::Zeroizing::new(String::with_capacity(octets));
    prepared.extend(normalized());

    if prepared.contains(is_prohibited) {
        return Err(Unprepared::Prohibited);
    }
    // RFC 3454 §6: with any RandALCat there is no LCat, and both ends are RandALCat.
    let right_to_left = tables::bidi_r_or_al;
    if prepared.contains(right_to_left)
        && (prepared.contains(tables::bidi_l)
            || !prepared.starts_with(right_to_left)
            || !prepared.ends_with(right_to_left))
    {
        return Err(Unprepared::Bidirectional);
    }
    if purpose == Use::Stored && prepared.contains(tables::unassigned_code_point) {
        return Err(Unprepared::Unassigned);
    }
    Ok(Secret::new(core::mem::take(&mut *prepared)))
}

/// RFC 4013 §2.3, by the tables of RFC 3454.
#[cfg(feature = "std")]
fn is_prohibited(c: char) -> bool {
    use stringprep::tables;

    tables::non_ascii_space_character(c) // C.1.2
        || tables::ascii_control_character(c) // C.2.1
        || tables::non_ascii_control_character(c) // C.2.2
        || tables::private_use(c) // C.3
        || tables::non_character_code_point(c) // C.4
        || tables::surrogate_code(c) // C.5
        || tables::inappropriate_for_plain_text(c) // C.6
        || tables::inappropriate_for_canonical_representation(c) // C.7
        || tables::change_display_properties_or_deprecated(c) // C.8
        || tables::tagging_character(c) // C.9
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_rfc_4013_section_3_come_out_as_printed() {
        for (input, output) in [
            ("I\u{ad}X", Ok("IX")),
            ("user", Ok("user")),
            ("USER", Ok("USER")),
            ("\u{aa}", Ok("a")),
            ("\u{2168}", Ok("IX")),
            ("\u{7}", Err(Unprepared::Prohibited)),
            ("\u{627}\u{31}", Err(Unprepared::Bidirectional)),
        ] {
            for purpose in [Use::Query, Use::Stored] {
                let prepared = saslprep(input, purpose);
                assert_eq!(
                    prepared.as_ref().map(|text| text.expose().as_str()),
                    output.as_ref().copied()
                );
            }
        }
    }

    #[test]
    fn each_table_that_rfc_4013_section_2_3_names_is_prohibited() {
        for (table, c) in [
            ("C.2.1", "\u{7f}"),
            ("C.2.2", "\u{85}"),
            ("C.2.2", "\u{2028}"),
            ("C.3", "\u{e000}"),
            ("C.4", "\u{fdd0}"),
            ("C.6", "\u{fffd}"),
            ("C.7", "\u{2ff0}"),
            ("C.8", "\u{200e}"),
            ("C.8", "\u{202e}"),
            ("C.9", "\u{e0020}"),
        ] {
            let text = [c, "é"].concat();
            assert_eq!(saslprep(&text, Use::Query), Err(Unprepared::Prohibited), "{table}");
        }
    }

    #[test]
    fn spaces_beyond_ascii_become_spaces_and_joiners_nothing() {
        assert_eq!(saslprep("a\u{a0}b\u{3000}c", Use::Stored).unwrap().expose(), "a b c");
        assert_eq!(saslprep("a\u{200d}b\u{feff}", Use::Stored).unwrap().expose(), "ab");
    }

    #[test]
    fn right_to_left_stands_alone_and_at_both_ends() {
        // RFC 3454 §6 requirements 2 and 3.
        assert!(saslprep("\u{627}1\u{628}", Use::Stored).is_ok());
        for text in ["\u{627}a\u{628}", "1\u{627}", "\u{627}1"] {
            assert_eq!(saslprep(text, Use::Stored), Err(Unprepared::Bidirectional));
        }
    }

    #[test]
    fn unassigned_code_points_may_be_asked_for_and_not_be_stored() {
        // U+0221 is the first of RFC 3454 table A.1.
        assert_eq!(saslprep("\u{221}", Use::Query).unwrap().expose(), "\u{221}");
        assert_eq!(saslprep("\u{221}", Use::Stored), Err(Unprepared::Unassigned));
    }

    proptest! {
        #[test]
        fn stored_strings_are_what_the_crate_stringprep_makes_of_them(text in "\\PC{0,12}|[a\u{5d0}-\u{5ea}1 ]{0,6}|.{0,8}") {
            let ours = saslprep(&text, Use::Stored).ok();
            let theirs = stringprep::saslprep(&text).ok();
            prop_assert_eq!(ours.as_ref().map(|text| text.expose().as_str()), theirs.as_deref());
        }
    }
}
