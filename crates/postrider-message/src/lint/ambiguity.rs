//! Where deployed readers are known to disagree, and what this crate does there.

use alloc::vec::Vec;
use core::{fmt, ops::Deref};

use super::findings;
use crate::{Code, Defect, Headers, code};

/// One place where two readers may see two messages, and the choice this crate makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ambiguity {
    defect: Defect,
    choice: &'static str,
}

impl Ambiguity {
    /// A place where readers disagree and the choice made there, in one line: for the codes of other
    /// crates.
    pub const fn new(defect: Defect, choice: &'static str) -> Self {
        Self { defect, choice }
    }

    /// A defect that this crate tells, where its kind is one that readers disagree about.
    pub fn of(defect: Defect) -> Option<Self> {
        choice(defect.code()).map(|choice| Self::new(defect, choice))
    }

    /// What it is, with its octets and the rule.
    pub const fn defect(&self) -> &Defect {
        &self.defect
    }

    /// How it is read, in one line.
    pub const fn choice(&self) -> &'static str {
        self.choice
    }
}

impl fmt::Display for Ambiguity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.defect, self.choice)
    }
}

/// The ambiguities of a header section, in the order of their octets: a list, and how many more
/// there were than [`Limits::defects`](crate::Limits::defects) lets in. `Display` writes a line for
/// each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ambiguities {
    list: Vec<Ambiguity>,
    dropped: usize,
}

impl Ambiguities {
    /// These, and how many more there were.
    pub const fn new(list: Vec<Ambiguity>, dropped: usize) -> Self {
        Self { list, dropped }
    }

    /// How many more there were.
    pub const fn dropped(&self) -> usize {
        self.dropped
    }
}

impl Deref for Ambiguities {
    type Target = [Ambiguity];

    fn deref(&self) -> &[Ambiguity] {
        &self.list
    }
}

impl<'a> IntoIterator for &'a Ambiguities {
    type Item = &'a Ambiguity;
    type IntoIter = core::slice::Iter<'a, Ambiguity>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl IntoIterator for Ambiguities {
    type Item = Ambiguity;
    type IntoIter = alloc::vec::IntoIter<Ambiguity>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl fmt::Display for Ambiguities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ambiguity in self {
            writeln!(f, "{ambiguity}")?;
        }
        match self.dropped {
            0 => Ok(()),
            more => writeln!(f, "{more} more ambiguities"),
        }
    }
}

/// What this crate chooses. Some of these are legal, and are read in different ways all the same.
const CHOICES: &[(&Code, &str)] = &[
    (&code::BARE_CR, "it is an octet of the value, and ends no line"),
    (&code::NUL, "it is an octet of the value, and ends nothing"),
    (&code::MIXED_LINE_ENDS, "LF ends a line, with or without CR before it"),
    (&code::BYTE_ORDER_MARK, "it is not part of the name"),
    (&code::MBOX_FROM, "the line is no field and is kept apart"),
    (&code::NO_COLON, "the line is a field without a name, and the header section goes on"),
    (&code::STRAY_CONTINUATION, "the line is a field without a name"),
    (&code::SPACE_BEFORE_COLON, "the white space is not part of the name"),
    (&code::INVALID_FIELD_NAME, "the field has the name that stands before the colon"),
    (&code::DUPLICATE_FIELD, "the first field counts; all are found in order"),
    (&code::NO_BLANK_LINE, "the header section ends before the boundary"),
    (&code::WHITE_LINE, "it continues the field, and the header section goes on"),
    (&code::RAW_8BIT, "each octet that is not UTF-8 reads as U+FFFD, and makes no address"),
    (&code::UTF8_HEADER, "it is read as UTF-8"),
    (&code::UNCLOSED_QUOTE, "the quotation mark is a character"),
    (&code::UNCLOSED_COMMENT, "the comment takes the rest of the value"),
    (&code::ENCODED_WORD_IN_ADDRESS, "it is not decoded, and stays part of the address"),
    (&code::ENCODED_WORD_QUOTED, "it is not decoded"),
    (&code::SPACE_IN_WORD, "it is decoded, white space and all"),
    (&code::UNQUOTED_PHRASE, "the address is what stands in the angle brackets"),
    (&code::AT_SIGN_IN_PHRASE, "the address is what stands in the angle brackets"),
    (&code::NOT_AN_ADDRESS, "no address is read, and nothing is joined to make one"),
    (&code::ROUTE, "the address is what stands behind the route"),
    (&code::AT_IN_LOCAL_PART, "the domain is what stands behind the quoted string"),
    (&code::UNCLOSED_ANGLE, "it ends before the next delimiter; of several the last one counts"),
    (&code::UNOPENED_ANGLE, "the address is what stands before the bracket"),
    (
        &code::EXTRA_BRACKETS,
        "what stands in the innermost brackets is read, and the others are ignored",
    ),
    (&code::MISSING_COMMA, "both mailboxes are read"),
    (
        &code::MISSING_BRACKETS,
        "the address is the word with the at sign, and its name the words before it",
    ),
    (&code::AFTER_ADDRESS, "the first address counts, and the rest is ignored up to a comma"),
    (&code::FOLDED_ID, "the line end and white space are not part of the identifier"),
    (&code::REPEATED_CLAUSE, "the first clause counts"),
    (&code::DUPLICATE_PARAMETER, "the first parameter counts"),
    (&code::UNQUOTED_VALUE, "all up to the semicolon or the next parameter is the value"),
    (&code::AFTER_VALUE, "the value counts, and the text is ignored"),
    (&code::MISSING_SEMICOLON, "a parameter begins all the same"),
    (&code::MIXED_PARAMETER, "the form of RFC 2231 counts"),
    (
        &code::ENCODED_WORD_IN_PARAMETER,
        "it is decoded where the text of the parameter is asked for",
    ),
    (&code::MISSING_SECTION, "the value ends before the section that is missing"),
    (&code::DUPLICATE_TAG, "all are kept in order, and the list does not count as valid"),
];

fn choice(code: &'static Code) -> Option<&'static str> {
    CHOICES.iter().find(|(one, _)| *one == code).map(|(_, choice)| *choice)
}

pub(crate) fn ambiguities(headers: Headers<'_>) -> Ambiguities {
    let (found, dropped) = findings(headers, |code| choice(code).is_some());
    Ambiguities::new(found.into_iter().filter_map(Ambiguity::of).collect(), dropped)
}

#[cfg(test)]
mod tests {
    use super::choice;
    use crate::{Severity, code};

    #[test]
    fn every_ambiguous_code_has_a_choice_that_is_not_its_own_text() {
        for code in code::ALL {
            let choice = choice(code);
            assert!(choice.is_some() || code.severity() != Severity::Ambiguous, "{}", code.name());
            assert_ne!(choice, Some(code.text()));
        }
    }
}
