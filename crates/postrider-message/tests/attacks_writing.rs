//! What must not be written: lines that other programs read as something else.

use postrider_message::{Folder, HeaderBuilder, HeaderSection, InvalidValue, Text};

/// RFC 2046 §5.1.1: a boundary delimiter is a line that begins with two hyphens.
#[test]
fn no_field_name_makes_a_line_of_a_boundary_or_an_mbox() {
    for name in ["--b", "--", ">From"] {
        assert_eq!(Folder::new(name).err(), Some(InvalidValue::FieldName), "{name}");
        let section = HeaderSection::parse("A: b\n\n");
        assert!(section.headers().edit().rename(0, name).is_err(), "{name}");
    }
}

#[test]
fn no_renamed_field_becomes_the_from_line_of_an_mbox() {
    let section = HeaderSection::parse("X : a@b.example\n\n");
    let mut edit = section.headers().edit();
    edit.rename(0, "From").unwrap();
    assert_eq!(edit.to_vec(), b"From: a@b.example\n\n");
}

/// The parser of Python 3.11 splits header sections at U+2028 and U+2029.
#[test]
fn no_line_separator_is_written_as_it_is() {
    for separator in ['\u{2028}', '\u{2029}'] {
        let text = format!("a{separator}Bcc:v@evil.com");
        let built = HeaderBuilder::new().with_utf8(true).subject(&text);
        assert_eq!(built.err(), Some(InvalidValue::ControlCharacter));
        let read = HeaderSection::parse(format!("Subject: {text}\n\n"));
        let subject: Text<'_> = read.headers().subject().unwrap().value;
        let section = HeaderBuilder::new().with_utf8(true);
        let section = section.named("Subject", &subject).unwrap().finish();
        assert!(!section.contains(separator), "{section}");
    }
}
