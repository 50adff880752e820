//! Reads the messages that `tests/interop/readback.sh` wrote with mail-parser, and compares what it
//! reads with what they must say: `readback DIR`. It fails on a difference that
//! `crates/postrider-mime/tests/decisions.md` does not have.

use std::{collections::BTreeMap, env, error::Error, fs, path::Path, process::ExitCode};

use mail_parser::{AddressList, MessagePart};
use postrider_race::structure::{MAIL_PARSER, type_of};
use serde_json::{Map, Value, json};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("which folder?")?;
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    paths.retain(|path| path.extension().is_some_and(|found| found == "eml"));
    paths.sort();
    let (mut same, mut wrong) = (0, 0);
    let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
    for path in &paths {
        let found = differences(path)?;
        same += usize::from(found.is_empty());
        for (what, meant, read) in found {
            match known(&what, &meant, &read) {
                Some(name) => *classes.entry(name).or_default() += 1,
                None => {
                    wrong += 1;
                    let name = path.file_stem().unwrap_or_default().display();
                    println!("{name}: {what}: meant {meant}, read {read}");
                }
            }
        }
    }
    let told: Vec<_> = classes.iter().map(|(name, count)| format!("{count} of {name}")).collect();
    let told = if told.is_empty() { "none".into() } else { told.join(", ") };
    println!(
        "mail-parser 1.0.1: {} messages, {same} read as they were meant; known differences: {told}; \
         others: {wrong}",
        paths.len()
    );
    let passes = wrong == 0 && !paths.is_empty();
    Ok(if passes { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The class of decisions.md that a difference is of, if there is one.
fn known(_what: &str, meant: &Value, _read: &Value) -> Option<&'static str> {
    let quoted = |address: &str| address.contains(['"', ' ']);
    meant[1].as_str().is_some_and(quoted).then_some("a quoted local part")
}

type Difference = (String, Value, Value);

fn differences(path: &Path) -> Result<Vec<Difference>, Box<dyn Error>> {
    let meant: Value = serde_json::from_slice(&fs::read(path.with_extension("json"))?)?;
    let mail = fs::read(path)?;
    let message = MAIL_PARSER.parse(&mail).ok_or("nothing was read")?;
    let mut out = Vec::new();
    let fields = json!({
        "subject": message.subject(),
        "from": people(message.from()),
        "to": people(message.to()),
        "cc": people(message.cc()),
        "date": message.date().map(|date| date.to_timestamp()),
        "id": message.message_id(),
    });
    compare("field", &meant["fields"], &fields, &mut out);
    let parts: Vec<Value> = message.parts().map(part).collect();
    let wanted = meant["parts"].as_array().ok_or("no parts")?;
    if parts.len() != wanted.len() {
        out.push(("parts".into(), wanted.len().into(), parts.len().into()));
    }
    for (one, other) in wanted.iter().zip(&parts) {
        compare("part", one, other, &mut out);
    }
    Ok(out)
}

fn compare(what: &str, meant: &Value, read: &Value, out: &mut Vec<Difference>) {
    let keys = |of: &Value| of.as_object().into_iter().flat_map(Map::keys).cloned().collect();
    let mut all: Vec<String> = keys(meant);
    all.extend(keys(read));
    all.sort();
    all.dedup();
    for key in all {
        if let (Some(meant), Some(read)) = (meant[&key].as_array(), read[&key].as_array())
            && meant.len() == read.len()
        {
            let pairs = meant.iter().zip(read).filter(|(meant, read)| meant != read);
            out.extend(pairs.map(|(one, other)| (key.clone(), one.clone(), other.clone())));
        } else if meant[&key] != read[&key] {
            out.push((format!("{what} {key}"), meant[&key].clone(), read[&key].clone()));
        }
    }
}

fn people(list: Option<AddressList<'_>>) -> Value {
    let mailboxes = list.iter().flat_map(|list| list.mailboxes());
    mailboxes
        .map(|one| json!([one.name().unwrap_or_default(), one.address().unwrap_or_default()]))
        .collect()
}

fn part(part: MessagePart<'_>) -> Value {
    let (ty, subtype) = type_of(&part);
    let ty = format!("{ty}/{subtype}");
    let mut out = Map::new();
    let mut put = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            out.insert(key.to_owned(), value.into());
        }
    };
    put("name", part.attachment_name());
    put("disposition", part.content_disposition().map(|one| one.ctype()));
    put("id", part.content_id());
    put("description", part.content_description());
    if !part.is_multipart() && !part.is_message() {
        put("content", Some(&content(&ty, &part.decoded())));
    }
    out.insert("type".to_owned(), ty.into());
    Value::Object(out)
}

/// In hexadecimal; the line ends of text are LF.
fn content(ty: &str, octets: &[u8]) -> String {
    let is_text =
        ["text/", "message/", "application/pgp-"].iter().any(|start| ty.starts_with(start));
    let is_kept = |(at, octet): &(usize, &u8)| {
        !is_text || **octet != b'\r' || octets.get(at + 1) != Some(&b'\n')
    };
    let kept = octets.iter().enumerate().filter(is_kept);
    kept.map(|(_, octet)| format!("{octet:02x}")).collect()
}
