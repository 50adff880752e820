//! The search for the parts of a report in the multiparts of a message.

use alloc::vec::Vec;

use postrider_message::{Defects, RawValue};

use super::{
    group::Groups,
    kind::{ReportKind, looks_like, of_type},
};
use crate::{Part, TransferEncoding};

/// Whether it is a message or the header section of one.
pub(super) fn is_original(part: Part<'_>) -> bool {
    let ty = part.media_type();
    ty.is_message() || ty.is("text", "rfc822-headers") || ty.is("message", "global-headers")
        // What some write for it.
        || ty.is("text", "rfc822") || ty.is("message", "rfc822-headers")
}

/// The part for machines, and whether it was found by its fields alone.
pub(super) fn find(part: Part<'_>) -> Option<(ReportKind, Part<'_>, bool)> {
    by_type(part).or_else(|| by_fields(part)).or_else(|| forwarded(part))
}

fn by_type(part: Part<'_>) -> Option<(ReportKind, Part<'_>, bool)> {
    leaves(Some(part)).find_map(|leaf| Some((of_type(leaf)?, leaf, false)))
}

/// The same in the messages in a multipart that says to be a report and has none.
fn forwarded(part: Part<'_>) -> Option<(ReportKind, Part<'_>, bool)> {
    Walk::of(Some(part)).filter(|one| one.is_multipart()).find_map(|container| {
        container.content_type().value.parameters().text("report-type")?;
        let mut messages = container.children().filter_map(Part::message);
        messages.find_map(by_type)
    })
}

/// Some filters take the groups of fields for parts, encode what stands behind the first one, and
/// add a `Content-Transfer-Encoding` to it: the content without that encoding.
pub(super) fn undone(content: &[u8], machine: Part<'_>) -> Option<Vec<u8>> {
    let raw = RawValue::new(content).with_limits(&machine.limits().headers);
    let mut groups = Groups::new(raw);
    let group = groups.next(&mut Defects::default())?;
    let field = group.iter().find(|field| field.is("Content-Transfer-Encoding"))?;
    let encoding = TransferEncoding::of_value(field.raw);
    if encoding.is_identity() || encoding == TransferEncoding::Unknown {
        return None;
    }
    let (first, rest) = content.split_at_checked(groups.at())?;
    let rest = encoding.decode(rest, raw.span(), 0).value;
    Some([first, &rest].concat())
}

/// The same by its fields. What a multipart says of itself is looked at once.
fn by_fields(part: Part<'_>) -> Option<(ReportKind, Part<'_>, bool)> {
    Walk::of(Some(part)).filter(|one| one.is_multipart()).find_map(|container| {
        let ty = container.content_type().value;
        if !ty.is("multipart", "report") {
            return None;
        }
        let told = ty.parameters().text("report-type");
        let mut leaves = container.children().filter(|child| !child.is_multipart());
        leaves.find_map(|leaf| Some((looks_like(leaf, told.as_deref())?, leaf, true)))
    })
}

/// A part and the parts of the multiparts in it, in order. Nested messages are leaves.
struct Walk<'a> {
    root: Option<Part<'a>>,
    next: Option<Part<'a>>,
}

impl<'a> Walk<'a> {
    const fn of(root: Option<Part<'a>>) -> Self {
        Self { root, next: root }
    }

    /// The part behind this one and all in it.
    fn behind(&self, mut part: Part<'a>) -> Option<Part<'a>> {
        loop {
            if Some(part) == self.root {
                return None;
            }
            match part.next_sibling() {
                Some(next) => return Some(next),
                None => part = part.parent()?,
            }
        }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let part = self.next?;
        let first = if part.is_multipart() { part.children().next() } else { None };
        self.next = first.or_else(|| self.behind(part));
        Some(part)
    }
}

/// Those that are no multiparts.
pub(super) fn leaves(root: Option<Part<'_>>) -> impl Iterator<Item = Part<'_>> {
    Walk::of(root).filter(|part| !part.is_multipart())
}
