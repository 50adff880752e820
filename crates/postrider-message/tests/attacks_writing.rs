//! What must not be written: fields that hold more than they say, and edits that leave behind what
//! they were to take away.

use postrider_message::{
    AddrSpec, AddressList, EditError, FieldName, HeaderBuilder, HeaderSection, InvalidValue,
    Limits, MessageIdList, Received,
};

fn insert(field: &str) -> Result<Vec<u8>, EditError> {
    let section = HeaderSection::parse("A: 1\r\n\r\n");
    let mut edit = section.headers().edit();
    edit.insert_raw(0, field)?;
    Ok(edit.to_vec())
}

/// RFC 5322 §2.1.1: "Each line of characters MUST be no more than 998 characters". RFC 5322 §2.2:
/// the characters of a field are printable ASCII, blanks and tabs; RFC 6532 adds UTF-8.
#[test]
fn a_raw_field_of_long_lines_controls_or_octets_beyond_ascii_is_not_inserted() {
    assert_eq!(insert("X: y\r\n z\r\n").unwrap(), b"X: y\r\n z\r\nA: 1\r\n\r\n");
    assert!(insert(&format!("X: {}\r\n", "y".repeat(995))).is_ok());
    let long = insert(&format!("X: {}\r\n", "y".repeat(996)));
    assert_eq!(long, Err(EditError::NotOneField));
    for control in ["\u{1b}", "\u{c}", "\0"] {
        assert!(insert(&format!("X: a{control}b\r\n")).is_err(), "{control:?}");
    }
    assert_eq!(insert("X: é\r\n"), Err(InvalidValue::NotAscii.into()));
    let section = HeaderSection::parse("A: 1\n\n");
    let mut edit = section.headers().edit().with_utf8(true);
    assert!(edit.insert_raw(0, "X: é\r\n").is_ok());
    // Readers that take U+2028 for a line end, or a no-break space for white space, see another
    // section.
    assert!(edit.insert_raw(0, "X: a\u{2028}Bcc: v@evil.example\n").is_err());
    assert!(edit.insert_raw(0, "X: a\n \u{a0}\n").is_err());
}

/// RFC 8601 §5: a border host removes the results that strangers claim in its name. Where there are
/// more fields than were listed, it must know.
#[test]
fn an_edit_that_does_not_see_all_fields_says_so() {
    let mail = "X: y\n".repeat(3) + "Authentication-Results: me.example; spf=pass\n\nbody";
    let limits = Limits::DEFAULT.with_fields(3);
    let section = HeaderSection::parse_with(&mail, &limits);
    let mut edit = section.headers().edit();
    assert_eq!(edit.remove_all("Authentication-Results"), 0);
    assert!(edit.is_cut());
    let section = HeaderSection::parse(&mail);
    let mut edit = section.headers().edit();
    assert_eq!(edit.remove_all("Authentication-Results"), 1);
    assert!(!edit.is_cut());
}

/// RFC 5321 §4.4: the path of a `for` clause. A fold in a quoted local part would make it another.
#[test]
fn a_recipient_with_white_space_is_not_written_into_a_trace_field() {
    for local in ["a\tb", "a  b", " a", "a\u{a0}b"] {
        let recipient = AddrSpec::new(local, "c.example").unwrap();
        let refused = received().with_recipient(&recipient);
        assert_eq!(refused.unwrap_err(), InvalidValue::Clause, "{local:?}");
    }
    let recipient = AddrSpec::new("a,b c", "c.example").unwrap();
    let written = received().with_recipient(&recipient).unwrap();
    assert_eq!(written.recipient_addr(), Some(recipient));
}

fn received() -> Received<'static> {
    use postrider_message::{DateTime, Zone};
    Received::new("mx.example", DateTime::from_unix(0, Zone::UTC).unwrap()).unwrap()
}

/// RFC 5322 §3.6.3: "the Bcc field may be empty"; the other fields of addresses and identifiers have
/// one at least.
#[test]
fn a_field_that_needs_a_value_is_not_written_without_one_whatever_the_way() {
    let nobody = AddressList::default();
    for name in [FieldName::From, FieldName::To, FieldName::ResentCc] {
        let built = HeaderBuilder::new().field(name, &nobody);
        assert_eq!(built.map(HeaderBuilder::finish), Err(InvalidValue::Empty), "{name:?}");
    }
    let none = MessageIdList::default();
    let built = HeaderBuilder::new().named("references", &none);
    assert_eq!(built.map(HeaderBuilder::finish), Err(InvalidValue::Empty));
    let built = HeaderBuilder::new().bcc(&nobody).unwrap().finish();
    assert_eq!(built, "Bcc:\r\n\r\n");
    let section = HeaderSection::parse("To: a@b.example\n\n");
    let mut edit = section.headers().edit();
    assert_eq!(edit.set("To", &nobody), Err(InvalidValue::Empty.into()));
    assert_eq!(edit.to_vec(), b"To: a@b.example\n\n");
}
