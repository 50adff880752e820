//! `Received` fields as the big hosts write them, and as they are made.

use postrider_message::{
    AddrSpec, DateTime, Encryption, FieldValue, Folder, HeaderSection, InvalidValue, Parsed,
    RawValue, Received, WriteValue, Zone, code,
};
use proptest::prelude::*;

#[path = "checks/received.rs"]
mod check;

fn read(value: &str) -> Parsed<'_, Received<'_>> {
    Received::read(RawValue::new(value.as_bytes()))
}

fn names<T>(read: &Parsed<'_, T>) -> Vec<&'static str> {
    read.defects.iter().map(|defect| defect.code().name()).collect()
}

fn value<'r>(clause: Option<&'r postrider_message::Clause<'_>>) -> &'r str {
    clause.map(|clause| clause.value()).unwrap_or_default()
}

/// A field and what stands in it: HELO, name, address, `by`, `with`, `id`, version, cipher.
struct Written {
    text: &'static str,
    helo: &'static str,
    tcp: (&'static str, &'static str),
    by: &'static str,
    with: &'static str,
    id: &'static str,
    tls: (&'static str, &'static str, u16),
    encryption: Encryption,
}

const HOSTS: &[Written] = &[
    // Postfix.
    Written {
        text: "from mail.a.example (mx.a.example [192.0.2.1])\r\n\t(using TLSv1.3 with cipher \
            TLS_AES_256_GCM_SHA384 (256/256 bits)\r\n\t key-exchange X25519 server-signature \
            RSA-PSS (2048 bits) server-digest SHA256)\r\n\t(No client certificate requested)\r\n\t\
            by mx.b.example (Postfix) with ESMTPS id 4XyZ\r\n\tfor <bob@b.example>; \
            Tue,  1 Jul 2003 10:52:37 +0200 (CEST)",
        helo: "mail.a.example",
        tcp: ("mx.a.example", "192.0.2.1"),
        by: "mx.b.example",
        with: "ESMTPS",
        id: "4XyZ",
        tls: ("TLSv1.3", "TLS_AES_256_GCM_SHA384", 256),
        encryption: Encryption::Yes,
    },
    // Exim, old and new.
    Written {
        text: "from [192.0.2.1] (port=53472 helo=mail.a.example)\r\n\tby mx.b.example with esmtps \
            (TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256)\r\n\t(Exim 4.80)\r\n\t\
            (envelope-from <a@a.example>)\r\n\tid 1kzXyZ-0001Ab-Cd\r\n\tfor bob@b.example; \
            Tue, 01 Jul 2003 10:52:37 +0200",
        helo: "mail.a.example",
        tcp: ("", "192.0.2.1"),
        by: "mx.b.example",
        with: "esmtps",
        id: "1kzXyZ-0001Ab-Cd",
        tls: ("TLS1.2", "ECDHE-RSA-AES256-GCM-SHA384", 256),
        encryption: Encryption::Yes,
    },
    Written {
        text: "from mx.a.example ([2001:db8::1]:2525 helo=mail.a.example)\r\n\tby mx.b.example \
            with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n\t(Exim 4.94.2)\r\n\t\
            (envelope-from <a@a.example>)\r\n\tid 1kzXyZ-0001Ab-Cd\r\n\tfor bob@b.example; \
            Tue, 01 Jul 2003 10:52:37 +0200",
        helo: "mail.a.example",
        tcp: ("mx.a.example", "2001:db8::1"),
        by: "mx.b.example",
        with: "esmtps",
        id: "1kzXyZ-0001Ab-Cd",
        tls: ("TLS1.3", "TLS_AES_256_GCM_SHA384", 0),
        encryption: Encryption::Yes,
    },
    // Sendmail.
    Written {
        text: "from mail.a.example (mx.a.example [IPv6:2001:db8::1] (may be forged))\r\n\t(authenticated \
            bits=0)\r\n\tby mx.b.example (8.15.2/8.15.2) with ESMTPSA id 061AqbXY012345\r\n\t\
            (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NO)\r\n\tfor \
            <bob@b.example>; Tue, 1 Jul 2003 10:52:37 +0200",
        helo: "mail.a.example",
        tcp: ("mx.a.example", "2001:db8::1"),
        by: "mx.b.example",
        with: "ESMTPSA",
        id: "061AqbXY012345",
        tls: ("TLSv1.3", "TLS_AES_256_GCM_SHA384", 256),
        encryption: Encryption::Yes,
    },
    // Exchange.
    Written {
        text: "from a.example (2603:10a6:20b:4d6::12)\r\n by b.example (2603:10a6:10:2d::9) with\r\n \
            Microsoft SMTP Server (version=TLS1_2,\r\n cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) \
            id 15.20.4373.10; Tue, 1 Jul\r\n 2003 08:52:37 +0000",
        helo: "a.example",
        tcp: ("", "2603:10a6:20b:4d6::12"),
        by: "b.example",
        with: "Microsoft SMTP Server",
        id: "15.20.4373.10",
        tls: ("TLS1_2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0),
        encryption: Encryption::Yes,
    },
    // Gmail.
    Written {
        text: "from mail-a.example (mail-a.example. [192.0.2.41])\r\n        by mx.b.example with \
            ESMTPS id w7-20020a05600c0000b0sor123wmb.4.2003.07.01\r\n        for <bob@b.example>\r\n        \
            (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256 bits=128/128);\r\n        \
            Tue, 01 Jul 2003 01:52:37 -0700 (PDT)",
        helo: "mail-a.example",
        tcp: ("mail-a.example.", "192.0.2.41"),
        by: "mx.b.example",
        with: "ESMTPS",
        id: "w7-20020a05600c0000b0sor123wmb.4.2003.07.01",
        tls: ("TLS1_3", "TLS_AES_128_GCM_SHA256", 128),
        encryption: Encryption::Yes,
    },
    // qmail, with and without its TLS patch.
    Written {
        text: "from mx.a.example (HELO mail.a.example) (192.0.2.1)\r\n  by b.example with \
            (AES256-SHA encrypted) SMTP; 1 Jul 2003 08:52:37 -0000",
        helo: "mail.a.example",
        tcp: ("mx.a.example", "192.0.2.1"),
        by: "b.example",
        with: "SMTP",
        id: "",
        tls: ("", "AES256-SHA", 0),
        encryption: Encryption::Yes,
    },
    Written {
        text: "from unknown (HELO pc) (joe@192.0.2.1)\r\n  by b.example with SMTP; \
            1 Jul 2003 08:52:37 -0000",
        helo: "pc",
        tcp: ("unknown", "192.0.2.1"),
        by: "b.example",
        with: "SMTP",
        id: "",
        tls: ("", "", 0),
        encryption: Encryption::No,
    },
    // Courier.
    Written {
        text: "from mail.a.example ([::ffff:192.0.2.1])\r\n  (TLS: TLSv1/SSLv3,168bits,DES-CBC3-SHA)\r\n  \
            by b.example with esmtp; Tue, 01 Jul 2003 08:52:37 +0000",
        helo: "mail.a.example",
        tcp: ("", "::ffff:192.0.2.1"),
        by: "b.example",
        with: "esmtp",
        id: "",
        tls: ("TLSv1/SSLv3", "DES-CBC3-SHA", 168),
        encryption: Encryption::Yes,
    },
    // Switch.
    Written {
        text: "from agminet03.b.org (agminet03.b.org [192.168.10.1]) by \
            gw2.b.org(Switch-3.2.0/Switch-3.2.0) with ESMTP id m3A7ZtIj030617 for [bob@b.org]; \
            Thu, 10 Apr 2008 01:35:55 -0600",
        helo: "agminet03.b.org",
        tcp: ("agminet03.b.org", "192.168.10.1"),
        by: "gw2.b.org",
        with: "ESMTP",
        id: "m3A7ZtIj030617",
        tls: ("", "", 0),
        encryption: Encryption::No,
    },
    // Fetchmail, and a web mailer.
    Written {
        text: "from pop.a.example [192.0.2.1]\r\n\tby localhost with IMAP (fetchmail-5.9.0)\r\n\t\
            for bob@localhost (single-drop); Tue, 01 Jul 2003 10:52:37 +0200 (CEST)",
        helo: "pop.a.example",
        tcp: ("pop.a.example", "192.0.2.1"),
        by: "localhost",
        with: "IMAP",
        id: "",
        tls: ("", "", 0),
        encryption: Encryption::Unknown,
    },
];

#[test]
fn fields_of_the_big_hosts_are_read_without_a_defect() {
    for host in HOSTS {
        let read = read(host.text);
        let received = &read.value;
        assert!(read.defects.is_empty(), "{}: {:?}", host.text, names(&read));
        assert_eq!(received.helo(), Some(host.helo), "{}", host.text);
        let tcp = received.tcp_info().unwrap();
        let (name, address) = (tcp.name().unwrap_or_default(), tcp.address().to_string());
        assert_eq!((name, &*address), host.tcp, "{}", host.text);
        assert_eq!(value(received.by()), host.by);
        assert_eq!(value(received.with()), host.with);
        assert_eq!(value(received.id()), host.id);
        let tls = received.tls_info().unwrap_or_default();
        let (version, cipher) =
            (tls.version().unwrap_or_default(), tls.cipher().unwrap_or_default());
        assert_eq!((version, cipher, tls.bits().unwrap_or(0)), host.tls, "{}", host.text);
        assert_eq!(received.encryption(), host.encryption, "{}", host.text);
        assert!(received.date().is_some());
        check::check(host.text.as_bytes());
    }
}

#[test]
fn the_connection_is_told_with_user_port_and_doubt() {
    let table = [
        (
            "from a (IDENT:joe@mx.a.example [192.0.2.1])",
            Some("mx.a.example"),
            Some("joe"),
            None,
            false,
        ),
        ("from a (IDENT:joe@[192.0.2.1])", None, Some("joe"), None, false),
        (
            "from a (root@mx.a.example [192.0.2.1] (may be forged))",
            Some("mx.a.example"),
            Some("root"),
            None,
            true,
        ),
        ("from a (unverified [192.0.2.1])", None, None, None, true),
        ("from a ([192.0.2.1]:2525 helo=b ident=joe)", Some("a"), Some("joe"), Some(2525), false),
        ("from a (192.0.2.1:2525)", None, None, Some(2525), false),
        ("from a(192.0.2.1)", None, None, None, false),
        ("from a (HELO b) ([192.0.2.1])", Some("a"), None, None, false),
        ("from [192.0.2.1]", None, None, None, false),
    ];
    for (text, name, ident, port, doubtful) in table {
        let text = format!("{text} by b; 1 Jul 2003 08:52:37 +0000");
        let read = read(&text);
        let tcp = read.value.tcp_info().unwrap();
        assert_eq!(tcp.address().to_string(), "192.0.2.1", "{text}");
        assert_eq!((tcp.name(), tcp.ident(), tcp.port()), (name, ident, port), "{text}");
        assert_eq!(tcp.is_doubtful(), doubtful, "{text}");
    }
}

#[test]
fn what_the_client_says_of_itself_is_not_its_address() {
    for (text, address) in [
        ("from [6.6.6.6] (mx.a.example [192.0.2.1])", Some("192.0.2.1")),
        ("from a (HELO [6.6.6.6]) (192.0.2.1)", Some("192.0.2.1")),
        ("from a ([192.0.2.1] helo=[6.6.6.6])", Some("192.0.2.1")),
        ("from a (authenticated as joe@6.6.6.6) ([192.0.2.1])", Some("192.0.2.1")),
        ("from a (envelope-from joe@6.6.6.6)", None),
        ("from a (mx.a.example)", None),
        ("from a (300.0.0.1)", None),
    ] {
        let text = format!("{text} by b; 1 Jul 2003 08:52:37 +0000");
        let found = read(&text).value.tcp_info().map(|tcp| tcp.address().to_string());
        assert_eq!(found.as_deref(), address, "{text}");
    }
}

#[test]
fn an_address_behind_a_comment_is_read_with_a_defect() {
    let read = read("from a (mx.a.example) [192.0.2.1] by b; 1 Jul 2003 08:52:37 +0000");
    assert_eq!(read.value.tcp_info().unwrap().address().to_string(), "192.0.2.1");
    assert_eq!(names(&read), ["outside-clauses"]);
}

#[test]
fn encryption_is_told_by_protocol_clause_or_comment_or_not_at_all() {
    use Encryption::{No, Unknown, Yes};
    for (text, encryption) in [
        ("with SMTP", No),
        ("with esmtp", No),
        ("with ESMTPA", No),
        ("with LMTP", No),
        ("with UTF8SMTP", No),
        ("with ESMTPS", Yes),
        ("with esmtpsa", Yes),
        ("with UTF8SMTPSA", Yes),
        ("with LMTPS", Yes),
        ("with ESMTP (Cipher TLSv1:DES-CBC3-SHA:168)", Yes),
        ("with ESMTP tls TLS_AES_128_GCM_SHA256", Yes),
        ("with AES256-SHA encrypted SMTP", Yes),
        ("with ESMTP/TLS/AES256-SHA", Yes),
        ("with HTTP", Unknown),
        ("with local (not TLS)", Unknown),
        ("via TCP", Unknown),
        ("", Unknown),
    ] {
        let text = format!("from a by b {text}; 1 Jul 2003 08:52:37 +0000");
        assert_eq!(read(&text).value.encryption(), encryption, "{text}");
    }
}

#[test]
fn a_recipient_is_an_address_where_one_stands_there_and_nothing_else() {
    for (text, address) in [
        ("<bob@b.example>", Some("bob@b.example")),
        ("bob@b.example (single-drop)", Some("bob@b.example")),
        ("[bob@b.example]", Some("bob@b.example")),
        ("<\"b c\"@b.example>", Some("\"b c\"@b.example")),
        ("bob", None),
        ("multiple recipients", None),
        ("<a@b.example>, <c@d.example>", None),
        ("<a@b.example> plus 47 more", None),
        ("=?utf-8?q?a=40b=2Eexample?=", None),
    ] {
        let text = format!("from a by b for {text}; 1 Jul 2003 08:52:37 +0000");
        let read = read(&text);
        let found = read.value.recipient_addr().map(|addr| addr.to_string());
        assert_eq!(found.as_deref(), address, "{text}");
    }
}

#[test]
fn a_date_is_found_without_its_semicolon_and_before_another() {
    let read = |text| {
        let read = read(text);
        (read.value.date().map(DateTime::unix), value(read.value.by()).to_owned(), names(&read))
    };
    let unix = Some(1_057_049_557);
    assert_eq!(
        read("from a by b Tue, 1 Jul 2003 08:52:37 +0000"),
        (unix, "b".to_owned(), vec!["no-semicolon"])
    );
    assert_eq!(
        read("from a by b; Tue, 1 Jul 2003 08:52:37 +0000; x=y"),
        (unix, "b".to_owned(), vec!["after-date"])
    );
    assert_eq!(
        read("from a by b (x;y) ; Tue, 1 Jul 2003 08:52:37 +0000"),
        (unix, "b".to_owned(), vec![])
    );
    assert_eq!(read("from a by Tue, b"), (None, "Tue, b".to_owned(), vec!["no-received-date"]));
}

#[test]
fn words_outside_clauses_are_one_defect_where_they_stand_together() {
    let text = "at once from a (b) as user joe by b; 1 Jul 2003 08:52:37 +0000";
    let read = read(text);
    let spans: Vec<_> = read.defects.iter().map(|defect| &text[defect.span().range()]).collect();
    assert_eq!(names(&read), ["outside-clauses"; 2]);
    assert_eq!(spans, ["at once", "as user joe"]);
}

#[test]
fn comments_before_the_first_clause_are_kept() {
    let read = read("(qmail 27981 invoked by uid\r\n 500); 1 Jul 2003 08:52:37 -0000");
    assert_eq!(read.value.comments(), ["qmail 27981 invoked by uid 500"]);
    assert!(read.defects.is_empty());
}

fn date() -> DateTime {
    DateTime::from_unix(880_127_706, Zone::east(-360).unwrap()).unwrap()
}

fn write(received: &Received<'_>) -> String {
    let mut folder = Folder::new("Received").unwrap();
    received.write_value(&mut folder);
    folder.finish().unwrap()
}

#[test]
fn a_field_is_made_of_clauses_in_the_order_of_the_rfc() {
    let bob = AddrSpec::new("b c", "b.example").unwrap();
    let address = "2001:db8::7".parse().unwrap();
    let received = Received::new("mx.b.example", date())
        .and_then(|made| made.with_tls("TLS1.3", "TLS_AES_128_GCM_SHA256"))
        .and_then(|made| made.with_recipient(&bob))
        .and_then(|made| made.with_id("4XyZ"))
        .and_then(|made| made.with_protocol("ESMTPS"))
        .and_then(|made| made.with_via("TCP"))
        .and_then(|made| made.with_from("[192.0.2.7]", Some("mx.a.example"), Some(address)))
        .unwrap();
    let field = write(&received);
    assert_eq!(
        field,
        "Received: from [192.0.2.7] (mx.a.example [IPv6:2001:db8::7]) by mx.b.example\r\n \
        via TCP with ESMTPS id 4XyZ for <\"b c\"@b.example> tls \
        TLS_AES_128_GCM_SHA256\r\n (TLS1.3); Fri, 21 Nov 1997 09:55:06 -0600\r\n"
    );
    let section = HeaderSection::parse(&field);
    let read = section.headers().received().next().unwrap();
    assert_eq!((&read.value, read.defects.len()), (&received, 0));
    assert_eq!(read.value.tcp_info().unwrap().address(), address);
    assert_eq!(read.value.recipient_addr(), Some(bob));
}

#[test]
fn a_clause_cannot_add_another_or_a_field() {
    let made = || Received::new("b.example", date()).unwrap();
    for bad in ["", "a b", "a\r\nBcc: c", "a;b", "a(b", "a\"b", "by", "FOR", "a\u{0}", "a\\b"] {
        assert!(made().with_id(bad).is_err(), "{bad}");
        assert!(made().with_via(bad).is_err(), "{bad}");
        assert!(made().with_protocol(bad).is_err(), "{bad}");
        assert!(made().with_tls("TLS1.3", bad).is_err(), "{bad}");
        assert!(made().with_from(bad, None, None).is_err(), "{bad}");
        assert!(Received::new(bad, date()).is_err(), "{bad}");
    }
    assert_eq!(made().with_tls("a)b", "c"), Err(InvalidValue::Clause));
    assert_eq!(made().with_from("a", Some("b [6.6.6.6]"), None), Err(InvalidValue::Domain));
}

#[test]
fn what_cannot_be_written_as_it_was_read_is_left_out() {
    let text = "from a\\b by b.example with SM\u{1}TP id ré for <c@d> (x\u{7}y); 1 Jul 2003 08:52:37 +0000";
    let read = read(text);
    assert!(read.defects.has(&code::CLAUSE_FORM));
    assert_eq!(
        write(&read.value),
        "Received: by b.example for <c@d>; Tue, 1 Jul 2003 08:52:37 +0000\r\n"
    );
    let text = "from a (b \\( c) by d (e (f) \\\\); 1 Jul 2003 08:52:37 +0000";
    assert!(
        write(&self::read(text).value).starts_with("Received: from a (b \\( c) by d (e (f) \\\\);")
    );
}

#[test]
fn no_date_is_conjured_from_the_words_of_a_clause() {
    let clause = "from a by Tue, 1 Jul 2003 08:52:37 +0000";
    let text = format!("{clause}; soon");
    let received = read(&text).value;
    assert_eq!((received.date(), write(&received)), (None, format!("Received: {clause};\r\n")));
    check::check(text.as_bytes());
    assert_eq!(read("from a by Tue, 1 Jul 2003 08:52:example with SMTP").value.date(), None);
}

proptest! {
    #[test]
    fn what_holds_for_received_holds_for_arbitrary_text(text in "[ -~\\t\\r\\né]{0,80}") {
        check::check(text.as_bytes());
    }

    #[test]
    fn what_holds_for_received_holds_for_tokens_in_any_order(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "from", "by", "with", "id", "for", "tls", "via", " ", " ", " ", "\r\n\t", "a.example", "[192.0.2.1]",
                "(", ")", "(a)", "(b [1.2.3.4])", "\\", "\"", "\"a b\"", "<c@d.example>", ";", ",", ".", ":", "[", "]",
                "1 Jul 2003 08:52:37 +0000", "ESMTPS", "HELO", "using TLSv1.3", "Tue,", "é",
            ]),
            0..24,
        )
    ) {
        check::check(parts.concat().as_bytes());
    }
}

/// RFC 5322 §2.1.1: "Each line of characters MUST be no more than 998 characters".
#[test]
fn words_that_no_line_can_hold_are_refused_when_made_and_left_out_when_read() {
    let long = AddrSpec::new("a".repeat(500), "b.example").unwrap();
    let made = Received::new("mx.b.example", date()).unwrap();
    assert_eq!(made.clone().with_recipient(&long), Err(InvalidValue::TooLong));
    assert_eq!(made.with_id("a".repeat(451)), Err(InvalidValue::TooLong));
    let long = "a".repeat(1_000);
    for text in ["by b id LONG; DATE", "by b (LONG); DATE", "(LONG) by b; DATE"] {
        let text = text.replace("DATE", "1 Jul 2003 08:52:37 +0000").replace("LONG", &long);
        let field = write(&read(&text).value);
        assert_eq!(field, "Received: by b; Tue, 1 Jul 2003 08:52:37 +0000\r\n");
    }
}
