//! What an answer means for a recipient.

use postrider_smtp::EnhancedStatusCode;
use postrider_smtp::client::{Delivery, Failure, FailureKind, Phase, RecipientOutcome};

use super::Trouble;

/// What is to be done about a recipient after a transaction.
///
/// | answer | class |
/// |---|---|
/// | 2yz to the mail | [`Class::Delivered`] |
/// | 5yz to `MAIL`, `RCPT`, `DATA` or the mail | [`Class::Failed`] |
/// | 452 or 552 to `RCPT`, or a code X.5.3: too many recipients | [`Class::Again`] (RFC 5321 §4.5.3.1.10) |
/// | any other 4yz | [`Class::NextHost`] (RFC 5321 §5.1) |
/// | 4yz or 5yz to the greeting or `EHLO`, 421 (RFC 5321 §3.8) | [`Class::NextHost`] |
/// | the connection broke, or the protocol, before the mail was whole | [`Class::NextHost`] |
/// | the connection broke behind the whole mail | [`Class::Later`] (RFC 1047) |
/// | the program gave up | [`Class::Later`] |
///
/// The basic code decides, whatever class the enhanced one has (RFC 5321 §4.2). And where there was no
/// answer, since there was no transaction:
///
/// | trouble | what is done |
/// |---|---|
/// | no connection, no TLS as demanded, a session that is refused | the next host; given up where all hosts refused for good (RFC 7504 §3, RFC 8689 §4.2.1), else later |
/// | the host lacks `8BITMIME`, `BINARYMIME`, `SMTPUTF8` or `REQUIRETLS`, or takes no mail so large | the next host; given up with 5.6.3, 5.6.7, 5.7.30 or 5.3.4 where none is better |
/// | it takes fewer recipients, domains or mails (RFC 9422) | smaller transactions, or another session |
/// | there is no route | given up, or later if that may change ([`NoRoute::is_temporary`](crate::route::NoRoute::is_temporary)) |
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// The host has it.
    Delivered,
    /// It does not arrive.
    Failed(Trouble),
    /// Another host may take it; where there is none, later.
    NextHost(Trouble),
    /// This host may take it in a transaction of its own, now that there is room.
    Again(Trouble),
    /// It is tried later, and not at once elsewhere.
    Later(Trouble),
}

impl Class {
    /// What the outcome for a recipient comes to, at a time in seconds since 1970.
    #[must_use]
    pub fn of(outcome: &RecipientOutcome, at: i64) -> Self {
        match outcome {
            RecipientOutcome::Accepted(_) => Self::Delivered,
            RecipientOutcome::Failed(failure) => Self::of_failure(failure, at),
            // An outcome that this version does not know: not lost, in any case.
            _ => Self::Later(Trouble::new(EnhancedStatusCode::TEMPORARY, "no outcome", at)),
        }
    }

    fn of_failure(failure: &Failure, at: i64) -> Self {
        let mut trouble = Trouble::of_failure(failure, at);
        if failure.delivery == Delivery::Unknown {
            // Elsewhere at once it would be doubled more often than lost.
            return Self::Later(trouble.for_now());
        }
        let Some(reply) = &failure.reply else {
            return match failure.kind {
                FailureKind::Aborted => Self::Later(trouble),
                _ => Self::NextHost(trouble),
            };
        };
        let at_rcpt = failure.phase == Phase::Recipients;
        let full = reply.enhanced().is_some_and(|code| (code.subject(), code.detail()) == (5, 3));
        if at_rcpt && (matches!(reply.code(), 452 | 552) || (full && reply.is_transient())) {
            // "An SMTP client SHOULD treat a 552 code in this case as a temporary, rather than permanent,
            // failure".
            trouble = trouble.for_now();
            return Self::Again(trouble);
        }
        let session = matches!(failure.phase, Phase::Hello | Phase::Tls | Phase::Login);
        if reply.is_permanent() && !session {
            Self::Failed(trouble)
        } else {
            Self::NextHost(trouble)
        }
    }
}

/// Whether a refusal may be for want of TLS: 530 (RFC 3207 §4), or encryption is needed (RFC 5248 §2.4).
pub(super) fn wants_tls(outcome: &RecipientOutcome) -> bool {
    outcome.reply().is_some_and(|reply| {
        let needed =
            [EnhancedStatusCode::ENCRYPTION_NEEDED, EnhancedStatusCode::ENCRYPTION_REQUIRED];
        reply.code() == 530 || reply.enhanced().is_some_and(|code| needed.contains(&code))
    })
}

/// Whether a session can go on after this.
pub(super) fn ends_session(failure: &Failure) -> bool {
    match &failure.reply {
        Some(reply) => reply.is_closing() || matches!(failure.kind, FailureKind::Protocol),
        None => true,
    }
}
