//! What this crate chooses where readers disagree.

use postrider_message::{Ambiguity, Code, Defect, code as message_code};

use crate::code;

const CHOICES: &[(&Code, &str)] = &[
    (&code::NOT_A_TYPE, "it is text/plain"),
    (&code::NO_DISPOSITION_TYPE, "it is neither inline nor attachment; its parameters count"),
    (&code::DIFFERENT_FILE_NAMES, "the first of `filename*`, `filename`, `name*`, `name` counts"),
    (&code::NO_BOUNDARY, "the multipart has no parts"),
    (&code::BOUNDARY_SPACE, "white space at the end of a boundary is not compared"),
    (&code::EXTENDED_BOUNDARY, "the boundary is what RFC 2231 makes of it"),
    (&code::SIMILAR_BOUNDARY, "a delimiter is a whole line, of the innermost multipart it fits"),
    (&code::UNCLOSED_MULTIPART, "it ends where what is around it ends"),
    (&code::ENCODED_CONTAINER, "its octets are taken as they stand, and split"),
    (&code::ENCODED_MESSAGE, "it is a leaf, which can be decoded and read as a message"),
    (&code::MISPLACED_BOUNDARY, "it is text, and nothing is split there"),
    (&code::LONG_FIELD, "the field counts as not there"),
    (&code::TOO_DEEP, "the part is one leaf"),
    (&code::TOO_MANY_PARTS, "the rest belongs to the last multipart"),
    (&code::UNKNOWN_ENCODING, "the octets are taken as they stand"),
    (&code::AFTER_ENCODING, "the first word counts"),
    (&code::NOT_BASE64, "the octet is ignored"),
    (&code::AFTER_PADDING, "what follows the padding is decoded too"),
    (&code::NOT_QUOTED_PRINTABLE, "the equals sign is kept as it stands"),
    (&code::OUTSIDE_UUENCODE, "only what stands between `begin` and `end` counts"),
    (&code::NOT_TWO_PARTS, "the first two parts count"),
    (&code::CONTENT_LENGTH, "the first separator line ends the mail"),
    (&message_code::TOO_MANY_FIELDS, "the fields behind the last one that is kept do not count"),
];

/// A defect that this crate tells, where its kind is one that readers disagree about.
pub(super) fn ambiguity(defect: Defect) -> Option<Ambiguity> {
    let choice = CHOICES.iter().find(|(code, _)| *code == defect.code());
    match choice {
        Some((_, choice)) => Some(Ambiguity::new(defect, choice)),
        None => Ambiguity::of(defect),
    }
}

#[cfg(test)]
mod tests {
    use super::ambiguity;
    use crate::code;
    use postrider_message::{Defect, Severity, Span};

    #[test]
    fn every_ambiguous_code_has_a_choice_that_is_not_its_own_text() {
        for code in code::ALL {
            let found = ambiguity(Defect::new(code, Span::default()));
            assert!(found.is_some() || code.severity() != Severity::Ambiguous, "{}", code.name());
            assert_ne!(found.map(|one| one.choice()), Some(code.text()));
        }
    }
}
