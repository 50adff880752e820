//! Every file of the corpora: without an edit it is itself; an edited field changes nothing but
//! itself; without an attachment it is the message without that attachment.

use std::{fs, path::PathBuf};

use postrider_message::{FieldName, HeaderSection, Text};
use postrider_mime::{Edit, EditError, Message, Part, Place, Strip, build::Entity};
use postrider_testkit::{place_in_corpora as place, shared_files};

/// All files, mailboxes and pictures among them; fewer than there are would prove little.
const FILES: usize = 4_100;

fn files() -> Vec<PathBuf> {
    let files = shared_files("corpora");
    assert!(files.is_empty() || files.len() > FILES, "only {} files", files.len());
    files
}

fn each(mut check: impl FnMut(&str, &Message<Vec<u8>>)) {
    for path in files() {
        let message = Message::parse(fs::read(&path).unwrap()).unwrap();
        check(&place(&path), &message);
    }
}

#[test]
fn a_file_without_an_edit_is_itself() {
    let mut count = 0;
    each(|name, message| {
        let edit = Edit::of(message);
        assert!(edit.to_vec() == message.as_bytes(), "{name}");
        assert!(edit.slices().len() <= 1, "{name}");
        count += 1;
    });
    eprintln!("{count} files are themselves");
}

/// The octets with others in the place of a range.
fn spliced(octets: &[u8], range: core::ops::Range<usize>, new: &[u8]) -> Vec<u8> {
    [&octets[..range.start], new, &octets[range.end..]].concat()
}

/// A field as the header section of a part is to have it.
fn field(part: Part<'_>, name: &str, text: &str) -> Vec<u8> {
    let raw = part.raw_header();
    let line = raw.split_inclusive(|&octet| octet == b'\n').next().unwrap_or_default();
    let mbox = part.headers().mbox_from().unwrap_or_default();
    let lf = |line: &[u8]| line.ends_with(b"\n") && !line.ends_with(b"\r\n");
    let end = if lf(line) || (line.is_empty() && lf(mbox)) { "\n" } else { "\r\n" };
    format!("{name}: {text}{end}").into_bytes()
}

/// Adds, replaces and removes one field of a part, and compares with the octets where only it is
/// changed. Tells how many edits that were.
fn edits_of_one_field(
    name: &str,
    message: &Message<Vec<u8>>,
    part: Part<'_>,
    known: FieldName,
) -> usize {
    let (octets, headers) = (message.as_bytes(), part.headers());
    let value = Text::new("Words").unwrap();
    let mut edits = 0;
    let mut check = |edit: &Edit<'_>, expected: Vec<u8>, what: &str| {
        edits += 1;
        let edited = edit.to_vec();
        assert!(edited == expected, "{name}: {what} {}", differs(&edited, &expected));
        assert_eq!(edit.slices().concat(), edited);
    };

    // Added at the end of the section, where lines are whole.
    let end = headers
        .fields()
        .next_back()
        .map_or_else(|| headers.span().start(), |field| field.span().end());
    let whole = headers.fields().next_back().is_none_or(|field| field.raw().ends_with(b"\n"));
    if whole && end == headers.span().end() {
        let mut edit = Edit::of(message);
        edit.headers(part).unwrap().append("X-Added", &value).unwrap();
        check(&edit, spliced(octets, end..end, &field(part, "X-Added", "Words")), "added");
    }
    if let Some(old) = headers.get(known).filter(|old| old.raw().ends_with(b"\n")) {
        let at = headers.fields().position(|one| one.span() == old.span()).unwrap();
        let mut edit = Edit::of(message);
        edit.headers(part).unwrap().replace(at, &value).unwrap();
        let name = str::from_utf8(old.name()).unwrap();
        check(&edit, spliced(octets, old.span().range(), &field(part, name, "Words")), "replaced");

        let mut edit = Edit::of(message);
        edit.headers(part).unwrap().remove(at).unwrap();
        check(&edit, spliced(octets, old.span().range(), b""), "removed");
    }
    edits
}

/// The octets without the fields that were added; a byte order mark may stand before one.
fn without_added(octets: &[u8]) -> Vec<u8> {
    let lines = octets.split_inclusive(|&octet| octet == b'\n');
    let kept = lines.map(|line| match line.windows(7).position(|name| name == b"X-Added") {
        Some(at) if line[at..].trim_ascii_end() == b"X-Added: Words" => &line[..at],
        _ => line,
    });
    kept.flatten().copied().collect()
}

fn differs(one: &[u8], other: &[u8]) -> String {
    let at = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let show = |octets: &[u8]| {
        octets[at..].iter().take(60).copied().collect::<Vec<_>>().escape_ascii().to_string()
    };
    format!("at {at}: {} | {}", show(one), show(other))
}

#[test]
fn an_edited_field_changes_nothing_but_itself() {
    let (mut root, mut inner, mut of_all) = (0, 0, 0);
    each(|name, message| {
        root += edits_of_one_field(name, message, message.root(), FieldName::Subject);
        if let Some(part) = message.parts().skip(1).find(|part| part.description().is_some()) {
            inner += edits_of_one_field(name, message, part, FieldName::ContentDescription);
        }
        // A message that begins where the fields of the part around it end gets an empty line before.
        let begins = |part: &Part<'_>| {
            let around = part.parent().filter(|around| !around.is_multipart());
            around.is_none_or(|around| !around.headers().separator().is_empty())
        };
        let last = message.parts().skip(1).last().filter(begins);
        if let Some(part) = last {
            inner += edits_of_one_field(name, message, part, FieldName::ContentType);
        }
        // A field of every part at once: each is where it was put, and nothing else is.
        let mut edit = Edit::of(message);
        for part in message.parts() {
            edit.headers(part).unwrap().prepend("X-Added", &Text::new("Words").unwrap()).unwrap();
        }
        of_all += message.parts().len();
        let edited = edit.to_vec();
        let without = without_added(&edited);
        let added = message.parts().filter(|part| part.raw_header().is_empty()).count();
        assert!(
            // A last line without an end has one where something now follows.
            matches!(without.strip_prefix(message.as_bytes()), Some(b"" | b"\n" | b"\r\n"))
                || (added > 0 && without.len() <= message.as_bytes().len() + 4 * added),
            "{name} {}",
            differs(&without, message.as_bytes())
        );
        if name.contains("spamassassin") && added == 0 {
            assert_eq!(
                HeaderSection::parse(&edited).headers().named("X-Added").count(),
                1,
                "{name}"
            );
        }
    });
    eprintln!(
        "{root} edits of fields of messages, {inner} of parts, {of_all} of all parts at once"
    );
    assert!(root == 0 || (root > 11_000 && inner > 1_500 && of_all > 5_900));
}

/// A part by what a reader sees of it; the octets of what has parts are those of its parts.
#[derive(Debug, PartialEq)]
struct Seen<'a> {
    depth: usize,
    header: &'a [u8],
    body: Option<&'a [u8]>,
    preamble: &'a [u8],
    epilogue: Option<&'a [u8]>,
}

fn seen<'a>(message: &'a Message<Vec<u8>>, without: Option<Part<'_>>) -> Vec<Seen<'a>> {
    let is_gone = |part: &Part<'_>| {
        without.is_some_and(|gone| *part == gone)
            || core::iter::successors(part.parent(), |part| part.parent())
                .any(|around| without.is_some_and(|gone| around == gone))
    };
    let parts = message.parts().filter(|part| !is_gone(part));
    parts
        .map(|part| Seen {
            depth: part.depth(),
            header: part.raw_header(),
            body: (!part.is_multipart() && part.message().is_none()).then(|| part.raw_body()),
            preamble: part.preamble(),
            epilogue: part.epilogue(),
        })
        .collect()
}

fn same(told: &[Seen<'_>], expected: &[Seen<'_>], name: &str) {
    for (told, expected) in told.iter().zip(expected) {
        assert!(told == expected, "{name}: {told} is not {expected}");
    }
    assert_eq!(told.len(), expected.len(), "{name}");
}

impl core::fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { depth, header, body, preamble, epilogue } = self;
        let (header, preamble) = (header.escape_ascii(), preamble.escape_ascii());
        let body = body.map(<[u8]>::escape_ascii).map(|body| body.to_string());
        let epilogue = epilogue.map(<[u8]>::escape_ascii).map(|text| text.to_string());
        write!(f, "{depth} {header} {body:?} {preamble} {epilogue:?}")
    }
}

#[test]
fn a_message_without_an_attachment_is_the_message_without_it() {
    let (mut files, mut removed, mut last, mut refused) = (0, 0, 0, 0);
    each(|name, message| {
        let attachments: Vec<_> = message.attachments().collect();
        files += usize::from(!attachments.is_empty());
        for part in attachments {
            let mut edit = Edit::of(message);
            match edit.remove(part) {
                Ok(()) => {}
                Err(EditError::NotInMultipart) => {
                    assert_eq!(part, message.root(), "{name}");
                    continue;
                }
                Err(error) => {
                    eprintln!("{name}: {error}");
                    refused += 1;
                    continue;
                }
            }
            let octets = edit.to_vec();
            let edited = Message::parse(octets.clone()).unwrap();
            let multipart = part.parent().unwrap();
            if multipart.children().count() == 1 {
                // An empty text in its place.
                last += 1;
                assert_eq!(
                    edited.parts().len(),
                    message.parts().len() + 1 - seen_in(message, part)
                );
                continue;
            }
            removed += 1;
            let (told, expected) = (seen(&edited, None), seen(message, Some(part)));
            same(&told, &expected, name);
            // Nothing but one range of octets is gone.
            let before = message.as_bytes();
            let gone = before.len() - octets.len();
            let start = before.iter().zip(&octets).take_while(|(one, other)| one == other).count();
            let start = start.min(octets.len());
            let same = (0..=start).rev().any(|start| before[start + gone..] == octets[start..]);
            assert!(same, "{name}");
            assert!(gone >= part.span().len(), "{name}");
        }
    });
    eprintln!(
        "{files} files with attachments: {removed} removed, {last} the last of its multipart, {refused} refused"
    );
    assert!(files == 0 || (files > 250 && removed > 300 && refused < 5));
}

/// How many parts a part is, with those in it.
fn seen_in(message: &Message<Vec<u8>>, part: Part<'_>) -> usize {
    message.parts().len() - seen(message, Some(part)).len()
}

#[test]
fn what_is_added_and_removed_again_was_never_there() {
    let (mut added, mut refused) = (0, 0);
    each(|name, message| {
        for multipart in message.parts().filter(|part| part.is_multipart()) {
            let places = [Place::FirstIn(multipart), Place::LastIn(multipart)];
            let beside = multipart
                .children()
                .next()
                .into_iter()
                .flat_map(|part| [Place::Before(part), Place::After(part)]);
            for place in places.into_iter().chain(beside) {
                let mut edit = Edit::of(message);
                let part = b"X-Here: yes\r\nContent-Type: text/plain\r\n\r\nNew";
                if let Err(error) = edit.insert_raw(place, part) {
                    refused += 1;
                    assert!(
                        matches!(error, EditError::NoBoundary | EditError::SimilarBoundary),
                        "{name}"
                    );
                    continue;
                }
                added += 1;
                let edited = Message::parse(edit.to_vec()).unwrap();
                let is_new = |part: &Part<'_>| part.headers().named("X-Here").next().is_some();
                let new = edited.parts().find(is_new).expect(name);
                assert_eq!(new.span().of(edited.as_bytes()), part, "{name}");
                if multipart.children().next().is_none() {
                    continue;
                }
                same(&seen(&edited, Some(new)), &seen(message, None), &format!("{name} {place:?}"));
                let mut edit = Edit::of(&edited);
                edit.remove(new).unwrap();
                let (back, before) = (edit.to_vec(), message.as_bytes());
                assert!(back == before, "{name} {place:?} {}", differs(&back, before));
            }
        }
    });
    eprintln!("{added} parts added and removed again, {refused} refused");
    assert!(added == 0 || added > 2_000);
}

#[test]
fn a_message_with_an_attachment_keeps_its_body_octet_by_octet() {
    let (mut attached, mut appended, mut refused) = (0, 0, 0);
    let file = Entity::octets(b"GIF89a\0".as_slice()).attached_as("a.gif").unwrap();
    each(|name, message| {
        let root = message.root();
        let mut edit = Edit::of(message);
        if let Err(error) = edit.attach(root, &file, &[7; 32]) {
            eprintln!("{name}: {error}");
            refused += 1;
            return;
        }
        let edited = Message::parse(edit.to_vec()).unwrap();
        let new = edited.root().children().last().expect(name);
        assert_eq!(new.decoded().value, b"GIF89a\0".as_slice(), "{name}");
        let others = |root: Part<'_>| -> Vec<Vec<u8>> {
            let fields = root.headers().fields();
            let content = |name: &[u8]| {
                name.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-"))
            };
            let other = fields.filter(|field| {
                !content(field.name()) && field.known() != Some(FieldName::MimeVersion)
            });
            other.map(|field| field.raw().trim_ascii_end().to_vec()).collect()
        };
        if root.is_multipart() && edited.parts().len() == message.parts().len() + 1 {
            appended += 1;
            if root.children().next().is_none() {
                assert_eq!(edited.root().preamble(), root.preamble(), "{name}");
            } else {
                same(&seen(&edited, Some(new)), &seen(message, None), name);
            }
            return;
        }
        attached += 1;
        let body = edited.root().children().next().unwrap();
        // A message in a message may end in the midst of its fields: their last line gets its end.
        let nested = message.parts().last().filter(|_| root.message().is_some());
        let cut = nested.is_some_and(|part| part.headers().separator().is_empty());
        let same_body = |body: &[u8]| {
            let added = body.strip_prefix(root.raw_body()).expect(name);
            assert!(added.is_empty() || (cut && added == b"\r\n"), "{name}");
        };
        same_body(body.raw_body());
        assert_eq!(body.media_type().to_string(), root.media_type().to_string(), "{name}");
        assert_eq!(others(edited.root()), others(root), "{name}");
        assert_eq!(edited.parts().len(), message.parts().len() + 2, "{name}");

        // Without it, and without the multipart, the body is what it was.
        let mut edit = Edit::of(&edited);
        edit.remove(new).unwrap();
        edit.unwrap(edited.root()).unwrap();
        let back = Message::parse(edit.to_vec()).unwrap();
        same_body(back.root().raw_body());
        assert_eq!(others(back.root()), others(root), "{name}");
        assert_eq!(back.parts().len(), message.parts().len(), "{name}");
    });
    eprintln!(
        "{attached} bodies with an attachment beside them, {appended} multiparts with one more, {refused} refused"
    );
    assert!(attached == 0 || (attached > 3_500 && appended > 150 && refused < 10));
}

#[test]
fn without_all_attachments_nothing_is_left_to_attach() {
    let (mut files, mut stripped, mut noted) = (0, 0, 0);
    each(|name, message| {
        let before = message.attachments().count();
        for way in [Strip::Remove, Strip::Note] {
            let mut edit = Edit::of(message);
            let count = edit.strip_attachments(|_| way).expect(name);
            assert_eq!(count, before, "{name}");
            let edited = Message::parse(edit.to_vec()).unwrap();
            match way {
                Strip::Remove => stripped += count,
                _ => noted += count,
            }
            if count == 0 {
                assert!(edited.as_bytes() == message.as_bytes(), "{name}");
            }
            let texts = |message: &Message<Vec<u8>>| -> Vec<Vec<u8>> {
                message.text_body().map(|part| part.raw_body().to_vec()).collect()
            };
            if message.root().is_multipart() && way == Strip::Remove {
                for text in texts(message) {
                    assert!(texts(&edited).contains(&text), "{name}");
                }
            }
        }
        files += usize::from(before > 0);
    });
    eprintln!("{files} files without {stripped} attachments, and with {noted} notes");
    assert!(files == 0 || (files > 250 && stripped > 300 && noted == stripped));
}
