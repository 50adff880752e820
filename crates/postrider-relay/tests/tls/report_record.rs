//! The TXT record of TLSRPT (RFC 8460 §3).

use std::time::{Duration, Instant};

use postrider_relay::dns::Need;
use postrider_relay::tls::report::{Rua, TlsRptRecord, need};
use proptest::prelude::*;

use crate::name;

fn rua(record: &str) -> Option<Vec<String>> {
    let record = TlsRptRecord::parse(record.as_bytes())?;
    let text = |rua: &Rua| match rua {
        Rua::Mailto(to) => format!("mail {}", to.as_str()),
        Rua::Https(uri) => format!("post {uri}"),
        _ => panic!(),
    };
    Some(record.rua.iter().map(text).collect())
}

/// §3.1.1, §3.1.2.
#[test]
fn the_examples_of_the_rfc_are_read() {
    assert_eq!(need(&name("example.com")), Ok(Need::Txt(name("_smtp._tls.example.com"))));
    let mailto = "v=TLSRPTv1;rua=mailto:reports@example.com";
    assert_eq!(rua(mailto).unwrap(), ["mail reports@example.com"]);
    let https = "v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt";
    assert_eq!(rua(https).unwrap(), ["post https://reporting.example.com/v1/tlsrpt"]);
}

#[test]
fn what_the_grammar_allows_is_read() {
    for record in [
        "v=TLSRPTv1; rua=mailto:a@b.example,https://c.example/?d=e;",
        "v=TLSRPTv1;\trua=mailto:a@b.example \t, \thttps://c.example/?d=e ; ",
        "v=TLSRPTv1; x=y; rua=MAILTO:%61%40b.example,https://c.example/?d=e; z=1",
        "v=TLSRPTv1; rua=mailto:a@b.example?subject=x,ftp://d.example,https://c.example/?d=e",
        "v=TLSRPTv1; rua=mailto:a@b.example; rua=https://c.example/?d=e",
        // An exclamation mark has to be encoded, as it is not in the middle one.
        "v=TLSRPTv1; rua=mailto:a@b.example,mailto:a@d.example!10m,https://c.example/?d=e",
    ] {
        assert_eq!(
            rua(record).unwrap_or_default(),
            ["mail a@b.example", "post https://c.example/?d=e"],
            "{record}"
        );
    }
    let many = format!("v=TLSRPTv1; rua=mailto:a@b.example{}", ",mailto:c@d.example".repeat(1000));
    assert_eq!(rua(&many).unwrap().len(), 16);
}

#[test]
fn what_leads_nowhere_is_no_record() {
    for record in [
        "",
        "v=TLSRPTv1",
        "v=TLSRPTv1;",
        "v=TLSRPTv1; x=y",
        "v=TLSRPTv1; rua=",
        "v=TLSRPTv1; rua",
        "v=TLSRPTv1; rua=mailto:",
        "v=TLSRPTv1; rua=mailto:nobody",
        "v=TLSRPTv1; rua=http://a.example/",
        "v=TLSRPTv1; rua=https:",
        "v=TLSRPTv1; rua=https:///x",
        "v=TLSRPTv1; rua=https://u@a.example/",
        "v=TLSRPTv1; rua=mailto:a b@c.example",
        "v=TLSRPTv1; rua=mailto:a@b.example,",
        "v=TLSRPTv1; rua=mailto:a@b.example;; x=y",
        "v=TLSRPTv1; rua=mailto:a@b.example; x",
        "v=TLSRPTv1; rua=mailto:a@b.example; x=a=b",
        "v=TLSRPTv1; rua=mailto:a@b.example ",
        "v=TLSRPTv1; rua=mailto:%0d%0aDATA@b.example",
        "v=TLSRPTv1; rua=mailto:a%@b.example",
        "v=TLSRPTv1; rua=mailto:a%4@b",
        "v=TLSRPTv1; rua=mailto:%c3%28@b.example",
        "v=TLSRPTv1; rua=mailto:\u{e9}@b.example",
        "v=TLSRPTv1; RUA=mailto:a@b.example",
        "v=tlsrptv1; rua=mailto:a@b.example",
        "rua=mailto:a@b.example; v=TLSRPTv1",
    ] {
        assert_eq!(rua(record), None, "{record}");
    }
}

/// "records that do not begin with "v=TLSRPTv1;" are discarded. If the number of resulting records is
/// not one, senders MUST assume the recipient domain does not implement TLSRPT."
#[test]
fn one_record_of_the_version_counts_whatever_else_is_there() {
    let good = b"v=TLSRPTv1; rua=mailto:a@b.example".to_vec();
    let spf = b"v=spf1 -all".to_vec();
    assert_eq!(TlsRptRecord::of(&[spf.clone(), good.clone()]).unwrap().rua.len(), 1);
    assert_eq!(TlsRptRecord::of(&[good.clone(), good.clone()]), None);
    assert_eq!(TlsRptRecord::of(&[good, b"v=TLSRPTv1;".to_vec()]), None);
    assert_eq!(TlsRptRecord::of(&[spf]), None);
    assert_eq!(TlsRptRecord::of(&[]), None);
}

#[test]
fn hostile_records_cost_no_more_than_their_octets() {
    let began = Instant::now();
    for unit in
        [";", "a=b;", "rua=,", "rua=mailto:a@b.example;", ",", "%", "mailto:a@b.example,", " "]
    {
        let record = format!("v=TLSRPTv1;rua={}", unit.repeat(65_536 / unit.len()));
        let txt = vec![record.into_bytes(); 20];
        for one in &txt {
            let _ = TlsRptRecord::parse(one);
        }
        assert_eq!(TlsRptRecord::of(&txt), None);
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

proptest! {
    #[test]
    fn no_octets_panic(octets in prop::collection::vec(any::<u8>(), 0..200), ascii in "[ -~]{0,60}") {
        let _ = TlsRptRecord::parse(&octets);
        let _ = TlsRptRecord::parse(format!("v=TLSRPTv1;rua={ascii}").as_bytes());
    }
}
