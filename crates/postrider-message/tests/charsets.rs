//! Charsets by the labels that mail gives them.

use postrider_message::{FieldValue, RawValue, Text, charset};
use proptest::prelude::*;

/// A text and the names of its defects.
fn text(value: &str) -> (String, Vec<&'static str>) {
    let text = Text::read(RawValue::new(value.as_bytes()));
    let defects = text.defects.iter().map(|defect| defect.code().name()).collect();
    (text.value.as_str().to_owned(), defects)
}

#[test]
fn a_charset_is_known_by_all_its_names() {
    // RFC 2047 §2: "Both 'encoding' and 'charset' names are case-independent."
    for label in ["ISO-8859-1", "iso-8859-1", "Iso-8859-1", "latin1", "l1"] {
        assert_eq!(text(&format!("=?{label}?q?=E9?=")).0, "é", "{label}");
        assert_eq!(charset::decode(label.as_bytes(), b"\xe9").text, "é", "{label}");
    }
    assert_eq!(text("=?UTF-8?B?w6k=?= =?utf-8?b?w6k=?="), ("éé".to_owned(), vec![]));
}

#[test]
fn words_that_switch_codes_join_without_a_scar() {
    // RFC 2047 §3: "it MUST contain additional control codes such that ASCII mode is again selected
    // at the end of the 'encoded-word'". The text is what Python's iso-2022-jp says of each word.
    let (first, second) = ("=?iso-2022-jp?B?GyRCRnwbKEI=?=", "=?iso-2022-jp?B?GyRCS1wbKEI=?=");
    assert_eq!(text(first), ("日".to_owned(), vec![]));
    assert_eq!(text(second), ("本".to_owned(), vec![]));
    assert_eq!(text(&format!("{first}\r\n {second}")), ("日本".to_owned(), vec![]));
    // An octet that belongs to no code is still told.
    let decoded = charset::decode(b"iso-2022-jp", b"a\x1b$B\x80\x1b(B\x1b$BF|\x1b(Bz\x1b");
    assert!(!decoded.faithful);
    assert!(decoded.text.starts_with('a') && decoded.text.contains("日z"));
}

#[test]
fn labels_that_mail_uses_are_known() {
    // The texts are what Python's codecs of these names say.
    for (label, octets, shown) in [
        ("cp932", &b"\x93\xfa\x96\x7b"[..], "日本"),
        ("CP936", b"\xd6\xd0\xce\xc4", "中文"),
        ("cp949", b"\xc7\xd1\xb1\xb9", "한국"),
        ("ms950", b"\xa4\xa4\xa4\xe5", "中文"),
        ("cp-932", b"\x93\xfa", "日"),
        ("win-1251", b"\xcc\xe8\xf0", "Мир"),
        ("cp65001", b"\xc3\xa9", "é"),
        ("ibm-866", b"\x8c\xa8\xe0", "Мир"),
        ("ks_c_5601-1987", b"\xc7\xd1", "한"),
        ("chinesebig5", b"\xa4\xa4", "中"),
        ("latin-1", b"\xe9", "é"),
        ("ISO8859_15", b"\xa4", "€"),
        ("iso-8859-1\"", b"\xe9", "é"),
        ("iso-8859-15 charset=utf-8", b"\xa4", "€"),
        ("charset=iso-8859-15", b"\xa4", "€"),
        ("iso-8859-15<br/", b"\xa4", "€"),
        ("macroman", b"\x8e", "é"),
        ("utf-16", b"\xfe\xff\x00\xe9", "é"),
        // Little-endian without a mark, as the Encoding Standard has it.
        ("utf-16", b"\xff\xfe\xe9\x00", "é"),
        ("utf-16", b"\xe9\x00", "é"),
        ("utf-7", b"Hi Mom +Jjo-", "Hi Mom ☺"),
        ("unicode-1-1-utf-7", b"A+ImIDkQ.", "A≢Α."),
        ("'utf-8'", b"caf\xc3\xa9", "café"),
        ("\"utf-8", b"caf\xc3\xa9", "café"),
        ("\"utf-8\"", b"caf\xc3\xa9", "café"),
    ] {
        let decoded = charset::decode(label.as_bytes(), octets);
        assert_eq!((decoded.text.as_ref(), decoded.faithful), (shown, true), "{label}");
    }
    assert!(!charset::decode(b"utf-7", b"+AG").faithful);
    assert!(!charset::decode(b"utf-7", b"caf\xe9").faithful);
}

/// The code pages of DOS, UTF-32 and ISO-2022-KR are not among the encodings of the Standard that
/// text is read by.
#[test]
fn charsets_without_a_table_are_unknown_labels() {
    for label in ["cp437", "ibm850", "utf-32", "utf-32be", "iso-2022-kr"] {
        let decoded = charset::decode(label.as_bytes(), b"Andr\xc3\xa9, Andr\xe9");
        assert_eq!((decoded.text.as_ref(), decoded.faithful), ("André, André", false), "{label}");
    }
}

#[test]
fn the_examples_of_rfc_2152_are_read() {
    for (octets, shown) in [
        (&b"A+ImIDkQ."[..], "A\u{2262}\u{391}."),
        (b"Hi Mom -+Jjo--!", "Hi Mom -\u{263a}-!"),
        (b"+ZeVnLIqe-", "\u{65e5}\u{672c}\u{8a9e}"),
        (b"Item 3 is +AKM-1.", "Item 3 is \u{a3}1."),
    ] {
        assert_eq!(alike(b"utf-7", octets, 1), (shown.to_owned(), true));
    }
}

/// Without a usable label, each octet is decided from left to right.
#[test]
fn octets_that_no_label_explains_are_utf_8_where_they_can_be() {
    for (octets, shown) in [
        (&b"caf\xc3\xa9"[..], "café"),
        (b"caf\xe9", "café"),
        (b"caf\xe9 \xc3\xa9 \x80", "café é €"),
        // Parts of a longer sequence are no sequence.
        (b"\xe2\x82", "â‚"),
        (b"\xe2\x82\xac\xe2\x82A\xf0\x9f\x98", "€â‚Aðÿ˜".replace('ÿ', "Ÿ").as_str()),
    ] {
        for label in [&b"us-ascii"[..], b"x-none", b"unknown-8bit", b""] {
            assert_eq!(alike(label, octets, 1), (shown.to_owned(), false), "{octets:?}");
        }
    }
    assert_eq!(alike(b"us-ascii", b"cafe", 2), ("cafe".to_owned(), true));
    assert_eq!(alike(b"x-none", b"cafe", 2), ("cafe".to_owned(), false));
}

const LABELS: [&[u8]; 14] = [
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
    b"big5",
    b"euc-kr",
    b"shift_jis",
    b"euc-jp",
];

/// The text and whether it is faithful, the same whole, given away and in pieces.
fn alike(label: &[u8], octets: &[u8], size: usize) -> (String, bool) {
    let whole = charset::decode(label, octets);
    assert_eq!(charset::decode_vec(label, octets.to_vec()), whole);
    let (mut decoder, mut text) = (charset::Decoder::new(label), String::new());
    for piece in octets.chunks(size) {
        decoder.decode(piece, false, &mut text);
    }
    decoder.decode(b"", true, &mut text);
    let shown = (String::from_utf8_lossy(label), octets.escape_ascii().to_string());
    assert_eq!((&*text, decoder.is_faithful()), (&*whole.text, whole.faithful), "{shown:?}");
    assert!(text.len() <= octets.len() * 3 + 3, "{shown:?}");
    (text, whole.faithful)
}

proptest! {
    #[test]
    fn octets_decode_alike_however_they_are_cut(octets in prop::collection::vec(any::<u8>(), 0..80), size in 1..9_usize) {
        for label in LABELS {
            alike(label, &octets, size);
        }
    }

    #[test]
    fn text_decodes_alike_however_it_is_cut(text in "(\\PC|[a-z +-]){0,30}", size in 1..9_usize) {
        for label in LABELS {
            alike(label, text.as_bytes(), size);
        }
    }

    #[test]
    fn shifts_and_switches_decode_alike_however_they_are_cut(
        text in "(\\+[A-Za-z0-9+/]{0,9}|\\+2[AEI][A-Z0-9]{1,6}|[a +-]|\u{1b}|\u{1b}\\(B|\u{1b}\\$B|\u{1b}\\(J|F|\\||é){0,20}",
        size in 1..9_usize,
    ) {
        for label in [&b"utf-7"[..], b"iso-2022-jp"] {
            alike(label, text.as_bytes(), size);
        }
    }
}
