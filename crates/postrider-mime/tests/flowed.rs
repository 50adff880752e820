//! `format=flowed` and `delsp`, by RFC 3676.

use postrider_mime::flowed::{self, Writer};
use proptest::prelude::*;

fn read(text: &str, delsp: bool) -> Vec<(usize, String)> {
    flowed::read(text, delsp).map(|one| (one.quote_depth(), one.into_text().into_owned())).collect()
}

fn is(paragraphs: &[(usize, &str)]) -> Vec<(usize, String)> {
    paragraphs.iter().map(|(depth, text)| (*depth, (*text).to_owned())).collect()
}

/// What the RFC prints with `*` for a soft line break, SP CRLF, and `#` for a hard one, CRLF.
fn printed(lines: &[&str]) -> String {
    let end = |line: &&str| match line.strip_suffix('*') {
        Some(flowed) => format!("{flowed} \r\n"),
        None => format!("{}\r\n", line.strip_suffix('#').unwrap()),
    };
    lines.iter().map(end).collect()
}

/// RFC 3676 §4.5. "The second line ends in a soft line break, even though it is the last line of the
/// one-deep quote block"; the paragraph is "to end with the flowed line immediately preceding the
/// change in quote depth".
#[test]
fn the_quote_depth_wins() {
    let text = printed(&[
        "> Thou villainous ill-breeding spongy dizzy-eyed*",
        "> reeky elf-skinned pigeon-egg!*",
        ">> Thou artless swag-bellied milk-livered*",
        ">> dismal-dreaming idle-headed scut!#",
        ">>> Thou errant folly-fallen spleeny reeling-ripe*",
        ">>> unmuzzled ratsbane!#",
        ">>>> Henceforth, the coding style is to be strictly*",
        ">>>> enforced, including the use of only upper case.#",
        ">>>>> I've noticed a lack of adherence to the coding*",
        ">>>>> styles, of late.#",
        ">>>>>> Any complaints?#",
    ]);
    let expected = is(&[
        (1, "Thou villainous ill-breeding spongy dizzy-eyed reeky elf-skinned pigeon-egg! "),
        (2, "Thou artless swag-bellied milk-livered dismal-dreaming idle-headed scut!"),
        (3, "Thou errant folly-fallen spleeny reeling-ripe unmuzzled ratsbane!"),
        (
            4,
            "Henceforth, the coding style is to be strictly enforced, including the use of only upper case.",
        ),
        (5, "I've noticed a lack of adherence to the coding styles, of late."),
        (6, "Any complaints?"),
    ]);
    assert_eq!(read(&text, false), expected);
}

/// RFC 3676 §4.5: two lines that are "semantically identical", and one that "is different".
#[test]
fn quote_marks_behind_stuffing_are_content() {
    for text in [">> Exit, Stage Left\r\n", ">>Exit, Stage Left\r\n"] {
        assert_eq!(read(text, false), is(&[(2, "Exit, Stage Left")]));
    }
    assert_eq!(read("> > Exit, Stage Left\r\n", false), is(&[(1, "> Exit, Stage Left")]));
}

/// RFC 3676 §4.7: "The following example contains three paragraphs", and the same as quotes. The
/// encoding is one of those that are right; its lines have at most 63 characters.
#[test]
fn the_examples_of_rfc_3676_are_read_and_written() {
    let text = printed(&[
        "`Take some more tea,' the March Hare said to Alice, very*",
        "earnestly.#",
        "#",
        "`I've had nothing yet,' Alice replied in an offended tone, `so*",
        "I can't take more.'#",
        "#",
        "`You mean you can't take LESS,' said the Hatter: `it's very*",
        "easy to take MORE than nothing.'#",
    ]);
    let paragraphs = [
        (0, "`Take some more tea,' the March Hare said to Alice, very earnestly."),
        (0, ""),
        (0, "`I've had nothing yet,' Alice replied in an offended tone, `so I can't take more.'"),
        (0, ""),
        (
            0,
            "`You mean you can't take LESS,' said the Hatter: `it's very easy to take MORE than nothing.'",
        ),
    ];
    assert_eq!(read(&text, false), is(&paragraphs));
    let mut writer = Writer::new().with_width(63);
    paragraphs.iter().for_each(|(depth, text)| writer.paragraph(*depth, text));
    assert_eq!(writer.finish(), text);

    let text = printed(&[
        ">>>Take some more tea.#",
        ">>I've had nothing yet, so I can't take more.#",
        ">You mean you can't take LESS, it's very easy to take*",
        ">MORE than nothing.#",
    ]);
    let expected = is(&[
        (3, "Take some more tea."),
        (2, "I've had nothing yet, so I can't take more."),
        (1, "You mean you can't take LESS, it's very easy to take MORE than nothing."),
    ]);
    assert_eq!(read(&text, false), expected);
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
    // §6: `sig-sep = [ quote [stuffing] ] "--" SP CRLF`: a stuffed line that is not quoted is none.
    assert_eq!(read(" -- \nJoe", false), is(&[(0, "-- Joe")]));
    let separators = |text, delsp| {
        flowed::read(text, delsp).map(|one| one.is_signature_separator()).collect::<Vec<_>>()
    };
    assert_eq!(separators("-- \n>-- \n>> -- \nx", false), [true, true, true, false]);
    assert_eq!(separators(" -- \n> x", false), [false, false]);
    assert_eq!(separators("--  ", true), [false]);
    // §4.1: "A line consisting of one or more spaces (after deleting a space acting as stuffing) is
    // considered a flowed line."
    assert_eq!(read("  \na", false), is(&[(0, " a")]));
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

/// RFC 3676 §4.2: "a generating agent SHOULD NOT insert a space in an unnatural location, such as
/// into a word"; "If faced with such a word which exceeds 78 characters (but less than 998
/// characters, the [SMTP] limit on line length), the agent SHOULD send the word as is".
#[test]
fn words_stay_whole_as_long_as_a_line_can_hold_them() {
    let lines = |delsp, text: &str| {
        let mut writer = Writer::new().with_delsp(delsp);
        writer.paragraph(1, text);
        writer.finish().lines().map(|line| line.trim_end().chars().count()).collect::<Vec<_>>()
    };
    let word = "w".repeat(500);
    for delsp in [false, true] {
        assert_eq!(lines(delsp, &format!("a {word} b")), [3, 502, 3]);
        assert_eq!(lines(delsp, &word), [502]);
    }
    assert_eq!(lines(true, &format!("日本{word}語語")), [4, 502, 4]);
    assert_eq!(lines(true, &"語".repeat(100)), [71, 33]);
    assert_eq!(lines(true, &"w".repeat(1500)), [997, 507]);
    assert_eq!(lines(false, &"w".repeat(1500)), [1502]);
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
            // A word stays whole: then it is the only one in its line.
            let whole = line.trim_end_matches(' ').trim_start_matches(['>', ' ']);
            let is_word = (!delsp || whole.is_ascii()) && whole.trim_start_matches("From ").trim_start_matches("-- ").split(' ').count() <= 1;
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
