//! Against MimeKit: where each part of the messages of two mailboxes begins and ends, its type, its
//! octets and lines, with the line ends of the file (`unix`) and with CRLF (`dos`).

use core::ops::Range;

use postrider_mime::{Message, Part};
use postrider_testkit::{Ledger, read_shared};
use serde_json::Value;

use crate::ledger;

const FOLDER: &str = "corpora/mimekit/mbox";

fn number(value: &Value, key: &str) -> usize {
    usize::try_from(value[key].as_u64().unwrap()).unwrap()
}

/// One message of a mailbox.
struct Mail<'a> {
    /// Name of the file of offsets, and the number of the message in it.
    place: String,
    mailbox: &'a [u8],
    /// Where it lies in the mailbox.
    range: Range<usize>,
}

impl Mail<'_> {
    /// The number of the line in the mailbox, the first being 1, in which this octet of the message
    /// lies.
    fn line(&self, offset: usize) -> usize {
        let before = &self.mailbox[..self.range.start + offset];
        before.iter().filter(|&&octet| octet == b'\n').count() + 1
    }

    /// Lines of a body: its line ends, and one more where the last line has none.
    fn lines(body: &[u8]) -> usize {
        let ends = body.iter().filter(|&&octet| octet == b'\n').count();
        ends + usize::from(body.last().is_some_and(|&octet| octet != b'\n'))
    }

    /// Compares a part and those in it. The value of a nested message holds that of its body.
    fn compare(&self, ledger: &mut Ledger, number_: &str, theirs: &Value, ours: Part<'_>) {
        let place = format!("{}{number_}", self.place);
        let mut answers = |question: &str, theirs: &str, ours: &str| {
            ledger.compare(&place, question, "MimeKit", theirs, ours);
        };
        let ty = ours.content_type().value;
        let ty = format!("{}/{}", ty.ty(), ty.subtype()).to_lowercase();
        answers("type", &theirs["mimeType"].as_str().unwrap().to_lowercase(), &ty);
        let (header, body) = (ours.header_span(), ours.body_span());
        let at = |offset: usize| self.range.start + offset;
        for (question, theirs, ours) in [
            ("begin", number(theirs, "beginOffset"), at(header.start())),
            ("begin of body", number(theirs, "headersEndOffset"), at(body.start())),
            ("end", number(theirs, "endOffset"), at(body.end())),
            ("line of begin", number(theirs, "lineNumber"), self.line(header.start())),
            ("octets", number(theirs, "octets"), ours.octets()),
            ("lines", number(theirs, "lines"), Self::lines(ours.raw_body())),
        ] {
            answers(question, &theirs.to_string(), &ours.to_string());
        }
        let parts: Vec<&Value> = match &theirs["children"] {
            Value::Array(parts) => parts.iter().collect(),
            _ => theirs.get("message").map(|message| &message["body"]).into_iter().collect(),
        };
        let ours: Vec<Part<'_>> = ours.message().into_iter().chain(ours.children()).collect();
        answers("parts", &parts.len().to_string(), &ours.len().to_string());
        for (index, (theirs, ours)) in parts.into_iter().zip(ours).enumerate() {
            self.compare(ledger, &format!("{number_}#{}", index + 1), theirs, ours);
        }
    }
}

/// Compares all messages of a mailbox.
fn compare(ledger: &mut Ledger, offsets: &str, mailbox: &[u8]) -> Option<usize> {
    let told = read_shared(&format!("{FOLDER}/{offsets}"))?;
    let told: Value = serde_json::from_slice(&told).unwrap();
    let mails = told.as_array().unwrap();
    for (index, theirs) in mails.iter().enumerate() {
        let range = number(theirs, "beginOffset")..number(theirs, "endOffset");
        let message = Message::parse(&mailbox[range.clone()]).unwrap();
        let place = format!("mimekit/mbox/{offsets}#{}", index + 1);
        Mail { place, mailbox, range }.compare(ledger, "", &theirs["body"], message.root());
    }
    Some(mails.len())
}

#[test]
fn parts_lie_where_mimekit_says() {
    let mut ledger = ledger();
    let mut mails = 0;
    for name in ["content-length", "issue1189"] {
        let Some(unix) = read_shared(&format!("{FOLDER}/{name}.mbox.txt")) else { return };
        assert!(!unix.contains(&b'\r'));
        let lines: Vec<&[u8]> = unix.split(|&octet| octet == b'\n').collect();
        let dos = lines.join(&b"\r\n"[..]);
        for (offsets, mailbox) in [("unix", &unix), ("dos", &dos)] {
            let compared = compare(&mut ledger, &format!("{name}.{offsets}-offsets.json"), mailbox);
            mails += compared.unwrap();
        }
    }
    assert_eq!(mails, 66);
    ledger.settle_exactly(1800, "MimeKit");
}
