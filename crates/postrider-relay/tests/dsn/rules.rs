//! The rules of RFC 3461 §4 and §6, RFC 3464, RFC 3834 and RFC 8689, one by one.

use postrider_message::Mailbox;
use postrider_mime::report::Report;
use postrider_relay::dsn::{DsnError, DsnLimits, Notice, NoticeKind};
use postrider_smtp::{Body, EnvelopeId, MailParameters, Notify, Ret};

use crate::{
    ARRIVED, MAIL, SEED, failed, original, parsed, recipient, returned_type, with_status, writer,
};

fn delayed() -> NoticeKind {
    NoticeKind::delayed(ARRIVED + 3600)
}

#[test]
fn nothing_is_sent_to_the_null_reverse_path() {
    // "A DSN MUST NOT be returned to the sender for any message for which the return address from the
    // SMTP MAIL command was NULL" (RFC 3461 §5.2).
    let refused = writer("mx.example.net").write(
        &failed("joe@example.com"),
        &original("", MailParameters::new()).with_message(MAIL),
        &SEED,
    );
    assert_eq!(refused.unwrap_err(), DsnError::NullSender);
}

#[test]
fn a_notice_about_nobody_is_no_notification() {
    let notice = Notice::new(NoticeKind::Failed, vec![]);
    let refused = writer("mx.example.net").write(
        &notice,
        &original("a@example.org", MailParameters::new()),
        &SEED,
    );
    assert_eq!(refused.unwrap_err(), DsnError::NoRecipient);
}

#[test]
fn the_envelope_is_that_of_rfc_3461() {
    // §6.1: null reverse-path, the recipient copied from MAIL, no RET, NOTIFY=NEVER.
    let parameters = MailParameters::new()
        .with_ret(Ret::Full)
        .with_envid(EnvelopeId::parse("QQ314159").unwrap());
    let original = original("\"a b\"@Example.ORG", parameters).with_message(MAIL);
    let dsn = writer("mx.example.net").write(&failed("joe@example.com"), &original, &SEED).unwrap();
    assert!(dsn.sender().is_null());
    assert_eq!(dsn.recipient().to_string(), "<\"a b\"@Example.ORG>");
    assert_eq!(dsn.rcpt_parameters().notify, Some(Notify::never()));
    assert_eq!(dsn.rcpt_parameters().orcpt, None);
    let parameters = dsn.mail_parameters();
    assert_eq!((parameters.ret, &parameters.envid, parameters.require_tls), (None, &None, false));
    assert_eq!(parameters.size, Some(dsn.to_vec().unwrap().len() as u64));
    assert_eq!((parameters.body, parameters.smtp_utf8), (None, false));
}

#[test]
fn the_header_section_says_what_it_is() {
    let mail = b"Message-ID: <2@example.org>\r\nReferences: <1@example.org>\r\n\r\n";
    let original = original("alice@example.org", MailParameters::new()).with_header(mail);
    let dsn = writer("mx.example.net").write(&failed("joe@example.com"), &original, &SEED).unwrap();
    let message = parsed(&dsn);
    let headers = message.headers();
    assert_eq!(
        headers.from().unwrap().value.to_string(),
        "Mail Delivery System <MAILER-DAEMON@mx.example.net>"
    );
    assert_eq!(headers.to().unwrap().value.to_string(), "alice@example.org");
    assert_eq!(headers.auto_submitted().unwrap().value.keyword(), "auto-replied");
    assert_eq!(headers.date().unwrap().value.unwrap().unix(), ARRIVED + 60);
    assert_eq!(headers.in_reply_to().unwrap().value.ids()[0].as_str(), "2@example.org");
    let references = headers.references().unwrap().value;
    let references: Vec<_> = references.ids().iter().map(|id| id.as_str()).collect();
    assert_eq!(references, ["1@example.org", "2@example.org"]);
    let id = headers.message_id().unwrap().value;
    assert_eq!(id.ids()[0].as_str(), dsn.message_id());
    assert!(dsn.message_id().ends_with("@mx.example.net"));
    assert!(headers.mime_version().is_some() && headers.subject().is_some());
    assert!(headers.lint().to_string().is_empty(), "{}", headers.lint());
}

#[test]
fn another_seed_makes_another_message() {
    let original = original("alice@example.org", MailParameters::new()).with_message(MAIL);
    let write = |seed| writer("mx.example.net").write(&failed("joe@example.com"), &original, &seed);
    let [one, same, other] = [[1; 32], [1; 32], [2; 32]].map(|seed| write(seed).unwrap());
    assert_eq!(one.to_vec(), same.to_vec());
    assert_ne!(one.message_id(), other.message_id());
}

#[test]
fn how_much_comes_back_is_what_ret_and_the_kind_say() {
    // RFC 3461 §4.3 and §6.2; RFC 8689 §5.
    let long = [MAIL, "x\r\n".repeat(100).as_bytes()].concat();
    let (all, header) = ("message/rfc822", "text/rfc822-headers");
    let table = [
        // kind, RET, REQUIRETLS, mail, what comes back
        (NoticeKind::Failed, Some(Ret::Full), false, MAIL, all),
        (NoticeKind::Failed, Some(Ret::Headers), false, MAIL, header),
        (NoticeKind::Failed, None, false, MAIL, all),
        (NoticeKind::Failed, Some(Ret::Full), false, &long, all),
        // "if the length of the message is greater than some implementation-specified length"
        (NoticeKind::Failed, None, false, &long, header),
        // "If both RET=FULL and REQUIRETLS are present, the RET=FULL MUST be disregarded."
        (NoticeKind::Failed, Some(Ret::Full), true, MAIL, header),
        (NoticeKind::Failed, None, true, MAIL, header),
        // "If a DSN contains no notifications of delivery failure, the MTA SHOULD return only the headers."
        (delayed(), Some(Ret::Full), false, MAIL, header),
        (NoticeKind::Delivered, Some(Ret::Full), false, MAIL, header),
        (NoticeKind::Relayed, Some(Ret::Full), false, MAIL, header),
        (NoticeKind::Expanded, None, false, MAIL, header),
    ];
    for (row, (kind, ret, require_tls, mail, back)) in table.into_iter().enumerate() {
        let mut parameters = MailParameters::new().with_require_tls(require_tls);
        parameters.ret = ret;
        let original = original("alice@example.org", parameters).with_message(mail);
        let notice = Notice::new(kind, vec![recipient("joe@example.com", "", "5.1.1")]);
        let writer = writer("mx.example.net").with_limits(DsnLimits::new().with_full_unasked(100));
        let dsn = writer.write(&notice, &original, &SEED).unwrap();
        let message = parsed(&dsn);
        assert_eq!(returned_type(&message).as_deref(), Some(back), "row {row}");
        assert_eq!(dsn.mail_parameters().require_tls, require_tls, "row {row}: RFC 8689 §5");
        let report = Report::of(message.root()).unwrap();
        let told = report.original_headers().unwrap();
        assert_eq!(told.headers().subject().unwrap().value.as_str(), "Lunch", "row {row}");
        let body = report.original().unwrap().message().map(|message| message.raw_body().to_vec());
        let expected = (back == all).then(|| postrider_message::split(mail).1.to_vec());
        // The line end before a delimiter belongs to it (RFC 2046 §5.1.1).
        assert_eq!(body, expected, "row {row}");
    }
}

#[test]
fn asked_too_much_comes_back_as_a_header() {
    let parameters = MailParameters::new().with_ret(Ret::Full);
    let original = original("alice@example.org", parameters).with_message(MAIL);
    let writer = writer("mx.example.net").with_limits(DsnLimits::new().with_full_asked(10));
    let dsn = writer.write(&failed("joe@example.com"), &original, &SEED).unwrap();
    assert_eq!(returned_type(&parsed(&dsn)).as_deref(), Some("text/rfc822-headers"));
}

#[test]
fn what_the_way_back_does_not_carry_comes_back_as_a_header() {
    use postrider_mime::encoding::Transport;
    let parameters = || MailParameters::new().with_ret(Ret::Full);
    let eight = b"Subject: Lunch\r\n\r\nGr\xfc\xdfe\r\n";
    let binary = [b"Subject: Lunch\r\n\r\n".as_slice(), &[b'x'; 2000]].concat();
    let table: [(&[u8], Transport, &str); 4] = [
        (eight, Transport::EightBit, "message/rfc822"),
        (eight, Transport::SevenBit, "text/rfc822-headers"),
        (&binary, Transport::EightBit, "text/rfc822-headers"),
        (MAIL, Transport::SevenBit, "message/rfc822"),
    ];
    for (mail, transport, back) in table {
        let original = original("alice@example.org", parameters()).with_message(mail);
        let writer = writer("mx.example.net").with_transport(transport);
        let dsn = writer.write(&failed("joe@example.com"), &original, &SEED).unwrap();
        let octets = dsn.to_vec().unwrap();
        assert!(transport != Transport::SevenBit || octets.is_ascii());
        assert_eq!(dsn.mail_parameters().body, (!octets.is_ascii()).then_some(Body::EightBitMime));
        assert_eq!(returned_type(&parsed(&dsn)).as_deref(), Some(back));
    }
}

#[test]
fn a_broken_header_section_is_quoted_printable() {
    // RFC 6522 §4: Latin-1, which no RFC lets stand in a field.
    let header = b"Message-ID: <1@example.org>\r\nSubject: Gr\xfc\xdfe\r\n\r\n";
    let original = original("alice@example.org", MailParameters::new()).with_header(header);
    let dsn = writer("mx.example.net").write(&failed("joe@example.com"), &original, &SEED).unwrap();
    let octets = dsn.to_vec().unwrap();
    assert!(octets.is_ascii());
    let message = parsed(&dsn);
    let report = Report::of(message.root()).unwrap();
    assert_eq!(report.original().unwrap().decoded().value, &header[..header.len() - 2]);
}

#[test]
fn the_envelope_identifier_comes_back_without_its_xtext() {
    // RFC 3461 §6.3 (a).
    for (envid, told) in [(Some("QQ+20314+2B159"), Some("QQ 314+159")), (None, None)] {
        let mut parameters = MailParameters::new();
        parameters.envid = envid.map(|id| EnvelopeId::parse(id).unwrap());
        let original = original("alice@example.org", parameters);
        let dsn =
            writer("mx.example.net").write(&failed("joe@example.com"), &original, &SEED).unwrap();
        with_status(&parsed(&dsn), |status| assert_eq!(status.original_envelope_id(), told));
    }
}

#[test]
fn the_original_recipient_is_told_where_orcpt_was_given() {
    // RFC 3461 §6.3 (d); xtext undone where the field can have what it stands for.
    let table = [
        ("", None),
        ("rfc822;Bob@Example.COM", Some(("rfc822", "Bob@Example.COM"))),
        ("rfc822;Bob+2Bx@Example.COM", Some(("rfc822", "Bob+x@Example.COM"))),
        ("x400;/C+3Dde/S+3DMueller", Some(("x400", "/C=de/S=Mueller"))),
        ("rfc822;caf+C3+A9@example.com", Some(("rfc822", "caf+C3+A9@example.com"))),
        ("rfc822;+20", Some(("rfc822", "+20"))),
        // No atom (RFC 822 §3.3), and so no address type.
        ("x.y;abc", None),
    ];
    for (orcpt, told) in table {
        let notice =
            Notice::new(NoticeKind::Failed, vec![recipient("joe@example.com", orcpt, "5.1.1")]);
        let original = original("alice@example.org", MailParameters::new());
        let dsn = writer("mx.example.net").write(&notice, &original, &SEED).unwrap();
        with_status(&parsed(&dsn), |status| {
            let one = &status.recipients()[0];
            assert_eq!(
                one.original_recipient().map(|one| (one.ty(), one.address())),
                told,
                "{orcpt}"
            );
            assert_eq!(one.final_recipient().unwrap().to_string(), "rfc822; joe@example.com");
        });
    }
}

#[test]
fn a_status_that_says_the_opposite_is_the_general_one() {
    // RFC 3461 §6.3 (g).
    let table = [
        (NoticeKind::Failed, "2.1.5", "5.0.0"),
        (NoticeKind::Failed, "4.4.7", "4.4.7"),
        (delayed(), "5.1.1", "4.0.0"),
        (delayed(), "4.4.1", "4.4.1"),
        (NoticeKind::Delivered, "5.1.1", "2.0.0"),
        (NoticeKind::Relayed, "4.0.0", "2.0.0"),
    ];
    for (kind, status, told) in table {
        let notice = Notice::new(kind, vec![recipient("joe@example.com", "", status)]);
        let original = original("alice@example.org", MailParameters::new());
        let dsn = writer("mx.example.net").write(&notice, &original, &SEED).unwrap();
        with_status(&parsed(&dsn), |read| {
            assert_eq!(read.recipients()[0].status().unwrap().to_string(), told);
        });
    }
}

#[test]
fn who_said_what_and_when_is_told() {
    // RFC 3464 §2.3.5 to §2.3.9; RFC 3461 §6.3 (h), (i) and §9.2.
    let table = [
        (
            Some("mx.example.com"),
            Some("550 5.1.1 no"),
            Some("dns; mx.example.com"),
            Some("smtp; 550 5.1.1 no"),
        ),
        (Some("[192.0.2.1]"), Some("no code"), Some("dns; [192.0.2.1]"), Some("smtp; no code")),
        (Some("2001:db8::1"), None, Some("dns; [IPv6:2001:db8::1]"), None),
        (Some("b\u{fc}cher.example"), None, Some("dns; xn--bcher-kva.example"), None),
        (Some("private/lmtp"), None, Some("x-local-hostname; private/lmtp"), None),
        (None, Some("554 5.4.6 too many hops"), None, Some("smtp; 554 5.4.6 too many hops")),
        (None, Some("the address has no MX"), None, Some("x-local; the address has no MX")),
        (None, None, None, None),
    ];
    for (remote, said, mta, diagnostic) in table {
        let mut one = recipient("joe@example.com", "", "4.4.1");
        one.remote_mta = remote.map(Into::into);
        one.diagnostic = said.map(Into::into);
        one.last_attempt = Some(ARRIVED + 30);
        let original = original("alice@example.org", MailParameters::new());
        let notice = Notice::new(delayed(), vec![one]);
        let dsn = writer("mx.example.net").write(&notice, &original, &SEED).unwrap();
        with_status(&parsed(&dsn), |status| {
            assert_eq!(status.arrival_date().unwrap().unix(), ARRIVED);
            let one = &status.recipients()[0];
            assert_eq!(one.remote_mta().map(ToString::to_string).as_deref(), mta);
            assert_eq!(one.diagnostic_code().map(ToString::to_string).as_deref(), diagnostic);
            assert_eq!(one.last_attempt_date().unwrap().unix(), ARRIVED + 30);
            assert_eq!(one.will_retry_until().unwrap().unix(), ARRIVED + 3600);
        });
    }
}

#[test]
fn where_the_mail_came_from_is_told_with_its_address() {
    // RFC 3464 §2.2.4: "the network address ... SHOULD be included as a comment".
    let original = original("alice@example.org", MailParameters::new())
        .with_received_from("relay.example.org".parse().unwrap(), "192.0.2.7".parse().unwrap());
    let dsn = writer("mx.example.net").write(&failed("joe@example.com"), &original, &SEED).unwrap();
    with_status(&parsed(&dsn), |status| {
        let mta = status.received_from_mta().unwrap();
        assert_eq!(
            (mta.ty(), mta.name(), mta.comment()),
            ("dns", "relay.example.org", Some("[192.0.2.7]"))
        );
    });
}

#[test]
fn the_text_names_the_recipients_and_why() {
    let mut joe = recipient("joe@example.com", "rfc822;joseph@example.net", "5.1.1");
    joe.remote_mta = Some("mx.example.com".into());
    joe.diagnostic = Some("550 5.1.1 user unknown".into());
    let others = (0..60).map(|n| recipient(&format!("n{n}@example.com"), "", "5.2.1"));
    let notice = Notice::new(NoticeKind::Failed, [joe].into_iter().chain(others).collect());
    let original = original("alice@example.org", MailParameters::new()).with_message(MAIL);
    let dsn = writer("mx.example.net").write(&notice, &original, &SEED).unwrap();
    let message = parsed(&dsn);
    let report = Report::of(message.root()).unwrap();
    let text = report.human_text().unwrap().value.replace("\r\n", "\n");
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.starts_with("This is the mail system at mx.example.net.\n"), "{text}");
    for words in
        ["<joe@example.com>", "joseph@example.net", "no such mailbox", "(5.1.1)", "11 more"]
    {
        assert!(joined.contains(words), "{words}: {text}");
    }
    assert!(text.contains("mx.example.com said: 550 5.1.1 user unknown"), "{text}");
    assert!(text.contains("<n48@example.com>") && !text.contains("<n49@example.com>"), "{text}");
    assert!(text.lines().all(|line| line.len() <= 78), "{text}");
    // The report has them all.
    with_status(&message, |status| assert_eq!(status.recipients().len(), 61));
}

#[test]
fn the_caller_can_write_the_text_and_be_the_author() {
    let author = postrider_message::AddrSpec::new("postmaster", "example.net").unwrap();
    let writer = writer("mx.example.net")
        .with_text("Ihre Nachricht kam nicht an.\nGr\u{fc}\u{df}e\n")
        .with_from(Mailbox::with_name(author, "Postst\u{fc}ck").unwrap());
    let original = original("alice@example.org", MailParameters::new());
    let dsn = writer.write(&failed("joe@example.com"), &original, &SEED).unwrap();
    let message = parsed(&dsn);
    let report = Report::of(message.root()).unwrap();
    let text = report.human_text().unwrap().value.replace("\r\n", "\n");
    assert_eq!(text, "Ihre Nachricht kam nicht an.\nGr\u{fc}\u{df}e\n");
    let from = message.headers().from().unwrap().value;
    assert_eq!(from.mailboxes().next().unwrap().addr_spec().to_string(), "postmaster@example.net");
    // There was nothing to give back.
    assert!(report.original().is_none());
}

#[test]
fn a_host_without_a_domain_reports_by_its_address() {
    // RFC 3461 §9.3: "a domain-literal containing the internet protocol address is acceptable".
    let original = original("alice@example.org", MailParameters::new());
    for host in ["[192.0.2.1]", "[IPv6:2001:db8::1]"] {
        let dsn = writer(host).write(&failed("joe@example.com"), &original, &SEED).unwrap();
        with_status(&parsed(&dsn), |status| {
            assert_eq!(status.reporting_mta().unwrap().to_string(), format!("dns; {host}"));
        });
        assert!(dsn.message_id().ends_with(&format!("@{host}")));
    }
}
