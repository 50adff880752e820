//! What a trusted proxy tells of the client behind it: `XCLIENT` and `XFORWARD`, as Postfix has them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::syntax::address::breaks_lines;
use crate::{ValueError, xtext};

/// Longest value, decoded. A host name has 255 octets.
const VALUE: usize = 255;

/// Names with values, each at most once.
///
/// ```
/// use postrider_smtp::{Attribute, AttributeName, Attributes};
///
/// let told = Attributes::new()
///     .with(AttributeName::Addr, Attribute::Value("192.0.2.1".into()))?
///     .with(AttributeName::Name, Attribute::Unavailable)?;
/// assert_eq!(told.to_string(), " ADDR=192.0.2.1 NAME=[UNAVAILABLE]");
/// let broken = Attribute::Value("a b\r\n".into());
/// assert!(Attributes::new().with(AttributeName::Name, broken).is_err());
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes(Vec<(AttributeName, Attribute)>);

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Attribute {
    /// This.
    Value(String),
    /// `[UNAVAILABLE]`: there is none.
    Unavailable,
    /// `[TEMPUNAVAIL]`: it could not be found out just now.
    TemporarilyUnavailable,
}

/// What an attribute tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AttributeName {
    /// `NAME`: the host name of the client.
    Name,
    /// `ADDR`: its address; IPv6 as `IPV6:` and the address.
    Addr,
    /// `PORT`: its port.
    Port,
    /// `PROTO`: `SMTP` or `ESMTP`.
    Proto,
    /// `HELO`: what it calls itself.
    Helo,
    /// `LOGIN`: whom it logged in as (`XCLIENT` alone).
    Login,
    /// `DESTADDR`: the address that it came to (`XCLIENT` alone).
    DestAddr,
    /// `DESTPORT`: the port that it came to (`XCLIENT` alone).
    DestPort,
    /// `IDENT`: what the proxy calls this mail (`XFORWARD` alone).
    Ident,
    /// `SOURCE`: `LOCAL` or `REMOTE` (`XFORWARD` alone).
    Source,
}

const NAMES: [(AttributeName, &str); 10] = [
    (AttributeName::Name, "NAME"),
    (AttributeName::Addr, "ADDR"),
    (AttributeName::Port, "PORT"),
    (AttributeName::Proto, "PROTO"),
    (AttributeName::Helo, "HELO"),
    (AttributeName::Login, "LOGIN"),
    (AttributeName::DestAddr, "DESTADDR"),
    (AttributeName::DestPort, "DESTPORT"),
    (AttributeName::Ident, "IDENT"),
    (AttributeName::Source, "SOURCE"),
];

impl AttributeName {
    /// As it stands in the command.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        NAMES.iter().find(|(name, _)| *name == self).map_or("", |(_, text)| text)
    }

    /// Those of `XCLIENT`, in the order in which they are announced.
    #[must_use]
    pub fn of_xclient() -> &'static [Self] {
        use AttributeName::{Addr, DestAddr, DestPort, Helo, Login, Name, Port, Proto};
        &[Name, Addr, Port, Proto, Helo, Login, DestAddr, DestPort]
    }

    /// Those of `XFORWARD`, in the order in which they are announced.
    #[must_use]
    pub fn of_xforward() -> &'static [Self] {
        use AttributeName::{Addr, Helo, Ident, Name, Port, Proto, Source};
        &[Name, Addr, Port, Proto, Helo, Ident, Source]
    }

    fn from_wire(text: &[u8]) -> Option<Self> {
        let found = NAMES.iter().find(|(_, name)| name.as_bytes().eq_ignore_ascii_case(text));
        found.map(|(name, _)| *name)
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Attributes {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when the value is empty, longer than 255 octets, holds a control character, or a
    /// blank where none can be meant (all but `LOGIN`), or when the attribute is there already.
    pub fn with(mut self, name: AttributeName, value: Attribute) -> Result<Self, ValueError> {
        if let Attribute::Value(text) = &value {
            if text.is_empty() {
                return Err(ValueError::Empty);
            }
            if text.len() > VALUE {
                return Err(ValueError::TooLong { most: VALUE });
            }
            // XFORWARD_README, note 1: "must not contain control characters, […] whitespace".
            let blanks = name == AttributeName::Login;
            let forbidden = |c: char| breaks_lines(c) || (c == ' ' && !blanks);
            if let Some((at, _)) = text.char_indices().find(|(_, c)| forbidden(*c)) {
                return Err(ValueError::Forbidden { at });
            }
            // As xtext these would read as the words that mean no value.
            if text.starts_with('[') && special(text.as_bytes()).is_some() {
                return Err(ValueError::Syntax);
            }
        }
        if self.get(name).is_some() {
            return Err(ValueError::Syntax);
        }
        self.0.push((name, value));
        Ok(self)
    }

    /// What is told of this.
    #[must_use]
    pub fn get(&self, name: AttributeName) -> Option<&Attribute> {
        self.0.iter().find(|(told, _)| *told == name).map(|(_, value)| value)
    }

    /// The value of this attribute, when it is told and available.
    #[must_use]
    pub fn value(&self, name: AttributeName) -> Option<&str> {
        match self.get(name) {
            Some(Attribute::Value(text)) => Some(text),
            _ => None,
        }
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (AttributeName, &Attribute)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// ```text
    /// xclient-command = XCLIENT 1*( SP attribute-name "=" attribute-value )
    /// attribute-value = xtext
    /// ```
    pub(crate) fn from_wire(list: &[u8], known: &[AttributeName]) -> Option<Self> {
        let mut told = Self::new();
        for word in list.split(|octet| *octet == b' ').filter(|word| !word.is_empty()) {
            let equals = word.iter().position(|octet| *octet == b'=')?;
            let (name, value) = word.split_at_checked(equals)?;
            let value = value.get(1..)?;
            let name = AttributeName::from_wire(name).filter(|name| known.contains(name))?;
            let value = match special(value) {
                Some(value) => value,
                None => Attribute::Value(String::from_utf8(xtext::decode(value)?).ok()?),
            };
            told = told.with(name, value).ok()?;
        }
        (!told.is_empty()).then_some(told)
    }
}

fn special(value: &[u8]) -> Option<Attribute> {
    if value.eq_ignore_ascii_case(b"[UNAVAILABLE]") {
        Some(Attribute::Unavailable)
    } else if value.eq_ignore_ascii_case(b"[TEMPUNAVAIL]") {
        Some(Attribute::TemporarilyUnavailable)
    } else {
        None
    }
}

impl fmt::Display for Attributes {
    /// As they stand behind the keyword, each with its blank.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, value)| match value {
            Attribute::Value(text) => write!(f, " {name}={}", xtext::encode(text)),
            Attribute::Unavailable => write!(f, " {name}=[UNAVAILABLE]"),
            Attribute::TemporarilyUnavailable => write!(f, " {name}=[TEMPUNAVAIL]"),
        })
    }
}
