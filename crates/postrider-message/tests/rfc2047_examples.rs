//! The examples of RFC 2047 §8 and RFC 2231 §5, and where encoded words may stand.

use postrider_message::{AddressList, FieldName, FieldValue, HeaderSection, RawValue, Text, code};

/// The names in a list of addresses, decoded.
fn names(list: &AddressList<'_>) -> Vec<String> {
    list.mailboxes().map(|mailbox| mailbox.name().unwrap_or_default().to_owned()).collect()
}

/// A text and the names of its defects.
fn text(value: &str) -> (String, Vec<&'static str>) {
    let text = Text::read(RawValue::new(value.as_bytes()));
    let defects = text.defects.iter().map(|defect| defect.code().name()).collect();
    (text.value.as_str().to_owned(), defects)
}

#[test]
fn rfc_2047_8_addresses_and_subject() {
    let message = b"From: =?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>\n\
        To: =?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>\n\
        CC: =?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>\n\
        Subject: =?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\n\x20\
        =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=\n\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    assert_eq!(names(&headers.from().unwrap().value), ["Keith Moore"]);
    assert_eq!(names(&headers.to().unwrap().value), ["Keld Jørn Simonsen"]);
    assert_eq!(names(&headers.cc().unwrap().value), ["André Pirard"]);
    assert_eq!(
        headers.subject().unwrap().value.as_str(),
        "If you can read this you understand the example."
    );
}

#[test]
fn rfc_2047_8_the_other_headers() {
    let message = "From: =?ISO-8859-1?Q?Olle_J=E4rnefors?= <ojarnef@admin.kth.se>\r\n\
        To: ietf-822@dimacs.rutgers.edu, ojarnef@admin.kth.se\r\n\
        Subject: Time for ISO 10646?\r\n\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    assert_eq!(names(&headers.from().unwrap().value), ["Olle Järnefors"]);
    let to = headers.to().unwrap().value.to_string();
    assert_eq!(to, "ietf-822@dimacs.rutgers.edu, ojarnef@admin.kth.se");
    assert_eq!(headers.subject().unwrap().value.as_str(), "Time for ISO 10646?");

    let message = "To: Dave Crocker <dcrocker@mordor.stanford.edu>\r\n\
        Cc: ietf-822@dimacs.rutgers.edu, paf@comsol.se\r\n\
        From: =?ISO-8859-1?Q?Patrik_F=E4ltstr=F6m?= <paf@nada.kth.se>\r\n\
        Subject: Re: RFC-HDR care and feeding\r\n\r\n";
    let section = HeaderSection::parse(message);
    let from = section.headers().from().unwrap();
    assert_eq!(names(&from.value), ["Patrik Fältström"]);
    assert!(from.defects.is_empty());
}

#[test]
fn rfc_2047_8_a_comment_behind_the_angle_brackets() {
    let message = "From: Nathaniel Borenstein <nsb@thumper.bellcore.com>\r\n      \
        (=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=)\r\n\
        To: Greg Vaudreuil <gvaudre@NRI.Reston.VA.US>, Ned Freed\r\n   \
        <ned@innosoft.com>, Keith Moore <moore@cs.utk.edu>\r\n\
        Subject: Test of new header generator\r\n\
        MIME-Version: 1.0\r\n\
        Content-type: text/plain; charset=ISO-8859-1\r\n\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    let from = headers.from().unwrap();
    assert_eq!(from.value.to_string(), "Nathaniel Borenstein <nsb@thumper.bellcore.com>");
    assert!(from.defects.is_empty());
    let to = headers.to().unwrap();
    assert_eq!(names(&to.value), ["Greg Vaudreuil", "Ned Freed", "Keith Moore"]);
    assert!(to.defects.is_empty());
    assert!(headers.get(FieldName::ContentType).is_some());
    // Letters as they are shown, from left to right: ISO-8859-8 has visual order.
    assert_eq!(text("=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=").0, "םולש ןב ילטפנ");
}

#[test]
fn rfc_2047_8_display_of_comments() {
    // The comment behind an address without angle brackets is its name.
    for (comment, shown) in [
        ("(=?ISO-8859-1?Q?a?=)", "a"),
        ("(=?ISO-8859-1?Q?a?= b)", "a b"),
        ("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "ab"),
        ("(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "ab"),
        ("(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)", "ab"),
        ("(=?ISO-8859-1?Q?a_b?=)", "a b"),
        ("(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "a b"),
        ("(Foole =?ISO-8859-1?Q?a?= (nested))", "Foole a (nested)"),
    ] {
        let value = format!("x@y.example {comment}");
        let list = AddressList::read(RawValue::new(value.as_bytes()));
        assert_eq!(list.value.mailboxes().next().unwrap().name(), Some(shown), "{comment}");
    }
}

#[test]
fn rfc_2231_5_a_language_is_no_part_of_the_charset() {
    let list =
        AddressList::read(RawValue::new(b"=?US-ASCII*EN?Q?Keith_Moore?= <moore@cs.utk.edu>"));
    assert_eq!(list.value.to_string(), "Keith Moore <moore@cs.utk.edu>");
    assert!(list.defects.is_empty());
    assert_eq!(text("=?US-ASCII*EN?Q?Keith_Moore?="), ("Keith Moore".to_owned(), vec![]));
}

#[test]
fn an_encoded_word_that_touches_text_is_decoded_with_a_defect() {
    // RFC 2047 §5 (1): an encoded word "MUST be separated from any adjacent 'encoded-word' or
    // 'text' by 'linear-white-space'", and §8 shows these of a comment as text in `*text`.
    let adjoined = code::ADJOINED_WORD.name();
    for (value, shown) in [
        ("(=?ISO-8859-1?Q?a?=)", "(a)"),
        ("=?ISO-8859-1?Q?a?=, b", "a, b"),
        ("b=?ISO-8859-1?Q?a?=", "ba"),
        ("=?ISO-8859-1?Q?a?==?ISO-8859-1?Q?b?=", "ab"),
        ("=?ISO-8859-1?Q?a?=\r\n b=?ISO-8859-1?Q?c?= d", "a bc d"),
    ] {
        assert_eq!(text(value), (shown.to_owned(), vec![adjoined]), "{value}");
    }
    for (value, shown) in [
        ("=?ISO-8859-1?Q?a?=", "a"),
        (" =?ISO-8859-1?Q?a?=\r\n\tb ", "a\tb"),
        ("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=\t=?ISO-8859-1?Q?c?=", "abc"),
        ("1 =? 2 ?= 3", "1 =? 2 ?= 3"),
    ] {
        assert_eq!(text(value), (shown.to_owned(), vec![]), "{value}");
    }
}

#[test]
fn the_defect_of_an_encoded_word_names_its_octets() {
    let section = HeaderSection::parse("Subject: =?utf-8?q?a?=\r\n (=?utf-8?q?b?=)\r\n\r\n");
    let subject = section.headers().subject().unwrap();
    assert_eq!(subject.value.as_str(), "a (b)");
    let span = subject.defects[0].span();
    assert_eq!(span.of(section.as_bytes()), b"=?utf-8?q?b?=");
}

#[test]
fn no_encoded_word_stands_in_a_quoted_string_or_an_address() {
    // RFC 2047 §5: an encoded word "MUST NOT appear in any portion of an 'addr-spec'" and "MUST
    // NOT appear within a 'quoted-string'".
    let value = b"\"=?utf-8?q?a?=\" <=?utf-8?q?b?=@c.example>";
    let list = AddressList::read(RawValue::new(value));
    let mailbox = list.value.mailboxes().next().unwrap();
    assert_eq!(mailbox.name(), Some("=?utf-8?q?a?="));
    assert_eq!(mailbox.addr_spec().local_part(), "=?utf-8?q?b?=");
    assert!(list.defects.has(&code::ENCODED_WORD_IN_ADDRESS));
}

#[test]
fn an_encoded_word_that_cannot_be_decoded_stays_with_a_defect() {
    // RFC 2047 §6.3: "An 'encoded-word' which contains characters which are not legal for a
    // particular encoding (for example, a "-" in the "B" encoding, …) is incorrectly formed."
    let broken = code::BROKEN_WORD.name();
    for value in ["=?utf-8?b?YWI-?=", "=?utf-8?q?a=ZZ?=", "=?utf-8?q?a=3?="] {
        assert_eq!(text(value), (value.to_owned(), vec![broken]), "{value}");
        assert_eq!(text(&format!("{value} =?utf-8?q?b?=")).1, [broken], "{value}");
    }
}

/// The codes of a value's defects, and their octets.
fn told<'a>(value: &'a str, defects: &postrider_message::Defects) -> Vec<(&'static str, &'a str)> {
    defects.iter().map(|one| (one.code().name(), &value[one.span().range()])).collect()
}

#[test]
fn what_is_lost_or_left_of_an_encoded_word_is_told() {
    type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
    let table: &[Row] = &[
        // RFC 2045 §6.8 has groups of four characters: of one nothing is left.
        ("a =?utf-8?B?Y?=", "a ", &[("cut-word", "=?utf-8?B?Y?=")]),
        ("=?utf-8?B?YWJjZ?= b", "abc b", &[("cut-word", "=?utf-8?B?YWJjZ?=")]),
        ("=?utf-8?B?YQ==?= =?utf-8?B?YWI?=", "aab", &[]),
        // RFC 2047 §2: "white space characters are FORBIDDEN within an 'encoded-word'".
        ("=?iso-8859-1?Q?a b?=", "a b", &[("space-in-word", "=?iso-8859-1?Q?a b?=")]),
        // RFC 2047 §4: "the legal values for "encoding" are "Q" and "B"".
        ("a =?utf-8?X?Y?= b", "a =?utf-8?X?Y?= b", &[("unknown-encoding", "=?utf-8?X?Y?=")]),
        ("=?utf-8?X? =?utf-8?X?Y Z?= =?a=?x?c?=", "=?utf-8?X? =?utf-8?X?Y Z?= =?a=?x?c?=", &[]),
    ];
    for (value, shown, defects) in table {
        let text = Text::read(RawValue::new(value.as_bytes()));
        assert_eq!(text.value.as_str(), *shown, "{value}");
        assert_eq!(told(value, &text.defects), *defects, "{value}");
        let name = format!("{value} <a@b.example>");
        let list = AddressList::read(RawValue::new(name.as_bytes()));
        assert_eq!(told(&name, &list.defects), *defects, "{name}");
    }
}

#[test]
fn words_in_unknown_charsets_and_words_that_do_not_fit_theirs_are_told_apart_one_by_one() {
    // RFC 2047 §5: "Each 'encoded-word' MUST represent an integral number of characters."
    let value = "=?x-none?q?a?= b\r\n =?utf-8?q?c?= =?utf-8?q?=FF?= d =?x-none?q?e?=";
    let expected = [
        ("unknown-charset", "=?x-none?q?a?="),
        ("not-of-charset", "=?utf-8?q?=FF?="),
        ("unknown-charset", "=?x-none?q?e?="),
    ];
    let text = Text::read(RawValue::new(value.as_bytes()));
    assert_eq!(told(value, &text.defects), expected);
    let name = format!("{value} <a@b.example>");
    let list = AddressList::read(RawValue::new(name.as_bytes()));
    assert_eq!(told(&name, &list.defects), expected);
}
