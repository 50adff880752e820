//! Status codes (RFC 3463 §2): `2.0.0`, `4.4.1`, `5.1.1`.

use core::fmt;

use postrider_message::InvalidValue;

/// `status-code = class "." subject "." detail` (RFC 3463 §2). `Display` writes it.
///
/// ```
/// use postrider_mime::report::Status;
/// let status = Status::new(5, 1, 1)?;
/// assert_eq!(status.to_string(), "5.1.1");
/// assert!(status.is_permanent_failure());
/// assert_eq!(Status::parse("5.1.1"), Some(status));
/// assert_eq!(Status::parse("5.1"), None);
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status {
    class: u8,
    subject: u16,
    detail: u16,
}

impl Status {
    /// A status of class 2, 4 or 5, and a subject and a detail of up to 999.
    pub const fn new(class: u8, subject: u16, detail: u16) -> Result<Self, InvalidValue> {
        if matches!(class, 2 | 4 | 5) && subject <= 999 && detail <= 999 {
            Ok(Self { class, subject, detail })
        } else {
            Err(InvalidValue::Grammar)
        }
    }

    /// Reads a text that is a status and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        Self::at_start(text).filter(|(_, rest)| rest.is_empty()).map(|(status, _)| status)
    }

    /// The status that a text begins with, and what stands behind it. Zeros before a number are
    /// read, though none may be written (RFC 3463 §2).
    pub(super) fn at_start(text: &str) -> Option<(Self, &str)> {
        let (class, rest) = number(text)?;
        let (subject, rest) = number(rest.strip_prefix('.')?)?;
        let (detail, rest) = number(rest.strip_prefix('.')?)?;
        let whole = !rest.starts_with(|next: char| next == '.' || next.is_ascii_alphanumeric());
        let class = u8::try_from(class).ok()?;
        Self::new(class, subject, detail).ok().filter(|_| whole).map(|status| (status, rest))
    }

    /// What all failures of a class come to, where nothing more is known: `5.0.0`.
    pub(super) const fn of_class(class: u8) -> Option<Self> {
        match class {
            2 | 4 | 5 => Some(Self { class, subject: 0, detail: 0 }),
            _ => None,
        }
    }

    /// 2 for success, 4 for what may pass, 5 for what will not (RFC 3463 §2).
    pub const fn class(self) -> u8 {
        self.class
    }

    /// What it is about (RFC 3463 §2): 1 addresses, 2 mailboxes, 3 mail systems, 4 networks,
    /// 5 the protocol, 6 content, 7 security.
    pub const fn subject(self) -> u16 {
        self.subject
    }

    /// What exactly (RFC 3463 §3.1 to §3.8).
    pub const fn detail(self) -> u16 {
        self.detail
    }

    /// Whether it tells of a success.
    pub const fn is_success(self) -> bool {
        self.class == 2
    }

    /// Whether it tells of a failure that may pass.
    pub const fn is_persistent_transient_failure(self) -> bool {
        self.class == 4
    }

    /// Whether it tells of a failure that will not pass.
    pub const fn is_permanent_failure(self) -> bool {
        self.class == 5
    }
}

/// `1*3DIGIT`
fn number(text: &str) -> Option<(u16, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits).filter(|_| (1..=3).contains(&digits))?;
    Some((number.parse().ok()?, rest))
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}
