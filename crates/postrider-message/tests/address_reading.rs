//! Addresses as they are written outside the grammar: what is read, what is told, and what is never
//! made of them.

use postrider_message::{AddressList, FieldValue, Limits, RawValue, Severity, code};

/// `Name|addr` of each mailbox, and the names of the defects.
fn read(value: &str) -> (Vec<String>, Vec<&'static str>) {
    let list = AddressList::read(RawValue::new(value.as_bytes()));
    let people = list
        .value
        .mailboxes()
        .map(|one| format!("{}|{}", one.name().unwrap_or_default(), one.addr_spec()))
        .collect();
    (people, list.defects.iter().map(|defect| defect.code().name()).collect())
}

fn check(table: &[(&str, &[&str], &[&str])]) {
    for (value, people, defects) in table {
        let (found, told) = read(value);
        assert_eq!(found, *people, "{value}");
        assert_eq!(told, *defects, "{value}");
    }
}

#[test]
fn square_brackets_are_read_where_angle_brackets_belong() {
    check(&[
        ("Alice [alice@a.org]", &["Alice|alice@a.org"], &["square-brackets"]),
        ("[bob@b.org]", &["|bob@b.org"], &["square-brackets"]),
        ("\"A, B\" [a@b.org] (c)", &["A, B|a@b.org"], &["square-brackets"]),
        ("=?utf-8?q?J=C3=B6?= [ a@b.org ]", &["Jö|a@b.org"], &["square-brackets"]),
        ("[a@b.org], Ann <c@d.org>", &["|a@b.org", "Ann|c@d.org"], &["square-brackets"]),
        // A name before angle brackets may have square ones; the address is between the others.
        ("John (x) Q. [PhD] <j@x.org>", &["John Q. [PhD]|j@x.org"], &["unquoted-phrase"]),
        ("[a@b.org] <c@d.org>", &["[a@b.org]|c@d.org"], &["unquoted-phrase"]),
        ("x@[a@b.org]", &[], &["not-an-address"]),
        ("x@y.org [a@b.org]", &[], &["not-an-address"]),
        ("[a@b.org] [c@d.org]", &[], &["not-an-address"]),
        ("[mailto:a@b.org]", &[], &["not-an-address"]),
        ("[a@b.org, c@d.org]", &[], &["not-an-address"]),
        ("[\"x\" a@b.org]", &[], &["not-an-address"]),
        ("[=?utf-8?q?a@b.org?=]", &[], &["not-an-address"]),
    ]);
}

#[test]
fn angle_brackets_may_be_missing_where_one_word_is_an_address() {
    check(&[
        ("Joe Doe joe@x.org", &["Joe Doe|joe@x.org"], &["missing-brackets"]),
        ("\"Doe, Joe\" joe@x.org", &["Doe, Joe|joe@x.org"], &["missing-brackets"]),
        ("\"a@b.org\" c@d.org", &["a@b.org|c@d.org"], &["missing-brackets"]),
        (
            "Joe Q. Public joe@x.org",
            &["Joe Q. Public|joe@x.org"],
            &["missing-brackets", "phrase-dot"],
        ),
        ("=?utf-8?q?a=40b?= c@d.org", &["a@b|c@d.org"], &["missing-brackets"]),
        ("joe@x.org (Joe) home", &["|joe@x.org"], &["after-address"]),
        ("Joe joe@x.org home", &["Joe|joe@x.org"], &["missing-brackets", "after-address"]),
        // By the obsolete grammar the word beside the dot could be part of the address.
        ("Joe J. joe@x.org", &[], &["not-an-address"]),
        // RFC 5322 §4.4: obs-local-part = word *("." word), and a word has white space around it.
        ("J. joe@x.org", &["|J.joe@x.org"], &["obsolete-space"]),
        ("joe@x .org", &["|joe@x.org"], &["obsolete-space"]),
        ("Joe joe@x .org", &[], &["not-an-address"]),
        ("Joe Doe .joe@x.org", &[], &["not-an-address"]),
        ("Joe joe @ x.org", &[], &["not-an-address"]),
        ("Joe joe@x.org>", &[], &["not-an-address"]),
        ("Joe =?utf-8?q?joe@x.org?=", &[], &["at-sign-in-phrase", "not-an-address"]),
        ("Joe a@b Ann c@d", &[], &["not-an-address"]),
        ("Joe joe@", &[], &["not-an-address"]),
    ]);
}

#[test]
fn a_comma_is_missing_where_the_next_mailbox_is_certain() {
    check(&[
        ("a@b.org c@d.org", &["|a@b.org", "|c@d.org"], &["missing-comma"]),
        ("a@b (A)\r\n c@d (C)", &["A|a@b", "C|c@d"], &["missing-comma"]),
        ("A <a@b> B <c@d>", &["A|a@b", "B|c@d"], &["missing-comma"]),
        ("A <a@b> (x) \"B\" <c@d>", &["A|a@b", "B|c@d"], &["missing-comma"]),
        ("g: a@b; Ann <c@d>", &["|a@b", "Ann|c@d"], &["missing-comma"]),
        // Nothing says that a second mailbox begins: the first is read.
        ("Joe <a@b.com> <c@d.com>", &["Joe|a@b.com"], &["after-address"]),
        ("<a@b><c@d> X <e@f>", &["|a@b"], &["after-address"]),
        ("Joe <a@b> c@d", &["Joe|a@b"], &["after-address"]),
        ("Joe <a@b> (x) <c@d>", &["Joe|a@b"], &["after-address"]),
        ("Joe <a@b> at home, c@d", &["Joe|a@b", "|c@d"], &["after-address"]),
        ("a@bc@d", &[], &["not-an-address"]),
        ("a@b.c@d", &[], &["not-an-address"]),
        ("a@b .c@d", &[], &["not-an-address"]),
        ("a@b c @d", &[], &["not-an-address"]),
    ]);
}

#[test]
fn semicolons_part_addresses_as_commas_do() {
    check(&[
        ("a@b; C <c@d>;", &["|a@b", "C|c@d"], &["stray-semicolon", "stray-semicolon"]),
        ("Doe <a@b>;\"X; Y\" <c@d>", &["Doe|a@b", "X; Y|c@d"], &["stray-semicolon"]),
    ]);
}

#[test]
fn a_name_with_a_comma_and_no_quotation_marks_is_two_elements() {
    // RFC 5322 §3.4: a comma parts mailboxes, and nothing tells this one from such a comma.
    check(&[("Doe, John <j@x.org>", &["John|j@x.org"], &["not-an-address"])]);
}

/// CVE-2019-16056: a parser that takes the first at sign gives `a@malicious.example`, a server the
/// last one.
#[test]
fn cve_2019_16056_two_at_signs_are_no_address() {
    check(&[
        ("a@malicious.example@important.example", &[], &["not-an-address"]),
        ("<a@malicious.example@important.example>", &[], &["not-an-address"]),
        ("A <a@malicious.example@important.example>", &[], &["not-an-address"]),
        ("A [a@malicious.example@important.example]", &[], &["not-an-address"]),
        ("A a@malicious.example@important.example", &[], &["not-an-address"]),
    ]);
}

/// CVE-2023-27043: a special character behind an address made the wrong portion the address. The
/// separators are those of the report.
#[test]
fn cve_2023_27043_a_special_character_behind_an_address_never_makes_it_the_sender() {
    for separator in ["(", ")", "<", ">", "[", "]", "@", ";", ":", ".", "\""] {
        for value in [
            format!("alice@example.org{separator}<bob@example.com>"),
            format!("alice@example.org{separator}bob@example.com"),
            format!("alice@example.org {separator}<bob@example.com>"),
        ] {
            let list = AddressList::read(RawValue::new(value.as_bytes()));
            let worst = list.defects.iter().map(|defect| defect.severity()).max();
            assert!(worst >= Some(Severity::Malformed), "{value}: {:?}", list.defects);
            let found: Vec<_> =
                list.value.mailboxes().map(|one| one.addr_spec().to_string()).collect();
            // A comment takes what is in it, and a semicolon ends an element: the one address that
            // stands before it is one. Else the brackets have the address, or nothing has.
            let (alice, bob) = ("alice@example.org", "bob@example.com");
            match (separator, value.contains('<')) {
                ("(", _) => assert_eq!(found, [alice], "{value}"),
                (";", _) => assert_eq!(found, [alice, bob], "{value}"),
                // `alice@example.org:` names a group.
                (":", _) => assert_eq!(found, [bob], "{value}"),
                ("<", _) => assert!(!found.contains(&alice.to_owned()), "{value}"),
                (_, true) => assert_eq!(found, [bob], "{value}"),
                (_, false) => assert!(found.is_empty(), "{value}"),
            }
        }
    }
    check(&[
        (
            "\"Alice, alice@example.org\" <bob@example.com>",
            &["Alice, alice@example.org|bob@example.com"],
            &[],
        ),
        ("alice@example.org (Alice)", &["Alice|alice@example.org"], &[]),
        ("alice@example.org )Alice(", &[], &["unclosed-comment", "not-an-address"]),
        ("alice@example.org,<bob@example.com>", &["|alice@example.org", "|bob@example.com"], &[]),
    ]);
}

/// CVE-2025-13033: an address inside a quoted local part was taken for the recipient.
#[test]
fn cve_2025_13033_a_quoted_local_part_is_no_other_address() {
    check(&[
        (
            "\"mallory@evil.example x\"@internal.example",
            &["|\"mallory@evil.example x\"@internal.example"],
            &[],
        ),
        (
            "\"mallory@evil.example\"@internal.example",
            &["|\"mallory@evil.example\"@internal.example"],
            &[],
        ),
        (
            "\"<mallory@evil.example>\"@internal.example",
            &["|\"<mallory@evil.example>\"@internal.example"],
            &[],
        ),
        (
            "\"a, mallory@evil.example, b\"@internal.example",
            &["|\"a, mallory@evil.example, b\"@internal.example"],
            &[],
        ),
        (
            "\"mallory@evil.example\" <a@internal.example>",
            &["mallory@evil.example|a@internal.example"],
            &[],
        ),
    ]);
}

/// CVE-2024-24784: comments in display names were not read as comments, so that another program
/// saw another address.
#[test]
fn cve_2024_24784_a_comment_in_a_display_name_is_a_comment() {
    check(&[
        ("John (middle) Doe <jdoe@machine.example>", &["John Doe|jdoe@machine.example"], &[]),
        (
            "\"John (middle) Doe\" <jdoe@machine.example>",
            &["John (middle) Doe|jdoe@machine.example"],
            &[],
        ),
        (
            "\"John <middle> Doe\" <jdoe@machine.example>",
            &["John <middle> Doe|jdoe@machine.example"],
            &[],
        ),
        (
            "John (<a@evil.example>) Doe <jdoe@machine.example>",
            &["John Doe|jdoe@machine.example"],
            &[],
        ),
        (
            "John (a@evil.example, ) Doe <jdoe@machine.example>",
            &["John Doe|jdoe@machine.example"],
            &[],
        ),
        ("(<a@evil.example>) jdoe@machine.example", &["|jdoe@machine.example"], &[]),
        (
            "John (<a@evil.example> <jdoe@machine.example>",
            &[],
            &["unclosed-comment", "not-an-address"],
        ),
    ]);
}

/// Decoded text is never read again (RFC 2047 §5): it holds no address, no comma and no bracket.
#[test]
fn an_encoded_word_is_never_an_address() {
    check(&[
        ("=?utf-8?q?a=40evil.example?=", &[], &["not-an-address"]),
        (
            "=?utf-8?q?=3Ca=40evil.example=3E?= <b@c.example>",
            &["<a@evil.example>|b@c.example"],
            &["phrase-dot"],
        ),
        ("=?utf-8?b?YUBldmlsLmV4YW1wbGUs?= <b@c.example>", &["a@evil.example,|b@c.example"], &[]),
        ("<=?utf-8?q?a=40evil.example?=>", &[], &["not-an-address"]),
        // RFC 2047 §5: "An 'encoded-word' MUST NOT appear in any portion of an 'addr-spec'": it
        // stays as it stands.
        ("<=?utf-8?q?x?=@c.example>", &["|=?utf-8?q?x?=@c.example"], &["encoded-word-in-address"]),
        (
            "\"=?utf-8?q?a=40evil.example?=\"@c.example",
            &["|=?utf-8?q?a=40evil.example?=@c.example"],
            &["encoded-word-in-address"],
        ),
    ]);
}

#[test]
fn a_group_is_no_way_to_hide_an_address() {
    check(&[
        ("a@evil.example: b@c.example;", &["|b@c.example"], &["at-sign-in-phrase"]),
        ("g: a@b; c@d;", &["|a@b"], &["after-address", "stray-semicolon"]),
        ("g: <@x,@y:a@b>;", &["|a@b"], &["route"]),
    ]);
}

#[test]
fn a_defect_says_where_it_is() {
    for (value, code, place) in [
        ("Alice [ alice@a.org ]", &code::SQUARE_BRACKETS, "alice@a.org"),
        ("Joe Doe joe@x.org", &code::MISSING_BRACKETS, "joe@x.org"),
        ("joe@x.org at home", &code::AFTER_ADDRESS, "at home"),
        ("x@y <a@b>", &code::AT_SIGN_IN_PHRASE, "@"),
        ("A <a@b> Bob <c@d>", &code::MISSING_COMMA, ""),
    ] {
        let list = AddressList::read(RawValue::new(value.as_bytes()));
        let defect = list.defects.iter().find(|defect| defect.code() == code).expect(value);
        assert_eq!(&value[defect.span().range()], place, "{value}");
    }
}

/// RFC 5322 §4.4: `obs-addr-list = *([CFWS] ",") address *("," [address / CFWS])`
#[test]
fn an_empty_element_is_told_where_the_address_is_missing() {
    for (value, places) in [
        (",a@b", &[(0, 0)][..]),
        ("a@b,,c@d", &[(4, 4)]),
        ("a@b, , c@d,", &[(5, 5), (11, 11)]),
        ("A <a@b>,(x) , c@d", &[(8, 12)]),
        ("g: a@b, ;, c@d", &[(8, 8)]),
    ] {
        let list = AddressList::read(RawValue::new(value.as_bytes()));
        assert!(list.defects.iter().all(|defect| *defect.code() == code::EMPTY_ELEMENT));
        let spans = list.defects.iter().map(|defect| defect.span());
        let found: Vec<_> = spans.map(|span| (span.start(), span.end())).collect();
        assert_eq!(found, places, "{value}");
    }
}

#[test]
fn brackets_and_quotation_marks_without_a_partner_are_dropped_where_one_address_is_meant() {
    check(&[
        ("Joe <<j@x.org>>, a@b", &["Joe|j@x.org", "|a@b"], &["extra-brackets"]),
        ("Joe < < j@x.org > >", &["Joe|j@x.org"], &["extra-brackets"]),
        ("<<j@x.org>", &["|j@x.org"], &["extra-brackets"]),
        ("<j@x.org>>", &["|j@x.org"], &["after-address"]),
        ("<<j@x.org>>>", &["|j@x.org"], &["extra-brackets", "after-address"]),
        ("<<j@x.org> <a@b>>", &["|j@x.org"], &["extra-brackets", "after-address"]),
        ("<a@b <c@d>>", &[], &["not-an-address", "after-address"]),
        (
            "<<a@b, c@d>>",
            &["|a@b", "|c@d"],
            &["extra-brackets", "unclosed-angle", "unopened-angle"],
        ),
        ("j@x.org (Joe)>, a@b", &["Joe|j@x.org", "|a@b"], &["unopened-angle"]),
        ("j@x.org> (Joe)", &["|j@x.org"], &["unopened-angle"]),
        ("j@x.org> Joe", &[], &["not-an-address"]),
        ("j@x.org>a@b", &[], &["not-an-address"]),
        ("j @x.org>", &[], &["not-an-address"]),
        ("=?utf-8?q?j=40x.org?=>", &[], &["not-an-address"]),
        ("Joe <a@b, c@d>", &["Joe|a@b", "|c@d"], &["unclosed-angle", "unopened-angle"]),
        ("\"Joe Doe <j@x.org>, a@b", &["Joe Doe|j@x.org", "|a@b"], &["unclosed-quote"]),
        ("\"j@x.org", &[], &["unclosed-quote", "not-an-address"]),
        // A quoted string that is closed is a name, whatever stands in it.
        ("\"Joe <joe@evil>\" <bob@b>", &["Joe <joe@evil>|bob@b"], &[]),
        (
            "\"Joe <joe@evil>, \"Bob\" <bob@b>",
            &["Joe <joe@evil>, Bob\"|bob@b"],
            &["unclosed-quote", "unquoted-phrase"],
        ),
    ]);
}

#[test]
fn a_comment_that_is_not_closed_ends_before_the_one_address_of_the_rest() {
    let open = &["unclosed-comment"][..];
    check(&[
        ("(Testing <fran@example.com> ", &["|fran@example.com"], open),
        ("a@b, Joe (Q. Doe <j@x.org>", &["|a@b", "Joe|j@x.org"], open),
        ("g: (x <j@x.org>", &["|j@x.org"], &["unclosed-comment", "unclosed-group"]),
        // More than one thing could be meant.
        ("(x <a@b>, y <c@d>", &[], open),
        ("(x <a@b>, y", &[], open),
        ("(x a@b <c@d>", &[], open),
        ("(x (y) <c@d>", &[], open),
        ("(x \"y\" <c@d>", &[], open),
        ("(x <c @ d>", &[], open),
        ("(x <<c@d>>", &[], open),
        ("(c@d", &[], open),
        ("a@b (x <c@d>", &["x <c@d>|a@b"], open),
        ("Joe <a@b> (x <c@d>", &["Joe|a@b"], open),
        ("Joe <a@b (x> <c@d>", &["Joe|a@b"], &["unclosed-comment", "unclosed-angle"]),
    ]);
}

#[test]
fn text_that_is_no_address_can_be_had_with_its_place_in_the_list() {
    for (value, texts) in [
        ("a@b", &[][..]),
        ("you", &[("you", 0, false)]),
        ("a@b, me (x) too , c@d", &[("me (x) too", 1, false)]),
        ("us: me, a@b, you;, them", &[("me", 1, true), ("you", 2, true), ("them", 2, false)]),
        ("Joe <>, a@b@c", &[("Joe <>", 0, false), ("a@b@c", 0, false)]),
        // What stands behind brackets that are not closed is of the text in them.
        ("<them:;@b>, a@b", &[("<them:;", 0, false)]),
        // These have their address, or nothing that could be one.
        ("a@b at work, , (x)", &[]),
    ] {
        let raw = RawValue::new(value.as_bytes());
        let (list, others) = AddressList::read_with_others(raw);
        assert_eq!(list, AddressList::read(raw), "{value}");
        let told = others
            .iter()
            .map(|one| (std::str::from_utf8(one.text).unwrap(), one.before, one.in_group));
        assert_eq!(told.collect::<Vec<_>>(), texts, "{value}");
    }
}

#[test]
fn as_many_texts_are_kept_as_a_list_may_have_addresses() {
    let limits = Limits::DEFAULT.with_addresses(2);
    let (list, others) =
        AddressList::read_with_others(RawValue::new(b"a, b, c, d@e").with_limits(&limits));
    assert_eq!((list.value.addresses().len(), others.len()), (1, 2));
}
