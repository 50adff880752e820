//! The TXT record of MTA-STS (RFC 8461 §3.1).

use postrider_relay::dns::Need;
use postrider_relay::tls::sts::{StsRecord, need};
use proptest::prelude::*;

use crate::name;

fn id(record: &str) -> Option<String> {
    StsRecord::parse(record.as_bytes()).map(|record| record.id)
}

fn of(records: &[&str]) -> Option<String> {
    let txt: Vec<_> = records.iter().map(|record| record.as_bytes().to_vec()).collect();
    StsRecord::of(&txt).map(|record| record.id)
}

/// `_mta-sts.example.com. IN TXT "v=STSv1; id=20160831085700Z;"` (§3.1, Appendix A).
#[test]
fn the_example_of_the_rfc_is_read() {
    assert_eq!(id("v=STSv1; id=20160831085700Z;").as_deref(), Some("20160831085700Z"));
    assert_eq!(need(&name("example.com")), Ok(Need::Txt(name("_mta-sts.example.com"))));
}

#[test]
fn what_the_grammar_allows_is_read() {
    for record in [
        "v=STSv1;id=a",
        "v=STSv1;id=a;",
        "v=STSv1; id=a ; ",
        "v=STSv1;\t \tid=a",
        // "the order of other fields is not significant", and unknown ones are ignored.
        "v=STSv1; x=y; id=a",
        "v=STSv1; id=a; x-y_z.0=~!<>:,",
        "v=STSv1; ID=b; id=a",
        // "If any field other than "mx" is duplicated, all entries except for the first SHALL be
        // ignored" (§3.2).
        "v=STSv1; id=a; id=b",
        "v=STSv1; id=a; id=?",
    ] {
        assert_eq!(id(record).as_deref(), Some("a"), "{record}");
    }
    let longest = "Z9".repeat(16);
    assert_eq!(id(&format!("v=STSv1; id={longest};")), Some(longest));
}

#[test]
fn what_the_grammar_does_not_allow_is_no_record() {
    for record in [
        "",
        "v=STSv1",
        "v=STSv1;",
        "v=STSv1; ;",
        "v=STSv1; id=",
        "v=STSv1; id",
        "v=STSv1; x=y",
        "v=STSv1; id=a;;",
        "v=STSv1;; id=a",
        "v=STSv1; id=a; ; x=y",
        "v=STSv1; id=a b",
        "v=STSv1; id=a-b",
        "v=STSv1; id = a",
        "v=STSv1; id =a",
        "v=STSv1; id=a ",
        "v=STSv1; id=a;x",
        "v=STSv1; id=a;x=",
        "v=STSv1; id=a;x=a=b",
        "v=STSv1; id=a;x=a b",
        "v=STSv1; id=a;-x=a",
        "v=STSv1; id=\u{e9}",
        "v=STSv1; id=a; x=\u{e9}",
        "v=STSv1; id=a\n",
        "v=STSv1 ; id=a",
        "V=STSv1; id=a",
        "v=stsv1; id=a",
        " v=STSv1; id=a",
        "v=STSv2; id=a",
        "id=a; v=STSv1",
    ] {
        assert_eq!(id(record), None, "{record}");
    }
    assert_eq!(id(&format!("v=STSv1; id={}", "a".repeat(33))), None);
    let name = "n".repeat(32);
    assert_eq!(id(&format!("v=STSv1; id=a; {name}=x")).as_deref(), Some("a"));
    assert_eq!(id(&format!("v=STSv1; id=a; {name}n=x")), None);
}

/// "records that do not begin with "v=STSv1;" are discarded. If the number of resulting records is not
/// one, or if the resulting record is syntactically invalid, senders MUST assume the recipient domain
/// does not have an available MTA-STS Policy".
#[test]
fn one_record_of_the_version_counts_whatever_else_is_there() {
    let good = "v=STSv1; id=a;";
    let table: [(&[&str], Option<&str>); 8] = [
        (&[], None),
        (&[good], Some("a")),
        (&["v=spf1 -all", good, "", "v=STSv2; id=c;"], Some("a")),
        (&[good, good], None),
        (&[good, "v=STSv1; id=b;"], None),
        // One that is broken is one too.
        (&[good, "v=STSv1; ?"], None),
        (&["v=STSv1; ?"], None),
        // Discarded, for it does not begin with the semicolon behind the version.
        (&[good, "v=STSv1 ; id=b"], Some("a")),
    ];
    for (records, expected) in table {
        assert_eq!(of(records).as_deref(), expected, "{records:?}");
    }
}

proptest! {
    #[test]
    fn every_identifier_of_the_grammar_is_read(
        told in "[A-Za-z0-9]{1,32}",
        before in "([a-z0-9][a-z0-9_.-]{0,31}=[!-:<>-~]{1,20}[ \t]*;[ \t]*){0,3}",
        white in "[ \t]{0,3}",
    ) {
        prop_assume!(!before.contains("id="));
        // `=` stands in no value of an extension.
        prop_assume!(before.split(';').all(|field| field.matches('=').count() < 2));
        let record = format!("v=STSv1;{white}{before}id={told}{white};{white}");
        prop_assert_eq!(id(&record), Some(told));
    }

    #[test]
    fn no_octets_panic(octets in prop::collection::vec(any::<u8>(), 0..200), ascii in "[ -~]{0,60}") {
        let _ = StsRecord::parse(&octets);
        let _ = StsRecord::of(&[octets, format!("v=STSv1;{ascii}").into_bytes()]);
    }
}
