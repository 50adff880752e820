//! Mailboxes in one file: mails behind `From ` lines (RFC 4155).
//!
//! [`split`] finds the mails of a mailbox in memory, [`Reader`] those of one of any size that comes
//! in chunks, [`Writer`] writes mails into one. Files are yours: only octets are handed in and out.
//!
//! ```
//! use postrider_mime::mbox::{Event, Format, Reader, Writer};
//! use postrider_mime::DateTime;
//!
//! let mut mailbox = Vec::new();
//! let writer = Writer::new(Format::Mboxrd);
//! let date = DateTime::from_unix(0, postrider_mime::Zone::UTC).unwrap();
//! writer.write("joe@a.example", date, b"Subject: Hi\n\nFrom me\n", &mut mailbox)?;
//! let file = "From joe@a.example Thu Jan  1 00:00:00 1970\nSubject: Hi\n\n>From me\n\n";
//! assert_eq!(mailbox, file.as_bytes());
//!
//! let (mut mail, mut senders) = (Vec::new(), Vec::new());
//! let mut tell = |event: Event<'_>| match event {
//!     Event::Begin(begin) => senders.extend(begin.from_line().map(|line| line.sender().to_vec())),
//!     Event::Octets(octets) => mail.extend_from_slice(octets.raw),
//!     _ => {}
//! };
//! let mut reader = Reader::new(Format::Mboxrd);
//! for chunk in mailbox.chunks(7) {
//!     reader.push(chunk, &mut tell);
//! }
//! reader.finish(&mut tell);
//! assert_eq!(mail, b"Subject: Hi\n\nFrom me\n");
//! assert_eq!(senders, [b"joe@a.example"]);
//! # Ok::<(), postrider_mime::mbox::WriteError>(())
//! ```
//!
//! # What separates mails
//!
//! A `From ` line, and the empty line before it, which is of no mail. Many files have text that
//! begins so, and lines that lack what RFC 4155 Appendix A asks for. So a line that begins with
//! `From ` is one
//!
//! | where it has | at the start of the mailbox and behind an empty line | elsewhere |
//! |---|---|---|
//! | a sender, and a time as `ctime` writes it | always | where a field follows |
//! | a month and a time of day in another form, or `-` for all | where a field follows | where a field follows |
//! | a sender alone | where a field follows | never |
//!
//! and never where it has more than 1000 octets. The end of the mailbox is as good as a field. Only
//! LF ends a line, and a CR before it is of the line end. Where nothing stands between two mails
//! but the line end of the first, that is of the first.
//!
//! # Content-Length
//!
//! The formats [`Mboxcl`](Format::Mboxcl) and [`Mboxcl2`](Format::Mboxcl2) tell how long a body is,
//! and it may be wrong: programs that edit a mail forget it. Where a mail seems to begin inside of
//! a body, the length is believed only if another mail, or the end of the mailbox, is where it
//! says. The reader holds the octets up to there, at most [`Reader::LOOKAHEAD`] and 3 KiB; lengths
//! that reach farther are believed. A length that is not is the defect
//! [`CONTENT_LENGTH`](crate::code::CONTENT_LENGTH).

mod event;
mod from_line;
mod length;
mod look;
mod mail;
mod reader;
mod scanner;
mod split;
mod writer;

pub use event::{Begin, Event};
pub use from_line::FromLine;
pub use mail::Mail;
pub use reader::Reader;
pub use split::{Entry, Mails, split};
pub use writer::{LineEnds, WriteError, Writer};

use from_line::{Separator, separator};

/// How a line of a mail that begins with `From ` is kept apart from the line that separates mails.
/// No file says which one it is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The `default` of RFC 4155, which "does not prescribe any escape syntax": every line is read
    /// as it stands. What is read is never other than what was written, but for the `>`s that most
    /// writers put there. It is written as [`Mboxo`](Self::Mboxo) is.
    #[default]
    Default,
    /// `>` before `From `. A line that was `>From ` at first is read as `From `.
    Mboxo,
    /// `>` before `From `, and before `>`s that stand before it: what is read is what was written.
    Mboxrd,
    /// As [`Mboxo`](Self::Mboxo), and `Content-Length` tells the octets of the body as it stands
    /// there.
    Mboxcl,
    /// `Content-Length`, and no line of a body is changed. Readers that do not know it take text
    /// for mails.
    Mboxcl2,
}

impl Format {
    /// Whether `Content-Length` tells where a body ends.
    const fn has_length(self) -> bool {
        matches!(self, Self::Mboxcl | Self::Mboxcl2)
    }

    /// Whether a `>` before `From ` is taken away.
    const fn is_quoted(self) -> bool {
        matches!(self, Self::Mboxo | Self::Mboxrd | Self::Mboxcl)
    }
}

/// Whether these octets, a file or more than 2 KiB of its start, begin with a `From ` line; behind
/// a byte order mark, too.
pub fn is_mbox(octets: &[u8]) -> bool {
    let octets = octets.strip_prefix("\u{feff}".as_bytes()).unwrap_or(octets);
    matches!(separator(octets, true, true), Separator::Line(_))
}
