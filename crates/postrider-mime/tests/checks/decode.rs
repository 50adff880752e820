//! A body is decoded to the same octets whole, in pieces and by the plainest reading of the rules.
//!
//! The first octet of the input says how the rest is cut. For every encoding: the pieces give the
//! octets, the problems and the length that the whole body gives, and no input makes it longer.
//! Base64 is also decoded octet by octet. For every charset: the pieces give the text that the whole
//! gives, and say as well whether it is faithful. Uuencoded files lie in the text one behind the
//! other, and flowed text holds no more than was there.

use postrider_message::{Span, charset};
use postrider_mime::{
    TransferEncoding,
    encoding::{Decoder, uuencoded},
    flowed,
};

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
    for label in CHARSETS {
        check_charset(label, body, size);
    }
    let mut end = 0;
    for file in uuencoded(body) {
        assert!(file.span().start >= end && file.decoded().len() <= file.span().len());
        end = file.span().end;
    }
    check_flowed(&String::from_utf8_lossy(body));
}

const CHARSETS: [&[u8]; 16] = [
    b"us-ascii",
    b"utf-8",
    b"x-none",
    b"iso-8859-1",
    b"windows-1251",
    b"iso-2022-jp",
    b"utf-7",
    b"utf-16",
    b"utf-16be",
    b"gb18030",
    b"gbk",
    b"big5",
    b"euc-kr",
    b"shift_jis",
    b"euc-jp",
    b"x-user-defined",
];

/// Text is the same whole, given away and in pieces, and not longer than three times its octets.
fn check_charset(label: &[u8], octets: &[u8], size: usize) {
    let whole = charset::decode(label, octets);
    assert_eq!(charset::decode_vec(label, octets.to_vec()), whole);
    let (mut decoder, mut text) = (charset::Decoder::new(label), String::new());
    for piece in octets.chunks(size) {
        decoder.decode(piece, false, &mut text);
    }
    decoder.decode(b"", true, &mut text);
    let shown = (label.escape_ascii().to_string(), octets.escape_ascii().to_string());
    assert_eq!((&*text, decoder.is_faithful()), (&*whole.text, whole.faithful), "{shown:?}");
    assert!(text.len() <= octets.len().saturating_mul(3).saturating_add(3), "{shown:?}");
}

/// What is read is written, and then read as it was.
fn check_flowed(text: &str) {
    for delsp in [false, true] {
        let mut writer = flowed::Writer::new().with_width(20).with_delsp(delsp);
        let mut expected = Vec::new();
        for paragraph in flowed::read(text, delsp) {
            // A lone CR is a line end where text is written.
            if paragraph.text().contains('\r') {
                continue;
            }
            let text = match paragraph.text() {
                "-- " => "-- ",
                text => text.trim_end_matches(' '),
            };
            writer.paragraph(paragraph.quote_depth(), paragraph.text());
            expected.push((paragraph.quote_depth(), text.to_owned()));
        }
        let written = writer.finish();
        let read = flowed::read(&written, delsp);
        let read: Vec<_> =
            read.map(|one| (one.quote_depth(), one.into_text().into_owned())).collect();
        assert_eq!(read, expected, "{written:?}");
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
