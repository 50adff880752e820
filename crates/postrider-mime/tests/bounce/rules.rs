//! What counts as a bounce, and what is told of it.

use postrider_mime::{
    Limits, Message,
    bounce::{Action, Bounce, Ground, Source},
};

use crate::bounce;

const SENDER: &str = "From: MAILER-DAEMON@example.org (Mail Delivery System)\n";
const TEXT: &str = "Your message could not be delivered to:\n\n  joe@example.net\n";

/// The recipients, as `address action status`.
fn told(mail: &str) -> Vec<String> {
    let bounce = bounce(mail.as_bytes());
    let recipients = bounce.as_ref().map_or(&[][..], Bounce::recipients).iter();
    let name = |one: &str| one.to_owned();
    recipients
        .map(|one| {
            let address = one.address().map_or_else(|| "-".to_owned(), name);
            format!("{address} {} {}", one.action(), one.status())
        })
        .collect()
}

fn report(recipients: &str) -> String {
    format!(
        "From: MAILER-DAEMON@example.org\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\n\nYour message could not be delivered to ann@example.net\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; example.org\n\n\
         {recipients}\n--b--\n"
    )
}

#[test]
fn a_notice_needs_a_sender_or_a_subject_or_a_type_that_says_so() {
    let joe = ["joe@example.net failed 5.0.0"];
    assert_eq!(told(&format!("{SENDER}\n{TEXT}")), joe);
    assert_eq!(told(&format!("From: <a@b>\nSubject: Undeliverable mail\n\n{TEXT}")), joe);
    let subject = "Subject: =?utf-8?B?RGVsaXZlcnkgZmFpbHVyZQ==?=\n";
    assert_eq!(told(&format!("{subject}\n{TEXT}")), joe);
    let ty = "Content-Type: multipart/report; boundary=b\n";
    assert_eq!(told(&format!("{ty}\n--b\n\n{TEXT}\n--b--\n")), joe);
    assert!(told(&format!("From: ann@example.org\nSubject: Hello\n\n{TEXT}")).is_empty());
}

#[test]
fn a_parcel_that_was_not_delivered_is_no_bounce() {
    let mail = "From: Parcels <info@parcels.example>\nSubject: Delivery failure, parcel 1701\n\n\
        Your parcel could not be delivered to\njoe@example.net\n";
    assert!(told(mail).is_empty());
    // The same words about mail.
    let mail = mail.replace("parcel could", "message could");
    assert_eq!(told(&mail), ["joe@example.net failed 5.0.0"]);
}

#[test]
fn an_answer_that_quotes_a_notice_is_no_bounce() {
    for subject in ["Re: failure notice", "Fwd: Undeliverable: Hello", "FW: Delivery failed"] {
        assert!(told(&format!("From: a@b\nSubject: {subject}\n\n{TEXT}")).is_empty(), "{subject}");
        // As a mail system's subject it would be read.
        let without = subject.split_once(' ').unwrap().1;
        assert_eq!(told(&format!("From: a@b\nSubject: {without}\n\n{TEXT}")).len(), 1, "{without}");
    }
}

#[test]
fn a_report_that_a_person_attaches_is_no_bounce() {
    let inner = report("Final-Recipient: rfc822; joe@example.net\nAction: failed\nStatus: 5.1.1");
    let mail = |from: &str| {
        format!(
            "From: {from}\nSubject: What is this?\nContent-Type: multipart/mixed; boundary=m\n\n\
             --m\n\nI got the mail below.\n--m\nContent-Type: message/rfc822\n\n{inner}\n--m--\n"
        )
    };
    assert!(told(&mail("ann@example.org")).is_empty());
    // A gateway may do it.
    assert_eq!(told(&mail("postmaster@example.org")), ["joe@example.net failed 5.1.1"]);
}

#[test]
fn who_is_away_has_got_the_mail() {
    for mail in [
        "From: joe@example.net\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nI am away.\n",
        "From: postmaster@example.org\nSubject: Thank you\n\nWe got your message.\n",
    ] {
        assert!(told(mail).is_empty(), "{mail}");
    }
}

/// RFC 3464 §2.3.3: `delivered`, `relayed` and `expanded` are no failures, and the text does not
/// overrule what the report says.
#[test]
fn what_a_report_tells_as_delivered_is_no_bounce() {
    for action in ["delivered", "relayed", "expanded"] {
        let one =
            format!("Final-Recipient: rfc822; joe@example.net\nAction: {action}\nStatus: 2.0.0");
        assert!(told(&report(&one)).is_empty(), "{action}");
        let two = format!(
            "{one}\n\nFinal-Recipient: rfc822; sue@example.net\nAction: delayed\nStatus: 4.4.1\n"
        );
        assert_eq!(told(&report(&two)), ["sue@example.net delayed 4.4.1"], "{action}");
    }
}

#[test]
fn a_report_without_recipients_is_read_by_its_text() {
    let mail = report("X-Note: none").replace("to ann", "to:\n\nann");
    assert_eq!(told(&mail), ["ann@example.net failed 5.0.0"]);
}

/// RFC 3464 §2.3.1 and Appendix C: a list finds its subscriber by the original recipient.
#[test]
fn the_address_is_the_one_that_the_sender_wrote() {
    let mail = report(
        "Original-Recipient: rfc822;joe@example.net\nFinal-Recipient: rfc822; u17@store.example\n\
         Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 5.2.2 full",
    );
    let bounce = bounce(mail.as_bytes()).unwrap();
    let [joe] = bounce.recipients() else { panic!("{bounce:?}") };
    assert!(bounce.source().is_standard());
    assert_eq!((joe.address(), joe.last()), (Some("joe@example.net"), Some("u17@store.example")));
    // The diagnosis is more exact than `5.0.0`.
    assert_eq!((joe.status().to_string(), joe.ground()), ("5.2.2".into(), Ground::EnhancedCode));
}

/// RFC 6533 §3: addresses of the type `utf-8`.
#[test]
fn addresses_beyond_ascii_are_read_where_marks_stand_around_them() {
    let mail =
        report("Final-Recipient: utf-8; jos\u{e9}@ex\u{e4}mple.net\nAction: failed\nStatus: 5.1.1")
            .replace("message/delivery-status", "message/global-delivery-status");
    assert_eq!(told(&mail), ["jos\u{e9}@ex\u{e4}mple.net failed 5.1.1"]);
    let text = "Content-Type: text/plain; charset=utf-8\n\nUnable to deliver to:\n\n<jos\u{e9}@ex\u{e4}mple.net>:\n550 no\n";
    assert_eq!(told(&format!("{SENDER}{text}")), ["jos\u{e9}@ex\u{e4}mple.net failed 5.0.0"]);
}

#[test]
fn the_mail_that_is_returned_names_no_recipients() {
    let mail = format!(
        "{SENDER}\nSorry, I was unable to deliver your message.\n\n<joe@example.net>:\nno such user\n\n\
         --- Below this line is a copy of the message.\n\n<sue@example.net>:\n550 no\n"
    );
    assert_eq!(told(&mail), ["joe@example.net failed 5.1.1"]);
}

#[test]
fn the_field_of_exim_names_all_and_the_text_says_why() {
    let mail = format!(
        "X-Failed-Recipients: joe@example.net,\n  sue@example.net\n{SENDER}\n\
         The following address(es) failed:\n\n  joe@example.net\n    mailbox is full\n\n"
    );
    let bounce = bounce(mail.as_bytes()).unwrap();
    assert_eq!(bounce.source(), Source::FailedRecipients);
    assert!(!bounce.source().is_standard());
    assert_eq!(told(&mail), ["joe@example.net failed 4.2.2", "sue@example.net failed 5.0.0"]);
}

#[test]
fn no_address_is_told_that_was_not_there() {
    for (text, address) in [
        // A local name stays one: whose domain it is nobody says.
        ("could not be delivered at example.net to:\n\tjoe", None),
        ("could not be delivered to:\n\n joe @example.net", None),
        ("could not be delivered to:\n\n joe@\n example.net", None),
        ("could not be delivered to:\n\n joe\n @example.net", None),
        ("could not be delivered to:\n\n joe(x)@example.net", None),
        ("could not be delivered to:\n\n joe@example.net@example.org", None),
        ("could not be delivered to:\n\n \"joe\"@example.net", Some("\"joe\"@example.net")),
    ] {
        let mail = format!("{SENDER}\nYour mail {text}\n");
        let bounce = bounce(mail.as_bytes());
        let first = bounce.as_ref().and_then(|bounce| bounce.recipients()[0].address());
        assert_eq!(first, address, "{text:?}");
    }
}

/// The advice of Postfix wraps so that the address of the postmaster begins a line.
#[test]
fn whom_to_ask_is_no_recipient() {
    let mail = format!(
        "{SENDER}\nYour message could not be delivered. For assistance, please contact\n\
         <postmaster@example.org>\n\n<joe@example.net>: host mx.example.net said: 550 5.1.1 no\n"
    );
    assert_eq!(told(&mail), ["joe@example.net failed 5.1.1"]);
    let mail = format!(
        "{SENDER}\nYour message could not be delivered to:\n\njoe@example.net\n\nAsk\n\
         postmaster@example.org\n"
    );
    assert_eq!(told(&mail), ["joe@example.net failed 5.0.0"]);
}

#[test]
fn a_recipient_is_told_once_and_so_many_as_the_limit_allows() {
    let list: String = (0..100).map(|at| format!("<u{}@example.net>:\nno\n\n", at % 50)).collect();
    let mail = format!("{SENDER}\nI was unable to deliver your message.\n\n{list}");
    assert_eq!(told(&mail).len(), 50);
    let headers = postrider_message::Limits::DEFAULT.with_addresses(10);
    let limits = Limits::DEFAULT.with_headers(headers);
    let message = Message::parse_with(&mail, &limits).unwrap();
    assert_eq!(Bounce::of(&message).unwrap().recipients().len(), 10);
}

/// RFC 3463 §2 on class 4: “If this code accompanies a delivery failure report, sending in the
/// future may be successful.”
#[test]
fn the_class_is_that_of_the_reply_or_of_what_is_meant() {
    for (words, status, ground) in [
        ("the mailbox is full", "4.2.2", Ground::Words),
        ("552 the mailbox is full", "5.2.2", Ground::Words),
        ("550 5.2.1 the mailbox is full", "5.2.1", Ground::EnhancedCode),
        ("no such user", "5.1.1", Ground::Words),
        ("450 no such user", "4.1.1", Ground::Words),
        ("554 no", "5.0.0", Ground::ReplyCode),
        ("421 no", "4.0.0", Ground::ReplyCode),
        ("no", "5.0.0", Ground::Action),
        ("I tried 550 times", "5.0.0", Ground::Action),
    ] {
        let mail =
            format!("{SENDER}\nUnable to deliver your message.\n\n<joe@example.net>:\n{words}\n");
        let bounce = bounce(mail.as_bytes()).unwrap();
        let [joe] = bounce.recipients() else { panic!("{bounce:?}") };
        assert_eq!((&*joe.status().to_string(), joe.ground()), (status, ground), "{words}");
        assert_eq!((joe.action(), joe.diagnosis()), (Action::Failed, words));
    }
}

#[test]
fn a_diagnosis_is_of_bounded_length() {
    let words = "\u{e9}".repeat(4000);
    let mail = format!(
        "{SENDER}Content-Type: text/plain; charset=utf-8\n\nUnable to deliver your message.\n\n\
         <joe@example.net>:\na{words}\n"
    );
    let bounce = bounce(mail.as_bytes()).unwrap();
    assert_eq!(bounce.recipients()[0].diagnosis().len(), 1023);
}

/// Formats that the corpora have not: by sentences that mail systems are known to write.
#[test]
fn other_systems_are_read_by_the_same_rules() {
    let cut = "\n------- Returned Message --------\nReceived: from a\n\nTo: sue@example.net\n";
    for (text, recipient) in [
        // Lotus Notes.
        (
            "------- Failure Reasons  --------\n\nNot in the list\njoe@example.net\n",
            "joe@example.net failed 5.0.0",
        ),
        // OpenSMTPD.
        (
            "    Hi!\n\n    An error has occurred while attempting to deliver a message for\n    \
             the following list of recipients:\n\njoe@example.net: 550 5.1.1 no\n",
            "joe@example.net failed 5.1.1",
        ),
        // MailMarshal.
        (
            "Your message:\n   From: ann@example.org\n\nCould not be delivered because of\n\n550 5.1.1 User \
             unknown\n\nThe following recipients were affected: \n    joe@example.net\n",
            "joe@example.net failed 5.1.1",
        ),
        // Openwave.
        (
            "The following addresses had delivery errors---\n\njoe@example.net [User unknown]\n",
            "joe@example.net failed 5.1.1",
        ),
        // MailFoundry.
        (
            "Unable to deliver message to: <joe@example.net>\nDelivery failed for the following \
             reason:\nServer mx.example.net[192.0.2.2] failed with: 550 No such user here\n",
            "joe@example.net failed 5.1.1",
        ),
        // Exchange 2010 and later.
        (
            "Delivery has failed to these recipients or groups:\n\njoe@example.net<mailto:joe@example.net>\n\
             The e-mail address you entered couldn't be found.\n",
            "joe@example.net failed 5.0.0",
        ),
        // EZweb: the address stands first.
        (
            "<joe@example.net>\n\nEach of the following recipients was rejected by a remote mail server.\n",
            "joe@example.net failed 5.0.0",
        ),
        // Sendmail 5 names nobody.
        (
            "   ----- Transcript of session follows -----\n421 example.net (smtp)... Deferred: Connection \
             timed out during user open with example.net\n",
            "- failed 4.4.1",
        ),
    ] {
        let mail = format!("{SENDER}Subject: Returned mail\n\n{text}{cut}");
        assert_eq!(told(&mail), [recipient], "{text}");
    }
}
