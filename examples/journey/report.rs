//! The message as Bob reads it, and the trace of its hops.

use std::fmt::{self, Write};

use postrider::message::{AddressList, HeaderSection, Headers, Parsed};
use postrider::mime::{Message, Part};

/// Up to this size a mail is read into memory whole.
pub(crate) const IN_MEMORY: u64 = 64 * 1024 * 1024;
/// Of a larger mail so much is read for its header section.
pub(crate) const HEAD: u64 = 1024 * 1024;

/// What Bob sees of a whole mail.
pub(crate) fn mail(mail: &[u8]) -> String {
    let mut page = String::new();
    // Writing into a String cannot fail.
    let _ = match Message::parse(mail) {
        Ok(message) => header(&mut page, message.headers())
            .and_then(|()| writeln!(page, "Parts:"))
            .and_then(|()| parts(&mut page, message.root(), 1)),
        Err(error) => writeln!(page, "{error}"),
    };
    page
}

/// What Bob sees of a mail that is too large to hold: its header section.
pub(crate) fn head_only(head: &[u8], size: u64) -> String {
    let mut page = String::new();
    let section = HeaderSection::parse(head);
    // Writing into a String cannot fail.
    let _ = header(&mut page, section.headers());
    let _ = writeln!(page, "Parts:       not read, the mail has {size} octets");
    page
}

fn header(page: &mut String, headers: Headers<'_>) -> fmt::Result {
    let subject = headers.subject().map(|subject| subject.value.to_string());
    writeln!(page, "Subject:     {}", shown(subject.as_deref().unwrap_or("(none)")))?;
    people(page, "From:        ", headers.from())?;
    people(page, "To:          ", headers.to())?;
    people(page, "Cc:          ", headers.cc())?;
    match headers.date().and_then(|date| date.value) {
        Some(date) => writeln!(page, "Date:        {date}")?,
        None => writeln!(page, "Date:        (none that can be read)")?,
    }
    trace(page, headers)
}

fn people(
    page: &mut String,
    label: &str,
    list: Option<Parsed<'_, AddressList<'_>>>,
) -> fmt::Result {
    let Some(list) = list else { return Ok(()) };
    let mailboxes: Vec<String> = list.value.mailboxes().map(person).collect();
    writeln!(page, "{label}{}", shown(&mailboxes.join(", ")))
}

/// A mailbox for a person to read, not to parse.
fn person(mailbox: &postrider::message::Mailbox<'_>) -> String {
    match mailbox.name() {
        Some(name) => format!("{name} <{}>", mailbox.addr_spec()),
        None => mailbox.addr_spec().to_string(),
    }
}

fn parts(page: &mut String, part: Part<'_>, depth: usize) -> fmt::Result {
    let kind = part.content_type().value;
    let indent = "  ".repeat(depth);
    write!(page, "{indent}{}/{}", shown(kind.ty()), shown(kind.subtype()))?;
    match part.text() {
        Some(text) => {
            writeln!(page, ", {} octets", part.octets())?;
            let lines = text.value.lines().filter(|line| !line.trim().is_empty());
            for line in lines.take(3) {
                let line: String = line.chars().take(72).collect();
                writeln!(page, "{indent}  | {}", shown(&line))?;
            }
        }
        None => writeln!(page, ", {} octets", part.octets())?,
    }
    part.children().chain(part.message()).try_for_each(|inner| parts(page, inner, depth + 1))
}

fn trace(page: &mut String, headers: Headers<'_>) -> fmt::Result {
    writeln!(page, "Trace:")?;
    writeln!(page, "  hop  {:<28} {:<28} {:<8} delay", "from", "by", "with")?;
    let trace = headers.trace();
    for (index, hop) in trace.hops().iter().enumerate() {
        let delay = match (hop.delay(), index) {
            (Some(seconds), _) => format!("{seconds} s"),
            (None, 0) => "-".into(),
            (None, _) => "unknown".into(),
        };
        let cell = |text: Option<&str>| shown(text.unwrap_or("-"));
        let (from, by, with) = (cell(hop.from()), cell(hop.by()), cell(hop.protocol()));
        writeln!(page, "  {:>3}  {from:<28} {by:<28} {with:<8} {delay}", index + 1)?;
    }
    match trace.total() {
        Some(total) => writeln!(page, "  in all {total} s"),
        None => Ok(()),
    }
}

/// Text of strangers, without what could steer a terminal.
fn shown(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() { '\u{fffd}' } else { character })
        .collect::<String>()
}
