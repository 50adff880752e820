//! Any octets as the value of an address field: the spans of defects lie inside it, no two tokens
//! are glued to an address, and what was read is the same when it was written and read again, on
//! one line or folded, with encoded words or UTF-8.

#![allow(unreachable_pub, reason = "a fuzz target includes this file too")]

use postrider_message::{
    AddressList, FieldValue, Folder, HeaderSection, Limits, RawValue, WriteValue, code,
};

/// Panics where one of these does not hold.
pub fn check(data: &[u8]) {
    let raw = RawValue::new(data);
    let list = AddressList::read(raw);
    assert!(list.defects.iter().all(|defect| defect.span().end() <= data.len()));
    assert!(list.defects.len() <= Limits::DEFAULT.defects);
    assert!(list.value.mailboxes().count() <= Limits::DEFAULT.addresses);
    // Where nothing in the value can part the octets of an address, they stand there in a row.
    let parted = list.defects.has(&code::OBSOLETE_SPACE)
        || list.defects.dropped() > 0
        || data.contains(&b'"');
    for mailbox in list.value.mailboxes() {
        let _ = mailbox.raw_name();
        let addr = mailbox.addr_spec();
        let text = format!("{}@{}", addr.local_part(), addr.domain());
        assert!(parted || data.windows(text.len()).any(|window| window == text.as_bytes()));
    }

    let written = list.value.to_string();
    assert!(!written.contains(|character: char| character.is_control() && character != '\t'));
    assert_eq!(AddressList::read(RawValue::new(written.as_bytes())).value, list.value);

    for utf8 in [false, true] {
        let mut folder = Folder::new("To").expect("a field name").with_utf8(utf8);
        list.value.write_value(&mut folder);
        let field = folder.finish().expect("nothing that is read is refused");
        let section = HeaderSection::parse(&field);
        assert_eq!(section.headers().fields().count(), 1);
        assert_eq!(section.headers().to().expect("it is To").value, list.value, "{field}");
    }
}
