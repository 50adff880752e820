//! Words and texts that stand behind a command.

use alloc::string::String;
use core::fmt;

use crate::ValueError;
use crate::syntax::address::breaks_lines;

/// Longest rest of a line that we write: with its command it stays within 512 octets (RFC 5321
/// §4.5.3.1.4).
const ARGUMENT: usize = 480;
/// Longest keyword.
const KEYWORD: usize = 64;

/// The rest of a command line: what `VRFY`, `EXPN`, `HELP` and extensions take. Up to 480 octets of UTF-8
/// without control characters, no blank at either end.
///
/// ```
/// use postrider_smtp::Argument;
///
/// assert_eq!(Argument::parse("Smith")?.as_str(), "Smith");
/// assert!(Argument::parse("Smith\r\nQUIT").is_err());
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Argument(String);

impl Argument {
    /// Reads the text.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is empty, too long, has blanks around it or a control character in it.
    pub fn parse(value: &str) -> Result<Self, ValueError> {
        let text = bounded(value, ARGUMENT)?;
        if let Some((at, _)) = text.char_indices().find(|(_, c)| breaks_lines(*c)) {
            return Err(ValueError::Forbidden { at });
        }
        if text.trim_ascii() != text {
            return Err(ValueError::Syntax);
        }
        Ok(Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can be sent without `SMTPUTF8` (RFC 6531 §3.2).
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }
}

/// Words that begin a command of their own, or one that nobody implements.
const COMMANDS: [&str; 20] = [
    "AUTH", "DATA", "EHLO", "EXPN", "HELO", "HELP", "LHLO", "MAIL", "NOOP", "QUIT", "RCPT", "RSET",
    "SAML", "SEND", "SOML", "STARTTLS", "TURN", "VRFY", "XCLIENT", "XFORWARD",
];

/// The word that a command or parameter of an extension begins with, in upper case: none that begins a
/// command which has a variant of [`crate::Command`].
///
/// ```text
/// esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExtensionKeyword(String);

impl ExtensionKeyword {
    /// Reads a keyword in any case.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is empty, longer than 64 octets, not in the grammar, or the word of another
    /// command; what begins with `BDAT` announces octets.
    pub fn parse(value: &str) -> Result<Self, ValueError> {
        let keyword = Self::of_parameter(value)?;
        let chunk = keyword.0.starts_with("BDAT");
        if chunk || COMMANDS.contains(&keyword.as_str()) {
            return Err(ValueError::Syntax);
        }
        Ok(keyword)
    }

    /// A word that begins no line.
    pub(crate) fn of_parameter(value: &str) -> Result<Self, ValueError> {
        let text = bounded(value, KEYWORD)?;
        if text.starts_with('-') {
            return Err(ValueError::Syntax);
        }
        let forbidden = |octet: u8| !octet.is_ascii_alphanumeric() && octet != b'-';
        match text.bytes().position(forbidden) {
            Some(at) => Err(ValueError::Forbidden { at }),
            None => Ok(Self(text.to_ascii_uppercase())),
        }
    }

    /// The keyword.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn bounded(value: &str, most: usize) -> Result<&str, ValueError> {
    match value.len() {
        0 => Err(ValueError::Empty),
        length if length > most => Err(ValueError::TooLong { most }),
        _ => Ok(value),
    }
}

macro_rules! text {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl core::str::FromStr for $name {
            type Err = ValueError;

            fn from_str(value: &str) -> Result<Self, ValueError> {
                Self::parse(value)
            }
        }
    )*};
}

text!(Argument ExtensionKeyword);

#[cfg(test)]
mod tests {
    extern crate std;

    use super::{Argument, ExtensionKeyword};

    #[test]
    fn what_would_break_a_line_is_refused() {
        for bad in ["", " a", "a ", "a\r\nb", "a\nb", "a\0b", "a\tb", "a\u{85}b"] {
            assert!(Argument::parse(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "-A", "A B", "A=", "A_B", "A\n", "data", "BDATX", "StartTLS"] {
            assert!(ExtensionKeyword::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(ExtensionKeyword::parse("x-1").unwrap().as_str(), "X-1");
        assert!(!Argument::parse("Gr\u{fc}n").unwrap().is_ascii());
    }
}
