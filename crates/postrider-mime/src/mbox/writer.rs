//! Mails into a mailbox.

use alloc::{format, vec::Vec};

use memchr::memchr;
use postrider_message::{DateTime, Zone};

use super::{Format, Mail};

/// Why a mail cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A sender with white space or control characters, of more than 900 octets, or with a colon at
    /// its start: no address begins so, and the line would be read as a field (RFC 5322 §4.5.2).
    #[error("invalid sender")]
    Sender,
    /// A format with `Content-Length`, which is known only of a whole mail.
    #[error("length not known")]
    Length,
}

/// What the lines of a mail end with when they are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineEnds {
    /// As they come.
    AsIs,
    /// LF, also for CRLF: RFC 4155 Appendix A, "MUST use a single Line-Feed character (0x0A) as the
    /// end-of-line sequence".
    #[default]
    Lf,
    /// CRLF, also for LF.
    CrLf,
}

/// Writes mails in one format. See the [module](super) for how.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    format: Format,
    ends: LineEnds,
}

impl LineEnds {
    /// The end of a line that is not of the mail.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::CrLf => "\r\n",
            Self::AsIs | Self::Lf => "\n",
        }
    }
}

impl Writer {
    /// A writer of this format, with LF at the ends of lines.
    pub const fn new(format: Format) -> Self {
        Self { format, ends: LineEnds::Lf }
    }

    /// This writer with other line ends.
    pub const fn with_line_ends(mut self, ends: LineEnds) -> Self {
        self.ends = ends;
        self
    }

    /// Appends a mail: `From ` line, octets, and an empty line.
    ///
    /// A last line without an end gets one. In the formats with `Content-Length`, that field is put
    /// at the end of the header section, in place of those that are there, and a mail of fields
    /// alone gets the empty line behind them.
    ///
    /// The sender is an address, as the envelope has it; the empty one is written as
    /// `MAILER-DAEMON`.
    pub fn write(
        &self,
        sender: &str,
        date: DateTime,
        octets: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), WriteError> {
        let mail = self.begin_any(sender, date, out)?;
        match self.format.has_length() {
            true => self.with_length(mail, octets, out),
            false => mail.whole(octets, out),
        }
        Ok(())
    }

    /// Writes a mail with its `Content-Length`.
    fn with_length(self, mut mail: Mail, octets: &[u8], out: &mut Vec<u8>) {
        let (header, rest) =
            octets.split_at_checked(header_length(octets)).unwrap_or((octets, &[]));
        let empty = memchr(b'\n', rest).map_or(rest.len(), |end| end.saturating_add(1));
        let body = rest.get(empty..).unwrap_or_default();
        // The length is of the body, so that in fields `From ` is never left alone.
        mail.format = Format::Mboxo;
        for field in fields(header) {
            mail.write(field, out);
        }
        mail.end_line(out);
        mail.format = self.format;
        let mut written = Vec::with_capacity(body.len());
        mail.write(body, &mut written);
        mail.end_line(&mut written);
        let end = self.ends.text();
        out.extend_from_slice(format!("Content-Length: {}{end}{end}", written.len()).as_bytes());
        out.append(&mut written);
        mail.end(out);
    }

    /// Begins a mail of which the octets come in pieces.
    ///
    /// ```
    /// use postrider_mime::{DateTime, Zone, mbox::{Format, Writer}};
    ///
    /// let mut out = Vec::new();
    /// let date = DateTime::from_unix(0, Zone::UTC).unwrap();
    /// let mut mail = Writer::new(Format::Mboxrd).begin("", date, &mut out)?;
    /// for piece in [b"Subject: x\r\n\r", b"\nFr", b"om me\r\n"] as [&[u8]; 3] {
    ///     mail.write(piece, &mut out);
    /// }
    /// mail.end(&mut out);
    /// let file = b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\nSubject: x\n\n>From me\n\n";
    /// assert_eq!(out, file);
    /// # Ok::<(), postrider_mime::mbox::WriteError>(())
    /// ```
    pub fn begin(
        &self,
        sender: &str,
        date: DateTime,
        out: &mut Vec<u8>,
    ) -> Result<Mail, WriteError> {
        if self.format.has_length() {
            return Err(WriteError::Length);
        }
        self.begin_any(sender, date, out)
    }

    fn begin_any(
        &self,
        sender: &str,
        date: DateTime,
        out: &mut Vec<u8>,
    ) -> Result<Mail, WriteError> {
        let breaks = |character: char| character.is_whitespace() || character.is_control();
        if sender.len() > 900 || sender.starts_with(':') || sender.contains(breaks) {
            return Err(WriteError::Sender);
        }
        let sender = if sender.is_empty() { "MAILER-DAEMON" } else { sender };
        let line = format!("From {sender} {}{}", ctime(date), self.ends.text());
        out.extend_from_slice(line.as_bytes());
        Ok(Mail::new(self.format, self.ends))
    }
}

/// `Www Mmm dd hh:mm:ss yyyy`, in UTC.
fn ctime(date: DateTime) -> alloc::string::String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // A local time at the end of the years may have no UTC that can be told; it is told as it is.
    let date = DateTime::from_unix(date.unix(), Zone::UTC).unwrap_or(date);
    let ((year, month, day), (hour, minute, second)) = (date.date(), date.time());
    let name = usize::from(month).checked_sub(1).and_then(|month| MONTHS.get(month));
    let name = name.copied().unwrap_or_default();
    format!("{} {name} {day:2} {hour:02}:{minute:02}:{second:02} {year:04}", date.day_name())
}

/// Octets before the empty line behind the fields, or of all where there is none. A line of CRs
/// alone is one, which it may become where line ends are changed.
fn header_length(octets: &[u8]) -> usize {
    let mut at = 0_usize;
    for line in octets.split_inclusive(|&octet| octet == b'\n') {
        if line.iter().all(|octet| matches!(octet, b'\r' | b'\n')) {
            break;
        }
        at = at.saturating_add(line.len());
    }
    at
}

/// The lines of a header section without those of `Content-Length`.
fn fields(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    const NAME: &[u8] = b"Content-Length";
    let mut dropped = false;
    header.split_inclusive(|&octet| octet == b'\n').filter(move |line| {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let named = line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME));
            let behind = line.get(NAME.len()..).unwrap_or_default().trim_ascii_start();
            dropped = named && behind.starts_with(b":");
        }
        !dropped
    })
}
