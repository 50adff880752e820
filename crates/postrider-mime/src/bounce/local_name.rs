//! Recipients by a local name, where the notice leaves the domain out. None is put behind it.

use alloc::vec::Vec;

use super::notice::{Found, Notice};

/// The octets of the longest local part (RFC 5321 §4.5.3.1.1).
const LONGEST: usize = 64;

/// The first words of the indented lines behind the sentence that says what happened, where that
/// sentence is known and ends in a colon at the end of a line.
pub(super) fn read(notice: &Notice) -> Option<Vec<Found>> {
    if notice.said == 0 {
        return None;
    }
    let flat = &notice.flat;
    let lines = flat.lines();
    let from = lines.partition_point(|line| line.end < notice.said);
    let mut rest = lines.iter().skip(from);
    let mut sentence = Vec::new();
    loop {
        let line = rest.next()?;
        if line.begins_paragraph && !sentence.is_empty() {
            return None;
        }
        sentence.push(line);
        if flat.slice(line.start..line.end).ends_with(':') {
            break;
        }
    }
    let mut found = Vec::new();
    for line in rest {
        if line.begins_paragraph && !found.is_empty() || line.indent == 0 {
            break;
        }
        let text = flat.slice(line.start..line.end);
        let word = text.split(' ').next().unwrap_or_default();
        if !is_name(word) {
            break;
        }
        let end = line.start.checked_add(word.len())?;
        found.push(Found {
            last: Some(line.start..end),
            original: None,
            start: line.start,
            behind: end,
        });
    }
    (!found.is_empty()).then_some(found)
}

/// A dot-atom of RFC 5322 §3.2.3 as account names use it.
fn is_name(word: &str) -> bool {
    let is_part =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    !word.is_empty() && word.len() <= LONGEST && word.bytes().all(is_part)
}
