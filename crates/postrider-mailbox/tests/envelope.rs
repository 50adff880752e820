//! ENVELOPE, field by field (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

mod common;

use bytes::Bytes;
use common::{Wire, read};
use postrider_imap::{Addresses, Envelope, FetchItem};
use postrider_mailbox::envelope;
use postrider_message::HeaderSection;

/// Name, route, local part and host.
type Told = [Option<Bytes>; 4];

/// An envelope, taken apart.
#[derive(Debug, Default, PartialEq)]
struct Fields {
    date: Option<Bytes>,
    subject: Option<Bytes>,
    from: Vec<Told>,
    sender: Vec<Told>,
    reply_to: Vec<Told>,
    to: Vec<Told>,
    cc: Vec<Told>,
    bcc: Vec<Told>,
    in_reply_to: Option<Bytes>,
    message_id: Option<Bytes>,
}

impl From<Envelope> for Fields {
    fn from(envelope: Envelope) -> Self {
        let own = |octets: Option<&[u8]>| octets.map(Bytes::copy_from_slice);
        let list = |list: Addresses<'_>| -> Vec<Told> {
            list.map(|one| [one.name, one.route, one.mailbox, one.host].map(own)).collect()
        };
        Self {
            date: own(envelope.date()),
            subject: own(envelope.subject()),
            from: list(envelope.from()),
            sender: list(envelope.sender()),
            reply_to: list(envelope.reply_to()),
            to: list(envelope.to()),
            cc: list(envelope.cc()),
            bcc: list(envelope.bcc()),
            in_reply_to: own(envelope.in_reply_to()),
            message_id: own(envelope.message_id()),
        }
    }
}

fn of(fields: &str) -> Fields {
    envelope(HeaderSection::parse(fields).headers()).into()
}

/// The address list that the client reads from this text.
fn list(text: &str) -> Vec<Told> {
    let item = read(&format!("ENVELOPE (NIL NIL {text} NIL NIL NIL NIL NIL NIL NIL)")).pop();
    let Some(FetchItem::Envelope(envelope)) = item else { panic!("no envelope: {item:?}") };
    Fields::from(envelope).from
}

#[test]
fn absent_is_nil_and_present_but_empty_is_an_empty_string() {
    assert_eq!(of("X: y\r\n\r\n"), Fields::default());
    let empty = of("Date:\r\nSubject: \r\nIn-Reply-To:\r\nMessage-ID:\r\nTo:\r\nCc: \r\n\r\n");
    for value in [&empty.date, &empty.subject, &empty.in_reply_to, &empty.message_id] {
        assert_eq!(value.as_deref(), Some(&b""[..]));
    }
    // Empty address lists are NIL.
    assert_eq!((empty.to, empty.cc, empty.from), (vec![], vec![], vec![]));
}

#[test]
fn sender_and_reply_to_that_are_absent_or_empty_are_from() {
    let joe = list(r#"((NIL NIL "joe" "example.org"))"#);
    let ann = list(r#"((NIL NIL "ann" "example.org"))"#);
    for fields in
        ["From: joe@example.org\r\n\r\n", "Reply-To:\r\nSender: \r\nFrom: joe@example.org\r\n\r\n"]
    {
        let envelope = of(fields);
        assert_eq!((&envelope.from, &envelope.sender, &envelope.reply_to), (&joe, &joe, &joe));
    }
    let envelope = of("From: joe@example.org\r\nReply-To: ann@example.org\r\n\r\n");
    assert_eq!((envelope.sender, envelope.reply_to), (joe, ann));
}

#[test]
fn text_is_unfolded_and_not_decoded() {
    let envelope = of("Subject: =?iso-8859-1?Q?a?=\r\n =?iso-8859-1?Q?b?=\r\n\t(c)\r\n\
         In-Reply-To: Your mail\r\n\t<a@b.test>\r\n\r\n");
    let expected = &b"=?iso-8859-1?Q?a?= =?iso-8859-1?Q?b?= (c)"[..];
    assert_eq!(envelope.subject.as_deref(), Some(expected));
    assert_eq!(envelope.in_reply_to.as_deref(), Some(&b"Your mail\t<a@b.test>"[..]));
}

#[test]
fn white_space_of_subjects_and_names_is_one_blank() {
    // The values are those of Dovecot 2.3.19.
    let envelope = of("Subject: \t a\t b\r\n\t  c  \r\n\
         From: \"Joe  Q.\t\" <joe@b.test>\r\nTo: \" \" <a@b.test>\r\n\r\n");
    assert_eq!(envelope.subject.as_deref(), Some(&b"a b c"[..]));
    assert_eq!(envelope.from, list(r#"(("Joe Q." NIL "joe" "b.test"))"#));
    assert_eq!(envelope.to, list(r#"(("" NIL "a" "b.test"))"#));
}

#[test]
fn names_keep_encoded_words_and_lose_quotation_marks() {
    for (field, expected) in [
        (
            "\"Q. \\\"P\\\" Public\" <joe@example.org>",
            r#"(("Q. \"P\" Public" NIL "joe" "example.org"))"#,
        ),
        (
            "=?utf-8?Q?J=C3=B6?= <joe@example.org>",
            r#"(("=?utf-8?Q?J=C3=B6?=" NIL "joe" "example.org"))"#,
        ),
        ("joe@example.org (Joe Q.)", r#"(("Joe Q." NIL "joe" "example.org"))"#),
        ("\"john doe\"@example.org", r#"((NIL NIL "john doe" "example.org"))"#),
        ("joe@[192.0.2.1]", r#"((NIL NIL "joe" "[192.0.2.1]"))"#),
    ] {
        assert_eq!(of(&format!("From: {field}\r\n\r\n")).from, list(expected), "{field}");
    }
}

#[test]
fn a_group_stands_between_its_start_and_its_end() {
    // RFC 5322 appendix A.1.3.
    let envelope = of("To: A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;\r\n\
         Cc: Undisclosed recipients:;\r\n\r\n");
    let to = r#"((NIL NIL "A Group" NIL)("Ed Jones" NIL "c" "a.test")
        (NIL NIL "joe" "where.test")("John" NIL "jdoe" "one.test")(NIL NIL NIL NIL))"#;
    assert_eq!(envelope.to, list(to));
    assert_eq!(envelope.cc, list(r#"((NIL NIL "Undisclosed recipients" NIL)(NIL NIL NIL NIL))"#));
}

#[test]
fn a_source_route_goes_with_its_address() {
    // RFC 5322 appendix A.6.1 has the first one.
    let envelope = of("To: Mary Smith <@node.test:mary@example.net>, a@b.test,\r\n \
         <@x.test, @y.test : \"c>d\"@z.test>, <@x.test,@y.test:a@b.test>, c@d.test\r\n\r\n");
    let expected = r#"(("Mary Smith" "@node.test" "mary" "example.net")(NIL NIL "a" "b.test")
        (NIL "@x.test,@y.test" "c>d" "z.test")(NIL "@x.test,@y.test" "a" "b.test")(NIL NIL "c" "d.test"))"#;
    assert_eq!(envelope.to, list(expected));
}

/// What Dovecot 2.3.19 says of these.
const NO_ADDRESSES: [(&str, &str); 21] = [
    ("user0", r#"(NIL NIL "user0" "MISSING_DOMAIN")"#),
    ("user0 (Joe)", r#"("Joe" NIL "user0" "MISSING_DOMAIN")"#),
    ("Deal Shopper", r#"("Deal Shopper" NIL "MISSING_MAILBOX" "MISSING_DOMAIN")"#),
    ("J. Doe", r#"("J. Doe" NIL "MISSING_MAILBOX" "MISSING_DOMAIN")"#),
    ("Joe <joe>", r#"("Joe" NIL "joe" "MISSING_DOMAIN")"#),
    ("Joe <\"a b\">", r#"("Joe" NIL "a b" "MISSING_DOMAIN")"#),
    ("Joe <joe@>", r#"("Joe" NIL "joe" "SYNTAX_ERROR")"#),
    ("Joe <>", r#"("Joe" NIL "MISSING_MAILBOX" "MISSING_DOMAIN")"#),
    ("\"\" <>", r#"(NIL NIL "MISSING_MAILBOX" "MISSING_DOMAIN")"#),
    ("<Undisclosed Recipients@b.test>", r#"(NIL NIL "Undisclosed" "SYNTAX_ERROR")"#),
    ("<undisclosed-recipients:;@b.test>", r#"(NIL NIL "undisclosed-recipients" "SYNTAX_ERROR")"#),
    ("karsten@b.test.", r#"(NIL NIL "karsten" "MISSING_DOMAIN")"#),
    ("joe@", r#"(NIL NIL "joe" "MISSING_DOMAIN")"#),
    ("\"a b\"", r#"("a b" NIL "MISSING_MAILBOX" "MISSING_DOMAIN")"#),
    ("[x]@b.test", r#"(NIL NIL "MISSING_MAILBOX" "MISSING_DOMAIN")"#),
    ("\"peter\"weou345@msn.test", r#"("peter weou345" NIL "MISSING_MAILBOX" "MISSING_DOMAIN")"#),
    (
        "Deal Shopper, a@b.test",
        r#"("Deal Shopper" NIL "MISSING_MAILBOX" "MISSING_DOMAIN")(NIL NIL "a" "b.test")"#,
    ),
    ("Doe, Joe <joe@b.test>", r#"(NIL NIL "Doe" "MISSING_DOMAIN")("Joe" NIL "joe" "b.test")"#),
    ("a@b.test, c", r#"(NIL NIL "a" "b.test")(NIL NIL "c" "MISSING_DOMAIN")"#),
    ("Joe (x) Doe <a@b.test>", r#"("Joe Doe" NIL "a" "b.test")"#),
    (
        "us: me, a@b.test, you;, them",
        r#"(NIL NIL "us" NIL)(NIL NIL "me" "MISSING_DOMAIN")(NIL NIL "a" "b.test")
        (NIL NIL "you" "MISSING_DOMAIN")(NIL NIL NIL NIL)(NIL NIL "them" "MISSING_DOMAIN")"#,
    ),
];

#[test]
fn text_that_is_no_address_is_told_where_it_stands_with_a_host_that_is_none() {
    for (field, expected) in NO_ADDRESSES {
        let told = of(&format!("To: {field}\r\n\r\n")).to;
        assert_eq!(told, list(&format!("({expected})")), "{field}");
    }
}

#[test]
fn no_address_is_made_of_text_that_is_none() {
    // RFC 5322 §3.4.1: “addr-spec = local-part "@" domain”.
    for field in ["a@b@c", "@b.test", "a@b@c.test (x)", "x@[192.0.2.1] [y]", "<@x>", "a@b c@d e"] {
        for [_, _, _, host] in of(&format!("To: {field}\r\n\r\n")).to {
            let host = host.unwrap();
            assert!([&b"MISSING_DOMAIN"[..], b"SYNTAX_ERROR"].contains(&&host[..]), "{field}");
        }
    }
}

#[test]
fn a_local_part_in_an_unknown_charset_keeps_its_domain() {
    // As Dovecot 2.3.19 says it.
    let to = of_octets(b"\xa3\xab\xbce@b.test");
    let told = to.iter().map(|[_, _, local, host]| (local.as_deref(), host.as_deref()));
    assert_eq!(told.collect::<Vec<_>>(), [(Some(&b"\xa3\xab\xbce"[..]), Some(&b"b.test"[..]))]);
    // Nothing is left out of a domain, and it is one.
    for rest in ["@b.test.", "@b..test", "@b test", "@b@c", "@b.test c", "@", ""] {
        let to = of_octets(&[b"\xe9", rest.as_bytes()].concat());
        assert_ne!(to[0][3].as_deref(), Some(&b"b.test"[..]), "{rest}");
        assert!(to[0][3].as_deref().is_some_and(|host| !host.contains(&b'b')), "{rest}");
    }
    let many = of_octets(&[b"\xe9@b", &*b".b".repeat(3_000)].concat());
    assert_eq!(many[0][3].as_deref(), Some(&b"MISSING_DOMAIN"[..]));
}

fn of_octets(to: &[u8]) -> Vec<Told> {
    let section = HeaderSection::parse([b"To: ", to, b"\r\n\r\n"].concat());
    Fields::from(envelope(section.headers())).to
}

#[test]
fn sender_and_reply_to_that_name_no_address_are_not_from() {
    // As Dovecot 2.3.19 says it: the fields are neither absent nor empty.
    let envelope = of("From: a@b.test\r\nReply-To: nobody\r\nSender: Joe <>\r\n\r\n");
    assert_eq!(envelope.reply_to, list(r#"((NIL NIL "nobody" "MISSING_DOMAIN"))"#));
    assert_eq!(envelope.sender, list(r#"(("Joe" NIL "MISSING_MAILBOX" "MISSING_DOMAIN"))"#));
}

#[test]
fn of_a_text_that_stands_twice_the_first_counts_and_address_lists_are_joined() {
    let envelope = of("From: a@b.test\r\nFrom: c@d.test\r\nSubject: 1\r\nSubject: 2\r\n\
         To: a@b.test\r\nTo: c\r\n\r\n");
    // The lists are those of Dovecot 2.3.19.
    let from = list(r#"((NIL NIL "a" "b.test")(NIL NIL "c" "d.test"))"#);
    assert_eq!((&envelope.sender, &envelope.reply_to), (&from, &from));
    assert_eq!(envelope.from, from);
    assert_eq!(envelope.to, list(r#"((NIL NIL "a" "b.test")(NIL NIL "c" "MISSING_DOMAIN"))"#));
    assert_eq!(envelope.subject.as_deref(), Some(&b"1"[..]));
}

#[test]
fn many_fields_of_a_name_tell_no_more_than_one_may_have() {
    let most = postrider_message::Limits::DEFAULT.addresses;
    for one in ["a@b.test", "nobody"] {
        let field = format!("Cc: {}\r\n", vec![one; 2_500].join(","));
        assert_eq!(of(&format!("{}\r\n", field.repeat(6))).cc.len(), most, "{one}");
    }
}

#[test]
fn octets_that_need_literals_come_back_as_they_were() {
    let section = HeaderSection::parse(
        b"Subject: \xe9 \"quoted\" back\\slash a\rb\r\nFrom: \"\xc3\xa9\" <\xc3\xa9@example.org>\r\n\r\n".as_slice(),
    );
    let items = [FetchItem::Envelope(envelope(section.headers()))];
    assert_eq!(Wire::new().through(&items), items);
}
