//! Reports: no input panics; defects lie in what was read; what is written of what was read reads as
//! the same; a report in a message is one of its parts.

use postrider_message::{Defects, RawValue};
use postrider_mime::{
    Message,
    report::{
        DeliveryStatus, DispositionNotification, FeedbackReport, RecipientAddress, Report,
        TlsReport,
    },
};

/// Checks octets as each content, and as a message.
pub(crate) fn check(data: &[u8]) {
    let raw = RawValue::new(data);
    delivery_status(raw);
    disposition_notification(raw);
    feedback_report(raw);
    tls_report(raw);
    message(data);
}

fn inside(defects: &Defects, data: &[u8]) {
    assert!(defects.iter().all(|defect| defect.span().end() <= data.len()));
}

fn delivery_status(raw: RawValue<'_>) {
    let read = DeliveryStatus::read(raw);
    inside(&read.defects, raw.bytes());
    for recipient in read.value.recipients() {
        let _ = recipient.likely_status();
        let _ = recipient.address().map(RecipientAddress::addr_spec);
    }
    for utf8 in [false, true] {
        if let Ok(written) = read.value.to_vec(utf8) {
            assert!(utf8 || written.is_ascii());
            assert_eq!(DeliveryStatus::read(RawValue::new(&written)).value, read.value);
        }
    }
}

fn disposition_notification(raw: RawValue<'_>) {
    let read = DispositionNotification::read(raw);
    inside(&read.defects, raw.bytes());
    for utf8 in [false, true] {
        if let Ok(written) = read.value.to_vec(utf8) {
            assert!(utf8 || written.is_ascii());
            assert_eq!(DispositionNotification::read(RawValue::new(&written)).value, read.value);
        }
    }
}

fn feedback_report(raw: RawValue<'_>) {
    let read = FeedbackReport::read(raw);
    inside(&read.defects, raw.bytes());
    if let Ok(written) = read.value.to_vec() {
        assert!(written.is_ascii());
        assert_eq!(FeedbackReport::read(RawValue::new(&written)).value, read.value);
    }
}

fn tls_report(raw: RawValue<'_>) {
    let read = TlsReport::read(raw);
    inside(&read.defects, raw.bytes());
    if read.value == TlsReport::default() {
        return;
    }
    let again = TlsReport::read(RawValue::new(&read.value.to_vec())).value;
    assert_eq!(again, read.value);
    assert_eq!(TlsReport::read(RawValue::new(&read.value.to_gzip())).value, read.value);
}

fn message(data: &[u8]) {
    let message = Message::parse(data).unwrap();
    let Some(report) = Report::of(message.root()) else { return };
    assert!(message.parts().any(|part| part == report.machine_readable()));
    inside(report.defects(), data);
    let parts = [report.human_readable(), report.original(), Some(report.machine_readable())];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    for (number, part) in parts.iter().enumerate() {
        assert!(!parts[..number].contains(part), "no part is two parts of a report");
        assert!(report.container().is_none() || part.parent() == report.container());
    }
    let _ = report.human_text();
    let _ = report.original_headers().map(|section| section.headers().subject().is_some());
    let told = [
        report.delivery_status().is_some(),
        report.disposition_notification().is_some(),
        report.feedback_report().is_some(),
    ];
    assert!(told.into_iter().filter(|told| *told).count() <= 1);
}
