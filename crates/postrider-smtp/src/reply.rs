//! Replies: a code, perhaps an enhanced one, and text.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::syntax::address::breaks_lines;
use crate::syntax::reply as grammar;
use crate::{EnhancedStatusCode, ValueError};

/// Longest text of a line: with codes and CRLF it stays within 512 octets (RFC 5321 §4.5.3.1.5).
const TEXT: usize = 480;
/// Most lines of a reply of ours.
const LINES: usize = 32;

/// A reply of a server (RFC 5321 §4.2).
///
/// Its text never holds a control character but TAB, so it can neither break a line nor a log.
///
/// ```
/// use postrider_smtp::{EnhancedStatusCode, Reply};
///
/// let unknown = Reply::new(550, "No such user here")?
///     .with_enhanced(EnhancedStatusCode::new(5, 1, 1)?)?;
/// assert_eq!(unknown.to_string(), "550 5.1.1 No such user here");
/// assert!(unknown.is_permanent());
/// assert!(Reply::new(250, "OK\r\n221 bye").is_err());
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply {
    code: u16,
    enhanced: Option<EnhancedStatusCode>,
    lines: Vec<String>,
    defects: ReplyDefects,
}

/// What is wrong with a reply that was taken all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ReplyDefects {
    /// The codes of its lines differ (RFC 5321 §4.2.1): the first one counts.
    pub mixed_codes: bool,
    /// A line ends behind the code, without the blank that belongs there (RFC 5321 §4.2).
    pub missing_text: bool,
    /// A line ends in LF alone (RFC 5321 §2.3.8).
    pub bare_lf: bool,
}

impl ReplyDefects {
    /// Whether there are any.
    #[must_use]
    pub fn any(self) -> bool {
        self.mixed_codes || self.missing_text || self.bare_lf
    }
}

impl Reply {
    /// A reply of one line. The text is printable; it may be empty. What of it is not ASCII is said only
    /// to a client that asked for UTF-8 in this transaction, or with `VRFY` or `EXPN` (RFC 6531 §3.7.4):
    /// to any other it is `?`, and 251 and 551 are 250 and 550.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when the code is outside 200..=599 or the text cannot stand in a line.
    pub fn new(code: u16, text: &str) -> Result<Self, ValueError> {
        if !(200..=599).contains(&code) {
            return Err(ValueError::Range);
        }
        Self::begin(code).with_line(text)
    }

    /// Adds a line.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when the text cannot stand in a line, or there are too many.
    pub fn with_line(mut self, text: &str) -> Result<Self, ValueError> {
        if text.len() > TEXT {
            return Err(ValueError::TooLong { most: TEXT });
        }
        if self.lines.len() >= LINES {
            return Err(ValueError::TooLong { most: LINES });
        }
        let forbidden = |c: char| c != '\t' && breaks_lines(c);
        if let Some((at, _)) = text.char_indices().find(|(_, c)| forbidden(*c)) {
            return Err(ValueError::Forbidden { at });
        }
        self.lines.push(text.into());
        Ok(self)
    }

    /// Sets the enhanced status code.
    ///
    /// # Errors
    ///
    /// [`ValueError::Range`] when its class is not that of the reply code (RFC 2034 §4).
    pub fn with_enhanced(mut self, status: EnhancedStatusCode) -> Result<Self, ValueError> {
        if u16::from(status.class()) != self.class() {
            return Err(ValueError::Range);
        }
        self.enhanced = Some(status);
        Ok(self)
    }

    /// One of ours, whose text is known to be good.
    pub(crate) fn own(code: u16, status: (u16, u16), text: impl Into<String>) -> Self {
        let class = match code {
            200..=299 => Some(2),
            400..=499 => Some(4),
            500..=599 => Some(5),
            _ => None,
        };
        let enhanced = class.map(|class| EnhancedStatusCode::own(class, status.0, status.1));
        Self { enhanced, lines: Vec::from([text.into()]), ..Self::begin(code) }
    }

    /// One of ours without an enhanced code: greetings, answers to `EHLO`, 354 (RFC 2034 §4).
    pub(crate) fn plain(code: u16, lines: Vec<String>) -> Self {
        Self { lines, ..Self::begin(code) }
    }

    /// Begins a reply that comes in line by line.
    pub(crate) fn begin(code: u16) -> Self {
        Self { code, enhanced: None, lines: Vec::new(), defects: ReplyDefects::default() }
    }

    /// Adds a received line; what breaks lines becomes U+FFFD, an enhanced code is taken out.
    pub(crate) fn receive(&mut self, text: &[u8]) {
        let (text, status) = match grammar::status_code(text) {
            Ok((rest, status)) if u16::from(status.class()) == self.class() => (rest, Some(status)),
            _ => (text, None),
        };
        if self.enhanced.is_none() && self.lines.is_empty() {
            self.enhanced = status;
        }
        let clean =
            |c: char| if c != '\t' && breaks_lines(c) { char::REPLACEMENT_CHARACTER } else { c };
        self.lines.push(String::from_utf8_lossy(text).chars().map(clean).collect());
    }

    /// Notes what is wrong with a received line.
    pub(crate) fn note(&mut self, defects: ReplyDefects) {
        self.defects.mixed_codes |= defects.mixed_codes;
        self.defects.missing_text |= defects.missing_text;
        self.defects.bare_lf |= defects.bare_lf;
    }

    /// What is wrong with it, if it was received. Nothing of this changes what it means.
    #[must_use]
    pub fn defects(&self) -> ReplyDefects {
        self.defects
    }

    fn class(&self) -> u16 {
        self.code.checked_div(100).unwrap_or_default()
    }

    /// The reply code.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The enhanced status code, if there is one.
    #[must_use]
    pub fn enhanced(&self) -> Option<EnhancedStatusCode> {
        self.enhanced
    }

    /// The text, a line at a time, without codes. There is at least one line.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// 2yz: done.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.class() == 2
    }

    /// 3yz: go on.
    #[must_use]
    pub fn is_intermediate(&self) -> bool {
        self.class() == 3
    }

    /// 4yz: not now.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.class() == 4
    }

    /// 5yz: not so.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.class() == 5
    }

    /// Whether it refuses: 4yz or 5yz.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.is_transient() || self.is_permanent()
    }

    /// 421: the server closes the channel (RFC 5321 §3.8).
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.code == 421
    }

    /// For a client that takes no UTF-8 (RFC 6531 §3.7.4.1): what is not ASCII becomes `?`, and a code that
    /// promises a mailbox becomes the one that does not.
    pub(crate) fn make_ascii(&mut self) {
        if self.lines.iter().all(|line| line.is_ascii()) {
            return;
        }
        self.code = match self.code {
            251 => 250,
            551 => 550,
            code => code,
        };
        for line in &mut self.lines {
            *line = line.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
        }
    }

    /// The lines as they are sent, each with its CRLF.
    pub(crate) fn wire_lines(&self) -> impl Iterator<Item = String> {
        let last = self.lines.len().saturating_sub(1);
        self.lines.iter().enumerate().map(move |(at, text)| {
            let blank = if at == last { ' ' } else { '-' };
            match self.enhanced {
                Some(status) => format!("{}{blank}{status} {text}\r\n", self.code),
                None => format!("{}{blank}{text}\r\n", self.code),
            }
        })
    }

    /// With an enhanced code, as a server that offers them must send (RFC 2034 §4).
    pub(crate) fn enhance(&mut self) {
        if self.enhanced.is_none() {
            self.enhanced = match self.class() {
                2 => Some(EnhancedStatusCode::own(2, 0, 0)),
                4 => Some(EnhancedStatusCode::own(4, 0, 0)),
                5 => Some(EnhancedStatusCode::own(5, 0, 0)),
                _ => None,
            };
        }
    }

    /// Without its enhanced code, for a session that does not offer them.
    pub(crate) fn strip(&mut self) {
        self.enhanced = None;
    }
}

impl fmt::Display for Reply {
    /// Code, enhanced code and text in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(status) = self.enhanced {
            write!(f, " {status}")?;
        }
        self.lines.iter().filter(|line| !line.is_empty()).try_for_each(|line| write!(f, " {line}"))
    }
}
