//! What became of a mail, recipient by recipient.

use alloc::vec::Vec;
use core::fmt;

use postrider_wire::{ErrorKind, MachineError};

use crate::{EnhancedStatusCode, Error, ForwardPath, Keyword, Reply};

/// What became of a [`super::Transaction`]. Every recipient has exactly one outcome: the server has the
/// mail; or it may be tried again ([`Report::retryable`]); or nobody can know ([`Report::doubtful`]); or the
/// sender is to be told. What an MTA does with it, under [`super::Partial::Deliver`]:
///
/// ```
/// use postrider_smtp::client::{Report, Transaction};
///
/// /// What is left to be sent later, if anything.
/// fn left(mut sent: Transaction, report: &Report) -> Option<Transaction> {
///     let again: Vec<_> = report.retryable().chain(report.doubtful()).map(|(path, _)| path).collect();
///     sent.recipients.retain(|recipient| again.contains(&&recipient.path));
///     (!again.is_empty()).then_some(sent)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The recipients, in the order of the transaction.
    pub recipients: Vec<RecipientReport>,
    /// What the server does not offer, so that it was not asked for.
    pub left_out: LeftOut,
}

/// Parameters that were left out, because the server does not offer their extension, and the RFC lets the
/// mail go all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// `RET`, `ENVID`, `NOTIFY` or `ORCPT`: nothing is promised about reports of delivery (RFC 3461
    /// §5.2.2).
    pub dsn: bool,
    /// `AUTH=` (RFC 4954 §5).
    pub auth: bool,
}

/// What became of a mail for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecipientReport {
    /// The recipient.
    pub path: ForwardPath,
    /// What became of the mail.
    pub outcome: RecipientOutcome,
}

/// The outcome for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientOutcome {
    /// The server has the mail for this recipient, and said so: it is the server's now.
    Accepted(Reply),
    /// It did not say so.
    Failed(Failure),
}

/// What is known of where a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// The server does not have it: it may be sent again.
    NotSent,
    /// It was sent to its end and the answer did not come: perhaps the server has it. To send it
    /// again may double it, not to do so may lose it (RFC 5321 §6.1, RFC 1047).
    Unknown,
    /// The server has it: it must not be sent again.
    Accepted,
}

/// Why something failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// How far the session, or the transaction, was.
    pub phase: Phase,
    /// The command that was refused, or not answered.
    pub command: Option<Keyword>,
    /// What went wrong.
    pub kind: FailureKind,
    /// The server's words, where it was the server that refused. Of a reply that has many lines the later
    /// ones are missing where the report would grow beyond its bound
    /// ([`crate::Limits::report_text`]).
    pub reply: Option<Reply>,
    /// Where the mail is. Never [`Delivery::Accepted`].
    pub delivery: Delivery,
}

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// The greeting is due, or the answer to `EHLO`, `HELO` or `LHLO`.
    Hello,
    /// TLS is being agreed on, or established.
    Tls,
    /// The login is under way.
    Login,
    /// A command is due from the embedder, or the answer to one that belongs to no transaction.
    Ready,
    /// The sender is being told.
    Mail,
    /// The recipients are being told.
    Recipients,
    /// The server was asked to take the mail.
    Data,
    /// The mail is being written.
    Content,
    /// The mail was written to its end; the answer is due.
    Verdict,
    /// Nothing more is said.
    Over,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The server refused, for now (4yz).
    Transient,
    /// The server refused, for good (5yz).
    Permanent,
    /// The server broke the protocol.
    Protocol,
    /// TLS was refused, or cannot be trusted.
    Tls,
    /// The login failed.
    Auth,
    /// The server was silent for too long.
    Timeout,
    /// The connection ended.
    Eof,
    /// What the server said is larger than the limits allow.
    Limit,
    /// The client gave up: the embedder aborted, or policy wants all recipients or none.
    Aborted,
}

impl RecipientOutcome {
    /// Where the mail is.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Accepted(_) => Delivery::Accepted,
            Self::Failed(failure) => failure.delivery,
        }
    }

    /// The server's words, where there are any.
    #[must_use]
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Accepted(reply) => Some(reply),
            Self::Failed(failure) => failure.reply.as_ref(),
        }
    }
}

impl Report {
    /// Whether the server has the mail for all recipients.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.recipients.iter().all(|one| matches!(one.outcome, RecipientOutcome::Accepted(_)))
    }

    /// The recipients that the server did not take the mail for, and why.
    pub fn failures(&self) -> impl Iterator<Item = (&ForwardPath, &Failure)> {
        self.recipients.iter().filter_map(|one| match &one.outcome {
            RecipientOutcome::Accepted(_) => None,
            RecipientOutcome::Failed(failure) => Some((&one.path, failure)),
        })
    }

    /// The recipients whom the mail may be sent to again, later, without doubling it: the server does not
    /// have it for them, and nobody refused it for good ([`Failure::is_transient`]).
    ///
    /// Not those whom the mail was kept from under [`super::Partial::AllOrNothing`], because another was
    /// refused: there a mail is tried again for all, or for none.
    pub fn retryable(&self) -> impl Iterator<Item = (&ForwardPath, &Failure)> {
        self.failures()
            .filter(|(_, failure)| failure.delivery == Delivery::NotSent && failure.is_transient())
    }

    /// The recipients of whom nobody can know whether the server has the mail for them
    /// ([`Delivery::Unknown`]). An MTA tries again, which may double the mail but never loses it; a program
    /// that sends for a person had better ask.
    pub fn doubtful(&self) -> impl Iterator<Item = (&ForwardPath, &Failure)> {
        self.failures().filter(|(_, failure)| failure.delivery == Delivery::Unknown)
    }
}

impl Failure {
    /// The enhanced status code of the reply, if it has one.
    #[must_use]
    pub fn enhanced(&self) -> Option<EnhancedStatusCode> {
        self.reply.as_ref().and_then(Reply::enhanced)
    }

    /// Whether it is worth another try later: 4yz, and what no server refused, such as a timeout. Not
    /// what the client gave up by itself ([`FailureKind::Aborted`]): whoever aborted knows, and with
    /// [`super::Partial::AllOrNothing`] the recipients that were refused decide for the others.
    ///
    /// It says nothing of where the mail is. Before another try look at [`Failure::delivery`], or use
    /// [`Report::retryable`].
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match (&self.reply, self.kind) {
            (Some(reply), _) => !reply.is_permanent(),
            (None, FailureKind::Tls | FailureKind::Auth | FailureKind::Aborted) => false,
            (None, _) => true,
        }
    }
}

impl FailureKind {
    pub(super) fn of_reply(reply: &Reply) -> Self {
        match (reply.is_transient(), reply.is_permanent()) {
            (true, _) => Self::Transient,
            (_, true) => Self::Permanent,
            _ => Self::Protocol,
        }
    }

    pub(super) fn of_error(error: &Error) -> Self {
        match (error, error.kind()) {
            (Error::TlsRefused | Error::PlaintextBehindTls { .. }, _) => Self::Tls,
            (_, ErrorKind::Timeout) => Self::Timeout,
            (_, ErrorKind::Eof) => Self::Eof,
            (_, ErrorKind::Limit) => Self::Limit,
            (_, ErrorKind::Peer) => Self::Protocol,
            _ => Self::Aborted,
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hello => "the greeting",
            Self::Tls => "the upgrade to tls",
            Self::Login => "the login",
            Self::Ready => "between transactions",
            Self::Mail => "MAIL",
            Self::Recipients => "RCPT",
            Self::Data => "DATA",
            Self::Content => "the mail",
            Self::Verdict => "the answer to the mail",
            Self::Over => "the end",
        })
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transient => "refused for now",
            Self::Permanent => "refused for good",
            Self::Protocol => "the server broke the protocol",
            Self::Tls => "no tls",
            Self::Auth => "not logged in",
            Self::Timeout => "the server was silent for too long",
            Self::Eof => "the connection ended",
            Self::Limit => "the server said more than the limits allow",
            Self::Aborted => "given up",
        })
    }
}

impl fmt::Display for Failure {
    /// In one line: phase, kind, and the server's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.kind, self.phase)?;
        self.reply.as_ref().map_or(Ok(()), |reply| write!(f, ": {reply}"))
    }
}
