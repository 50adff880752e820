//! UTF-8 in every place that RFC 6532 §3.2 lists, and groups where RFC 6854 §2 allows them.

use postrider_message::{Address, AddressList, FieldName, HeaderSection, MessageIdList, code};

const MESSAGE: &str = "From: Jürgen 山田 <jürgen@bücher.example>\r\n\
    To: \"Zoë, née\" <\"zoë d\"@例え.テスト>, ιωάννης@παράδειγμα.δοκιμή (Ιωάννης)\r\n\
    Subject: Grüße aus Köln\r\n\
    Message-ID: <пример.1@почта.example>\r\n\
    References: <早@例え.テスト>\r\n\t<b@b.example>\r\n\
    Received: from a.example by b.example with UTF8SMTP\r\n\tfor <jürgen@bücher.example>;\r\n\
    \tTue, 1 Jul 2003 10:52:37 +0200\r\n\r\n";

#[test]
fn rfc_6532_3_2_unstructured_text_is_utf_8() {
    let section = HeaderSection::parse(MESSAGE);
    let subject = section.headers().subject().unwrap();
    assert_eq!(subject.value.as_str(), "Grüße aus Köln");
    assert!(subject.defects.is_empty());
}

#[test]
fn rfc_6532_3_2_atoms_quoted_strings_and_domains_are_utf_8() {
    let section = HeaderSection::parse(MESSAGE);
    let headers = section.headers();
    assert!(headers.defects().is_empty());
    let from = headers.from().unwrap();
    assert!(from.defects.is_empty());
    let author = from.value.mailboxes().next().unwrap();
    assert_eq!(author.name(), Some("Jürgen 山田"));
    assert_eq!(author.addr_spec().local_part(), "jürgen");
    assert_eq!(author.addr_spec().domain(), "bücher.example");

    let to = headers.to().unwrap();
    assert!(to.defects.is_empty());
    let [Address::Mailbox(first), Address::Mailbox(second)] = to.value.addresses() else {
        panic!("two mailboxes")
    };
    assert_eq!(first.name(), Some("Zoë, née"));
    assert_eq!(first.addr_spec().local_part(), "zoë d");
    assert_eq!(first.addr_spec().to_string(), "\"zoë d\"@例え.テスト");
    assert_eq!(second.name(), Some("Ιωάννης"));
    assert_eq!(second.addr_spec().to_string(), "ιωάννης@παράδειγμα.δοκιμή");
}

#[test]
fn rfc_6532_3_2_message_identifiers_are_utf_8() {
    let section = HeaderSection::parse(MESSAGE);
    let headers = section.headers();
    let ids = |list: &MessageIdList<'_>| {
        list.ids().iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>()
    };
    let id = headers.message_id().unwrap();
    assert_eq!(ids(&id.value), ["пример.1@почта.example"]);
    assert!(id.defects.is_empty());
    let references = headers.references().unwrap();
    assert_eq!(ids(&references.value), ["早@例え.テスト", "b@b.example"]);
    assert!(references.defects.is_empty());
}

#[test]
fn rfc_6532_3_2_the_for_clause_of_received_is_utf_8() {
    let section = HeaderSection::parse(MESSAGE);
    let received = section.headers().received().next().unwrap();
    assert_eq!(received.value.recipient().unwrap().value(), "<jürgen@bücher.example>");
    assert!(received.defects.is_empty());
}

#[test]
fn rfc_6532_3_2_field_names_are_not_on_the_list() {
    let section = HeaderSection::parse("Betreff-ü: a\r\nSubject: b\r\n\r\n");
    let headers = section.headers();
    assert!(headers.defects().has(&code::INVALID_FIELD_NAME));
    assert_eq!(headers.fields().next().unwrap().name(), "Betreff-ü".as_bytes());
    assert_eq!(headers.subject().unwrap().value.as_str(), "b");
}

#[test]
fn octets_that_are_not_utf_8_are_told_and_make_no_address() {
    let section = HeaderSection::parse(
        &b"From: J\xfcrgen <j\xfcrgen@example.org>, a@b.example\r\nSubject: K\xf6ln\r\n\r\n"[..],
    );
    let headers = section.headers();
    let from = headers.from().unwrap();
    assert_eq!(from.value.to_string(), "a@b.example");
    assert!(from.defects.has(&code::NOT_AN_ADDRESS));
    let subject = headers.subject().unwrap();
    assert_eq!(subject.value.as_str(), "K\u{fffd}ln");
    assert!(subject.defects.has(&code::INVALID_UTF8));
}

#[test]
fn rfc_6854_2_groups_stand_in_from_sender_reply_to_and_their_resent_twins() {
    let message = "From: Managing Partners:ben@example.com,carol@example.com;\r\n\
        Sender: Robot:;\r\n\
        Reply-To: Nobody:;\r\n\
        Resent-From: Some:a@b.example;\r\n\
        Resent-Sender: Others:;\r\n\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    for (name, group, members) in [
        (FieldName::From, "Managing Partners", &["ben@example.com", "carol@example.com"][..]),
        (FieldName::Sender, "Robot", &[]),
        (FieldName::ReplyTo, "Nobody", &[]),
        (FieldName::ResentFrom, "Some", &["a@b.example"]),
        (FieldName::ResentSender, "Others", &[]),
    ] {
        let list = headers.read::<AddressList<'_>>(name).unwrap();
        assert!(list.defects.is_empty(), "{name:?}");
        let [Address::Group(found)] = list.value.addresses() else { panic!("{name:?}") };
        assert_eq!(found.name(), group);
        let found: Vec<_> = found.mailboxes().iter().map(ToString::to_string).collect();
        assert_eq!(found, members, "{name:?}");
    }
}
