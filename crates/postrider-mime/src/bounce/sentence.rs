//! Recipients in known places of sentences.

use alloc::vec::Vec;
use core::ops::Range;

use super::{
    address,
    notice::{Found, Notice},
    phrases::{BEFORE, FOLLOWING_MESSAGE, ORIGINALLY},
};

pub(super) fn read(notice: &Notice) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    for (words, is_original) in BEFORE
        .iter()
        .map(|words| (words, false))
        .chain(ORIGINALLY.iter().map(|words| (words, true)))
    {
        for behind in notice.flat.ends_of(words) {
            let Some(name) = address::at(notice.flat.text(), behind) else { continue };
            let start = behind.saturating_sub(words.len());
            found.push(named(name, start, is_original));
        }
    }
    if found.is_empty() {
        found.extend(field_to(notice));
    }
    // By the address: “undeliverable to your message to …” is one sentence, and the first words of it
    // are where it begins.
    found.sort_by_key(|one| (one.behind, one.start));
    found.dedup_by_key(|one| one.behind);
    (!found.is_empty()).then_some(found)
}

fn named(name: Range<usize>, start: usize, is_original: bool) -> Found {
    let behind = name.end;
    let (last, original) = if is_original { (None, Some(name)) } else { (Some(name), None) };
    Found { last, original, start, behind }
}

/// The field `To` that is quoted behind “… to deliver the following message”.
fn field_to(notice: &Notice) -> Option<Found> {
    let said = notice.flat.end_of(FOLLOWING_MESSAGE)?;
    let lines = notice.flat.lines().iter().filter(|line| line.start >= said);
    let mut fields =
        lines.filter(|line| notice.flat.lower(line.start..line.end).starts_with("to:"));
    let (line, None) = (fields.next()?, fields.next()) else { return None };
    let name = address::at(notice.flat.text(), line.start.checked_add("to:".len())?)?;
    // One address fills the line.
    let rest = notice.flat.slice(name.end..line.end);
    matches!(rest, "" | ">").then(|| named(name, line.start, false))
}
