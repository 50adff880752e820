//! What is wrong with octets that parsing does not look at, found when it is asked for.

use alloc::vec::Vec;

use memchr::{memchr3_iter, memmem::Finder};
use postrider_message::{Defects, FieldName, Span, code as message_code};

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
    /// - of each multipart that has no parts, or whose end is missing, the first place where its
    ///   boundary stands and no delimiter is: behind other octets of its line, or before them. Some
    ///   readers split there.
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
        self.check_boundaries(&mut check.defects);
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

    /// One look at each `--`, which is compared with the boundaries of the multiparts around it that
    /// lack a delimiter; the limit of depth bounds their number.
    fn check_boundaries(&self, defects: &mut Defects) {
        let bytes = self.as_bytes();
        let mut coming = self.parts().filter_map(lacking).peekable();
        let mut open: Vec<Lacking> = Vec::new();
        let (hyphens, mut at) = (Finder::new(b"--"), 0_usize);
        loop {
            open.retain(|one| at < one.body.end());
            if open.is_empty() {
                // Nothing is looked for up to the next one.
                let Some(next) = coming.peek() else { return };
                at = at.max(next.body.start());
            }
            while let Some(next) = coming.next_if(|next| next.body.start() <= at) {
                open.push(next);
            }
            let next = coming.peek().map_or(bytes.len(), |next| next.body.start());
            let end = open.iter().map(|one| one.body.end()).min().unwrap_or(at).min(next);
            let Some(found) = bytes.get(at..).and_then(|rest| hyphens.find(rest)) else {
                return;
            };
            at = at.saturating_add(found);
            if at < end {
                open.retain(|one| match one.misplaced(bytes, at) {
                    Some(span) => {
                        defects.push(&code::MISPLACED_BOUNDARY, span);
                        false
                    }
                    None => true,
                });
                at = at.saturating_add(1);
            }
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

/// A multipart without parts or without its end.
struct Lacking {
    body: Span,
    boundary: Vec<u8>,
}

fn lacking(part: Part<'_>) -> Option<Lacking> {
    let is_whole = part.epilogue().is_some() && part.children().next().is_some();
    if part.kind() != Kind::Multipart || is_whole {
        return None;
    }
    let boundary = part.content_type().value.boundary()?.into_owned();
    Some(Lacking { body: part.body_span(), boundary })
}

impl Lacking {
    /// The boundary with its hyphens, where it stands here and the line is no delimiter.
    fn misplaced(&self, bytes: &[u8], at: usize) -> Option<Span> {
        let behind = bytes.get(at..)?.strip_prefix(b"--")?.strip_prefix(&*self.boundary)?;
        let line_start = at == self.body.start()
            || at.checked_sub(1).and_then(|lf| bytes.get(lf)) == Some(&b'\n');
        let padding = behind.strip_prefix(b"--").unwrap_or(behind);
        let blank =
            padding.iter().take_while(|octet| matches!(octet, b' ' | b'\t' | b'\r')).count();
        let whole = matches!(padding.get(blank), None | Some(b'\n'));
        let length = self.boundary.len().saturating_add(2);
        let span = Span::from_range(at..at.saturating_add(length));
        let inside = span.end() <= self.body.end();
        (inside && !(line_start && whole)).then_some(span)
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
    if part.kind() == Kind::Leaf && part.transfer_encoding() == TransferEncoding::SevenBit {
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
