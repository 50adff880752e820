//! `format=flowed` and `delsp`, by RFC 3676.

use postrider_mime::flowed::{self, Writer};
use proptest::prelude::*;

fn read(text: &str, delsp: bool) -> Vec<(usize, String)> {
    flowed::read(text, delsp).map(|one| (one.quote_depth(), one.into_text().into_owned())).collect()
}

fn is(paragraphs: &[(usize, &str)]) -> Vec<(usize, String)> {
    paragraphs.iter().map(|(depth, text)| (*depth, (*text).to_owned())).collect()
}

#[test]
fn the_example_of_rfc_3676_is_read() {
    // §4.5: quoted text, each depth a paragraph.
    let text = "> Thou villainous ill-breeding spongy dizzy-eyed \r\n\
        > reeky elf-skinned pigeon-egg! \r\n\
        >> Thou artless swag-bellied milk-livered \r\n\
        >> dismal-dreaming idle-headed scut!\r\n\
        >>> Thou errant folly-fallen spleeny reeling-ripe \r\n\
        >>> unmuzzled ratsbane!\r\n\
        >>>>>> Any complaints?\r\n";
    assert_eq!(
        read(text, false),
        is(&[
            // The next line has another depth, which ends the paragraph, though the line is flowed.
            (1, "Thou villainous ill-breeding spongy dizzy-eyed reeky elf-skinned pigeon-egg! "),
            (2, "Thou artless swag-bellied milk-livered dismal-dreaming idle-headed scut!"),
            (3, "Thou errant folly-fallen spleeny reeling-ripe unmuzzled ratsbane!"),
            (6, "Any complaints?"),
        ])
    );
}

#[test]
fn paragraphs_end_as_rfc_3676_says() {
    // §4.1: "An empty line (just a CRLF) is a fixed line."
    assert_eq!(read("a \nb\n\nc\n", false), is(&[(0, "a b"), (0, ""), (0, "c")]));
    // "the end of the body also ends the paragraph".
    assert_eq!(read("a \r\nb ", false), is(&[(0, "a b ")]));
    // §4.3: the separator of a signature ends it too, and is neither flowed nor fixed.
    assert_eq!(read("a \n-- \nJoe", false), is(&[(0, "a "), (0, "-- "), (0, "Joe")]));
    assert_eq!(read("> -- \n> Joe", false), is(&[(1, "-- "), (1, "Joe")]));
    // Quote marks come first, then stuffing, then the space at the end.
    assert_eq!(
        read(" > a\n >b\n  c\n> \n>  \n", false),
        is(&[(0, "> a"), (0, ">b"), (0, " c"), (1, ""), (1, " ")])
    );
    assert_eq!(read("> > a\n", false), is(&[(1, "> a")]));
    // With delsp, the space before the line end is no part of the text.
    assert_eq!(read("日本 \n語  \nx", true), is(&[(0, "日本語 x")]));
    assert_eq!(read("", false), is(&[]));
}

#[test]
fn lines_that_could_be_misread_are_stuffed() {
    let mut writer = Writer::new();
    for text in ["From here", ">a", " b", "c", "-- ", ""] {
        writer.paragraph(0, text);
    }
    writer.paragraph(2, "");
    writer.paragraph(2, ">x  ");
    assert_eq!(writer.finish(), " From here\r\n >a\r\n  b\r\nc\r\n-- \r\n\r\n>>\r\n>> >x\r\n");
}

#[test]
fn no_broken_line_looks_like_a_signature() {
    for delsp in [false, true] {
        for text in
            ["-- abcdefghijkl", "x -- -- -- -- yy -- ", "--aaaaaaaaaaaaaaaaa", "a  --        -- b"]
        {
            let mut writer = Writer::new().with_width(8).with_delsp(delsp);
            writer.paragraph(0, text);
            let written = writer.finish();
            assert_eq!(read(&written, delsp), is(&[(0, text.trim_end())]), "{written:?}");
        }
    }
}

#[test]
fn a_line_end_in_a_paragraph_parts_it() {
    let mut writer = Writer::new();
    writer.paragraph(1, "a\r\nb\nc\rd\r\n");
    assert_eq!(writer.finish(), "> a\r\n> b\r\n> c\r\n> d\r\n>\r\n");
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        paragraphs in prop::collection::vec((0..4_usize, "([a-z日]{1,12}|\\PC|[ >-]|-- |From ){0,40}"), 0..8),
        width in 0..90_usize,
        delsp in any::<bool>(),
    ) {
        let mut writer = Writer::new().with_width(width).with_delsp(delsp);
        let mut expected = Vec::new();
        for (depth, text) in &paragraphs {
            writer.paragraph(*depth, text);
            let text = if text == "-- " { text } else { text.trim_end_matches(' ') };
            expected.push((*depth, text.to_owned()));
        }
        let written = writer.finish();
        prop_assert_eq!(read(&written, delsp), expected, "{:?}", written);
        for line in written.lines() {
            // Without delsp a word stays whole: then it is the only one in its line.
            let whole = line.trim_end_matches(' ').trim_start_matches(['>', ' ']);
            let is_word = !delsp && whole.trim_start_matches("From ").trim_start_matches("-- ").split(' ').count() <= 1;
            prop_assert!(line.chars().count() <= width.clamp(8, 78) || is_word, "{:?}", line);
        }
    }

    #[test]
    fn any_text_is_read_and_no_character_comes_from_nowhere(text in "([> ]|-- |\\PC|\r?\n){0,60}", delsp in any::<bool>()) {
        let content = read(&text, delsp);
        let written: usize = content.iter().map(|(_, text)| text.len()).sum();
        prop_assert!(written <= text.len());
    }
}

/// One mebibyte of each is read and written in one pass.
#[test]
fn a_mebibyte_of_anything_is_read_and_written() {
    for family in [">", "> ", " ", " \n", "a", "a ", "-- ", "-- \n", "\n", "\r", "日"] {
        let flood = family.repeat((1 << 20) / family.len());
        for delsp in [false, true] {
            let paragraphs = read(&flood, delsp);
            let mut writer = Writer::new().with_width(8).with_delsp(delsp);
            paragraphs.iter().for_each(|(depth, text)| writer.paragraph((*depth).min(3), text));
            assert!(writer.finish().len() < 5 << 20, "{family:?}");
        }
    }
}
