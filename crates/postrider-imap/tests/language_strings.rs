//! The strings in the sources of other programs' tests: nothing panics, and what is not read is
//! explained by the class it is in.

use std::collections::BTreeMap;

use postrider_imap::{
    Code, FetchItem, Limits, MailboxEncoding, MailboxName, Quirks, Response, SequenceSet, Status,
    TaggedCommand,
};
use postrider_testkit::read_shared;
use serde_json::Value;

/// A string, and the test or the file it stands in.
struct Found {
    test: String,
    text: String,
}

fn strings(path: &str) -> Option<Vec<Found>> {
    let octets = read_shared(&format!("vectors/imap/{path}"))?;
    let all: Value = serde_json::from_slice(&octets).expect("JSON");
    let all = all.as_array().expect("a list").iter().map(|one| {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        let test = if one["test"].is_string() { text("test") } else { text("file") };
        Found { test, text: text("text") }
    });
    Some(all.collect())
}

/// Puts a string wherever octets of a peer may come from.
fn no_panic(text: &str) {
    let limits = Limits::new();
    let fronts =
        ["", "* ", "+ ", "a OK ", "* OK [", "* LIST ", "* STATUS ", "* SEARCH ", "* 1 FETCH "];
    let items = ["(", "(ENVELOPE ", "(BODY ", "(BODYSTRUCTURE ", "(FLAGS ", "(INTERNALDATE "];
    let commands = ["", "a ", "a SEARCH ", "a FETCH ", "a STORE 1 ", "a LIST ", "a SELECT "];
    for quirks in [Quirks::tolerant(), Quirks::strict()] {
        for front in fronts {
            let _ = Response::parse(format!("{front}{text}").as_bytes(), &limits, quirks);
        }
        for item in items {
            let _ = Response::parse(format!("* 1 FETCH {item}{text})").as_bytes(), &limits, quirks);
        }
        for front in commands {
            let _ = TaggedCommand::parse(format!("{front}{text}").as_bytes(), &limits, quirks);
        }
    }
    let _ = SequenceSet::parse(text);
    if let Ok(name) = MailboxName::new(text.to_owned()) {
        let _ = name.decode(MailboxEncoding::ModifiedUtf7);
    }
}

#[test]
fn no_string_of_other_programs_panics() {
    for path in [
        "mailkit/unit-test-strings.json",
        "go-imap/test-strings.json",
        "imapclient/test-strings.json",
    ] {
        let Some(all) = strings(path) else { return };
        assert!(all.len() > 100);
        all.iter().for_each(|found| no_panic(&found.text));
    }
}

/// The unit in which a string has its place, by how it looks and what it is a test of.
fn unit(found: &Found) -> Option<String> {
    let text = found.text.trim_end_matches(['\r', '\n']);
    let of = |word: &str| found.test.contains(word);
    // Some close the list of items with their own.
    let end = if text.matches('(').count() < text.matches(')').count() { "" } else { ")" };
    let item = |name: &str| Some(format!("* 1 FETCH ({name} {text}{end}"));
    let is_set =
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b",:*".contains(&b));
    let first = text.split(' ').next().unwrap_or_default();
    let numbered = first.parse::<u32>().is_ok();
    match () {
        () if of("Envelope") => item("ENVELOPE"),
        () if of("Body") => item("BODYSTRUCTURE"),
        () if of("Labels") => item("X-GM-LABELS"),
        () if of("Annotations") => item("ANNOTATION"),
        () if of("ResponseCode") => Some(format!("* OK [{text}")),
        () if of("ParseFlags") => Some(format!("* FLAGS {text}")),
        () if of("FolderList") => Some(format!("* LIST{text}")),
        () if of("Thread") || text.starts_with("(1 2)(") => Some(format!("* THREAD {text}")),
        () if is_set && !numbered => Some(format!("a FETCH {text} FLAGS")),
        () if is_set && of("numset") => Some(format!("a FETCH {text} FLAGS")),
        () if text.starts_with("* ") => Some(text.to_owned()),
        () if text.starts_with("tag ") => Some(text.to_owned()),
        () if text.starts_with("(\\") && text.contains(") \"") => Some(format!("* LIST {text}")),
        () if text.starts_with("((\"")
            && text.contains(" NIL")
            && !text.contains("@")
            && of("imapclient.py") =>
        {
            Some(format!("* NAMESPACE {text}"))
        }
        () if text.contains(" (MESSAGES ") || text.contains(" (UIDNEXT ") => {
            Some(format!("* STATUS {text}"))
        }
        () if text.starts_with("\"User quota\" (") || text.starts_with("\"Global quota\" (") => {
            Some(format!("* QUOTA {text}"))
        }
        () if text == "\"INBOX\" \"User quota\"" => Some(format!("* QUOTAROOT {text}")),
        () if text.starts_with("INBOX Fred") => Some(format!("* ACL {text}")),
        () if text.starts_with("(\"name\" \"GImap\"") => Some(format!("* ID {text}")),
        () if text.starts_with('[') && text.contains("] ") => Some(format!("* OK {text}")),
        () if numbered
            && text.contains(" (")
            && text.contains("ODSEQ ")
            && !text.contains("UID") =>
        {
            Some(format!("* SEARCH {text}"))
        }
        () if numbered && text[first.len()..].starts_with(" (") => {
            Some(format!("* {first} FETCH {}", &text[first.len() + 1..]))
        }
        () if text.split(' ').count() > 1
            && text.split(' ').all(|word| word.parse::<u32>().is_ok()) =>
        {
            Some(format!("* SEARCH {text}"))
        }
        () => None,
    }
}

/// What becomes of a string, and why.
fn class(found: &Found) -> &'static str {
    let Some(unit) = unit(found) else { return "no data of IMAP: a word or a text of the test" };
    let limits = Limits::new();
    if unit.starts_with("a ") || unit.starts_with("tag ") {
        return match TaggedCommand::parse(unit.as_bytes(), &limits, Quirks::strict()) {
            Ok(_) => "read",
            Err(_) if unit.ends_with("}\r\n") || unit.ends_with('}') => {
                "a literal without its octets"
            }
            Err(_) => why_no_set(&found.text),
        };
    }
    match Response::parse(unit.as_bytes(), &limits, Quirks::tolerant()) {
        Ok((Response::Fetch { items, .. }, met)) => {
            let raw = items.iter().find_map(|item| match item {
                FetchItem::Unparsed(raw) => Some(raw.as_bytes()),
                _ => None,
            });
            match raw {
                None if met.is_empty() => "read",
                None => "read, with something forgiven",
                Some(raw) => why_raw(raw),
            }
        }
        Ok((Response::Status(Status { code: Some(Code::Other(_)), .. }), _)) => {
            "a code that nobody knows"
        }
        Ok((Response::Other(_), _)) => "no response of ours",
        Ok((_, met)) if met.is_empty() => "read",
        Ok(_) => "read, with something forgiven",
        Err(_) => why_refused(&unit),
    }
}

fn why_no_set(text: &str) -> &'static str {
    let numbers = text.split([',', ':']).filter(|number| *number != "*");
    if text.split(',').any(|range| range.matches(':').count() > 1) {
        "no set: three ends of a range"
    } else if numbers.clone().any(|number| !matches!(number.parse::<u64>(), Ok(1..=0xffff_ffff))) {
        "no set: a number out of range, or none"
    } else {
        "unexplained"
    }
}

fn why_raw(raw: &[u8]) -> &'static str {
    let name = raw.split(|&octet| octet == b' ').next().unwrap_or_default();
    match name {
        b"ANNOTATION" => "an item of the second tier",
        _ if name.starts_with(b"BODY[") || name.starts_with(b"RFC822") => "octets of a message",
        b"ENVELOPE" | b"BODYSTRUCTURE" => "a broken item, as it came",
        _ => "an item that nobody knows, as it came",
    }
}

fn why_refused(unit: &str) -> &'static str {
    let open = unit.matches('(').count();
    let words = unit.split(' ').count();
    if unit.ends_with('}') {
        "a literal without its octets"
    } else if unit.contains('\n') {
        "two lines"
    } else if unit.contains('\t') {
        "a control character in the name of a mailbox"
    } else if unit.starts_with("* 0 ") {
        "a message of number zero"
    } else if open != unit.matches(')').count() {
        "a piece of a response"
    } else if unit.matches('"').count() > 4 {
        "a quote in quotes"
    } else if unit.ends_with(' ') || unit.contains("  ") {
        "no name at all"
    } else if unit.starts_with("* STATUS") && words == 6 {
        "a name of two words without quotes"
    } else {
        "unexplained"
    }
}

/// What becomes of the strings of a file, in how many cases.
const CLASSES: [(&str, &[(&str, usize)]); 3] = [
    (
        "mailkit/unit-test-strings.json",
        &[
            ("a broken item, as it came", 2),
            ("a code that nobody knows", 2),
            ("a control character in the name of a mailbox", 2),
            ("an item of the second tier", 6),
            ("no data of IMAP: a word or a text of the test", 29),
            ("read", 40),
            ("read, with something forgiven", 60),
        ],
    ),
    (
        "go-imap/test-strings.json",
        &[
            ("no data of IMAP: a word or a text of the test", 433),
            ("no set: a number out of range, or none", 8),
            ("no set: three ends of a range", 1),
            ("read", 326),
        ],
    ),
    (
        "imapclient/test-strings.json",
        &[
            ("a literal without its octets", 12),
            ("a message of number zero", 2),
            ("a name of two words without quotes", 1),
            ("a piece of a response", 6),
            ("a quote in quotes", 4),
            ("an item that nobody knows, as it came", 4),
            ("no data of IMAP: a word or a text of the test", 531),
            ("no name at all", 2),
            ("no set: a number out of range, or none", 1),
            ("read", 66),
            ("read, with something forgiven", 4),
            ("two lines", 1),
        ],
    ),
];

#[test]
fn what_is_not_read_is_explained() {
    for (path, expected) in CLASSES {
        let Some(strings) = strings(path) else { return };
        let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
        for found in &strings {
            let class = class(found);
            assert_ne!(class, "unexplained", "{:?} of {}", unit(found), found.test);
            *classes.entry(class).or_default() += 1;
        }
        assert_eq!(classes.into_iter().collect::<Vec<_>>(), expected, "{path}");
    }
}
