//! What is wrong with octets that parsing does not look at, found when it is asked for.

mod boundary;

use memchr::memchr3_iter;
use postrider_message::{Defects, FieldName, FieldValue, Span, code as message_code};

use crate::{Message, Part, TransferEncoding, code, tree::Kind};

/// Octets of the longest line, without its line end (RFC 5322 §2.1.1).
const LONGEST_LINE: usize = 998;

/// What [`Message::check`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// Lines of the whole message; a last one counts too that is not ended.
    pub lines: usize,
    /// Octets of the longest line, without its line end.
    pub longest_line: usize,
    /// What is wrong, as [`Message::check`] lists it; no more than
    /// [`Limits::defects`](crate::Limits::defects).
    pub defects: Defects,
}

impl<B: AsRef<[u8]>> Message<B> {
    /// Looks at every octet of the message and tells what parsing does not look for:
    ///
    /// - of the whole message the number of lines, lines of more than 998 octets, and the first line
    ///   that does not end as those before it;
    /// - outside header sections NUL, and CR that no LF follows;
    /// - of each leaf the first 8-bit octet, where its encoding is 7bit;
    /// - a `Content-Type` or `Content-Transfer-Encoding` that is longer than
    ///   [`Limits::field`](crate::Limits::field);
    /// - a `message/rfc822` that is encoded, which RFC 2046 §5.2.1 forbids, and text behind the name
    ///   of a transfer encoding;
    /// - of each multipart, each line that begins with its boundary and is no delimiter: since more
    ///   follows, or since the multipart is closed. Some readers split there;
    /// - of each multipart that has no parts, or whose end is missing, the first place where its
    ///   boundary stands within a line;
    /// - a multipart whose boundary is that of one around it, or begins it or begins with it.
    ///
    /// Header sections, values and decoded bodies tell the rest.
    ///
    /// ```
    /// use postrider_mime::{Message, code};
    /// let mail = "Content-Type: multipart/mixed; boundary=x\n\nHello --x\n\nWorld\n";
    /// let check = Message::parse(mail)?.check();
    /// assert_eq!((check.lines, check.longest_line), (5, 41));
    /// assert_eq!(*check.defects[0].code(), code::MISPLACED_BOUNDARY);
    /// assert_eq!(&mail[check.defects[0].span().range()], "--x");
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn check(&self) -> Check {
        let limit = self.root().limits().defects;
        let mut check = Check { lines: 0, longest_line: 0, defects: Defects::with_limit(limit) };
        self.check_lines(&mut check);
        for part in self.parts() {
            check_part(part, &mut check.defects);
        }
        boundary::check_lines(self, &mut check.defects);
        boundary::check_within(self, &mut check.defects);
        check
    }

    fn check_lines(&self, check: &mut Check) {
        let bytes = self.as_bytes();
        let mut headers = self.parts().map(|part| part.header_span().range()).peekable();
        // Whether the first line ends in CRLF, whether one ends otherwise, where the present begins.
        let (mut first, mut mixed, mut line) = (None, false, 0);
        for at in memchr3_iter(b'\n', b'\r', 0, bytes) {
            let behind = at.saturating_add(1);
            let place = Span::from_range(at..behind);
            while headers.next_if(|header| header.end <= at).is_some() {}
            let in_header = headers.peek().is_some_and(|header| header.start <= at);
            match bytes.get(at) {
                Some(b'\n') => {
                    let text = bytes.get(line..at).unwrap_or_default();
                    let crlf = text.ends_with(b"\r");
                    if *first.get_or_insert(crlf) != crlf && !mixed {
                        mixed = true;
                        let span = Span::from_range(line..behind);
                        check.defects.push(&message_code::MIXED_LINE_ENDS, span);
                    }
                    check.line(text.len().saturating_sub(usize::from(crlf)), line);
                    line = behind;
                }
                Some(b'\r') if !in_header && bytes.get(behind) != Some(&b'\n') => {
                    check.defects.push(&message_code::BARE_CR, place);
                }
                Some(0) if !in_header => check.defects.push(&message_code::NUL, place),
                _ => {}
            }
        }
        if line < bytes.len() {
            check.line(bytes.len().saturating_sub(line), line);
        }
    }
}

impl Check {
    /// Counts a line of this length that begins here.
    fn line(&mut self, length: usize, start: usize) {
        self.lines = self.lines.saturating_add(1);
        self.longest_line = self.longest_line.max(length);
        if length > LONGEST_LINE {
            let span = Span::from_range(start..start.saturating_add(length));
            self.defects.push(&message_code::LINE_TOO_LONG, span);
        }
    }
}

fn check_part(part: Part<'_>, defects: &mut Defects) {
    for name in [FieldName::ContentType, FieldName::ContentTransferEncoding] {
        if let Some(field) = part.headers().get(name)
            && field.span().len() > part.limits().field
        {
            defects.push(&code::LONG_FIELD, field.span());
        }
    }
    let is_leaf = part.kind() == Kind::Leaf;
    let encoding = part.transfer_encoding();
    if let Some(field) = part.headers().get(FieldName::ContentTransferEncoding) {
        let read = TransferEncoding::read(field.raw_value());
        defects.append_if(&read.defects, |one| *one.code() == code::AFTER_ENCODING);
        if is_leaf && !encoding.is_identity() && part.media_type().is("message", "rfc822") {
            defects.push(&code::ENCODED_MESSAGE, field.span());
        }
    }
    if is_leaf && encoding == TransferEncoding::SevenBit {
        let body = part.raw_body();
        // Whole blocks at once; then one octet after the other.
        if !body.is_ascii()
            && let Some(first) = body.iter().position(|octet| !octet.is_ascii())
        {
            let at = part.body_span().start().saturating_add(first);
            defects.push(&code::UNDECLARED_8BIT, Span::from_range(at..at.saturating_add(1)));
        }
    }
}
