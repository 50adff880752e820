//! What each unit must be: of the kind that its name says, understood to the last item, and the same
//! when it is written and read again.

use std::collections::BTreeMap;

use postrider_imap::{Limits, Quirks, Response, TaggedCommand, WriteOptions};
use postrider_testkit::Ledger;

use crate::kinds;
use crate::meaning;
use crate::tokens::{Token, code_and_text, tokens};
use crate::unit::{Side, Unit, is_text};

/// Who reads a response, and who a command.
pub(crate) const CLIENT: &str = "our client";
pub(crate) const SERVER: &str = "our server";

/// What is to be said of every unit that is read.
const UNDERSTOOD: &str = "all understood";
const GRAMMAR: &str = "in the grammar";
const PLACES: &str = "each field in its place";
const NAMES: &str = "no name that is not on the wire";
const AGAIN: &str = "the same when read again";
const TOKENS: &str = "written with the same tokens";

/// Counts what was met.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) responses: usize,
    pub(crate) commands: usize,
    /// Commands with the octets of a message.
    pub(crate) streamed: usize,
    /// How many answers were given, and the units of those that differ, by place, reader, what was
    /// to be said and what is said.
    pub(crate) answers: usize,
    differences: BTreeMap<[String; 4], Vec<String>>,
}

impl Counts {
    /// Tells the ledger what differs. Many units of one file that differ in the same way share a row.
    pub(crate) fn tell(&self, ledger: &mut Ledger) {
        for ([place, by, theirs, ours], units) in &self.differences {
            if units.len() > 2 {
                ledger.compare(place, &format!("{} units", units.len()), by, theirs, ours);
            } else {
                units.iter().for_each(|unit| ledger.compare(place, unit, by, theirs, ours));
            }
        }
    }

    pub(crate) fn compare(&mut self, unit: &Unit, by: &str, theirs: &str, ours: &str) {
        self.answers += 1;
        if theirs != ours {
            let key = [&*unit.place, by, theirs, ours].map(str::to_owned);
            self.differences.entry(key).or_default().push(unit.shown());
        }
    }

    pub(crate) fn check(&mut self, unit: &Unit) {
        match unit.side {
            Side::Server => {
                self.responses += 1;
                response(unit, self);
            }
            Side::Client if kinds::streams(&unit.name()) => {
                self.streamed += 1;
                streamed(unit);
            }
            Side::Client => {
                self.commands += 1;
                command(unit, self);
            }
        }
    }
}

fn response(unit: &Unit, counts: &mut Counts) {
    let limits = Limits::new();
    let mut tell = |theirs: &str, ours: &str| counts.compare(unit, CLIENT, theirs, ours);
    let name = unit.name();
    let read = Response::parse(&unit.octets, &limits, Quirks::tolerant());
    let Ok((value, met)) = read else { return tell(&name, "refused") };
    let expected = kinds::expected_response(&name);
    tell(expected, &kinds::of_response(&value));
    if expected == name {
        tell(UNDERSTOOD, &all_but(&kinds::uninterpreted(&value)));
    }

    let strict = Response::parse(&unit.octets, &limits, Quirks::strict());
    let names = met.iter().map(|quirk| quirk.name()).collect::<Vec<_>>().join(" ");
    tell(GRAMMAR, if met.is_empty() { GRAMMAR } else { &names });
    let same = strict.as_ref().is_ok_and(|(strict, _)| *strict == value);
    assert_eq!(same, met.is_empty(), "{} {strict:?} {value:?} {met:?}", unit.shown());

    let missing = kinds::not_on_the_wire(&value, &unit.octets);
    tell(NAMES, if missing.is_empty() { NAMES.to_owned() } else { missing.join(" ") }.as_str());
    if met.is_empty() && !is_text(&unit.octets) {
        let agrees = tokens(&unit.octets).is_some_and(|all| meaning::agrees(&value, &all));
        tell(PLACES, if agrees { PLACES } else { "other" });
    }

    let mut written = Vec::new();
    value.write(&mut written);
    let again = Response::parse(&written, &limits, Quirks::tolerant());
    let again = again.is_ok_and(|(again, _)| again == value);
    tell(AGAIN, if again { AGAIN } else { "other" });
    let same = said(&unit.octets, &name) == said(&written, &name);
    // What is mended is written as it should have been.
    let written = if met.is_empty() { shown(&written) } else { "mended".to_owned() };
    tell(TOKENS, if same { TOKENS } else { &written });
}

fn command(unit: &Unit, counts: &mut Counts) {
    let limits = Limits::new();
    let mut tell = |theirs: &str, ours: &str| counts.compare(unit, SERVER, theirs, ours);
    let name = unit.name();
    let read = TaggedCommand::parse(&unit.octets, &limits, Quirks::strict());
    let Ok((value, _)) = read else { return tell(&name, "refused") };
    let expected = kinds::expected_command(&name);
    tell(expected, &kinds::of_command(&value.command));
    if expected == name {
        tell(UNDERSTOOD, &all_but(&kinds::uninterpreted(&value.command)));
    }

    let missing = kinds::not_on_the_wire(&value, &unit.octets);
    tell(NAMES, if missing.is_empty() { NAMES.to_owned() } else { missing.join(" ") }.as_str());

    let encoded = value.encode(WriteOptions::default());
    let written = encoded.octets.expose();
    let again = TaggedCommand::parse(written, &limits, Quirks::strict());
    let again = again.is_ok_and(|(again, _)| again == value);
    tell(AGAIN, if again { AGAIN } else { "other" });
    let same = comparable(&unit.octets, &name) == comparable(written, &name);
    let written = shown(written);
    tell(TOKENS, if same { TOKENS } else { &written });
}

/// What is written, in one cell of a table.
fn shown(written: &[u8]) -> String {
    written.trim_ascii_end().escape_ascii().to_string().replace('|', "\\x7c").replace('`', "\\x60")
}

/// A command with the octets of a message is none of a unit: it is for the reader that streams.
fn streamed(unit: &Unit) {
    let read = TaggedCommand::parse(&unit.octets, &Limits::new(), Quirks::tolerant());
    assert!(read.is_err(), "{}", unit.shown());
}

fn all_but(names: &[String]) -> String {
    if names.is_empty() { UNDERSTOOD.to_owned() } else { format!("all but {}", names.join(", ")) }
}

/// The tokens of a unit of this name. Rights are a set of letters; one attribute needs no
/// parentheses.
fn comparable(unit: &[u8], name: &str) -> Option<Vec<Token>> {
    let mut all = tokens(unit)?;
    if ["ACL", "SETACL", "LISTRIGHTS", "MYRIGHTS"].contains(&name) {
        for token in &mut all {
            if let Token::Leaf(letters) = token {
                letters.sort_unstable();
                letters.dedup();
            }
        }
    }
    if ["FETCH", "STORE", "GETMETADATA"].contains(&name) && !unit.starts_with(b"* ") {
        all = flat(all);
    }
    if name == "FETCH" && unit.starts_with(b"* ") {
        all = all.into_iter().map(Token::without_ends).collect();
    }
    if name == "GETMETADATA" {
        all.sort();
    }
    Some(all)
}

fn flat(all: Vec<Token>) -> Vec<Token> {
    let tokens = all.into_iter().flat_map(|token| match token {
        Token::List(list) => flat(list),
        other => vec![other],
    });
    tokens.collect()
}

/// What a response says to the second reader: its tokens, and the text of a status as it is.
fn said(unit: &[u8], name: &str) -> (Option<Vec<Token>>, Vec<u8>) {
    let unit = unit.strip_suffix(b"\r\n").unwrap_or(unit);
    if unit.starts_with(b"+") {
        let (code, text) = code_and_text(unit.strip_prefix(b"+ ").unwrap_or(b""));
        return (code, text.to_vec());
    }
    if !is_text(unit) {
        return (comparable(unit, name), Vec::new());
    }
    let mut words = unit.splitn(3, |&octet| octet == b' ');
    let front = [words.next(), words.next()].map(Option::unwrap_or_default).join(&b' ');
    let (code, text) = code_and_text(words.next().unwrap_or_default());
    let mut all = tokens(&front).unwrap_or_default();
    all.extend(code.map(Token::List));
    (Some(all), text.to_vec())
}
