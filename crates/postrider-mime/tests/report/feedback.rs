//! Feedback reports (RFC 5965, RFC 6591).

use core::net::IpAddr;

use postrider_message::{AddrSpec, InvalidValue, RawValue, ReturnPath};
use postrider_mime::{
    Message,
    report::{FeedbackReport, FeedbackType, Report, ReportError, ReportKind},
};
use postrider_testkit::read_shared;

use crate::{feedback_report, names};

/// The example of RFC 5965 Appendix B.2: what the part for machines says.
const EXAMPLE: &str = "Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <somespammer@example.net>
Original-Rcpt-To: <user@example.com>
Arrival-Date: Thu, 8 Mar 2005 14:00:00 EDT
Reporting-MTA: dns; mail.example.com
Source-IP: 192.0.2.1
Authentication-Results: mail.example.com;
               spf=fail smtp.mail=somespammer@example.com
Reported-Domain: example.net
Reported-Uri: http://example.net/earn_money.html
Reported-Uri: mailto:user@example.com
Removal-Recipient: user@example.com
";

fn check_example(read: &FeedbackReport<'_>, ip: &str) {
    assert_eq!(read.feedback_type(), Some(&FeedbackType::Abuse));
    assert_eq!(read.user_agent(), Some("SomeGenerator/1.0"));
    assert_eq!(read.version(), Some(1));
    let sender = AddrSpec::new("somespammer", "example.net").unwrap();
    assert_eq!(read.original_mail_from(), Some(&ReturnPath::Address(sender)));
    assert_eq!(read.original_rcpt_to(), [AddrSpec::new("user", "example.com").unwrap()]);
    // Tue, 8 Mar 2005 18:00:00 UTC: EDT is -0400 (RFC 5322 §4.3).
    assert_eq!(read.arrival_date().unwrap().unix(), 1_110_304_800);
    assert_eq!(read.source_ip(), Some(ip.parse::<IpAddr>().unwrap()));
    let [results] = read.authentication_results() else { panic!() };
    assert_eq!(results.authserv_id(), Some("mail.example.com"));
    let result = results.method("spf").next().unwrap();
    assert_eq!(result.result(), "fail");
    assert_eq!(result.property("smtp", "mail"), Some("somespammer@example.com"));
    assert_eq!(read.reported_domains(), ["example.net"]);
    let uris = ["http://example.net/earn_money.html", "mailto:user@example.com"];
    assert_eq!(read.reported_uris(), uris);
    assert_eq!(read.extension("Removal-Recipient"), Some("user@example.com"));
    assert_eq!(read.incidents(), 1);
}

#[test]
fn the_example_of_the_rfc_is_read_and_written() {
    let (read, defects) = feedback_report(EXAMPLE);
    // 8 March 2005 was a Tuesday.
    assert_eq!(defects, ["obsolete-zone", "wrong-weekday"]);
    check_example(&read, "192.0.2.1");
    assert_eq!(read.reporting_mta().unwrap().name(), "mail.example.com");
    let written = String::from_utf8(read.to_vec().unwrap()).unwrap();
    for line in EXAMPLE.lines().filter(|line| !line.contains("spf=") && !line.contains("Date:")) {
        let line = line.replace("Reported-Uri", "Reported-URI");
        assert!(written.contains(&line), "{line}\n{written}");
    }
}

/// The values that MimeKit's `MessageFeedbackReportTests` expect; the date is a `Received-Date`.
#[test]
fn the_report_of_mimekit_says_what_it_says() {
    let Some(octets) = read_shared("corpora/mimekit/messages/feedback-report.txt") else { return };
    let message = Message::parse(octets).unwrap();
    let report = Report::of(message.root()).unwrap();
    assert_eq!(report.kind(), ReportKind::Feedback);
    assert_eq!(names(report.defects()), [""; 0]);
    check_example(&report.feedback_report().unwrap().value, "192.0.2.2");
    let original = report.original_headers().unwrap();
    assert_eq!(original.headers().subject().unwrap().value.as_str(), "Earn money");
}

/// Fields as RFC 6591 §4 has them, comments among them.
#[test]
fn failures_of_authentication_are_read() {
    let (read, defects) = feedback_report(
        "Feedback-Type: auth-failure\nUser-Agent: a/1\nVersion: 1\n\
         Auth-Failure: bodyhash (l= was cut)\nDelivery-Result: reject\nDKIM-Domain: example.com\n\
         DKIM-Identity: @example.com\nDKIM-Selector: s1\nIncidents: 4294967295\n\
         SPF-DNS: txt : example.com : \"v=spf1 -all\"\nSPF-DNS: txt : b.example : \"v=spf1\"\n",
    );
    assert_eq!(defects, [""; 0]);
    assert_eq!(read.feedback_type(), Some(&FeedbackType::AuthFailure));
    assert_eq!(read.auth_failure(), Some("bodyhash"));
    assert_eq!(read.delivery_result(), Some("reject"));
    assert_eq!(read.dkim_domain(), Some("example.com"));
    assert_eq!(read.dkim_identity(), Some("@example.com"));
    assert_eq!(read.dkim_selector(), Some("s1"));
    assert_eq!(read.incidents(), u32::MAX);
    assert_eq!(read.spf_dns().count(), 2);
}

#[test]
fn addresses_of_hosts_are_read_in_every_form() {
    for (text, address) in [
        ("192.0.2.1", Some("192.0.2.1")),
        ("[192.0.2.1]", Some("192.0.2.1")),
        ("IPv6:2001:db8::1", Some("2001:db8::1")),
        ("[ipv6:2001:db8::1]", Some("2001:db8::1")),
        ("2001:db8::1 (mx)", Some("2001:db8::1")),
        ("mx.example.com", None),
    ] {
        let content = EXAMPLE.replace("192.0.2.1", text);
        let (read, _) = feedback_report(&content);
        assert_eq!(read.source_ip(), address.map(|it| it.parse().unwrap()), "{text}");
    }
}

/// RFC 5965 §3.2: "if both are present, the report is malformed".
#[test]
fn a_date_that_is_given_twice_is_told() {
    let twice = format!("{EXAMPLE}Received-Date: Thu, 8 Mar 2001 14:00:00 EDT\n");
    let (read, defects) = feedback_report(&twice);
    check_example(&read, "192.0.2.1");
    assert!(defects.contains(&"duplicate-field"));
}

#[test]
fn what_must_be_there_is_asked_for_and_no_value_adds_a_line() {
    for field in ["Feedback-Type", "User-Agent", "Version"] {
        let content = EXAMPLE.replacen(field, "X-Other", 1);
        let read = FeedbackReport::read(RawValue::new(content.as_bytes()));
        assert!(names(&read.defects).contains(&"missing-feedback-field"), "{field}");
        assert_eq!(read.value.to_vec(), Err(ReportError::Missing(field)));
    }
    let made = || FeedbackReport::new(FeedbackType::Fraud, "a/1").unwrap();
    let control = Err(InvalidValue::ControlCharacter);
    assert_eq!(FeedbackReport::new(FeedbackType::Fraud, "a\r\nVersion: 2").map(drop), control);
    assert_eq!(made().with_reported_uri("http://a\nb").map(drop), control);
    assert_eq!(made().with_reported_domain("a b").map(drop), Err(InvalidValue::Domain));
    assert_eq!(FeedbackType::of("a b").map(drop), Err(InvalidValue::Token));
}
