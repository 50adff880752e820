//! An edited message is the message with what was edited, and nothing else.
//!
//! The first octet of an input says how many edits there are, up to eight; three octets each say
//! which; the rest is the message. For every input: without an edit the octets are the same. With
//! edits, what is written is parsed to the fields of a list on which the same edits were made;
//! fields that were not edited have their octets, and so have mbox's line, the empty line and the
//! body. The changes of meaning that are allowed are those that are documented: a line that begins
//! with `From ` and comes first is mbox's, and a byte order mark that comes first is no part of a
//! field.

use postrider_message::{Edit, EditError, Field, FieldValue, HeaderSection, Text};

const NAMES: [&str; 5] = ["Subject", "X-Added", "received", "Bcc", "From"];

/// A byte order mark.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A field that the list has.
#[derive(Debug, Clone, PartialEq)]
enum Line {
    /// Its octets, without the last line end.
    Octets(Vec<u8>),
    /// Its name and text.
    Text(String, String),
}

/// Checks one input.
pub(crate) fn check(data: &[u8]) {
    let (count, rest) = data.split_first().unwrap_or((&0, &[]));
    let count = usize::from(count % 9).min(rest.len() / 3);
    let (edits, message) = rest.split_at(count * 3);
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    let mut edit = headers.edit();
    assert_eq!(edit.to_vec(), message);
    assert!(edit.slices().len() <= 1, "what is not touched is one slice");

    let stray = |field: Field<'_>| matches!(field.raw(), [b' ' | b'\t', ..]);
    let mut top = headers.fields().next().is_some_and(stray);
    let mut list: Vec<_> = headers.fields().map(|field| octets(field.raw())).collect();
    for code in edits.chunks_exact(3) {
        apply(code, &mut edit, &mut list, &mut top);
        assert_eq!(edit.len(), list.len());
    }
    let written = edit.to_vec();
    assert_eq!(edit.slices().concat(), written);
    compare(&section, &written, &list);
}

fn octets(raw: &[u8]) -> Line {
    let line = raw.strip_suffix(b"\n").map_or(raw, |raw| raw.strip_suffix(b"\r").unwrap_or(raw));
    Line::Octets(line.to_vec())
}

fn name_of(line: &Line) -> String {
    let name = match line {
        Line::Text(name, _) => name.clone().into_bytes(),
        Line::Octets(octets) => {
            let section = HeaderSection::parse([b"X: x\n", &octets[..]].concat());
            let second = section.headers().fields().nth(1);
            second.map_or(Vec::new(), |field| field.name().to_vec())
        }
    };
    name.iter().map(|&octet| char::from(octet)).collect()
}

/// Makes one edit on both. `top` says whether the first line continues nothing, and stays.
fn apply(code: &[u8], edit: &mut Edit<'_>, list: &mut Vec<Line>, top: &mut bool) {
    let name = NAMES[usize::from(code[2]) % NAMES.len()];
    let text = format!("{} {}é {}", code[2], "word ".repeat(usize::from(code[2])), code[1]);
    let value = Text::new(text.clone()).expect("no control characters");
    let new = Line::Text(name.to_owned(), text);
    let (index, length, first) = (usize::from(code[1]) % 12, list.len(), usize::from(*top));
    let place = |index: usize, length: usize| index.max(first).min(length);
    match code[0] % 8 {
        0 => {
            let at = edit.insert(index, name, &value).expect("valid");
            assert_eq!(at, place(index, length));
            list.insert(at, new);
        }
        1 => {
            let at = edit.prepend(name, &value).expect("valid");
            assert_eq!(at, first.min(length));
            list.insert(at, new);
        }
        2 => {
            assert_eq!(edit.append(name, &value), Ok(length));
            list.push(new);
        }
        3 if index < length => {
            edit.remove(index).expect("there is one");
            list.remove(index);
            *top &= index > 0;
        }
        4 if index < length => {
            if edit.replace(index, &value).is_ok() {
                let Line::Text(_, text) = new else { unreachable!() };
                list[index] = Line::Text(name_of(&list[index]), text);
            }
        }
        5 if index < length => {
            let old = name_of(&list[index]);
            match (edit.rename(index, name), &mut list[index]) {
                (Err(error), _) => assert_eq!((error, &*old), (EditError::NoName, "")),
                (Ok(()), Line::Text(old, _)) => *old = name.to_owned(),
                (Ok(()), Line::Octets(line)) => {
                    // White space before the colon goes with the name.
                    let colon = line.iter().position(|&octet| octet == b':').expect("one");
                    line.splice(..colon, name.bytes());
                }
            }
        }
        6 if index < length => {
            let to = usize::from(code[2]) % 12;
            let at = edit.move_to(index, to).expect("there is one");
            if index >= first {
                let line = list.remove(index);
                assert_eq!(at, place(to, length - 1));
                list.insert(at, line);
            }
        }
        7 => {
            let gone = edit.remove_all(name);
            list.retain(|line| !name_of(line).eq_ignore_ascii_case(name));
            assert_eq!(length - gone, list.len());
        }
        _ => assert!(index >= length && edit.remove(index) == Err(EditError::NoField)),
    }
}

/// Whether what was written is parsed to this list.
fn compare(before: &HeaderSection<&[u8]>, written: &[u8], list: &[Line]) {
    let after = HeaderSection::parse(written);
    let (old, new) = (before.headers(), after.headers());
    assert_eq!(after.body(), before.body(), "{}", written.escape_ascii());
    let empty_line = old.separator().of(before.as_bytes());
    assert_eq!(new.separator().of(written), empty_line, "{}", written.escape_ascii());
    let mbox = new.mbox_from().map(octets);
    let mut fields = new.fields();
    let mut list = list.iter();
    if old.mbox_from().is_some() {
        assert_eq!(mbox, old.mbox_from().map(octets), "{}", written.escape_ascii());
    } else if let Some(Line::Octets(mbox)) = mbox {
        // What was the second line of that field now continues nothing.
        let Some(Line::Octets(first)) = list.next() else { panic!("a new field is no mbox line") };
        let first = first.strip_prefix(MARK).unwrap_or(first);
        let rest = first.strip_prefix(&mbox[..]).expect("it is the first line");
        if !rest.is_empty() {
            let stray = fields.next().expect("the rest of it");
            assert!(rest.ends_with(match octets(stray.raw()) {
                Line::Octets(ref octets) => octets,
                Line::Text(..) => unreachable!(),
            }));
        }
    }
    assert_eq!(fields.len(), list.len(), "{}", written.escape_ascii());
    for (number, (field, line)) in fields.zip(list).enumerate() {
        match line {
            Line::Octets(all) => {
                let marked = all.strip_prefix(MARK).filter(|_| number == 0);
                let Line::Octets(found) = octets(field.raw()) else { unreachable!() };
                assert!(found == *all || Some(&found[..]) == marked, "{}", written.escape_ascii());
            }
            Line::Text(name, text) => {
                assert_eq!(field.name(), name.as_bytes());
                assert_eq!(Text::read(field.raw_value()).value.as_str(), text);
            }
        }
    }
}
