//! Languages of `LANG` (RFC 6856 §3).

use alloc::string::String;
use core::fmt;

use crate::ValueError;
use crate::command::breaks_lines;

/// Octets of a tag: what fits behind `LANG ` in the 255 octets of RFC 2449 §4.
const TAG: usize = 248;
/// Octets of a description or of a confirmation.
const TEXT: usize = 200;

/// A language tag (RFC 5646), as far as its shape goes: words of 1 to 8 letters and digits, parted by `-`,
/// the first of letters alone. Case makes no difference.
#[derive(Clone, Debug, Eq)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Takes a tag.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is not of that shape.
    pub fn parse(tag: &str) -> Result<Self, ValueError> {
        if tag.len() > TAG {
            return Err(ValueError::TooLong { most: TAG });
        }
        let mut at = 0_usize;
        for (n, word) in tag.split('-').enumerate() {
            let forbidden = |c: char| match n {
                0 => !c.is_ascii_alphabetic(),
                _ => !c.is_ascii_alphanumeric(),
            };
            if let Some(bad) = word.find(forbidden) {
                return Err(ValueError::Forbidden { at: at.saturating_add(bad) });
            }
            match word.len() {
                0 => return Err(ValueError::Empty),
                1..=8 => at = at.saturating_add(word.len()).saturating_add(1),
                _ => return Err(ValueError::TooLong { most: 8 }),
            }
        }
        Ok(Self(String::from(tag)))
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for LanguageTag {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What `LANG` asks for: a basic language range (RFC 4647 §2.1).
///
/// ```text
/// language-range = (1*8ALPHA *("-" 1*8alphanum)) / "*"
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two alternatives of RFC 4647 §2.1")]
pub enum LanguageRange {
    /// `*`: the language that the server's administrator prefers.
    Preferred,
    /// This language, or one that says more, as `en-GB` to `en`.
    Of(LanguageTag),
}

impl LanguageRange {
    /// Takes a range.
    ///
    /// # Errors
    ///
    /// As [`LanguageTag::parse`].
    pub fn parse(range: &str) -> Result<Self, ValueError> {
        if range == "*" { Ok(Self::Preferred) } else { LanguageTag::parse(range).map(Self::Of) }
    }

    /// The range.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Preferred => "*",
            Self::Of(tag) => tag.as_str(),
        }
    }

    /// Whether the language is in the range (RFC 4647 §3.3.1).
    #[must_use]
    pub fn matches(&self, tag: &LanguageTag) -> bool {
        let Self::Of(range) = self else { return true };
        let Some((head, rest)) = tag.0.split_at_checked(range.0.len()) else { return false };
        head.eq_ignore_ascii_case(&range.0) && (rest.is_empty() || rest.starts_with('-'))
    }
}

/// A language that a server speaks, and a line of its listing.
///
/// ```
/// use postrider_pop3::Language;
///
/// let spanish = Language::new("es", "Espanol")?.with_confirmation("Idioma cambiado")?;
/// assert_eq!(spanish.to_string(), "es Espanol");
/// # Ok::<(), postrider_pop3::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    tag: LanguageTag,
    description: String,
    confirmation: String,
}

impl Language {
    /// A language, with its name in itself, which may be empty.
    ///
    /// # Errors
    ///
    /// As [`LanguageTag::parse`]; [`ValueError`] when the description has more than 200 octets, a control
    /// character, or a space at an end.
    pub fn new(tag: &str, description: &str) -> Result<Self, ValueError> {
        check(description)?;
        let (tag, description) = (LanguageTag::parse(tag)?, String::from(description));
        Ok(Self { tag, description, confirmation: String::new() })
    }

    /// Sets what a server says, in that language, when it is chosen.
    ///
    /// # Errors
    ///
    /// As for the description.
    pub fn with_confirmation(mut self, text: &str) -> Result<Self, ValueError> {
        check(text)?;
        self.confirmation = String::from(text);
        Ok(self)
    }

    /// A line of a listing, read with tolerance: the tag up to the first blank, whatever follows.
    pub(crate) fn received(line: &str) -> Option<Self> {
        let (tag, description) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        let description = description.trim().replace(breaks_lines, "\u{fffd}");
        let (tag, confirmation) = (LanguageTag::parse(tag).ok()?, String::new());
        Some(Self { tag, description, confirmation })
    }

    /// The tag.
    #[must_use]
    pub fn tag(&self) -> &LanguageTag {
        &self.tag
    }

    /// The name of the language. As received: not to be trusted.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    pub(crate) fn confirmation(&self) -> &str {
        &self.confirmation
    }
}

impl fmt::Display for Language {
    /// As in a listing, without the line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tag.fmt(f)?;
        if self.description.is_empty() { Ok(()) } else { write!(f, " {}", self.description) }
    }
}

fn check(text: &str) -> Result<(), ValueError> {
    if text.len() > TEXT {
        return Err(ValueError::TooLong { most: TEXT });
    }
    if let Some(at) = text.find(breaks_lines) {
        return Err(ValueError::Forbidden { at });
    }
    if text.starts_with(' ') {
        return Err(ValueError::Forbidden { at: 0 });
    }
    if text.ends_with(' ') {
        return Err(ValueError::Forbidden { at: text.len().saturating_sub(1) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_words_of_letters_and_digits() {
        for fine in ["en", "en-boont", "zh-Hant-TW", "i-default", "x-a-1"] {
            assert!(LanguageTag::parse(fine).is_ok(), "{fine}");
        }
        for bad in ["", "-", "en-", "1en", "en boont", "es\r\nQUIT", "abcdefghi", "*", "\u{e9}s"] {
            assert!(LanguageTag::parse(bad).is_err(), "{bad:?}");
        }
    }

    /// RFC 4647 §3.3.1: "de-de" matches "de-DE-1996", not "de-Deva".
    #[test]
    fn a_range_matches_what_begins_with_it_word_by_word() {
        let range = LanguageRange::parse("de-de").unwrap();
        let is_in = |tag: &str| range.matches(&LanguageTag::parse(tag).unwrap());
        assert!(is_in("de-DE-1996") && is_in("de-De"));
        assert!(!is_in("de-Deva") && !is_in("de") && !is_in("fr"));
        let any = LanguageRange::parse("*").unwrap();
        assert!(any.matches(&LanguageTag::parse("fr").unwrap()));
    }

    #[test]
    fn what_would_break_a_line_is_refused() {
        for bad in ["a\r\nb", "a\0", " a", "a ", &"x".repeat(201)] {
            assert!(Language::new("en", bad).is_err(), "{bad:?}");
            assert!(Language::new("en", "").unwrap().with_confirmation(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Language::received("de\tDeutsch ").unwrap().description(), "Deutsch");
        assert!(Language::received("Deutsch!").is_none());
    }
}
