//! The example messages of RFC 5322, Appendix A.

use postrider_message::{
    AddressList, DateTime, FieldName, FieldValue, HeaderSection, MessageIdList, PhraseList,
    RawValue, code,
};

/// `Name <addr>` of each mailbox, as they were meant, and the codes of the defects.
fn people(value: &str) -> (Vec<String>, Vec<&'static str>) {
    let list = AddressList::read(RawValue::new(value.as_bytes()));
    let people = list
        .value
        .mailboxes()
        .map(|mailbox| format!("{}|{}", mailbox.name().unwrap_or_default(), mailbox.addr_spec()))
        .collect();
    (people, list.defects.iter().map(|defect| defect.code().name()).collect())
}

fn date(value: &str) -> Option<DateTime> {
    Option::<DateTime>::read(RawValue::new(value.as_bytes())).value
}

#[test]
fn a_1_1_one_person_to_another_with_simple_addressing() {
    let message = "From: John Doe <jdoe@machine.example>\r\n\
        To: Mary Smith <mary@example.net>\r\n\
        Subject: Saying Hello\r\n\
        Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
        Message-ID: <1234@local.machine.example>\r\n\
        \r\n\
        This is a message just to say hello.\r\nSo, \"Hello\".\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    assert_eq!(headers.fields().count(), 5);
    assert!(headers.defects().is_empty());
    assert_eq!(headers.subject().unwrap().value.as_str(), "Saying Hello");
    let from = headers.from().unwrap();
    assert_eq!(from.value.to_string(), "John Doe <jdoe@machine.example>");
    assert!(from.defects.is_empty());
    let date = headers.date().unwrap().value.unwrap();
    assert_eq!(date.unix(), 880_127_706);
    assert_eq!(date.to_string(), "Fri, 21 Nov 1997 09:55:06 -0600");
    let ids = headers.message_id().unwrap();
    assert_eq!(ids.value.ids().len(), 1);
    assert_eq!(ids.value.ids()[0].as_str(), "1234@local.machine.example");
    assert_eq!(section.body(), b"This is a message just to say hello.\r\nSo, \"Hello\".\r\n");
}

#[test]
fn a_1_1_a_secretary_sends_for_the_author() {
    let message = "From: John Doe <jdoe@machine.example>\r\n\
        Sender: Michael Jones <mjones@machine.example>\r\n\
        To: Mary Smith <mary@example.net>\r\n\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    assert_eq!(headers.from().unwrap().value.to_string(), "John Doe <jdoe@machine.example>");
    let sender = headers.sender().unwrap();
    assert_eq!(sender.value.to_string(), "Michael Jones <mjones@machine.example>");
    assert!(sender.defects.is_empty());
}

#[test]
fn a_1_2_different_types_of_mailboxes() {
    assert_eq!(
        people("\"Joe Q. Public\" <john.q.public@example.com>").0,
        ["Joe Q. Public|john.q.public@example.com"]
    );
    let (to, defects) = people("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>");
    assert_eq!(to, ["Mary Smith|mary@x.test", "|jdoe@example.org", "Who?|one@y.test"]);
    assert!(defects.is_empty());
    let (cc, defects) =
        people("<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>");
    assert_eq!(cc, ["|boss@nil.test", "Giant; \"Big\" Box|sysservices@example.net"]);
    assert!(defects.is_empty());
}

#[test]
fn a_1_3_group_addresses() {
    let value = "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;";
    let list = AddressList::read(RawValue::new(value.as_bytes()));
    assert!(list.defects.is_empty());
    let [postrider_message::Address::Group(group)] = list.value.addresses() else { panic!() };
    assert_eq!(group.name(), "A Group");
    assert_eq!(group.mailboxes().len(), 3);
    let list = AddressList::read(RawValue::new(b"Undisclosed recipients:;"));
    assert!(list.defects.is_empty());
    assert_eq!(list.value.to_string(), "Undisclosed recipients:;");
    assert_eq!(date("Thu, 13 Feb 1969 23:32:54 -0330").unwrap().unix(), -27_723_426);
}

#[test]
fn a_2_reply_messages() {
    let message = "References: <1234@local.machine.example> <3456@example.net>\r\n\
        In-Reply-To: <3456@example.net>\r\n\
        Reply-To: \"Mary Smith: Personal Account\" <smith@home.example>\r\n\r\n";
    let section = HeaderSection::parse(message);
    let references = section.headers().references().unwrap();
    let ids: Vec<_> = references.value.ids().iter().map(|id| id.as_str()).collect();
    assert_eq!(ids, ["1234@local.machine.example", "3456@example.net"]);
    assert_eq!(section.headers().in_reply_to().unwrap().value.ids().len(), 1);
    let reply_to = section.headers().reply_to().unwrap();
    assert_eq!(
        reply_to.value.mailboxes().next().unwrap().name(),
        Some("Mary Smith: Personal Account")
    );
}

#[test]
fn a_3_resent_messages() {
    let message = "Resent-From: Mary Smith <mary@example.net>\r\n\
        Resent-To: Jane Brown <j-brown@other.example>\r\n\
        Resent-Date: Mon, 24 Nov 1997 14:22:01 -0800\r\n\
        Resent-Message-ID: <78910@example.net>\r\n\
        From: John Doe <jdoe@machine.example>\r\n\
        To: Mary Smith <mary@example.net>\r\n\
        Subject: Saying Hello\r\n\
        Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
        Message-ID: <1234@local.machine.example>\r\n\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    assert!(headers.defects().is_empty());
    let people = |name| headers.read::<AddressList<'_>>(name).unwrap().value.to_string();
    assert_eq!(people(FieldName::ResentFrom), "Mary Smith <mary@example.net>");
    assert_eq!(people(FieldName::ResentTo), "Jane Brown <j-brown@other.example>");
    assert_eq!(people(FieldName::To), "Mary Smith <mary@example.net>");
    let resent: Option<DateTime> = headers.read(FieldName::ResentDate).unwrap().value;
    assert_eq!(resent.unwrap().to_string(), "Mon, 24 Nov 1997 14:22:01 -0800");
    assert_eq!(headers.date().unwrap().value.unwrap().unix(), 880_127_706);
    let ids: MessageIdList<'_> = headers.read(FieldName::ResentMessageId).unwrap().value;
    assert_eq!(ids.ids()[0].as_str(), "78910@example.net");
}

#[test]
fn a_4_messages_with_trace_fields() {
    let message = "Received: from x.y.test\r\n   by example.net\r\n   via TCP\r\n   with ESMTP\r\n   \
        id ABC12345\r\n   for <mary@example.net>;  21 Nov 1997 10:05:43 -0600\r\n\
        Received: from node.example by x.y.test; 21 Nov 1997 10:01:22 -0600\r\n\
        From: John Doe <jdoe@node.example>\r\n\r\n";
    let section = HeaderSection::parse(message);
    let trace = section.headers().trace();
    let [first, second] = trace.hops() else { panic!() };
    assert_eq!((first.from(), first.by()), (Some("node.example"), Some("x.y.test")));
    assert_eq!((second.from(), second.by()), (Some("x.y.test"), Some("example.net")));
    assert_eq!(second.protocol(), Some("ESMTP"));
    let received = &second.received().value;
    assert_eq!(received.via().unwrap().value(), "TCP");
    assert_eq!(received.id().unwrap().value(), "ABC12345");
    assert_eq!(received.recipient().unwrap().value(), "<mary@example.net>");
    assert!(second.received().defects.is_empty());
    assert_eq!((first.delay(), second.delay(), trace.total()), (None, Some(261), Some(261)));
}

#[test]
fn a_5_white_space_comments_and_other_oddities() {
    let (from, defects) = people("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>");
    assert_eq!(from, ["Pete|pete@silly.test"]);
    assert_eq!(defects, ["obsolete-space"]);
    let (to, _) = people(
        "A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n         \
         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the group)",
    );
    assert_eq!(to, ["Chris Jones|c@public.example", "|joe@example.org", "John|jdoe@one.test"]);
    let cc = "(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;";
    let list = AddressList::read(RawValue::new(cc.as_bytes()));
    assert_eq!(list.value.to_string(), "Hidden recipients:;");
    let value = "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               \
        -0330 (Newfoundland Time)";
    assert_eq!(date(value).unwrap().unix(), -27_723_480);
}

#[test]
fn a_6_1_obsolete_addressing() {
    let (from, defects) = people("Joe Q. Public <john.q.public@example.com>");
    assert_eq!(from, ["Joe Q. Public|john.q.public@example.com"]);
    assert_eq!(defects, ["phrase-dot"]);
    let (to, defects) = people("Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example");
    assert_eq!(to, ["Mary Smith|mary@example.net", "|jdoe@test.example"]);
    assert_eq!(defects, ["route", "empty-element", "obsolete-space"]);
}

#[test]
fn a_6_2_obsolete_dates() {
    let read = Option::<DateTime>::read(RawValue::new(b"21 Nov 97 09:55:06 GMT"));
    assert_eq!(read.value.unwrap().to_string(), "Fri, 21 Nov 1997 09:55:06 +0000");
    assert!(read.defects.has(&code::OBSOLETE_YEAR));
    assert!(read.defects.has(&code::OBSOLETE_ZONE));
}

#[test]
fn a_6_3_obsolete_white_space_and_comments() {
    let message = "From  : John Doe <jdoe@machine(comment).  example>\r\n\
        To    : Mary Smith\r\n  \r\n          <mary@example.net>\r\n\
        Subject     : Saying Hello\r\n\
        Date  : Fri, 21 Nov 1997 09(comment):   55  :  06 -0600\r\n\
        Message-ID  : <1234   @   local(blah)  .machine .example>\r\n\r\n";
    let section = HeaderSection::parse(message);
    let headers = section.headers();
    assert!(headers.mbox_from().is_none());
    assert!(headers.defects().iter().all(|defect| *defect.code() == code::SPACE_BEFORE_COLON));
    assert_eq!(headers.defects().len(), 5);
    assert_eq!(headers.from().unwrap().value.to_string(), "John Doe <jdoe@machine.example>");
    assert_eq!(headers.to().unwrap().value.to_string(), "Mary Smith <mary@example.net>");
    assert_eq!(headers.subject().unwrap().value.as_str(), "Saying Hello");
    assert_eq!(headers.date().unwrap().value.unwrap().unix(), 880_127_706);
    assert_eq!(headers.message_id().unwrap().value.ids()[0].as_str(), "1234@local.machine.example");
}

/// "Runs of FWS, comment, or CFWS that occur between lexical tokens in a structured header field are
/// semantically interpreted as a single space character."
#[test]
fn section_3_2_2_white_space_between_the_words_of_a_name_is_one_space() {
    for name in [
        "A B",
        "A  B",
        "A \t  B",
        "A (x)   B",
        "A\r\n  B",
        "  A   B  ",
        "\"A\"   B",
        "A   =?us-ascii?q?B?=",
        "=?us-ascii?q?A_?=   =?us-ascii?q?B?=",
    ] {
        let (from, _) = people(&format!("{name} <a@b.example>"));
        assert_eq!(from, ["A B|a@b.example"], "{name}");
    }
    // They are no blanks between tokens: those of a quoted string and of an encoded word.
    assert_eq!(people("\"A  B\" <a@b.example>").0, ["A  B|a@b.example"]);
    assert_eq!(people("=?us-ascii?q?A__B?= <a@b.example>").0, ["A  B|a@b.example"]);
    let keywords = PhraseList::read(RawValue::new(b"road  works,  \"a  b\" c"));
    assert_eq!(keywords.value.phrases(), ["road works", "a  b c"]);
}

/// RFC 5322 Appendix A.1.2 and A.1.3, the destination fields of both in one section.
#[test]
fn all_recipients_are_those_of_every_destination_field_in_order() {
    let section = HeaderSection::parse(
        "Cc: <boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>\r\n\
         To: Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>\r\n\
         To: A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;\r\n\
         Bcc: Undisclosed recipients:;\r\n\r\n",
    );
    let all: Vec<_> = section.headers().recipients().map(|it| it.addr_spec().to_string()).collect();
    assert_eq!(
        all,
        [
            "mary@x.test",
            "jdoe@example.org",
            "one@y.test",
            "c@a.test",
            "joe@where.test",
            "jdoe@one.test",
            "boss@nil.test",
            "sysservices@example.net",
        ]
    );
}
