//! Whether a machine may answer (RFC 3834).

use postrider_message::{AddrSpec, DateTime, HeaderSection, Mailbox as Author, Zone};
use postrider_relay::auto_reply::{
    AutoReply, NoReply, REPEAT_AFTER, Responder, ResponderKind, may_repeat,
};
use postrider_smtp::{Mailbox, Notify, ReversePath};
use proptest::prelude::*;

fn responder(kind: ResponderKind) -> Responder {
    let own = ["joe@example.com", "Joe.Doe@Example.COM", "j\u{f6}@b\u{fc}cher.example"];
    Responder::new(kind, own.map(|own| Mailbox::parse(own).unwrap()).to_vec())
}

/// What is decided of these fields, for mail from Mary.
fn decided(kind: ResponderKind, fields: &str) -> Option<NoReply> {
    let mary = ReversePath::parse("mary@example.net").unwrap();
    let section = HeaderSection::parse(fields);
    responder(kind).decide(section.headers(), Some(&mary)).err()
}

fn from(path: &str) -> Option<NoReply> {
    let path = ReversePath::parse(path).unwrap();
    let section = HeaderSection::parse("To: joe@example.com\n\n");
    responder(ResponderKind::Personal).decide(section.headers(), Some(&path)).err()
}

/// Quotation marks and backslashes are the writing, not the name (RFC 5321 §4.1.2).
#[test]
fn a_quoted_name_is_the_name() {
    assert_eq!(from("\"mailer-daemon\"@example.net"), Some(NoReply::MachineSender));
    assert_eq!(from("\"owner\\-list\"@example.net"), Some(NoReply::MachineSender));
    assert_eq!(from("\"j\\oe\"@example.com"), Some(NoReply::OwnAddress));
    assert_eq!(from("\"mary\"@example.net"), None);
}

#[test]
fn what_machines_and_lists_send_is_not_answered() {
    use NoReply as N;
    let table = [
        ("", None),
        ("Auto-Submitted: no\n", None),
        ("Auto-Submitted: NO (really)\n", None),
        ("Auto-Submitted: auto-generated\n", Some(N::AutoSubmitted)),
        ("Auto-Submitted: Auto-Replied; owner-email=\"a@b.example\"\n", Some(N::AutoSubmitted)),
        ("Auto-Submitted: auto-notified\n", Some(N::AutoSubmitted)),
        // "any value other than "no"" (§2), known or not.
        ("Auto-Submitted: x-something\n", Some(N::AutoSubmitted)),
        ("Auto-Submitted: no\nAuto-Submitted: auto-replied\n", Some(N::AutoSubmitted)),
        ("List-Id: <rust.example.net>\n", Some(N::MailingList)),
        ("list-unsubscribe: <mailto:a@b.example>\n", Some(N::MailingList)),
        ("List-Post: NO\n", Some(N::MailingList)),
        ("Precedence: bulk\n", Some(N::Precedence)),
        ("Precedence: Junk\n", Some(N::Precedence)),
        ("Precedence: list\n", Some(N::Precedence)),
        ("Precedence: first-class\n", None),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply\n", Some(N::Suppressed)),
        ("X-Auto-Response-Suppress: All\n", Some(N::Suppressed)),
        ("X-Auto-Response-Suppress: DR, RN\n", None),
        (
            "Content-Type: multipart/report; report-type=delivery-status; boundary=a\n",
            Some(N::Report),
        ),
        ("Content-Type: message/disposition-notification\n", Some(N::Report)),
        ("Content-Type: multipart/mixed; boundary=a\n", None),
    ];
    for (fields, expected) in table {
        for kind in [ResponderKind::Personal, ResponderKind::Group, ResponderKind::Service] {
            let fields = format!("From: mary@example.net\nTo: joe@example.com\n{fields}\n");
            assert_eq!(decided(kind, &fields), expected, "{kind:?}: {fields}");
        }
    }
    let away = "To: joe@example.com\nX-Auto-Response-Suppress: OOF\n\n";
    assert_eq!(decided(ResponderKind::Personal, away), Some(N::Suppressed));
    assert_eq!(decided(ResponderKind::Service, away), None);
}

#[test]
fn nobody_and_machines_get_no_answer() {
    let table = [
        ("mary@example.net", None),
        ("", Some(NoReply::NullReturnPath)),
        // §2: "owner-*", "*-request", "MAILER-DAEMON".
        ("owner-rust@example.net", Some(NoReply::MachineSender)),
        ("rust-request@example.net", Some(NoReply::MachineSender)),
        ("MAILER-DAEMON@example.net", Some(NoReply::MachineSender)),
        ("Postmaster@example.net", Some(NoReply::MachineSender)),
        ("no-reply@example.net", Some(NoReply::MachineSender)),
        ("rust-bounces+joe=example.com@example.net", Some(NoReply::MachineSender)),
        ("requested@example.net", None),
        ("landowner-of@example.net", None),
        // Ourselves, by any name.
        ("JOE@example.com", Some(NoReply::OwnAddress)),
        ("j\u{f6}@xn--bcher-kva.example", Some(NoReply::OwnAddress)),
        ("joe@example.net", None),
    ];
    for (path, expected) in table {
        assert_eq!(from(path), expected, "{path}");
    }
}

#[test]
fn persons_and_groups_answer_what_names_them() {
    // §2: "a valid address for the recipient is explicitly included in a recipient (e.g., To, Cc, Bcc,
    // Resent-To, Resent-Cc, or Resent-Bcc) field of the subject message".
    let table = [
        ("To: joe@example.com\n", true),
        ("To: a@b.example, Joe <JOE.DOE@example.com>\n", true),
        ("Cc: friends: x@y.example, joe@EXAMPLE.com;\n", true),
        ("Bcc: joe@example.com\n", true),
        ("Resent-To: joe@example.com\n", true),
        ("To: j\u{f6}@b\u{fc}cher.example\n", true),
        ("To: undisclosed-recipients:;\n", false),
        ("To: \"joe@example.com\" <a@b.example>\n", false),
        ("Reply-To: joe@example.com\nFrom: joe@example.com\n", false),
        ("", false),
    ];
    for (fields, named) in table {
        let fields = format!("{fields}\n");
        let refused = (!named).then_some(NoReply::NotAddressed);
        assert_eq!(decided(ResponderKind::Personal, &fields), refused, "{fields}");
        assert_eq!(decided(ResponderKind::Group, &fields), refused, "{fields}");
        assert_eq!(decided(ResponderKind::Service, &fields), None, "{fields}");
    }
}

#[test]
fn the_answer_goes_to_the_return_path_and_nowhere_else() {
    // §4: behind delivery, `Return-Path` says where an answer goes.
    let joe = responder(ResponderKind::Personal);
    let table = [
        ("Return-Path: <mary@example.net>\n", Ok("<mary@example.net>")),
        ("Return-Path: <>\n", Err(NoReply::NullReturnPath)),
        ("", Err(NoReply::NoReturnPath)),
        ("Return-Path: nonsense\n", Err(NoReply::NoReturnPath)),
    ];
    for (fields, expected) in table {
        let fields = format!(
            "{fields}From: a@b.example\nReply-To: c@d.example\nTo: joe.doe@example.com\n\n"
        );
        let section = HeaderSection::parse(fields.as_str());
        let reply = joe.decide(section.headers(), None);
        let to = reply.as_ref().map(|reply| reply.to().to_string());
        assert_eq!(to.as_deref().map_err(|why| **why), expected, "{fields}");
        if let Ok(reply) = reply {
            assert_eq!(reply.addressed().unwrap().as_str(), "Joe.Doe@Example.COM");
            assert!(reply.sender().is_null());
            assert_eq!(reply.rcpt_parameters().notify, Some(Notify::never()));
        }
    }
}

fn reply<'a>(section: &'a HeaderSection<&'a [u8]>) -> AutoReply<'a> {
    let mary = ReversePath::parse("mary@example.net").unwrap();
    responder(ResponderKind::Service).decide(section.headers(), Some(&mary)).unwrap()
}

fn written(reply: &AutoReply<'_>) -> String {
    let from = Author::new(AddrSpec::new("joe", "example.com").unwrap());
    let date = DateTime::from_unix(880_127_706, Zone::UTC).unwrap();
    reply.header(&from, &date, &[7; 32]).unwrap().finish()
}

#[test]
fn the_header_is_that_of_section_3() {
    let mail = b"Message-ID: <3@c.example>\nReferences: <1@a.example> <2@b.example>\n\
        Subject: =?utf-8?q?Caf=C3=A9?= at one?\n\n";
    let section = HeaderSection::parse(&mail[..]);
    let header = written(&reply(&section));
    let answer = HeaderSection::parse(header.as_bytes());
    let headers = answer.headers();
    assert_eq!(headers.from().unwrap().value.to_string(), "joe@example.com");
    assert_eq!(headers.to().unwrap().value.to_string(), "mary@example.net");
    assert_eq!(headers.subject().unwrap().value.as_str(), "Auto: Caf\u{e9} at one?");
    assert_eq!(headers.in_reply_to().unwrap().value.ids()[0].as_str(), "3@c.example");
    assert_eq!(headers.references().unwrap().value.ids().len(), 3);
    assert_eq!(headers.auto_submitted().unwrap().value.keyword(), "auto-replied");
    assert_eq!(headers.date().unwrap().value.unwrap().unix(), 880_127_706);
    assert!(headers.message_id().unwrap().value.ids()[0].as_str().ends_with("@example.com"));
    // It is not answered itself.
    let mail = format!("Return-Path: <joe@example.net>\r\n{header}");
    let section = HeaderSection::parse(mail.as_bytes());
    let refused = responder(ResponderKind::Service).decide(section.headers(), None).unwrap_err();
    assert_eq!(refused, NoReply::AutoSubmitted);
}

#[test]
fn the_subject_is_marked_once_and_bounded() {
    let table = [
        ("Subject: Lunch\n\n".to_owned(), "Auto: Lunch".to_owned()),
        ("Subject: auto: Lunch\n\n".to_owned(), "Auto: Lunch".to_owned()),
        ("Subject: Re: a\n  b\n\n".to_owned(), "Auto: Re: a b".to_owned()),
        ("\n".to_owned(), "Auto: your message".to_owned()),
        (format!("Subject: {}\n\n", "x".repeat(5000)), format!("Auto: {}", "x".repeat(200))),
    ];
    for (mail, subject) in table {
        let section = HeaderSection::parse(mail.as_bytes());
        assert_eq!(reply(&section).subject(), subject);
    }
}

#[test]
fn a_thread_of_any_length_becomes_few_references() {
    let ids: String = (0..500).map(|n| format!("<{n}@a.example>\n ")).collect();
    let mail = format!("Message-ID: <last@a.example>\nReferences: {ids}\n\n");
    let section = HeaderSection::parse(mail.as_bytes());
    let reply = reply(&section);
    let ids: Vec<_> = reply.references().iter().map(|id| id.as_str()).collect();
    assert_eq!(
        (ids.len(), ids[0], ids[1], ids[20]),
        (21, "0@a.example", "481@a.example", "last@a.example")
    );
}

#[test]
fn a_sender_is_told_once_in_seven_days() {
    // §2: seven days by default.
    assert_eq!(REPEAT_AFTER, 604_800);
    let now = 880_127_706;
    let table = [
        (None, true),
        (Some(now), false),
        (Some(now - 604_799), false),
        (Some(now - 604_800), true),
        (Some(now + 10), false),
        (Some(i64::MIN), true),
        (Some(i64::MAX), false),
    ];
    for (last, expected) in table {
        assert_eq!(may_repeat(last, now), expected, "{last:?}");
    }
}

proptest! {
    #[test]
    fn no_mail_writes_into_the_answer(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "Subject:", " =?utf-8?q?a=0D=0ABcc:_x@y.example?=", "\n", "\r\n", " ", "a", "\0", "\u{2028}",
                "Message-ID: <1@a>", "References: <", ">", "\n\n", "Bcc: x@y.example", "To: joe@example.com",
            ]),
            0..16,
        ),
    ) {
        let mail = pieces.concat();
        let section = HeaderSection::parse(mail.as_bytes());
        let header = written(&reply(&section));
        let answer = HeaderSection::parse(header.as_bytes());
        let known = [
            "Date", "From", "Message-ID", "To", "Subject", "In-Reply-To", "References", "Auto-Submitted",
        ];
        for field in answer.headers().fields() {
            let name = core::str::from_utf8(field.name()).unwrap();
            prop_assert!(known.contains(&name), "{}", name);
        }
        prop_assert_eq!(answer.body(), b"");
    }
}
