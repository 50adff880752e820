//! Against MIME-tools for Perl: type, encoding, parameters, decoded size and some fields of the parts
//! that its `.ref` files tell of.
//!
//! `BodyFilename` is not compared: it is the name of a file that is not in the folder yet. Two files tell
//! of parts made of uuencoded lines in a text: the files in them are compared.

use postrider_message::{Field, FieldName};
use postrider_mime::{Message, Part, encoding::uuencoded};
use postrider_testkit::shared;

use crate::{files, ledger};

/// One entity of a `.ref` file, `Msg` or `Part_1_2`, and what is told of it.
struct Entity {
    name: String,
    told: Vec<(String, String)>,
}

impl Entity {
    fn get(&self, key: &str) -> Option<&str> {
        let found = self.told.iter().find(|(found, _)| found == key);
        found.map(|(_, value)| value.as_str())
    }
}

/// The entities of a file of lines such as `"Msg" => {`, `"To" => "user0",` and `},`.
fn entities(text: &str) -> Vec<Entity> {
    let mut entities: Vec<Entity> = Vec::new();
    for line in text.lines() {
        let Some((key, value)) = line.trim().split_once("=>") else { continue };
        let key = key.trim().trim_matches('"').to_owned();
        match (value.trim().trim_end_matches(','), entities.last_mut()) {
            ("{", _) => entities.push(Entity { name: key, told: Vec::new() }),
            (value, Some(entity)) => entity.told.push((key, unescaped(value))),
            (value, None) => panic!("{key} of nothing: {value}"),
        }
    }
    entities
}

/// A number, or a string: in double quotes with `\"`, `\@`, `\n`, `\t` and `\x{421}`, or in `qq{}`.
fn unescaped(value: &str) -> String {
    let within = |start, end| value.strip_prefix(start)?.strip_suffix(end);
    let value = within("\"", "\"").or_else(|| within("qq{", "}")).unwrap_or(value);
    let mut pieces = value.split("\\x{");
    let mut text = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (number, rest) = piece.split_once('}').unwrap();
        text.push(char::from_u32(u32::from_str_radix(number, 16).unwrap()).unwrap());
        text.push_str(rest);
    }
    let text = text.replace("\\n", "\n").replace("\\t", "\t");
    text.replace("\\\"", "\"").replace("\\@", "@")
}

/// The part that a name tells. With `REPLACE`, a message stands in the place of the part that holds
/// it; else it is that part's first.
fn part<'a>(message: &'a Message<Vec<u8>>, name: &str, replace: bool) -> Option<Part<'a>> {
    let mut part = message.root();
    for number in name.split('_').skip(1) {
        let index: usize = number.parse().unwrap();
        part = match part.message() {
            Some(message) if index == 1 => message,
            Some(_) => return None,
            None => part.children().nth(index - 1)?,
        };
        if replace {
            part = part.message().unwrap_or(part);
        }
    }
    Some(part)
}

/// The names and sizes of the files that stand uuencoded in texts.
fn uuencoded_files(message: &Message<Vec<u8>>) -> Vec<String> {
    let texts = message.parts().filter(|part| part.content_type().value.is_type("text"));
    let texts: Vec<_> = texts.map(|part| part.decoded().value).collect();
    let blocks = texts.iter().flat_map(|octets| uuencoded(octets));
    blocks.map(|block| format!("{} {}", text(block.name()), block.decoded().len())).collect()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// Our answer; `None` where there is nothing to answer with.
fn ours(part: Part<'_>, key: &str) -> Option<String> {
    let ty = part.content_type().value;
    let field = |name| part.headers().get(name).map(Field::unfolded);
    match key {
        "Type" => Some(format!("{}/{}", ty.ty(), ty.subtype()).to_lowercase()),
        "Encoding" => {
            let encoding = part.raw_transfer_encoding();
            Some(
                encoding
                    .map_or_else(|| "7bit".to_owned(), |name| text(&name).trim().to_lowercase()),
            )
        }
        "Charset" => ty.charset().map(|charset| text(&charset)),
        "Boundary" => ty.boundary().map(|boundary| text(&boundary)),
        "Disposition" => part.disposition().map(|disposition| disposition.value.ty().to_owned()),
        "Filename" => part.file_name(),
        "Size" => Some(part.decoded().value.len().to_string()),
        "Preamble" => Some(text(part.preamble())),
        "Epilogue" => part.epilogue().map(text),
        "Subject" => Some(part.headers().subject()?.value.to_string().trim().to_owned()),
        "From" => Some(text(field(FieldName::From)?.trim_ascii())),
        "To" => Some(text(field(FieldName::To)?.trim_ascii())),
        _ => panic!("{key} is not compared"),
    }
}

#[test]
fn parts_are_what_the_perl_library_says() {
    let files = files("perl-mime-tools/testmsgs", &["ref"]);
    let here = !files.is_empty();
    let mut ledger = ledger();
    for file in files {
        let entities = entities(&text(&std::fs::read(&file).unwrap()));
        let parser = entities.iter().find(|entity| entity.name == "Parser").unwrap();
        let replace = parser.get("ExtractNested") == Some("REPLACE");
        let octets = shared(&format!("corpora/perl-mime-tools/{}", parser.get("Message").unwrap()));
        let message = Message::parse(std::fs::read(octets.unwrap()).unwrap()).unwrap();
        let reference = file.file_name().unwrap().to_str().unwrap();
        if parser.get("ExtractUuencode") == Some("1") {
            let place = format!("perl-mime-tools/testmsgs/{reference}");
            let theirs = entities.iter().filter(|entity| entity.get("Encoding") == Some("base64"));
            let name_and_size = |entity: &Entity| {
                format!("{} {}", entity.get("Filename").unwrap(), entity.get("Size").unwrap())
            };
            let theirs: Vec<String> = theirs.map(name_and_size).collect();
            assert_eq!(theirs.len(), 2);
            let question = "uuencoded files";
            let ours = uuencoded_files(&message);
            ledger.compare(&place, question, "MIME-tools", &theirs.join("\n"), &ours.join("\n"));
            continue;
        }
        for entity in entities.iter().filter(|entity| entity.name != "Parser") {
            let place = format!("perl-mime-tools/testmsgs/{reference} {}", entity.name);
            let part = part(&message, &entity.name, replace);
            for (key, theirs) in &entity.told {
                let ours = match (part, key.as_str()) {
                    (_, "BodyFilename") => continue,
                    (None, _) => "no such part".to_owned(),
                    // They refuse the message.
                    (Some(_), "Fail") => "0".to_owned(),
                    (Some(part), key) => ours(part, key).unwrap_or_default(),
                };
                let theirs = match key.as_str() {
                    "Subject" | "From" | "To" => theirs.trim(),
                    _ => theirs,
                };
                ledger.compare(&place, key, "MIME-tools", theirs, &ours);
            }
        }
    }
    if here {
        ledger.settle_exactly(420, "MIME-tools");
    }
}
