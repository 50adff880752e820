//! Text, names and comments are written so that they are read as the same.

use postrider_message::{FieldValue, Folder, HeaderSection, InvalidValue, RawValue, Text};
use proptest::prelude::*;

#[path = "checks/unstructured.rs"]
mod unstructured;

/// Pieces that text is made of where writers go wrong.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        " ",
        "  ",
        "\t",
        "\r\n",
        "\n ",
        "\r",
        "\0",
        "a",
        "word",
        "a longer one",
        "é",
        "Ж",
        "日本",
        "\u{1f600}",
        "\u{85}",
        "\u{feff}",
        "=",
        "?",
        "=?",
        "?=",
        "=?utf-8?q?x?=",
        "=?utf-8?b?w6k=?=",
        "_",
        "\\",
        "\"",
        "(",
        ")",
        "<",
        ">",
        ",",
        ":",
        "x@y",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A value as it is written, without the name of the field.
fn written(name: &str, utf8: bool, write: impl FnOnce(&mut Folder) -> &mut Folder) -> String {
    let mut folder = Folder::new(name).unwrap().with_utf8(utf8);
    write(&mut folder);
    let field = folder.finish().unwrap();
    field.strip_prefix(name).unwrap().strip_suffix("\r\n").unwrap().to_owned()
}

fn read(value: &str) -> String {
    Text::read(RawValue::new(value.as_bytes())).value.into_cow().into_owned()
}

proptest! {
    #[test]
    fn text_of_any_octets_is_read_written_and_read_again(data in prop::collection::vec(any::<u8>(), 0..300)) {
        unstructured::check(&data);
    }

    #[test]
    fn text_of_any_shape_is_read_written_and_read_again(text in soup()) {
        unstructured::check(text.as_bytes());
    }

    #[test]
    fn text_with_any_blanks_keeps_them(text in "[ aé]{0,30}", utf8 in any::<bool>()) {
        let value = written("Subject", utf8, |to| to.text(&text));
        prop_assert_eq!(read(value.strip_prefix(':').unwrap()), text, "{}", value);
    }

    #[test]
    fn text_is_read_the_same_behind_a_name_of_any_length(
        text in soup(),
        name in "[A-Z][a-z-]{0,90}",
    ) {
        let value = written(&name, false, |to| to.text(&text));
        prop_assert_eq!(read(value.strip_prefix(':').unwrap()), text, "{}", value);
        for line in value.split("\r\n").skip(1).filter(|line| line.contains("=?")) {
            prop_assert!(line.len() <= 76, "{}", line);
        }
    }
}

/// RFC 2047 §8: what these are displayed as.
#[test]
fn blanks_between_words_are_those_of_rfc_2047() {
    for (text, encoded) in [
        ("a", "a"),
        ("a b", "a b"),
        ("Königsberg", "=?utf-8?Q?K=C3=B6nigsberg?="),
        ("Königsberg b", "=?utf-8?Q?K=C3=B6nigsberg?= b"),
        ("Königsberg Königsberg", "=?utf-8?Q?K=C3=B6nigsberg_K=C3=B6nigsberg?="),
        ("a  b", "a =?utf-8?Q?_b?="),
        (" a", "=?utf-8?Q?_a?="),
        ("a ", "=?utf-8?Q?a_?="),
        (" ", "=?utf-8?Q?_?="),
        ("a Königsberg  b c", "a =?utf-8?Q?K=C3=B6nigsberg__b?= c"),
    ] {
        assert_eq!(written("Subject", false, |to| to.text(text)), format!(": {encoded}"));
        assert_eq!(read(encoded), text);
    }
}

#[test]
fn the_shorter_of_the_two_encodings_is_written() {
    // RFC 2047 §8: `=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=`, here in UTF-8.
    let text = "Keld Jørn Simonsen";
    let value = written("To", false, |to| to.phrase(text));
    assert_eq!(value, ": =?utf-8?Q?Keld_J=C3=B8rn_Simonsen?=");
    // base64 of the UTF-8 octets of these letters, as coreutils' `base64` has it.
    let value = written("To", false, |to| to.phrase("Привет"));
    assert_eq!(value, ": =?utf-8?B?0J/RgNC40LLQtdGC?=");
}

#[test]
fn what_looks_like_an_encoded_word_is_read_as_it_was_meant() {
    for text in ["=?utf-8?q?x?=", "a =?utf-8?q?x?= b", "a=?utf-8?q?x?=b", "=?", "is it =?="] {
        for utf8 in [false, true] {
            let value = written("Subject", utf8, |to| to.text(text));
            assert_eq!(read(value.strip_prefix(':').unwrap()), text, "{value}");
        }
    }
}

#[test]
fn text_with_utf8_is_written_as_it_is() {
    let text = "Grüße aus Köln";
    assert_eq!(written("Subject", true, |to| to.text(text)), format!(": {text}"));
    assert_eq!(written("To", true, |to| to.phrase("Jürgen Ö")), ": Jürgen Ö");
    assert_eq!(written("To", true, |to| to.phrase("Jürgen Ö.")), ": \"Jürgen Ö.\"");
}

#[test]
fn a_phrase_is_atoms_or_quoted_or_encoded() {
    for (text, phrase) in [
        ("Joe Q Public", "Joe Q Public"),
        // RFC 5322 Appendix A.1.2.
        ("Joe Q. Public", "\"Joe Q. Public\""),
        ("Giant; \"Big\" Box", "\"Giant; \\\"Big\\\" Box\""),
        ("", "\"\""),
        (" a", "\" a\""),
        ("a  b", "\"a  b\""),
        ("back\\slash", "\"back\\\\slash\""),
        // RFC 2047 §5 rule 3: letters, digits, `!`, `*`, `+`, `-`, `/`, `=` and `_` alone.
        ("Königsberg university (b)", "=?utf-8?Q?K=C3=B6nigsberg_university_=28b=29?="),
        ("=?x", "=?utf-8?B?PT94?="),
    ] {
        assert_eq!(written("To", false, |to| to.phrase(text)), format!(": {phrase}"));
    }
}

#[test]
fn a_comment_is_escaped_and_never_closed_by_what_it_says() {
    for (text, comment) in [
        ("", "()"),
        ("a b", "(a b)"),
        ("a)b(c\\", "(a\\)b\\(c\\\\)"),
        ("Königsbergerinnen) x", "(=?utf-8?Q?K=C3=B6nigsbergerinnen=29?= x)"),
    ] {
        assert_eq!(written("To", false, |to| to.comment(text)), format!(": {comment}"));
    }
}

#[test]
fn a_quoted_string_is_never_folded_and_takes_no_control_character() {
    let text = "word ".repeat(60);
    let value = written("To", false, |to| to.token("x").blank().quoted_string(&text));
    assert_eq!(value, format!(": x\r\n \"{text}\""));
    for text in ["a\r\nb", "a\0", "\u{7f}"] {
        let mut folder = Folder::new("To").unwrap();
        folder.quoted_string(text);
        assert_eq!(folder.finish(), Err(InvalidValue::ControlCharacter));
    }
}

/// One mebibyte of each is written and read again: 2× the text is 2× the work.
#[test]
fn a_mebibyte_of_text_of_any_kind_is_written_and_read_again() {
    let families = [
        "a",
        " ",
        "a ",
        "  a",
        "é",
        "é ",
        "é a ",
        "=?",
        "=? ",
        "\u{1f600}",
        "\t",
        "\r\n",
        "(",
        "\\ ",
    ];
    for family in families {
        let text = family.repeat((1 << 20) / family.len());
        for utf8 in [false, true] {
            let value = written("Subject", utf8, |to| to.text(&text));
            assert!(value.lines().all(|line| line.len() <= 998), "{family:?}");
            assert!(read(value.strip_prefix(':').unwrap()) == text, "{family:?}");
            let phrase = written("Subject", utf8, |to| to.phrase(&text));
            let comment = written("Subject", utf8, |to| to.comment(&text));
            assert!(phrase.lines().chain(comment.lines()).all(|line| line.len() <= 998));
        }
    }
}

#[test]
fn a_field_of_text_does_not_take_in_its_neighbours() {
    let mut section = written("Subject", false, |to| to.text("x\r\nBcc: a@b.example\r\n\r\n"));
    section.insert_str(0, "Subject");
    section.push_str("\r\nTo: c@d.example\r\n\r\n");
    let section = HeaderSection::parse(&section);
    assert_eq!(section.headers().fields().len(), 2);
    assert!(section.headers().bcc().is_none());
    assert_eq!(
        section.headers().subject().unwrap().value.as_str(),
        "x\r\nBcc: a@b.example\r\n\r\n"
    );
}
