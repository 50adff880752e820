//! One mail on its way into a mailbox, line by line.

use alloc::vec::Vec;

use memchr::memchr;

use super::{Format, LineEnds, from_line::FROM};

/// A mail that is being written.
#[derive(Debug)]
#[must_use = "a mail has an end"]
pub struct Mail {
    pub(super) format: Format,
    ends: LineEnds,
    at: Line,
    /// A CR was not written yet: it may be of a line end.
    cr: bool,
}

/// Where in a line the next octet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Start,
    /// Behind `>`s.
    Quotes,
    /// Behind so many octets of `From `, which are not written yet.
    From(usize),
    Within,
}

impl Mail {
    pub(super) const fn new(format: Format, ends: LineEnds) -> Self {
        Self { format, ends, at: Line::Start, cr: false }
    }

    /// Writes a mail from its first octet to its end.
    pub(super) fn whole(mut self, octets: &[u8], out: &mut Vec<u8>) {
        self.write(octets, out);
        self.end(out);
    }

    /// Appends the next octets of the mail.
    pub fn write(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        let mut rest = octets;
        while let Some((&first, behind)) = rest.split_first() {
            if self.at == Line::Within {
                rest = self.within(rest, out);
            } else if self.start(first, out) {
                rest = behind;
            }
        }
    }

    /// Ends the mail: its last line, and the empty line behind it (RFC 4155 Appendix A).
    pub fn end(mut self, out: &mut Vec<u8>) {
        self.end_line(out);
        out.extend_from_slice(self.ends.text().as_bytes());
    }

    /// Ends a line that has begun.
    pub(super) fn end_line(&mut self, out: &mut Vec<u8>) {
        self.flush(out);
        if core::mem::take(&mut self.cr) {
            out.push(b'\r');
        }
        if self.at != Line::Start {
            out.extend_from_slice(self.ends.text().as_bytes());
            self.at = Line::Start;
        }
    }

    /// Takes an octet at the start of a line, where that may turn out to begin with `From `. Tells
    /// whether it did.
    fn start(&mut self, octet: u8, out: &mut Vec<u8>) -> bool {
        let format = self.format;
        let matched = if let Line::From(matched) = self.at { matched } else { 0 };
        if format != Format::Mboxcl2 && FROM.get(matched) == Some(&octet) {
            let matched = matched.saturating_add(1);
            self.at = Line::From(matched);
            if matched == FROM.len() {
                out.push(b'>');
                self.flush(out);
            }
            return true;
        }
        if format == Format::Mboxrd && octet == b'>' && matched == 0 {
            self.at = Line::Quotes;
            out.push(octet);
            return true;
        }
        self.flush(out);
        self.at = Line::Within;
        false
    }

    /// Writes what was matched of `From `.
    fn flush(&mut self, out: &mut Vec<u8>) {
        if let Line::From(matched) = self.at {
            out.extend_from_slice(FROM.get(..matched).unwrap_or(FROM));
            self.at = Line::Within;
        }
    }

    /// Writes to the end of the line or of these octets. Gives what follows.
    fn within<'a>(&mut self, octets: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        let Some(end) = memchr(b'\n', octets) else {
            let text = match (self.ends, octets) {
                (LineEnds::Lf | LineEnds::CrLf, [text @ .., b'\r']) => {
                    self.take_cr(text, out);
                    self.cr = true;
                    return &[];
                }
                _ => octets,
            };
            self.take_cr(text, out);
            return &[];
        };
        let (text, rest) = octets.split_at_checked(end).unwrap_or((octets, &[]));
        self.at = Line::Start;
        if self.ends == LineEnds::AsIs {
            out.extend_from_slice(text);
            out.push(b'\n');
        } else {
            match text.strip_suffix(b"\r") {
                Some(text) => self.take_cr(text, out),
                // A CR that came before is of this line end.
                None if text.is_empty() => self.cr = false,
                None => self.take_cr(text, out),
            }
            out.extend_from_slice(self.ends.text().as_bytes());
        }
        rest.get(1..).unwrap_or_default()
    }

    /// Writes text behind the CR that was not written.
    fn take_cr(&mut self, text: &[u8], out: &mut Vec<u8>) {
        if core::mem::take(&mut self.cr) {
            out.push(b'\r');
        }
        out.extend_from_slice(text);
    }
}
