//! What must not be read: addresses that other programs take for others, and text that becomes an
//! address.

use postrider_message::{
    AddrSpec, AddressList, FieldValue, HeaderBuilder, HeaderSection, InvalidValue, MessageId,
    MessageIdList, RawValue, code,
};

fn addresses(value: &str) -> (Vec<String>, Vec<&'static str>) {
    let read = AddressList::read(RawValue::new(value.as_bytes()));
    let found = read.value.mailboxes().map(|one| one.addr_spec().to_string()).collect();
    (found, read.defects.iter().map(|defect| defect.code().name()).collect())
}

/// White space of Unicode, soft hyphen, zero width space, bidirectional controls, tags; and the full
/// stops of IDNA 2003 (RFC 3490 §3.1).
const DECEPTIVE: &[char] = &[
    '\u{2028}',
    '\u{2029}',
    '\u{a0}',
    '\u{3000}',
    '\u{ad}',
    '\u{200b}',
    '\u{202e}',
    '\u{61c}',
    '\u{feff}',
    '\u{e0041}',
    '\u{85}',
];

#[test]
fn a_domain_with_what_cannot_be_seen_or_another_full_stop_is_no_domain() {
    for &character in DECEPTIVE.iter().chain(&['\u{3002}', '\u{ff0e}', '\u{ff61}', '\u{ff20}']) {
        for domain in [
            format!("evil.com{character}"),
            format!("a{character}evil.com"),
            format!("{character}evil.com"),
        ] {
            assert_eq!(AddrSpec::new("a", &*domain), Err(InvalidValue::Domain), "{domain:?}");
            for value in [format!("a@{domain}"), format!("Joe <a@{domain}>")] {
                let (found, told) = addresses(&value);
                assert_eq!((found, told), (vec![], vec!["not-an-address"]), "{value:?}");
            }
        }
    }
}

#[test]
fn a_local_part_with_what_cannot_be_seen_is_none_without_quotation_marks() {
    for &character in DECEPTIVE {
        let (found, told) = addresses(&format!("a{character}b@c.example"));
        assert_eq!((found, told), (vec![], vec!["not-an-address"]), "{character:?}");
    }
    let addr = AddrSpec::new("a\u{200b}b", "c.example").unwrap();
    assert_eq!(addr.to_string(), "\"a\u{200b}b\"@c.example");
}

/// RFC 5892, appendix A.1: a zero width non-joiner behind a virama, and between letters that join.
#[test]
fn words_of_scripts_that_need_joiners_are_kept() {
    for name in ["नाम\u{94d}\u{200d}ए", "نامه\u{200c}ای"] {
        let text = format!("{name}@{name}.example");
        assert_eq!(addresses(&text), (vec![text], vec![]));
    }
}

/// The shape of CVE-2025-13033; an address literal of RFC 5321 §4.1.3 has neither.
#[test]
fn a_domain_literal_with_a_comma_or_an_at_sign_is_no_domain() {
    for literal in ["[x,b@evil.com]", "[x,y]", "[b@evil.com]", "[x;y]"] {
        assert_eq!(AddrSpec::new("a", literal), Err(InvalidValue::Domain), "{literal}");
        assert!(MessageId::new(format!("a@{literal}")).is_err(), "{literal}");
        let (found, told) = addresses(&format!("a@{literal}"));
        assert_eq!((found, told), (vec![], vec!["not-an-address"]), "{literal}");
    }
    for literal in ["[192.0.2.1]", "[IPv6:2001:db8::1]"] {
        assert!(AddrSpec::new("a", literal).is_ok(), "{literal}");
    }
}

/// RFC 2047 §5: an encoded word is none in an address, but Python decodes it there.
#[test]
fn an_address_of_an_encoded_word_is_not_made() {
    for (local, domain) in [
        ("=?utf-8?q?victim=40evil=2Ecom?=", "good.com"),
        ("victim", "=?utf-8?q?evil=2Ecom?="),
        ("=?utf-8?q?victim", "evil.com?="),
    ] {
        assert_eq!(AddrSpec::new(local, domain), Err(InvalidValue::EncodedWord));
    }
    assert!(AddrSpec::new("=?", "good.com").is_ok());
}

#[test]
fn an_identifier_with_a_line_separator_is_neither_read_nor_made_nor_answered() {
    for separator in ['\u{2028}', '\u{2029}', '\u{85}'] {
        let id = format!("a{separator}Bcc:v@evil.com");
        assert_eq!(MessageId::new(&*id), Err(InvalidValue::MessageId));
        let field = format!("<{id}>");
        let read = MessageIdList::read(RawValue::new(field.as_bytes()));
        assert_eq!(read.value.ids(), []);
        assert_eq!(read.defects[0].code(), &code::NOT_A_MESSAGE_ID);
        let parent = HeaderSection::parse(format!("Message-ID: {field}\n\n"));
        let answer = HeaderBuilder::new().with_utf8(true).answering(parent.headers()).unwrap();
        assert_eq!(answer.finish(), "\r\n");
    }
}

/// RFC 2047 §5 rule 3: an encoded word in a phrase has no special characters. Readers that decode
/// before they cut see one address here, that in angle brackets.
#[test]
fn no_address_is_taken_from_the_text_of_what_looks_like_an_encoded_word() {
    for (value, expected, told) in [
        ("=?utf-8?q?x,a@b.com,?= <c@d.com>", &["c@d.com"][..], &["at-sign-in-phrase"][..]),
        ("=?utf-8?q?Joe_<a@b.com>?= <c@d.com>", &["c@d.com"], &["at-sign-in-phrase"]),
        ("=?ansi_x3.4-1968?Q?<a@b.com>?= <c@d.com>", &["c@d.com"], &["at-sign-in-phrase"]),
        (
            "x@y.com, =?utf-8?q?<a@b.com>,?= <c@d.com>",
            &["x@y.com", "c@d.com"],
            &["at-sign-in-phrase"],
        ),
        ("=?utf-8?q?Doe,_Joe?= <c@d.com>", &["c@d.com"], &["unquoted-phrase"]),
        (
            "=?utf-8?q?=?==?utf-8?q?x,a@b.com,?= <c@d.com>",
            &["c@d.com"],
            &["at-sign-in-phrase", "broken-word"],
        ),
        ("=?utf-8?q?a@b.com?=", &[], &["at-sign-in-phrase", "not-an-address"]),
        ("=?utf-8?q?x:a@b.com;?= <c@d.com>", &["c@d.com"], &["at-sign-in-phrase"]),
    ] {
        let (found, defects) = addresses(value);
        assert_eq!(
            (&found[..], &defects[..]),
            (&expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..], told),
            "{value}"
        );
    }
}
