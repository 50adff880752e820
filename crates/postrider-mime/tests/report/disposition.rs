//! Message disposition notifications (RFC 8098).

use postrider_message::{InvalidValue, MessageId};
use postrider_mime::{
    Message,
    report::{
        ActionMode, DispositionNotification, DispositionType, MessageDisposition, RecipientAddress,
        Report, ReportError, ReportKind, ReportingUa, SendingMode,
    },
};
use postrider_testkit::read_shared;

use crate::{disposition_notification, names};

/// The example of RFC 8098 §9: what the part for machines says.
const EXAMPLE: &str = "Reporting-UA: joes-pc.cs.example.com; Foomail 97.1
Original-Recipient: rfc822;Joe_Recipient@example.com
Final-Recipient: rfc822;Joe_Recipient@example.com
Original-Message-ID: <199509192301.23456@example.org>
Disposition: manual-action/MDN-sent-manually; displayed
";

#[test]
fn the_example_of_the_rfc_is_read_and_written() {
    let (read, defects) = disposition_notification(EXAMPLE);
    assert_eq!(defects, [""; 0]);
    let ua = read.reporting_ua().unwrap();
    assert_eq!((ua.name(), ua.product()), ("joes-pc.cs.example.com", Some("Foomail 97.1")));
    let disposition = read.disposition().unwrap();
    assert_eq!(disposition.action_mode(), Some(ActionMode::ManualAction));
    assert_eq!(disposition.sending_mode(), Some(SendingMode::SentManually));
    assert_eq!(disposition.ty(), Some(DispositionType::Displayed));

    let address = || RecipientAddress::rfc822("Joe_Recipient@example.com").unwrap();
    let disposition = MessageDisposition::new(
        ActionMode::ManualAction,
        SendingMode::SentManually,
        DispositionType::Displayed,
    );
    let ua = ReportingUa::new("joes-pc.cs.example.com").unwrap();
    let made = DispositionNotification::new(address(), disposition)
        .with_reporting_ua(ua.with_product("Foomail 97.1").unwrap())
        .with_original_recipient(address())
        .with_original_message_id(MessageId::new("199509192301.23456@example.org").unwrap());
    assert_eq!(made, read);
    let written = String::from_utf8(made.to_vec(false).unwrap()).unwrap();
    let expected = EXAMPLE.replace("rfc822;", "rfc822; ").replace('\n', "\r\n");
    assert_eq!(written, expected);
}

#[test]
fn the_notification_of_mimekit_is_that_of_the_rfc() {
    let place = "corpora/mimekit/messages/disposition-notification.txt";
    let Some(octets) = read_shared(place) else { return };
    let message = Message::parse(octets).unwrap();
    let report = Report::of(message.root()).unwrap();
    assert_eq!(report.kind(), ReportKind::DispositionNotification);
    assert_eq!(names(report.defects()), [""; 0]);
    let read = report.disposition_notification().unwrap();
    assert_eq!(read.value, disposition_notification(EXAMPLE).0);
    let original = report.original_headers().unwrap();
    assert_eq!(original.headers().subject().unwrap().value.as_str(), "First draft of report");
}

#[test]
fn dispositions_are_read_with_and_without_modes_and_modifiers() {
    let read = |value: &str| {
        let content = EXAMPLE.replace("manual-action/MDN-sent-manually; displayed", value);
        let (read, defects) = disposition_notification(&content);
        let disposition = read.disposition().unwrap();
        let modifiers: Vec<String> =
            disposition.modifiers().iter().map(|it| it.to_string()).collect();
        let modes = disposition.action_mode().is_some() && disposition.sending_mode().is_some();
        (modes, disposition.ty(), modifiers, defects)
    };
    let bad = vec!["not-a-disposition"];
    let cases = [
        // RFC 8098 §3.2.6: white space, and letters in any case.
        (
            "Automatic-Action / mdn-SENT-automatically ; Processed / error , x-a",
            (
                true,
                Some(DispositionType::Processed),
                vec!["error".to_owned(), "x-a".into()],
                vec![],
            ),
        ),
        // RFC 2298 §3.2.6.2.
        (
            "manual-action/MDN-sent-manually; denied",
            (true, Some(DispositionType::Denied), vec![], vec![]),
        ),
        ("displayed", (false, Some(DispositionType::Displayed), vec![], bad.clone())),
        (
            "automatic-action; deleted/error",
            (false, Some(DispositionType::Deleted), vec!["error".into()], bad.clone()),
        ),
        ("manual-action/MDN-sent-manually; eaten", (true, None, vec![], bad.clone())),
        (
            "manual-action/MDN-sent-manually; deleted now",
            (true, Some(DispositionType::Deleted), vec![], bad.clone()),
        ),
        ("", (false, None, vec![], bad)),
    ];
    for (value, expected) in cases {
        assert_eq!(read(value), expected, "{value}");
    }
}

#[test]
fn what_must_be_there_is_asked_for() {
    let written = |content: &str| disposition_notification(content).0.to_vec(false);
    let without = EXAMPLE.replace("Final-Recipient", "X-Recipient");
    assert_eq!(disposition_notification(&without).1, ["missing-disposition-field"]);
    assert_eq!(written(&without), Err(ReportError::Missing("Final-Recipient")));
    let without = EXAMPLE.replace("Disposition: manual-action/", "Disposition: ");
    assert_eq!(written(&without), Err(ReportError::Missing("Disposition")));
}

#[test]
fn errors_are_kept_in_order_and_no_value_adds_a_line() {
    let with_errors = format!("{EXAMPLE}Error: disk full\nFailure: x\nError: and on fire\n");
    let (read, defects) = disposition_notification(&with_errors);
    assert_eq!(defects, [""; 0]);
    assert_eq!(read.errors(), ["disk full", "and on fire"]);
    assert_eq!(read.extension("failure"), Some("x"));
    let control = Err(InvalidValue::ControlCharacter);
    assert_eq!(read.clone().with_error("a\r\nError: b").map(drop), control);
    assert_eq!(ReportingUa::new("a\nb").map(drop), control);
    assert_eq!(ReportingUa::new("a;b").map(drop), Err(InvalidValue::Grammar));
    let disposition = read.disposition().unwrap().clone();
    assert_eq!(disposition.with_modifier("a,b").map(drop), Err(InvalidValue::Token));
}
