//! The strict reader of one `addr-spec`: what RFC 5322 and RFC 5321 say of it.

use std::net::Ipv6Addr;

use postrider_message::{AddrSpec, AddressList, Diagnosis, FieldValue, RawValue, Validity};
use proptest::prelude::*;

#[test]
fn the_addresses_of_rfc_5322_appendix_a_are_what_it_says() {
    for plain in [
        "jdoe@machine.example",
        "mary@example.net",
        "john.q.public@example.com",
        "mary@x.test",
        "jdoe@example.org",
        "one@y.test",
        "boss@nil.test",
        "sysservices@example.net",
        "c@a.test",
        "joe@where.test",
        "jdoe@one.test",
        "smith@home.example",
        "c@public.example",
        "joe@example.org",
    ] {
        assert_eq!(Diagnosis::of(plain), Diagnosis::Valid, "{plain}");
    }
    // A.5: "comments [...] around the "@" [...] are not recommended"; A.6.1 and A.6.3: "obsolete".
    for (odd, diagnosis) in [
        ("pete(his account)@silly.test(his host)", Diagnosis::CfwsNearAt),
        ("c@(Chris's host.)public.example", Diagnosis::CfwsNearAt),
        ("jdoe@test  . example", Diagnosis::ObsFws),
        ("jdoe@machine(comment).  example", Diagnosis::ObsFws),
    ] {
        assert_eq!(Diagnosis::of(odd), diagnosis, "{odd}");
        assert_eq!(diagnosis.validity(), Validity::Deprecated, "{odd}");
        // What must not be written is read all the same.
        let list = AddressList::read(RawValue::new(odd.as_bytes()));
        assert_eq!(list.value.mailboxes().count(), 1, "{odd}");
    }
    // A.6.1: a route belongs to an angle-addr and is no part of an addr-spec.
    assert_eq!(Diagnosis::of("@node.test:mary@example.net"), Diagnosis::NoLocalPart);
}

/// RFC 5321 §4.1.2 has `Local-part = Dot-string / Quoted-string`, and a dot may not end an atom.
#[test]
fn a_diagnosis_goes_where_errors_go() {
    fn local_part(text: &str) -> Result<String, Box<dyn std::error::Error>> {
        Ok(AddrSpec::parse_strict(text)?.local_part().to_owned())
    }
    assert_eq!(local_part("john@example.org").unwrap(), "john");
    let error = local_part("john.@example.org").unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&Diagnosis::DotEnd));
}

#[test]
fn utf_8_is_allowed_where_rfc_6532_adds_it_and_where_it_is_asked_for() {
    for text in ["é@b.example", "a@é.example", "\"é\"@b.example", "\"\\é\"@b.example"] {
        assert!(Diagnosis::of_utf8(text).validity() <= Validity::Rfc5321, "{text}");
        assert_eq!(Diagnosis::of(text).validity(), Validity::Invalid, "{text}");
        assert!(AddrSpec::parse_strict_utf8(text).is_ok(), "{text}");
    }
    assert_eq!(Diagnosis::of_utf8("(é)a@b.example"), Diagnosis::Comment);
    assert_eq!(Diagnosis::of("(é)a@b.example"), Diagnosis::ExpectedCtext);
    assert_eq!(Diagnosis::of_utf8("a@[é]"), Diagnosis::DomainLiteral);
    assert_eq!(Diagnosis::of("a@[é]"), Diagnosis::ExpectedDtext);
    // Octets count, not characters (RFC 5321 §4.5.3.1): 32 of them are 64, one more is too many.
    assert_eq!(Diagnosis::of_utf8(&("é".repeat(32) + "@b.example")), Diagnosis::Valid);
    let long = "é".repeat(32) + "a@b.example";
    assert_eq!(Diagnosis::of_utf8(&long), Diagnosis::LocalPartTooLong);
    // C1 control characters are UTF8-non-ascii to the grammar, and line ends to some readers.
    assert_eq!(Diagnosis::of_utf8("a\u{85}@b.example"), Diagnosis::ExpectedAtext);
}

#[test]
fn nothing_may_follow_a_domain_literal_but_comments_and_white_space() {
    assert_eq!(Diagnosis::of("a@[192.0.2.1].example"), Diagnosis::AtextAfterDomainLiteral);
    assert_eq!(Diagnosis::of("a@[192.0.2.1](x)"), Diagnosis::Comment);
    assert_eq!(Diagnosis::of("a@[192.0.2.1](x)b"), Diagnosis::AtextAfterCfws);
    assert_eq!(Diagnosis::of("a@b.[192.0.2.1]"), Diagnosis::ExpectedAtext);
}

#[test]
fn a_comment_that_ends_in_white_space_is_not_closed_by_the_end() {
    assert_eq!(Diagnosis::of("a@b.example(x "), Diagnosis::UnclosedComment);
    assert_eq!(Diagnosis::of("a@b.example(x\r\n"), Diagnosis::FoldedEnd);
}

#[test]
fn a_quoted_local_part_is_read_without_its_quotation_marks() {
    let spec = AddrSpec::parse_strict("\"a\\\"b\\\\c@d\"@example.org").unwrap();
    assert_eq!((spec.local_part(), spec.domain()), ("a\"b\\c@d", "example.org"));
}

proptest! {
    /// The library of the language reads RFC 4291 §2.2, which RFC 5321 §4.1.3 has too.
    #[test]
    fn an_ipv6_literal_is_an_address_literal_where_it_is_an_ipv6_address(
        text in "([0-9a-f]{0,5}:){0,9}([0-9a-f]{0,5}|192\\.0\\.2\\.1|[1-9]{3}\\.1\\.1\\.1)",
    ) {
        let told = Diagnosis::of(&format!("a@[IPv6:{text}]"));
        let good = matches!(told, Diagnosis::AddressLiteral | Diagnosis::Ipv6OneGroup);
        prop_assert_eq!(good, text.parse::<Ipv6Addr>().is_ok(), "{} {:?}", text, told);
    }

    /// The tolerant reader has everything that the strict one has, and the same value.
    #[test]
    fn what_is_read_strictly_is_read_tolerantly_too(
        text in "[a\"\\\\(). \t]{0,5}@?[ab.\"-]{0,3}@[a-c.()é-]{0,6}|\"[!-~é]{0,4}\"@[a-c.]{1,4}|a@\\[[!-~é]{0,6}\\]",
    ) {
        if let Ok(spec) = AddrSpec::parse_strict_utf8(&text) {
            let list = AddressList::read(RawValue::new(text.as_bytes()));
            prop_assert!(list.defects.is_empty(), "{}", text);
            let read: Vec<_> = list.value.mailboxes().map(|one| one.addr_spec()).collect();
            prop_assert_eq!(read, [&spec], "{}", text);
        }
    }
}
