//! Where the top of a message ends.

/// Finds the end of what `TOP` asks for in a message that comes in pieces: the header section, the
/// blank line, and some lines of the body (RFC 1939 §7). A line ends where the stuffer would write
/// CRLF: at CRLF, at a bare LF and at a bare CR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TopEnd {
    place: Place,
    at: At,
    /// Lines of the body that are still to come.
    left: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Header,
    Body,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    LineStart,
    /// Inside a line that is not empty.
    Text,
    /// After the CR of an empty line.
    EmptyCr,
    /// After the CR of another one.
    TextCr,
}

impl TopEnd {
    pub(super) fn new(lines: u32) -> Self {
        Self { place: Place::Header, at: At::LineStart, left: lines }
    }

    /// Whether nothing more belongs to the top, whatever follows.
    pub(super) fn is_complete(&self) -> bool {
        self.place == Place::Body && self.left == 0 && self.at == At::LineStart
    }

    /// How many octets from the front of what follows belong to the top.
    pub(super) fn take(&mut self, octets: &[u8]) -> usize {
        let mut at = 0_usize;
        while let Some(&octet) = octets.get(at) {
            if self.is_complete() {
                return at;
            }
            match (self.at, octet) {
                (At::EmptyCr | At::TextCr, b'\n') | (At::LineStart | At::Text, b'\n') => {
                    self.end_line();
                    at = at.saturating_add(1);
                }
                // The CR stood alone; this octet begins the next line.
                (At::EmptyCr | At::TextCr, _) => self.end_line(),
                (At::LineStart, b'\r') => {
                    self.at = At::EmptyCr;
                    at = at.saturating_add(1);
                }
                (At::Text, b'\r') => {
                    self.at = At::TextCr;
                    at = at.saturating_add(1);
                }
                (At::LineStart | At::Text, _) => {
                    self.at = At::Text;
                    let rest = octets.get(at..).unwrap_or_default();
                    let run = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
                    at = at.saturating_add(run);
                }
            }
        }
        at
    }

    fn end_line(&mut self) {
        let empty = matches!(self.at, At::LineStart | At::EmptyCr);
        match self.place {
            Place::Header if empty => self.place = Place::Body,
            Place::Header => {}
            Place::Body => self.left = self.left.saturating_sub(1),
        }
        self.at = At::LineStart;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::TopEnd;

    fn top(lines: u32, message: &[u8], cut: usize) -> (Vec<u8>, bool) {
        let (mut top, mut taken) = (TopEnd::new(lines), Vec::new());
        for piece in message.chunks(cut) {
            let n = top.take(piece);
            taken.extend_from_slice(&piece[..n]);
            if n < piece.len() {
                assert!(top.is_complete());
            }
        }
        (taken, top.is_complete())
    }

    /// RFC 1939 §7: "the headers of the message, the blank line separating the headers from the
    /// body, and then the number of lines of the indicated message's body".
    #[test]
    fn the_top_is_the_header_the_blank_line_and_so_many_lines() {
        let message = b"A: 1\r\nB: 2\r\n\r\n1\r\n\r\n3\r\n";
        let cases: [(u32, &[u8], bool); 5] = [
            (0, b"A: 1\r\nB: 2\r\n\r\n", true),
            (1, b"A: 1\r\nB: 2\r\n\r\n1\r\n", true),
            (2, b"A: 1\r\nB: 2\r\n\r\n1\r\n\r\n", true),
            (3, message, true),
            // "if the number of lines requested by the POP3 client is greater than than the number
            // of lines in the body, then the POP3 server sends the entire message"
            (4, message, false),
        ];
        for (lines, expected, complete) in cases {
            for cut in 1..=message.len() {
                assert_eq!(
                    top(lines, message, cut),
                    (expected.to_vec(), complete),
                    "{lines} {cut}"
                );
            }
        }
    }

    #[test]
    fn a_line_may_end_in_lf_or_cr_alone() {
        for cut in 1..9 {
            assert_eq!(top(1, b"A: 1\n\n1\n2\n", cut), (b"A: 1\n\n1\n".to_vec(), true));
            assert_eq!(top(1, b"A: 1\r\r1\r2\r", cut), (b"A: 1\r\r1\r".to_vec(), true));
            assert_eq!(top(0, b"\r\nx", cut), (b"\r\n".to_vec(), true));
        }
        assert_eq!(top(7, b"A: 1", 1), (b"A: 1".to_vec(), false));
    }
}
