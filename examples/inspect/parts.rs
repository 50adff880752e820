//! The parts of a message with their numbers, as IMAP counts them (RFC 9051 §6.4.5.1).
//!
//! A message that a transfer encoding hides is decoded, and its parts are numbered as if it were
//! not encoded. IMAP has no numbers for them: to it the message is one part.

use std::collections::HashMap;

use postrider::mime::{Message, Part, TransferEncoding};

/// Encoded messages within one another that are opened. Quoted-printable makes no message shorter:
/// this bounds how often the octets of a mail are copied.
const CHAIN: usize = 8;

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
    /// The message in it that was encoded, decoded.
    pub(crate) opened: Option<&'a Message<Vec<u8>>>,
}

/// The messages that a transfer encoding hides, decoded, by the numbers of the parts that hold them.
#[derive(Debug, Default)]
pub(crate) struct Opened(HashMap<String, Message<Vec<u8>>>);

impl Opened {
    /// Those in this message and in one another.
    pub(crate) fn of<B: AsRef<[u8]>>(message: &Message<B>) -> Self {
        let mut found = HashMap::new();
        let mut todo = hidden(message, "", 1);
        while let Some((number, level, inner)) = todo.pop() {
            if level < CHAIN {
                todo.extend(hidden(&inner, &format!("{number}."), level + 1));
            }
            found.insert(number, inner);
        }
        Self(found)
    }
}

/// The encoded messages in one message, whose numbers begin with `of`.
fn hidden<B: AsRef<[u8]>>(
    message: &Message<B>,
    of: &str,
    level: usize,
) -> Vec<(String, usize, Message<Vec<u8>>)> {
    // Almost no mail has one, and none needs numbers then.
    if !message.parts().any(is_hidden) {
        return Vec::new();
    }
    let open = |one: Numbered<'_>| {
        // What is decoded is no longer than what it comes from: never too large.
        let inner = one.part.encoded_message()?.ok()?;
        Some((one.number, level, inner))
    };
    numbered_from(message.root(), of, &Opened::default()).into_iter().filter_map(open).collect()
}

/// Whether a transfer encoding hides the message that this part is.
pub(crate) fn is_hidden(part: Part<'_>) -> bool {
    let ty = part.media_type();
    let is_message = ty.is("message", "rfc822") || ty.is("message", "global");
    is_message && part.message().is_none() && {
        let encoding = part.transfer_encoding();
        !encoding.is_identity() && encoding != TransferEncoding::Unknown
    }
}

/// The text of a multipart without parts, which reaches from its start to its end. Of a multipart
/// with parts the preamble says only that an old reader is old.
pub(crate) fn lone_preamble(part: Part<'_>) -> Option<&[u8]> {
    let is_alone = part.is_multipart() && part.children().next().is_none();
    Some(part.preamble()).filter(|text| is_alone && !text.trim_ascii().is_empty())
}

/// All parts, each before those in it. A message that is no multipart is its own part 1.
pub(crate) fn numbered<'a, B: AsRef<[u8]>>(
    message: &'a Message<B>,
    opened: &'a Opened,
) -> Vec<Numbered<'a>> {
    numbered_from(message.root(), "", opened)
}

fn numbered_from<'a>(root: Part<'a>, of: &str, opened: &'a Opened) -> Vec<Numbered<'a>> {
    let mut found = Vec::new();
    // The number of a part, and what those in it begin with.
    let entered = |part: Part<'_>, of: &str| match part.is_multipart() {
        true => (String::new(), of.to_owned()),
        false => (format!("{of}1"), format!("{of}1.")),
    };
    let of_part = |part: Part<'a>, (number, inner): (String, String), depth, is_nested| {
        let opened = opened.0.get(&number).filter(|_| !part.is_multipart());
        (Numbered { part, number, depth, is_last: false, is_nested, opened }, inner)
    };
    let mut todo = vec![of_part(root, entered(root, of), 0, false)];
    todo[0].0.is_last = true;
    while let Some((one, of)) = todo.pop() {
        let depth = one.depth + 1;
        let from = todo.len();
        if let Some(nested) = one.part.message().or_else(|| one.opened.map(Message::root)) {
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
