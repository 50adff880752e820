//! Groups of fields with empty lines between them (RFC 3464 §2.1), each read as a header section.

use alloc::vec::Vec;

use postrider_message::{Defects, HeaderIndex, RawValue, code as message_code};

/// One field of a group.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupField<'a> {
    /// As it stands; empty where the line has no colon.
    pub(super) name: &'a [u8],
    pub(super) raw: RawValue<'a>,
}

impl GroupField<'_> {
    pub(super) const fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Cuts the groups, one after the other. Empty lines and lines of white space between them, however
/// many, count as one.
pub(super) struct Groups<'a> {
    raw: RawValue<'a>,
    at: usize,
    /// Fields that may still be read.
    budget: usize,
}

impl<'a> Groups<'a> {
    pub(super) const fn new(raw: RawValue<'a>) -> Self {
        Self { raw, at: 0, budget: raw.limits().fields }
    }

    /// Where the next group is looked for.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// The fields of the next group. Lines without a colon, and fields beyond the limit, are left
    /// out and told.
    pub(super) fn next(&mut self, defects: &mut Defects) -> Option<Vec<GroupField<'a>>> {
        let bytes = self.raw.bytes();
        self.at = self.at.saturating_add(blank_lines(bytes.get(self.at..)?));
        if self.at >= bytes.len() {
            return None;
        }
        if self.budget == 0 {
            let rest = self.raw.slice(self.at..bytes.len());
            defects.push(&message_code::TOO_MANY_FIELDS, rest.span());
            return None;
        }
        let limits = self.raw.limits();
        let index = HeaderIndex::parse_until(bytes, self.at, limits, &mut self.budget, |_| false);
        if index.is_cut() {
            defects
                .push(&message_code::TOO_MANY_FIELDS, self.raw.slice(self.at..bytes.len()).span());
        }
        // Behind fields that were not let in there is nothing more to read.
        let end = if index.is_cut() { bytes.len() } else { index.separator().end() };
        self.at = end.max(self.at.saturating_add(1));
        let mut fields = Vec::new();
        for field in index.headers(bytes).fields() {
            let start = field.span().start();
            let name = start..start.saturating_add(field.name().len());
            if name.is_empty() {
                defects.push(&message_code::NO_COLON, self.raw.slice(field.span().range()).span());
                continue;
            }
            let name = bytes.get(name).unwrap_or_default();
            fields.push(GroupField { name, raw: self.raw.slice(field.value_span().range()) });
        }
        Some(fields)
    }
}

/// Gives every field to a function, for reports whose groups mean nothing; one that it does not take
/// is told as given twice.
pub(super) fn all_fields<'a>(
    raw: RawValue<'a>,
    defects: &mut Defects,
    mut take: impl FnMut(&GroupField<'a>, &mut Defects) -> bool,
) {
    let mut groups = Groups::new(raw);
    while let Some(group) = groups.next(defects) {
        for field in group {
            if !take(&field, defects) {
                defects.push(&message_code::DUPLICATE_FIELD, field.raw.span());
            }
        }
    }
}

/// Octets of the lines of white space that a text begins with.
fn blank_lines(text: &[u8]) -> usize {
    let white = text.len().saturating_sub(text.trim_ascii_start().len());
    let lines = text.get(..white).unwrap_or_default();
    lines.iter().rposition(|&octet| octet == b'\n').map_or(0, |at| at.saturating_add(1))
}
