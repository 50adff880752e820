//! Whatever the octets: spans tile them, every field is found again by its name, and every value
//! can be read.

use postrider_message::{HeaderSection, split};

/// Checks one input.
pub(crate) fn check(data: &[u8]) {
    let section = HeaderSection::parse(data);
    let headers = section.headers();
    // Before the fields stand a byte order mark and mbox's line; behind them the empty line.
    let mut written = data[..headers.span().start()].to_vec();
    for field in headers.fields() {
        written.extend_from_slice(field.raw());
        assert!(headers.named(field.name()).any(|other| other.span() == field.span()));
        let _ = (field.unfolded(), field.known());
    }
    written.extend_from_slice(headers.separator().of(data));
    let (header, body) = split(data);
    assert_eq!((&written[..], section.body()), (header, body));
    for defect in headers.defects() {
        assert!(defect.span().end() <= data.len());
    }
    for list in [headers.from(), headers.to(), headers.cc(), headers.bcc(), headers.reply_to()] {
        for mailbox in list.iter().flat_map(|list| list.value.mailboxes()) {
            assert!(!mailbox.addr_spec().domain().is_empty());
            let _ = mailbox.to_string();
        }
    }
    let _ = (headers.subject(), headers.date(), headers.message_id(), headers.references());
    let trace = headers.trace();
    assert!(trace.hops().len() <= headers.received().count());
    let _ = (trace.to_string(), headers.base_subject(), headers.thread_ids());
}
