//! What holds for any octets read as `Received`: no panic; every defect lies in the value and has a
//! rule; what is told of the connection stands in the value; writing keeps clauses apart: what is
//! read without a defect is written and read again as the same value, and what was written once
//! stays as it is.

use postrider_message::{FieldValue, Folder, HeaderSection, RawValue, Received, WriteValue};

/// Asserts it.
pub(crate) fn check(data: &[u8]) {
    let read = Received::read(RawValue::new(data));
    for defect in &read.defects {
        assert!(defect.span().end() <= data.len());
        assert!(!defect.reference().is_empty());
    }
    let received = &read.value;
    let _ = (received.tcp_info(), received.helo(), received.recipient_addr());
    if let Some(tls) = received.tls_info() {
        assert!(tls.version().is_some() || tls.cipher().is_some());
    }
    let clauses = [received.from(), received.by(), received.with(), received.id()];
    for clause in clauses.into_iter().flatten() {
        assert!(!clause.value().starts_with(' ') && !clause.value().contains('\n'));
    }

    let field = write(received);
    let section = HeaderSection::parse(&field);
    assert_eq!(section.headers().fields().count(), 1, "{field}");
    let Some(again) = section.headers().received().next() else { panic!("{field}") };
    if read.defects.is_empty() && !has_controls(received) {
        assert_eq!(&again.value, received, "{field}");
    }
    assert_eq!(again.value.date(), received.date(), "{field}");
    let once_more = write(&again.value);
    let section = HeaderSection::parse(&once_more);
    assert_eq!(section.headers().received().next().map(|read| read.value), Some(again.value));
}

fn write(received: &Received<'_>) -> String {
    let mut folder = Folder::new("Received").expect("a name").with_utf8(true);
    received.write_value(&mut folder);
    folder.finish().expect("nothing that is refused")
}

/// A comment may hold any octet; one with controls is not written.
fn has_controls(received: &Received<'_>) -> bool {
    let clauses = [
        received.from(),
        received.by(),
        received.via(),
        received.with(),
        received.id(),
        received.recipient(),
        received.tls(),
    ];
    let comments = clauses.into_iter().flatten().flat_map(|clause| clause.comments());
    comments
        .chain(received.comments())
        .any(|comment| comment.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER))
}
