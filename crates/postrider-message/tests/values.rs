//! What each value makes of text outside the examples of the RFCs.

use postrider_message::{
    AddressList, DateTime, FieldName, FieldValue, HeaderSection, Limits, MessageIdList, Parsed,
    RawValue, Received, Text, Zone, code,
};

fn names<T>(parsed: &Parsed<'_, T>) -> Vec<&'static str> {
    parsed.defects.iter().map(|defect| defect.code().name()).collect()
}

fn addresses(value: &str) -> (Vec<String>, Vec<&'static str>) {
    let list = AddressList::read(RawValue::new(value.as_bytes()));
    (list.value.mailboxes().map(|one| one.addr_spec().to_string()).collect(), names(&list))
}

#[test]
fn the_defect_of_brackets_without_an_address_covers_the_name_before_them() {
    let value = b"a@a.example, MAILER DAEMON <>, b@b.example";
    let list = AddressList::read(RawValue::new(value));
    assert_eq!(list.defects.len(), 1);
    assert_eq!(list.defects[0].code(), &code::NOT_AN_ADDRESS);
    assert_eq!(list.defects[0].span().of(value), b"MAILER DAEMON <>");
}

#[test]
fn nothing_is_joined_or_invented_in_an_address() {
    let table: &[(&str, &[&str], &[&str])] = &[
        ("Joe <a@b.com> <c@d.com>", &["a@b.com"], &["after-address"]),
        ("<a@b><c@d>", &["a@b"], &["after-address"]),
        ("a@b c@d", &["a@b", "c@d"], &["missing-comma"]),
        ("a b@c", &["b@c"], &["missing-brackets"]),
        ("a@b@c", &[], &["not-an-address"]),
        ("\"a@evil\"@b", &["\"a@evil\"@b"], &[]),
        ("a@evil <b@c>", &["b@c"], &["at-sign-in-phrase"]),
        ("<>", &[], &["not-an-address"]),
        ("root", &[], &["not-an-address"]),
        ("<a@b", &["a@b"], &["unclosed-angle"]),
        // RFC 7103 §7.1.5
        ("<a@b, c@d>", &["a@b", "c@d"], &["unclosed-angle", "unopened-angle"]),
        ("a@b..c", &[], &["not-an-address"]),
        ("a..b@c", &["\"a..b\"@c"], &["dot-placement"]),
        ("a@[127.0.0.1]", &["a@[127.0.0.1]"], &[]),
        ("a@b(", &["a@b"], &["unclosed-comment"]),
        ("\"x <a@b>", &["a@b"], &["unclosed-quote"]),
        ("=?utf-8?q?a@b?=", &[], &["at-sign-in-phrase", "not-an-address"]),
        ("=?utf-8?q?=3Ca=40b=3E?=", &[], &["not-an-address"]),
        ("a@b; c@d", &["a@b", "c@d"], &["stray-semicolon"]),
        ("g: a@b, h: c@d;", &["a@b", "c@d"], &["nested-group"]),
        ("g: a@b", &["a@b"], &["unclosed-group"]),
        ("a\u{7f}@b", &[], &["not-an-address"]),
        ("jörg@müller.example", &["jörg@müller.example"], &[]),
        ("", &[], &[]),
        // Commas may stand before a route, and before nothing else (RFC 5322 §4.4).
        ("<,a@b>", &[], &["not-an-address"]),
        ("<,,,a@b>", &[], &["not-an-address"]),
        ("<(x),a@b>", &[], &["not-an-address"]),
        ("<,(x) ,a@b>, c@d", &["c@d"], &["not-an-address"]),
        ("a,<,b@c>", &[], &["not-an-address", "not-an-address"]),
        ("<,a@b, c@d", &["c@d"], &["unclosed-angle", "not-an-address"]),
        ("<@b:,c@d>", &[], &["route", "unclosed-angle", "not-an-address", "not-an-address"]),
        ("<@a:@b:c@d>", &[], &["route", "not-an-address"]),
        ("<,@a,@b,:c@d>", &["c@d"], &["route"]),
        ("<,@a>", &[], &["not-an-address"]),
    ];
    for (value, expected, defects) in table {
        let (found, told) = addresses(value);
        assert_eq!((&found[..], &told[..]), (&expected.map_to_owned()[..], *defects), "{value}");
    }
}

trait Owned {
    fn map_to_owned(&self) -> Vec<String>;
}

impl Owned for &[&str] {
    fn map_to_owned(&self) -> Vec<String> {
        self.iter().map(|one| (*one).to_owned()).collect()
    }
}

#[test]
fn a_source_route_is_kept_with_its_mailbox_and_is_not_written() {
    let value = "a@b, Mary <,@x.test ,\r\n @y.test: mary@example.net>, <@z:c@d>";
    let list = AddressList::read(RawValue::new(value.as_bytes()));
    let routes: Vec<_> = list.value.mailboxes().map(|one| one.route()).collect();
    let route: &[u8] = b"@x.test ,\r\n @y.test";
    assert_eq!(routes, [None, Some(route), Some(b"@z")]);
    assert_eq!(list.value.to_string(), "a@b, Mary <mary@example.net>, c@d");
}

#[test]
fn octets_that_are_not_utf_8_make_no_address() {
    let list = AddressList::read(RawValue::new(b"J\xf6rg <a@b>, c\xf6@d"));
    assert_eq!(list.value.mailboxes().count(), 1);
    assert_eq!(list.value.mailboxes().next().unwrap().name(), Some("J\u{fffd}rg"));
    assert_eq!(names(&list), ["invalid-utf8", "not-an-address"]);
}

#[test]
fn encoded_words_are_decoded_in_names_but_not_in_quoted_strings() {
    let value = "\"=?utf-8?q?x?=\" <a@b>, =?utf-8?q?J=C3=B6?= =?utf-8?q?rg?= X. (no) Y <c@d>";
    let list = AddressList::read(RawValue::new(value.as_bytes()));
    let people: Vec<_> = list.value.mailboxes().collect();
    assert_eq!(people[0].name(), Some("=?utf-8?q?x?="));
    assert_eq!(people[1].name(), Some("Jörg X. Y"));
    let raw: &[u8] = b"=?utf-8?q?J=C3=B6?= =?utf-8?q?rg?= X. Y";
    assert_eq!(people[1].raw_name().as_deref(), Some(raw));
}

#[test]
fn reaching_the_limit_of_addresses_is_a_defect() {
    let text = "To: a@b, g: c@d, e@f;, h@i\r\n\r\n";
    let limits = Limits::default().with_addresses(3);
    let section = HeaderSection::parse_with(text, &limits);
    let to = section.headers().to().unwrap();
    assert_eq!(to.value.to_string(), "a@b, g: c@d;");
    assert!(to.defects.has(&code::TOO_MANY_ADDRESSES));
}

#[test]
fn dates_out_of_range_have_no_value() {
    let table = [
        ("32 Jul 2003 10:00:00 +0000", "date-out-of-range"),
        ("30 Feb 2004 10:00:00 +0000", "date-out-of-range"),
        ("29 Feb 1900 10:00:00 +0000", "date-out-of-range"),
        ("1 Jul 2003 25:61:61 +0000", "date-out-of-range"),
        ("1 Jul 2003 10:00:00 +0060", "date-out-of-range"),
        ("1 Jul 1899 10:00:00 +0000", "date-out-of-range"),
        ("1 Xul 2003 10:00:00 +0000", "not-a-date"),
        ("yesterday", "not-a-date"),
        ("", "not-a-date"),
    ];
    for (value, defect) in table {
        let read = Option::<DateTime>::read(RawValue::new(value.as_bytes()));
        assert_eq!((read.value, names(&read)), (None, vec![defect]), "{value}");
    }
}

#[test]
fn dates_are_read_with_what_was_odd_about_them() {
    // Unix times from the calendar: 1 Jul 2003 08:52:37 UTC is 1057049557.
    let table: &[(&str, i64, &str, &[&str])] = &[
        ("Tue, 1 Jul 2003 10:52:37 +0200", 1_057_049_557, "+0200", &[]),
        ("Tue, 1 Jul 2003 08:52:37 -0000", 1_057_049_557, "-0000", &[]),
        ("Tue, 1 Jul 2003 08:52:37 +0000", 1_057_049_557, "+0000", &[]),
        ("Mon, 1 Jul 2003 08:52:37 +0000", 1_057_049_557, "+0000", &["wrong-weekday"]),
        ("1 Jul 2003 04:52:37 EDT", 1_057_049_557, "-0400", &["obsolete-zone"]),
        ("1 Jul 2003 08:52:37 Z", 1_057_049_557, "-0000", &["obsolete-zone"]),
        ("1 Jul 103 08:52:37 UT", 1_057_049_557, "+0000", &["obsolete-year", "obsolete-zone"]),
        ("1 Jul 03 08:52:37 +0000", 1_057_049_557, "+0000", &["obsolete-year"]),
        ("1 Jul 2003 08:52:37", 1_057_049_557, "-0000", &["no-zone"]),
        ("1 Jul 2003 08:52:37 +0000 (UTC) !", 1_057_049_557, "+0000", &["after-date"]),
        ("Sat, 31 Dec 2016 23:59:60 +0000", 1_483_228_800, "+0000", &[]),
        ("Mon, 29 Feb 2016 00:00 +0000", 1_456_704_000, "+0000", &[]),
    ];
    for (value, unix, zone, defects) in table {
        let read = Option::<DateTime>::read(RawValue::new(value.as_bytes()));
        let date = read.value.unwrap();
        assert_eq!((date.unix(), &*date.zone().to_string()), (*unix, *zone), "{value}");
        assert_eq!(names(&read), *defects, "{value}");
    }
}

#[test]
fn a_date_keeps_to_the_years_it_can_be_written_in() {
    assert!(DateTime::from_unix(-2_208_988_800, Zone::UTC).is_ok());
    assert!(DateTime::from_unix(-2_208_988_801, Zone::UTC).is_err());
    assert!(DateTime::from_unix(253_402_300_799, Zone::UTC).is_ok());
    assert!(DateTime::from_unix(253_402_300_800, Zone::UTC).is_err());
    assert!(DateTime::from_unix(i64::MAX, Zone::east(60).unwrap()).is_err());
    assert!(Zone::east(6000).is_err());
}

#[test]
fn message_ids_are_taken_between_their_brackets() {
    let table: &[(&str, &[&str], &[&str])] = &[
        ("<a@b>", &["a@b"], &[]),
        ("<a@b><c@d> (x) <e@f>", &["a@b", "c@d", "e@f"], &[]),
        ("Your mail of \"<x@y>\" <a@b>", &["a@b"], &["phrase-in-ids"]),
        ("<no-at>", &["no-at"], &["no-at-sign"]),
        ("<a b@c>", &[], &["not-a-message-id"]),
        ("a@b", &[], &["not-a-message-id"]),
        ("<<a@b>", &["a@b"], &["unclosed-angle"]),
        ("<a@b", &[], &["unclosed-angle"]),
        ("<>", &[], &["not-a-message-id"]),
        ("<a$(b@c>", &[], &["not-a-message-id"]),
    ];
    for (value, expected, defects) in table {
        let read = MessageIdList::read(RawValue::new(value.as_bytes()));
        let ids: Vec<_> = read.value.ids().iter().map(|id| id.as_str()).collect();
        assert_eq!(ids, *expected, "{value}");
        assert!(defects.iter().all(|defect| names(&read).contains(defect)), "{value}");
        assert_eq!(defects.is_empty(), read.defects.is_empty(), "{value}");
    }
}

#[test]
fn received_is_read_by_its_clauses() {
    let value = "from mail.a.example (unknown [192.0.2.1])\r\n\tby mx.b.example (Postfix) with ESMTPS \
        (using TLSv1.3 (256/256 bits))\r\n\tid 4XyZ for <bob@b.example>; Tue, 1 Jul 2003 10:52:37 +0200 (CEST)";
    let read = Received::read(RawValue::new(value.as_bytes()));
    let received = &read.value;
    assert_eq!(read.defects.len(), 0);
    assert_eq!(received.from().unwrap().value(), "mail.a.example");
    let tcp = received.tcp_info().unwrap();
    assert_eq!((tcp.name(), tcp.address().to_string()), (Some("unknown"), "192.0.2.1".to_owned()));
    assert_eq!(received.by().unwrap().comments(), ["Postfix"]);
    assert_eq!(received.with().unwrap().value(), "ESMTPS");
    assert_eq!(received.with().unwrap().comments(), ["using TLSv1.3 (256/256 bits)"]);
    assert_eq!(received.id().unwrap().value(), "4XyZ");
    assert_eq!(received.recipient().unwrap().value(), "<bob@b.example>");
    assert_eq!(received.date().unwrap().unix(), 1_057_049_557);

    let value =
        b"from [IPv6:2001:db8::1] by by.example; by mx with SMTP; 1 Jul 2003 08:52:37 +0000";
    let read = Received::read(RawValue::new(value));
    assert_eq!(read.value.tcp_info().unwrap().address().to_string(), "2001:db8::1");
    assert_eq!(read.value.by().unwrap().value(), "by.example");
    assert_eq!(read.value.with().unwrap().value(), "SMTP");
    assert_eq!(read.value.date().unwrap().unix(), 1_057_049_557);
    assert!(read.defects.has(&code::REPEATED_CLAUSE));

    let read = Received::read(RawValue::new(b"(qmail 27981 invoked by uid 500)"));
    assert_eq!((read.value.from(), read.value.date()), (None, None));
    assert_eq!(names(&read), ["no-received-date"]);
}

#[test]
fn comments_of_a_received_field_are_bounded_and_what_exceeds_is_one_defect() {
    let value = "from a (1)(2) by b (3)(4) x with SMTP (5); 1 Jul 2003 08:52:37 +0000";
    let text = format!("Received: {value}\n\n");
    let limits = Limits::default().with_comments(2);
    let section = HeaderSection::parse_with(&text, &limits);
    let read = section.headers().received().next().unwrap();
    assert_eq!(read.value.from().unwrap().comments(), ["1", "2"]);
    let by = read.value.by().unwrap();
    assert_eq!((by.value(), by.comments().len()), ("b", 0));
    assert_eq!(read.value.with().unwrap().value(), "SMTP");
    assert_eq!(names(&read), ["too-many-comments", "outside-clauses"]);
    assert_eq!(&section.as_bytes()[read.defects[0].span().range()], b"(3)");

    let value = format!("from a {}", "()".repeat(1000));
    let read = Received::read(RawValue::new(value.as_bytes()));
    assert_eq!(read.value.from().unwrap().comments().len(), Limits::DEFAULT.comments);
}

#[test]
fn a_delay_is_measured_from_the_last_hop_that_has_a_date() {
    let text = "Received: by c; 1 Jul 2003 08:00:30 +0000\nReceived: by b\n\
        Received: by a; 1 Jul 2003 09:01:00 +0100\n\n";
    let section = HeaderSection::parse(text);
    let trace = section.headers().trace();
    let hops: Vec<_> = trace.hops().iter().map(|hop| (hop.by().unwrap(), hop.delay())).collect();
    assert_eq!(hops, [("a", None), ("b", None), ("c", Some(-30))]);
    // One of the two clocks is wrong, so nobody knows how long it took.
    assert_eq!(trace.total(), None);
}

#[test]
fn a_subject_is_text_whatever_is_in_it() {
    let read = |value: &[u8]| {
        let text = Text::read(RawValue::new(value));
        (text.value.as_str().to_owned(), text.defects.len())
    };
    assert_eq!(read(b" =?utf-8?b?w6k=?=\r\n =?x-none?q?=C3=A9?= "), ("éé".to_owned(), 1));
    // Unfolding removes the CRLF and nothing else (RFC 5322 §2.2.3).
    assert_eq!(read(b"a\r\n\tb"), ("a\tb".to_owned(), 0));
    assert_eq!(read(b"caf\xe9"), ("caf\u{fffd}".to_owned(), 1));
    assert_eq!(read(b"=?utf-8?q?a=0D=0ABcc:_x?="), ("a\r\nBcc: x".to_owned(), 0));
}

#[test]
fn names_are_found_whatever_their_case_and_in_order() {
    let text = "TO: a@b\nX-Y: 1\nto: c@d\nx-y: 2\n\n";
    let section = HeaderSection::parse(text);
    let headers = section.headers();
    let values = |name| headers.all(name).map(|field| field.value()).collect::<Vec<_>>();
    assert_eq!(values(FieldName::To), [&b" a@b"[..], b" c@d"]);
    assert!(values(FieldName::From).is_empty());
    assert_eq!(headers.named("x-Y").count(), 2);
    assert_eq!(
        headers.named(b"X-y").map(|field| field.value()).collect::<Vec<_>>(),
        [b" 1", b" 2"]
    );
    assert!(headers.defects().has(&code::DUPLICATE_FIELD));
}
