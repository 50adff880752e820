//! One line of JSON for a message: the `Email` object, and beside it what JMAP has no place for.

use postrider::{
    mailbox::{Form, body, envelope},
    message::{Encryption, Hop as Received},
    mime::Message,
};
use serde::Serialize;

use super::{
    caret::Lines,
    email::Email,
    findings::{Finding, findings},
    parts::Numbered,
};

#[derive(Debug, Serialize)]
struct Line<'m> {
    /// The file, and which of its mails where it is a mailbox.
    path: &'m str,
    #[serde(flatten)]
    email: Email<'m>,
    hops: Vec<Hop<'m>>,
    defects: Vec<Told<'m>>,
    ambiguities: Vec<Told<'m>>,
    imap: Imap,
}

/// One `Received` field, the oldest first. Times are seconds.
#[derive(Debug, Serialize)]
struct Hop<'m> {
    from: Option<&'m str>,
    by: Option<&'m str>,
    protocol: Option<&'m str>,
    id: Option<&'m str>,
    /// Null where the field does not say.
    encrypted: Option<bool>,
    date: Option<String>,
    /// Since the hop before.
    delay: Option<i64>,
    /// What of the delay the message really lost there.
    lost: Option<i64>,
    /// How much the clock of the hop is wrong at least.
    skew: Option<i64>,
}

/// A defect or ambiguity. `start` and `end` count octets of the message.
#[derive(Debug, Serialize)]
struct Told<'m> {
    /// The part whose encoded message it is in: places are those in it, once decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'m str>,
    code: &'static str,
    severity: String,
    text: &'static str,
    reference: &'static str,
    start: usize,
    end: usize,
    line: usize,
    /// What this reader does where readers disagree.
    #[serde(skip_serializing_if = "Option::is_none")]
    choice: Option<&'static str>,
}

/// What an IMAP server says of the message, in wire syntax. Octets that are no UTF-8 are replaced.
#[derive(Debug, Serialize)]
struct Imap {
    envelope: String,
    bodystructure: String,
}

/// Writes the line of a message.
pub(crate) fn write<B: AsRef<[u8]>>(
    path: &str,
    message: &Message<B>,
    parts: &[Numbered<'_>],
    to: &mut Vec<u8>,
) -> serde_json::Result<()> {
    let trace = message.headers().trace();
    let (mut ambiguities, mut defects) = (Vec::new(), Vec::new());
    let mut tell = |part, found: Vec<Finding>, octets| {
        let mut lines = Lines::new(octets);
        for one in found {
            let list = if one.is_ambiguity() { &mut ambiguities } else { &mut defects };
            list.push(Told::of(part, &one, &mut lines));
        }
    };
    tell(None, findings(message).list, message.as_bytes());
    for (one, inner) in parts.iter().filter_map(|one| Some((one, one.opened?))) {
        tell(Some(one.number.as_str()), findings(inner).list, inner.as_bytes());
    }
    let line = Line {
        path,
        email: Email::of(message, parts),
        hops: trace.hops().iter().map(Hop::of).collect(),
        defects,
        ambiguities,
        imap: Imap::of(message),
    };
    serde_json::to_writer(&mut *to, &line)?;
    to.push(b'\n');
    Ok(())
}

impl<'m> Hop<'m> {
    fn of(hop: &'m Received<'_>) -> Self {
        Self {
            from: hop.from(),
            by: hop.by(),
            protocol: hop.protocol(),
            id: hop.id(),
            encrypted: match hop.encryption() {
                Encryption::Yes => Some(true),
                Encryption::No => Some(false),
                _ => None,
            },
            date: hop.date().map(|date| date.to_rfc3339().to_string()),
            delay: hop.delay(),
            lost: hop.lost(),
            skew: hop.skew(),
        }
    }
}

impl<'m> Told<'m> {
    fn of(part: Option<&'m str>, finding: &Finding, lines: &mut Lines<'_>) -> Self {
        let (code, span) = (finding.defect.code(), finding.defect.span());
        Self {
            part,
            code: code.name(),
            severity: format!("{:?}", code.severity()).to_ascii_lowercase(),
            text: code.text(),
            reference: code.reference(),
            start: span.start(),
            end: span.end(),
            line: lines.number(span.start()),
            choice: finding.choice,
        }
    }
}

impl Imap {
    fn of<B: AsRef<[u8]>>(message: &Message<B>) -> Self {
        let text = |octets: Vec<u8>| match String::from_utf8(octets) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        let (mut one, mut two) = (Vec::new(), Vec::new());
        envelope(message.headers()).write(&mut one);
        body(message, Form::BodyStructure).write(&mut two);
        Self { envelope: text(one), bodystructure: text(two) }
    }
}
