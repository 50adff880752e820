//! Notifications about mail with UTF-8 (RFC 6533).

use postrider_mime::encoding::Transport;
use postrider_mime::report::Report;
use postrider_relay::dsn::{Notice, NoticeKind};
use postrider_smtp::{Body, MailParameters, Ret};

use crate::{MAIL, SEED, original, parsed, recipient, returned_type, with_status, writer};

const UTF8_MAIL: &[u8] =
    "Message-ID: <1@example.org>\r\nSubject: Gr\u{fc}\u{df}e\r\n\r\nA\r\n".as_bytes();

fn status_type(octets: &[u8]) -> &str {
    let text = core::str::from_utf8(octets).unwrap();
    let is_there = |ty: &&str| text.contains(&format!("\r\nContent-Type: {ty}\r\n"));
    ["message/delivery-status", "message/global-delivery-status"]
        .into_iter()
        .find(is_there)
        .unwrap()
}

#[test]
fn an_orcpt_in_ascii_form_is_converted_where_utf_8_may_stand() {
    // "the utf-8-addr-xtext form of the UTF-8 address type SHOULD be converted to the utf-8-address form
    // ... by removing the unitext encoding" (RFC 6533 §3); in a 7-bit report "utf-8-addr-xtext MUST be
    // used instead".
    let one = recipient("joe@example.com", "utf-8;k\\x{F6}n@example.com", "5.1.1");
    let notice = Notice::new(NoticeKind::Failed, vec![one]);
    let table = [
        (true, "message/global-delivery-status", "utf-8; k\u{f6}n@example.com"),
        (false, "message/delivery-status", "utf-8; k\\x{F6}n@example.com"),
    ];
    for (smtp_utf8, ty, field) in table {
        let parameters = MailParameters::new().with_smtp_utf8(smtp_utf8);
        let original = original("alice@example.org", parameters).with_message(MAIL);
        let dsn = writer("mx.example.net").write(&notice, &original, &SEED).unwrap();
        let octets = dsn.to_vec().unwrap();
        assert_eq!(status_type(&octets), ty);
        let text = String::from_utf8(octets).unwrap();
        assert!(text.contains(&format!("Original-Recipient: {field}\r\n")), "{text}");
        with_status(&parsed(&dsn), |status| {
            let told = status.recipients()[0].original_recipient().unwrap();
            assert_eq!((told.ty(), told.address()), ("utf-8", "k\u{f6}n@example.com"));
        });
        // The sender is ASCII: the notification itself needs no SMTPUTF8.
        assert!(!dsn.mail_parameters().smtp_utf8);
    }
}

#[test]
fn what_is_ascii_needs_no_new_type() {
    // "In the event all content is 7-bit, the equivalent traditional types ... MAY be used" (§4.4).
    let notice = crate::failed("joe@example.com");
    let parameters = MailParameters::new().with_smtp_utf8(true);
    let original = original("alice@example.org", parameters).with_message(MAIL);
    let dsn = writer("mx.example.net").write(&notice, &original, &SEED).unwrap();
    assert_eq!(status_type(&dsn.to_vec().unwrap()), "message/delivery-status");
    assert_eq!(returned_type(&parsed(&dsn)).as_deref(), Some("message/rfc822"));
    assert_eq!(dsn.mail_parameters().body, None);
}

#[test]
fn a_mail_with_utf_8_in_its_fields_comes_back_as_one_that_has_it() {
    // §4.2, §4.3, §4.5: "encoded using a 7-bit Content-Transfer-Encoding" or 8bit.
    let table = [
        (Ret::Full, Transport::EightBit, "message/global"),
        (Ret::Full, Transport::SevenBit, "message/global"),
        (Ret::Headers, Transport::EightBit, "message/global-headers"),
        (Ret::Headers, Transport::SevenBit, "message/global-headers"),
    ];
    for (ret, transport, ty) in table {
        let parameters = MailParameters::new().with_smtp_utf8(true).with_ret(ret);
        let original = original("alice@example.org", parameters).with_message(UTF8_MAIL);
        let writer = writer("mx.example.net").with_transport(transport);
        let dsn = writer.write(&crate::failed("joe@example.com"), &original, &SEED).unwrap();
        let octets = dsn.to_vec().unwrap();
        assert_eq!(octets.is_ascii(), transport == Transport::SevenBit);
        let wide = (transport == Transport::EightBit).then_some(Body::EightBitMime);
        assert_eq!(dsn.mail_parameters().body, wide);
        let message = parsed(&dsn);
        assert_eq!(returned_type(&message).as_deref(), Some(ty));
        let report = Report::of(message.root()).unwrap();
        let part = report.original().unwrap();
        let section = postrider_message::HeaderSection::parse(part.decoded().value);
        assert_eq!(section.headers().subject().unwrap().value.as_str(), "Gr\u{fc}\u{df}e");
    }
}

#[test]
fn a_sender_with_utf_8_is_told_by_smtputf8() {
    let parameters = MailParameters::new().with_smtp_utf8(true);
    let original = original("\u{e4}lice@example.org", parameters).with_message(UTF8_MAIL);
    let dsn = writer("mx.example.net")
        .write(&crate::failed("k\u{f6}n@example.com"), &original, &SEED)
        .unwrap();
    assert!(dsn.mail_parameters().smtp_utf8);
    assert_eq!(dsn.recipient().to_string(), "<\u{e4}lice@example.org>");
    let message = parsed(&dsn);
    assert_eq!(message.headers().to().unwrap().value.to_string(), "\u{e4}lice@example.org");
    with_status(&message, |status| {
        let told = status.recipients()[0].final_recipient().unwrap();
        assert_eq!((told.ty(), told.address()), ("utf-8", "k\u{f6}n@example.com"));
    });
}

#[test]
fn words_that_are_not_ascii_are_kept_where_utf_8_may_stand() {
    // RFC 6533 §4.1: "the "Diagnostic-Code:" field MAY contain UTF-8"; RFC 3464: it may not.
    for (smtp_utf8, told) in
        [(true, "550 unbekannter Empf\u{e4}nger"), (false, "550 unbekannter Empf?nger")]
    {
        let mut one = recipient("joe@example.com", "", "5.1.1");
        one.remote_mta = Some("mx.example.com".into());
        one.diagnostic = Some("550 unbekannter Empf\u{e4}nger".into());
        let parameters = MailParameters::new().with_smtp_utf8(smtp_utf8);
        let original = original("alice@example.org", parameters).with_message(MAIL);
        let notice = Notice::new(NoticeKind::Failed, vec![one]);
        let dsn = writer("mx.example.net").write(&notice, &original, &SEED).unwrap();
        with_status(&parsed(&dsn), |status| {
            assert_eq!(status.recipients()[0].diagnostic_code().unwrap().text(), told);
        });
    }
}

#[test]
fn an_address_that_no_line_holds_in_ascii_is_written_in_utf_8() {
    let local = "\u{f6}".repeat(200);
    let notice = crate::failed(&format!("{local}@example.com"));
    let original = original("alice@example.org", MailParameters::new()).with_message(MAIL);
    let dsn = writer("mx.example.net").write(&notice, &original, &SEED).unwrap();
    with_status(&parsed(&dsn), |status| {
        let told = status.recipients()[0].final_recipient().unwrap();
        assert_eq!(told.address(), format!("{local}@example.com"));
    });
}
