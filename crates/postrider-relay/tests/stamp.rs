//! The fields a hop writes, read back with the message crate.

use postrider_message::{Clause, DateTime, FieldName, HeaderSection, Zone};
use postrider_relay::{
    HOPS, InvalidClause, Protocol, Stamp, UnknownProtocol, check_hops, hops, return_path,
};
use postrider_smtp::server::{Config, Event, Server};
use postrider_smtp::{EhloName, ForwardPath, ReversePath};
use postrider_wire::{Machine, Policy, Progress, Security, TlsInfo};
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

#[test]
fn every_word_of_the_registry_is_a_protocol() {
    // RFC 5321 §4.4; RFC 3848 §2; RFC 6531 §4.3.
    let words = [
        "SMTP",
        "ESMTP",
        "ESMTPA",
        "ESMTPS",
        "ESMTPSA",
        "LMTP",
        "LMTPA",
        "LMTPS",
        "LMTPSA",
        "UTF8SMTP",
        "UTF8SMTPA",
        "UTF8SMTPS",
        "UTF8SMTPSA",
        "UTF8LMTP",
        "UTF8LMTPA",
        "UTF8LMTPS",
        "UTF8LMTPSA",
    ];
    for word in words {
        let protocol: Protocol = word.parse().unwrap();
        assert_eq!(protocol.to_string(), word);
        assert_eq!(word.to_ascii_lowercase().parse(), Ok(protocol));
        assert_eq!(protocol.is_utf8(), word.starts_with("UTF8"));
        let rest = word.rsplit_once("MTP").unwrap().1;
        assert_eq!(
            (protocol.is_secure(), protocol.is_authenticated()),
            (rest.contains('S'), rest.contains('A'))
        );
    }
    assert_eq!(Protocol::ALL.len(), words.len());
    assert!("ESMTPX".parse::<Protocol>().is_err() && "".parse::<Protocol>().is_err());
}

/// What a server says of a session in which this is all that the client said.
fn said_by_server(config: Config, client: &[u8]) -> Result<Protocol, UnknownProtocol> {
    let mut server = Server::new(config);
    let mut inbox = server.new_inbox();
    inbox.extend(client);
    while let Progress::Event(event) = server.poll(&mut inbox).unwrap() {
        match event {
            Event::Ehlo { .. } => server.accept().unwrap(),
            _ => server.decline(),
        }
    }
    server.protocol_keyword().parse()
}

#[test]
fn what_a_server_says_of_its_session_is_a_protocol() {
    let name = || EhloName::parse("mx.example.net").unwrap();
    let clear = || Security::StartTls(Policy::Never);
    let tls = || Security::Implicit(TlsInfo::new());
    let smtp = |security| Config::new(name(), security);
    assert_eq!(said_by_server(smtp(clear()), b"HELO a.example\r\n"), Ok(Protocol::Smtp));
    assert_eq!(said_by_server(smtp(clear()), b"EHLO a.example\r\n"), Ok(Protocol::Esmtp));
    assert_eq!(said_by_server(smtp(tls()), b"EHLO a.example\r\n"), Ok(Protocol::Esmtps));
    let lmtp = |security| Config::lmtp(name(), security);
    assert_eq!(said_by_server(lmtp(clear()), b"LHLO a.example\r\n"), Ok(Protocol::Lmtp));
    assert_eq!(said_by_server(lmtp(tls()), b"LHLO a.example\r\n"), Ok(Protocol::Lmtps));
}

/// RFC 5321 §7.2.
#[test]
fn only_a_single_recipient_is_named() {
    let path = |text: &str| ForwardPath::parse(text).unwrap();
    let (bob, carol) = (path("bob@example.net"), path("carol@example.net"));
    let field = |recipients: &[ForwardPath]| stamp().with_recipients(recipients).to_field();
    assert!(field(std::slice::from_ref(&bob)).contains(" for <bob@example.net>;"));
    assert!(!field(&[bob.clone(), carol.clone()]).contains("for"));
    assert!(!field(&[]).contains("for"));
    let replaced = stamp().with_recipient(bob.clone()).with_recipients(&[bob, carol]).to_field();
    assert!(!replaced.contains("for"), "{replaced}");
}

/// `Path` has a `Mailbox`, which has a domain (RFC 5321 §4.1.2).
#[test]
fn a_postmaster_without_a_domain_is_not_named() {
    let field = stamp().with_recipient(ForwardPath::postmaster()).to_field();
    assert!(!field.to_ascii_lowercase().contains("postmaster"), "{field}");
}

#[test]
fn the_link_stands_before_the_protocol() {
    let field = stamp().with_protocol(Protocol::Esmtp).with_via("TCP").unwrap().to_field();
    assert!(field.contains("by mx.example.net via TCP with ESMTP;"), "{field}");
    assert!(stamp().with_via("T CP").is_err());
}

/// RFC 6531 §3.7.3.
#[test]
fn names_are_in_u_labels_with_smtputf8_and_in_a_labels_without() {
    let by = EhloName::parse("mx.xn--bcher-kva.example").unwrap();
    let field = |protocol: Protocol, recipient: &str| {
        Stamp::new(by.clone(), date())
            .with_protocol(protocol)
            .with_recipient(ForwardPath::parse(recipient).unwrap())
            .to_field()
    };
    let utf8 = field(Protocol::Utf8Smtps, "u\u{308}@xn--bcher-kva.example");
    assert!(utf8.contains("by mx.b\u{fc}cher.example with UTF8SMTPS"), "{utf8}");
    assert!(utf8.contains("for <u\u{308}@b\u{fc}cher.example>"), "{utf8}");
    let ascii = field(Protocol::Esmtps, "bob@b\u{fc}cher.example");
    assert!(ascii.contains("by mx.xn--bcher-kva.example with ESMTPS"), "{ascii}");
    assert!(ascii.contains("for <bob@xn--bcher-kva.example>"), "{ascii}");
    // A local part has no other form.
    let none = field(Protocol::Esmtps, "b\u{f6}b@b\u{fc}cher.example");
    assert!(none.is_ascii() && !none.contains("for"), "{none}");
}

#[test]
fn a_domain_that_is_no_name_is_written_as_it_is() {
    let field = stamp()
        .with_protocol(Protocol::Utf8Smtp)
        .with_recipient(ForwardPath::parse("bob@[IPv6:2001:db8::1]").unwrap())
        .to_field();
    assert!(field.contains("for <bob@[IPv6:2001:db8::1]>"), "{field}");
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

    #[test]
    fn a_stamp_is_read_back_with_the_same_clauses(
        from in "[a-z0-9]{1,20}(\\.[a-z0-9]{1,20}){0,2}",
        v6: Option<u128>,
        v4: u32,
        reverse in prop::option::of("[a-z][a-z0-9]{0,20}(\\.[a-z0-9]{1,20}){0,2}"),
        via in prop::option::of("TCP|UUCP"),
        protocol in prop::sample::select(Protocol::ALL),
        id in prop::option::of("[A-Za-z0-9.=+_-]{1,40}"),
        tls in prop::option::of("[A-Z0-9_]{1,40}"),
        local in "[a-z0-9.\u{e0}-\u{ff}]{1,20}",
        idn: bool,
        seconds in 0i64..4_000_000_000,
        east in -719i16..720,
    ) {
        let Ok(zone) = Zone::east(east) else { return Ok(()) };
        let date = DateTime::from_unix(seconds, zone)?;
        let Ok(from_name) = EhloName::parse(&from) else { return Ok(()) };
        let by = if idn { "mx.xn--bcher-kva.example" } else { "mx.example.net" };
        let utf8 = protocol.is_utf8();
        let address = match v6 {
            Some(bits) => std::net::IpAddr::from(std::net::Ipv6Addr::from(bits)),
            None => std::net::IpAddr::from(std::net::Ipv4Addr::from(v4)),
        };
        let recipient = format!("{local}@{by}");
        let path = ForwardPath::parse(&recipient).ok();
        let mut stamp = Stamp::new(EhloName::parse(by)?, date)
            .with_peer(from_name, address)
            .with_protocol(protocol);
        let reverse = reverse.filter(|name| EhloName::parse(name).is_ok());
        if let Some(name) = &reverse {
            stamp = stamp.with_reverse_name(EhloName::parse(name)?);
        }
        if let Some(link) = &via {
            stamp = stamp.with_via(link)?;
        }
        if let Some(id) = &id {
            stamp = stamp.with_id(id)?;
        }
        if let Some(cipher) = &tls {
            stamp = stamp.with_tls("TLS1.3", cipher)?;
        }
        if let Some(path) = &path {
            stamp = stamp.with_recipients(std::slice::from_ref(path));
        }
        let field = stamp.to_field();
        let section = HeaderSection::parse(field.as_bytes());
        prop_assert_eq!(section.headers().fields().count(), 1);
        let received = section.headers().received().next().unwrap();
        prop_assert!(received.defects.is_empty(), "{field} {:?}", received.defects);
        let received = received.value;
        let value = |clause: Option<&Clause<'_>>| clause.map(|it| it.value().to_owned());
        prop_assert_eq!(value(received.from()), Some(from));
        let tcp = received.tcp_info().unwrap();
        prop_assert_eq!(tcp.address(), address.to_canonical());
        prop_assert_eq!(tcp.name(), reverse.as_deref());
        let shown = if idn && utf8 { "mx.b\u{fc}cher.example" } else { by };
        prop_assert_eq!(value(received.by()), Some(shown.to_owned()));
        prop_assert_eq!(value(received.via()), via);
        prop_assert_eq!(value(received.with()), Some(protocol.to_string()));
        prop_assert_eq!(value(received.id()), id);
        prop_assert_eq!(value(received.tls()), tls);
        prop_assert_eq!(received.date(), Some(date));
        let named = path.is_some() && (utf8 || local.is_ascii());
        let addr = received.recipient_addr().map(|addr| addr.to_string());
        prop_assert_eq!(addr, named.then(|| format!("{local}@{shown}")));
        prop_assert!(utf8 || field.is_ascii());
    }
}
