//! Where reports are in messages (RFC 6522 §3).

use postrider_mime::{
    Message,
    report::{Report, ReportKind},
};

use crate::names;

const STATUS: &str = "Reporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; b@c.example\n\
    Action: failed\nStatus: 5.1.1\n";

/// A report of these parts, each with its fields.
fn mail(ty: &str, parts: &[&str]) -> String {
    let parts: String = parts.iter().map(|part| format!("--b\n{part}\n")).collect();
    format!("Content-Type: {ty}; boundary=b\n\n{parts}--b--\n")
}

fn with_type(ty: &str, content: &str) -> String {
    format!("Content-Type: {ty}\n\n{content}")
}

/// Names of the defects, the text, the subject of the original, and the recipients, of a message
/// that is a delivery status.
fn found(mail: &str) -> Option<(Vec<&'static str>, String, Option<String>, usize)> {
    let message = Message::parse(mail).unwrap();
    let report = Report::of(message.root())?;
    assert_eq!(report.kind(), ReportKind::DeliveryStatus);
    let text = report.human_text().map(|text| text.value.into_owned()).unwrap_or_default();
    let original = report.original_headers();
    let subject = original.and_then(|it| Some(it.headers().subject()?.value.to_string()));
    let recipients = report.delivery_status().unwrap().value.recipients().len();
    Some((names(report.defects()), text, subject, recipients))
}

const REPORT: &str = "multipart/report; report-type=delivery-status";

#[test]
fn the_three_parts_of_a_report_are_told_apart() {
    let status = with_type("message/delivery-status", STATUS);
    let text = with_type("text/plain", "Sorry.");
    let headers = with_type("text/rfc822-headers", "Subject: Hi\n");
    let whole = with_type("message/rfc822", "Subject: Hi\n\nHello\n");
    let global = with_type("message/global-headers", "Subject: Hi\n");
    let hi = Some("Hi".to_owned());
    for original in [&headers, &whole, &global] {
        let mail = mail(REPORT, &[&text, &status, original]);
        assert_eq!(found(&mail), Some((vec![], "Sorry.".into(), hi.clone(), 1)));
    }
    assert_eq!(found(&mail(REPORT, &[&text, &status])), Some((vec![], "Sorry.".into(), None, 1)));
    // "a multipart/alternative" of texts for people.
    let both = "Content-Type: multipart/alternative; boundary=c\n\n--c\n\
        Content-Type: text/html\n\n<p>Sorry.\n--c\n\nSorry, plainly.\n--c--";
    let mail = mail(REPORT, &[both, &status, &whole]);
    assert_eq!(found(&mail), Some((vec![], "Sorry, plainly.".into(), hi, 1)));
}

#[test]
fn an_original_in_base64_is_decoded() {
    // What Python's `base64` makes of "Subject: Inner\n\nHello\n".
    let original = "Content-Type: message/global\nContent-Transfer-Encoding: base64\n\n\
        U3ViamVjdDogSW5uZXIKCkhlbGxvCg==";
    let status = "Content-Type: message/global-delivery-status\n\
        Content-Transfer-Encoding: quoted-printable\n\n\
        Reporting-MTA: dns; a.example\n\nFinal-Recipient: utf-8; j=C3=B6rg@c.example\n";
    let mail = mail(REPORT, &["\nSorry.", status, original]);
    let subject = Some("Inner".to_owned());
    assert_eq!(found(&mail), Some((vec![], "Sorry.".into(), subject, 1)));
    let message = Message::parse(&*mail).unwrap();
    let report = Report::of(message.root()).unwrap();
    let status = report.delivery_status().unwrap().value;
    let address = status.recipients()[0].final_recipient().unwrap();
    assert_eq!((address.ty(), address.address()), ("utf-8", "jörg@c.example"));
}

#[test]
fn what_is_not_as_the_rfc_has_it_is_told() {
    let status = with_type("message/delivery-status", STATUS);
    let headers = with_type("text/rfc822-headers", "Subject: Hi\n");
    let hi = Some("Hi".to_owned());
    let text = "\nSorry.";
    let sorry = || "Sorry.".to_owned();
    // `report-type` missing or of another report, or no `multipart/report`.
    for ty in [
        "multipart/report",
        "multipart/report; report-type=feedback-report",
        "multipart/mixed",
        "multipart/mixed; report-type=delivery-status",
    ] {
        let mail = mail(ty, &[text, &status, &headers]);
        assert_eq!(found(&mail), Some((vec!["report-type"], sorry(), hi.clone(), 1)), "{ty}");
    }
    // Parts in another order.
    let order = vec!["report-part-order"];
    for parts in [
        [&headers, text, &status].as_slice(),
        &[&status, text, &headers],
        &[&status, &headers, text],
        &[text, &headers, &status],
    ] {
        let (defects, _, subject, recipients) = found(&mail(REPORT, parts)).unwrap();
        assert_eq!((defects, subject, recipients), (order.clone(), hi.clone(), 1));
    }
    // The part of another type.
    for ty in ["text/plain", "application/octet-stream", "message/x-delivery"] {
        let part = with_type(ty, STATUS);
        let mail = mail(REPORT, &[text, &part, &headers]);
        assert_eq!(found(&mail), Some((vec!["report-part-type"], sorry(), hi.clone(), 1)), "{ty}");
    }
    // The part alone.
    assert_eq!(found(&status), Some((vec!["report-type"], String::new(), None, 1)));
}

#[test]
fn a_message_that_is_returned_is_not_taken_for_the_report() {
    let inner = mail(REPORT, &["\nSorry.", &with_type("message/delivery-status", STATUS)]);
    let returned = with_type("message/rfc822", &inner.replace("--b", "--c").replace("=b", "=c"));
    assert_eq!(found(&mail("multipart/mixed", &["\nSorry.", &returned])), None);
    // But where the multipart says to be a report, the report was forwarded.
    let outer = mail("multipart/mixed; report-type=delivery-status", &["\nSee.", &returned]);
    assert_eq!(found(&outer), Some((vec![], "Sorry.".into(), None, 1)));
    // A report about a report is about the outer one.
    let other = STATUS.replace("5.1.1\n", "4.4.7\n\nFinal-Recipient: rfc822; d@e.example\n");
    let status = with_type("message/delivery-status", &other);
    let outer = mail(REPORT, &["\nOuter.", &status, &returned]);
    assert_eq!(found(&outer), Some((vec![], "Outer.".into(), None, 2)));
}

#[test]
fn mail_that_is_no_report_is_none() {
    for mail in [
        "Subject: Hi\n\nReporting-MTA: dns; a.example\n",
        &mail("multipart/mixed", &[&format!("\n{STATUS}")]),
        &mail(REPORT, &["\nSorry.", &with_type("text/html", STATUS)]),
        &mail(REPORT, &[]),
    ] {
        assert_eq!(found(mail), None, "{mail}");
    }
}

#[test]
fn spans_count_in_the_message_where_nothing_is_encoded() {
    let status = with_type("message/delivery-status", &STATUS.replace("failed", "eaten"));
    let mail = mail(REPORT, &["\nSorry.", &status]);
    let message = Message::parse(&*mail).unwrap();
    let report = Report::of(message.root()).unwrap();
    let defects = report.delivery_status().unwrap().defects;
    assert_eq!(names(&defects), ["not-an-action", "missing-status-field"]);
    assert_eq!(&mail[defects[0].span().range()], " eaten");
}
