//! Reports on the TLS of SMTP (RFC 8460).

use std::io::Write;

use allocation_counter::measure;
use flate2::{Compression, write::GzEncoder};
use postrider_message::RawValue;
use postrider_mime::{
    Message,
    report::{Report, ReportKind, TlsPolicyType, TlsReport, TlsResultType},
};

use crate::names;

/// The example of RFC 8460 Appendix B, but for a line end in a text that the page of the RFC broke:
/// JSON has none there.
const EXAMPLE: &str = include_str!("../data/rfc8460-appendix-b.json");

fn read(octets: &[u8]) -> (TlsReport, Vec<&'static str>) {
    let read = TlsReport::read(RawValue::new(octets));
    (read.value, names(&read.defects))
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn the_example_of_the_rfc_is_read_and_written() {
    let (report, defects) = read(EXAMPLE.as_bytes());
    assert_eq!(defects, [""; 0]);
    assert_eq!(report.organization_name.as_deref(), Some("Company-X"));
    // 1 April 2016, whole.
    assert_eq!(report.start.unwrap().unix(), 1_459_468_800);
    assert_eq!(report.end.unwrap().unix(), 1_459_468_800 + 86_399);
    assert_eq!(report.contact_info.as_deref(), Some("sts-reporting@company-x.example"));
    assert_eq!(report.report_id.as_deref(), Some("5065427c-23d3-47ca-b6e0-946ea0e8c4be"));
    let [policy] = &*report.policies else { panic!() };
    assert_eq!(policy.policy_type, Some(TlsPolicyType::Sts));
    assert_eq!(policy.policy_string.len(), 4);
    assert_eq!(policy.policy_string[2], "mx: *.mail.company-y.example");
    assert_eq!(policy.policy_domain.as_deref(), Some("company-y.example"));
    assert_eq!(policy.mx_host, ["*.mail.company-y.example"]);
    assert_eq!((policy.successful_sessions, policy.failed_sessions), (Some(5326), Some(303)));
    let failures: Vec<_> =
        policy.failures.iter().map(|it| it.result_type.clone().unwrap()).collect();
    assert_eq!(
        failures,
        [
            TlsResultType::CertificateExpired,
            TlsResultType::StarttlsNotSupported,
            TlsResultType::ValidationFailure,
        ]
    );
    let sessions: Vec<_> = policy.failures.iter().map(|it| it.failed_sessions.unwrap()).collect();
    assert_eq!(sessions, [100, 200, 3]);
    let last = &policy.failures[2];
    assert_eq!(last.sending_mta_ip, Some("198.51.100.62".parse().unwrap()));
    assert_eq!(last.receiving_ip, Some("203.0.113.58".parse().unwrap()));
    assert_eq!(last.failure_reason_code.as_deref(), Some("X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"));
    assert_eq!(read(&report.to_vec()), (report.clone(), vec![]));
    assert_eq!(read(&report.to_gzip()), (report.clone(), vec![]));
    let written = String::from_utf8(report.to_vec()).unwrap();
    assert!(written.contains(r#""start-datetime":"2016-04-01T00:00:00Z""#), "{written}");
    assert_eq!(read(&gzip(EXAMPLE.as_bytes())), (report, vec![]));
}

#[test]
fn a_report_in_a_message_is_found_and_read() {
    // What Python's `base64` and `gzip` (without a time) make of `{"report-id": "é"}`.
    let mail = "Content-Type: multipart/report; report-type=\"tlsrpt\"; boundary=b\n\n--b\n\n\
        See below.\n--b\nContent-Type: application/tlsrpt+gzip\n\
        Content-Transfer-Encoding: base64\n\nGZIP\n--b--\n";
    let mail = mail.replace("GZIP", PYTHON_GZIP);
    for ty in ["application/tlsrpt+gzip", "application/gzip"] {
        let mail = mail.replace("application/tlsrpt+gzip", ty);
        let message = Message::parse(mail).unwrap();
        let report = Report::of(message.root()).unwrap();
        assert_eq!(report.kind(), ReportKind::Tls);
        assert_eq!(report.tls_report().unwrap().value.report_id.as_deref(), Some("é"));
    }
}

const PYTHON_GZIP: &str = "H4sIAAAAAAACA6tWKkotyC8q0c1MUbJSUDq8UqkWANULDdMTAAAA";

#[test]
fn members_of_other_types_are_as_if_they_were_not_there() {
    let (report, defects) = read(
        br#"{"organization-name": 1, "date-range": [], "report-id": null, "policies": {
            "policy": {"policy-type": "x", "policy-string": "one", "mx-host": ["a", 2, "b"]},
            "summary": {"total-successful-session-count": "12",
                        "total-failure-session-count": -1},
            "failure-details": [{"sending-mta-ip": "nowhere"}, 3]}}"#,
    );
    assert_eq!(defects, [""; 0]);
    assert_eq!((report.organization_name, report.start, report.report_id), (None, None, None));
    let [policy] = &*report.policies else { panic!() };
    assert_eq!(policy.policy_type, Some(TlsPolicyType::Other("x".into())));
    assert_eq!(policy.policy_string, ["one"]);
    assert_eq!(policy.mx_host, ["a", "b"]);
    assert_eq!((policy.successful_sessions, policy.failed_sessions), (Some(12), None));
    assert_eq!(policy.failures.len(), 1);
    assert_eq!(policy.failures[0].sending_mta_ip, None);
}

#[test]
fn what_is_no_json_and_no_gzip_is_an_empty_report() {
    let empty = TlsReport::default();
    for octets in [&b""[..], b"[]", b"{", b"{\"a\": 1} x", b"\x00"] {
        assert_eq!(read(octets), (empty.clone(), vec!["not-a-tls-report"]));
    }
    let whole = gzip(EXAMPLE.as_bytes());
    let (report, defects) = read(&whole[..whole.len() / 2]);
    assert_eq!((report, defects), (empty, vec!["broken-gzip", "not-a-tls-report"]));
    // The checksum is wrong: what was inflated is read.
    let mut wrong = whole;
    let at = wrong.len() - 5;
    wrong[at] ^= 1;
    let (report, defects) = read(&wrong);
    assert_eq!(defects, ["broken-gzip"]);
    assert_eq!(report, read(EXAMPLE.as_bytes()).0);
}

#[test]
fn a_bomb_of_gzip_costs_no_more_than_the_limit() {
    let bomb = gzip(&vec![b' '; 256 << 20]);
    assert!(bomb.len() < 1 << 20);
    let cost = measure(|| {
        let (report, defects) = read(&bomb);
        assert_eq!(report, TlsReport::default());
        assert_eq!(defects[0], "large-tls-report");
    });
    assert!(cost.bytes_max < 4 * TlsReport::LARGEST as u64, "{cost:?}");
}

/// RFC 1952 §2.2: "A gzip file consists of a series of "members" (compressed data sets)". To begin
/// one takes as long as to inflate thousands of octets.
#[test]
fn members_of_gzip_are_bounded() {
    let (example, _) = read(EXAMPLE.as_bytes());
    let empty = gzip(b"");
    let after = |members| [empty.repeat(members), gzip(EXAMPLE.as_bytes())].concat();
    assert_eq!(read(&after(63)), (example, Vec::new()));
    let began = std::time::Instant::now();
    let (report, defects) = read(&after(1 << 20));
    assert_eq!((report, defects[0]), (TlsReport::default(), "large-tls-report"));
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

#[test]
fn a_report_beyond_the_limit_is_not_read_whatever_it_ends_with() {
    let most = EXAMPLE.len();
    let padded = format!("{EXAMPLE}{}", " ".repeat(100));
    for octets in [padded.clone().into_bytes(), gzip(padded.as_bytes())] {
        let read = TlsReport::read_with(RawValue::new(&octets), most);
        assert_eq!(read.value, TlsReport::default());
        assert_eq!(names(&read.defects), ["large-tls-report", "not-a-tls-report"]);
        let whole = TlsReport::read_with(RawValue::new(&octets), most + 100);
        assert!(whole.defects.is_empty() && whole.value.report_id.is_some());
    }
}

#[test]
fn json_that_is_deep_or_of_short_values_costs_no_more_than_the_limit() {
    let deep = [b"[".repeat(1 << 20), b"]".repeat(1 << 20)].concat();
    assert_eq!(read(&deep).1, ["not-a-tls-report"]);
    let mut values = b"{\"policies\":[{}".to_vec();
    values.extend_from_slice(&b",{}".repeat((TlsReport::LARGEST - 20) / 3));
    values.extend_from_slice(b"]}");
    let cost = measure(|| {
        assert_eq!(read(&values).1, ["too-many-items"]);
    });
    assert!(cost.bytes_max < 40 * TlsReport::LARGEST as u64, "{cost:?}");
    values.extend_from_slice(b"                    ");
    assert_eq!(read(&values).1[0], "large-tls-report");
}
