//! Any octets as the value of an address field: the spans of defects lie inside it, no two tokens
//! are glued to an address, and what was read is the same when it was written and read again, on
//! one line or folded, with encoded words or UTF-8. The strict reader has nothing that the tolerant
//! one has not.

use postrider_message::{
    AddrSpec, AddressList, Defect, FieldValue, Folder, HeaderSection, InvalidValue, Limits,
    Mailbox, RawValue, WriteValue, code,
};

/// Panics where one of these does not hold.
pub(crate) fn check(data: &[u8]) {
    let raw = RawValue::new(data);
    let list = AddressList::read(raw);
    assert!(list.defects.iter().all(|defect| defect.span().end() <= data.len()));
    assert!(list.defects.len() <= Limits::DEFAULT.defects);
    assert!(list.value.mailboxes().count() <= Limits::DEFAULT.addresses);
    // Where nothing in the value can part the octets of an address, they stand there in a row, one
    // address behind the other.
    let parted = list.defects.has(&code::OBSOLETE_SPACE)
        || list.defects.dropped() > 0
        || data.contains(&b'"');
    let mut rest = data;
    for mailbox in list.value.mailboxes() {
        let _ = mailbox.raw_name();
        let addr = mailbox.addr_spec();
        let text = format!("{}@{}", addr.local_part(), addr.domain());
        if !parted {
            let found = rest.windows(text.len()).position(|window| window == text.as_bytes());
            rest = &rest[found.expect("the address stands there") + text.len()..];
        }
    }

    let written = list.value.to_string();
    assert!(!written.contains(|character: char| character.is_control() && character != '\t'));
    assert_eq!(AddressList::read(RawValue::new(written.as_bytes())).value, list.value);

    for utf8 in [false, true] {
        let mut folder = Folder::new("To").expect("a field name").with_utf8(utf8);
        list.value.write_value(&mut folder);
        let field = match folder.finish() {
            Ok(field) => field,
            // An address is one token, and no line has more than 998 octets (RFC 5322 §2.1.1).
            Err(error) => {
                let long = |one: &Mailbox<'_>| one.addr_spec().to_string().len() > 900;
                assert!(list.value.mailboxes().any(long), "nothing shorter is refused");
                assert_eq!(error, InvalidValue::TooLong);
                continue;
            }
        };
        let section = HeaderSection::parse(&field);
        assert_eq!(section.headers().fields().count(), 1);
        assert_eq!(section.headers().to().expect("it is To").value, list.value, "{field}");
    }

    if let Ok(text) = core::str::from_utf8(data)
        && let Ok(strict) = AddrSpec::parse_strict_utf8(text)
    {
        let read: Vec<_> = list.value.mailboxes().map(|one| one.addr_spec()).collect();
        assert_eq!(read, [&strict]);
        // RFC 2047 forbids there what RFC 5322 calls atoms.
        let encoded = |one: &Defect| *one.code() == code::ENCODED_WORD_IN_ADDRESS;
        assert!(list.defects.iter().all(encoded));
    }
}
