//! What is written of a value is read as the same value.

use postrider_message::{
    AddrSpec, AuthResult, AuthenticationResults, DateTime, MessageId, RawValue, ReturnPath, Zone,
};
use postrider_mime::report::{
    Action, ActionMode, DeliveryStatus, DiagnosticCode, DispositionNotification, DispositionType,
    ExtensionField, FeedbackReport, FeedbackType, MessageDisposition, MtaName, Recipient,
    RecipientAddress, ReportingUa, SendingMode, Status,
};
use proptest::prelude::*;

/// Text that a value takes: words, runs of blanks, parentheses, semicolons, UTF-8.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[!-~]{1,20}",
        2 => Just(" ".to_owned()),
        1 => "[ \t]{1,3}",
        1 => "[()\\\\;:\"=?]{1,3}",
        1 => r"\\x\{[0-9A-F]{2,4}\}",
        1 => "[äöü€😀]{1,3}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn atom() -> impl Strategy<Value = String> {
    prop_oneof![Just("rfc822".to_owned()), Just("utf-8".to_owned()), "[a-zA-Z0-9-]{1,12}"]
}

fn date() -> impl Strategy<Value = DateTime> {
    (0..4_000_000_000_i64, -900..900_i16).prop_map(|(unix, minutes)| {
        DateTime::from_unix(unix, Zone::east(minutes).unwrap()).unwrap()
    })
}

fn mta() -> impl Strategy<Value = MtaName<'static>> {
    let comment = proptest::option::of("[a-z0-9. \\[\\]]{0,30}");
    (atom(), text(), comment).prop_filter_map("a name with a comment", |(ty, name, comment)| {
        let mta = MtaName::new(ty, name).ok()?;
        match comment {
            Some(comment) => mta.with_comment(comment).ok(),
            None => Some(mta),
        }
    })
}

fn address() -> impl Strategy<Value = RecipientAddress<'static>> {
    (atom(), text()).prop_map(|(ty, address)| RecipientAddress::new(ty, address).unwrap())
}

fn extensions() -> impl Strategy<Value = Vec<ExtensionField<'static>>> {
    let field = ("X-[A-Za-z0-9-]{1,20}", text());
    let field = field.prop_map(|(name, text)| ExtensionField::new(name, text).unwrap());
    proptest::collection::vec(field, 0..4)
}

fn status() -> impl Strategy<Value = Status> {
    (prop_oneof![Just(2), Just(4), Just(5)], 0..=999_u16, 0..=999_u16)
        .prop_map(|(class, subject, detail)| Status::new(class, subject, detail).unwrap())
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::Failed),
        Just(Action::Delayed),
        Just(Action::Delivered),
        Just(Action::Relayed),
        Just(Action::Expanded),
    ]
}

prop_compose! {
    fn recipient()(
        (address, action, status) in (address(), action(), status()),
        original in proptest::option::of(address()),
        remote in proptest::option::of(mta()),
        said in proptest::option::of((atom(), text())),
        (attempt, retry) in (proptest::option::of(date()), proptest::option::of(date())),
        (log, comment) in (proptest::option::of(text()), proptest::option::of("[a-z: ]{0,20}")),
        extensions in extensions(),
    ) -> Recipient<'static> {
        let mut one = Recipient::new(address, action, status);
        if let Some(original) = original { one = one.with_original_recipient(original); }
        if let Some(remote) = remote { one = one.with_remote_mta(remote); }
        if let Some((ty, text)) = said {
            one = one.with_diagnostic_code(DiagnosticCode::new(ty, text).unwrap());
        }
        if let Some(date) = attempt { one = one.with_last_attempt_date(date); }
        if let Some(date) = retry { one = one.with_will_retry_until(date); }
        if let Some(log) = log { one = one.with_final_log_id(log).unwrap(); }
        if let Some(comment) = comment { one = one.with_status_comment(comment).unwrap(); }
        extensions.into_iter().fold(one, Recipient::with_extension)
    }
}

proptest! {
    #[test]
    fn delivery_statuses(
        reporting in mta(),
        (gateway, from) in (proptest::option::of(mta()), proptest::option::of(mta())),
        (id, arrival) in (proptest::option::of(text()), proptest::option::of(date())),
        extensions in extensions(),
        recipients in proptest::collection::vec(recipient(), 1..4),
    ) {
        let mut status = DeliveryStatus::new(reporting);
        if let Some(gateway) = gateway { status = status.with_dsn_gateway(gateway); }
        if let Some(from) = from { status = status.with_received_from_mta(from); }
        if let Some(id) = id { status = status.with_original_envelope_id(id).unwrap(); }
        if let Some(date) = arrival { status = status.with_arrival_date(date); }
        status = extensions.into_iter().fold(status, DeliveryStatus::with_extension);
        status = recipients.into_iter().fold(status, DeliveryStatus::with_recipient);
        let utf8 = status.to_vec(true).unwrap();
        prop_assert_eq!(&DeliveryStatus::read(RawValue::new(&utf8)).value, &status);
        prop_assert!(lines_are_short(&utf8));
        if let Ok(ascii) = status.to_vec(false) {
            prop_assert!(ascii.is_ascii());
            prop_assert_eq!(&DeliveryStatus::read(RawValue::new(&ascii)).value, &status);
        }
    }

    #[test]
    fn disposition_notifications(
        (address, original) in (address(), proptest::option::of(address())),
        (gateway, extensions) in (proptest::option::of(mta()), extensions()),
        ua in proptest::option::of(("[a-z. ]{0,20}", proptest::option::of(text()))),
        errors in proptest::collection::vec(text(), 0..3),
        modifiers in proptest::collection::vec("[a-z-]{1,10}", 0..3),
        id in proptest::option::of("[a-z0-9.]{0,20}[a-z]@[a-z]{1,20}"),
    ) {
        let disposition = MessageDisposition::new(
            ActionMode::AutomaticAction,
            SendingMode::SentAutomatically,
            DispositionType::Processed,
        );
        let disposition = modifiers.into_iter().fold(disposition, |all, one| {
            all.with_modifier(one).unwrap()
        });
        let mut made = DispositionNotification::new(address, disposition);
        if let Some(original) = original { made = made.with_original_recipient(original); }
        if let Some(gateway) = gateway { made = made.with_mdn_gateway(gateway); }
        if let Some((name, product)) = ua {
            let ua = ReportingUa::new(name).unwrap();
            made = made.with_reporting_ua(match product {
                Some(product) => ua.with_product(product).unwrap(),
                None => ua,
            });
        }
        if let Some(Ok(id)) = id.map(MessageId::new) { made = made.with_original_message_id(id); }
        for error in errors { made = made.with_error(error).unwrap(); }
        made = extensions.into_iter().fold(made, DispositionNotification::with_extension);
        let utf8 = made.to_vec(true).unwrap();
        prop_assert_eq!(&DispositionNotification::read(RawValue::new(&utf8)).value, &made);
        prop_assert!(lines_are_short(&utf8));
    }

    #[test]
    fn feedback_reports(
        (agent, word) in ("[!-~]{1,20}", "[a-z-]{1,12}"),
        (arrival, mta) in (proptest::option::of(date()), proptest::option::of(mta())),
        ip in proptest::option::of(any::<core::net::IpAddr>()),
        incidents in proptest::option::of(any::<u32>()),
        recipients in proptest::collection::vec(("[a-z \"]{1,10}", "[a-z]{1,10}"), 0..3),
        (domains, uris) in (
            proptest::collection::vec("[a-z.]{1,20}", 0..3),
            proptest::collection::vec("https?://[!-~]{1,300}", 0..3),
        ),
        extensions in extensions(),
    ) {
        let mut made = FeedbackReport::new(FeedbackType::of(word).unwrap(), agent).unwrap()
            .with_original_mail_from(ReturnPath::Null)
            .with_authentication_results(AuthenticationResults::new("a.example").unwrap()
                .with_result(AuthResult::new("spf", "fail").unwrap()));
        if let Some(date) = arrival { made = made.with_arrival_date(date); }
        if let Some(mta) = mta { made = made.with_reporting_mta(mta); }
        if let Some(ip) = ip { made = made.with_source_ip(ip); }
        if let Some(number) = incidents { made = made.with_incidents(number); }
        for (local, domain) in recipients {
            made = made.with_original_rcpt_to(AddrSpec::new(local, domain).unwrap());
        }
        for domain in domains { made = made.with_reported_domain(domain).unwrap(); }
        for uri in uris { made = made.with_reported_uri(uri).unwrap(); }
        made = extensions.into_iter().fold(made, FeedbackReport::with_extension);
        let Ok(written) = made.to_vec() else { return Ok(()) };
        prop_assert_eq!(&FeedbackReport::read(RawValue::new(&written)).value, &made);
        prop_assert!(lines_are_short(&written));
    }
}

/// RFC 5322 §2.1.1: 998 octets without the line end, each CRLF.
fn lines_are_short(written: &[u8]) -> bool {
    written.ends_with(b"\r\n")
        && written
            .split_inclusive(|&octet| octet == b'\n')
            .all(|line| line.len() <= 1_000 && line.ends_with(b"\r\n"))
}
