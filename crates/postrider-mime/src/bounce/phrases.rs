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

/// Class, subject and detail.
pub(super) type Meaning = (u8, u16, u16);

/// What is said in a diagnosis, by the status of RFC 3463 §3 that has this meaning: the first row
/// counts that has a phrase in the text. The class is that of a failure without a reply code, 4 where
/// the RFC calls it “useful only as a persistent transient error” or the like.
pub(super) const MEANINGS: &[(Meaning, &[&str])] = &[
    // X.2.2 Mailbox full: “should be used as a persistent transient failure.”
    (
        (4, 2, 2),
        &[
            "quota",
            "mailbox is full",
            "mailbox full",
            "full mailbox",
            "inbox is full",
            "mailfolder is full",
            "mail box space not enough",
            "too much mail stored",
            "out of storage space",
        ],
    ),
    // X.2.1 Mailbox disabled, not accepting messages.
    (
        (5, 2, 1),
        &[
            "account has been disabled",
            "account is disabled",
            "account disabled",
            "mailbox is disabled",
            "mailbox disabled",
        ],
    ),
    // X.1.2 Bad destination system address.
    (
        (5, 1, 2),
        &[
            "unknown host",
            "host unknown",
            "host not found",
            "find any host",
            "domain not found",
            "no such domain",
            "domain does not exist",
            "find a gateway",
        ],
    ),
    // X.1.1 Bad destination mailbox address.
    (
        (5, 1, 1),
        &[
            "user unknown",
            "unknown user",
            "addressee unknown",
            "user not known",
            "user not found",
            "no such user",
            "user does not exist",
            "user doesn't exist",
            "account does not exist",
            "address couldn't be found",
            "address not found",
            "unknown address",
            "no mailbox here by that name",
            "no such mailbox",
            "mailbox not found",
            "mailbox does not exist",
            "recipient name is not recognized",
            "unknown recipient",
            "recipient unknown",
            "recipient not found",
            "no such recipient",
            "not listed in",
            "doesn't have a",
            "wrong or no longer valid",
            "did not exactly match",
            "no matches to nameserver query",
            "invalid final delivery userid",
            "n'existe pas",
        ],
    ),
    // X.3.4 Message too big for system: “useful only as a permanent error.”
    (
        (5, 3, 4),
        &[
            "maximum incoming message size",
            "maximum inbound message size",
            "message size exceeds",
            "message too large",
            "message too big",
        ],
    ),
    // X.4.6 Routing loop detected: “useful only as a persistent transient error.”
    (
        (4, 4, 6),
        &[
            "too many hops",
            "message looping",
            "forwarding loop",
            "mail loop",
            "loops back to myself",
        ],
    ),
    // X.4.7 Delivery time expired.
    (
        (4, 4, 7),
        &[
            "in the queue too long",
            "allowed queue period",
            "maximum delivery attempts",
            "not been collected after",
            "message timed out",
            "aborted after",
            "retry timeout exceeded",
            "delivery time expired",
        ],
    ),
    // X.4.1 No answer from host: “useful only as a persistent transient error.”
    (
        (4, 4, 1),
        &[
            "establish an smtp connection",
            "can't connect to host",
            "connection timed out",
            "connection refused",
            "no route to host",
            "server did not respond",
            "is not responding",
            "mail exchanger failed",
        ],
    ),
    // X.7.1 Delivery not authorized, message refused.
    (
        (5, 7, 1),
        &[
            "unable to relay",
            "relaying denied",
            "relay access denied",
            "relay not permitted",
            "access denied",
            "unsolicited",
            "as spam",
            "not accepting mail from",
        ],
    ),
];

/// What the field `To` of the mail stands behind, where a notice quotes it.
pub(super) const FOLLOWING_MESSAGE: &str = "able to deliver the following message";
