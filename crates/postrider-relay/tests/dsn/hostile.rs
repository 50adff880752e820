//! Words of strangers, and any notice at all.

use postrider_message::{AddressList, FieldName};
use postrider_mime::encoding::Transport;
use postrider_mime::report::Report;
use postrider_relay::dsn::{DsnWriter, Notice, NoticeKind, NoticeRecipient, Original, Returned};
use postrider_smtp::{
    EnhancedStatusCode, EnvelopeId, MailParameters, OriginalRecipient, Ret, ReversePath,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{ARRIVED, SEED, parsed, path, writer};

/// Pieces of which an attacker makes words.
fn words() -> impl Strategy<Value = String> {
    let pieces = select(vec![
        "550 5.1.1 no",
        "\r\n",
        "\n",
        "\r",
        "\0",
        " ",
        "\t",
        "\r\n\r\n",
        "Action: delivered",
        "\r\nFinal-Recipient: rfc822; x@y.example",
        "\r\n--",
        "=_",
        "(",
        ")",
        ";",
        ":",
        "\u{85}",
        "\u{2028}",
        "\u{202e}",
        "\u{e9}",
        "\u{1f40e}",
        "\\x{41}",
        "=?utf-8?q?=0A?=",
        "<joe@example.com>",
        "\r\nSubject: x",
        "--- Below this line is a copy of the message.",
        ".",
    ]);
    prop_oneof![
        vec(pieces, 0..12).prop_map(|pieces| pieces.concat()),
        any::<String>(),
        (1_usize..3000).prop_map(|length| "x".repeat(length)),
    ]
}

fn addresses() -> impl Strategy<Value = &'static str> {
    select(vec![
        "joe@example.com",
        "\"a b\"@example.com",
        "\"a\\\"b\"@example.com",
        "=?utf-8?q?a?=@example.com",
        "a@[192.0.2.1]",
        "k\u{f6}n@b\u{fc}cher.example",
        "Postmaster",
    ])
}

fn originals() -> impl Strategy<Value = OriginalRecipient> {
    let known = select(vec![
        "rfc822;Bob@Example.COM",
        "rfc822;a+0Ab",
        "rfc822;+20a",
        "rfc822;(x)",
        "x-y;a+3Bb",
        "utf-8;k\\x{F6}n@example.com",
        "utf-8;\\x{20}",
        "utf-8;a\\x{5C}b",
        "a.b;c",
        "rfc822;caf+C3+A9",
    ]);
    prop_oneof![
        known.prop_filter_map("is one", |text| OriginalRecipient::parse(text).ok()),
        ("[a-z0-9-]{1,8}", any::<String>())
            .prop_filter_map("is one", |(ty, text)| { OriginalRecipient::new(&ty, &text).ok() }),
        any::<String>()
            .prop_filter_map("is one", |text| OriginalRecipient::new("utf-8", &text).ok()),
    ]
}

prop_compose! {
    fn recipients()(
        address in addresses(),
        original in of(originals()),
        class in select(vec![2_u8, 4, 5]),
        subject in 0_u16..1000,
        detail in 0_u16..1000,
        remote_mta in of(prop_oneof![words(), Just("mx.example.com".to_owned())]),
        diagnostic in of(words()),
        last_attempt in of(any::<i64>()),
    ) -> NoticeRecipient {
        let status = EnhancedStatusCode::new(class, subject, detail).unwrap();
        let mut one = NoticeRecipient::new(path(address), status);
        one.original = original;
        one.remote_mta = remote_mta;
        one.diagnostic = diagnostic;
        one.last_attempt = last_attempt;
        one
    }
}

fn kinds() -> impl Strategy<Value = NoticeKind> {
    prop_oneof![
        Just(NoticeKind::Failed),
        any::<i64>().prop_map(NoticeKind::delayed),
        Just(NoticeKind::Relayed),
        Just(NoticeKind::Delivered),
        Just(NoticeKind::Expanded),
    ]
}

fn mails() -> impl Strategy<Value = Vec<u8>> {
    let pieces = select(vec![
        b"Message-ID: <1@example.org>".to_vec(),
        b"\r\n".to_vec(),
        b"\n".to_vec(),
        b"\r".to_vec(),
        b"\0".to_vec(),
        b" ".to_vec(),
        b"Subject: a".to_vec(),
        "Subject: \u{f6}".as_bytes().to_vec(),
        b"\xfc".to_vec(),
        b"--=_".to_vec(),
        b"\r\n\r\n".to_vec(),
        vec![b'x'; 1200],
        b"Message-ID: <a\xffb@c>\r\nReferences: <a b@c> <>\r\n".to_vec(),
    ]);
    vec(pieces, 0..14).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn parameters()(
        ret in of(select(vec![Ret::Full, Ret::Headers])),
        envid in of("[ -~]{1,20}"),
        smtp_utf8 in any::<bool>(),
        require_tls in any::<bool>(),
    ) -> MailParameters {
        let mut parameters =
            MailParameters::new().with_smtp_utf8(smtp_utf8).with_require_tls(require_tls);
        parameters.ret = ret;
        parameters.envid = envid.and_then(|id| EnvelopeId::encode(&id).ok());
        parameters
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever was received, there is a notification; it has the fields and the parts that it is to
    /// have and no others; and its reader reads what was to be told.
    #[test]
    fn every_notice_is_written_and_read_back(
        kind in kinds(),
        recipients in vec(recipients(), 1..5),
        sender in select(vec!["alice@example.org", "\"a b\"@example.org", "\u{e4}@example.org"]),
        parameters in parameters(),
        mail in mails(),
        seven in any::<bool>(),
    ) {
        let original = Original::new(ReversePath::parse(sender).unwrap(), parameters.clone(), ARRIVED)
            .with_message(&mail);
        let transport = if seven { Transport::SevenBit } else { Transport::EightBit };
        let writer: DsnWriter = writer("mx.example.net").with_transport(transport);
        let notice = Notice::new(kind, recipients.clone());
        let dsn = writer.write(&notice, &original, &SEED).expect("there is always one");
        let octets = dsn.to_vec().expect("it can be written");
        prop_assert_eq!(dsn.mail_parameters().size, Some(octets.len() as u64));
        if dsn.mail_parameters().body.is_none() && !dsn.mail_parameters().smtp_utf8 {
            prop_assert!(octets.is_ascii());
        }
        prop_assert!(octets.split(|octet| *octet == b'\n').all(|line| line.len() <= 999));
        prop_assert!(!octets.contains(&0));

        let message = parsed(&dsn);
        let names: Vec<_> = message.headers().fields().map(|field| field.name().to_vec()).collect();
        let known = [
            "Date", "From", "Subject", "Message-ID", "To", "In-Reply-To", "References",
            "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
        ];
        let is_known = |name: &Vec<u8>| known.iter().any(|known| known.as_bytes() == *name);
        prop_assert!(names.iter().all(is_known), "{:?}", names);
        let to = message.headers().read::<AddressList<'_>>(FieldName::To).unwrap().value;
        prop_assert_eq!(to.mailboxes().count(), 1);

        let report = Report::of(message.root()).expect("a report");
        prop_assert!(report.defects().is_empty(), "{:?}", report.defects());
        prop_assert!((2..=3).contains(&message.root().children().count()));
        let status = report.delivery_status().expect("a delivery status");
        prop_assert!(status.defects.is_empty(), "{:?}", status.defects);
        let status = status.value;
        let envid = parameters.envid.as_ref().map(|id| id.decoded().trim().to_owned());
        prop_assert_eq!(status.original_envelope_id().map(ToOwned::to_owned), envid);
        prop_assert!(status.extensions().is_empty());
        prop_assert_eq!(status.recipients().len(), recipients.len());
        for (told, one) in status.recipients().iter().zip(&recipients) {
            let address = one.path.mailbox().map_or("Postmaster", |mailbox| mailbox.as_str());
            prop_assert_eq!(told.final_recipient().unwrap().address(), address);
            let action = told.action().unwrap().to_string();
            let kind_name = format!("{kind:?}").to_lowercase();
            prop_assert!(kind_name.starts_with(&action));
            let class = told.status().unwrap().class();
            let classes: &[u8] = match kind {
                NoticeKind::Failed => &[4, 5],
                NoticeKind::Relayed | NoticeKind::Delivered | NoticeKind::Expanded => &[2],
                _ => &[4],
            };
            prop_assert!(classes.contains(&class));
            if one.status.class() == class {
                prop_assert_eq!(told.status().unwrap().to_string(), one.status.to_string());
            }
            prop_assert!(told.extensions().is_empty());
            let is_type = one.original.as_ref().is_some_and(|one| !one.address_type().contains('.'));
            prop_assert_eq!(told.original_recipient().is_some(), is_type);
        }

        // And what comes back is understood.
        let returned = Returned::read(&message).expect("a notification");
        prop_assert_eq!(returned.recipients.len(), recipients.len());
    }
}

#[test]
fn a_diagnosis_adds_no_recipient_and_no_field() {
    let mut one = NoticeRecipient::new(path("joe@example.com"), crate::code("5.1.1"));
    one.remote_mta = Some("mx.example.com\r\nAction: delivered".into());
    one.diagnostic = Some(
        "550 no\r\n\r\nFinal-Recipient: rfc822; eve@example.com\r\nAction: failed\r\nStatus: 5.1.1"
            .into(),
    );
    let original = crate::original("alice@example.org", MailParameters::new());
    let notice = Notice::new(NoticeKind::Failed, vec![one]);
    let dsn = writer("mx.example.net").write(&notice, &original, &SEED).unwrap();
    crate::with_status(&parsed(&dsn), |status| {
        let [one] = status.recipients() else { panic!("one recipient") };
        assert_eq!(one.final_recipient().unwrap().address(), "joe@example.com");
        assert_eq!(
            one.diagnostic_code().unwrap().text(),
            "550 no Final-Recipient: rfc822; eve@example.com Action: failed Status: 5.1.1"
        );
        assert_eq!(
            one.remote_mta().unwrap().to_string(),
            "x-local-hostname; mx.example.com Action: delivered"
        );
    });
}
