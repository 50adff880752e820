//! `MAIL` and `RCPT`: our borrowed grammar beside `smtp-proto`. Both read what pipelining puts one
//! behind the other, and so find the ends of lines too. Parameters are read either way: ours are
//! looked at one by one, theirs have types.

use std::hint::black_box;

use memchr::memchr;
use postrider_smtp::syntax;
use smtp_proto::Request;

use super::envelopes::Envelope;
use crate::race::Racer;

pub const OURS: &str = "postrider";
pub const THEIRS: &str = "smtp-proto";

pub fn racers() -> Vec<Racer<Envelope>> {
    vec![Racer { library: OURS, run: ours }, Racer { library: THEIRS, run: theirs }]
}

/// The lines of an envelope, without their ends.
fn lines(mut wire: &[u8]) -> impl Iterator<Item = &[u8]> {
    core::iter::from_fn(move || {
        let lf = memchr(b'\n', wire)?;
        let line = &wire[..lf];
        wire = &wire[lf + 1..];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    })
}

fn ours(envelope: &Envelope) -> usize {
    let mut sum = 0;
    for line in lines(&envelope.wire) {
        let (path, parameters) = if line.starts_with(b"MAIL") {
            let mail = syntax::mail(line).expect("it is well-formed");
            (mail.path, mail.parameters)
        } else {
            let rcpt = syntax::rcpt(line).expect("it is well-formed");
            (rcpt.path, rcpt.parameters)
        };
        sum += black_box(path).domain().map_or(0, str::len);
        for parameter in parameters {
            sum += black_box(parameter).value().map_or(0, str::len);
        }
    }
    sum
}

fn theirs(envelope: &Envelope) -> usize {
    let mut sum = 0;
    let mut octets = envelope.wire.iter();
    while !octets.as_slice().is_empty() {
        sum += match black_box(Request::parse(&mut octets)).expect("it is well-formed") {
            Request::Mail { from } => from.address.len(),
            Request::Rcpt { to } => to.address.len(),
            _ => unreachable!("an envelope has no other commands"),
        };
    }
    sum
}

/// Fails where the two do not read the same addresses, and the same sizes and original recipients.
/// Quotes, which they take off, are left out.
pub fn check(envelopes: &[Envelope]) {
    for envelope in envelopes {
        let mut octets = envelope.wire.iter();
        for line in lines(&envelope.wire) {
            let shown = String::from_utf8_lossy(line);
            let (path, mut parameters) = match syntax::mail(line) {
                Ok(mail) => (mail.path, mail.parameters),
                Err(_) => {
                    let rcpt =
                        syntax::rcpt(line).unwrap_or_else(|fault| panic!("{shown}: {fault}"));
                    (rcpt.path, rcpt.parameters)
                }
            };
            let address = path.local_part().zip(path.domain());
            let address = address.map(|(local, domain)| format!("{local}@{domain}"));
            let address = address.unwrap_or_default().replace('"', "");
            let mut value = |keyword: &str| {
                let found = parameters.find(|parameter| parameter.keyword() == keyword);
                found.and_then(|parameter| parameter.value())
            };
            match Request::parse(&mut octets).unwrap_or_else(|fault| panic!("{shown}: {fault:?}")) {
                Request::Mail { from } => {
                    assert_eq!(address, from.address, "{shown}");
                    let size = value("SIZE").map_or(0, |size| size.parse().expect("digits"));
                    assert_eq!(size, from.size, "{shown}");
                }
                Request::Rcpt { to } => {
                    assert_eq!(address, to.address, "{shown}");
                    let orcpt =
                        value("ORCPT").map(|orcpt| orcpt.replace("+2B", "+").replace("+3D", "="));
                    let orcpt =
                        orcpt.and_then(|orcpt| Some(orcpt.strip_prefix("rfc822;")?.to_owned()));
                    assert_eq!(orcpt.as_deref(), to.orcpt.as_deref(), "{shown}");
                }
                other => panic!("{shown}: {other:?}"),
            }
        }
    }
}
