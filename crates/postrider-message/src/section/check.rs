//! What is wrong with a header section as such, found when it is asked for.

use memchr::memchr3_iter;

use super::{HeaderIndex, index::Entry, lead::BYTE_ORDER_MARK};
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
    check.octets(index);
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

    /// Tells of the first line that does not end as the lines before it do, and, between the first
    /// field and the empty line, of octets that readers disagree about: NUL, and CR outside CRLF.
    fn octets(&mut self, index: &HeaderIndex) {
        let fields = index.span();
        let start = index.mbox_from().map_or_else(|| fields.start(), Span::start);
        let text = Span::from_range(start..index.separator().end()).of(self.bytes);
        // Whether the first line ends in CRLF, whether one ends otherwise, where the present begins.
        let (mut first, mut mixed, mut line) = (None, false, start);
        for found in memchr3_iter(b'\n', b'\r', 0, text) {
            let at = start.saturating_add(found);
            let behind = at.saturating_add(1);
            let place = Span::from_range(at..behind);
            let is_field = (fields.start()..fields.end()).contains(&at);
            match text.get(found) {
                Some(b'\n') => {
                    let before = found.checked_sub(1).and_then(|before| text.get(before));
                    let crlf = before == Some(&b'\r');
                    if *first.get_or_insert(crlf) != crlf && !mixed {
                        mixed = true;
                        let line = Span::from_range(line..behind);
                        self.defects.push(&code::MIXED_LINE_ENDS, line);
                    }
                    line = behind;
                }
                Some(b'\r') if is_field && self.bytes.get(behind) != Some(&b'\n') => {
                    self.defects.push(&code::BARE_CR, place);
                }
                Some(0) if is_field => self.defects.push(&code::NUL, place),
                _ => {}
            }
        }
    }
}

/// `field-name = 1*ftext ; ftext = %d33-57 / %d59-126` (RFC 5322 §3.6.8)
pub(crate) fn is_field_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|&octet| octet.is_ascii_graphic() && octet != b':')
}
