//! Against Python's `email`: both its policies, over the files of eight corpora.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use postrider_message::{
    AddressList, Field, HeaderSection, Lexer, MessageIdList, Parameters, Received, Text,
};

use crate::{Ledger, files, ledger, moment, people, place};

/// The messages of the corpora, expected values of other programs left out.
fn messages() -> Vec<PathBuf> {
    let mut all = Vec::new();
    all.extend(files("python-test-email", &["txt"]));
    all.extend(files("flufl-bounce/data", &["txt"]));
    all.extend(files("kmime/data/mails", &["mbox"]));
    all.extend(files("perl-mime-tools/testmsgs", &["msg"]));
    all.extend(files("mime4j-testmsgs", &["msg"]));
    for folder in ["dsn/testdata", "testdata/low-quality", "testdata/mail", "testdata/parts"] {
        all.extend(files(&format!("enmime/{folder}"), &["raw"]));
    }
    all.extend(files("enmime/testdata/encode", &["golden"]));
    all.extend(files("mimekit/messages", &["eml", "txt"]));
    all.extend(files("mimekit/partial", &["eml"]));
    all
}

/// What `python_values.py` says of values of these kinds, or of all; `None` where there is no Python.
fn python(files: &[PathBuf], kinds: &[&str]) -> Option<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpora/python_values.py");
    let program = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let child = Command::new(program)
        .arg(script)
        .args(kinds)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .inspect_err(|error| eprintln!("skipped: python3 does not start: {error}"));
    let mut child = child.ok()?;
    let names: Vec<&str> = files.iter().filter_map(|file| file.to_str()).collect();
    // The script reads all names before it writes.
    child.stdin.take().unwrap().write_all(names.join("\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "python_values.py failed");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn octets(column: &str) -> Vec<u8> {
    let digits = column.as_bytes().chunks_exact(2);
    digits.map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()).collect()
}

fn text(column: &str) -> String {
    String::from_utf8(octets(column)).unwrap()
}

/// One header section, as the script tells it.
struct Part {
    place: String,
    section: Vec<u8>,
    fields: Vec<(Vec<u8>, Vec<u8>)>,
    /// Number of the field, reader, kind, value.
    values: Vec<(usize, String, String, String)>,
}

fn parts(told: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in told.lines() {
        let columns: Vec<&str> = line.split(' ').collect();
        match (columns[..].split_first(), parts.last_mut()) {
            (Some((&"part", &[file, number, section])), _) => {
                let root = number == "0";
                let section = if root { std::fs::read(file).unwrap() } else { octets(section) };
                let place =
                    place(file.as_ref()) + &if root { String::new() } else { format!("#{number}") };
                parts.push(Part { place, section, fields: Vec::new(), values: Vec::new() });
            }
            (Some((&"field", &[name, value])), Some(part)) => {
                part.fields.push((octets(name), octets(value)));
            }
            (Some((&"value", &[reader, kind, value])), Some(part)) => {
                let number = part.fields.len() - 1;
                part.values.push((number, reader.to_owned(), kind.to_owned(), text(value)));
            }
            _ => panic!("not a record: {line}"),
        }
    }
    parts
}

/// Our answer to the same question.
fn ours(field: Field<'_>, kind: &str) -> String {
    match kind {
        "addresses" => people(&field.read::<AddressList<'_>>().value),
        "date" => moment(field.read().value),
        "received" => moment(field.read::<Received<'_>>().value.date()),
        "message-id" => {
            let ids = field.read::<MessageIdList<'_>>().value;
            ids.ids().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        }
        "parameters" => parameters(field),
        "text" => field.read::<Text<'_>>().value.as_str().to_owned(),
        _ => panic!("no such kind: {kind}"),
    }
}

/// The parameters of a media type or a disposition, by name.
fn parameters(field: Field<'_>) -> String {
    let mut lexer = Lexer::mime(field.raw_value());
    // The type, or the disposition.
    let _ = lexer.next_solid();
    let parameters = Parameters::read_behind(&mut lexer);
    let line = |name: &str| {
        format!("{}={}", name.to_lowercase(), parameters.text(name).unwrap_or_default())
    };
    let mut lines: Vec<String> = parameters.names().map(line).collect();
    lines.sort();
    lines.join("\n")
}

fn compare(part: &Part, ledger: &mut Ledger) {
    let section = HeaderSection::parse(&part.section);
    let fields: Vec<Field<'_>> = section.headers().fields().collect();
    let both = |field: &Field<'_>| (field.name().to_vec(), field.unfolded().into_owned());
    let told: Vec<_> = fields.iter().map(both).collect();
    // What Python read is a piece of what we read: it ends a section early, and may leave out the
    // first line.
    let piece = |&at: &usize| told[at..].starts_with(&part.fields);
    let first = (0..=told.len()).find(piece).unwrap_or_else(|| panic!("{}", part.place));
    let count = |fields: usize| format!("{fields} fields");
    let (theirs, ours_) = (count(part.fields.len()), count(told.len()));
    ledger.compare(&part.place, "all", "compat32", &theirs, &ours_);
    for (number, reader, kind, value) in &part.values {
        let name = String::from_utf8_lossy(&part.fields[*number].0);
        ledger.compare(&part.place, &name, reader, value, &ours(fields[first + number], kind));
    }
}

/// Compares all that Python says, at least so many answers.
fn compare_all(files: &[PathBuf], kinds: &[&str], at_least: usize) -> Option<Ledger> {
    let told = if files.is_empty() { None } else { python(files, kinds) };
    let mut ledger = ledger();
    for part in parts(&told?) {
        compare(&part, &mut ledger);
    }
    ledger.settle(at_least);
    Some(ledger)
}

#[test]
fn header_values_are_what_python_says() {
    let Some(ledger) = compare_all(&messages(), &[], 6000) else { return };
    // Other versions of Python may agree with us more often.
    ledger.tell_unmet(&["compat32", "policy", "utils"]);
}

#[test]
fn fields_and_texts_of_three_thousand_mails_are_what_python_says() {
    let mut all = Vec::new();
    for folder in ["easy-ham-2", "hard-ham-1", "spam-2"] {
        all.extend(files(&format!("spamassassin/{folder}"), &["txt"]));
    }
    compare_all(&all, &["text"], 58_000);
}
