//! REQUIRETLS and TLS-Required (RFC 8689).

use postrider_message::HeaderSection;
use postrider_relay::tls::dane::TlsaRecord;
use postrider_relay::tls::require_tls::{NameProof, TlsRequiredFault, TlsTag, tls_required_no};
use postrider_relay::tls::{CertificateCheck, Demand};

use crate::name;

fn says_no(fields: &str) -> bool {
    let text = format!("Subject: x\r\n{fields}\r\nbody");
    tls_required_no(HeaderSection::parse(text.as_bytes()).headers())
}

/// ```text
/// requiretls-field = "TLS-Required:" [FWS] "No" CRLF
/// ```
#[test]
fn no_is_all_that_the_field_can_say_and_it_says_it_once() {
    for fields in [
        "TLS-Required: No\r\n",
        "TLS-Required:No\r\n",
        "tls-required: no\r\n",
        "TLS-Required:\r\n NO\r\n",
    ] {
        assert!(says_no(fields), "{fields}");
    }
    for fields in [
        "",
        "TLS-Required: Yes\r\n",
        "TLS-Required:\r\n",
        "TLS-Required: No, Yes\r\n",
        "TLS-Required: None\r\n",
        "X-TLS-Required: No\r\n",
        "Subject: TLS-Required: No\r\n",
        // "More than one instance of the TLS-Required header field MUST NOT appear".
        "TLS-Required: No\r\nTLS-Required: No\r\n",
        "TLS-Required: No\r\nTLS-Required: Yes\r\n",
    ] {
        assert!(!says_no(fields), "{fields}");
    }
    // In the body it says nothing.
    assert!(!says_no("\r\nTLS-Required: No\r\n"));
}

/// §4.1.
#[test]
fn the_parameter_counts_more_than_the_field() {
    let no = HeaderSection::parse("TLS-Required: No\r\n\r\n");
    let plain = HeaderSection::parse("Subject: x\r\n\r\n");
    assert_eq!(TlsTag::of(true, no.headers()), TlsTag::Required);
    assert_eq!(TlsTag::of(true, plain.headers()), TlsTag::Required);
    assert_eq!(TlsTag::of(false, no.headers()), TlsTag::NotRequired);
    assert_eq!(TlsTag::of(false, plain.headers()), TlsTag::Untagged);
}

/// §4.2.1 for mail that requires TLS, §4.2.2 for mail that does not.
#[test]
fn each_tag_has_its_demand_of_a_host() {
    use NameProof::{Dnssec, Given, MtaSts, Unproved};
    let host = name("mx.example.org");
    let opportunistic = Demand::Opportunistic;
    let encrypted = Demand::Encrypted;
    let web = Demand::Authenticated(CertificateCheck::web_pki(host.clone()));
    let record = TlsaRecord::new(3, 1, 1, [7; 32]);
    let dane = Demand::Authenticated(CertificateCheck::dane([record], [host.clone()]));
    let refused = Err(TlsRequiredFault::Unproved);
    let table = [
        // "and is not accompanied by a valid DNSSEC signature, the client MUST also validate the SMTP
        // server name using MTA-STS".
        (TlsTag::Required, &opportunistic, Unproved, refused.clone()),
        (TlsTag::Required, &encrypted, Unproved, refused.clone()),
        (TlsTag::Required, &web, Unproved, refused),
        // "authenticate the server's certificate as specified in [RFC6125] or [RFC7672], as applicable".
        (TlsTag::Required, &opportunistic, Dnssec, Ok(web.clone())),
        (TlsTag::Required, &opportunistic, MtaSts, Ok(web.clone())),
        // "or the domain name in the absence of an MX record where an A record is used directly".
        (TlsTag::Required, &opportunistic, Given, Ok(web.clone())),
        (TlsTag::Required, &encrypted, Dnssec, Ok(web.clone())),
        (TlsTag::Required, &web, MtaSts, Ok(web.clone())),
        (TlsTag::Required, &dane, Dnssec, Ok(dane.clone())),
        // "ignoring policy-based mechanisms (including MTA-STS and DANE), if any".
        (TlsTag::NotRequired, &opportunistic, Unproved, Ok(opportunistic.clone())),
        (TlsTag::NotRequired, &encrypted, Dnssec, Ok(opportunistic.clone())),
        (TlsTag::NotRequired, &web, MtaSts, Ok(opportunistic.clone())),
        (TlsTag::NotRequired, &dane, Dnssec, Ok(opportunistic.clone())),
        (TlsTag::Untagged, &opportunistic, Unproved, Ok(opportunistic.clone())),
        (TlsTag::Untagged, &encrypted, Unproved, Ok(encrypted.clone())),
        (TlsTag::Untagged, &web, Unproved, Ok(web.clone())),
        (TlsTag::Untagged, &dane, Unproved, Ok(dane.clone())),
    ];
    for (tag, demand, proof, expected) in table {
        let told = tag.demand(Some(&host), demand.clone(), proof);
        assert_eq!(told, expected, "{tag:?} {demand:?} {proof:?}");
        assert!(tag != TlsTag::Required || !told.is_ok_and(|demand| demand.allows_clear_text()));
    }
    let literal = TlsTag::Required.demand(None, opportunistic.clone(), Given);
    assert_eq!(literal, Err(TlsRequiredFault::NoName));
    assert_eq!(TlsTag::Untagged.demand(None, opportunistic.clone(), Given), Ok(opportunistic));
}

#[test]
fn a_host_without_requiretls_is_refused_where_the_mail_requires_it() {
    assert_eq!(TlsTag::Required.check_offer(true), Ok(()));
    assert_eq!(TlsTag::Required.check_offer(false), Err(TlsRequiredFault::NotOffered));
    for tag in [TlsTag::Untagged, TlsTag::NotRequired] {
        assert_eq!(tag.check_offer(false), Ok(()));
    }
}

/// §4.2.1, and §7 for the reply code of 5.7.30.
#[test]
fn each_refusal_has_its_status() {
    for (fault, status) in [
        (TlsRequiredFault::NotOffered, "5.7.30"),
        (TlsRequiredFault::NoTls, "5.7.10"),
        (TlsRequiredFault::NoName, "5.7.10"),
        (TlsRequiredFault::Unproved, "5.7.10"),
    ] {
        assert_eq!((fault.reply_code(), fault.status().to_string()), (550, status.into()));
    }
}
