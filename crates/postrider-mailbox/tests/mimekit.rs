//! Types, octets and lines of every part of the mails in MimeKit's mailboxes, which tell them in
//! `*-offsets.json`.

use std::fs;

use postrider_imap::{BodyStructure, Part, PartKind};
use postrider_mailbox::{Form, body};
use postrider_mime::Message;

/// What is told of one part.
#[derive(Debug, Default, PartialEq, Eq)]
struct Facts {
    ty: String,
    octets: u64,
    /// Of texts and messages; a last line that is not ended counts here.
    lines: u64,
}

/// One mail of the mailbox: where it lies, and its parts, each before those in it.
#[derive(Debug, Default)]
struct Mail {
    begin: usize,
    end: usize,
    parts: Vec<Facts>,
}

/// Reads the listing, which has one value on a line: objects with a `mimeType` are parts.
fn listing(json: &str) -> Vec<Mail> {
    let mut mails: Vec<Mail> = Vec::new();
    // The parts that are open, or `None` for what is open and no part.
    let mut open: Vec<Option<usize>> = Vec::new();
    for line in json.lines().map(str::trim) {
        if line.ends_with('{') || line.ends_with('[') {
            open.push(None);
            if open.len() == 2 {
                mails.push(Mail::default());
            }
        } else if line.starts_with('}') || line.starts_with(']') {
            open.pop();
        }
        let Some((name, value)) = line.split_once(": ") else { continue };
        let value = value.trim_end_matches(',').trim_matches('"');
        let (Some(mail), Some(top)) = (mails.last_mut(), open.last_mut()) else { continue };
        let number = || value.parse::<u64>().unwrap();
        match (name, *top) {
            ("\"mimeType\"", _) => {
                *top = Some(mail.parts.len());
                mail.parts.push(Facts { ty: value.to_ascii_lowercase(), ..Facts::default() });
            }
            ("\"octets\"", Some(part)) => mail.parts[part].octets = number(),
            ("\"lines\"", Some(part)) => mail.parts[part].lines = number(),
            ("\"beginOffset\"", None) if open.len() == 2 => mail.begin = number() as usize,
            ("\"endOffset\"", None) if open.len() == 2 => mail.end = number() as usize,
            _ => {}
        }
    }
    mails
}

/// The parts of a structure, each before those in it.
fn parts(body: &BodyStructure) -> Vec<Facts> {
    let told = |part: Part<'_>| {
        let text = String::from_utf8_lossy;
        if part.kind() == PartKind::Multipart {
            let ty = format!("multipart/{}", text(part.subtype()));
            return Facts { ty: ty.to_ascii_lowercase(), ..Facts::default() };
        }
        let ty = format!("{}/{}", text(part.media_type()), text(part.subtype()));
        let lines = part.lines().unwrap_or_default();
        Facts { ty: ty.to_ascii_lowercase(), octets: part.octets(), lines }
    };
    body.walk().map(|(_, part)| told(part)).collect()
}

#[test]
fn structures_tell_what_mimekit_tells() {
    let mut count = 0;
    for name in ["content-length", "issue1189"] {
        let read =
            |file: String| postrider_testkit::shared(&file).map(|path| fs::read(path).unwrap());
        let folder = "corpora/mimekit/mbox";
        let (Some(mbox), Some(json)) = (
            read(format!("{folder}/{name}.mbox.txt")),
            read(format!("{folder}/{name}.dos-offsets.json")),
        ) else {
            eprintln!("skipped: {folder} is not here");
            return;
        };
        // The `dos` offsets are those of the mailbox with CRLF for LF.
        let mut dos = Vec::new();
        for &octet in mbox.iter().filter(|octet| **octet != b'\r') {
            dos.extend_from_slice(if octet == b'\n' {
                b"\r\n"
            } else {
                std::slice::from_ref(&octet)
            });
        }
        for mail in listing(std::str::from_utf8(&json).unwrap()) {
            let message = Message::parse(&dos[mail.begin..mail.end]).unwrap();
            let told = parts(&body(&message, Form::Body));
            let types = |parts: &[Facts]| parts.iter().map(|p| p.ty.clone()).collect::<Vec<_>>();
            assert_eq!(types(&told), types(&mail.parts), "at {}", mail.begin);
            for ((part, told), expected) in message.parts().zip(&told).zip(&mail.parts) {
                count += 1;
                if told.ty.starts_with("multipart/") {
                    continue;
                }
                assert_eq!(told.octets, expected.octets, "at {}", mail.begin);
                let octets = part.raw_body();
                let open = !octets.is_empty() && !octets.ends_with(b"\n");
                if told.ty.starts_with("text/") || told.ty == "message/rfc822" {
                    let lines = told.lines + u64::from(open);
                    assert_eq!(lines, expected.lines, "at {}", mail.begin);
                }
            }
        }
    }
    assert!(count > 50, "{count}");
}
