//! The malformed messages of RFC 7103 §7, read as it advises. Where we do otherwise,
//! `tests/decisions.md` says why.

use postrider_message::{AddressList, FieldValue, HeaderSection, RawValue, Severity, code};

/// The addresses as they are written again, and the worst that was told of them.
fn people(value: &str) -> (String, Option<Severity>) {
    let list = AddressList::read(RawValue::new(value.as_bytes()));
    let worst = list.defects.iter().map(|defect| defect.severity()).max();
    (list.value.to_string(), worst)
}

#[test]
fn section_7_1_obsolete_and_invalid_addresses() {
    use Severity::{Ambiguous, Malformed, Obsolete};
    for (value, shown, worst) in [
        ("<@example.net:fran@example.com>", "fran@example.com", Obsolete),
        ("<<<user2@example.org>>>", "user2@example.org", Ambiguous),
        ("<another@example.net", "another@example.net", Ambiguous),
        ("second@example.org>", "second@example.org", Ambiguous),
        // A comment before an address in angle brackets is no name of it.
        ("(Testing <fran@example.com>", "fran@example.com", Ambiguous),
        (
            "<third@example.net, fourth@example.net>",
            "third@example.net, fourth@example.net",
            Ambiguous,
        ),
        ("\"Joe <joe@example.com>", "Joe <joe@example.com>", Ambiguous),
        ("Testing) <sam@example.com>", "\"Testing)\" <sam@example.com>", Malformed),
        ("Joe", "", Malformed),
    ] {
        assert_eq!(people(value), (shown.to_owned(), Some(worst)), "{value}");
    }
}

#[test]
fn section_7_2_a_line_that_is_no_field_hides_nothing() {
    let message = "From: user@example.com\r\n\
        To: userpal@example.net\r\n\
        Subject: This is your reminder\r\n\
        about the football game tonight\r\n\
        Date: Wed, 20 Oct 2010 20:53:35 -0400\r\n\r\n\
        Don't forget to meet us for the tailgate party!\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    assert_eq!(headers.fields().count(), 5);
    assert_eq!(headers.subject().unwrap().value.as_str(), "This is your reminder");
    assert_eq!(headers.date().unwrap().value.unwrap().unix(), 1_287_622_415);
    assert_eq!(section.body(), b"Don't forget to meet us for the tailgate party!\r\n");
    let defect = headers.defects()[0];
    assert_eq!(*defect.code(), code::NO_COLON);
    assert_eq!(defect.span().of(section.as_bytes()), b"about the football game tonight\r\n");
}

#[test]
fn section_7_3_a_line_of_white_space_is_a_continuation() {
    let message = "From: user@example.com\r\n\
        To: userpal@example.net\r\n\
        Subject: This is your reminder\r\n \r\n about the football game tonight\r\n\
        Date: Wed, 20 Oct 2010 20:53:35 -0400\r\n\r\n\
        Don't forget to meet us for the tailgate party!\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    assert_eq!(headers.fields().count(), 4);
    let subject = headers.subject().unwrap().value;
    let words: Vec<_> = subject.as_str().split_whitespace().collect();
    assert_eq!(words.join(" "), "This is your reminder about the football game tonight");
    assert!(headers.date().unwrap().value.is_some());
    assert_eq!(section.body(), b"Don't forget to meet us for the tailgate party!\r\n");
}

#[test]
fn section_7_4_white_space_before_the_colon_is_no_part_of_the_name() {
    let message = "Subject: This is your reminder\r\nMIME-Version : 1.0\r\n\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    let field = headers.named("mime-version").next().unwrap();
    assert_eq!((field.name(), &*field.unfolded()), (&b"MIME-Version"[..], &b"1.0"[..]));
    assert_eq!(field.raw(), b"MIME-Version : 1.0\r\n");
    assert!(headers.defects().has(&code::SPACE_BEFORE_COLON));
}

#[test]
fn section_7_5_1_repeated_fields_are_told_and_none_is_lost() {
    let message = "From: president@example.com\r\n\
        From: vice-president@example.com\r\n\
        To: jqpublic@example.com\r\n\
        Subject: A note from the E-Team\r\n\
        Date: Wed, 20 Oct 2010 08:00:00 -0700\r\n\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    assert_eq!(headers.from().unwrap().value.to_string(), "president@example.com");
    let all = headers.named("from").map(|field| field.read::<AddressList<'_>>().value.to_string());
    assert_eq!(all.collect::<Vec<_>>(), ["president@example.com", "vice-president@example.com"]);
    let defect = headers.defects()[0];
    assert_eq!(*defect.code(), code::DUPLICATE_FIELD);
    assert_eq!(defect.severity(), Severity::Ambiguous);
    let span = defect.span().of(section.as_bytes());
    assert_eq!(span, b"From: vice-president@example.com\r\n");
}

#[test]
fn section_7_7_eight_bit_data_is_replaced_in_text_and_makes_no_address() {
    let message = b"From: caf\xe9@example.com, a@b.example\r\nSubject: caf\xe9\r\n\r\n";
    let section = HeaderSection::parse(&message[..]);
    let headers = section.headers();
    assert_eq!(headers.from().unwrap().value.to_string(), "a@b.example");
    assert_eq!(headers.subject().unwrap().value.as_str(), "caf\u{fffd}");
}
