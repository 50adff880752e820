//! Which mail a notification is about.

use postrider_mime::Message;
use postrider_mime::bounce::{Action, Source};
use postrider_relay::dsn::{MatchedBy, Notice, NoticeKind, Returned, SentMail, SentRecipient};
use postrider_smtp::{EnvelopeId, MailParameters, OriginalRecipient};

use crate::{MAIL, SEED, original, parsed, path, recipient, writer};

fn sent(recipients: &[(&str, &str)]) -> SentMail {
    let recipients = recipients.iter().map(|(address, orcpt)| {
        SentRecipient::new(path(address), OriginalRecipient::parse(orcpt).ok())
    });
    SentMail::new(recipients.collect())
}

fn named(envid: &str, id: &str, recipients: &[(&str, &str)]) -> SentMail {
    let mut mail = sent(recipients);
    if !envid.is_empty() {
        mail = mail.with_envelope_id(EnvelopeId::parse(envid).unwrap());
    }
    if id.is_empty() { mail } else { mail.with_message_id(id) }
}

fn returned(envid: &str, recipients: &[(&str, &str, &str)]) -> Returned {
    let recipients =
        recipients.iter().map(|(address, orcpt, status)| recipient(address, orcpt, status));
    let notice = Notice::new(NoticeKind::Failed, recipients.collect());
    let mut parameters = MailParameters::new();
    parameters.envid = EnvelopeId::parse(envid).ok();
    let original = original("alice@example.org", parameters).with_message(MAIL);
    let dsn = writer("mx.example.net").write(&notice, &original, &SEED).unwrap();
    Returned::read(&parsed(&dsn)).unwrap()
}

#[test]
fn a_notification_is_matched_by_the_strongest_name_that_both_have() {
    let told = returned("Q1+2B1", &[("joe@example.com", "", "5.1.1")]);
    let joe: &[(&str, &str)] = &[("bob@example.com", ""), ("joe@example.com", "")];
    let other: &[(&str, &str)] = &[("bob@example.com", ""), ("eve@example.com", "")];
    let table = [
        (named("Q1+2B1", "1@example.org", joe), Some((MatchedBy::EnvelopeId, 1))),
        (named("Q1+2B1", "other@example.org", joe), Some((MatchedBy::EnvelopeId, 1))),
        // Another sending of the same mail.
        (named("Q2", "1@example.org", joe), None),
        (named("", "<1@example.org>", joe), Some((MatchedBy::MessageId, 1))),
        (named("", "1@EXAMPLE.org", joe), None),
        (named("", "", joe), Some((MatchedBy::Recipient, 1))),
        (named("", "", other), None),
    ];
    for (row, (mail, expected)) in table.into_iter().enumerate() {
        let found = told.matched(&mail);
        let found = found.map(|found| (found.by, found.recipients[0].index));
        assert_eq!(found, expected, "row {row}");
    }
}

#[test]
fn recipients_are_found_by_orcpt_before_their_path_and_in_any_case() {
    let mail = named(
        "Q",
        "",
        &[
            ("sam@boondoggle.example", "rfc822;sam@boondoggle.example"),
            ("george@tax-me.example", "rfc822;George+2Bx@Tax-ME.example"),
            ("eve@example.com", ""),
        ],
    );
    let told = returned(
        "Q",
        &[
            // Forwarded from George to Sam, who is a recipient too.
            ("sam@boondoggle.example", "rfc822;George+2Bx@Tax-ME.example", "4.2.2"),
            ("EVE@example.com", "", "5.1.1"),
            ("nobody@example.com", "", "5.1.1"),
        ],
    );
    let found = told.matched(&mail).unwrap();
    let found: Vec<_> = found
        .recipients
        .iter()
        .map(|one| (one.index, one.action, one.status.unwrap().to_string()))
        .collect();
    assert_eq!(
        found,
        [(1, Action::Failed, "4.2.2".to_owned()), (2, Action::Failed, "5.1.1".to_owned())]
    );
}

#[test]
fn a_mail_to_one_recipient_is_matched_wherever_it_was_forwarded_to() {
    let told = returned("Q", &[("deep@inside.example", "", "5.1.1")]);
    let found = told.matched(&named("Q", "", &[("joe@example.com", "")])).unwrap();
    assert_eq!(found.recipients[0].index, 0);
    // By a recipient alone it is not.
    assert_eq!(told.matched(&named("", "", &[("joe@example.com", "")])), None);
    let two = named("Q", "", &[("joe@example.com", ""), ("bob@example.com", "")]);
    assert!(told.matched(&two).unwrap().recipients.is_empty());
}

#[test]
fn a_text_in_the_place_of_a_report_is_matched_by_the_mail_that_it_quotes() {
    let qmail = "From: MAILER-DAEMON@example.org\nSubject: failure notice\n\n\
        Hi. This is the qmail-send program at example.org.\n\
        I'm afraid I wasn't able to deliver your message to the following addresses.\n\
        This is a permanent error; I've given up. Sorry it didn't work out.\n\n\
        <joe@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n\
        --- Below this line is a copy of the message.\n\n\
        Return-Path: <alice@example.org>\nMessage-Id: <1@example.org>\nTo: joe@example.net\n";
    let message = Message::parse(qmail).unwrap();
    let told = Returned::read(&message).unwrap();
    assert_eq!((told.source, told.envelope_id.as_deref()), (Source::Paragraphs, None));
    let mail = named("Q", "1@example.org", &[("joe@example.net", "")]);
    let found = told.matched(&mail).unwrap();
    assert_eq!((found.by, found.recipients[0].index), (MatchedBy::MessageId, 0));
}

#[test]
fn a_notification_that_answers_a_mail_is_about_it() {
    let text = "From: MAILER-DAEMON@example.org\nSubject: failure notice\n\
        In-Reply-To: <1@example.org>\n\n\
        Your message could not be delivered to:\n\n<joe@example.net>\n    550 5.1.1 no\n";
    let message = Message::parse(text).unwrap();
    let told = Returned::read(&message).unwrap();
    assert_eq!(told.message_id.as_deref(), Some("1@example.org"));
}

#[test]
fn a_mail_is_no_notification() {
    let message = Message::parse("From: joe@example.com\nSubject: Lunch\n\nAt one?\n").unwrap();
    assert_eq!(Returned::read(&message), None);
}
