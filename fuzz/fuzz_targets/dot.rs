//! The dot-stuffing codec: no input panics, cuts carry no meaning, and what the sender stuffs the
//! receiver gives back.
#![no_main]

use bytes::{Buf, Bytes};
use libfuzzer_sys::fuzz_target;
use postrider::wire::dot::{BareNewlines, OutgoingNewlines, Stuffer, Unstuffed, Unstuffer};
use postrider::wire::{Inbox, OutboxWriter};

fn unstuff(policy: BareNewlines, pieces: &[&[u8]]) -> (Vec<u8>, Option<u64>, bool) {
    let mut unstuffer = Unstuffer::new(policy);
    let mut inbox = Inbox::new(1 << 20);
    let (mut mail, mut told) = (Vec::new(), None);
    for piece in pieces {
        inbox.extend(piece);
        loop {
            match unstuffer.poll(&mut inbox) {
                Unstuffed::Payload(octets) => mail.extend_from_slice(&octets),
                Unstuffed::Fault(at) => assert!(told.replace(at).is_none(), "told twice"),
                Unstuffed::End => return (mail, unstuffer.fault(), true),
                _ => break,
            }
        }
        assert!(inbox.is_empty());
    }
    (mail, unstuffer.fault(), false)
}

fuzz_target!(|data: &[u8]| {
    for policy in [BareNewlines::Reject, BareNewlines::Normalize, BareNewlines::Keep] {
        let whole = unstuff(policy, &[data]);
        let cut = data.len() / 2;
        assert_eq!(whole, unstuff(policy, &[&data[..cut], &data[cut..]]));
        let octets: Vec<&[u8]> = data.chunks(1).collect();
        assert_eq!(whole, unstuff(policy, &octets));
    }

    let mut out = OutboxWriter::new(1 << 22);
    let mut stuffer = Stuffer::new(OutgoingNewlines::Normalize);
    stuffer.encode(&mut Bytes::copy_from_slice(data), &mut out).unwrap();
    stuffer.finish(&mut out).unwrap();
    let mut wire = vec![0; out.reader().remaining()];
    out.reader().copy_to_slice(&mut wire);
    let (mail, fault, ended) = unstuff(BareNewlines::Keep, &[&wire]);
    assert!(ended, "the mail must end");
    assert!(fault.is_none() || data.contains(&0), "only NUL may offend");
    assert!(mail.is_empty() || mail.ends_with(b"\r\n"));
});
