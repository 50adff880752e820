//! Recipients at the start of lines: the paragraphs of qmail and Postfix, and plain lists.

use alloc::vec::Vec;

use super::{
    Source, address,
    flat::{Flat, Line},
    notice::{Found, Notice},
    phrases::{BEHIND, ORIGINALLY},
};

/// What stands behind an address that a line begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// `<address>:`
    Paragraph,
    /// `address:`
    Colon,
    /// Nothing, or a mark of another kind.
    Other,
}

/// Recipients at the start of lines behind the sentence that says what happened.
pub(super) fn read(notice: &Notice) -> Option<(Source, Vec<Found>)> {
    behind(notice, notice.said)
}

/// Recipients that fill lines before that sentence, where nothing else is found.
pub(super) fn before(notice: &Notice) -> Option<(Source, Vec<Found>)> {
    let (source, mut list) = behind(notice, 0)?;
    let lines = notice.flat.lines();
    list.retain(|found| {
        let line = lines.get(lines.partition_point(|line| line.start < found.start));
        let rest = line.map_or("", |line| notice.flat.slice(found.behind..line.end));
        found.start < notice.said && matches!(rest, "" | ">")
    });
    (!list.is_empty()).then_some((source, list))
}

fn behind(notice: &Notice, said: usize) -> Option<(Source, Vec<Found>)> {
    let mut list: Vec<(Mark, Found)> = Vec::new();
    // The indent of the recipient whose diagnosis the next lines may be.
    let mut indent = None;
    for line in notice.flat.lines() {
        let is_behind = line.start >= said;
        if is_behind && read_original(&notice.flat, line, &mut list) {
            continue;
        }
        let goes_on = indent.is_some_and(|indent| line.indent > indent && !line.begins_paragraph);
        if goes_on {
            continue;
        }
        if let Some((mark, found)) = recipient(&notice.flat, line, is_behind) {
            indent = Some(line.indent);
            list.push((mark, found));
        }
    }
    choose(&notice.flat, list)
}

/// Whether a paragraph begins with `<address>:`.
pub(super) fn has_paragraph(flat: &Flat) -> bool {
    let is_one = |line: &Line| {
        line.begins_paragraph
            && line.indent == 0
            && recipient(flat, line, true).is_some_and(|(mark, _)| mark == Mark::Paragraph)
    };
    flat.lines().iter().any(is_one)
}

/// The recipient that a line begins with.
fn recipient(flat: &Flat, line: &Line, is_behind: bool) -> Option<(Mark, Found)> {
    let name = address::at(flat.text(), line.start).filter(|name| name.end <= line.end)?;
    let rest = flat.lower(name.end..line.end);
    if BEHIND.iter().any(|words| rest.starts_with(words)) {
        let found = Found { start: line.start, behind: name.end, last: Some(name), original: None };
        return Some((Mark::Other, found));
    }
    let marks = rest.trim_start_matches(['>', ']', '"', '\'', ')']);
    let is_bracketed = rest.starts_with('>') && flat.slice(line.start..name.start).ends_with('<');
    let (mark, behind) = match marks {
        _ if marks.starts_with(':') && is_bracketed => (Mark::Paragraph, name.end),
        _ if marks.starts_with(':') => (Mark::Colon, name.end),
        "" => (Mark::Other, name.end),
        _ if [";", "...", " ...", " (", " ["].iter().any(|mark| marks.starts_with(mark)) => {
            (Mark::Other, name.end)
        }
        // `address on Fri, 20 Jul 2001 11:08:59 -0700`, `"address" <address>`, `address<mailto:address>`
        _ if [" on ", " <", "<"].iter().any(|mark| marks.starts_with(mark)) => {
            (Mark::Other, line.end)
        }
        _ => return None,
    };
    let found = Found { start: line.start, behind, last: Some(name), original: None };
    is_behind.then_some((mark, found))
}

/// Reads `(expanded from: address)`: of the recipient before it, or of one that is not named.
fn read_original(flat: &Flat, line: &Line, list: &mut Vec<(Mark, Found)>) -> bool {
    let lower = flat.lower(line.start..line.end);
    let Some(words) = ORIGINALLY.iter().find(|words| lower.starts_with(**words)) else {
        return false;
    };
    let at = line.start.saturating_add(words.len());
    let Some(name) = address::at(flat.text(), at).filter(|name| name.end <= line.end) else {
        return false;
    };
    let behind = line.end;
    match list.last_mut() {
        Some((_, last)) if last.original.is_none() => {
            (last.original, last.behind) = (Some(name), behind);
        }
        _ => {
            let found = Found { start: line.start, behind, last: None, original: Some(name) };
            list.push((Mark::Other, found));
        }
    }
    true
}

/// Where one recipient has a colon, lines without are diagnoses or advice; and “please ask …
/// postmaster@…” names no recipient where there are others.
fn choose(flat: &Flat, mut list: Vec<(Mark, Found)>) -> Option<(Source, Vec<Found>)> {
    for strongest in [Mark::Paragraph, Mark::Colon] {
        if list.iter().any(|(mark, _)| *mark == strongest) {
            list.retain(|(mark, _)| *mark == strongest);
        }
    }
    let is_postmaster = |found: &Found| {
        let name = found.last.clone().map_or("", |name| flat.lower(name));
        name.starts_with("postmaster@") || name.starts_with("mailer-daemon@")
    };
    if list.iter().any(|(_, found)| !is_postmaster(found)) {
        list.retain(|(_, found)| !is_postmaster(found));
    }
    let is_paragraph = matches!(list.first()?, (Mark::Paragraph, _));
    let source = if is_paragraph { Source::Paragraphs } else { Source::List };
    let found = list.into_iter().map(|(_, found)| found).collect();
    Some((source, found))
}
