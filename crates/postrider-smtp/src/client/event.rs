//! What a client tells its embedder.

use bytes::Bytes;
use postrider_wire::MachineEvent;

use crate::{Capabilities, ForwardPath, Reply};

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The session can begin: the server was greeted, and TLS stands where policy wants it. Comes
    /// once.
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
