//! The addresses of the isemail corpus, their category and their diagnosis, questions to DNS aside.

use postrider_message::{AddrSpec, Diagnosis, Validity};

/// One `<test>`: its number, the address, category and diagnosis by their names there.
struct Case {
    id: String,
    address: String,
    category: String,
    diagnosis: String,
}

/// The content of an element. The files have no attributes there, no CDATA, and nothing nested.
fn element(xml: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let Some(start) = xml.find(&open).map(|at| at + open.len()) else { return String::new() };
    let end = start + xml[start..].find(&close).expect("an element is closed");
    let mut out = String::new();
    let mut rest = &xml[start..end];
    while let Some((before, after)) = rest.split_once('&') {
        let (entity, after) = after.split_once(';').expect("an entity is closed");
        out.push_str(before);
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            _ => {
                let number = entity.strip_prefix("#x").expect("a hexadecimal number");
                char::from_u32(u32::from_str_radix(number, 16).unwrap()).unwrap()
            }
        });
        rest = after;
    }
    out + rest
}

/// U+2400 and what follows stand for control characters.
fn with_controls(text: &str) -> String {
    let control = |character: char| match u32::from(character) {
        number @ 0x2400..=0x241f => char::from_u32(number - 0x2400).unwrap(),
        _ => character,
    };
    text.chars().map(control).collect()
}

fn cases(file: &str) -> Option<Vec<Case>> {
    let path = format!("corpora/isemail/test/{file}");
    let xml = String::from_utf8(postrider_testkit::read_shared(&path)?).unwrap();
    let cases = xml.split("<test id=\"").skip(1).map(|test| Case {
        id: test.split('"').next().unwrap().to_owned(),
        address: with_controls(&element(test, "address")),
        category: element(test, "category"),
        diagnosis: element(test, "diagnosis"),
    });
    Some(cases.collect())
}

/// Our words for theirs.
fn diagnosis(name: &str) -> Diagnosis {
    match name.strip_prefix("ISEMAIL_").unwrap() {
        "VALID" | "DNSWARN_NO_RECORD" | "DNSWARN_NO_MX_RECORD" => Diagnosis::Valid,
        "RFC5321_TLD" => Diagnosis::TopLevelDomain,
        "RFC5321_TLDNUMERIC" => Diagnosis::NumericTopLevelDomain,
        "RFC5321_QUOTEDSTRING" => Diagnosis::QuotedString,
        "RFC5321_ADDRESSLITERAL" => Diagnosis::AddressLiteral,
        "RFC5321_IPV6DEPRECATED" => Diagnosis::Ipv6OneGroup,
        "CFWS_COMMENT" => Diagnosis::Comment,
        "CFWS_FWS" => Diagnosis::FoldingWhiteSpace,
        "DEPREC_LOCALPART" => Diagnosis::ObsLocalPart,
        "DEPREC_FWS" => Diagnosis::ObsFws,
        "DEPREC_QTEXT" => Diagnosis::ObsQtext,
        "DEPREC_QP" => Diagnosis::ObsQp,
        "DEPREC_COMMENT" => Diagnosis::ObsComment,
        "DEPREC_CTEXT" => Diagnosis::ObsCtext,
        "DEPREC_CFWS_NEAR_AT" => Diagnosis::CfwsNearAt,
        "RFC5322_DOMAIN" => Diagnosis::DomainCharacter,
        "RFC5322_TOOLONG" => Diagnosis::AddrSpecTooLong,
        "RFC5322_LOCAL_TOOLONG" => Diagnosis::LocalPartTooLong,
        "RFC5322_DOMAIN_TOOLONG" => Diagnosis::DomainTooLong,
        "RFC5322_LABEL_TOOLONG" => Diagnosis::LabelTooLong,
        "RFC5322_DOMAINLITERAL" => Diagnosis::DomainLiteral,
        "RFC5322_DOMLIT_OBSDTEXT" => Diagnosis::ObsDtext,
        "RFC5322_IPV6_GRPCOUNT" => Diagnosis::Ipv6GroupCount,
        "RFC5322_IPV6_2X2XCOLON" => Diagnosis::Ipv6TwoElisions,
        "RFC5322_IPV6_BADCHAR" => Diagnosis::Ipv6Group,
        "RFC5322_IPV6_MAXGRPS" => Diagnosis::Ipv6TooManyGroups,
        "RFC5322_IPV6_COLONSTRT" => Diagnosis::Ipv6ColonStart,
        "RFC5322_IPV6_COLONEND" => Diagnosis::Ipv6ColonEnd,
        "ERR_EXPECTING_DTEXT" => Diagnosis::ExpectedDtext,
        "ERR_NOLOCALPART" => Diagnosis::NoLocalPart,
        "ERR_NODOMAIN" => Diagnosis::NoDomain,
        "ERR_CONSECUTIVEDOTS" => Diagnosis::ConsecutiveDots,
        "ERR_ATEXT_AFTER_CFWS" => Diagnosis::AtextAfterCfws,
        "ERR_ATEXT_AFTER_QS" => Diagnosis::AtextAfterQuotedString,
        "ERR_ATEXT_AFTER_DOMLIT" => Diagnosis::AtextAfterDomainLiteral,
        "ERR_EXPECTING_QPAIR" => Diagnosis::ExpectedQuotedPair,
        "ERR_EXPECTING_ATEXT" => Diagnosis::ExpectedAtext,
        "ERR_EXPECTING_QTEXT" => Diagnosis::ExpectedQtext,
        "ERR_EXPECTING_CTEXT" => Diagnosis::ExpectedCtext,
        "ERR_BACKSLASHEND" => Diagnosis::LoneBackslash,
        "ERR_DOT_START" => Diagnosis::DotStart,
        "ERR_DOT_END" => Diagnosis::DotEnd,
        "ERR_DOMAINHYPHENSTART" => Diagnosis::HyphenStart,
        "ERR_DOMAINHYPHENEND" => Diagnosis::HyphenEnd,
        "ERR_UNCLOSEDQUOTEDSTR" => Diagnosis::UnclosedQuotedString,
        "ERR_UNCLOSEDCOMMENT" => Diagnosis::UnclosedComment,
        "ERR_UNCLOSEDDOMLIT" => Diagnosis::UnclosedDomainLiteral,
        "ERR_FWS_CRLF_X2" => Diagnosis::FoldedTwice,
        "ERR_FWS_CRLF_END" => Diagnosis::FoldedEnd,
        "ERR_CR_NO_LF" => Diagnosis::BareCr,
        other => panic!("{other}"),
    }
}

fn category(name: &str) -> Validity {
    match name.strip_prefix("ISEMAIL_").unwrap() {
        "VALID_CATEGORY" | "DNSWARN" => Validity::Valid,
        "RFC5321" => Validity::Rfc5321,
        "CFWS" => Validity::Cfws,
        "DEPREC" => Validity::Deprecated,
        "RFC5322" => Validity::Rfc5322,
        "ERR" => Validity::Invalid,
        other => panic!("{other}"),
    }
}

/// What strictly holds of every case, whatever its file.
fn check(case: &Case, expected: Diagnosis) {
    let Case { id, address, .. } = case;
    assert_eq!(Diagnosis::of(address), expected, "{id}: {address:?}");
    let usable = expected.validity() <= Validity::Rfc5321;
    let read = AddrSpec::parse_strict(address);
    assert_eq!(read.is_ok(), usable, "{id}: {address:?}");
    match read {
        // What is written has quotation marks only where RFC 5321 §4.1.2 asks for them, and says
        // the same.
        Ok(spec) => assert_eq!(AddrSpec::parse_strict(&spec.to_string()), Ok(spec.clone()), "{id}"),
        Err(told) => assert_eq!(told, expected, "{id}"),
    }
    // UTF-8 changes nothing for ASCII.
    if address.is_ascii() {
        assert_eq!(Diagnosis::of_utf8(address), expected, "{id}: {address:?}");
    }
}

#[test]
fn every_address_of_the_new_set_has_its_category_and_diagnosis() {
    let Some(cases) = cases("tests.xml") else { return };
    assert_eq!(cases.len(), 164);
    for case in &cases {
        // "io. currently has an MX-record": DNS alone makes it valid, so it is one label to us, as
        // `test@org` is there.
        let (expected, kind) = match &*case.id {
            "5" => (Diagnosis::TopLevelDomain, Validity::Rfc5321),
            _ => (diagnosis(&case.diagnosis), category(&case.category)),
        };
        check(case, expected);
        assert_eq!(expected.validity(), kind, "{}: {:?}", case.id, case.address);
    }
}

#[test]
fn every_address_of_the_original_set_has_its_category_and_diagnosis() {
    let Some(cases) = cases("tests-original.xml") else { return };
    assert_eq!(cases.len(), 279);
    for case in &cases {
        let expected = diagnosis(&case.diagnosis);
        check(case, expected);
        // `meta.xml`, 2013-11-30: "Changed category of ISEMAIL_RFC5321_IPV6DEPRECATED to
        // ISEMAIL_DEPREC"; this file is older.
        if expected != Diagnosis::Ipv6OneGroup {
            assert_eq!(expected.validity(), category(&case.category), "{}", case.id);
        }
    }
}
