//! What a sender asks of delivery status notifications (RFC 3461, RFC 6533).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::fmt::Write as _;

use crate::syntax::address::breaks_lines;
use crate::{ValueError, xtext};

/// Longest `ENVID` (RFC 3461 §4.4).
const ENVID: usize = 100;
/// Longest `ORCPT` (RFC 3461 §4.2), and longest `AUTH` (RFC 4954 §5).
const LONG: usize = 500;

/// How much of the mail a bounce is to bring back: `RET` (RFC 3461 §4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ret {
    /// `FULL`: all of it.
    Full,
    /// `HDRS`: its header section.
    Headers,
}

impl Ret {
    /// As it stands behind `RET=`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Headers => "HDRS",
        }
    }

    pub(crate) fn from_wire(value: &str) -> Option<Self> {
        [Self::Full, Self::Headers].into_iter().find(|ret| ret.as_str().eq_ignore_ascii_case(value))
    }
}

/// When a recipient's fate is to be told: `NOTIFY` (RFC 3461 §4.1).
///
/// ```
/// use postrider_smtp::Notify;
///
/// assert_eq!(Notify::new(true, true, false)?.to_string(), "SUCCESS,FAILURE");
/// assert_eq!(Notify::never().to_string(), "NEVER");
/// assert!(Notify::new(false, false, false).is_err());
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Notify {
    success: bool,
    failure: bool,
    delay: bool,
}

impl Notify {
    /// `NEVER`.
    #[must_use]
    pub const fn never() -> Self {
        Self { success: false, failure: false, delay: false }
    }

    /// On at least one of success, failure and delay.
    ///
    /// # Errors
    ///
    /// [`ValueError::Empty`] for none: that is [`Notify::never`].
    pub const fn new(success: bool, failure: bool, delay: bool) -> Result<Self, ValueError> {
        if !success && !failure && !delay {
            return Err(ValueError::Empty);
        }
        Ok(Self { success, failure, delay })
    }

    /// Whether nothing is to be told.
    #[must_use]
    pub const fn is_never(self) -> bool {
        !self.success && !self.failure && !self.delay
    }

    /// Whether delivery is to be told.
    #[must_use]
    pub const fn success(self) -> bool {
        self.success
    }

    /// Whether failure is to be told.
    #[must_use]
    pub const fn failure(self) -> bool {
        self.failure
    }

    /// Whether delay is to be told.
    #[must_use]
    pub const fn delay(self) -> bool {
        self.delay
    }

    /// ```text
    /// notify-esmtp-value      = "NEVER" / 1#notify-list-element
    /// notify-list-element     = "SUCCESS" / "FAILURE" / "DELAY"
    /// ```
    pub(crate) fn from_wire(value: &str) -> Option<Self> {
        if value.eq_ignore_ascii_case("NEVER") {
            return Some(Self::never());
        }
        let mut notify = Self::never();
        for word in value.split(',') {
            let seen = if word.eq_ignore_ascii_case("SUCCESS") {
                &mut notify.success
            } else if word.eq_ignore_ascii_case("FAILURE") {
                &mut notify.failure
            } else if word.eq_ignore_ascii_case("DELAY") {
                &mut notify.delay
            } else {
                return None;
            };
            *seen = true;
        }
        Some(notify)
    }
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_never() {
            return f.write_str("NEVER");
        }
        let words = [(self.success, "SUCCESS"), (self.failure, "FAILURE"), (self.delay, "DELAY")];
        let mut first = true;
        for (_, word) in words.into_iter().filter(|(asked, _)| *asked) {
            if !first {
                f.write_char(',')?;
            }
            first = false;
            f.write_str(word)?;
        }
        Ok(())
    }
}

/// The sender's own name for this sending, which comes back in a bounce: `ENVID` (RFC 3461 §4.4).
///
/// It is kept as it stands in the command, as [`xtext`] of at most 100 octets.
///
/// ```
/// use postrider_smtp::EnvelopeId;
///
/// let id = EnvelopeId::encode("QQ 314159")?;
/// assert_eq!((id.as_xtext(), id.decoded().as_str()), ("QQ+20314159", "QQ 314159"));
/// assert!(EnvelopeId::parse("a b").is_err());
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnvelopeId(String);

impl EnvelopeId {
    /// Reads what stands behind `ENVID=`.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is no `xtext`, is empty, too long, or stands for anything but printable
    /// ASCII.
    pub fn parse(value: &str) -> Result<Self, ValueError> {
        let text = decoded(value, ENVID)?;
        if let Some(at) = text.bytes().position(|octet| !matches!(octet, 32..=126)) {
            return Err(ValueError::Forbidden { at });
        }
        Ok(Self(value.to_owned()))
    }

    /// Encodes a text of printable ASCII.
    ///
    /// # Errors
    ///
    /// As [`EnvelopeId::parse`].
    pub fn encode(text: &str) -> Result<Self, ValueError> {
        Self::parse(&xtext::encode(text))
    }

    /// As it stands in the command.
    #[must_use]
    pub fn as_xtext(&self) -> &str {
        &self.0
    }

    /// What it stands for.
    #[must_use]
    pub fn decoded(&self) -> String {
        xtext::decode_text(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for EnvelopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who submitted the mail, as far as the client trusts that: `AUTH` of `MAIL` (RFC 4954 §5).
///
/// ```
/// use postrider_smtp::AuthParameter;
///
/// let trusted = AuthParameter::encode("e=mc2@example.com")?;
/// assert_eq!(trusted.as_xtext(), "e+3Dmc2@example.com");
/// assert_eq!(AuthParameter::unknown().mailbox(), None);
/// assert!(AuthParameter::parse("x=y").is_err());
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AuthParameter(String);

impl AuthParameter {
    /// `<>`: nobody, or not known.
    #[must_use]
    pub fn unknown() -> Self {
        Self("<>".to_owned())
    }

    /// Reads what stands behind `AUTH=`.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is neither `<>` nor `xtext`, is empty, or longer than 500 octets.
    pub fn parse(value: &str) -> Result<Self, ValueError> {
        if value != "<>" {
            decoded(value, LONG)?;
        }
        Ok(Self(value.to_owned()))
    }

    /// Encodes a mailbox.
    ///
    /// # Errors
    ///
    /// As [`AuthParameter::parse`].
    pub fn encode(mailbox: &str) -> Result<Self, ValueError> {
        // What reads as nobody is not somebody's name.
        if mailbox == "<>" { Err(ValueError::Syntax) } else { Self::parse(&xtext::encode(mailbox)) }
    }

    /// As it stands in the command.
    #[must_use]
    pub fn as_xtext(&self) -> &str {
        &self.0
    }

    /// Whom it names, unless that is nobody. What a client says here is no proof.
    #[must_use]
    pub fn mailbox(&self) -> Option<String> {
        if self.0 == "<>" { None } else { xtext::decode_text(&self.0) }
    }
}

impl fmt::Display for AuthParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn decoded(value: &str, most: usize) -> Result<String, ValueError> {
    match value.len() {
        0 => Err(ValueError::Empty),
        length if length > most => Err(ValueError::TooLong { most }),
        _ => xtext::decode_text(value).ok_or(ValueError::Syntax),
    }
}

/// Whom the sender wrote to, before anybody rewrote the address: `ORCPT` (RFC 3461 §4.2, RFC 6533 §3).
///
/// ```
/// use postrider_smtp::OriginalRecipient;
///
/// let bob = OriginalRecipient::new("rfc822", "Bob+x@Example.COM")?;
/// assert_eq!(bob.to_string(), "rfc822;Bob+2Bx@Example.COM");
/// let kone = OriginalRecipient::new("utf-8", "k\u{f6}n@example.com")?;
/// assert_eq!(kone.to_string(), "utf-8;k\\x{F6}n@example.com");
/// assert_eq!(kone.decoded(), "k\u{f6}n@example.com");
/// assert!(OriginalRecipient::parse("rfc822;a\r\nb").is_err());
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OriginalRecipient {
    text: String,
    /// Octets of the address type.
    semicolon: usize,
}

impl OriginalRecipient {
    /// Reads what stands behind `ORCPT=`: an address type, a semicolon, and the address in the encoding of
    /// its type.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is not in the grammar or longer than 500 octets.
    pub fn parse(value: &str) -> Result<Self, ValueError> {
        if value.len() > LONG {
            return Err(ValueError::TooLong { most: LONG });
        }
        let (kind, text) = value.split_once(';').ok_or(ValueError::Syntax)?;
        if kind.is_empty() || text.is_empty() {
            return Err(ValueError::Empty);
        }
        let atom =
            kind.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet));
        if !atom || decode(kind, text).is_none() {
            return Err(ValueError::Syntax);
        }
        Ok(Self { text: value.to_owned(), semicolon: kind.len() })
    }

    /// Encodes an address of this type: `utf-8` in the form that needs no `SMTPUTF8` (RFC 6533 §3), any
    /// other as `xtext`.
    ///
    /// # Errors
    ///
    /// As [`OriginalRecipient::parse`].
    pub fn new(address_type: &str, address: &str) -> Result<Self, ValueError> {
        let text = if is_utf8(address_type) { embed(address) } else { xtext::encode(address) };
        Self::parse(&format!("{address_type};{text}"))
    }

    /// The address type, such as `rfc822` or `utf-8`.
    #[must_use]
    pub fn address_type(&self) -> &str {
        self.text.get(..self.semicolon).unwrap_or_default()
    }

    /// The address itself.
    #[must_use]
    pub fn decoded(&self) -> String {
        let text = self.text.get(self.semicolon.saturating_add(1)..).unwrap_or_default();
        decode(self.address_type(), text).unwrap_or_default()
    }

    /// Whether it can be sent without `SMTPUTF8`.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }
}

impl fmt::Display for OriginalRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_utf8(address_type: &str) -> bool {
    address_type.eq_ignore_ascii_case("utf-8")
}

fn decode(address_type: &str, text: &str) -> Option<String> {
    if is_utf8(address_type) { disembed(text) } else { xtext::decode_text(text) }
}

/// ```text
/// QCHAR = %x21-2a / %x2c-3c / %x3e-5b / %x5d-7e
/// ```
const fn is_qchar(c: char) -> bool {
    matches!(c, '\x21'..='\x2a' | '\x2c'..='\x3c' | '\x3e'..='\x5b' | '\x5d'..='\x7e')
}

/// ```text
/// utf-8-addr-xtext    = 1*(QCHAR / EmbeddedUnicodeChar)
/// EmbeddedUnicodeChar = %x5C.78 "{" HEXPOINT "}"
/// ```
fn embed(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if is_qchar(c) {
            out.push(c);
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "\\x{{{:02X}}}", u32::from(c));
        }
        out
    })
}

/// ```text
/// utf-8-addr-unitext  = 1*(QUCHAR / EmbeddedUnicodeChar)
/// QUCHAR              = QCHAR / UTF8-2 / UTF8-3 / UTF8-4
/// ```
///
/// `+` and `=`, which stand in mailboxes, may not stand for themselves here.
fn disembed(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let c = if c == '\\' {
            let (digits, behind) = rest.strip_prefix("\\x{")?.split_once('}')?;
            if !(2..=6).contains(&digits.len()) || !digits.bytes().all(|d| d.is_ascii_hexdigit()) {
                return None;
            }
            rest = behind;
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
        } else {
            rest = rest.get(c.len_utf8()..)?;
            (is_qchar(c) || !c.is_ascii()).then_some(c)?
        };
        if breaks_lines(c) {
            return None;
        }
        out.push(c);
    }
    Some(out)
}
