//! APPEND and REPLACE, in the pieces that stand between octets of messages.

use alloc::vec::Vec;

use postrider_wire::Secret;

use super::{EncodedCommand, Out, WriteOptions};
use crate::command::Tag;
use crate::value::{AppendData, AppendMessage, AppendTarget, SequenceNumber};

/// Writes APPEND or REPLACE: what stands before, between and behind the octets of messages, which
/// the caller sends in their places.
///
/// ```
/// use postrider_imap::{AppendMessage, AppendTarget, AppendWriter, Flag, MailboxName, Tag, WriteOptions};
///
/// let target = AppendTarget::Append(MailboxName::inbox());
/// let mut writer = AppendWriter::new(&Tag::new("a3")?, &target, WriteOptions::default());
/// let head = writer.message(&AppendMessage::new(5).with_flags([Flag::Seen]));
/// assert_eq!(head.octets.expose(), b"a3 APPEND INBOX (\\Seen) {5}\r\n");
/// // The server says `+` here, then the five octets are sent.
/// assert_eq!(head.stops, [29]);
/// assert_eq!(writer.finish().octets.expose(), b"\r\n");
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Debug)]
pub struct AppendWriter {
    options: WriteOptions,
    /// What is written and not yet given out.
    octets: Vec<u8>,
    stops: Vec<usize>,
    place: Place,
}

/// What the next piece stands behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The mailbox, or a message.
    Behind,
    /// The octets of a message in parentheses.
    Utf8,
    /// The parenthesis of CATENATE.
    First,
    /// A piece of it.
    Piece,
    /// The octets of a piece in parentheses of its own.
    Utf8Piece,
}

impl AppendWriter {
    /// Begins with the command.
    #[must_use]
    pub fn new(tag: &Tag, target: &AppendTarget, options: WriteOptions) -> Self {
        let mut writer =
            Self { options, octets: Vec::new(), stops: Vec::new(), place: Place::Behind };
        writer.write(|out| {
            out.put(tag.as_bytes());
            let mailbox = match target {
                AppendTarget::Append(mailbox) => {
                    out.put(b" APPEND ");
                    mailbox
                }
                AppendTarget::Replace { uid, message, mailbox } => {
                    out.put(if *uid { b" UID REPLACE " } else { b" REPLACE " });
                    match message {
                        SequenceNumber::Number(number) => out.number(number.get().into()),
                        SequenceNumber::Last => out.byte(b'*'),
                    }
                    out.sp();
                    mailbox
                }
            };
            out.astring(mailbox.as_bytes());
        });
        writer
    }

    /// What comes before the octets of a message, their announcement included; for CATENATE up to
    /// its parenthesis, behind which the pieces come.
    pub fn message(&mut self, message: &AppendMessage) -> EncodedCommand {
        self.close();
        self.write(|out| {
            if !message.flags.is_empty() {
                out.sp();
                out.flags(&message.flags);
            }
            if let Some(date) = message.date {
                out.sp();
                out.date_time(date);
            }
            for (name, value) in &message.extensions {
                out.sp();
                out.put(name.as_bytes());
                out.sp();
                out.raw(value);
            }
            out.sp();
            match message.data {
                AppendData::Literal(octets) => out.literal_head(octets),
                AppendData::Literal8(octets) => {
                    out.byte(b'~');
                    out.literal_head(octets);
                }
                AppendData::Utf8(octets) => {
                    out.put(b"UTF8 (~");
                    out.literal_head(octets);
                }
                AppendData::Catenate => out.put(b"CATENATE ("),
            }
        });
        self.place = match message.data {
            AppendData::Utf8(_) => Place::Utf8,
            AppendData::Catenate => Place::First,
            _ => Place::Behind,
        };
        self.take()
    }

    /// A piece of CATENATE that stands elsewhere. It goes out with what follows it.
    pub fn url(&mut self, url: &[u8]) {
        self.part(b"URL ");
        self.write(|out| out.astring(url));
    }

    /// What comes before the octets of a piece of CATENATE.
    pub fn text(&mut self, octets: u64) -> EncodedCommand {
        self.part(b"TEXT ");
        self.write(|out| out.literal_head(octets));
        self.take()
    }

    /// What comes before the octets of a piece of CATENATE with UTF-8 in the header (RFC 6855 §4).
    pub fn utf8(&mut self, octets: u64) -> EncodedCommand {
        self.part(b"UTF8 (~");
        self.place = Place::Utf8Piece;
        self.write(|out| out.literal_head(octets));
        self.take()
    }

    /// The end of the command.
    pub fn finish(&mut self) -> EncodedCommand {
        self.close();
        self.octets.extend_from_slice(b"\r\n");
        self.take()
    }

    fn part(&mut self, name: &[u8]) {
        match self.place {
            Place::Piece => self.octets.push(b' '),
            Place::Utf8Piece => self.octets.extend_from_slice(b") "),
            _ => {}
        }
        self.place = Place::Piece;
        self.octets.extend_from_slice(name);
    }

    /// Closes the parenthesis that is open.
    fn close(&mut self) {
        self.octets.extend_from_slice(match self.place {
            Place::Behind => b"",
            Place::Utf8Piece => b"))",
            _ => b")",
        });
        self.place = Place::Behind;
    }

    fn write(&mut self, write: impl FnOnce(&mut Out<'_>)) {
        let mut out = Out::for_command(&mut self.octets, self.options);
        write(&mut out);
        let (stops, _) = out.marks();
        self.stops.extend(stops);
    }

    fn take(&mut self) -> EncodedCommand {
        EncodedCommand {
            octets: Secret::new(core::mem::take(&mut self.octets)),
            stops: core::mem::take(&mut self.stops),
            secrets: Vec::new(),
        }
    }
}
