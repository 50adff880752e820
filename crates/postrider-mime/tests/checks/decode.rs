//! A body is decoded to the same octets whole, in pieces and by the plainest reading of the rules.
//!
//! The first octet of the input says how the rest is cut. For every encoding: the pieces give the
//! octets, the problems and the length that the whole body gives, and no input makes it longer.
//! Base64 is also decoded octet by octet.

use postrider_message::Span;
use postrider_mime::{TransferEncoding, encoding::Decoder};

pub(crate) const ENCODINGS: [TransferEncoding; 7] = [
    TransferEncoding::SevenBit,
    TransferEncoding::EightBit,
    TransferEncoding::Binary,
    TransferEncoding::Base64,
    TransferEncoding::QuotedPrintable,
    TransferEncoding::UuEncode,
    TransferEncoding::Unknown,
];

/// Checks one input.
pub(crate) fn check(data: &[u8]) {
    let Some((cut, body)) = data.split_first() else { return };
    let size = usize::from(*cut).max(1);
    for encoding in ENCODINGS {
        check_cut(encoding, body, &|_| size);
    }
}

/// Checks one way to cut a body: `size` says how long the piece of this number is.
pub(crate) fn check_cut(encoding: TransferEncoding, body: &[u8], size: &dyn Fn(usize) -> usize) {
    let span = Span::from_range(0..body.len());
    let whole = encoding.decode(body, span, usize::MAX);
    let (mut decoder, mut out, mut rest) = (Decoder::new(encoding), Vec::new(), body);
    for number in 0.. {
        let (piece, after) =
            rest.split_at(size(number).clamp(1, rest.len().max(1)).min(rest.len()));
        decoder.decode(piece, &mut out);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    decoder.finish(&mut out);
    let (shown, value) = (body.escape_ascii().to_string(), whole.value.as_ref());
    assert_eq!(
        out.escape_ascii().to_string(),
        value.escape_ascii().to_string(),
        "{encoding:?} of {shown}"
    );
    let told = decoder.problems().map(|one| (one.code().name(), one.offset()));
    let of_whole = whole.defects.iter().filter(|one| one.code().name() != "unknown-encoding");
    let of_whole = of_whole.map(|one| (one.code().name(), one.span().start() as u64));
    assert_eq!(told.collect::<Vec<_>>(), of_whole.collect::<Vec<_>>(), "{encoding:?} of {shown}");
    assert_eq!(encoding.decoded_len(body), out.len(), "{encoding:?} of {shown}");
    assert!(out.len() <= body.len());
    if encoding == TransferEncoding::Base64 {
        assert_eq!(out, plain_base64(body), "{shown}");
    }
}

/// RFC 2045 §6.8, octet by octet: what is not of the alphabet is ignored, padding ends a quantum.
fn plain_base64(body: &[u8]) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for octet in body {
        if *octet == b'=' {
            (bits, count) = (0, 0);
        } else if let Some(value) = alphabet.iter().position(|known| known == octet) {
            bits = bits << 6 | value as u32;
            count += 6;
            if count >= 8 {
                count -= 8;
                out.push((bits >> count & 0xff) as u8);
            }
        }
    }
    out
}
