//! ENVELOPE, field by field (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

mod common;

use common::{Wire, read};
use postrider_imap::{Address, Envelope, FetchItem};
use postrider_mailbox::envelope;
use postrider_message::HeaderSection;

fn of(fields: &str) -> Envelope {
    envelope(HeaderSection::parse(fields).headers())
}

/// The address list that the client reads from this text.
fn list(text: &str) -> Vec<Address> {
    let item = read(&format!("ENVELOPE (NIL NIL {text} NIL NIL NIL NIL NIL NIL NIL)")).pop();
    let Some(FetchItem::Envelope(envelope)) = item else { panic!("no envelope: {item:?}") };
    envelope.from
}

#[test]
fn absent_is_nil_and_present_but_empty_is_an_empty_string() {
    assert_eq!(of("X: y\r\n\r\n"), Envelope::new());
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
    let envelope = of("Subject: =?iso-8859-1?Q?a?=\r\n =?iso-8859-1?Q?b?=\r\n\t(c)\r\n\r\n");
    let expected = &b"=?iso-8859-1?Q?a?= =?iso-8859-1?Q?b?=\t(c)"[..];
    assert_eq!(envelope.subject.as_deref(), Some(expected));
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

#[test]
fn what_is_no_address_is_not_told() {
    assert_eq!(of("From: nobody, a@b@c, joe@example.org\r\n\r\n").from.len(), 1);
}

#[test]
fn of_a_field_that_stands_twice_the_first_counts() {
    let envelope = of("From: a@b.test\r\nFrom: c@d.test\r\nSubject: 1\r\nSubject: 2\r\n\r\n");
    assert_eq!(envelope.from, list(r#"((NIL NIL "a" "b.test"))"#));
    assert_eq!(envelope.subject.as_deref(), Some(&b"1"[..]));
}

#[test]
fn octets_that_need_literals_come_back_as_they_were() {
    let section = HeaderSection::parse(
        b"Subject: \xe9 \"quoted\" back\\slash a\rb\r\nFrom: \"\xc3\xa9\" <\xc3\xa9@example.org>\r\n\r\n".as_slice(),
    );
    let items = [FetchItem::Envelope(envelope(section.headers()))];
    assert_eq!(Wire::new().through(&items), items);
}
