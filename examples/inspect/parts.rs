//! The parts of a message with their numbers, as IMAP counts them (RFC 9051 §6.4.5.1).

use postrider::mime::{Message, Part};

/// A part, and where it stands in the tree.
#[derive(Debug, Clone)]
pub(crate) struct Numbered<'a> {
    pub(crate) part: Part<'a>,
    /// Such as `1.2`; empty for the message itself and for the multipart in a nested message, which
    /// have none of their own.
    pub(crate) number: String,
    pub(crate) depth: usize,
    /// Whether no part follows in the same part.
    pub(crate) is_last: bool,
    /// Whether it is in a nested message.
    pub(crate) is_nested: bool,
}

/// All parts, each before those in it. A message that is no multipart is its own part 1.
pub(crate) fn numbered<B: AsRef<[u8]>>(message: &Message<B>) -> Vec<Numbered<'_>> {
    let mut found = Vec::new();
    let root = message.root();
    // The number of a part, and what those in it begin with.
    let entered = |part: Part<'_>, of: &str| match part.is_multipart() {
        true => (String::new(), of.to_owned()),
        false => (format!("{of}1"), format!("{of}1.")),
    };
    let mut todo = vec![of_part(root, entered(root, ""), 0, false)];
    todo[0].0.is_last = true;
    while let Some((one, of)) = todo.pop() {
        let depth = one.depth + 1;
        let from = todo.len();
        if let Some(nested) = one.part.message() {
            todo.push(of_part(nested, entered(nested, &of), depth, true));
        }
        for (index, part) in one.part.children().enumerate() {
            let number = format!("{of}{}", index + 1);
            let inner = format!("{number}.");
            todo.push(of_part(part, (number, inner), depth, one.is_nested));
        }
        if let Some((last, _)) = todo[from..].last_mut() {
            last.is_last = true;
        }
        todo[from..].reverse();
        found.push(one);
    }
    found
}

fn of_part(
    part: Part<'_>,
    (number, inner): (String, String),
    depth: usize,
    is_nested: bool,
) -> (Numbered<'_>, String) {
    (Numbered { part, number, depth, is_last: false, is_nested }, inner)
}
