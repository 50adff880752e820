//! Where lines are folded, and where never.

use postrider_message::{Folder, HeaderSection, InvalidValue, fold};
use proptest::prelude::*;

#[test]
fn a_line_is_folded_only_where_it_would_be_longer_than_78_octets() {
    // "X: " and 75 octets are 78, the most that RFC 5322 §2.1.1 has.
    let (fits, longer) = ("a".repeat(73), "a".repeat(74));
    assert_eq!(fold("X", [&*fits, "b"]).unwrap(), format!("X: {fits} b\r\n"));
    assert_eq!(fold("X", [&*longer, "b"]).unwrap(), format!("X: {longer}\r\n b\r\n"));
}

#[test]
fn a_line_with_an_encoded_word_has_at_most_76_octets() {
    // RFC 2047 §2: each line of a field that contains an encoded word is limited to 76 characters.
    let text = "Königsberg ".repeat(40);
    for name in ["X", "Subject", "X-A-Rather-Long-Name-Of-A-Field-That-Leaves-Little-Room-For-Text"]
    {
        let mut folder = Folder::new(name).unwrap();
        folder.text(&text).blank().token("a").blank().token("b");
        let field = folder.finish().unwrap();
        for line in field.lines() {
            assert!(line.len() <= 76, "{line}");
        }
        assert!(field.lines().count() > 8);
    }
}

#[test]
fn a_long_token_moves_to_a_line_of_its_own_and_stays_whole() {
    let long = "a".repeat(900);
    assert_eq!(fold("X", ["b", &*long, "c"]).unwrap(), format!("X: b\r\n {long}\r\n c\r\n"));
    assert_eq!(fold("X", [&*long]).unwrap(), format!("X: {long}\r\n"));
}

#[test]
fn a_token_that_no_line_can_hold_is_refused() {
    // RFC 5322 §2.1.1: no more than 998 characters, without the CRLF.
    let (most, more) = ("a".repeat(997), "a".repeat(998));
    assert_eq!(fold("X", ["b", &*most]).unwrap(), format!("X: b\r\n {most}\r\n"));
    assert_eq!(fold("X", ["b", &*more]), Err(InvalidValue::TooLong));
    // The first token leaves the line of the name where it must.
    assert_eq!(fold("X", [&*most]).unwrap(), format!("X:\r\n {most}\r\n"));
    assert_eq!(fold("X", [&*more]), Err(InvalidValue::TooLong));
    let mut pieces = Folder::new("X").unwrap();
    for _ in 0..998 {
        pieces.token("a");
    }
    assert_eq!(pieces.finish(), Err(InvalidValue::TooLong));
}

#[test]
fn tokens_without_a_blank_between_them_stay_together() {
    let mut folder = Folder::new("To").unwrap();
    folder.token(&"a".repeat(70)).blank();
    for piece in ["<", "mary", "@", "example.net", ">", ","] {
        folder.token(piece);
    }
    let field = folder.finish().unwrap();
    assert_eq!(field, format!("To: {}\r\n <mary@example.net>,\r\n", "a".repeat(70)));
}

#[test]
fn blanks_at_the_ends_and_more_than_one_are_not_written() {
    let mut folder = Folder::new("X").unwrap();
    folder.blank().blank().token("a").blank().blank().token("b").blank();
    assert_eq!(folder.finish().unwrap(), "X: a b\r\n");
    assert_eq!(Folder::new("X").unwrap().finish().unwrap(), "X:\r\n");
}

/// Two CRLF in a row end the header section (RFC 5322 §2.1), and so do they to some readers where
/// white space stands between them.
#[test]
fn no_token_of_white_space_makes_an_empty_line() {
    for white in ["   ", "\t", " \t \t "] {
        for (before, after) in [(76, ""), (70, ""), (76, "b"), (74, "b"), (1, "b")] {
            let after = after.repeat(77);
            let mut folder = Folder::new("X").unwrap();
            folder.token(&"a".repeat(before)).blank().token(white);
            folder.blank().token(white).blank().token(&after);
            let field = folder.finish().unwrap();
            assert!(field.lines().all(|line| !line.trim().is_empty()), "{field:?}");
            assert_eq!(HeaderSection::parse(&field).headers().fields().len(), 1, "{field:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_order_of_calls_writes_one_field(
        calls in prop::collection::vec((0..6_u8, "[ \ta-zé=?\"()\\\\]{0,90}"), 0..20),
        utf8 in any::<bool>(),
    ) {
        let mut folder = Folder::new("X-Test").unwrap().with_utf8(utf8);
        for (call, text) in &calls {
            match call {
                0 => folder.token(text),
                1 => folder.blank(),
                2 => folder.text(text),
                3 => folder.phrase(text),
                4 => folder.comment(text),
                _ => folder.quoted_string(text),
            };
        }
        // Tokens without blanks between them may be too long for a line.
        let Ok(field) = folder.finish() else { return Ok(()) };
        let section = HeaderSection::parse(&field);
        let [only] = section.headers().fields().collect::<Vec<_>>()[..] else { panic!("{field}") };
        prop_assert_eq!(only.raw(), field.as_bytes());
        prop_assert!(section.headers().defects().is_empty());
        for line in field.lines() {
            prop_assert!(line.len() <= 998 && !line.trim().is_empty(), "{:?}", field);
        }
    }
}
