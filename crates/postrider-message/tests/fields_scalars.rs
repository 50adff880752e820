//! The small fields: the examples of their RFCs, what is seen, and the laws.

use postrider_message::{
    AddrSpec, AutoSubmitted, Autocrypt, Code, ContentMd5, FieldValue, Folder, HeaderSection,
    Importance, LanguageTags, MimeVersion, Parameters, Parsed, Precedence, Priority, RawValue,
    ReceivedSpf, ReturnPath, Sensitivity, TlsRequired, WriteValue, code,
};
use proptest::prelude::*;

fn codes<T>(read: &Parsed<'_, T>) -> Vec<&'static Code> {
    read.defects.iter().map(|defect| defect.code()).collect()
}

fn raw(value: &str) -> RawValue<'_> {
    RawValue::new(value.as_bytes())
}

fn written(value: &impl WriteValue) -> String {
    let mut folder = Folder::new("X").unwrap();
    value.write_value(&mut folder);
    folder.finish().unwrap().strip_prefix("X:").unwrap().to_owned()
}

/// RFC 2045 §4 prints these four.
#[test]
fn the_mime_versions_of_rfc_2045_are_all_one() {
    for value in [
        "1.0",
        "1.0 (produced by MetaSend Vx.x)",
        "(produced by MetaSend Vx.x) 1.0",
        "1.(produced by MetaSend Vx.x)0",
    ] {
        let read = Option::<MimeVersion>::read(raw(value));
        assert_eq!(read.value, Some(MimeVersion::ONE), "{value}");
        assert!(read.defects.is_empty());
    }
    for value in ["", "1", "1.x", "1.0.0", "1.0; x", "+1.0", "1.99999999999"] {
        let read = Option::<MimeVersion>::read(raw(value));
        assert_eq!((read.value, codes(&read)), (None, vec![&code::NOT_A_VERSION]), "{value}");
    }
    assert_eq!(written(&MimeVersion::ONE), " 1.0\r\n");
}

#[test]
fn the_digest_of_rfc_1864_is_read() {
    let read = Option::<ContentMd5>::read(raw("  Q2hlY2sgSW50ZWdyaXR5IQ=="));
    assert_eq!(read.value.unwrap().digest(), b"Check Integrity!");
    for value in ["", "Q2hlY2s=", "not base64", "Q2hlY2sgSW50ZWdyaXR5ISE="] {
        let read = Option::<ContentMd5>::read(raw(value));
        assert_eq!((read.value, codes(&read)), (None, vec![&code::NOT_A_DIGEST]), "{value}");
    }
}

#[test]
fn languages_are_told_apart() {
    for (value, tags, defects) in [
        ("en, en-US, en-CA", &["en", "en-US", "en-CA"][..], &[][..]),
        ("i-mingo (Mingo)", &["i-mingo"], &[]),
        ("en fr", &["en"], &[&code::NOT_A_LANGUAGE]),
        (
            "en,,\"fr\", overlonglanguage",
            &["en"],
            &[&code::EMPTY_ELEMENT, &code::NOT_A_LANGUAGE, &code::NOT_A_LANGUAGE],
        ),
    ] {
        let read = LanguageTags::read(raw(value));
        assert_eq!(read.value.tags(), tags, "{value}");
        assert_eq!(codes(&read), defects, "{value}");
    }
    assert!(LanguageTags::new(["en\r\n"]).is_err() && LanguageTags::new([]).is_err());
}

#[test]
fn a_keyword_is_one_word_in_any_case() {
    let section = HeaderSection::parse(
        "Importance: High\nPriority: Non-Urgent\nSensitivity: company-confidential\n\
         Precedence: bulk\nTLS-Required: No\n\n",
    );
    let headers = section.headers();
    assert_eq!(headers.importance().unwrap().value, Some(Importance::High));
    assert_eq!(headers.priority().unwrap().value, Some(Priority::NonUrgent));
    assert_eq!(headers.sensitivity().unwrap().value, Some(Sensitivity::CompanyConfidential));
    assert_eq!(headers.precedence().unwrap().value, Some(Precedence::Bulk));
    assert_eq!(headers.tls_required().unwrap().value, Some(TlsRequired::No));
    // Of the spam corpus and of RFC 8689 §5, which has no other value.
    for value in ["$KWH_IMP", "Medium", "high low", "\"high\"", "", "=?us-ascii?Q?high?="] {
        let read = Option::<Importance>::read(raw(value));
        assert_eq!((read.value, codes(&read)), (None, vec![&code::UNKNOWN_KEYWORD]), "{value}");
    }
    assert!(Option::<TlsRequired>::read(raw("Yes")).value.is_none());
    assert_eq!(written(&Priority::NonUrgent), " non-urgent\r\n");
}

#[test]
fn every_word_but_no_is_automatic() {
    for (value, automatic) in [
        ("no", false),
        ("No (a human)", false),
        ("auto-replied", true),
        ("auto-generated (failure)", true),
        ("x-something", true),
        ("", false),
    ] {
        assert_eq!(AutoSubmitted::read(raw(value)).value.is_automatic(), automatic, "{value}");
    }
    // RFC 5436 §2.7.1 adds this one.
    let notified = AutoSubmitted::read(raw("auto-notified; owner-email=\"me@example.com\""));
    assert_eq!(notified.value.parameters().text("owner-email").unwrap(), "me@example.com");
    assert!(AutoSubmitted::new("no; x=y").is_err() && AutoSubmitted::new("a\r\n").is_err());
}

/// RFC 7208 §9.1 prints the first, the spam corpus and a host of 1&1 wrote the others.
#[test]
fn what_spf_found_is_read() {
    let fail = ReceivedSpf::read(raw("fail (mybox.example.org: domain of\r\n                   \
         myname@example.com does not designate\r\n                   \
         192.0.2.1 as permitted sender)\r\n                   \
         identity=mailfrom; client-ip=192.0.2.1;\r\n                   \
         envelope-from=\"myname@example.com\";"));
    assert_eq!(codes(&fail), Vec::<&Code>::new());
    assert_eq!((fail.value.result(), fail.value.comments().len()), ("fail", 1));
    assert_eq!(
        fail.value.pairs().names().collect::<Vec<_>>(),
        ["identity", "client-ip", "envelope-from"]
    );
    let pass =
        ReceivedSpf::read(raw("pass (: local policy designates 80.68.177.35 as permitted sender)"));
    assert!(pass.defects.is_empty() && pass.value.pairs().is_empty());
    let none = ReceivedSpf::read(raw(
        "none (mxeu17: 212.227.126.240 is neither permitted nor denied by domain of \
         mout-bounce.kundenserver.de) client-ip=212.227.126.240; \
         envelope-from=a@mout-bounce.kundenserver.de; helo=mout-bounce.kundenserver.de;",
    ));
    let from = none.value.pairs().text("envelope-from").unwrap();
    assert_eq!(from, "a@mout-bounce.kundenserver.de");
    assert_eq!(codes(&none), [&code::UNQUOTED_VALUE]);
}

#[test]
fn a_return_path_is_one_address_or_none() {
    let read = |value: &'static str| Option::<ReturnPath<'_>>::read(raw(value));
    let at = |path: Option<ReturnPath<'_>>| match path {
        Some(ReturnPath::Address(address)) => address.to_string(),
        Some(ReturnPath::Null) => "<>".into(),
        None => String::new(),
    };
    for (value, path, defects) in [
        (" <>", "<>", &[][..]),
        ("< (nobody) >", "<>", &[]),
        ("<a@b.example>", "a@b.example", &[]),
        ("<@c.example:a@b.example>", "a@b.example", &[&code::ROUTE]),
        ("a@b.example", "a@b.example", &[&code::NO_ANGLE]),
        ("<> x", "<>", &[&code::AFTER_ADDRESS]),
        ("<a@b.example>, <c@d.example>", "", &[&code::NOT_A_PATH]),
        ("<=?utf-8?q?a=40b.example?=>", "", &[&code::NOT_AN_ADDRESS, &code::NOT_A_PATH]),
        ("", "", &[&code::NOT_A_PATH]),
    ] {
        let read = read(value);
        assert_eq!(codes(&read), defects, "{value}");
        assert_eq!(at(read.value), path, "{value}");
    }
}

#[test]
fn autocrypt_is_ignored_as_its_specification_says() {
    for (value, valid, defects) in [
        ("addr=a@b.example; keydata=AAEC", true, &[][..]),
        (
            "addr=a@b.example; prefer-encrypt=later; _new=1; keydata=AA EC=",
            false,
            &[&code::NOT_KEY_DATA],
        ),
        ("addr=a@b.example; new=1; keydata=AAEC", false, &[&code::CRITICAL_ATTRIBUTE]),
        ("addr=a@b.example", false, &[&code::MISSING_ATTRIBUTE]),
        ("keydata=AAEC", false, &[&code::MISSING_ATTRIBUTE]),
        ("addr=a@b.example; addr=c@d.example; keydata=AAEC", false, &[&code::DUPLICATE_PARAMETER]),
        ("addr=A <a@b.example>; keydata=AAEC", false, &[&code::NOT_AN_ADDRESS]),
        ("addr=a@b.example; junk; keydata=AAEC", false, &[&code::NOT_A_PARAMETER]),
    ] {
        let read = Autocrypt::read(raw(value));
        assert_eq!(read.value.is_valid(), valid, "{value}");
        assert_eq!(codes(&read), defects, "{value}");
        assert!(!read.value.prefers_encryption());
    }
}

prop_compose! {
    fn parameters()(
        list in prop::collection::btree_map("[a-z-]{1,8}", "[ -~é]{0,30}", 0..4)
    ) -> Parameters<'static> {
        list.iter().fold(Parameters::new(), |made, (name, value)| made.with(name, value).unwrap())
    }
}

proptest! {
    #[test]
    fn values_that_are_made_are_read_again(
        parameters in parameters(), word in "[a-z-]{1,12}", digest in any::<[u8; 16]>(),
        tags in prop::collection::vec("[a-z]{2,3}(-[A-Z]{2})?", 1..5),
        local in "[ -:<-~é]{1,20}", data in prop::collection::vec(any::<u8>(), 1..300), mutual: bool,
        comment in "[ -~]{0,40}",
    ) {
        let value = AutoSubmitted::new(word.clone()).unwrap().with_parameters(parameters.clone());
        let text = written(&value);
        prop_assert_eq!(AutoSubmitted::read(raw(&text)).value, value);

        let value = ReceivedSpf::new(word, parameters).unwrap().with_comment(comment).unwrap();
        let text = written(&value);
        prop_assert_eq!(ReceivedSpf::read(raw(&text)).value, value);

        let value = ContentMd5::new(digest);
        prop_assert_eq!(Option::<ContentMd5>::read(raw(&written(&value))).value, Some(value));

        let value = LanguageTags::new(tags.iter().map(String::as_str)).unwrap();
        let text = written(&value);
        prop_assert_eq!(LanguageTags::read(raw(&text)).value, value);

        let addr = AddrSpec::new(local.replace("=?", "="), "b.example").unwrap();
        let value = ReturnPath::Address(addr.clone());
        let text = written(&value);
        prop_assert_eq!(Option::<ReturnPath<'_>>::read(raw(&text)).value, Some(value));

        let value = Autocrypt::new(addr, data).unwrap().with_mutual(mutual);
        let text = written(&value);
        prop_assert!(text.lines().all(|line| line.len() <= 78), "{}", text);
        prop_assert_eq!(Autocrypt::read(raw(&text)).value, value, "{}", text);
    }
}
