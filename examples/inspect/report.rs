//! A message for a person: header summary, tree of parts, hops, what is wrong.

use std::fmt::Write;

use postrider::mime::Message;

use super::{
    extract::Written,
    findings::findings,
    list::lists,
    parts::Numbered,
    safe::{Octets, SHOWN, Safe},
    summary, tree,
};

/// Encoded messages whose findings are shown.
const OPENED: usize = 20;

/// Writes the page of a message.
pub(crate) fn write<B: AsRef<[u8]>>(
    path: &str,
    message: &Message<B>,
    parts: &[Numbered<'_>],
    files: &[Written],
    to: &mut Vec<u8>,
) {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = whole(&mut page, path, message, parts, files);
    to.extend_from_slice(page.as_bytes());
}

fn whole<B: AsRef<[u8]>>(
    page: &mut String,
    path: &str,
    message: &Message<B>,
    parts: &[Numbered<'_>],
    files: &[Written],
) -> std::fmt::Result {
    writeln!(page, "== {} ({})", Safe(path, SHOWN), Octets(message.as_bytes().len()))?;
    if message.as_bytes().is_empty() {
        return writeln!(page, "Nothing is in it.\n");
    }
    summary::write(page, message)?;
    writeln!(page, "\nParts")?;
    tree::write(page, message, parts)?;
    if !files.is_empty() {
        writeln!(page, "\nFiles")?;
        for file in files {
            writeln!(page, "  {} {}", file.part, Safe(&file.name, SHOWN))?;
        }
    }
    let trace = message.headers().trace();
    if !trace.hops().is_empty() {
        writeln!(page, "\nHops")?;
        for line in trace.to_string().lines() {
            writeln!(page, "  {line}")?;
        }
    }
    lists(page, "", &findings(message), message.as_bytes())?;
    // Lines are counted in the octets they stand in.
    let mut opened = parts.iter().filter_map(|one| Some((one, one.opened?)));
    for (one, inner) in opened.by_ref().take(OPENED) {
        let place = format!(" of the message in part {}, by its decoded lines", one.number);
        lists(page, &place, &findings(inner), inner.as_bytes())?;
    }
    match opened.count() {
        0 => {}
        more => writeln!(page, "\n{more} more encoded messages: --json tells what is in them")?,
    }
    writeln!(page)
}
