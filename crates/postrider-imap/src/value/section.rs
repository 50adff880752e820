//! Body sections: which octets of a message are meant.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::InvalidValue;
use super::text::Lossy;

/// What stands between the brackets of `BODY[…]` (RFC 3501 §6.4.5, §9 `section-spec`).
///
/// ```
/// use postrider_imap::{Section, SectionText};
///
/// let section = Section::new(vec![4, 1], Some(SectionText::Mime))?;
/// assert_eq!(section.to_string(), "4.1.MIME");
/// assert!(Section::new(vec![], Some(SectionText::Mime)).is_err());
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Section {
    part: Vec<u32>,
    text: Option<SectionText>,
}

/// Which piece of the part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SectionText {
    /// The header section of a message, with the empty line behind it.
    Header,
    /// These fields of it, with an empty line behind them.
    HeaderFields(Vec<FieldName>),
    /// All other fields of it, with an empty line behind them.
    HeaderFieldsNot(Vec<FieldName>),
    /// The body of a message.
    Text,
    /// The MIME header of a part, with the empty line behind it.
    Mime,
}

impl Section {
    /// A piece of a part. No part number means the message itself.
    ///
    /// # Errors
    ///
    /// When a part number is zero, when `MIME` has no part, or when a list of fields is empty.
    pub fn new(part: Vec<u32>, text: Option<SectionText>) -> Result<Self, InvalidValue> {
        if part.contains(&0) {
            return Err(InvalidValue::Number);
        }
        match &text {
            Some(SectionText::Mime) if part.is_empty() => return Err(InvalidValue::Combination),
            Some(SectionText::HeaderFields(names) | SectionText::HeaderFieldsNot(names))
                if names.is_empty() =>
            {
                return Err(InvalidValue::Empty);
            }
            _ => {}
        }
        Ok(Self { part, text })
    }

    /// The whole message, `BODY[]`.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// The header section of the message, `BODY[HEADER]`.
    #[must_use]
    pub fn header() -> Self {
        Self { part: Vec::new(), text: Some(SectionText::Header) }
    }

    /// The body of the message, `BODY[TEXT]`.
    #[must_use]
    pub fn text() -> Self {
        Self { part: Vec::new(), text: Some(SectionText::Text) }
    }

    /// These fields of the header section of the message, `BODY[HEADER.FIELDS (…)]`.
    ///
    /// ```
    /// use postrider_imap::Section;
    ///
    /// let section = Section::header_fields(["Date", "From"])?;
    /// assert_eq!(section.to_string(), "HEADER.FIELDS (Date From)");
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When there are none, or one of them is no [`FieldName`].
    pub fn header_fields(
        names: impl IntoIterator<Item = impl Into<Bytes>>,
    ) -> Result<Self, InvalidValue> {
        let names = names.into_iter().map(FieldName::new).collect::<Result<_, _>>()?;
        Self::new(Vec::new(), Some(SectionText::HeaderFields(names)))
    }

    /// Part numbers from the outside in, such as 4, 2 for the second part of the fourth.
    #[must_use]
    pub fn part(&self) -> &[u32] {
        &self.part
    }

    /// Which piece of the part; without one, all of the body of the part.
    #[must_use]
    pub fn piece(&self) -> Option<&SectionText> {
        self.text.as_ref()
    }
}

/// The name of a header field in a section: printable, not empty.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FieldName(Bytes);

/// The one of these names that is written like this; returns `None` where there is none.
macro_rules! one_of {
    ($name:expr, $($known:literal)*) => {
        match $name {
            $($known => $known,)*
            _ => return None,
        }
    };
}

impl FieldName {
    /// A name that clients ask for all the time, as they write it: it takes no memory of its own.
    pub(crate) fn common(name: &[u8]) -> Option<Self> {
        let known: &'static [u8] = one_of!(name,
            b"From" b"FROM" b"from" b"To" b"TO" b"to" b"Cc" b"CC" b"cc" b"Bcc" b"BCC" b"bcc"
            b"Date" b"DATE" b"date" b"Subject" b"SUBJECT" b"subject" b"Sender" b"SENDER" b"sender"
            b"Reply-To" b"REPLY-TO" b"reply-to" b"Message-ID" b"MESSAGE-ID" b"message-id"
            b"In-Reply-To" b"IN-REPLY-TO" b"in-reply-to" b"References" b"REFERENCES" b"references"
            b"Content-Type" b"CONTENT-TYPE" b"content-type" b"Received" b"RECEIVED" b"received"
            b"List-ID" b"LIST-ID" b"list-id" b"Newsgroups" b"NEWSGROUPS" b"newsgroups"
            b"X-Priority" b"X-PRIORITY" b"x-priority" b"Importance" b"IMPORTANCE" b"importance"
            b"MIME-Version" b"MIME-VERSION" b"mime-version" b"Disposition-Notification-To"
            b"DISPOSITION-NOTIFICATION-TO" b"disposition-notification-to" b"Priority" b"PRIORITY"
            b"priority" b"Content-Description" b"CONTENT-DESCRIPTION" b"content-description"
            b"Lines" b"LINES" b"lines" b"List-Post" b"LIST-POST" b"list-post" b"List-Unsubscribe"
            b"LIST-UNSUBSCRIBE" b"list-unsubscribe" b"X-Label" b"X-LABEL" b"x-label" b"X-TUID"
            b"x-uniform-type-identifier" b"x-universally-unique-identifier" b"DKIM-Signature"
            b"dkim-signature" b"Authentication-Results" b"authentication-results"
        );
        Some(Self(Bytes::from_static(known)))
    }

    /// A name.
    ///
    /// # Errors
    ///
    /// When it is empty or holds an octet that is no printable ASCII.
    pub fn new(name: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let name = name.into();
        if name.is_empty() {
            return Err(InvalidValue::Empty);
        }
        if !name.iter().all(|octet| matches!(octet, b' '..=b'~')) {
            return Err(InvalidValue::Octet);
        }
        Ok(Self(name))
    }

    /// The name as it was written. Field names are compared without regard to case.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Which octets of the section: from the origin on, at most so many (RFC 3501 §6.4.5 `partial`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Partial {
    origin: u64,
    octets: u64,
}

impl Partial {
    /// At most `octets` octets from `origin` on.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Number`] when no octet is asked for.
    pub fn new(origin: u64, octets: u64) -> Result<Self, InvalidValue> {
        if octets == 0 { Err(InvalidValue::Number) } else { Ok(Self { origin, octets }) }
    }

    /// The first octet.
    #[must_use]
    pub fn origin(&self) -> u64 {
        self.origin
    }

    /// The most octets.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.octets
    }
}

/// The name under which the octets of a section travel in a FETCH response.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 9051 and 3516 allow no further names")]
pub enum BodySection {
    /// `BODY[…]`
    Section(Section),
    /// `BINARY[…]` (RFC 3516): the part from the outside in, without transfer encoding.
    Binary(Vec<u32>),
    /// `RFC822`, the old name of `BODY[]`.
    Rfc822,
    /// `RFC822.HEADER`, the old name of `BODY[HEADER]`.
    Rfc822Header,
    /// `RFC822.TEXT`, the old name of `BODY[TEXT]`.
    Rfc822Text,
}

impl BodySection {
    /// The octets that are meant.
    #[must_use]
    pub fn section(&self) -> Section {
        match self {
            Self::Section(section) => section.clone(),
            Self::Binary(part) => Section { part: part.clone(), text: None },
            Self::Rfc822 => Section::all(),
            Self::Rfc822Header => Section::header(),
            Self::Rfc822Text => Section::text(),
        }
    }
}

impl fmt::Display for Section {
    /// As it stands between the brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = Vec::new();
        crate::write::section(&mut octets, self);
        Lossy(&octets).fmt(f)
    }
}

impl fmt::Display for BodySection {
    /// The name without where the octets begin, such as `BODY[TEXT]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = Vec::new();
        self.write(&mut octets, None);
        Lossy(&octets).fmt(f)
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Lossy(&self.0).fmt(f)
    }
}

impl fmt::Debug for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
