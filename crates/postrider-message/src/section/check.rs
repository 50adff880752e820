//! What is wrong with a header section as such, found when it is asked for.

use memchr::{memchr, memchr_iter};

use super::{
    HeaderIndex,
    index::{BYTE_ORDER_MARK, Entry},
};
use crate::{Defects, FieldName, Span, code};

/// One pass over the section: the fields in their order, then the octets that readers disagree
/// about.
pub(super) fn check(bytes: &[u8], index: &HeaderIndex) -> Defects {
    let mut check = Check {
        bytes,
        defects: Defects::with_limit(index.limits().defects),
        seen: [false; FieldName::COUNT],
    };
    let first = index.mbox_from().map_or_else(|| index.span().start(), Span::start);
    let before = bytes.get(..first).unwrap_or_default();
    if let Some(before) = before.strip_suffix(BYTE_ORDER_MARK) {
        check.defects.push(&code::BYTE_ORDER_MARK, Span::from_range(before.len()..first));
    }
    if let Some(line) = index.mbox_from() {
        check.defects.push(&code::MBOX_FROM, line);
    }
    for entry in index.entries() {
        check.field(entry);
    }
    if let Some(field) = index.cut() {
        check.defects.push(&code::TOO_MANY_FIELDS, field);
    }
    let end = index.span().end();
    if index.is_stopped() {
        check.defects.push(&code::NO_BLANK_LINE, Span::from_range(end..end));
    }
    if end >= super::index::MOST {
        check.defects.push(&code::TOO_LARGE, Span::from_range(end..end));
    }
    check.line_ends(index);
    check.octets(index.span());
    check.defects
}

struct Check<'a> {
    bytes: &'a [u8],
    defects: Defects,
    /// The names that were met.
    seen: [bool; FieldName::COUNT],
}

impl Check<'_> {
    fn field(&mut self, entry: &Entry) {
        let name = entry.name().of(self.bytes);
        if entry.is_nameless() {
            let white = matches!(entry.value().of(self.bytes), [b' ' | b'\t', ..]);
            let code = if white { &code::STRAY_CONTINUATION } else { &code::NO_COLON };
            self.defects.push(code, entry.value());
            return;
        }
        if entry.name().end().saturating_add(1) < entry.value().start() {
            self.defects.push(&code::SPACE_BEFORE_COLON, entry.name());
        }
        let Some(known) = entry.known() else {
            if !is_field_name(name) {
                self.defects.push(&code::INVALID_FIELD_NAME, entry.name());
            }
            return;
        };
        if let Some(seen) = self.seen.get_mut(known as usize) {
            if *seen && known.is_single() {
                self.defects.push(&code::DUPLICATE_FIELD, entry.span());
            }
            *seen = true;
        }
    }

    /// Tells of the first line that does not end as the lines before it do.
    fn line_ends(&mut self, index: &HeaderIndex) {
        let start = index.mbox_from().map_or_else(|| index.span().start(), Span::start);
        let text = Span::from_range(start..index.separator().end()).of(self.bytes);
        let mut first = None;
        let mut line = 0;
        for lf in memchr_iter(b'\n', text) {
            let crlf = lf.checked_sub(1).and_then(|before| text.get(before)) == Some(&b'\r');
            let end = lf.saturating_add(1);
            if *first.get_or_insert(crlf) != crlf {
                let at = |offset: usize| start.saturating_add(offset);
                self.defects.push(&code::MIXED_LINE_ENDS, Span::from_range(at(line)..at(end)));
                break;
            }
            line = end;
        }
    }

    /// Tells of octets that readers disagree about: NUL, and CR outside CRLF.
    fn octets(&mut self, span: Span) {
        let text = span.of(self.bytes);
        let place = |offset: usize| {
            let at = span.start().saturating_add(offset);
            Span::from_range(at..at.saturating_add(1))
        };
        for cr in memchr_iter(b'\r', text) {
            if text.get(cr.saturating_add(1)) != Some(&b'\n') {
                self.defects.push(&code::BARE_CR, place(cr));
            }
        }
        if memchr(0, text).is_some() {
            for nul in memchr_iter(0, text) {
                self.defects.push(&code::NUL, place(nul));
            }
        }
    }
}

/// `field-name = 1*ftext ; ftext = %d33-57 / %d59-126` (RFC 5322 §3.6.8)
pub(crate) fn is_field_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|&octet| octet.is_ascii_graphic() && octet != b':')
}
