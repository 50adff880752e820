//! mail-parser's own mails, and what its JSON says of each: the same questions answered by us.
//!
//! Each mail is read twice, with LF and with CRLF, as its tests do.

pub mod classes;
mod ours;
pub mod report;
mod told;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use encodify::base64;
use mail_parser::MessageParser;
use postrider_message::Field;
use postrider_mime::{Message, Part, Selection};

/// One question of one part that is answered differently.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The file and the number of the part, such as `rfc/004 CRLF #2.1`.
    pub place: String,
    /// `structure`, `begin`, or the name of a field in lower case.
    pub question: String,
    /// What of the mail it is about: the value of the field, or the first octets of the part.
    pub raw: Vec<u8>,
    pub ours: String,
    pub theirs: String,
}

/// What mail-parser says of one mail.
#[derive(Clone, Copy)]
struct Told<'a> {
    mail: &'a told::Mail,
    /// The names of attachments by the number of the part, which its JSON does not have: they are
    /// asked of the library.
    names: &'a [Option<&'a str>],
}

/// All answers about all mails.
#[derive(Debug, Default)]
pub struct Answers {
    pub mails: usize,
    pub compared: usize,
    /// Messages whose structure differs, so that it is not asked what to show of them.
    pub not_asked: usize,
    pub differences: Vec<Difference>,
}

/// Where mail-parser's sources lie: the folder in `MAIL_PARSER`, else that of its package.
pub fn folder() -> Option<PathBuf> {
    let given = std::env::var_os("MAIL_PARSER").map(PathBuf::from);
    given.or_else(registry).map(|folder| folder.join("resources/eml")).filter(|one| one.is_dir())
}

/// The folder that Cargo has unpacked.
fn registry() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")))?;
    let sources = fs::read_dir(home.join("registry/src")).ok()?;
    let folders = sources.flatten().map(|source| source.path().join("mail-parser-1.0.1"));
    folders.into_iter().find(|folder| folder.is_dir())
}

impl Answers {
    /// Compares all mails that have JSON beside them.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let mut answers = Self::default();
        for path in mails(folder)? {
            let mail = fs::read(&path)?;
            let name = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
            for (ends, extension) in [("LF", "json"), ("CRLF", "crlf.json")] {
                let told = serde_json::from_slice(&fs::read(path.with_extension(extension))?)?;
                let octets = with_line_ends(&mail, ends == "CRLF");
                let place = format!("{} {ends}", name.display());
                answers.mail(&place, &told, &octets).map_err(io::Error::other)?;
            }
        }
        Ok(answers)
    }

    fn mail(
        &mut self,
        place: &str,
        told: &told::Mail,
        octets: &[u8],
    ) -> Result<(), postrider_mime::TooLarge> {
        self.mails += 1;
        let message = Message::parse(octets)?;
        let root = message.root();
        self.answer(place, "structure", octets, told.shape(0), ours::shape(root));
        let parsed = MessageParser::new().parse(octets);
        let names: Vec<Option<&str>> = match &parsed {
            Some(parsed) => parsed.parts().map(|part| part.attachment_name()).collect(),
            None => Vec::new(),
        };
        let told = Told { mail: told, names: &names };
        self.message(&format!("{place} #"), told, 0, root);
        Ok(())
    }

    /// A message: what to show of it, then its parts. What to show hangs on the structure: where that
    /// differs, it is not asked.
    fn message(&mut self, place: &str, told: Told<'_>, number: usize, ours: Part<'_>) {
        let message = told.mail.messages.iter().find(|message| message.root == number);
        let same = told.mail.shape(number) == ours::shape(ours);
        if let Some(message) = message.filter(|_| same) {
            self.selection(place, told.mail, message, ours);
        } else {
            self.not_asked += 1;
        }
        self.part(place, told, number, ours);
    }

    fn selection(
        &mut self,
        place: &str,
        told: &told::Mail,
        theirs: &told::Message,
        ours: Part<'_>,
    ) {
        let (paths, our_paths) = (told.paths(theirs.root), ours::paths(ours));
        let selection = Selection::of(ours);
        let raw = ours.raw_header();
        let told = |numbers: &[usize]| {
            let path = |number| paths.iter().find(|(one, _)| one == number).map(|(_, path)| path);
            let paths: Vec<_> = numbers.iter().filter_map(path).map(String::as_str).collect();
            paths.join(" ")
        };
        let mine = |parts: &[Part<'_>]| {
            let span = |part: &Part<'_>| (part.header_span(), part.body_span());
            let path = |part| our_paths.iter().find(|(one, _)| span(one) == span(part));
            let paths: Vec<_> =
                parts.iter().filter_map(path).map(|(_, path)| path.as_str()).collect();
            paths.join(" ")
        };
        for (question, theirs, ours) in [
            ("text body", &theirs.text_body, selection.text_body()),
            ("html body", &theirs.html_body, selection.html_body()),
            ("attachments", &theirs.attachments, selection.attachments()),
        ] {
            self.answer(place, question, raw, told(theirs), mine(ours));
        }
        let (theirs, ours) = (theirs.has_attachments, selection.has_attachment());
        self.answer(place, "has attachment", raw, theirs.to_string(), ours.to_string());
    }

    /// A part and those in it.
    fn part(&mut self, place: &str, told: Told<'_>, number: usize, ours: Part<'_>) {
        let theirs = &told.mail.parts[number];
        let name = told.names.get(number).copied().flatten().unwrap_or_default();
        let our_name = ours.file_name().unwrap_or_default();
        self.answer(place, "file name", ours.raw_header(), name.to_owned(), our_name);
        self.spans(place, theirs, ours);
        self.fields(place, theirs, ours);
        self.body(place, theirs, ours);
        if let Some(nested) = theirs.nested {
            let root = told.mail.messages[nested].root;
            let place = format!("{place}m");
            if let Some(message) = ours.message() {
                self.message(&place, told, root, message);
            } else if let Some(Ok(message)) = ours.encoded_message() {
                self.message(&place, told, root, message.root());
            }
        }
        for (index, (&theirs, ours)) in theirs.children.iter().zip(ours.children()).enumerate() {
            self.part(&format!("{place}.{}", index + 1), told, theirs, ours);
        }
    }

    fn spans(&mut self, place: &str, theirs: &told::Part, ours: Part<'_>) {
        let (header, body) = (ours.header_span(), ours.body_span());
        for (question, theirs, ours_) in [
            ("begin", theirs.offset_header, header.start()),
            ("body", theirs.offset_body, body.start()),
            ("end", theirs.offset_end, body.end()),
        ] {
            let raw = ours.raw_header();
            self.answer(place, question, raw, theirs.to_string(), ours_.to_string());
        }
    }

    fn fields(&mut self, place: &str, theirs: &told::Part, ours: Part<'_>) {
        let name = |field: Field<'_>| String::from_utf8_lossy(field.name()).into_owned();
        let names: Vec<String> = theirs.headers.iter().map(|field| field.name.clone()).collect();
        let our_names: Vec<String> = ours.headers().fields().map(name).collect();
        let raw = ours.raw_header();
        self.answer(place, "fields", raw, names.join(", "), our_names.join(", "));
        let fields: Vec<Field<'_>> = ours.headers().fields().collect();
        let mut rest = &fields[..];
        for told in &theirs.headers {
            // Those that only one of us has are told above.
            let Some(at) = rest.iter().position(|&field| name(field) == told.name) else {
                continue;
            };
            let field = rest[at];
            rest = &rest[at + 1..];
            let question = told.name.to_lowercase();
            let value = ours::value(field, told.kind());
            self.answer(place, &question, field.value(), told.shown(), value);
            let span = format!("{}..{}", told.offset_field, told.offset_end);
            let ours = field.span();
            let ours = format!("{}..{}", ours.start(), ours.end());
            self.answer(place, "span of a field", field.raw(), span, ours);
        }
    }

    fn body(&mut self, place: &str, theirs: &told::Part, ours: Part<'_>) {
        let raw = ours.raw_header();
        if let Some(theirs) = &theirs.text {
            let ours = match ours.text() {
                Some(text) => text.value.into_owned(),
                None => String::from_utf8_lossy(&ours.decoded().value).into_owned(),
            };
            self.answer(place, "text", raw, theirs.clone(), ours);
        }
        if let Some(theirs) = &theirs.binary {
            let octets = base64::LENIENT.decode(theirs.as_bytes()).unwrap_or_default();
            let ours = ours.decoded().value.escape_ascii().to_string();
            self.answer(place, "octets", raw, octets.escape_ascii().to_string(), ours);
        }
    }

    fn answer(&mut self, place: &str, question: &str, raw: &[u8], theirs: String, ours: String) {
        self.compared += 1;
        if ours != theirs {
            self.differences.push(Difference {
                place: place.into(),
                question: question.into(),
                raw: raw.to_vec(),
                ours,
                theirs,
            });
        }
    }
}

/// The mails in the folders of a folder, in order.
fn mails(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut mails = Vec::new();
    for suite in fs::read_dir(folder)? {
        for entry in fs::read_dir(suite?.path())? {
            let path = entry?.path();
            if path.extension().is_some_and(|is| is == "eml")
                && path.with_extension("json").exists()
            {
                mails.push(path);
            }
        }
    }
    mails.sort();
    Ok(mails)
}

/// The mail with LF alone, or with CRLF where it has LF alone, as mail-parser's tests make it.
fn with_line_ends(mail: &[u8], crlf: bool) -> Vec<u8> {
    if !crlf {
        return mail.iter().copied().filter(|&octet| octet != b'\r').collect();
    }
    let mut octets = Vec::with_capacity(mail.len());
    for (index, &octet) in mail.iter().enumerate() {
        if octet == b'\n' && !mail[..index].ends_with(b"\r") {
            octets.push(b'\r');
        }
        octets.push(octet);
    }
    octets
}

/// The path of a child, counted from 1.
fn below(path: &str, index: usize) -> String {
    format!("{path}.{}", index + 1)
}

fn mailbox(name: &str, address: &str) -> String {
    match name {
        "" => address.into(),
        name => format!("{name} <{address}>"),
    }
}

fn parameter(name: &str, value: &str) -> String {
    format!("; {}={value}", name.to_lowercase())
}

/// The clauses that are there, by their words.
fn received(clauses: [String; 7]) -> String {
    let words = ["from", "by", "via", "with", "id", "for", "at"];
    let clauses = words.iter().zip(clauses).filter(|(_, value)| !value.is_empty());
    clauses.map(|(word, value)| format!("{word} {value} ")).collect()
}
