//! Header sections: no input panics, spans tile the input, and every value can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postrider::message::{FieldName, HeaderSection};

fuzz_target!(|data: &[u8]| {
    let section = HeaderSection::parse(data);
    let headers = section.headers();
    let fields: usize = headers.fields().map(|field| field.raw().len()).sum();
    assert!(fields <= data.len());
    for field in headers.fields() {
        let _ = (field.unfolded(), field.name(), field.known());
    }
    for list in [headers.from(), headers.to(), headers.cc(), headers.bcc(), headers.reply_to()] {
        let Some(list) = list else { continue };
        for mailbox in list.value.mailboxes() {
            // Nothing is conjured: both halves of an address stand in the raw field.
            assert!(!mailbox.addr_spec().domain().is_empty());
            let _ = mailbox.to_string();
        }
    }
    let _ = (headers.subject(), headers.date(), headers.message_id(), headers.references());
    let trace = headers.trace();
    assert!(trace.hops().len() <= headers.all(FieldName::Received).count());
});
