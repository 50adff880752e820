//! Boundaries that stand where no delimiter is: at the start of lines, and within them; and boundaries
//! that are alike.

use alloc::vec::Vec;

use memchr::{memchr, memmem::Finder};
use postrider_message::{Defects, FieldName, Span};

use crate::{Message, Part, code, structure::LONGEST_LINE, tree::Kind};

/// A multipart with a boundary.
struct Bounded {
    body: Span,
    /// Where its boundary delimits no more.
    closed: usize,
    boundary: Vec<u8>,
    /// The field that gives the boundary.
    field: Span,
}

impl Bounded {
    fn of(part: Part<'_>) -> Option<Self> {
        if part.kind() != Kind::Multipart {
            return None;
        }
        let boundary = part.content_type().value.boundary()?.into_owned();
        let body = part.body_span();
        let closed = body.end().saturating_sub(part.epilogue().map_or(0, <[u8]>::len));
        let field = part.headers().get(FieldName::ContentType)?.span();
        Some(Self { body, closed, boundary, field })
    }

    /// Whether one boundary is the other, or begins it.
    fn is_like(&self, other: &Self) -> bool {
        self.boundary.starts_with(&other.boundary) || other.boundary.starts_with(&self.boundary)
    }

    /// The first place where the boundary stands with its hyphens within a line.
    fn within_a_line(&self, bytes: &[u8]) -> Option<Span> {
        // One search, not a look at each `--`: boundaries may be hundreds of hyphens, as may bodies.
        let line = [b"--", &*self.boundary].concat();
        let finder = Finder::new(&line);
        let mut at = self.body.start();
        while let Some(found) = bytes.get(at..self.body.end()).and_then(|rest| finder.find(rest)) {
            at = at.saturating_add(found);
            let line_start = at == self.body.start()
                || at.checked_sub(1).and_then(|lf| bytes.get(lf)) == Some(&b'\n');
            if !line_start {
                return Some(Span::from_range(at..at.saturating_add(line.len())));
            }
            at = at.saturating_add(1);
        }
        None
    }

    /// Whether a line, without the hyphens at its start, is a delimiter of it.
    fn is_delimiter(&self, at: usize, line: &[u8]) -> bool {
        let text = line.trim_ascii_end();
        at < self.closed && matches!(text.strip_prefix(&*self.boundary), Some(b"" | b"--"))
    }
}

/// Tells lines that begin with the boundary of a multipart around them and are no delimiter, and
/// boundaries that are alike. One look at each line that begins with `--`, which is compared with the boundaries
/// of the multiparts around it: the limit of depth bounds their number.
pub(super) fn check_lines<B: AsRef<[u8]>>(message: &Message<B>, defects: &mut Defects) {
    let bytes = message.as_bytes();
    let mut coming = message.parts().filter_map(Bounded::of).peekable();
    let mut open: Vec<Bounded> = Vec::new();
    let (lines, mut from) = (Finder::new(b"\n--"), 0_usize);
    loop {
        if open.is_empty() {
            let Some(next) = coming.peek() else { return };
            // The line end before the body.
            from = from.max(next.body.start().saturating_sub(1));
        }
        let found = bytes.get(from..).and_then(|rest| lines.find(rest));
        let at = found.map_or(bytes.len(), |found| from.saturating_add(found).saturating_add(1));
        while let Some(next) = coming.next_if(|next| next.body.start() <= at) {
            leave(&mut open, next.body.start());
            if open.iter().any(|around| around.is_like(&next)) {
                defects.push(&code::SIMILAR_BOUNDARY, next.field);
            }
            open.push(next);
        }
        if found.is_none() {
            return;
        }
        leave(&mut open, at);
        if let Some(length) = misplaced(&open, bytes, at) {
            let span = Span::from_range(at..at.saturating_add(length));
            defects.push(&code::MISPLACED_BOUNDARY, span);
        }
        from = at;
    }
}

/// Tells of each multipart that has no parts, or no end, the first place where its boundary stands
/// within a line. The limit of depth bounds how often an octet is looked at.
pub(super) fn check_within<B: AsRef<[u8]>>(message: &Message<B>, defects: &mut Defects) {
    let lacks = |part: &Part<'_>| part.epilogue().is_none() || part.children().next().is_none();
    let lacking = message.parts().filter(lacks).filter_map(Bounded::of);
    let mut found: Vec<_> =
        lacking.filter_map(|one| one.within_a_line(message.as_bytes())).collect();
    found.sort_unstable_by_key(|span| (span.start(), span.end()));
    found.into_iter().for_each(|span| defects.push(&code::MISPLACED_BOUNDARY, span));
}

/// Ends the multiparts whose body ends before this octet.
fn leave(open: &mut Vec<Bounded>, at: usize) {
    while open.last().is_some_and(|one| one.body.end() <= at) {
        open.pop();
    }
}

/// The length of the hyphens and the boundary that the line at this octet begins with, where the line
/// is no delimiter.
fn misplaced(open: &[Bounded], bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let most = rest.get(..LONGEST_LINE).unwrap_or(rest);
    let line = match memchr(b'\n', most) {
        Some(lf) => most.get(..lf),
        None => (rest.len() < LONGEST_LINE).then_some(rest),
    };
    let (text, line) = (rest.get(2..)?, line.and_then(|line| line.get(2..)));
    let mut like = None;
    for one in open.iter().rev().filter(|one| text.starts_with(&one.boundary)) {
        if line.is_some_and(|line| one.is_delimiter(at, line)) {
            return None;
        }
        like = like.or_else(|| one.boundary.len().checked_add(2));
    }
    like
}
