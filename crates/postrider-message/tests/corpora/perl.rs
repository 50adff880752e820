//! Against MIME-tools for Perl: the `Subject`, `To` and `From` that its `.ref` files tell of the
//! message and of its parts.

use postrider_message::{FieldName, HeaderSection};
use postrider_testkit::shared;

use crate::{files, ledger};

const FIELDS: [(&str, FieldName); 3] =
    [("Subject", FieldName::Subject), ("To", FieldName::To), ("From", FieldName::From)];

/// One entity of a `.ref` file: its name and what is told of it.
struct Entity {
    name: String,
    told: Vec<(String, String)>,
}

/// The entities of a file of lines such as `"Msg" => {`, `"To" => "user0",` and `},`.
fn entities(text: &str) -> Vec<Entity> {
    let mut entities: Vec<Entity> = Vec::new();
    for line in text.lines() {
        let Some((key, value)) = line.trim().split_once(" => ") else { continue };
        let key = key.trim_matches('"').to_owned();
        match (value.trim_end_matches(','), entities.last_mut()) {
            ("{", _) => entities.push(Entity { name: key, told: Vec::new() }),
            (value, Some(entity)) => entity.told.push((key, unescaped(value))),
            _ => {}
        }
    }
    entities
}

/// A string in double quotes: `\"` and `\@`.
fn unescaped(value: &str) -> String {
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    value.replace("\\\"", "\"").replace("\\@", "@")
}

/// The header sections of a message: one at its start, and perhaps one behind each empty line and
/// each boundary delimiter.
fn sections(message: &[u8]) -> impl Iterator<Item = HeaderSection<&[u8]>> {
    let mut offset = 0;
    let mut starts = vec![0];
    for line in message.split_inclusive(|&octet| octet == b'\n') {
        offset += line.len();
        if line.trim_ascii().is_empty() || line.starts_with(b"--") {
            starts.push(offset);
        }
    }
    starts.into_iter().map(|start| HeaderSection::parse(&message[start..]))
}

/// The first value of a field, as text and trimmed, as MIME-tools gives it.
fn ours(section: &HeaderSection<&[u8]>, name: FieldName) -> String {
    match (name, section.headers().get(name)) {
        (_, None) => String::new(),
        (FieldName::Subject, _) => section.headers().subject().unwrap().value.to_string(),
        (_, Some(field)) => String::from_utf8(field.unfolded().into_owned()).unwrap(),
    }
}

#[test]
fn values_are_what_the_perl_library_says() {
    let files = files("perl-mime-tools/testmsgs", &["ref"]);
    let here = !files.is_empty();
    let mut ledger = ledger();
    for file in files {
        let entities = entities(&String::from_utf8_lossy(&std::fs::read(&file).unwrap()));
        let told = |name: &str, key: &str| {
            let entity = entities.iter().find(|entity| entity.name == name)?;
            entity.told.iter().find(|(found, _)| found == key).map(|(_, value)| value.trim())
        };
        let place = format!("perl-mime-tools/{}", told("Parser", "Message").unwrap());
        let message = std::fs::read(shared(&format!("corpora/{place}")).unwrap()).unwrap();
        for Entity { name, .. } in &entities {
            let wanted: Vec<_> = FIELDS
                .into_iter()
                .filter_map(|(key, field)| told(name, key).map(|value| (key, field, value)))
                .collect();
            let Some(&(_, first, value)) = wanted.first() else { continue };
            // The message's own section is the first; a part's is found by its first value.
            let is_it =
                |section: &HeaderSection<&[u8]>| name == "Msg" || ours(section, first) == value;
            let section = sections(&message).find(is_it);
            for (key, field, value) in wanted {
                let ours = section.as_ref().map(|section| ours(section, field)).unwrap_or_default();
                ledger.compare(&format!("{place} {name}"), key, "perl", value, &ours);
            }
        }
    }
    if here {
        ledger.settle_exactly(90, "perl");
    }
}
