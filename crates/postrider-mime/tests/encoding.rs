//! Transfer encodings: whole and in pieces, by the rules of RFC 2045 §6.

use postrider_message::Span;
use postrider_mime::{
    TransferEncoding::{self, Base64, QuotedPrintable, UuEncode},
    encoding::{Decoder, uuencoded},
};
use proptest::prelude::*;

#[path = "checks/decode.rs"]
mod decode;

use decode::{ENCODINGS, check_cut};

/// What a body decodes to, and the problems with their places.
fn decode(encoding: TransferEncoding, body: &str) -> (String, Vec<(&'static str, usize)>) {
    let decoded = encoding.decode(body.as_bytes(), Span::from_range(0..body.len()), 10);
    let told = decoded.defects.iter().map(|one| (one.code().name(), one.span().start()));
    (decoded.value.escape_ascii().to_string(), told.collect())
}

fn told(text: &str, problems: &[(&'static str, usize)]) -> (String, Vec<(&'static str, usize)>) {
    (text.to_owned(), problems.to_vec())
}

#[test]
fn quoted_printable_follows_its_rules() {
    let decode = |body| decode(QuotedPrintable, body);
    // The example of RFC 2045 §6.7, rule 5.
    let example = "Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.";
    let text = "Now\\'s the time for all folk to come to the aid of their country.";
    assert_eq!(decode(example), told(text, &[]));
    // Rule 1: "uppercase letters must be used"; "a robust implementation might choose to recognize
    // them as the corresponding uppercase letters".
    assert_eq!(decode("=0d=0A=3d"), told("\\r\\n=", &[]));
    // Rule 3: "any trailing white space on a line must be deleted".
    assert_eq!(decode("a \t\r\nb \nc\t"), told("a\\r\\nb\\nc", &[]));
    assert_eq!(decode("a = \t\r\nb ="), told("a b ", &[]));
    assert_eq!(decode("a=20\r\n"), told("a \\r\\n", &[]));
    // Of what is no escape: "A reasonable approach by a robust implementation might be to include the
    // "=" character and the following character in the decoded data without any transformation".
    assert_eq!(decode("a=zb=4"), told("a=zb=4", &[("not-quoted-printable", 1)]));
    assert_eq!(decode("==41"), told("==41", &[("not-quoted-printable", 0)]));
    // "Control characters other than TAB, or CR and LF as parts of CRLF pairs, must not appear": a
    // lone CR is excluded.
    assert_eq!(decode("a\rb\r\r\nc\r"), told("ab\\r\\nc", &[]));
    // White space before a line end that is longer than any line may be is text.
    let [deleted, kept] = [1023, 1024].map(|blanks| format!("a{}\r\nb", " ".repeat(blanks)));
    assert_eq!(decode(&deleted), told("a\\r\\nb", &[]));
    assert_eq!(decode(&kept), told(&kept.as_bytes().escape_ascii().to_string(), &[]));
    assert_eq!(decode("ab=  c"), told("ab=  c", &[("not-quoted-printable", 2)]));
    assert_eq!(decode("=3D=4=3D"), told("==4=", &[("not-quoted-printable", 3)]));
}

#[test]
fn base64_ignores_what_is_not_of_it_and_tells_it() {
    let decode = |body| decode(Base64, body);
    assert_eq!(decode("aGVs\r\nbG8g\r\n \t"), told("hello ", &[]));
    assert_eq!(decode("aGVsbG8="), told("hello", &[]));
    assert_eq!(decode("aGVsbA==\n\n"), told("hell", &[]));
    assert_eq!(decode("aG-Vsb*G8="), told("hello", &[("not-base64", 2)]));
    assert_eq!(decode("aGVsbG8"), told("hello", &[("incomplete-base64", 7)]));
    assert_eq!(decode("aGVsbA="), told("hell", &[("incomplete-base64", 7)]));
    assert_eq!(decode("aGVsb"), told("hel", &[("incomplete-base64", 5)]));
    assert_eq!(decode("aGVsb="), told("hel", &[("incomplete-base64", 5)]));
    assert_eq!(decode("aGVsbA==aGVs"), told("hellhel", &[("after-padding", 8)]));
    assert_eq!(
        decode("aGVsbA==\n--\naGVs"),
        told("hellhel", &[("not-base64", 9), ("after-padding", 12)])
    );
    assert_eq!(decode("===="), told("", &[]));
}

#[test]
fn uuencode_is_read_between_its_lines() {
    let decode = |body| decode(UuEncode, body);
    // What Python's `binascii.b2a_uu` writes of "Cat" and of 46 octets.
    assert_eq!(decode("begin 644 cat.txt\n#0V%T\n`\nend\n"), told("Cat", &[]));
    let long = "begin 600 x\r\nM5&AE('%U:6-K(&)R;W=N(&9O>\"!J=6UP<R!O=F5R('1H92!L87IY(&1O9RXN\r\n!+@``\r\n`\r\nend\r\n";
    let text = "The quick brown fox jumps over the lazy dog...";
    assert_eq!(decode(long), told(text, &[]));
    // Spaces for zeros, lost at the end of a line.
    assert_eq!(decode("begin 644 z\n$80\n \nend"), told("a\\x00\\x00\\x00", &[]));
    assert_eq!(
        decode("Hello\nbegin 644 c\n#0V%T\nend\nBye"),
        told("Cat", &[("outside-uuencode", 0)])
    );
    assert_eq!(decode("begin 644 c\n#0V%T\n"), told("Cat", &[("incomplete-uuencode", 18)]));
    assert_eq!(decode("no\n"), told("", &[("outside-uuencode", 0), ("incomplete-uuencode", 3)]));
    assert_eq!(decode("begin 644 c\n#0V%Tabcdef\nend"), told("Cat", &[("not-uuencode", 12)]));
}

#[test]
fn uuencoded_files_in_text_are_found() {
    let text = b"begin the day\nbegin 644 not closed\n#0V%T\nno data\nend\n\
        begin 755 a file\r\n#0V%T\r\n`\r\nend\r\nbegin 0644 b\nend";
    let files: Vec<_> = uuencoded(text).collect();
    let told: Vec<_> = files.iter().map(|one| (one.mode(), one.name(), one.decoded())).collect();
    assert_eq!(told, [(0o755, &b"a file"[..], b"Cat".to_vec()), (0o644, &b"b"[..], Vec::new())]);
    assert_eq!(&text[files[0].span()], b"begin 755 a file\r\n#0V%T\r\n`\r\nend\r\n");
    assert_eq!(files[1].span().end, text.len());
    assert_eq!(uuencoded(b"begin 644 x\n#0V%T\n").count(), 0);
}

/// Every body of up to five octets of a small alphabet, cut at every place.
#[test]
fn short_bodies_decode_alike_however_they_are_cut() {
    let alphabet = b"=4 \r\n";
    for encoding in [QuotedPrintable, Base64] {
        for number in 0..5_usize.pow(6) {
            let body: Vec<u8> = (0..6).map(|at| alphabet[number / 5_usize.pow(at) % 5]).collect();
            check_cut(encoding, &body, &|_| 1);
            if number % 7 == 0 {
                for cut in 1..6 {
                    check_cut(encoding, &body, &|number| if number == 0 { cut } else { 6 });
                }
            }
        }
    }
}

/// White space that is longer than what is held back.
#[test]
fn long_white_space_decodes_alike_however_it_is_cut() {
    for length in [1000, 1022, 1023, 1024, 1025, 2047, 2048, 2049, 5000] {
        for blanks in [" ", "\t ", " \r"] {
            for (before, after) in
                [("a", "\r\n"), ("a=", "\nb"), ("a=", "b"), ("", ""), ("=", "\r")]
            {
                let run = blanks.repeat(length / blanks.len());
                let body = [before, &run, after, "=41"].concat();
                for size in [1, 100, 1023, 1024, 4000] {
                    check_cut(QuotedPrintable, body.as_bytes(), &|_| size);
                }
            }
        }
    }
}

/// Bodies that look like what mail has, with a fault now and then.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        8 => "[A-Za-z0-9+/]{4}",
        8 => "[A-Za-z0-9+/]{76}\n",
        8 => "[A-Za-z0-9+/]{76}\r\n",
        2 => "[A-Za-z]{1,7}",
        2 => "=[0-9A-Fa-f]{2}",
        2 => "(=[0-9A-F]{2}){1,20}",
        1 => "[ \t]{1,9}",
        1 => "=[ \t]{0,3}\r?\n",
        1 => Just("\r\n".to_owned()),
        1 => "[=\r\n]",
        1 => Just("begin 644 a\n".to_owned()),
        1 => "#[!-`]{4}\n",
        1 => Just("end\n".to_owned()),
        1 => ".",
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat().into_bytes())
}

proptest! {
    #[test]
    fn bodies_decode_alike_however_they_are_cut(body in body(), sizes in prop::collection::vec(1..200_usize, 1..9)) {
        for encoding in ENCODINGS {
            check_cut(encoding, &body, &|number| sizes[number % sizes.len()]);
        }
    }

    #[test]
    fn octets_decode_alike_however_they_are_cut(data in prop::collection::vec(any::<u8>(), 0..300)) {
        decode::check(&data);
    }
}

/// What a decoder holds back is bounded, whatever comes.
#[test]
fn a_decoder_holds_back_a_kibibyte_at_most() {
    for family in ["=", "= ", " ", "\t\r", "=4", "A", "A=", "begin 644 ", "M", "\n", "=\r"] {
        for encoding in ENCODINGS {
            let chunk = family.repeat((1 << 16) / family.len());
            let (mut decoder, mut out) = (Decoder::new(encoding), Vec::with_capacity(1 << 17));
            let cost = allocation_counter::measure(|| {
                for _ in 0..8 {
                    decoder.decode(chunk.as_bytes(), &mut out);
                    out.clear();
                }
                decoder.finish(&mut out);
            });
            assert!(cost.bytes_max <= 4096, "{family:?} {encoding:?}: {cost:?}");
        }
    }
}
