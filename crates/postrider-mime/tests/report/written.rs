//! Whole reports, built and found again, whatever the way there carries.

use postrider_message::{AddrSpec, HeaderBuilder, MessageId};
use postrider_mime::{
    Message,
    build::{Entity, MessageBuilder, Options},
    encoding::Transport,
    report::{
        Action, ActionMode, DeliveryStatus, DispositionNotification, DispositionType,
        FeedbackReport, FeedbackType, MessageDisposition, MtaName, Recipient, RecipientAddress,
        Report, Status,
    },
};

use crate::names;

const ORIGINAL: &str = "Subject: Lunch\r\n\r\nAt noon?\r\n";

fn ways() -> [Options; 3] {
    let new = Options::new;
    [new(), new().with_transport(Transport::EightBit), new().with_utf8(true)]
}

/// The message of a report.
fn built(report: Entity<'_>, options: &Options) -> Message<Vec<u8>> {
    let section = HeaderBuilder::new().subject("Report").unwrap();
    let mail = MessageBuilder::new(section).body(report);
    Message::parse(mail.to_vec(options, &[7; 32]).unwrap()).unwrap()
}

fn text() -> Entity<'static> {
    Entity::text("For people.\r\n")
}

fn check(report: &Report<'_>, subtype: &str) {
    assert_eq!(names(report.defects()), [""; 0]);
    assert!(report.machine_readable().media_type().is("message", subtype));
    assert_eq!(report.human_text().unwrap().value.trim_end(), "For people.");
    let original = report.original_headers().unwrap();
    assert_eq!(original.headers().subject().unwrap().value.as_str(), "Lunch");
}

#[test]
fn a_delivery_status_is_found_again_as_it_was() {
    for (address, utf8, subtype) in [
        ("joe@example.com", false, "delivery-status"),
        ("joe@example.com", true, "delivery-status"),
        ("jörg@example.com", false, "delivery-status"),
        ("jörg@example.com", true, "global-delivery-status"),
    ] {
        let address = RecipientAddress::rfc822(address).unwrap();
        let recipient = Recipient::new(address, Action::Delayed, Status::new(4, 4, 1).unwrap());
        let status =
            DeliveryStatus::new(MtaName::dns("a.example").unwrap()).with_recipient(recipient);
        for (options, about) in ways().into_iter().flat_map(|options| {
            let whole = Entity::raw_message(ORIGINAL);
            let fields = Entity::message_headers(&b"Subject: Lunch\r\n"[..]);
            [(options, whole), (options, fields)]
        }) {
            let message = built(status.to_report(text(), Some(about), utf8).unwrap(), &options);
            let report = Report::of(message.root()).unwrap();
            check(&report, subtype);
            let read = report.delivery_status().unwrap();
            assert_eq!((&read.value, names(&read.defects)), (&status, vec![]));
        }
    }
}

#[test]
fn a_disposition_notification_is_found_again_as_it_was() {
    let disposition = MessageDisposition::new(
        ActionMode::AutomaticAction,
        postrider_mime::report::SendingMode::SentAutomatically,
        DispositionType::Displayed,
    );
    let address = RecipientAddress::rfc822("jörg@example.com").unwrap();
    let made = DispositionNotification::new(address, disposition)
        .with_original_message_id(MessageId::new("1@a.example").unwrap());
    for (utf8, subtype) in
        [(false, "disposition-notification"), (true, "global-disposition-notification")]
    {
        for options in ways() {
            let about = Some(Entity::raw_message(ORIGINAL));
            let message = built(made.to_report(text(), about, utf8).unwrap(), &options);
            let report = Report::of(message.root()).unwrap();
            check(&report, subtype);
            let read = report.disposition_notification().unwrap();
            assert_eq!((&read.value, names(&read.defects)), (&made, vec![]));
        }
    }
}

#[test]
fn a_feedback_report_is_found_again_as_it_was() {
    let made = FeedbackReport::new(FeedbackType::Abuse, "a/1").unwrap();
    let made = made.with_original_rcpt_to(AddrSpec::new("a", "b.example").unwrap());
    for options in ways() {
        let message =
            built(made.to_report(text(), Entity::raw_message(ORIGINAL)).unwrap(), &options);
        let report = Report::of(message.root()).unwrap();
        check(&report, "feedback-report");
        let read = report.feedback_report().unwrap();
        assert_eq!((&read.value, names(&read.defects)), (&made, vec![]));
    }
}

#[test]
#[cfg(feature = "tls-report")]
fn a_report_on_tls_is_found_again_as_it_was() {
    use postrider_mime::report::{TlsPolicy, TlsReport};

    let mut policy = TlsPolicy::default();
    policy.policy_domain = Some("example.net".to_owned());
    policy.failed_sessions = Some(u64::MAX);
    let mut made = TlsReport::default();
    made.report_id = Some("ü\r\n\"".to_owned());
    made.policies.push(policy);
    // The name of a file in RFC 8460 §5.1.
    let name = "mail.sndr.example.com!example.net!1470013207!1470186007!001.json.gz";
    for options in ways() {
        let message = built(made.to_report(text(), name).unwrap(), &options);
        let report = Report::of(message.root()).unwrap();
        assert_eq!(names(report.defects()), [""; 0]);
        assert_eq!(report.machine_readable().file_name().as_deref(), Some(name));
        let read = report.tls_report().unwrap();
        assert_eq!((&read.value, names(&read.defects)), (&made, vec![]));
    }
}
