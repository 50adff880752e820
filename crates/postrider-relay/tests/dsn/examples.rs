//! The notifications of RFC 3461 §10, of which Alice's mail with `RET=HDRS ENVID=QQ314159` is the cause.

use postrider_mime::report::Action;
use postrider_relay::dsn::{Notice, NoticeKind};
use postrider_smtp::{EnvelopeId, MailParameters, Ret};

use crate::{original, parsed, recipient, returned_type, with_status, writer};

struct Example {
    host: &'static str,
    kind: NoticeKind,
    to: &'static str,
    orcpt: &'static str,
    status: &'static str,
    remote: Option<(&'static str, &'static str)>,
    /// As they stand in the RFC.
    says: &'static [&'static str],
}

const EXAMPLES: [Example; 4] = [
    // §10.6
    Example {
        host: "mail.Example.COM",
        kind: NoticeKind::Delivered,
        to: "Bob@Example.COM",
        orcpt: "rfc822;Bob@Example.COM",
        status: "2.0.0",
        remote: None,
        says: &[
            "Reporting-MTA: dns; mail.Example.COM",
            "Original-Envelope-ID: QQ314159",
            "Original-Recipient: rfc822;Bob@Example.COM",
            "Final-Recipient: rfc822;Bob@Example.COM",
            "Action: delivered",
            "Status: 2.0.0",
        ],
    },
    // §10.7
    Example {
        host: "Example.ORG",
        kind: NoticeKind::Failed,
        to: "Carol@Ivory.EDU",
        orcpt: "rfc822;Carol@Ivory.EDU",
        status: "5.0.0",
        remote: Some(("Ivory.EDU", "550 error - no such recipient")),
        says: &[
            "Reporting-MTA: dns; Example.ORG",
            "Original-Envelope-ID: QQ314159",
            "Original-Recipient: rfc822;Carol@Ivory.EDU",
            "Final-Recipient: rfc822;Carol@Ivory.EDU",
            "Diagnostic-Code: smtp; 550 error - no such recipient",
            "Action: failed",
            "Status: 5.0.0",
        ],
    },
    // §10.8
    Example {
        host: "Ivory.EDU",
        kind: NoticeKind::Relayed,
        to: "Dana@Ivory.EDU",
        orcpt: "rfc822;Dana@Ivory.EDU",
        status: "2.0.0",
        remote: None,
        says: &[
            "Reporting-MTA: dns; Ivory.EDU",
            "Original-Envelope-ID: QQ314159",
            "Original-Recipient: rfc822;Dana@Ivory.EDU",
            "Final-Recipient: rfc822;Dana@Ivory.EDU",
            "Action: relayed",
            "Status: 2.0.0",
        ],
    },
    // §10.9: a failure of class 4, forwarded from George.
    Example {
        host: "Boondoggle.GOV",
        kind: NoticeKind::Failed,
        to: "Sam@Boondoggle.GOV",
        orcpt: "rfc822;George@Tax-ME.GOV",
        status: "4.2.2",
        remote: None,
        says: &[
            "Original-Envelope-ID: QQ314159",
            "Original-Recipient: rfc822;George@Tax-ME.GOV",
            "Final-Recipient: rfc822;Sam@Boondoggle.GOV",
            "Action: failed",
            "Status: 4.2.2",
        ],
    },
];

/// The fields of the part for machines, the blanks behind their semicolons left out, in small letters but
/// for the value.
fn fields(message: &str) -> Vec<String> {
    let part = message.split("message/delivery-status\r\n").nth(1).unwrap();
    let part = part.split("\r\n--").next().unwrap();
    let lines = part.lines().filter(|line| line.contains(": "));
    lines.map(canonical).collect()
}

fn canonical(line: &str) -> String {
    let (name, value) = line.split_once(": ").unwrap();
    format!("{}: {}", name.to_lowercase(), value.replace("; ", ";"))
}

#[test]
fn the_examples_of_rfc_3461_are_written_with_their_fields() {
    for example in EXAMPLES {
        let mut one = recipient(example.to, example.orcpt, example.status);
        if let Some((host, said)) = example.remote {
            one.remote_mta = Some(host.into());
            one.diagnostic = Some(said.into());
        }
        let parameters = MailParameters::new()
            .with_ret(Ret::Headers)
            .with_envid(EnvelopeId::parse("QQ314159").unwrap());
        let original = original("Alice@Example.ORG", parameters).with_message(crate::MAIL);
        let dsn = writer(example.host)
            .write(&Notice::new(example.kind, vec![one]), &original, &crate::SEED)
            .unwrap();
        let message = parsed(&dsn);
        let text = String::from_utf8(message.as_bytes().to_vec()).unwrap();
        let written = fields(&text);
        for line in example.says {
            assert!(written.contains(&canonical(line)), "{line}: {text}");
        }
        assert!(text.contains("\r\nTo: Alice@Example.ORG\r\n"), "{text}");
        assert!(text.contains("report-type=delivery-status"), "{text}");
        assert_eq!(returned_type(&message).as_deref(), Some("text/rfc822-headers"));
        assert_eq!(dsn.recipient().to_string(), "<Alice@Example.ORG>");
        with_status(&message, |status| assert_eq!(status.recipients().len(), 1));
    }
}

#[test]
fn a_recipient_of_each_kind_has_the_action_of_rfc_3464() {
    let table = [
        (NoticeKind::Failed, "5.1.1", Action::Failed),
        (NoticeKind::Relayed, "2.1.9", Action::Relayed),
        (NoticeKind::Delivered, "2.1.5", Action::Delivered),
        (NoticeKind::Expanded, "2.1.5", Action::Expanded),
    ];
    for (kind, status, action) in table {
        let notice = Notice::new(kind, vec![recipient("joe@example.com", "", status)]);
        let original = original("alice@example.org", MailParameters::new());
        let dsn = writer("mx.example.net").write(&notice, &original, &crate::SEED).unwrap();
        with_status(&parsed(&dsn), |told| {
            let [one] = told.recipients() else { panic!("one recipient") };
            assert_eq!(one.action(), Some(action));
            assert_eq!(one.status().unwrap().to_string(), status);
            assert_eq!(one.will_retry_until(), None, "RFC 3464 §2.3.9");
        });
    }
}
