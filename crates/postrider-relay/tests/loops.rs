//! Messages that come back, told from those that pass twice.

use postrider_message::{DateTime, HeaderSection, Zone};
use postrider_relay::loops::{
    MailLoop, check_delivered_to, check_own, check_own_passes, delivered_to, own_passes,
};
use postrider_relay::{DomainName, Protocol, Stamp, return_path};
use postrider_smtp::{EhloName, ForwardPath, Mailbox, ReversePath};

/// RFC 5322 Appendix A.4, on its last hop.
const RFC_5322: &str = "\
Received: from x.y.test\r
   by example.net\r
   via TCP\r
   with ESMTP\r
   id ABC12345\r
   for <mary@example.net>;  21 Nov 1997 10:05:43 -0600\r
Received: from node.example by x.y.test; 21 Nov 1997 10:01:22 -0600\r
From: John Doe <jdoe@node.example>\r
To: Mary Smith <mary@example.net>\r
\r
";

fn own(names: &[&str]) -> Vec<DomainName> {
    names.iter().map(|name| DomainName::parse(name).unwrap()).collect()
}

fn path(text: &str) -> ForwardPath {
    ForwardPath::parse(text).unwrap()
}

fn stamp(by: &str, id: &str, recipients: &[&str]) -> String {
    let recipients: Vec<_> = recipients.iter().map(|text| path(text)).collect();
    let date = DateTime::from_unix(880_127_706, Zone::UTC).unwrap();
    let stamp = Stamp::new(EhloName::parse(by).unwrap(), date).with_protocol(Protocol::Esmtp);
    stamp.with_id(id).unwrap().with_recipients(&recipients).to_field()
}

#[test]
fn the_fields_of_the_rfc_tell_who_passed() {
    let section = HeaderSection::parse(RFC_5322.as_bytes());
    let passes: Vec<_> = own_passes(section.headers(), &own(&["Example.NET."])).collect();
    assert_eq!(passes.len(), 1);
    assert_eq!(passes[0].id.as_deref(), Some("ABC12345"));
    assert_eq!(passes[0].recipient.as_deref(), Some("<mary@example.net>"));
    assert!(passes[0].is_for(&path("mary@EXAMPLE.net")));
    assert!(!passes[0].is_for(&path("Mary@example.net")), "the case of a local part may matter");
    assert!(!passes[0].is_for(&ForwardPath::postmaster()));
    let older: Vec<_> = own_passes(section.headers(), &own(&["x.y.test"])).collect();
    assert_eq!((older[0].id.as_deref(), older[0].recipient.as_deref()), (None, None));
    assert!(older[0].is_for(&path("anybody@example.org")));
    assert_eq!(own_passes(section.headers(), &own(&["y.test", "net"])).count(), 0);
}

#[test]
fn a_mail_that_comes_again_for_the_same_recipient_is_a_loop() {
    let message = stamp("relay.example.org", "Q9", &["bob@example.net"])
        + &stamp("mx.example.net", "A1", &["bob@example.net"]);
    let section = HeaderSection::parse(message.as_bytes());
    let own = own(&["mx.example.net"]);
    let check = |recipient: &str, known: &str| {
        check_own(section.headers(), &own, &path(recipient), |id| id == known)
    };
    let refused = check("bob@example.net", "A1").unwrap_err();
    assert_eq!(refused, MailLoop::CameBack { id: "A1".into() });
    assert_eq!((refused.reply_code(), refused.status().to_string()), (554, "5.4.6".into()));
    assert_eq!(check("\"bob\"@example.NET", "A1").unwrap_err(), refused);
    // Another recipient; an id that is not ours; an id that another host gave.
    assert_eq!(check("carol@example.net", "A1"), Ok(()));
    assert_eq!(check("bob@example.net", "B2"), Ok(()));
    assert_eq!(check("bob@example.net", "Q9"), Ok(()));
}

#[test]
fn a_mail_to_a_list_and_others_is_judged_by_what_is_remembered_of_its_recipients() {
    let message = stamp("mx.example.net", "A1", &["list@example.org", "carol@example.net"]);
    assert!(!message.contains(" for "), "{message}");
    let section = HeaderSection::parse(message.as_bytes());
    let own = own(&["mx.example.net"]);
    let had = [("A1", "list@example.org"), ("A1", "carol@example.net")];
    let check = |recipient: &str| {
        check_own(section.headers(), &own, &path(recipient), |id| had.contains(&(id, recipient)))
    };
    assert_eq!(check("bob@example.net"), Ok(()));
    assert_eq!(check("carol@example.net"), Err(MailLoop::CameBack { id: "A1".into() }));
}

#[test]
fn names_are_the_same_in_a_labels_and_u_labels() {
    let message = "Received: by b\u{fc}cher.example id A1 for <u@b\u{fc}cher.example>; \
                   21 Nov 1997 10:05:43 -0600\r\n";
    let section = HeaderSection::parse(message.as_bytes());
    let own = own(&["xn--bcher-kva.example"]);
    let refused =
        check_own(section.headers(), &own, &path("u@xn--bcher-kva.example"), |id| id == "A1");
    assert_eq!(refused, Err(MailLoop::CameBack { id: "A1".into() }));
}

#[test]
fn passes_are_allowed_up_to_their_bound() {
    let message = stamp("mx.example.net", "A1", &["list@example.org"]).repeat(3)
        + &stamp("relay.example.org", "B", &[]).repeat(9);
    let section = HeaderSection::parse(message.as_bytes());
    let own = own(&["mx.example.net", "mail.example.net"]);
    assert_eq!(check_own_passes(section.headers(), &own, 3), Ok(3));
    let refused = check_own_passes(section.headers(), &own, 2);
    assert_eq!(refused, Err(MailLoop::OwnPasses { passes: 3 }));
    assert_eq!(check_own_passes(section.headers(), &[], 0), Ok(0));
}

#[test]
fn fields_that_nobody_can_read_are_no_pass() {
    let message = "Received: by\r\nReceived: by a b c; x\r\nReceived: \r\nReceived: id A1\r\n";
    let section = HeaderSection::parse(message.as_bytes());
    assert_eq!(own_passes(section.headers(), &own(&["a", "b"])).count(), 0);
}

#[test]
fn a_second_delivery_to_the_same_mailbox_is_a_loop() {
    let mailbox = |text: &str| Mailbox::parse(text).unwrap();
    let message = return_path(&ReversePath::null())
        + &delivered_to(&mailbox("\"a, b\"@example.net"))
        + &delivered_to(&mailbox("bob@[IPv6:2001:db8::1]"))
        + &delivered_to(&mailbox("\u{fc}@b\u{fc}cher.example"))
        + RFC_5322;
    let section = HeaderSection::parse(message.as_bytes());
    let check = |text: &str| check_delivered_to(section.headers(), &mailbox(text));
    for again in [
        "\"a, b\"@EXAMPLE.net",
        "\"\\a, b\"@example.net",
        "bob@[IPv6:2001:DB8:0:0:0:0:0:1]",
        "\u{fc}@xn--bcher-kva.example",
    ] {
        assert_eq!(check(again), Err(MailLoop::Delivered), "{again}");
    }
    // To whom it is written is not where it was delivered.
    for new in ["mary@example.net", "b@example.net", "bob@[192.0.2.1]", "Bob@[IPv6:2001:db8::1]"] {
        assert_eq!(check(new), Ok(()), "{new}");
    }
    assert_eq!(MailLoop::Delivered.reply_code(), 554);
}

#[test]
fn whoever_is_delivered_to_is_read_back() {
    for text in ["bob@example.net", "\"two words\"@example.org", "\"a\\\"b\"@[192.0.2.1]"] {
        let mailbox = Mailbox::parse(text).unwrap();
        let field = delivered_to(&mailbox);
        let section = HeaderSection::parse(field.as_bytes());
        let read = section.headers().delivered_to().next().unwrap().value;
        assert_eq!(read.mailboxes().next().unwrap().addr_spec().to_string(), text);
        assert_eq!(check_delivered_to(section.headers(), &mailbox), Err(MailLoop::Delivered));
    }
}
