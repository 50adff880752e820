//! Text of any octets is read, and what was read is written so that it is read again.
//!
//! For every input: reading does not fail, and its defects lie inside the value. What was read is
//! written as one field, in ASCII with encoded words and in UTF-8, also as a comment and as a
//! phrase; each is read as the same text, without a defect. No line is of white space alone or
//! longer than 998 octets; no line with an encoded word is longer than 76, and no encoded word
//! than 75. Text without control characters can be made, and other text cannot.

use postrider_message::{FieldValue, Folder, HeaderBuilder, HeaderSection, RawValue, Text};

/// Checks one input.
pub(crate) fn check(data: &[u8]) {
    let raw = RawValue::new(data);
    let read = Text::read(raw);
    assert!(read.defects.iter().all(|defect| defect.span().end() <= data.len()));
    let text = read.value.as_str();
    for utf8 in [false, true] {
        subject(&read.value, utf8);
        if !text.is_empty() {
            names(text, utf8);
        }
    }
    let control = text.chars().any(|one| one.is_control() && one != '\t');
    assert_eq!(Text::new(text).is_err(), control);
    // As it stands, with blanks at its ends, which reading took off.
    if let Some(Ok(whole)) = core::str::from_utf8(data).ok().map(Text::new) {
        subject(&whole, false);
    }
}

/// An unstructured field.
fn subject(text: &Text<'_>, utf8: bool) {
    let builder = HeaderBuilder::new().with_utf8(utf8).named("Subject", text);
    let written = builder.expect("text of any characters can be written").finish();
    assert!(utf8 || written.is_ascii(), "{written:?}");
    check_lines(&written);
    let section = HeaderSection::parse(&written);
    assert_eq!(section.headers().fields().len(), 1, "{written:?}");
    assert!(section.headers().defects().is_empty(), "{written:?}");
    let again = section.headers().subject().expect("it is there");
    assert_eq!(again.value, *text, "{written:?}");
    assert!(again.defects.is_empty(), "{written:?}");
}

/// A comment that is a name, and a phrase.
fn names(text: &str, utf8: bool) {
    // A name of more than 10,000 octets is cut where it is read.
    if text.len() > 5_000 {
        return;
    }
    let mut comment = Folder::new("From").expect("a name").with_utf8(utf8);
    comment.token("a@b.example").blank().comment(text);
    let mut phrase = Folder::new("From").expect("a name").with_utf8(utf8);
    phrase.phrase(text).blank().token("<a@b.example>");
    for folder in [comment, phrase] {
        let written = folder.finish().expect("a name of any characters can be written");
        assert!(utf8 || written.is_ascii(), "{written:?}");
        check_lines(&written);
        let section = HeaderSection::parse(&written);
        let from = section.headers().from().expect("it is there");
        let [only] = from.value.addresses() else { panic!("{written:?}") };
        let [mailbox] = only.mailboxes() else { panic!("{written:?}") };
        assert_eq!(mailbox.addr_spec().to_string(), "a@b.example", "{written:?}");
        assert_eq!(mailbox.name(), Some(text), "{written:?}");
        assert!(from.defects.is_empty(), "{written:?}");
    }
}

fn check_lines(written: &str) {
    for line in written.trim_end_matches("\r\n").split("\r\n") {
        assert!(!line.trim_matches([' ', '\t']).is_empty(), "{written:?}");
        assert!(!line.contains(char::is_control) || line.contains('\t'), "{written:?}");
        assert!(line.len() <= 998, "{written:?}");
        for word in line.split(' ').filter(|word| word.contains("=?")) {
            assert!(line.len() <= 76, "{line:?}");
            let word = word.trim_matches(['(', ')']);
            assert!(word.len() <= 75, "{word:?}");
            assert!(word.starts_with("=?utf-8?") && word.ends_with("?="), "{word:?}");
        }
    }
}
