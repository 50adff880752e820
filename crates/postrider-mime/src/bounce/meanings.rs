//! What the words of a diagnosis mean by RFC 3463: in small letters, with one blank between words.

/// Class, subject and detail (RFC 3463 §2).
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
