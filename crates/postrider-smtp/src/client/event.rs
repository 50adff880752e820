//! What a client tells its embedder.

use bytes::Bytes;
use postrider_sasl::Mechanism;
use postrider_sasl::client::TokenRejected;
use postrider_sasl::scram::DeriveKey;
use postrider_wire::MachineEvent;

use super::{Failure, LoginFault, Report};
use crate::{Capabilities, ForwardPath, Keyword, Reply};

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The session can begin: the server was greeted, TLS stands where policy wants it, and the login is
    /// done where one is wanted. Comes once.
    #[non_exhaustive]
    Ready {
        /// The reply to the last `EHLO` or `HELO`.
        reply: Reply,
        /// What the server offers; nothing after `HELO`.
        capabilities: Capabilities,
    },
    /// The server does not want this session: a refusing greeting, or `EHLO` and `HELO` were refused,
    /// or 421 out of the blue. The session is over.
    Refused(Reply),
    /// A key is to be derived for the login ([`DeriveKey::derive`], which takes milliseconds to a second:
    /// in another thread where this one must not stand still): [`super::Client::key`] is due, and the
    /// login stands still until then. Any login by SCRAM asks, once.
    DeriveKey(DeriveKey),
    /// A token is to be fetched for the login: [`super::Client::token`] is due. With a reason, the last one
    /// was refused.
    NeedToken(Option<TokenRejected>),
    /// The login is done. [`Event::Ready`] comes next.
    #[non_exhaustive]
    LoggedIn {
        /// By which mechanism.
        mechanism: Mechanism,
        /// The server's words.
        reply: Reply,
    },
    /// The login failed, and the client says goodbye.
    #[non_exhaustive]
    LoginFailed {
        /// The server's words, if it had any.
        failure: Failure,
        /// Why.
        fault: LoginFault,
    },
    /// The mail that [`super::Client::send`] was given is due, with [`super::Client::write_payload`] and
    /// [`super::Client::finish_payload`].
    Payload,
    /// What became of the mail that [`super::Client::send`] was given. Comes exactly once for each, also
    /// before an error and before the end of the session.
    Sent(Report),
    /// The answer to `VRFY`, `EXPN`, `HELP`, `XCLIENT`, `XFORWARD`, or to the command of another
    /// extension.
    #[non_exhaustive]
    Answer {
        /// The command.
        keyword: Keyword,
        /// The answer, one way or the other.
        reply: Reply,
    },
    /// `MAIL` was accepted. When it was refused, [`Event::End`] tells.
    Mail(Reply),
    /// `RCPT` was answered, one way or the other. Each recipient has exactly one of this and
    /// [`Event::Unanswered`], before [`Event::End`].
    #[non_exhaustive]
    Rcpt {
        /// The recipient.
        path: ForwardPath,
        /// The answer: positive for accepted.
        reply: Reply,
    },
    /// The session ended, or went wrong, before `RCPT` was answered: what the server makes of this
    /// recipient is not known. Nobody got the mail, since it was not sent.
    #[non_exhaustive]
    Unanswered {
        /// The recipient.
        path: ForwardPath,
    },
    /// `DATA` was answered with 354: the payload is due.
    DataBegin(Reply),
    /// A chunk that was not the last was taken: the next is due. When it was refused, [`Event::End`]
    /// tells.
    Bdat(Reply),
    /// What came of the transaction that [`super::Client::mail`] began. Comes exactly once for each,
    /// also before an error and before the end of the session.
    End(Outcome),
    /// `RSET` was answered.
    Reset(Reply),
    /// `NOOP` was answered.
    Noop(Reply),
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The server took it, for the recipients that it had accepted: it is the server's now.
    Accepted(Reply),
    /// The server refused it: for now (4yz) or for good (5yz).
    Refused(Reply),
    /// It was not sent to its end, so nobody has it: aborted, reset, or cut off before the last octet
    /// of the final dot, or of the last chunk, had left.
    /// So end transactions without an accepted recipient; what became of each, its
    /// [`Event::Rcpt`] told.
    NotSent,
    /// It was sent to its end and the answer did not come: perhaps the server has it. To send it
    /// again may double it, not to do so may lose it (RFC 5321 §6.1, RFC 1047).
    Unknown,
}

impl MachineEvent for Event {
    fn payload(&self) -> Option<&Bytes> {
        None
    }
}
