//! Reports that attack what reads them: time and memory stay linear in their octets, and bounded by
//! the limits.

use std::time::{Duration, Instant};

use allocation_counter::measure;
use postrider_message::{Limits, RawValue};
use postrider_mime::{
    Message,
    report::{DeliveryStatus, DispositionNotification, FeedbackReport, Report},
};

use crate::names;

/// Far more than any of these takes; what is not linear takes minutes.
const LONG: Duration = Duration::from_secs(20);

fn in_time(name: &str, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    assert!(start.elapsed() < LONG, "{name}: {:?}", start.elapsed());
}

#[test]
fn many_groups_and_fields_take_linear_time_and_bounded_memory() {
    for piece in [
        "a\n\n",
        "Final-Recipient:\n\n",
        "Final-Recipient:\n",
        "Status:(\n\n",
        "X:\n",
        "\n \n",
        "Original-Recipient:utf-8;\\x{\n",
        "Error:((((((((\n",
        "Authentication-Results:a;b=c\n",
        "Reported-Domain:a(\n",
    ] {
        let content = piece.repeat((4 << 20) / piece.len());
        in_time(piece, || {
            let raw = RawValue::new(content.as_bytes());
            let cost = measure(|| drop(DeliveryStatus::read(raw)));
            assert!(cost.bytes_max < 32 << 20, "{piece:?}: {cost:?}");
            let cost = measure(|| drop(DispositionNotification::read(raw)));
            assert!(cost.bytes_max < 32 << 20, "{piece:?}: {cost:?}");
            let cost = measure(|| drop(FeedbackReport::read(raw)));
            assert!(cost.bytes_max < 32 << 20, "{piece:?}: {cost:?}");
        });
    }
}

#[test]
fn one_long_value_takes_linear_time() {
    let long = 8 << 20;
    for start in [
        "Status: ",
        "Diagnostic-Code: smtp; ",
        "Final-Recipient: utf-8; ",
        "Reporting-MTA: dns; ",
        "Disposition: ",
        "Original-Message-ID: ",
        "Reported-Domain: ",
    ] {
        for piece in ["(", ")", "() ", "\\x{", ";", "\n ", "<", "/", ",a"] {
            let content = format!("{start}{}", piece.repeat(long / 16 / piece.len()));
            in_time(start, || {
                let raw = RawValue::new(content.as_bytes());
                let status = DeliveryStatus::read(raw).value;
                for recipient in status.recipients() {
                    let _ = recipient.likely_status();
                    let _ = recipient.address().map(|address| address.addr_spec());
                }
                let _ = status.to_vec(true);
                let _ = DispositionNotification::read(raw).value.to_vec(true);
                let _ = FeedbackReport::read(raw).value.to_vec();
            });
        }
    }
}

#[test]
fn recipients_and_fields_are_bounded_by_the_limits() {
    let group = "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.0.0\n\n";
    let content = format!("Reporting-MTA: dns; a\n\n{}", group.repeat(9));
    let limits = Limits::DEFAULT.with_addresses(5);
    let read = DeliveryStatus::read(RawValue::new(content.as_bytes()).with_limits(&limits));
    assert_eq!(read.value.recipients().len(), 5);
    assert_eq!(names(&read.defects), ["too-many-recipients"]);
    let joined = content.replace("\n\n", "\n");
    let read = DeliveryStatus::read(RawValue::new(joined.as_bytes()).with_limits(&limits));
    assert_eq!(read.value.recipients().len(), 5);
    assert!(names(&read.defects).contains(&"too-many-recipients"));
    let limits = Limits::DEFAULT.with_fields(7);
    let read = DeliveryStatus::read(RawValue::new(content.as_bytes()).with_limits(&limits));
    assert_eq!(read.value.recipients().len(), 2);
    assert!(names(&read.defects).contains(&"too-many-fields"));
    assert_eq!(read.value.recipients()[1].status().unwrap().to_string(), "5.0.0");
}

/// A multipart that has ten thousand parts and a field of 60 KiB.
#[test]
fn the_search_for_a_report_takes_linear_time() {
    let parameter = format!("; a=\"{}\"", "x ".repeat(30_000));
    for ty in ["multipart/report", "multipart/report; report-type=tlsrpt", "multipart/mixed"] {
        for part in [
            "--b\n\nx\n",
            "--b\nContent-Type: multipart/report\n\n",
            "--b\nContent-Type: message/rfc822\n\n\n",
        ] {
            let mail =
                format!("Content-Type: {ty}; boundary=b{parameter}\n\n{}", part.repeat(9_000));
            in_time(ty, || {
                let message = Message::parse(&*mail).unwrap();
                assert!(Report::of(message.root()).is_none());
            });
        }
    }
}
