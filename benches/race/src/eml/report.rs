//! The differences by class, as a text.

use std::collections::BTreeMap;

use super::{
    Answers, Difference,
    classes::{self, CLASSES, Class},
};
use crate::{classes::Decision, report::says};

/// All differences by class, and what is wrong with the classes.
pub struct Report<'a> {
    answers: &'a Answers,
    found: BTreeMap<&'static str, Vec<&'a Difference>>,
    /// Differences of no class or of several, and classes that do not hold.
    pub wrong: Vec<String>,
}

impl<'a> Report<'a> {
    pub fn of(answers: &'a Answers) -> Self {
        let mut report = Self { answers, found: BTreeMap::new(), wrong: Vec::new() };
        for difference in &answers.differences {
            match *classes::of(difference) {
                [class] => report.found.entry(class.name).or_default().push(difference),
                ref classes => {
                    let names: Vec<&str> = classes.iter().map(|class| class.name).collect();
                    report.wrong.push(format!("{names:?}\n{}", told(difference)));
                }
            }
        }
        for class in CLASSES {
            if report.of_class(class).is_empty() {
                report.wrong.push(format!("no mail of class {:?}", class.name));
            }
            if says(class.reference, class.quote) == Some(false) {
                let wrong = format!("{} does not say what {:?} has", class.reference, class.name);
                report.wrong.push(wrong);
            }
        }
        report
    }

    fn of_class(&self, class: &Class) -> &[&'a Difference] {
        self.found.get(class.name).map_or(&[], Vec::as_slice)
    }

    /// The text of `eml.md`.
    pub fn markdown(&self) -> String {
        let Answers { mails, compared, not_asked, differences } = self.answers;
        let mut out = format!(
            "{HEAD}{mails} mails, {compared} answers, {} of them different. Of {not_asked} messages with \
             another structure it is not asked what to show.\n\n",
            differences.len()
        );
        for decision in [Decision::Ours, Decision::Open, Decision::Against] {
            let of = CLASSES.iter().filter(|class| class.decision == decision);
            let count: usize = of.map(|class| self.of_class(class).len()).sum();
            out += &format!("- {}: {count}\n", decision.as_str());
        }
        out += "\n| class | decision | differences |\n|---|---|--:|\n";
        for class in CLASSES {
            let (decision, count) = (class.decision.as_str(), self.of_class(class).len());
            out += &format!("| {} | {decision} | {count} |\n", class.name);
        }
        for class in CLASSES {
            out += &self.section(class);
        }
        out
    }

    fn section(&self, class: &Class) -> String {
        let quote: Vec<&str> = class.quote.split_whitespace().collect();
        let quote = quote.join(" ").replace('`', "'");
        let (initial, name) = class.name.split_at(1);
        let mut out = format!(
            "\n## {}{name}\n\n{}: `{quote}`\n\n{} ({})\n\n",
            initial.to_uppercase(),
            class.reference,
            class.because,
            class.decision.as_str(),
        );
        let differences = self.of_class(class);
        if let Some(first) = differences.first() {
            out += &format!("```text\n{}\n```\n\n", told(first));
        }
        let mut places: Vec<String> = differences
            .iter()
            .map(|one| {
                format!("{} {}", one.place.replace(" LF", "").replace(" CRLF", ""), one.question)
            })
            .collect();
        places.dedup();
        places.sort();
        places.dedup();
        for place in places {
            out += &format!("- {place}\n");
        }
        out
    }
}

const HEAD: &str = "# Where we read mail-parser's own mails differently

Written by `benches/race/eml.sh --write`, and checked by `eml.sh`. mail-parser 1.0.1 keeps 184 mails,
and for each what it reads of it, with LF and with CRLF. The same is asked of us: structure, where
each part begins and ends, its fields and their values, decoded texts and octets, file names, and
what RFC 8621 would show of each message. Every difference is of exactly one class, a predicate in `src/eml/classes.rs`. Each class has the sentence that decides,
word for word.

`ours`: the sentence decides for our reading. `open`: the text is outside every grammar or the RFC
leaves its meaning open, so that our reading is a choice. `against ours`: by the letter we are wrong.

";

/// A difference, from a little before where the answers part.
fn told(difference: &Difference) -> String {
    let Difference { place, question, ours, theirs, raw } = difference;
    let same = ours.chars().zip(theirs.chars()).take_while(|(one, other)| one == other).count();
    let from = if same > 60 { same - 40 } else { 0 };
    let cut = |text: &str| text.chars().skip(from).take(160).collect::<String>();
    let raw: Vec<u8> = raw.iter().copied().take(400).collect();
    format!(
        "{place} {question}\n{}\nours: {:?}\nmail-parser: {:?}",
        raw.trim_ascii_end()
            .escape_ascii()
            .to_string()
            .replace("\\r", "")
            .replace("\\n", "\n")
            .replace("\\t", "\t"),
        cut(ours),
        cut(theirs)
    )
}
