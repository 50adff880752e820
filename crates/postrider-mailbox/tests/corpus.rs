//! Every mail of the SpamAssassin corpus.

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use common::Wire;
use postrider_imap::{FetchItem, FieldName, Part, PartKind, Section, SectionText};
use postrider_mailbox::{Form, body, envelope, section};
use postrider_mime::Message;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if !["LICENSE", "NOTICE", "README.txt"].iter().any(|name| path.ends_with(name)) {
            found.push(path);
        }
    }
}

fn mails() -> Option<Vec<PathBuf>> {
    let Some(root) = postrider_testkit::shared("corpora/spamassassin") else {
        eprintln!("skipped: corpora/spamassassin is not here");
        return None;
    };
    let mut paths = Vec::new();
    files(&root, &mut paths);
    assert_eq!(paths.len(), 3046);
    Some(paths)
}

fn octets(mail: &Message<Vec<u8>>, number: &[u32], piece: Option<SectionText>) -> Option<Vec<u8>> {
    let wanted = Section::new(number.to_vec(), piece).unwrap();
    let found = section(mail, &wanted)?;
    let octets = found.of(mail.as_bytes());
    assert_eq!(found.len(), octets.len() as u64);
    Some(octets.to_vec())
}

/// Header and text of a message are the message, and each field is chosen or is not.
fn check_message(mail: &Message<Vec<u8>>, number: &[u32]) {
    let whole = octets(mail, number, None).unwrap();
    let header = octets(mail, number, Some(SectionText::Header)).unwrap();
    let text = octets(mail, number, Some(SectionText::Text)).unwrap();
    assert_eq!([&header[..], &text[..]].concat(), whole);
    let names = || vec![FieldName::new("received").unwrap(), FieldName::new("TO").unwrap()];
    let chosen = octets(mail, number, Some(SectionText::HeaderFields(names()))).unwrap();
    let rest = octets(mail, number, Some(SectionText::HeaderFieldsNot(names()))).unwrap();
    let part = mail.part(number).unwrap();
    let message = if number.is_empty() { part } else { part.message().unwrap() };
    let fields = message.headers().raw().len();
    assert_eq!(chosen.len() + rest.len(), fields + 2 * message.headers().separator().len());
}

/// The octets and lines of every part are those of its section.
fn check_parts(mail: &Message<Vec<u8>>, part: Part<'_>, number: &mut Vec<u32>) -> usize {
    if part.kind() == PartKind::Multipart {
        let mut count = 0;
        for (index, part) in part.parts().enumerate() {
            number.push(u32::try_from(index).unwrap() + 1);
            count += check_parts(mail, part, number);
            number.pop();
        }
        return count;
    }
    let at = if number.is_empty() { &[1][..] } else { &number[..] };
    let Some(octets) = octets(mail, at, None) else {
        // The empty text that stands for a multipart without parts.
        assert_eq!(part.octets(), 0);
        return 0;
    };
    assert_eq!(part.octets(), octets.len() as u64);
    let lines = octets.iter().filter(|octet| **octet == b'\n').count() as u64;
    assert_eq!(part.lines(), (part.kind() != PartKind::Basic).then_some(lines));
    if part.kind() == PartKind::Message {
        check_message(mail, number);
        let inner = part.parts().next().unwrap();
        if inner.kind() != PartKind::Multipart {
            number.push(1);
            let count = check_parts(mail, inner, number);
            number.pop();
            return count + 1;
        }
        return check_parts(mail, inner, number) + 1;
    }
    1
}

#[test]
fn sections_tile_and_structures_tell_their_sizes() {
    let Some(paths) = mails() else { return };
    let mut parts = 0;
    for path in &paths {
        let mail = Message::parse(fs::read(path).unwrap()).unwrap();
        check_message(&mail, &[]);
        parts += check_parts(&mail, body(&mail, Form::Body).root(), &mut Vec::new());
    }
    eprintln!("{} mails, {parts} parts", paths.len());
    assert!(parts > paths.len());
}

#[test]
fn every_value_comes_back_from_the_wire() {
    let Some(paths) = mails() else { return };
    let mut wire = Wire::new();
    for path in &paths {
        // No IMAP string can hold NUL.
        let octets: Vec<u8> = fs::read(path).unwrap();
        let octets = octets.iter().map(|&octet| if octet == 0 { b'?' } else { octet }).collect();
        let mail: Message<Vec<u8>> = Message::parse(octets).unwrap();
        let items = [
            FetchItem::Envelope(envelope(mail.headers())),
            FetchItem::Body(body(&mail, Form::Body)),
            FetchItem::BodyStructure(body(&mail, Form::BodyStructure)),
        ];
        assert_eq!(wire.through(&items), items, "{}", path.display());
    }
}
