//! A message for a person: header summary, tree of parts, hops, what is wrong.

use std::{cmp::Reverse, fmt::Write};

use postrider::{
    message::{AddressList, FieldName},
    mime::{Message, Roles, Selection},
};

use super::{
    caret::Lines,
    extract::Written,
    findings::{Finding, findings},
    parts::{Numbered, numbered},
    safe::{Octets, SHOWN, Safe},
};

/// Findings that are shown of one message.
const FINDINGS: usize = 50;
/// Addresses that are shown of one field.
const ADDRESSES: usize = 20;

/// Writes the page of a message.
pub(crate) fn write<B: AsRef<[u8]>>(
    path: &str,
    message: &Message<B>,
    files: &[Written],
    to: &mut Vec<u8>,
) {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = whole(&mut page, path, message, files);
    to.extend_from_slice(page.as_bytes());
}

fn whole<B: AsRef<[u8]>>(
    page: &mut String,
    path: &str,
    message: &Message<B>,
    files: &[Written],
) -> std::fmt::Result {
    writeln!(page, "== {} ({})", Safe(path, SHOWN), Octets(message.as_bytes().len()))?;
    summary(page, message)?;
    writeln!(page, "\nParts")?;
    tree(page, message)?;
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
    let found = findings(message);
    let (ambiguities, defects): (Vec<_>, Vec<_>) =
        found.into_iter().partition(Finding::is_ambiguity);
    list(page, "Ambiguities", &ambiguities, message.as_bytes())?;
    list(page, "Defects", &defects, message.as_bytes())?;
    writeln!(page)
}

fn summary<B: AsRef<[u8]>>(page: &mut String, message: &Message<B>) -> std::fmt::Result {
    let headers = message.headers();
    let names = [
        ("From", FieldName::From),
        ("Sender", FieldName::Sender),
        ("Reply-To", FieldName::ReplyTo),
        ("To", FieldName::To),
        ("Cc", FieldName::Cc),
        ("Bcc", FieldName::Bcc),
    ];
    for (label, name) in names {
        let Some(list) = headers.read::<AddressList<'_>>(name) else { continue };
        let addresses: Vec<_> = list.value.addresses().iter().take(ADDRESSES).collect();
        let shown: Vec<_> =
            addresses.iter().map(|one| Safe(&one.to_string(), SHOWN).to_string()).collect();
        let more = list.value.addresses().len() - addresses.len();
        write!(page, "{label}: {}", shown.join(", "))?;
        match more {
            0 => writeln!(page)?,
            more => writeln!(page, " and {more} more")?,
        }
    }
    if let Some(subject) = headers.subject() {
        writeln!(page, "Subject: {}", Safe(subject.value.as_str(), SHOWN))?;
    }
    if let Some(date) = headers.date().and_then(|date| date.value) {
        writeln!(page, "Date: {date}")?;
    }
    if let Some(ids) = headers.message_id() {
        for id in ids.value.ids() {
            writeln!(page, "Message-ID: {}", Safe(id.as_str(), SHOWN))?;
        }
    }
    let preview = message.preview(160);
    if !preview.is_empty() {
        writeln!(page, "Preview: {}", Safe(&preview, SHOWN))?;
    }
    Ok(())
}

fn tree<B: AsRef<[u8]>>(page: &mut String, message: &Message<B>) -> std::fmt::Result {
    let selection = message.selection();
    // Whether a line goes on below, for each level.
    let mut goes_on: Vec<bool> = Vec::new();
    for one in numbered(message) {
        page.push_str("  ");
        goes_on.truncate(one.depth);
        if let Some((_, outer)) = goes_on.split_first() {
            outer.iter().for_each(|goes_on| page.push_str(if *goes_on { "│  " } else { "   " }));
            page.push_str(if one.is_last { "└─ " } else { "├─ " });
        }
        goes_on.push(!one.is_last);
        leaf(page, &one, &selection)?;
    }
    Ok(())
}

fn leaf(page: &mut String, one: &Numbered<'_>, selection: &Selection<'_>) -> std::fmt::Result {
    let part = one.part;
    let ty = part.content_type().value;
    if !one.number.is_empty() {
        write!(page, "{} ", one.number)?;
    }
    let name = format!("{}/{}", ty.ty(), ty.subtype()).to_ascii_lowercase();
    write!(page, "{}", Safe(&name, SHOWN))?;
    if let Some(charset) = ty.charset().filter(|_| ty.is_type("text")) {
        write!(page, " {}", Safe(&String::from_utf8_lossy(&charset), SHOWN))?;
    }
    if let Some(name) = part.file_name() {
        write!(page, " \"{}\"", Safe(&name, SHOWN))?;
    }
    if part.is_multipart() || part.message().is_some() {
        return writeln!(page, ", {}", Octets(part.octets()));
    }
    write!(page, ", {}", Octets(part.decoded_len()))?;
    let encoding = part.raw_transfer_encoding().unwrap_or_default();
    if !part.transfer_encoding().is_identity() {
        let encoding = String::from_utf8_lossy(&encoding).to_ascii_lowercase();
        write!(page, " ({} in {})", Octets(part.octets()), Safe(&encoding, SHOWN))?;
    }
    let roles = roles(selection.roles(part));
    if !roles.is_empty() && !one.is_nested {
        write!(page, " [{}]", roles.join(", "))?;
    }
    writeln!(page)
}

fn roles(roles: Roles) -> Vec<&'static str> {
    let names = [
        (roles.is_text_body(), "text body"),
        (roles.is_html_body(), "HTML body"),
        (roles.is_attachment(), "attachment"),
        (roles.is_inline(), "inline"),
    ];
    names.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect()
}

fn list(page: &mut String, title: &str, found: &[Finding], octets: &[u8]) -> std::fmt::Result {
    if found.is_empty() {
        return Ok(());
    }
    writeln!(page, "\n{title}")?;
    // Where there are many, those that matter most, in the order of their places.
    let mut shown: Vec<_> = found.iter().enumerate().collect();
    shown.sort_by_key(|(_, one)| Reverse(one.defect.severity()));
    shown.truncate(FINDINGS);
    shown.sort_by_key(|(index, _)| *index);
    let mut lines = Lines::new(octets);
    for (_, one) in shown {
        let code = one.defect.code();
        writeln!(page, "  {}: {} ({})", code.name(), code.text(), code.reference())?;
        if let Some(choice) = one.choice {
            writeln!(page, "    here: {choice}")?;
        }
        write!(page, "{}", lines.marked(one.defect.span()))?;
    }
    match found.len().saturating_sub(FINDINGS) {
        0 => Ok(()),
        more => writeln!(page, "  and {more} more"),
    }
}
