//! The fields a hop writes, read back with the message crate.

use postrider_message::{DateTime, FieldName, HeaderSection, Zone};
use postrider_relay::{HOPS, InvalidClause, Protocol, Stamp, check_hops, hops, return_path};
use postrider_smtp::{EhloName, ForwardPath, ReversePath};
use proptest::prelude::*;

fn date() -> DateTime {
    DateTime::from_unix(880_127_706, Zone::east(-360).unwrap()).unwrap()
}

fn stamp() -> Stamp {
    Stamp::new(EhloName::parse("mx.example.net").unwrap(), date())
}

#[test]
fn a_full_stamp_is_read_back_clause_by_clause() {
    let field = stamp()
        .with_peer(EhloName::parse("relay.example.com").unwrap(), "2001:db8::7".parse().unwrap())
        .with_reverse_name(EhloName::parse("r.example.com").unwrap())
        .with_protocol(Protocol::Esmtps)
        .with_tls("TLS1.3", "TLS_AES_128_GCM_SHA256")
        .and_then(|stamp| stamp.with_id("4QxL2f1Z3s"))
        .unwrap()
        .with_recipient(ForwardPath::parse("bob@example.net").unwrap())
        .to_field();
    assert!(field.ends_with("\r\n") && field.contains(" tls TLS_AES_128_GCM_SHA256;"), "{field}");
    assert!(field.split("\r\n").all(|line| line.len() <= 78), "{field}");
    let section = HeaderSection::parse(field.as_bytes());
    let received = section.headers().received().next().unwrap();
    assert!(received.defects.is_empty(), "{:?}", received.defects);
    let received = received.value;
    assert_eq!(received.tls().unwrap().value(), "TLS_AES_128_GCM_SHA256");
    assert_eq!(received.from().unwrap().value(), "relay.example.com");
    let tcp = received.tcp_info().unwrap();
    assert_eq!(tcp.name(), Some("r.example.com"));
    assert_eq!(tcp.address(), "2001:db8::7".parse::<std::net::IpAddr>().unwrap());
    assert_eq!(received.by().unwrap().value(), "mx.example.net");
    assert_eq!(received.with().unwrap().value(), "ESMTPS");
    assert_eq!(received.id().unwrap().value(), "4QxL2f1Z3s");
    assert_eq!(received.recipient().unwrap().value(), "<bob@example.net>");
    assert_eq!(received.date(), Some(date()));
}

#[test]
fn the_shortest_stamp_says_who_and_when() {
    let field = stamp().with_protocol(Protocol::Smtp).to_field();
    assert_eq!(field, "Received: by mx.example.net with SMTP; Fri, 21 Nov 1997 09:55:06 -0600\r\n");
}

#[test]
fn an_address_mapped_into_ipv6_is_written_as_what_it_is() {
    let field = stamp()
        .with_peer(EhloName::parse("[192.0.2.7]").unwrap(), "::ffff:192.0.2.7".parse().unwrap())
        .to_field();
    assert!(field.starts_with("Received: from [192.0.2.7] ([192.0.2.7]) by"), "{field}");
}

#[test]
fn cr_lf_nul_blanks_and_specials_are_refused_in_id_and_tls() {
    for bad in ["a\rb", "a\nb", "a\0b", "a b", "a;b", "a(b", "a\u{e9}"] {
        let refused = Err(InvalidClause::Length);
        assert_ne!(stamp().with_id(bad).map(drop), refused, "{bad:?}");
        assert!(stamp().with_id(bad).is_err(), "{bad:?}");
        assert!(stamp().with_tls(bad, "x").is_err() && stamp().with_tls("x", bad).is_err());
    }
    assert_eq!(stamp().with_id("").map(drop), Err(InvalidClause::Length));
    assert_eq!(stamp().with_id(&"x".repeat(129)).map(drop), Err(InvalidClause::Length));
}

#[test]
fn the_return_path_stands_alone_on_its_line() {
    let quoted = ReversePath::parse("\"a; b\"@example.com").unwrap();
    assert_eq!(return_path(&quoted), "Return-Path: <\"a; b\"@example.com>\r\n");
    assert_eq!(return_path(&ReversePath::null()), "Return-Path: <>\r\n");
}

#[test]
fn a_hundred_hops_are_no_loop_and_one_more_is() {
    let message =
        |hops: usize| stamp().to_field().repeat(hops) + "Subject: x\r\n\r\nReceived: no\r\n";
    let hundred = message(HOPS);
    let section = HeaderSection::parse(hundred.as_bytes());
    assert_eq!(check_hops(section.headers(), HOPS), Ok(100));
    let more = message(HOPS + 1);
    let section = HeaderSection::parse(more.as_bytes());
    assert_eq!(hops(section.headers()), 101);
    assert!(check_hops(section.headers(), HOPS).is_err());
}

proptest! {
    #[test]
    fn whatever_the_values_a_stamp_is_one_field(
        name in "[a-z0-9-]{1,60}(\\.[a-z0-9]{1,60}){0,3}",
        id in "[A-Za-z0-9.-]{1,128}",
        local in "[a-z]{1,60}",
        seconds in 0i64..4_000_000_000,
    ) {
        let Ok(host) = EhloName::parse(&name) else { return Ok(()) };
        let path = ForwardPath::parse(&format!("{local}@{name}"));
        let date = DateTime::from_unix(seconds, Zone::UTC)?;
        let mut stamp = Stamp::new(host.clone(), date)
            .with_peer(host, "192.0.2.1".parse()?)
            .with_id(&id)?;
        if let Ok(path) = path {
            stamp = stamp.with_recipient(path);
        }
        let field = stamp.to_field();
        let section = HeaderSection::parse(field.as_bytes());
        prop_assert_eq!(section.headers().fields().count(), 1);
        prop_assert_eq!(section.body(), b"");
        prop_assert!(field.split("\r\n").all(|line| line.len() <= 998));
        let received = section.headers().get(FieldName::Received).is_some();
        prop_assert!(received);
        let received = section.headers().received().next().unwrap().value;
        prop_assert_eq!(received.by().unwrap().value(), name.as_str());
        prop_assert_eq!(received.id().unwrap().value(), id.as_str());
        prop_assert_eq!(received.date(), Some(date));
    }
}
