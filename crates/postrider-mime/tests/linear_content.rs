//! Twice the body is at most 2.2 times the work, in counted instructions, for every decoder on the
//! worst that is known for it.
//!
//! Instructions are counted by valgrind's callgrind, which runs this test program again; where it is
//! not installed the test says so. `LINEAR_KIB` sets the smaller input, 4 KiB where it is not set: an
//! input must be longer than what decoders hold back. Without counting, 128 times as much is read.

use std::hint::black_box;

use postrider_message::{Span, charset};
use postrider_mime::{
    TransferEncoding::{self, Base64, QuotedPrintable, UuEncode},
    encoding::{Decoder, uuencoded},
    flowed,
};

use postrider_testkit::counted::{self, Reader, kib, measured};

/// What is repeated: what is never closed, what is undecided for long, what is nearly right.
const FAMILIES: &[&[u8]] = &[
    b"=",
    b"==",
    b"= ",
    b"=4",
    b"=4=",
    b"=41",
    b"=\r",
    b"=\n",
    b"= \r",
    b" ",
    b"\t\r",
    b"\r",
    b"\n",
    b" \n",
    b"a",
    b"AAAA",
    b"AAA",
    b"A=",
    b"AAAA\n",
    b"AAA\n",
    b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo\n",
    b"QUJD*",
    b"*",
    b"begin 644 a\n",
    b"begin 644 ",
    b"begin 644 a\n#0V%T\n",
    b"begin 644 a\n#0V%T\nend\n",
    b"_\n",
    b"M\n",
    b"\nbegin ",
    b"end\n",
    b">",
    b"> ",
    b"> > ",
    b"-- \n",
    b"-- ",
    b"a ",
    b"\x1b",
    b"\x1b(B",
    b"\x1b$B\x1b(",
    b"+",
    b"+AAA",
    b"+2AA",
    b"2AA",
    b"+-",
    b"\xc3",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xe9a",
    b"\xc3\xa9\xe9",
    b"\xff\xfe",
    b"\x81",
];

const READERS: &[Reader] = &[
    ("base64", |octets| whole(Base64, octets)),
    ("base64 in pieces", |octets| pieces(Base64, octets)),
    ("quoted-printable", |octets| whole(QuotedPrintable, octets)),
    ("quoted-printable in pieces", |octets| pieces(QuotedPrintable, octets)),
    ("uuencode", |octets| whole(UuEncode, octets)),
    ("uuencode in pieces", |octets| pieces(UuEncode, octets)),
    ("uuencoded files", |octets| {
        uuencoded(octets).for_each(|file| drop(black_box(file.decoded())));
    }),
    ("us-ascii", |octets| text(b"us-ascii", octets)),
    ("utf-8", |octets| text(b"utf-8", octets)),
    ("utf-7", |octets| text(b"utf-7", octets)),
    ("utf-16", |octets| text(b"utf-16", octets)),
    ("iso-2022-jp", |octets| text(b"iso-2022-jp", octets)),
    ("gb18030", |octets| text(b"gb18030", octets)),
    ("a label", |octets| drop(black_box(charset::decode(octets, b"\xe9")))),
    ("flowed", |octets| {
        let text = String::from_utf8_lossy(octets);
        for delsp in [false, true] {
            let mut writer = flowed::Writer::new().with_delsp(delsp);
            flowed::read(&text, delsp).for_each(|one| writer.paragraph(0, one.text()));
            writer.paragraph(1, &text);
            black_box(writer.finish());
        }
    }),
];

fn whole(encoding: TransferEncoding, octets: &[u8]) {
    black_box(encoding.decode(octets, Span::from_range(0..octets.len()), 10));
    black_box(encoding.decoded_len(octets));
}

fn pieces(encoding: TransferEncoding, octets: &[u8]) {
    let (mut decoder, mut out) = (Decoder::new(encoding), Vec::with_capacity(octets.len()));
    octets.chunks(101).for_each(|piece| decoder.decode(piece, &mut out));
    decoder.finish(&mut out);
    black_box(out);
}

fn text(label: &[u8], octets: &[u8]) {
    black_box(charset::decode(label, octets));
    let (mut decoder, mut out) = (charset::Decoder::new(label), String::new());
    octets.chunks(101).for_each(|piece| decoder.decode(piece, false, &mut out));
    decoder.decode(b"", true, &mut out);
    black_box(out);
}

fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    family.repeat(length / family.len())
}

#[test]
#[ignore = "only runs under the counter, which the test below starts"]
fn readings() {
    counted::readings(READERS, FAMILIES, of_length);
}

#[test]
fn twice_the_body_is_at_most_twice_the_work_and_a_tenth() {
    counted::assert_linear(READERS, FAMILIES, kib(4));
}

#[test]
fn a_lot_of_anything_is_decoded() {
    for (_, read) in READERS {
        for family in FAMILIES {
            measured(*read, &of_length(family, kib(4) << 17));
        }
    }
}
