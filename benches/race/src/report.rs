//! The disagreements of many mails by class, as a text.

use std::{collections::BTreeMap, fs};

use crate::{
    case::Case,
    classes::{self, Class, Decision},
    corpus::shared,
    values::{FIELDS, Library},
};

/// How many disagreements there are of each class, and all that is wrong with the classes.
#[derive(Default)]
pub struct Report {
    mails: usize,
    /// Fields that were compared, the same for either library.
    compared: usize,
    counts: BTreeMap<(&'static str, Library), usize>,
    /// Disagreements of no class or of several, and classes that do not hold.
    pub wrong: Vec<String>,
}

impl Report {
    pub fn of(mails: &[Vec<u8>]) -> Self {
        let mut report = Self { mails: mails.len(), ..Self::default() };
        for mail in mails {
            report.compared += Case::compared(mail);
            for case in Case::of(mail) {
                match *classes::of(&case) {
                    [class] => *report.counts.entry((class.name, case.library)).or_default() += 1,
                    ref classes => report.wrong.push(told(&case, classes)),
                }
            }
        }
        for class in classes::all() {
            report.check(class);
        }
        report
    }

    /// A class has mails of each of its libraries, its example is of it, and its quote is in the
    /// section.
    fn check(&mut self, class: &Class) {
        for &library in class.libraries {
            if self.count(class, library) == 0 {
                let library = library.as_str();
                self.wrong.push(format!("no mail of class {:?} with {library}", class.name));
            }
            match &*examples(class, library) {
                [case] => match *classes::of(case) {
                    [one] if one.name == class.name => {}
                    ref classes => self.wrong.push(told(case, classes)),
                },
                _ => self.wrong.push(format!("the example of {:?} is not one", class.name)),
            }
        }
        if says(class.reference, class.quote) == Some(false) {
            self.wrong.push(format!("{} does not say what {:?} has", class.reference, class.name));
        }
    }

    fn count(&self, class: &Class, library: Library) -> usize {
        self.counts.get(&(class.name, library)).copied().unwrap_or_default()
    }

    /// The text of `differential.md`.
    pub fn markdown(&self) -> String {
        let mut out = String::from(HEAD);
        let fields: Vec<&str> = FIELDS.iter().map(|field| field.as_str()).collect();
        let total = |library: Library| -> usize {
            classes::all().map(|class| self.count(class, library)).sum()
        };
        let [first, second] = Library::ALL;
        let (mails, compared) = (self.mails, self.compared);
        line(
            &mut out,
            &format!(
                "{mails} mails, {compared} fields ({}). mail-parser differs from us in {}, mailparse in {}.\n",
                fields.join(", "),
                total(first),
                total(second),
            ),
        );
        for decision in [Decision::Ours, Decision::Open, Decision::Against] {
            let of = |library: Library| -> usize {
                let classes = classes::all().filter(|class| class.decision == decision);
                classes.map(|class| self.count(class, library)).sum()
            };
            let (first, second) = (of(first), of(second));
            line(&mut out, &format!("- {}: {first} and {second}", decision.as_str()));
        }
        line(&mut out, "\n| class | decision | mail-parser | mailparse |");
        line(&mut out, "|---|---|--:|--:|");
        for class in classes::all() {
            let (first, second) = (self.count(class, first), self.count(class, second));
            let decision = class.decision.as_str();
            line(&mut out, &format!("| {} | {decision} | {first} | {second} |", class.name));
        }
        for class in classes::all() {
            section(&mut out, class);
        }
        out
    }
}

const HEAD: &str = "# Where others read a field differently

Written by `benches/race/differential.sh --write`, and checked by `differential.sh`: every
disagreement of a corpus of real mails is of exactly one class. A class is a predicate over the
text of the field and both values, in `src/classes/`. Each has the sentence that decides; it stands
in the RFC word for word, and the readings of the example are what the libraries give today.

`ours`: the sentence decides for our reading. `open`: the text is outside every grammar or the RFC
leaves its meaning open, so that our reading is a choice. `against ours`: by the letter we are wrong.

mail-parser 1.0.1 is read by `parse_headers`, mailparse 0.18.0 by `get_first_header` and its
readers of dates, addresses and identifiers. Names that are empty and names that are not there count
as the same. Several `Received` are compared one by one, by their dates.

";

fn section(out: &mut String, class: &Class) {
    line(out, &format!("\n## {}{}\n", class.name[..1].to_uppercase(), &class.name[1..]));
    let quote: Vec<&str> = class.quote.split_whitespace().collect();
    line(out, &format!("{}: `{}`\n", class.reference, quote.join(" ").replace('`', "'")));
    line(out, &format!("{} ({})\n", class.because, class.decision.as_str()));
    line(out, "```text");
    line(out, &legible(class.example.strip_suffix(b"\n").unwrap_or(class.example)));
    let mut cases = class.libraries.iter().flat_map(|&library| examples(class, library)).peekable();
    if let Some(case) = cases.peek() {
        line(out, &format!("ours: {:?}", case.ours));
    }
    for case in cases {
        line(out, &format!("{}: {:?}", case.library.as_str(), case.theirs));
    }
    line(out, "```");
}

/// A text, with the octets that are no UTF-8 as escapes.
fn legible(octets: &[u8]) -> String {
    let mut out = String::new();
    for chunk in octets.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().escape_ascii().map(char::from));
    }
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn examples(class: &Class, library: Library) -> Vec<Case> {
    let mail = [class.example, b"\n"].concat();
    Case::of(&mail).into_iter().filter(|case| case.library == library).collect()
}

fn told(case: &Case, classes: &[&Class]) -> String {
    let names: Vec<&str> = classes.iter().map(|class| class.name).collect();
    let (ours, theirs) = case.only();
    format!(
        "{} {} of {}: {names:?}\n  text   {:?}\n  ours   {ours:?}\n  theirs {theirs:?}",
        case.library.as_str(),
        case.field.as_str(),
        case.raw.len(),
        case.text(),
    )
}

/// Whether the section of the RFC, such as `RFC 5322 §3.4`, says so word for word; `None` where its
/// text is not here.
pub fn says(reference: &str, quote: &str) -> Option<bool> {
    let (number, section) = reference.strip_prefix("RFC ")?.split_once(" \u{a7}")?;
    let text = fs::read(shared(&format!("rfc/rfc{number}.txt"))?).ok()?;
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text
        .lines()
        .skip_while(|line| heading(line) != Some(section))
        .skip(1)
        .take_while(|line| heading(line).is_none())
        .collect();
    // A line may end behind a hyphen.
    let words =
        |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace("- ", "-");
    Some(words(&lines.join(" ")).contains(&words(quote)))
}

/// The number of a heading, which begins its line: `3.4.1` of `3.4.1.  Addr-Spec Specification`.
fn heading(line: &str) -> Option<&str> {
    let number = line.split_once(' ')?.0.strip_suffix('.')?;
    number.split('.').all(|part| part.parse::<u8>().is_ok()).then_some(number)
}
