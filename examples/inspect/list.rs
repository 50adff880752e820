//! Lists of what is wrong: each code once, with the lines it is in.

use std::{collections::HashMap, fmt::Write};

use postrider::message::Code;

use super::{
    caret::{Lines, Marked},
    findings::{Finding, Found},
};

/// Places of one code that are marked; the first is enough for advice.
const MARKS: usize = 3;
/// Lines whose numbers are told beside.
const NUMBERS: usize = 10;

/// What is said at several places.
struct Group<'m> {
    code: &'static Code,
    choice: Option<&'static str>,
    times: usize,
    marks: Vec<Marked<'m>>,
    /// Where it stands, too.
    lines: Vec<usize>,
    has_more: bool,
}

/// Writes the findings, ambiguities first and advice last. `place` says which message they are of,
/// where it is not the whole.
pub(crate) fn lists(
    page: &mut String,
    place: &str,
    found: &Found,
    octets: &[u8],
) -> std::fmt::Result {
    type Chosen = fn(&Finding) -> bool;
    let lists: [(&str, usize, Chosen); 3] = [
        ("Ambiguities", MARKS, Finding::is_ambiguity),
        ("Defects", MARKS, |one| !one.is_ambiguity() && !one.is_advice()),
        ("Advice", 1, Finding::is_advice),
    ];
    for (title, marks, is_chosen) in lists {
        let groups = groups(found.list.iter().filter(|one| is_chosen(one)), octets, marks);
        if !groups.is_empty() {
            writeln!(page, "\n{title}{place}")?;
        }
        groups.iter().try_for_each(|group| group.write(page))?;
    }
    if found.has_more {
        writeln!(page, "\nMore was found than is kept: what is told above is not all.")?;
    }
    Ok(())
}

/// One group for each code, in the order of the first places.
fn groups<'m, 'f>(
    found: impl Iterator<Item = &'f Finding>,
    octets: &'m [u8],
    marks: usize,
) -> Vec<Group<'m>> {
    let mut groups: Vec<Group<'m>> = Vec::new();
    let mut places = HashMap::new();
    let mut lines = Lines::new(octets);
    for one in found {
        let (code, choice) = (one.defect.code(), one.choice);
        let place = *places.entry((code.name(), choice)).or_insert(groups.len());
        if place == groups.len() {
            let (marks, lines) = (Vec::new(), Vec::new());
            groups.push(Group { code, choice, times: 0, marks, lines, has_more: false });
        }
        let group = &mut groups[place];
        group.times += 1;
        let span = one.defect.span();
        if group.marks.len() < marks {
            group.marks.push(lines.marked(span));
            continue;
        }
        let line = lines.number(span.start());
        let marked = group.marks.last().map(|mark| mark.number);
        if group.lines.last().copied().or(marked) == Some(line) {
            continue;
        }
        match group.lines.len() < NUMBERS {
            true => group.lines.push(line),
            false => group.has_more = true,
        }
    }
    groups
}

impl Group<'_> {
    fn write(&self, page: &mut String) -> std::fmt::Result {
        let code = self.code;
        write!(page, "  {}", code.name())?;
        if self.times > 1 {
            write!(page, ", {} times", self.times)?;
        }
        writeln!(page, ": {} ({})", code.text(), code.reference())?;
        if let Some(choice) = self.choice {
            writeln!(page, "    here: {choice}")?;
        }
        // A mark under nothing at all, as for a field that is missing, says nothing.
        let (blank, marks): (Vec<_>, Vec<_>) = self.marks.iter().partition(|mark| mark.is_blank());
        marks.iter().try_for_each(|mark| write!(page, "{mark}"))?;
        let blank = blank.into_iter().map(|mark| mark.number);
        let numbers: Vec<_> = blank.chain(self.lines.iter().copied()).collect();
        if self.times > 1 && !numbers.is_empty() {
            let and = if marks.is_empty() { "" } else { "and " };
            let lines = if numbers.len() > 1 { "lines" } else { "line" };
            let more = if self.has_more { ", …" } else { "" };
            let numbers: Vec<_> = numbers.iter().map(usize::to_string).collect();
            writeln!(page, "          {and}in {lines} {}{more}", numbers.join(", "))?;
        }
        Ok(())
    }
}
