//! Base64 (RFC 2045 §6.8), in pieces: whole lines go to the SIMD encoder, the rest waits for more.

use alloc::vec::Vec;

use encodify::base64::MIME;

use super::{Lines, line_ends::LineEnds};

/// Octets of content in a line of 76.
const LINE: usize = 57;

/// Octets of text whose line ends are made CRLF at once.
const TEXT: usize = 16 << 10;

#[derive(Debug, Clone)]
pub(super) struct Base64 {
    /// The start of a line.
    held: Vec<u8>,
    /// A line was written, and its end was not: another may not come.
    open: bool,
    text: Option<LineEnds>,
}

impl Base64 {
    pub(super) fn new(lines: Lines) -> Self {
        let text = match lines {
            Lines::Text => Some(LineEnds::default()),
            Lines::Octets => None,
        };
        Self { held: Vec::new(), open: false, text }
    }

    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let Some(mut line_ends) = self.text else { return self.octets(piece, out) };
        // "text line breaks must be converted into CRLF sequences prior to base64 encoding"
        // (RFC 2045 §6.8).
        let mut text = Vec::new();
        for piece in piece.chunks(TEXT) {
            text.clear();
            line_ends.push(piece, &mut text);
            self.octets(&text, out);
        }
        self.text = Some(line_ends);
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        let held = core::mem::take(&mut self.held);
        self.lines(&held, out);
        self.open = false;
        self.text = self.text.map(|_| LineEnds::default());
    }

    fn octets(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        let mut rest = octets;
        if !self.held.is_empty() {
            let lacks = LINE.saturating_sub(self.held.len()).min(rest.len());
            let (head, after) = rest.split_at_checked(lacks).unwrap_or((rest, &[]));
            self.held.extend_from_slice(head);
            if self.held.len() < LINE {
                return;
            }
            let mut line = core::mem::take(&mut self.held);
            self.lines(&line, out);
            line.clear();
            self.held = line;
            rest = after;
        }
        let whole = rest.len().saturating_sub(rest.len() % LINE);
        let (whole, begun) = rest.split_at_checked(whole).unwrap_or((rest, &[]));
        self.lines(whole, out);
        self.held.extend_from_slice(begun);
    }

    /// Writes lines that are all whole, or the last line.
    fn lines(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        if octets.is_empty() {
            return;
        }
        if self.open {
            out.extend_from_slice(b"\r\n");
        }
        MIME.encode_append(octets, out);
        // The encoder ends every line.
        out.truncate(out.len().saturating_sub(2));
        self.open = true;
    }
}
