//! Delivery status notifications (RFC 3464).

use postrider_message::{DateTime, InvalidValue, RawValue, Zone};
use postrider_mime::{
    Message,
    report::{
        Action, DeliveryStatus, DiagnosticCode, ExtensionField, MtaName, Recipient,
        RecipientAddress, Report, ReportError, Status,
    },
};
use postrider_testkit::read_shared;

use crate::{delivery_status, names};

/// The examples of RFC 3464 Appendix E: what the part for machines says.
const SIMPLE: &str = "Reporting-MTA: dns; cs.utk.edu

Original-Recipient: rfc822;louisl@larry.slip.umd.edu
Final-Recipient: rfc822;louisl@larry.slip.umd.edu
Action: failed
Status: 4.0.0
Diagnostic-Code: smtp; 426 connection timed out
Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400
";

const MULTI_RECIPIENT: &str = "Reporting-MTA: dns; cs.utk.edu

Original-Recipient: rfc822;arathib@vnet.ibm.com
Final-Recipient: rfc822;arathib@vnet.ibm.com
Action: failed
Status: 5.0.0 (permanent failure)
Diagnostic-Code: smtp;  550 'arathib@vnet.IBM.COM' is not a
 registered gateway user
Remote-MTA: dns; vnet.ibm.com

Original-Recipient: rfc822;johnh@hpnjld.njd.hp.com
Final-Recipient: rfc822;johnh@hpnjld.njd.hp.com
Action: delayed
Status: 4.0.0 (hpnjld.njd.jp.com: host name lookup failure)

Original-Recipient: rfc822;wsnell@sdcc13.ucsd.edu
Final-Recipient: rfc822;wsnell@sdcc13.ucsd.edu
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 550 user unknown
Remote-MTA: dns; sdcc13.ucsd.edu
";

const GATEWAY: &str = "Reporting-MTA: mailbus; SYS30

Final-Recipient: unknown; nair_s
Status: 5.0.0 (unknown permanent failure)
Action: failed
";

const DELAYED: &str = "Reporting-MTA: dns; sun2.nsfnet-relay.ac.uk

Final-Recipient: rfc822;thomas@de-montfort.ac.uk
Status: 4.0.0 (unknown temporary failure)
Action: delayed
";

/// The address the sender knows, the action, the status.
fn told<'r>(recipient: &'r Recipient<'_>) -> (&'r str, Option<Action>, String) {
    let status = recipient.status().map(|status| status.to_string()).unwrap_or_default();
    (recipient.address().unwrap().address(), recipient.action(), status)
}

#[test]
fn the_simple_example_of_the_rfc_is_read() {
    let (status, defects) = delivery_status(SIMPLE);
    assert_eq!(defects, [""; 0]);
    let mta = status.reporting_mta().unwrap();
    assert_eq!((mta.ty(), mta.name(), mta.comment()), ("dns", "cs.utk.edu", None));
    let [recipient] = status.recipients() else { panic!() };
    let address = "louisl@larry.slip.umd.edu";
    assert_eq!(told(recipient), (address, Some(Action::Failed), "4.0.0".into()));
    assert_eq!(recipient.final_recipient().unwrap().ty(), "rfc822");
    let said = recipient.diagnostic_code().unwrap();
    assert_eq!((said.ty(), said.text()), ("smtp", "426 connection timed out"));
    assert_eq!((said.reply_code(), said.status()), (Some(426), None));
    // Thu, 7 Jul 1994 17:15:49 -0400
    assert_eq!(recipient.last_attempt_date().map(DateTime::unix), Some(773_615_749));
}

#[test]
fn the_example_of_several_recipients_is_read() {
    let (status, defects) = delivery_status(MULTI_RECIPIENT);
    assert_eq!(defects, [""; 0]);
    let all: Vec<_> = status.recipients().iter().map(told).collect();
    assert_eq!(
        all,
        [
            ("arathib@vnet.ibm.com", Some(Action::Failed), "5.0.0".into()),
            ("johnh@hpnjld.njd.hp.com", Some(Action::Delayed), "4.0.0".into()),
            ("wsnell@sdcc13.ucsd.edu", Some(Action::Failed), "5.0.0".into()),
        ]
    );
    let [first, second, _] = status.recipients() else { panic!() };
    assert_eq!(first.status_comment(), Some("permanent failure"));
    assert_eq!(
        first.diagnostic_code().unwrap().text(),
        "550 'arathib@vnet.IBM.COM' is not a registered gateway user"
    );
    assert_eq!(first.remote_mta().unwrap().name(), "vnet.ibm.com");
    assert_eq!(second.status_comment(), Some("hpnjld.njd.jp.com: host name lookup failure"));
}

#[test]
fn the_examples_of_a_gateway_and_of_a_delay_are_read() {
    let (status, defects) = delivery_status(GATEWAY);
    assert_eq!(defects, [""; 0]);
    let [recipient] = status.recipients() else { panic!() };
    assert_eq!(told(recipient), ("nair_s", Some(Action::Failed), "5.0.0".into()));
    assert_eq!(recipient.address().unwrap().addr_spec(), None);
    let (status, defects) = delivery_status(DELAYED);
    assert_eq!(defects, [""; 0]);
    let address = "thomas@de-montfort.ac.uk";
    assert_eq!(told(&status.recipients()[0]), (address, Some(Action::Delayed), "4.0.0".into()));
}

#[test]
fn what_is_written_is_as_the_rfc_has_it() {
    let date = DateTime::from_unix(773_615_749, Zone::east(-240).unwrap()).unwrap();
    let address = || RecipientAddress::rfc822("louisl@larry.slip.umd.edu").unwrap();
    let recipient = Recipient::new(address(), Action::Failed, Status::new(4, 0, 0).unwrap())
        .with_original_recipient(address())
        .with_diagnostic_code(DiagnosticCode::smtp("426 connection timed out").unwrap())
        .with_last_attempt_date(date);
    let status = DeliveryStatus::new(MtaName::dns("cs.utk.edu").unwrap()).with_recipient(recipient);
    let written = String::from_utf8(status.to_vec(false).unwrap()).unwrap();
    let expected = SIMPLE.replace("rfc822;", "rfc822; ").replace('\n', "\r\n");
    assert_eq!(written, expected);
    assert_eq!(delivery_status(SIMPLE).0, status);
}

#[test]
fn what_lacks_a_field_that_must_be_there_is_not_written() {
    fn written(content: &str) -> Result<Vec<u8>, ReportError> {
        delivery_status(content).0.to_vec(true)
    }
    assert_eq!(written(""), Err(ReportError::Missing("Reporting-MTA")));
    assert_eq!(written("Reporting-MTA: dns; a.example\n"), Err(ReportError::NoRecipient));
    let mut lines: Vec<&str> = SIMPLE.lines().collect();
    for (line, field) in [(3, "Final-Recipient"), (4, "Action"), (5, "Status")] {
        let left_out = lines.remove(line);
        assert_eq!(written(&lines.join("\n")), Err(ReportError::Missing(field)));
        lines.insert(line, left_out);
    }
}

#[test]
fn no_value_can_hold_a_line_end_or_pass_for_another() {
    let control = Err(InvalidValue::ControlCharacter);
    for bad in ["a\r\nAction: delivered", "a\nb", "a\0b", "a\u{85}b", "a\u{2028}b"] {
        assert_eq!(MtaName::dns(bad).map(drop), control);
        assert_eq!(RecipientAddress::rfc822(bad).map(drop), control);
        assert_eq!(DiagnosticCode::smtp(bad).map(drop), control);
        assert_eq!(ExtensionField::new("X-A", bad).map(drop), control);
        assert_eq!(MtaName::dns("a").unwrap().with_comment(bad).map(drop), control);
        let mta = || MtaName::dns("a").unwrap();
        assert_eq!(DeliveryStatus::new(mta()).with_original_envelope_id(bad).map(drop), control);
    }
    assert_eq!(MtaName::new("d;ns", "a").map(drop), Err(InvalidValue::Token));
    assert_eq!(MtaName::dns("a (b)").map(drop), Err(InvalidValue::Grammar));
    assert_eq!(
        MtaName::dns("a").unwrap().with_comment("b) (").map(drop),
        Err(InvalidValue::Grammar)
    );
    assert_eq!(ExtensionField::new("A b", "").map(drop), Err(InvalidValue::FieldName));
    assert_eq!(Status::new(3, 0, 0), Err(InvalidValue::Grammar));
    assert_eq!(Status::new(5, 1000, 0), Err(InvalidValue::Grammar));
}

/// RFC 6533 §3: "utf-8-addr-xtext" is the form for ASCII, "utf-8-address" that for UTF-8.
#[test]
fn an_address_beyond_ascii_is_written_in_either_form() {
    let address = RecipientAddress::rfc822("jörg+a@müller.example").unwrap();
    assert_eq!(address.ty(), "utf-8");
    let recipient = Recipient::new(address, Action::Failed, Status::new(5, 1, 1).unwrap());
    let status = DeliveryStatus::new(MtaName::dns("a.example").unwrap()).with_recipient(recipient);
    for (utf8, form) in [
        (false, r"utf-8; j\x{F6}rg\x{2B}a@m\x{FC}ller.example"),
        (true, "utf-8; jörg+a@müller.example"),
    ] {
        let written = String::from_utf8(status.to_vec(utf8).unwrap()).unwrap();
        assert!(written.contains(form), "{written}");
        assert_eq!(DeliveryStatus::read(RawValue::new(written.as_bytes())).value, status);
    }
    let orcpt = RecipientAddress::from_orcpt(r"utf-8;j\x{F6}rg@example.com").unwrap();
    assert_eq!(orcpt.address(), "jörg@example.com");
    // What would be a control character stays as it stands.
    let orcpt = RecipientAddress::from_orcpt(r"utf-8;a\x{0A}b\x{85}\x{D800}\x{1}@example.com");
    assert_eq!(orcpt.unwrap().address(), r"a\x{0A}b\x{85}\x{D800}\x{1}@example.com");
}

#[test]
fn other_text_beyond_ascii_is_refused_in_ascii() {
    let said = DiagnosticCode::smtp("550 Empfänger unbekannt").unwrap();
    let address = RecipientAddress::rfc822("a@b.example").unwrap();
    let recipient = Recipient::new(address, Action::Failed, Status::new(5, 1, 1).unwrap())
        .with_diagnostic_code(said);
    let status = DeliveryStatus::new(MtaName::dns("a.example").unwrap()).with_recipient(recipient);
    assert_eq!(status.to_vec(false), Err(ReportError::Invalid(InvalidValue::NotAscii)));
    assert!(status.to_vec(true).is_ok());
}

#[test]
fn a_field_belongs_to_message_or_recipient_by_its_name() {
    let fields = "X-Queue: 1\nReporting-MTA: dns; a.example\nX-More: 2\n";
    let one = "X-Id: 3\nFinal-Recipient: rfc822; b@c.example\nAction: failed\nStatus: 5.1.1\n";
    let other = "Final-Recipient: rfc822; d@e.example\nStatus: 4.4.7\nAction: delayed\nX-Id: 4\n";
    let usual = format!("{fields}\n{one}\n{other}");
    let (status, defects) = delivery_status(&usual);
    assert_eq!(defects, [""; 0]);
    assert_eq!((status.extension("x-queue"), status.extension("X-More")), (Some("1"), Some("2")));
    let ids: Vec<_> = status.recipients().iter().map(|one| one.extension("X-Id")).collect();
    assert_eq!(ids, [Some("3"), Some("4")]);
    let spaced = format!("\r\n\n{fields}\n \n\t\n\n{one}\n\n\n{other}\n\n");
    assert_eq!(delivery_status(&spaced), (status.clone(), vec![]));
    // No empty line behind the message: `X-Id` cannot be told from its fields.
    let joined = usual.replacen("\n\n", "\n", 1);
    let (joined, defects) = delivery_status(&joined);
    assert_eq!(defects, ["joined-groups"]);
    assert_eq!(joined.extension("X-Id"), Some("3"));
    assert_eq!(joined.recipients().len(), 2);
    // No empty line between recipients.
    let joined = usual.replace("5.1.1\n\n", "5.1.1\n");
    let (joined, defects) = delivery_status(&joined);
    assert_eq!((joined, defects), (status.clone(), vec!["joined-groups"]));
    // An empty line inside of a recipient.
    let split = usual.replace("\nStatus: 4.4.7", "\n\nStatus: 4.4.7");
    let (split, defects) = delivery_status(&split);
    assert_eq!((split, defects), (status, vec!["split-group"]));
}

#[test]
fn a_further_field_does_not_pass_for_one_of_the_format() {
    let (status, _) = delivery_status(SIMPLE);
    let field = ExtensionField::new("action", "delivered").unwrap();
    let with_field = status.with_extension(field.clone());
    assert_eq!(with_field.to_vec(true), Err(ReportError::Invalid(InvalidValue::Again)));
    let recipient = with_field.recipients()[0].clone().with_extension(field);
    let mta = MtaName::dns("cs.utk.edu").unwrap();
    let status = DeliveryStatus::new(mta).with_recipient(recipient);
    assert_eq!(status.to_vec(true), Err(ReportError::Invalid(InvalidValue::Again)));
}

#[test]
fn of_a_field_that_is_given_twice_the_first_counts() {
    let twice = SIMPLE.replace("Action: failed\n", "Action: failed\nAction: delivered\n");
    let (status, defects) = delivery_status(&twice);
    assert_eq!(defects, ["duplicate-field"]);
    assert_eq!(status.recipients()[0].action(), Some(Action::Failed));
}

/// What CPython 3.11's `email` shows of the fields of the bounces with a delivery status in
/// `flufl-bounce`: Original-Recipient or else Final-Recipient, Action, Status.
const BOUNCES: [(&str, &str, Action, &str); 18] = [
    ("dsn_01", "userx@example.com", Action::Failed, "5.0.0"),
    ("dsn_02", "zzzzz@example.uk", Action::Failed, "4.4.7"),
    // `Action: failure`, `Status: 553 Exceeded maximum inbound message size`.
    ("dsn_03", "userx@example.be", Action::Failed, "5.0.0"),
    ("dsn_04", "userx@example.ch", Action::Failed, "5.0.0"),
    ("dsn_05", "userx@example.cz", Action::Delayed, "4.4.1"),
    ("dsn_06", "userx@example.com", Action::Delayed, "4.4.0"),
    ("dsn_07", "userx@example.nz", Action::Delayed, "4.4.1"),
    ("dsn_08", "userx@example.de", Action::Delayed, "4.0.0"),
    ("dsn_09", "userx@example.com", Action::Failed, "5.0.0"),
    ("dsn_10", "anne.person@dom.ain", Action::Failed, "5.0.0"),
    ("dsn_11", "joem@example.com", Action::Failed, "5.1.1"),
    ("dsn_12", "userx@example.jp", Action::Failed, "5.1.1"),
    ("dsn_13", "userx@example.com", Action::Failed, "5.1.1"),
    // No Status; `Diagnostic-Code: SMTP; 550 5.1.1 User unknown`.
    ("dsn_14", "userx@example.com.dk", Action::Failed, "5.1.1"),
    ("dsn_15", "userx@example.com", Action::Failed, "5.1.1"),
    ("dsn_16", "userx@example.com", Action::Failed, "5.0.0"),
    ("dsn_17", "userx@example.fi", Action::Delayed, "4.3.0"),
    // `Action: error`.
    ("dsn_18", "email@replaced.net", Action::Failed, "5.0.0"),
];

#[test]
fn bounces_of_many_senders_tell_recipient_action_and_status() {
    for (file, address, action, status) in BOUNCES {
        let place = format!("corpora/flufl-bounce/data/{file}.txt");
        let Some(octets) = read_shared(&place) else { return };
        let message = Message::parse(octets).unwrap();
        let report = Report::of(message.root()).unwrap();
        let read = report.delivery_status().unwrap().value;
        assert!(!read.recipients().is_empty(), "{file}");
        for recipient in read.recipients() {
            let found = recipient.address().and_then(RecipientAddress::addr_spec);
            assert_eq!(found.unwrap().to_string(), address, "{file}");
            assert_eq!(recipient.action(), Some(action), "{file}");
            let found = recipient.status().filter(|_| file != "dsn_14");
            let found = found.or_else(|| recipient.likely_status());
            assert_eq!(found.unwrap().to_string(), status, "{file}");
        }
    }
}

/// What CPython 3.11's `email` shows of the delivery statuses in other corpora: how many recipients,
/// the last one, Action and Status.
const OTHERS: [(&str, usize, &str, Action, &str); 7] = [
    ("python-test-email/msg_16.txt", 1, "jangel1@cougar.noc.ucla.edu", Action::Failed, "5.0.0"),
    ("python-test-email/msg_43.txt", 25, "xxxxxxx@dot.ca.gov", Action::Failed, "5.7.1"),
    (DELAYED_DSN, 1, "thomas@de-montfort.ac.uk", Action::Delayed, "4.0.0"),
    (ALTERNATIVE_DSN, 1, "non-existing@example.com", Action::Failed, "5.1.10"),
    (MULTI_DSN, 3, "wsnell@sdcc13.ucsd.edu", Action::Failed, "5.0.0"),
    (SIMPLE_DSN, 1, "louisl@larry.slip.umd.edu", Action::Failed, "4.0.0"),
    (HTML_DSN, 1, "louisl@larry.slip.umd.edu", Action::Failed, "4.0.0"),
];

const DELAYED_DSN: &str = "enmime/dsn/testdata/delayed_dsn.raw";
const ALTERNATIVE_DSN: &str = "enmime/dsn/testdata/dsn_with_multipart_alternative.raw";
const MULTI_DSN: &str = "enmime/dsn/testdata/multi_recipient_dsn.raw";
const SIMPLE_DSN: &str = "enmime/dsn/testdata/simple_dsn.raw";
const HTML_DSN: &str = "enmime/dsn/testdata/simple_dsn_with_html.raw";

#[test]
fn delivery_statuses_of_other_corpora_tell_the_same_as_to_cpython() {
    for (file, recipients, address, action, status) in OTHERS {
        let Some(octets) = read_shared(&format!("corpora/{file}")) else { return };
        let message = Message::parse(octets).unwrap();
        let report = Report::of(message.root()).unwrap();
        let read = report.delivery_status().unwrap();
        assert_eq!(names(&read.defects), [""; 0], "{file}");
        assert_eq!(read.value.recipients().len(), recipients, "{file}");
        let last = read.value.recipients().last().unwrap();
        assert_eq!(told(last), (address, Some(action), status.into()), "{file}");
    }
}

/// The values that MimeKit's `MessageDeliveryStatusTests` expect.
#[test]
fn the_delivery_statuses_of_mimekit_say_what_it_says() {
    for (file, defects) in [
        ("delivery-status", &["missing-status-field"][..]),
        ("delivery-status-no-blank-line", &["missing-status-field"]),
    ] {
        let place = format!("corpora/mimekit/messages/{file}.txt");
        let Some(octets) = read_shared(&place) else { return };
        let message = Message::parse(octets).unwrap();
        let report = Report::of(message.root()).unwrap();
        let read = report.delivery_status().unwrap();
        assert_eq!(names(&read.defects), defects);
        let status = read.value;
        assert_eq!(status.reporting_mta().unwrap().to_string(), "dns; mm1");
        let date = status.arrival_date().unwrap().to_string();
        assert_eq!(date, "Mon, 29 Jul 1996 02:12:50 -0700");
        let [recipient] = status.recipients() else { panic!() };
        let address = recipient.final_recipient().unwrap().to_string();
        assert_eq!(address, "RFC822; newsletter-request@imusic.com");
        assert_eq!(recipient.action(), Some(Action::Failed));
        let said = recipient.diagnostic_code().unwrap();
        assert_eq!(said.to_string(), "X-LOCAL; 500 (err.nosuchuser)");
    }
}

/// `TestStatusGroupsWithContent` of MimeKit: a filter took the groups for parts and encoded one.
#[test]
fn groups_that_a_filter_encoded_are_read() {
    let Some(octets) = read_shared("corpora/mimekit/messages/bounce.txt") else { return };
    let message = Message::parse(octets).unwrap();
    let report = Report::of(message.root()).unwrap();
    assert_eq!(names(report.defects()), ["encoded-groups"]);
    let status = report.delivery_status().unwrap().value;
    assert_eq!(status.reporting_mta().unwrap().name(), "hmail.jitbit.com");
    assert_eq!(status.extension("X-Postfix-Queue-ID"), Some("630A242E63"));
    assert_eq!(status.extension("X-Postfix-Sender"), Some("rfc822; helpdesk@netecgc.com"));
    let [recipient] = status.recipients() else { panic!() };
    let address = "netec.test@netecgc.com";
    assert_eq!(told(recipient), (address, Some(Action::Failed), "5.1.1".into()));
    assert!(recipient.remote_mta().unwrap().name().starts_with("https://urldefense."));
    // MimeKit keeps the blanks that the second line begins with.
    assert_eq!(
        recipient.diagnostic_code().unwrap().text(),
        "550 5.1.1 <netec.test@netecgc.com>: Recipient address rejected: User unknown"
    );
}

#[test]
fn several_empty_lines_between_groups_are_one() {
    let place = "corpora/mimekit/messages/delivery-status-multiple-blank-lines.txt";
    let Some(octets) = read_shared(place) else { return };
    let message = Message::parse(octets).unwrap();
    let report = Report::of(message.root()).unwrap();
    let status = report.delivery_status().unwrap().value;
    assert_eq!(status.reporting_mta().unwrap().name(), "someserver.com");
    let [recipient] = status.recipients() else { panic!() };
    assert_eq!(told(recipient), ("orig_recip@customer.com", None, "5.5.0".into()));
    let said = recipient.diagnostic_code().unwrap();
    assert_eq!(said.to_string(), "smtp; 550 Requested action not taken");
}

#[test]
fn replies_are_split_in_code_and_status() {
    for (text, code, status) in [
        ("550 5.1.1 no", Some(550), Some("5.1.1")),
        ("550-5.7.1 a 550 5.7.1 b", Some(550), Some("5.7.1")),
        ("452 4.2.2", Some(452), Some("4.2.2")),
        ("550 #5.1.0 Address rejected", Some(550), Some("5.1.0")),
        ("5.4.7 - Delivery expired", None, Some("5.4.7")),
        ("550", Some(550), None),
        ("5501 5.1.1", None, None),
        ("650 5.1.1", None, None),
        ("550 5.1.1.1", Some(550), None),
        ("550 192.0.2.1 refused", Some(550), None),
        ("Reason 1", None, None),
    ] {
        let said = DiagnosticCode::smtp(text).unwrap();
        assert_eq!(said.reply_code(), code, "{text}");
        assert_eq!(said.status().map(|status| status.to_string()).as_deref(), status, "{text}");
    }
}
