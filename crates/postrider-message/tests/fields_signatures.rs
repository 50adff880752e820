//! Tag lists and the signatures made of them: the examples of RFC 6376 and RFC 8617.

use postrider_message::{
    ArcMessageSignature, ArcSeal, Canonicalization, ChainValidation, Code, DkimSignature,
    FieldValue, Folder, HeaderSection, Parsed, RawValue, TagList, WriteValue, code,
};
use postrider_testkit::read_shared;
use proptest::prelude::*;

fn codes<T>(read: &Parsed<'_, T>) -> Vec<&'static Code> {
    read.defects.iter().map(|defect| defect.code()).collect()
}

#[test]
fn the_example_of_rfc_6376_is_read() {
    let section = HeaderSection::parse(
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=brisbane;\r\n   \
         c=simple; q=dns/txt; i=@eng.example.net;\r\n   \
         t=1117574938; x=1118006938;\r\n   \
         h=from:to:subject:date;\r\n   \
         z=From:foo@eng.example.net|To:joe@example.com|\r\n    \
         Subject:demo=20run|Date:July=205,=202005=203:44:08=20PM=20-0700;\r\n   \
         bh=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=;\r\n   \
         b=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZ\r\n            \
         VoG4ZHRNiYzR\r\n\r\n",
    );
    let read = section.headers().dkim_signatures().next().unwrap();
    assert_eq!(codes(&read), Vec::<&Code>::new());
    let signature = read.value;
    assert_eq!(signature.version().unwrap(), "1");
    assert_eq!(signature.algorithm().unwrap(), "rsa-sha256");
    assert_eq!(signature.domain().unwrap(), "example.net");
    assert_eq!(signature.selector().unwrap(), "brisbane");
    assert_eq!(signature.canonicalization(), (Canonicalization::Simple, Canonicalization::Simple));
    assert_eq!(signature.query_methods().collect::<Vec<_>>(), ["dns/txt"]);
    assert_eq!(signature.identity().unwrap(), "@eng.example.net");
    assert_eq!(signature.timestamp(), Some(1_117_574_938));
    assert_eq!(signature.expiration(), Some(1_118_006_938));
    assert_eq!(signature.signed_fields().collect::<Vec<_>>(), ["from", "to", "subject", "date"]);
    assert_eq!(signature.body_hash().unwrap(), b"12345678901234567890123456789012");
    let copied: Vec<_> = signature.copied_fields().collect();
    assert_eq!(copied[2], ("Subject".into(), b"demo run".to_vec()));
    assert_eq!(copied[3].1, b"July 5, 2005 3:44:08 PM -0700");
    assert_eq!(signature.signature().unwrap().len(), 48);
}

/// Appendix B of RFC 8617 prints a chain of three.
#[test]
fn the_chain_of_rfc_8617_is_read() {
    let Some(rfc) = read_shared("rfc/rfc8617.txt") else { return };
    let rfc = String::from_utf8(rfc).unwrap();
    let start = rfc.find("ARC-Seal: i=3").unwrap();
    let end = rfc[start..].find("Message-ID:").unwrap() + start;
    // Page breaks are no header lines.
    let page = |line: &&str| {
        let odd = ["Andersen, et al.", "RFC 8617 ", "\u{c}"];
        !line.trim().is_empty() && !odd.iter().any(|odd| line.starts_with(odd))
    };
    let lines: Vec<_> = rfc[start..end].lines().filter(page).collect();
    let section = HeaderSection::parse(lines.join("\n") + "\n\n");
    let headers = section.headers();

    let seals: Vec<_> = headers.arc_seals().collect();
    let told: Vec<_> = seals
        .iter()
        .map(|seal| {
            assert_eq!(codes(seal), Vec::<&Code>::new());
            assert_eq!(seal.value.signature().unwrap().len(), 64);
            let domain = seal.value.domain().unwrap().into_owned();
            (seal.value.instance().unwrap(), seal.value.chain_validation().unwrap(), domain)
        })
        .collect();
    let expected = [
        (3, ChainValidation::Pass, "clochette.example.org"),
        (2, ChainValidation::Pass, "gmail.example"),
        (1, ChainValidation::None, "lists.example.org"),
    ];
    assert_eq!(told, expected.map(|(number, cv, domain)| (number, cv, domain.to_owned())));

    let signatures: Vec<_> = headers.arc_message_signatures().collect();
    assert_eq!(signatures.len(), 3);
    for (signature, instance) in signatures.iter().zip([3, 2, 1]) {
        assert_eq!(codes(signature), Vec::<&Code>::new());
        assert_eq!(signature.value.instance(), Some(instance));
        assert_eq!(signature.value.body_hash().unwrap().len(), 32);
        assert_eq!(signature.value.signed_fields().nth(2).unwrap(), "from");
    }
}

fn dkim(value: &str) -> Parsed<'_, DkimSignature<'_>> {
    DkimSignature::read(RawValue::new(value.as_bytes()))
}

#[test]
fn what_is_wrong_with_a_signature_is_a_defect() {
    const REST: &str = "v=1; a=rsa-sha256; b=AAAA; bh=AAAA; d=a.example; h=From; s=s";
    assert_eq!(codes(&dkim(REST)), Vec::<&Code>::new());
    for (value, defects) in [
        (REST.replace("v=1; ", ""), &[&code::MISSING_TAG][..]),
        (REST.replace("v=1", "v=2"), &[&code::INVALID_TAG]),
        (REST.replace("From", "Subject"), &[&code::INVALID_TAG]),
        (REST.replace("b=AAAA; b", "b=A*AA; b"), &[&code::INVALID_TAG]),
        (REST.replace("d=a.example", "d=a..example"), &[&code::INVALID_TAG]),
        (format!("{REST}; l=-1"), &[&code::INVALID_TAG]),
        (format!("{REST}; d=b.example"), &[&code::DUPLICATE_TAG]),
        (format!("{REST}; D=b.example"), &[]),
        (format!("{REST}; ; x-y=1;"), &[&code::NOT_A_TAG, &code::NOT_A_TAG]),
        (format!("{REST}; n=\u{1}"), &[&code::BAD_TAG_VALUE]),
    ] {
        assert_eq!(codes(&dkim(&value)), defects, "{value}");
    }
    let seal =
        ArcSeal::read(RawValue::new(b"i=51; a=rsa-sha256; b=AAAA; cv=maybe; d=a; s=b; h=From"));
    assert_eq!(codes(&seal), [&code::INVALID_TAG; 3]);
    let message = ArcMessageSignature::read(RawValue::new(b"i=(one) 1 (set)"));
    assert_eq!(message.value.instance(), Some(1));
}

#[test]
fn defaults_are_those_of_rfc_6376() {
    let signature = dkim("d=a.example; c=relaxed").value;
    assert_eq!(signature.identity().unwrap(), "@a.example");
    let both = (Canonicalization::Relaxed, Canonicalization::Simple);
    assert_eq!(signature.canonicalization(), both);
    let none = dkim("").value;
    assert_eq!((none.identity(), none.body_length()), (None, None));
}

fn written(tags: &TagList<'_>) -> String {
    let mut folder = Folder::new("DKIM-Signature").unwrap();
    tags.write_value(&mut folder);
    folder.finish().unwrap()
}

#[test]
fn a_tag_that_would_end_another_is_refused() {
    for (name, value) in
        [("a", "x; d=y"), ("a", "x\r\n"), ("a", " x"), ("1", "x"), ("", "x"), ("a b", "")]
    {
        assert!(TagList::new().with(name, value).is_err(), "{name}={value}");
    }
    assert!(TagList::new().with("a", "x").unwrap().with("a", "y").is_err());
}

#[test]
fn a_signature_is_folded() {
    let tags = TagList::new().with("d", "a.example").unwrap().with("b", "A".repeat(344)).unwrap();
    let field = written(&tags);
    assert!(field.lines().all(|line| line.len() <= 78), "{field}");
    let value = field.strip_prefix("DKIM-Signature:").unwrap();
    assert_eq!(TagList::read(RawValue::new(value.as_bytes())).value, tags);
}

proptest! {
    #[test]
    fn tags_that_are_made_are_read_again(
        list in prop::collection::btree_map("[a-zA-Z][a-z0-9_]{0,5}", "|[!-:<-~]{1,90}( [!-:<-~]{1,9}){0,3}", 1..6)
    ) {
        let mut tags = TagList::new();
        for (name, value) in &list {
            tags = tags.with(name.as_str(), value.as_str()).unwrap();
        }
        let field = written(&tags);
        let value = field.strip_prefix("DKIM-Signature:").unwrap();
        let read = TagList::read(RawValue::new(value.as_bytes()));
        prop_assert_eq!(&read.value, &tags, "{}", field);
        prop_assert!(read.defects.is_empty());
    }
}
