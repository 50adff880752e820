//! Putting content into a transfer encoding: by the rules of RFC 2045 §6, however it is cut, and so
//! that it is read back as it was.

use postrider_mime::{
    TransferEncoding::{self, Base64, Binary, EightBit, QuotedPrintable, SevenBit},
    encoding::{Encoder, Lines, Scan, Transport},
};
use postrider_testkit::read_shared;
use proptest::prelude::*;

#[path = "checks/encode.rs"]
mod encode;

use encode::{check, encoded};

fn quoted(content: &str, lines: Lines) -> String {
    String::from_utf8(encoded(Encoder::new(QuotedPrintable, lines), content.as_bytes(), 99))
        .unwrap()
}

fn guarded(content: &str) -> String {
    let encoder = Encoder::new(QuotedPrintable, Lines::Text).for_signing();
    String::from_utf8(encoded(encoder, content.as_bytes(), 99)).unwrap()
}

#[test]
fn quoted_printable_follows_its_rules() {
    let text = |content: &str| quoted(content, Lines::Text);
    // Rule 1: "Any octet, except a CR or LF that is part of a CRLF line break of the canonical
    // (standard) form of the data being encoded, may be represented by an "=" followed by a two digit
    // hexadecimal representation of the octet's value. [...] Uppercase letters must be used".
    // "Thus, for example, the decimal value 12 (US-ASCII form feed) can be represented by "=0C", and
    // the decimal value 61 (US-ASCII EQUAL SIGN) can be represented by "=3D"."
    assert_eq!(text("\x0c="), "=0C=3D");
    assert_eq!(text("é\x7f\0"), "=C3=A9=7F=00");
    // Rule 3: they "MUST NOT be so represented at the end of an encoded line".
    assert_eq!(text("a \nb\t\r\nc d "), "a=20\r\nb=09\r\nc d=20");
    assert_eq!(text("  \n"), " =20\r\n");
    // Rule 4: a line break "must be represented by a (RFC 822) line break"; of CR and LF that are
    // none, "Sequences like "=0D", "=0A", "=0A=0D" and "=0D=0A" will routinely appear".
    assert_eq!(text("a\nb\r\nc\rd\r"), "a\r\nb\r\nc=0Dd=0D");
    assert_eq!(quoted("a\nb\r\nc", Lines::Octets), "a=0Ab=0D=0Ac");
    assert_eq!(quoted("a \nb ", Lines::Octets), "a =0Ab=20");
    // Rule 5: "encoded lines be no more than 76 characters long", which "does not count the trailing
    // CRLF, but counts all other characters, including any equal signs".
    assert_eq!(text(&"x".repeat(75)), "x".repeat(75));
    assert_eq!(text(&"x".repeat(151)), format!("{0}=\r\n{0}=\r\nx", "x".repeat(75)));
    assert_eq!(text(&"é".repeat(13)), format!("{}=\r\n=A9", "=C3=A9".repeat(12) + "=C3"));
}

#[test]
fn quoted_printable_is_what_python_writes() {
    // `quopri.encodestring` of CPython 3, with CRLF for its LF.
    let text = "Keld Jørn = 100 %\t\nnext line that is rather long, so long that it has to be broken \
                softly, and more \nend ";
    let python = "Keld J=C3=B8rn =3D 100 %=09\r\nnext line that is rather long, so long that it has \
                  to be broken softly, and=\r\n more=20\r\nend=20";
    assert_eq!(quoted(text, Lines::Text), python);
}

#[test]
fn no_line_of_signed_content_starts_with_from_or_a_dot() {
    // RFC 2049 §3: ""=46rom " in place of "From " at the start of a line, and "=2E" in place of "."
    // alone on a line".
    assert_eq!(
        guarded("From me\nFrom\nFromage\n.\n..a\n"),
        "=46rom me\r\nFrom\r\nFromage\r\n=2E\r\n=2E.a\r\n"
    );
    assert_eq!(guarded("FFrom \n From a.\nFrom "), "FFrom=20\r\n From a.\r\n=46rom=20");
    // A soft line break starts a line too.
    let long = "x".repeat(75);
    assert_eq!(guarded(&format!("{long}From a")), format!("{long}=\r\n=46rom a"));
    assert_eq!(guarded(&format!("{long}.")), format!("{long}=\r\n=2E"));
    assert_eq!(guarded(&format!("{long}Froze")), format!("{long}=\r\nFroze"));
}

#[test]
fn files_are_encoded_as_mimekit_encodes_them() {
    let Some(photo) = read_shared("corpora/mimekit/encoders/photo.jpg") else { return };
    let file = |name: &str| {
        let file =
            read_shared(&format!("corpora/mimekit/encoders/{name}")).expect("beside the photo");
        String::from_utf8(file).unwrap().replace('\n', "\r\n")
    };
    let base64 = encoded(Encoder::new(Base64, Lines::Octets), &photo, 4096);
    assert_eq!(String::from_utf8(base64).unwrap(), file("photo.b64").trim_end());
    // MimeKit breaks lines elsewhere: what is compared is what stands between soft line breaks.
    let text = file("wikipedia.txt");
    let unfolded = |quoted: &str| quoted.replace("=\r\n", "");
    assert_eq!(unfolded(&quoted(&text, Lines::Text)), unfolded(&file("wikipedia.qp")));
}

#[test]
fn base64_has_lines_of_76_and_no_end_behind_the_last() {
    // RFC 4648 §10.
    let base64 = |content: &[u8], lines| {
        String::from_utf8(encoded(Encoder::new(Base64, lines), content, 5)).unwrap()
    };
    assert_eq!(base64(b"", Lines::Octets), "");
    assert_eq!(base64(b"foobar", Lines::Octets), "Zm9vYmFy");
    assert_eq!(base64(b"fooba", Lines::Octets), "Zm9vYmE=");
    // RFC 2045 §6.8: "The encoded output stream must be represented in lines of no more than 76
    // characters each".
    assert_eq!(base64(&[0; 57], Lines::Octets), "A".repeat(76));
    assert_eq!(base64(&[0; 60], Lines::Octets), "A".repeat(76) + "\r\nAAAA");
    // "text line breaks must be converted into CRLF sequences prior to base64 encoding".
    assert_eq!(base64(b"a\nb", Lines::Text), base64(b"a\r\nb", Lines::Octets));
    assert_eq!(base64(b"a\r\nb\r", Lines::Text), base64(b"a\r\nb\r", Lines::Octets));
}

#[test]
fn content_as_it_stands_has_the_line_ends_of_text() {
    let text = |lines| encoded(Encoder::new(SevenBit, lines), b"a\nb\r\n\r\r\n\nc\r", 1);
    assert_eq!(text(Lines::Text), b"a\r\nb\r\n\r\r\n\r\nc\r");
    assert_eq!(text(Lines::Octets), b"a\nb\r\n\r\r\n\nc\r");
}

#[test]
fn the_best_encoding_is_the_plainest_that_the_way_carries() {
    use Transport as Way;
    let long = "x".repeat(79);
    let folded = "word ".repeat(15) + "\r\n" + &"x".repeat(78);
    let cases = [
        ("", Way::SevenBit, Lines::Octets, SevenBit),
        ("plain\n", Way::Binary, Lines::Text, SevenBit),
        ("plain\r\n", Way::SevenBit, Lines::Octets, SevenBit),
        (&folded, Way::SevenBit, Lines::Octets, SevenBit),
        ("plain\n", Way::SevenBit, Lines::Octets, QuotedPrintable),
        ("bare\rCR\n", Way::EightBit, Lines::Text, QuotedPrintable),
        ("NUL\0 in text\n", Way::EightBit, Lines::Text, QuotedPrintable),
        ("one é in it\n", Way::SevenBit, Lines::Text, QuotedPrintable),
        ("one é in it\n", Way::EightBit, Lines::Text, EightBit),
        ("one é in it\n", Way::Binary, Lines::Octets, Binary),
        ("ééé\n", Way::SevenBit, Lines::Text, Base64),
        (&long, Way::SevenBit, Lines::Text, QuotedPrintable),
        (&long, Way::EightBit, Lines::Octets, QuotedPrintable),
        (&long, Way::Binary, Lines::Text, Binary),
        ("\0\0\0\0\0", Way::EightBit, Lines::Octets, Base64),
    ];
    for (content, way, lines, expected) in cases {
        let content = content.as_bytes();
        let shown = (content.escape_ascii().to_string(), way, lines);
        assert_eq!(Scan::of(content).best(way, lines), expected, "{shown:?}");
        assert_eq!(Scan::best_of(content, way, lines), expected, "{shown:?}");
    }
}

#[test]
fn text_is_quoted_printable_where_people_can_read_it() {
    let best = |content: &str, lines| {
        let best = Scan::of(content.as_bytes()).best(Transport::SevenBit, lines);
        assert_eq!(Scan::best_of(content.as_bytes(), Transport::SevenBit, lines), best);
        best
    };
    for latin in ["Grüße aus Köln", "À bientôt, mon père !", "¿Qué señor?"] {
        assert_eq!(best(latin, Lines::Text), QuotedPrintable, "{latin}");
        assert_eq!(best(&[latin, "\n"].concat().repeat(500), Lines::Text), QuotedPrintable);
    }
    for other in ["Привет, мир", "Καλημέρα κόσμε", "こんにちは", "שלום"]
    {
        assert_eq!(best(other, Lines::Text), Base64, "{other}");
        assert_eq!(best(&[other, "\n"].concat().repeat(500), Lines::Text), Base64, "{other}");
    }
    // Base64 makes 32 of 24 octets, and quoted-printable may have 42: two for each of nine.
    let wide = |count| "x".repeat(24 - 2 * count) + &"ä".repeat(count);
    assert_eq!(best(&wide(4), Lines::Text), QuotedPrintable);
    assert_eq!(best(&wide(5), Lines::Text), Base64);
    // Octets that are no text take what is shorter.
    assert_eq!(best("Grüße aus Köln", Lines::Octets), Base64);
}

#[test]
fn content_that_is_signed_is_7bit_and_has_nothing_that_agents_change() {
    let best = |content: &str| {
        let mut scan = Scan::for_signing();
        for piece in content.as_bytes().chunks(3) {
            scan.push(piece);
        }
        scan.best(Transport::Binary, Lines::Text)
    };
    assert_eq!(best("plain\n text.\n>From me\nFroM me\nFrom\n"), SevenBit);
    for changed in [
        "eight bïts\n",
        "a\nFrom me",
        "From me",
        "blank \nb",
        "blank\t\r\nb",
        "end ",
        ".",
        "a\n..b",
    ] {
        assert_eq!(best(changed), QuotedPrintable, "{changed:?}");
    }
    assert_eq!(Scan::of(b"From me\n.").best(Transport::SevenBit, Lines::Text), SevenBit);
}

#[test]
fn all_short_content_keeps_the_rules() {
    let alphabet = b"=F \r\n\xe9";
    for number in 0..6_usize.pow(6) {
        let content: Vec<u8> = (0..6).map(|at| alphabet[number / 6_usize.pow(at) % 6]).collect();
        check(&content, &[1, 2, 3][..1 + number % 3]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Text of few characters, so that lines of all lengths end in all ways.
    #[test]
    fn content_is_encoded_alike_however_it_is_cut(
        content in prop::collection::vec(
            prop_oneof![
                6 => "[a-e ]{1,40}".prop_map(String::into_bytes),
                2 => Just(b"\r\n".to_vec()),
                1 => Just(b"\n".to_vec()),
                2 => prop::collection::vec(any::<u8>(), 0..30),
                1 => Just(b"From ".to_vec()),
                1 => Just(b".".to_vec()),
                1 => "[ \t\r]{1,80}".prop_map(String::into_bytes),
            ],
            0..30,
        ),
        sizes in prop::collection::vec(1_usize..200, 1..4),
    ) {
        check(&content.concat(), &sizes);
    }
}

#[test]
fn encodings_that_no_rfc_defines_are_kept_as_they_stand() {
    for encoding in [TransferEncoding::UuEncode, TransferEncoding::Unknown] {
        assert_eq!(encoded(Encoder::new(encoding, Lines::Text), b"a\nb=\xff", 2), b"a\nb=\xff");
    }
}

#[test]
fn the_best_encoding_of_the_whole_is_that_of_its_pieces() {
    let line = "A line of text that is as long as lines of text are in messages mostly.";
    for last in [&b""[..], b"\n", b"\r", b"\r\n", b"\0", b"\xe9", b"a\nb", b" \rb"] {
        for offset in 0..80 {
            for ends in ["\n", "\r\n"] {
                let mut content = line.as_bytes()[..offset.min(line.len())].to_vec();
                content.extend([line, ends].concat().repeat(130).into_bytes());
                content.extend_from_slice(last);
                content.extend([line, ends].concat().repeat(90).into_bytes());
                for lines in [Lines::Text, Lines::Octets] {
                    for way in [Transport::SevenBit, Transport::EightBit, Transport::Binary] {
                        let shown = (offset, ends, last, lines, way);
                        let whole = Scan::of(&content).best(way, lines);
                        assert_eq!(Scan::best_of(&content, way, lines), whole, "{shown:?}");
                    }
                }
            }
        }
    }
    // Octets with a NUL are no text, however few they are.
    let content = [line.as_bytes(), b"\r\n\0"].concat();
    assert_eq!(Scan::best_of(&content, Transport::SevenBit, Lines::Octets), Base64);
    assert_eq!(Scan::best_of(&content, Transport::SevenBit, Lines::Text), QuotedPrintable);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_best_encoding_does_not_change_with_the_look(
        stretches in prop::collection::vec(
            (prop_oneof![
                Just("plain\r\n".to_owned()),
                Just("é ".to_owned()),
                Just("=\n".to_owned()),
                Just("\r\r\n".to_owned()),
                Just("ж\0".to_owned()),
                Just("=\t".to_owned()),
            ], 1_usize..1500),
            1..6,
        ),
    ) {
        let content: String = stretches.iter().map(|(what, count)| what.repeat(*count)).collect();
        for lines in [Lines::Text, Lines::Octets] {
            for way in [Transport::SevenBit, Transport::EightBit, Transport::Binary] {
                let whole = Scan::of(content.as_bytes()).best(way, lines);
                prop_assert_eq!(Scan::best_of(content.as_bytes(), way, lines), whole);
            }
        }
    }
}
