//! A mail of any size that comes back.

use postrider_mime::build::{Source, Step};
use postrider_mime::report::Report;
use postrider_mime::{Message, encoding::Transport};
use postrider_relay::dsn::{Dsn, DsnError, Original};
use postrider_smtp::{Body, MailParameters, Ret};

use crate::{SEED, failed, original, returned_type, writer};

const HEADER: &[u8] = b"Message-ID: <1@example.org>\r\nSubject: Lunch\r\n\r\n";

fn streamed(dsn: &Dsn<'_>, mail: &[u8]) -> Vec<u8> {
    let mut writer = dsn.writer().unwrap();
    let (mut octets, mut at) = (Vec::new(), 0);
    loop {
        match writer.next().unwrap() {
            Step::Octets(chunk) => octets.extend_from_slice(chunk),
            Step::Source(_) if at == mail.len() => writer.end_source().unwrap(),
            Step::Source(source) => {
                assert_eq!(source.number(), 9);
                at += writer.supply(&mail[at..mail.len().min(at + 1000)]).unwrap();
            }
            _ => return octets,
        }
    }
}

fn asked(body: Option<Body>) -> MailParameters {
    let mut parameters = MailParameters::new().with_ret(Ret::Full);
    parameters.body = body;
    parameters
}

fn of(parameters: MailParameters, size: Option<u64>) -> Original<'static> {
    let source = Source::new(9);
    let source = size.map_or(source, |size| source.with_size(size));
    original("alice@example.org", parameters).with_source(HEADER, source)
}

#[test]
fn a_source_comes_back_octet_for_octet() {
    let mail = [HEADER, "Gr\u{fc}\u{df}e\r\n".repeat(5000).as_bytes()].concat();
    let original = of(asked(Some(Body::EightBitMime)), Some(mail.len() as u64));
    let dsn = writer("mx.example.net").write(&failed("joe@example.com"), &original, &SEED).unwrap();
    assert_eq!(dsn.mail_parameters().body, Some(Body::EightBitMime));
    let octets = streamed(&dsn, &mail);
    if let Some(size) = dsn.mail_parameters().size {
        assert_eq!(size, octets.len() as u64);
    }
    let message = Message::parse(octets).unwrap();
    let report = Report::of(message.root()).unwrap();
    assert_eq!(report.original().unwrap().raw_body(), mail);
}

#[test]
fn what_a_source_is_follows_from_what_is_known_of_it() {
    let (all, header) = (Some("message/rfc822"), Some("text/rfc822-headers"));
    let size = Some(HEADER.len() as u64);
    let table = [
        (Some(Body::SevenBit), size, Transport::SevenBit, all),
        (Some(Body::EightBitMime), size, Transport::SevenBit, header),
        (None, size, Transport::SevenBit, header),
        (None, size, Transport::EightBit, all),
        // Which "8bit" does not carry.
        (Some(Body::BinaryMime), size, Transport::EightBit, header),
        // Of unknown size.
        (Some(Body::SevenBit), None, Transport::EightBit, header),
    ];
    for (row, (body, size, transport, back)) in table.into_iter().enumerate() {
        let writer = writer("mx.example.net").with_transport(transport);
        let dsn = writer.write(&failed("joe@example.com"), &of(asked(body), size), &SEED).unwrap();
        let message = Message::parse(streamed(&dsn, HEADER)).unwrap();
        assert_eq!(returned_type(&message).as_deref(), back, "row {row}");
    }
}

#[test]
fn a_source_needs_a_writer() {
    let original = of(asked(None), Some(HEADER.len() as u64));
    let dsn = writer("mx.example.net").write(&failed("joe@example.com"), &original, &SEED).unwrap();
    let refused = dsn.to_vec().map_err(DsnError::from).unwrap_err();
    assert_eq!(refused, DsnError::Build(postrider_mime::build::BuildError::Streamed));
}
