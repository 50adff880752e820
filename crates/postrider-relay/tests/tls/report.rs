//! What is counted, and the report of it (RFC 8460).

use postrider_message::{DateTime, RawValue, Zone};
use postrider_mime::Message;
use postrider_mime::build::Options;
use postrider_mime::report::{Report, ReportError, ReportKind, TlsReport, TlsResultType};
use postrider_relay::dns::FetchFault;
use postrider_relay::tls::TlsOutcome;
use postrider_relay::tls::dane::TlsaRecord;
use postrider_relay::tls::report::{CountedPolicy, Failure, Reporter, Tally};
use postrider_relay::tls::sts::{Policy, StsFault};
use proptest::prelude::*;

use crate::name;

/// The example of RFC 8460 Appendix B, but for a line end in a text that the page of the RFC broke:
/// JSON has none there.
const EXAMPLE: &str = include_str!("../../../postrider-mime/tests/data/rfc8460-appendix-b.json");

/// 1 April 2016, 00:00 UTC.
const DAY: i64 = 1_459_468_800;

fn reporter() -> Reporter {
    Reporter::new("Company-X", "sts-reporting@company-x.example".parse().unwrap())
}

fn ip(text: &str) -> std::net::IpAddr {
    text.parse().unwrap()
}

#[test]
fn the_example_of_the_rfc_comes_of_what_it_counts() {
    let domain = name("company-y.example");
    let file = "version: STSv1\nmode: testing\nmx: *.mail.company-y.example\nmax_age: 86400\n";
    let policy = CountedPolicy::sts(&domain, &Policy::parse(file.as_bytes()).unwrap());
    let failures = [
        Failure::of(&TlsOutcome::Expired)
            .unwrap()
            .with_sending_ip(ip("2001:db8:abcd:0012::1"))
            .with_mx("mx1.mail.company-y.example"),
        Failure::of(&TlsOutcome::NotOffered)
            .unwrap()
            .with_sending_ip(ip("2001:db8:abcd:0013::1"))
            .with_mx("mx2.mail.company-y.example")
            .with_receiving_ip(ip("203.0.113.56"))
            .with_additional_information(
                "https://reports.company-x.example/report_info ? id = 5065427 c - 23 d3# StarttlsNotSupported ",
            ),
        Failure::of(&TlsOutcome::Failed("X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED".into()))
            .unwrap()
            .with_sending_ip(ip("198.51.100.62"))
            .with_receiving_ip(ip("203.0.113.58"))
            .with_mx("mx-backup.mail.company-y.example"),
    ];
    let mut tally = Tally::new();
    for _ in 0..5326 {
        tally.succeed(&domain, &policy);
    }
    for (failure, sessions) in failures.iter().zip([100, 200, 3]) {
        for _ in 0..sessions {
            tally.fail(&domain, &policy, failure.clone());
        }
    }
    let id = "5065427c-23d3-47ca-b6e0-946ea0e8c4be";
    let expected = TlsReport::read(RawValue::new(EXAMPLE.as_bytes())).value;
    for instant in [DAY, DAY + 5000, DAY + 86_399] {
        assert_eq!(tally.report(&domain, &reporter(), id, instant).unwrap(), expected);
    }
    assert_ne!(tally.report(&domain, &reporter(), id, DAY + 86_400).unwrap(), expected);
    assert_eq!(tally.report(&name("company-x.example"), &reporter(), id, DAY), None);
    tally.forget(&domain);
    assert_eq!(tally.report(&domain, &reporter(), id, DAY), None);
}

/// §4.3.
#[test]
fn each_outcome_has_its_word() {
    for (outcome, word) in [
        (TlsOutcome::NotOffered, "starttls-not-supported"),
        (TlsOutcome::HostMismatch, "certificate-host-mismatch"),
        (TlsOutcome::Expired, "certificate-expired"),
        (TlsOutcome::NotTrusted, "certificate-not-trusted"),
        (TlsOutcome::Failed("x".into()), "validation-failure"),
    ] {
        let failure = Failure::of(&outcome).unwrap();
        assert_eq!(failure.result_type.as_str(), word);
        assert_eq!(failure.reason_code.is_some(), word == "validation-failure");
    }
    assert_eq!(Failure::of(&TlsOutcome::Secure), None);
    let failure = Failure::of_sts(StsFault::Fetch(FetchFault::Certificate));
    assert_eq!(failure.result_type, TlsResultType::StsWebpkiInvalid);
}

#[test]
fn sessions_are_told_apart_by_policy() {
    let (domain, base) = (name("example.net"), name("mx.example.net"));
    let record: TlsaRecord =
        "3 1 1 1f850a337e6db9c609c522d136a475638cc43e1ed424f8eec8513d747d1d085d".parse().unwrap();
    let tlsa = CountedPolicy::tlsa(&base, std::slice::from_ref(&record));
    let mut tally = Tally::new();
    tally.succeed(&domain, &tlsa);
    tally.succeed(&domain, &tlsa);
    tally.succeed(&domain, &CountedPolicy::none(&domain));
    let fault = StsFault::Fetch(FetchFault::Unreachable);
    tally.fail(&domain, &CountedPolicy::sts_missing(&domain), Failure::of_sts(fault));
    let report = tally.report(&domain, &reporter(), "1", DAY).unwrap();
    let json = report.to_vec();
    let read = TlsReport::read(RawValue::new(&json));
    assert!(read.defects.is_empty() && read.value == report);
    let told: Vec<_> = report
        .policies
        .iter()
        .map(|policy| {
            let word = policy.policy_type.as_ref().unwrap().as_str();
            let domain = policy.policy_domain.as_deref().unwrap();
            (word, domain, policy.successful_sessions.unwrap(), policy.failed_sessions.unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            // §1.1: "For DANE, the Policy Domain is the "TLSA base domain"".
            ("tlsa", "mx.example.net", 2, 0),
            ("no-policy-found", "example.net", 1, 0),
            ("sts", "example.net", 0, 1),
        ]
    );
    assert_eq!(report.policies[0].policy_string, [record.to_string()]);
    let failure = &report.policies[2].failures[0];
    assert_eq!(failure.result_type, Some(TlsResultType::StsPolicyFetchError));
    assert_eq!(tally.domains().collect::<Vec<_>>(), [&domain]);
}

#[test]
fn what_is_too_much_is_counted_without_its_details() {
    let domain = name("example.net");
    let policy = CountedPolicy::none(&domain);
    let mut tally = Tally::new().with_failures(10).with_policies(2).with_domains(1);
    for number in 0..1000 {
        let failure = Failure::of(&TlsOutcome::Failed(format!("reason {number}"))).unwrap();
        tally.fail(&domain, &policy, failure);
        let other = Failure::new(TlsResultType::TlsaInvalid).with_helo(&"h".repeat(number));
        tally.fail(&domain, &policy, other);
    }
    let report = tally.report(&domain, &reporter(), "1", DAY).unwrap();
    let [counted] = &report.policies[..] else { panic!() };
    assert_eq!(counted.failed_sessions, Some(2000));
    assert_eq!(counted.failures.len(), 12);
    let sum: u64 = counted.failures.iter().map(|failure| failure.failed_sessions.unwrap()).sum();
    assert_eq!(sum, 2000);
    // The last two are the rest of each kind.
    let rest: Vec<_> = counted.failures[10..]
        .iter()
        .map(|it| (it.result_type.clone().unwrap(), it.failed_sessions.unwrap()))
        .collect();
    assert_eq!(rest, [(TlsResultType::ValidationFailure, 995), (TlsResultType::TlsaInvalid, 995)]);
    // Policies too many are counted with the last, domains too many not at all.
    for number in 0..9 {
        tally.succeed(&domain, &CountedPolicy::tlsa(&name(&format!("mx{number}.example")), &[]));
        tally.succeed(&name(&format!("d{number}.example")), &policy);
    }
    let report = tally.report(&domain, &reporter(), "1", DAY).unwrap();
    assert_eq!(report.policies.len(), 2);
    assert_eq!(report.policies[1].successful_sessions, Some(9));
    assert_eq!((tally.domains().count(), tally.uncounted()), (1, 9));
    // Texts are cut between characters.
    let long =
        Failure::new(TlsResultType::ValidationFailure).with_reason_code(&"\u{20ac}".repeat(999));
    assert_eq!(long.reason_code.unwrap().len(), 510);
}

/// §5.1: "mail.sndr.example.com!example.net!1470013207!1470186007!001.json.gz".
#[test]
fn the_file_has_the_name_of_the_rfc() {
    let reporter = Reporter::new("x", "tls@mail.sndr.example.com".parse().unwrap());
    let at = |unix| DateTime::from_unix(unix, Zone::UTC).ok();
    let mut report = TlsReport::default();
    (report.start, report.end) = (at(1_470_013_207), at(1_470_186_007));
    report.report_id = Some("001".into());
    let domain = name("example.net");
    let expected = "mail.sndr.example.com!example.net!1470013207!1470186007!001.json.gz";
    assert_eq!(reporter.file_name(&report, &domain), expected);
    // unique-id = 1*(ALPHA / DIGIT)
    report.report_id = Some("0-0/1!\u{e9}".into());
    assert_eq!(reporter.file_name(&report, &domain), expected);
    report.report_id = None;
    assert_eq!(reporter.file_name(&report, &domain), expected.replace("!001", ""));
}

/// The example of §5.3.1, field by field.
#[test]
fn the_mail_has_the_fields_of_the_rfc() {
    let reporter = Reporter::new("x", "tlsrpt@mail.sender.example.com".parse().unwrap());
    let domain = name("example.net");
    let mut tally = Tally::new();
    tally.succeed(&domain, &CountedPolicy::none(&domain));
    let id = "735ff.e317+bf22029@example.net";
    let report = tally.report(&domain, &reporter, id, DAY).unwrap();
    let to = "mts-sts-tlsrpt@example.net".parse().unwrap();
    let date = DateTime::from_unix(DAY + 90_000, Zone::UTC).unwrap();
    let built = reporter.to_message(&report, &domain, &to, &date).unwrap();
    let message = Message::parse(built.to_vec(&Options::new(), &[7; 32]).unwrap()).unwrap();
    let headers = message.root().headers();
    let value = |name: &str| {
        let mut fields = headers.named(name);
        let value = fields.next().unwrap().unfolded().into_owned();
        assert!(fields.next().is_none());
        String::from_utf8(value).unwrap().trim().to_string()
    };
    let subject = "Report Domain: example.net Submitter: mail.sender.example.com Report-ID: \
         <735ff.e317+bf22029@example.net>";
    assert_eq!(value("Subject"), subject);
    assert_eq!(value("From"), "tlsrpt@mail.sender.example.com");
    assert_eq!(value("To"), "mts-sts-tlsrpt@example.net");
    assert_eq!(value("TLS-Report-Domain"), "example.net");
    assert_eq!(value("TLS-Report-Submitter"), "mail.sender.example.com");
    assert!(value("Content-Type").starts_with("multipart/report"));
    let found = Report::of(message.root()).unwrap();
    assert_eq!((found.kind(), found.defects().len()), (ReportKind::Tls, 0));
    assert_eq!(found.tls_report().unwrap().value, report);
}

#[test]
fn what_does_not_fit_into_a_field_makes_no_mail() {
    let domain = name("example.net");
    let mut report = TlsReport::default();
    let to = "\"a b\"@example.net".parse().unwrap();
    let date = DateTime::from_unix(DAY, Zone::UTC).unwrap();
    let made = |report: &TlsReport| reporter().to_message(report, &domain, &to, &date);
    assert_eq!(made(&report).unwrap_err(), ReportError::Missing("report-id"));
    for id in ["", "a b", "a\r\nBcc: c@d.example", "a>", "a@", "@b"] {
        report.report_id = Some(id.into());
        assert!(made(&report).is_err(), "{id}");
    }
    report.report_id = Some("a".into());
    let built = made(&report).unwrap().to_vec(&Options::new(), &[7; 32]).unwrap();
    let message = Message::parse(built).unwrap();
    let to = message.root().headers().to().unwrap().value;
    assert_eq!(to.mailboxes().next().unwrap().addr_spec().local_part(), "a b");
    let subject = message.root().headers().subject().unwrap().value;
    assert!(subject.as_str().ends_with("Report-ID: <a@company-x.example>"), "{}", subject.as_str());
}

proptest! {
    #[test]
    fn whatever_is_counted_is_in_the_report_and_the_report_is_read_back(
        sessions in prop::collection::vec((0u8..3, 0u8..3, prop::option::of(0u8..20)), 1..200),
    ) {
        let mut tally = Tally::new().with_failures(5).with_policies(2);
        let (mut successes, mut failures) = (0, 0);
        let domain = name("example.net");
        for (policy, host, failed) in sessions {
            let policy = CountedPolicy::tlsa(&name(&format!("mx{policy}.example")), &[]);
            match failed {
                None => {
                    successes += 1;
                    tally.succeed(&domain, &policy);
                }
                Some(reason) => {
                    failures += 1;
                    let failure = Failure::new(TlsResultType::ValidationFailure)
                        .with_mx(&format!("mx{host}.example"))
                        .with_reason_code(&reason.to_string());
                    tally.fail(&domain, &policy, failure);
                }
            }
        }
        let report = tally.report(&domain, &reporter(), "1", DAY).unwrap();
        let sum = |of: fn(&postrider_mime::report::TlsPolicy) -> Option<u64>| {
            report.policies.iter().filter_map(of).sum::<u64>()
        };
        prop_assert_eq!(sum(|it| it.successful_sessions), successes);
        prop_assert_eq!(sum(|it| it.failed_sessions), failures);
        let details = report.policies.iter().flat_map(|it| &it.failures);
        prop_assert_eq!(details.filter_map(|it| it.failed_sessions).sum::<u64>(), failures);
        prop_assert!(report.policies.iter().all(|it| it.failures.len() <= 6));
        let gzip = report.to_gzip();
        let read = TlsReport::read(RawValue::new(&gzip));
        prop_assert!(read.defects.is_empty());
        prop_assert_eq!(read.value, report);
    }
}
