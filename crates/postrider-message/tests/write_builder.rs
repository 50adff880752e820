//! Header sections that are built, and message identifiers that are made.

use postrider_message::{
    AddrSpec, Address, AddressList, DateTime, FieldName, Folder, Group, HeaderBuilder,
    HeaderSection, InvalidValue, Mailbox, MessageId, MessageIdList, Text, WriteValue, Zone,
};
use proptest::prelude::*;

fn mailbox(name: &str, local: &str, domain: &str) -> Mailbox<'static> {
    let addr = AddrSpec::new(local.to_owned(), domain.to_owned()).unwrap();
    Mailbox::with_name(addr, name.to_owned()).unwrap()
}

fn list(mailboxes: impl IntoIterator<Item = Mailbox<'static>>) -> AddressList<'static> {
    mailboxes.into_iter().collect()
}

fn date() -> DateTime {
    DateTime::from_unix(880_127_706, Zone::east(-360).unwrap()).unwrap()
}

/// RFC 5322 Appendix A.1.1, the header section as it stands there.
#[test]
fn the_first_example_of_rfc_5322_is_built_as_it_stands() {
    let built = HeaderBuilder::new()
        .from(&list([mailbox("John Doe", "jdoe", "machine.example")]))
        .and_then(|it| it.to(&list([mailbox("Mary Smith", "mary", "example.net")])))
        .and_then(|it| it.subject("Saying Hello"))
        .and_then(|it| it.date(&date()))
        .and_then(|it| it.message_id(&MessageId::new("1234@local.machine.example").unwrap()))
        .unwrap();
    assert_eq!(
        built.finish(),
        "From: John Doe <jdoe@machine.example>\r\n\
         To: Mary Smith <mary@example.net>\r\n\
         Subject: Saying Hello\r\n\
         Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
         Message-ID: <1234@local.machine.example>\r\n\
         \r\n"
    );
}

/// RFC 5322 Appendix A.1.3.
#[test]
fn groups_are_built_as_rfc_5322_has_them() {
    let members = vec![
        mailbox("Ed Jones", "c", "a.test"),
        mailbox("", "joe", "where.test"),
        mailbox("John", "jdoe", "one.test"),
    ];
    let to = Group::new("A Group", members).unwrap().into();
    let cc = Group::new("Undisclosed recipients", Vec::new()).unwrap().into();
    let built = HeaderBuilder::new().to(&to).unwrap().cc(&cc).unwrap().finish();
    assert_eq!(
        built,
        "To: A Group: Ed Jones <c@a.test>, joe@where.test, John <jdoe@one.test>;\r\n\
         Cc: Undisclosed recipients:;\r\n\
         \r\n"
    );
}

/// RFC 5322 Appendix A.3, the fields that are put before the message.
#[test]
fn a_resent_block_is_built_as_rfc_5322_has_it() {
    let built = HeaderBuilder::new()
        .resent_from(&list([mailbox("Mary Smith", "mary", "example.net")]))
        .and_then(|it| it.resent_to(&list([mailbox("Jane Brown", "j-brown", "other.example")])))
        .and_then(|it| {
            let zone = Zone::east(-480).unwrap();
            it.resent_date(&DateTime::from_unix(880_410_121, zone).unwrap())
        })
        .and_then(|it| it.resent_message_id(&MessageId::new("78910@example.net").unwrap()))
        .unwrap();
    assert_eq!(
        built.finish(),
        "Resent-From: Mary Smith <mary@example.net>\r\n\
         Resent-To: Jane Brown <j-brown@other.example>\r\n\
         Resent-Date: Mon, 24 Nov 1997 14:22:01 -0800\r\n\
         Resent-Message-ID: <78910@example.net>\r\n\
         \r\n"
    );
}

#[test]
fn all_that_is_built_is_read_again() {
    let people = list([mailbox("Giant; \"Big\" Box", "a b", "x.example"), mailbox("Ж", "c", "d")]);
    let ids =
        MessageIdList::new((0..9).map(|n| MessageId::new(format!("{n}@x")).unwrap()).collect());
    let sender = mailbox("José", "jose", "example.org");
    let built = HeaderBuilder::new()
        .resent_date(&date())
        .and_then(|it| it.resent_sender(&sender))
        .and_then(|it| it.resent_cc(&people))
        .and_then(|it| it.resent_bcc(&AddressList::default()))
        .and_then(|it| it.date(&date()))
        .and_then(|it| it.from(&people))
        .and_then(|it| it.sender(&sender))
        .and_then(|it| it.reply_to(&people))
        .and_then(|it| it.to(&people))
        .and_then(|it| it.cc(&people))
        .and_then(|it| it.bcc(&AddressList::default()))
        .and_then(|it| it.in_reply_to(&ids))
        .and_then(|it| it.references(&ids))
        .and_then(|it| it.comments("one"))
        .and_then(|it| it.comments("two"))
        .and_then(|it| it.keywords(["plain", "a.b", "größer"]))
        .unwrap();
    let section = HeaderSection::parse(built.finish());
    let headers = section.headers();
    assert!(headers.defects().is_empty());
    for name in [FieldName::From, FieldName::To, FieldName::Cc, FieldName::ReplyTo] {
        let read = headers.read::<AddressList<'_>>(name).unwrap();
        assert_eq!((read.value, read.defects.is_empty()), (people.clone(), true));
    }
    assert_eq!(headers.sender().unwrap().value.mailboxes().next(), Some(&sender));
    assert_eq!(headers.references().unwrap().value, ids);
    assert_eq!(headers.in_reply_to().unwrap().value, ids);
    assert_eq!(headers.date().unwrap().value, Some(date()));
    assert_eq!(headers.all(FieldName::Comments).count(), 2);
    assert_eq!(
        headers.get(FieldName::Keywords).unwrap().value(),
        // base64 of the UTF-8 octets, as coreutils' `base64` has it.
        b" plain, \"a.b\", =?utf-8?B?Z3LDtsOfZXI=?="
    );
    assert_eq!(headers.get(FieldName::Bcc).unwrap().value(), b"");
}

#[test]
fn a_field_that_may_occur_once_is_refused_the_second_time() {
    let once = HeaderBuilder::new().subject("a").unwrap();
    let again = once.clone().subject("b").map(HeaderBuilder::finish);
    assert_eq!(again, Err(InvalidValue::Again));
    // By whatever way and spelling it comes.
    let again = once.clone().named("sUBJECT", &Text::new("b").unwrap());
    assert_eq!(again.map(HeaderBuilder::finish), Err(InvalidValue::Again));
    let other = once.named("X-Subject", &Text::new("b").unwrap()).unwrap();
    assert!(other.named("X-Subject", &Text::new("c").unwrap()).is_ok());
}

#[test]
fn what_cannot_be_written_is_refused_by_the_call_that_would_write_it() {
    struct Raw(&'static str);
    impl WriteValue for Raw {
        fn write_value(&self, to: &mut Folder) {
            to.token(self.0);
        }
    }
    let new = HeaderBuilder::new;
    let refusal = |built: Result<HeaderBuilder, _>| built.map(HeaderBuilder::finish).unwrap_err();
    for text in ["a\r\nBcc: x@y", "a\nb", "a\rb", "a\0b", "a\u{85}b"] {
        assert_eq!(refusal(new().subject(text)), InvalidValue::ControlCharacter);
        assert_eq!(refusal(new().comments(text)), InvalidValue::ControlCharacter);
        assert_eq!(refusal(new().named(text, &Raw("x"))), InvalidValue::FieldName);
    }
    assert_eq!(refusal(new().named("X", &Raw("a\r\n b"))), InvalidValue::ControlCharacter);
    assert_eq!(refusal(new().to(&AddressList::default())), InvalidValue::Empty);
    assert_eq!(refusal(new().references(&MessageIdList::default())), InvalidValue::Empty);
    assert_eq!(refusal(new().keywords([])), InvalidValue::Empty);
}

#[test]
fn an_internationalized_address_needs_utf8() {
    let to = list([mailbox("Jürgen", "jürgen", "bücher.example")]);
    let ascii = HeaderBuilder::new().to(&to).map(HeaderBuilder::finish);
    assert_eq!(ascii, Err(InvalidValue::NotAscii));
    let utf8 = HeaderBuilder::new().with_utf8(true).to(&to).unwrap().finish();
    assert_eq!(utf8, "To: Jürgen <jürgen@bücher.example>\r\n\r\n");
}

fn answer(parent: &str) -> String {
    let parent = HeaderSection::parse(parent);
    HeaderBuilder::new().answering(parent.headers()).unwrap().finish()
}

/// RFC 5322 Appendix A.2: the second answer.
#[test]
fn an_answer_to_an_answer_refers_as_in_rfc_5322() {
    let parent = "Message-ID: <3456@example.net>\r\n\
                  In-Reply-To: <1234@local.machine.example>\r\n\
                  References: <1234@local.machine.example>\r\n\r\n";
    assert_eq!(
        answer(parent),
        "In-Reply-To: <3456@example.net>\r\n\
         References: <1234@local.machine.example> <3456@example.net>\r\n\
         \r\n"
    );
}

/// RFC 5322 §3.6.4, case by case.
#[test]
fn an_answer_refers_to_what_its_parent_names() {
    for (parent, expected) in [
        ("", ""),
        ("Message-ID: <a@x>\n", "In-Reply-To: <a@x>\r\nReferences: <a@x>\r\n"),
        ("References: <b@x>\n", "References: <b@x>\r\n"),
        (
            "Message-ID: <a@x>\nIn-Reply-To: <b@x>\n",
            "In-Reply-To: <a@x>\r\nReferences: <b@x> <a@x>\r\n",
        ),
        (
            "Message-ID: <a@x>\nIn-Reply-To: <b@x> <c@x>\n",
            "In-Reply-To: <a@x>\r\nReferences: <a@x>\r\n",
        ),
        (
            "Message-ID: <a@x>\nIn-Reply-To: <b@x>\nReferences: <c@x> <d@x>\n",
            "In-Reply-To: <a@x>\r\nReferences: <c@x> <d@x> <a@x>\r\n",
        ),
    ] {
        assert_eq!(answer(&format!("{parent}\n")), format!("{expected}\r\n"), "{parent}");
    }
}

#[test]
fn an_answer_can_be_written_whatever_the_identifiers_of_its_parent() {
    let long = "a".repeat(2_000);
    let parent = format!("Message-ID: <é@x>\nReferences: <{long}@x> <b@x> <no\0> <c d> <>\n\n");
    assert_eq!(answer(&parent), "References: <b@x>\r\n\r\n");
}

#[test]
fn an_identifier_that_is_generated_fits_a_line() {
    // RFC 5322 §2.1.1: "Each line of characters … SHOULD be no more than 78 characters, excluding
    // the CRLF."
    let domain = format!("{}.example.net", "m".repeat(19));
    let id = MessageId::generate(&[0xff; 32], &domain).unwrap();
    let section = HeaderBuilder::new().message_id(&id).unwrap().finish();
    assert_eq!(section.lines().next().unwrap().len(), 78);
}

#[test]
fn identifiers_of_other_octets_are_other_identifiers() {
    let make = |seed: [u8; 32]| MessageId::generate(&seed, "a.example").unwrap();
    let mut seen = vec![make([0; 32])];
    for octet in 0..20 {
        for bit in 0..8 {
            let mut seed = [0; 32];
            seed[octet] = 1 << bit;
            seen.push(make(seed));
        }
    }
    seen.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    seen.dedup();
    assert_eq!(seen.len(), 161);
    let bad = MessageId::generate(&[0; 32], "a.example>\r\nBcc: x");
    assert_eq!(bad, Err(InvalidValue::MessageId));
}

/// Text without control characters, of words, specials and what is not ASCII.
const TEXT: &str = "[ \t!-~é€я\u{feff}\u{1f600}]{0,40}";

fn any_mailbox() -> impl Strategy<Value = Mailbox<'static>> {
    let domain = prop_oneof!["[a-z0-9]{1,9}([.][a-z-]{1,9}){0,3}", "\\[[0-9a-fA-F.:]{0,20}\\]"];
    // A local part that looks like an encoded word is refused (RFC 2047 §5).
    let local = "[ !-~]{0,30}".prop_filter("an encoded word", |local| !local.contains("=?"));
    (local, domain, TEXT).prop_map(|(local, domain, name)| {
        Mailbox::with_name(AddrSpec::new(local, domain).unwrap(), name).unwrap()
    })
}

fn any_list() -> impl Strategy<Value = AddressList<'static>> {
    let group = (TEXT, prop::collection::vec(any_mailbox(), 0..4))
        .prop_map(|(name, members)| Address::Group(Group::new(name, members).unwrap()));
    let address = prop_oneof![any_mailbox().prop_map(Address::Mailbox), group];
    prop::collection::vec(address, 1..5).prop_map(AddressList::new)
}

proptest! {
    #[test]
    fn addresses_that_are_built_are_read_again(list in any_list(), utf8 in any::<bool>()) {
        let built = HeaderBuilder::new().with_utf8(utf8).to(&list).unwrap().finish();
        let section = HeaderSection::parse(&built);
        prop_assert_eq!(section.headers().fields().len(), 1, "{}", built);
        prop_assert!(utf8 || built.is_ascii(), "{}", built);
        let read = section.headers().to().unwrap();
        prop_assert_eq!(&read.value, &list, "{}", built);
        prop_assert!(read.defects.is_empty(), "{}: {:?}", built, read.defects);
    }

    #[test]
    fn keywords_are_built_on_lines_that_are_short_enough(
        phrases in prop::collection::vec("[ \t!->@-~é€я\u{feff}\u{1f600}]{1,40}", 1..9),
    ) {
        let built = HeaderBuilder::new().keywords(phrases.iter().map(String::as_str)).unwrap();
        let built = built.finish();
        prop_assert!(built.is_ascii());
        for line in built.lines().filter(|line| line.contains("=?")) {
            prop_assert!(line.len() <= 76, "{}", line);
        }
        // RFC 2047 §5 rule 3: white space sets an encoded word off from the comma.
        prop_assert!(!built.contains("?=,"), "{}", built);
    }
}

/// RFC 5322 §3.6.5: "the field body MAY start with the string "Re: " [...] followed by the contents of
/// the "Subject:" field body of the original message. If this is done, only one instance of the
/// literal string "Re: " ought to be used". Appendix A.2 has the first parent and answer.
#[test]
fn the_subject_of_an_answer_begins_with_one_re_and_is_never_refused() {
    let answer = |parent: &[u8]| {
        let parent = HeaderSection::parse(parent);
        let built = HeaderBuilder::new().reply_subject(parent.headers()).unwrap().finish();
        let section = HeaderSection::parse(&built);
        assert!(section.headers().fields().count() <= 1, "{built}");
        section.headers().subject().map(|read| read.value.as_str().to_owned())
    };
    let told = |text: &str| Some(text.to_owned());
    assert_eq!(answer(b"Subject: Saying Hello\n\n"), told("Re: Saying Hello"));
    assert_eq!(answer(b"Subject: Re: Saying Hello\n\n"), told("Re: Saying Hello"));
    assert_eq!(answer(b"Subject: RE:Hello\n\n"), told("RE:Hello"));
    assert_eq!(answer(b"Subject: =?utf-8?q?re=3A_Hello?=\n\n"), told("re: Hello"));
    assert_eq!(answer("Subject: Käse\n\n".as_bytes()), told("Re: Käse"));
    assert_eq!(answer(b"Subject: =?utf-8?q?a=0Db=00c=C2=85d=1B?=\n\n"), told("Re: a b c d"));
    assert_eq!(answer(b"Subject: caf\xe9\n\n"), told("Re: caf\u{fffd}"));
    assert_eq!(answer(b"Subject: =?utf-8?q?=0D=0A?=\n\n"), None);
    assert_eq!(answer(b"To: a@b.example\n\n"), None);
    let long = format!("Subject: {}\n\n", "x".repeat(50_000));
    assert_eq!(answer(long.as_bytes()).map(|text| text.len()), Some(50_004));
}
