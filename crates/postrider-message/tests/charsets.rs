//! Charsets by the labels that mail gives them.

use postrider_message::{FieldValue, RawValue, Text, charset};

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
        ("utf-7", b"Hi Mom +Jjo-", "Hi Mom ☺"),
        ("unicode-1-1-utf-7", b"A+ImIDkQ.", "A≢Α."),
        ("'utf-8'", b"caf\xc3\xa9", "café"),
        ("\"utf-8\"", b"caf\xc3\xa9", "café"),
    ] {
        let decoded = charset::decode(label.as_bytes(), octets);
        assert_eq!((decoded.text.as_ref(), decoded.faithful), (shown, true), "{label}");
    }
    assert!(!charset::decode(b"utf-7", b"+AG").faithful);
    assert!(!charset::decode(b"utf-7", b"caf\xe9").faithful);
}
