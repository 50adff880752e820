//! What mail systems say, as tables: in small letters, with one blank between words.

use super::Verdict::{self, Delayed, Failed};

/// Sentences that say that mail was not delivered, or not yet.
pub(super) const VERDICTS: &[(&str, Verdict)] = &[
    ("not yet been delivered", Delayed),
    ("not yet received your message", Delayed),
    ("has been delayed", Delayed),
    ("been postponed", Delayed),
    ("still awaiting delivery", Delayed),
    ("still being retried", Delayed),
    ("attempts will continue", Delayed),
    ("will continue trying", Delayed),
    ("continue to try to deliver", Delayed),
    ("will be retried", Delayed),
    ("transient non-fatal errors", Delayed),
    ("this is just a warning", Delayed),
    ("this is a warning only", Delayed),
    ("this is a warning message only", Delayed),
    ("could not be delivered", Failed),
    ("couldn't be delivered", Failed),
    ("cannot be delivered", Failed),
    ("was not delivered", Failed),
    ("wasn't delivered", Failed),
    ("were not delivered", Failed),
    ("has not been delivered", Failed),
    ("message not delivered", Failed),
    ("could not deliver", Failed),
    ("unable to deliver", Failed),
    ("able to deliver your message to", Failed),
    ("able to deliver the following message", Failed),
    ("did not reach", Failed),
    ("could not be reached", Failed),
    ("did not receive", Failed),
    ("delivery failure", Failed),
    ("delivery failed", Failed),
    ("delivery has failed", Failed),
    ("delivery errors", Failed),
    ("delivery problems", Failed),
    ("delivery to the following recipient", Failed),
    // One system's own spelling.
    ("delevery to the following recipient", Failed),
    ("delivery of email to this address", Failed),
    ("permanent fatal errors", Failed),
    ("failed addresses", Failed),
    ("failed recipient", Failed),
    ("addresses failed", Failed),
    ("address failed", Failed),
    ("address(es) failed", Failed),
    ("failed because", Failed),
    ("was automatically rejected", Failed),
    ("was rejected by", Failed),
    ("returned because it encountered an error", Failed),
    ("an error was detected while processing", Failed),
    ("an error has occurred while attempting to deliver", Failed),
    ("failure reasons", Failed),
    ("following recipients was rejected", Failed),
    ("problem with the e-mail address", Failed),
    ("undeliverable to", Failed),
    ("undeliverable address", Failed),
    ("unknown user:", Failed),
    ("invalid final delivery userid", Failed),
    ("no such user here", Failed),
    ("not exactly match", Failed),
    ("su mensaje no pudo ser entregado", Failed),
    ("n'a pas pu etre delivre", Failed),
    ("невозможно доставить", Failed),
    ("无法发送", Failed),
    ("投递失败", Failed),
    ("送信できませんでした", Failed),
    ("送信に失敗しました", Failed),
];

/// Words right before the address that they speak of.
pub(super) const BEFORE: &[&str] = &[
    "deliver message to",
    "deliver your message to",
    "could not be delivered to",
    "couldn't be delivered to",
    "cannot be delivered to",
    "was not delivered to",
    "wasn't delivered to",
    "undeliverable to",
    "undeliverable address:",
    " attempts:",
    "unknown user:",
    "invalid final delivery userid:",
    "failed recipient:",
    "intended recipient:",
    "following recipient:",
    "recipient: [smtp:",
    "recipient address:",
    "error-for:",
    "dda:smtp=",
    "your message to",
    "your email to",
    "your mail to",
    "message, addressed to",
    "message was addressed,",
    "local mailbox",
    "mailbox is full:",
    "quota violation for",
];

/// Words right before the address that the sender wrote, where the mail went on to another.
pub(super) const ORIGINALLY: &[&str] = &[
    "(expanded from:",
    "(generated from",
    "(was addressed to",
    "(originally addressed to",
    "original address:",
];

/// Words right behind the address that they speak of.
pub(super) const BEHIND: &[&str] = &[" - no such user here"];

/// How a line begins, behind its dashes, from which on the mail is told that is returned.
pub(super) const RETURNED: &[&str] = &[
    "below this line",
    "below the next line",
    "below is a copy",
    "this is a copy of",
    "here is a copy",
    "included is a copy",
    "a copy of the",
    "attachment is a copy",
    "original message",
    "the original message follows",
    "mensaje original",
    "message header",
    "message text follows",
    "message body",
    "the header",
    "header of the source mail",
    "the first ",
    "forwarded message",
    "old message:",
    "returned mail",
    "returned message",
    "start of returned message",
    "unsent message",
    "a summary of the undelivered",
    "your message reads",
    "content-type: message/rfc822",
    "received: from",
    "return-path:",
    "delivered-to:",
];

/// Whom notices come from: the local part of the address, or words of the name.
pub(super) const SENDERS: &[&str] = &[
    "mailer-daemon",
    "mail delivery",
    "mail.delivery.system",
    "maildelivery",
    "delivery subsystem",
    "postmaster",
    "mdaemon",
    "mail administrator",
    "system administrator",
];

/// What the subjects of notices say.
pub(super) const SUBJECTS: &[&str] = &[
    "undeliver",
    "non-delivery",
    "not delivered",
    "not be delivered",
    "returned mail",
    "mail returned",
    "failure notice",
    "failed mail",
    "mail failed",
    "mail error",
    "processing error",
    "delivery fail",
    "delivery error",
    "delivery problem",
    "delivery report",
    "delivery warning",
    "delivery status",
    "delivery notification",
    "message delayed",
    "delayed mail",
    "user unknown",
];

/// Subjects that say so even where they begin as an answer does.
pub(super) const PLAIN_SUBJECTS: &[&str] = &["(delivery failed)"];

/// What the field `To` of the mail stands behind, where a notice quotes it.
pub(super) const FOLLOWING_MESSAGE: &str = "able to deliver the following message";

/// How a notice calls the mail that it is about.
pub(super) const YOUR_MAIL: &[&str] = &["your message", "your mail", "your email", "your e-mail"];
