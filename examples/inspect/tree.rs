//! The parts of a message as a tree, one line for each.

use std::fmt::Write;

use postrider::mime::{Message, Roles, Selection};

use super::{
    parts::{Numbered, is_hidden, lone_preamble},
    safe::{Octets, SHOWN, Safe},
};

pub(crate) fn write<B: AsRef<[u8]>>(
    page: &mut String,
    message: &Message<B>,
    parts: &[Numbered<'_>],
) -> std::fmt::Result {
    let selection = message.selection();
    // Whether a line goes on below, for each level.
    let mut goes_on: Vec<bool> = Vec::new();
    for one in parts {
        goes_on.truncate(one.depth);
        goes_on.push(!one.is_last);
        branch(page, &goes_on);
        leaf(page, one, &selection)?;
        if let Some(text) = lone_preamble(one.part) {
            goes_on.push(false);
            branch(page, &goes_on);
            writeln!(page, "preamble, {}", Octets(text.len()))?;
        }
    }
    Ok(())
}

fn branch(page: &mut String, goes_on: &[bool]) {
    page.push_str("  ");
    // The message itself hangs on nothing.
    if let Some((last, outer)) = goes_on.get(1..).and_then(<[bool]>::split_last) {
        outer.iter().for_each(|goes_on| page.push_str(if *goes_on { "│  " } else { "   " }));
        page.push_str(if *last { "├─ " } else { "└─ " });
    }
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
    let holds_parts = part.is_multipart() || part.message().is_some();
    if holds_parts || part.transfer_encoding().is_identity() {
        write!(page, ", {}", Octets(part.octets()))?;
    } else {
        let encoding = part.raw_transfer_encoding().unwrap_or_default();
        let encoding = String::from_utf8_lossy(&encoding).to_ascii_lowercase();
        let (decoded, octets) = (Octets(part.decoded_len()), Octets(part.octets()));
        write!(page, ", {decoded} ({octets} in {})", Safe(&encoding, SHOWN))?;
    }
    if is_hidden(part) && one.opened.is_none() {
        write!(page, ", too deep to be opened")?;
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
