//! Why a mail is not answered.

/// Why a mail is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NoReply {
    /// Nobody is there to get it: "MUST NOT generate any response for which the destination of
    /// that response would be a null address" (RFC 3834 §2).
    #[error("the return path is null")]
    NullReturnPath,
    /// Where it came from is not known (RFC 3834 §4).
    #[error("there is no return path")]
    NoReturnPath,
    /// It comes from one of the responder's own addresses.
    #[error("the mail comes from an address of the responder")]
    OwnAddress,
    /// Machines send from such an address: `owner-…`, `…-request`, `MAILER-DAEMON` (RFC 3834 §2).
    #[error("the return path is one that machines use")]
    MachineSender,
    /// A machine sent it: `Auto-Submitted` says another word than `no` (RFC 3834 §2).
    #[error("a machine submitted the mail")]
    AutoSubmitted,
    /// A list sent it: it has a field of RFC 2369 or RFC 2919.
    #[error("the mail comes from a mailing list")]
    MailingList,
    /// `Precedence` says `bulk`, `junk`, `list` or `auto_reply`.
    #[error("the precedence of the mail is that of bulk mail")]
    Precedence,
    /// `X-Auto-Response-Suppress` asks for none, as Exchange writes it.
    #[error("the mail asks for no automatic answer")]
    Suppressed,
    /// It is a report, such as a bounce or a receipt.
    #[error("the mail is a report")]
    Report,
    /// No address of the responder is among the recipients that the fields name, so that it came by a
    /// list or a blind copy: not for persons and groups (RFC 3834 §2).
    #[error("the mail names no address of the responder as a recipient")]
    NotAddressed,
}
