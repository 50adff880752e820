//! Status responses: OK, NO, BAD, PREAUTH and BYE, with their response codes.

use alloc::vec::Vec;

use bytes::Bytes;

use super::{Capability, Flag, SequenceSet, Text};

/// How something went (RFC 3501 §7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Well or badly.
    pub kind: StatusKind,
    /// What a program may act on.
    pub code: Option<Code>,
    /// What a human may read. From before TLS or login it may be anybody's.
    pub text: Text,
}

/// Which status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 9051 has the same five")]
pub enum StatusKind {
    /// It was done, or: for your information.
    Ok,
    /// It was not done, or: a warning.
    No,
    /// It was not understood.
    Bad,
    /// A greeting: the session is authenticated already.
    PreAuth,
    /// The server is about to close.
    Bye,
}

/// A response code (RFC 3501 §7.1, RFC 5530).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// `ALERT`: the text must be shown to the user.
    Alert,
    /// `CAPABILITY`
    Capability(Vec<Capability>),
    /// `PERMANENTFLAGS`
    PermanentFlags(Vec<Flag>),
    /// `READ-ONLY`
    ReadOnly,
    /// `READ-WRITE`
    ReadWrite,
    /// `UIDNEXT`
    UidNext(u32),
    /// `UIDVALIDITY`
    UidValidity(u32),
    /// `UNSEEN`
    Unseen(u32),
    /// `PRIVACYREQUIRED`: not without TLS.
    PrivacyRequired,
    /// `AUTHENTICATIONFAILED`: wrong user or password.
    AuthenticationFailed,
    /// `UNAVAILABLE`: try again later.
    Unavailable,
    /// `NONEXISTENT`: no such mailbox.
    NonExistent,
    /// `TOOBIG`: longer than the server takes.
    TooBig,
    /// `TRYCREATE`: the mailbox does not exist, and may be created (RFC 3501 §7.1).
    TryCreate,
    /// `APPENDUID`: the UIDs that the appended messages got (RFC 4315 §3).
    AppendUid {
        /// The UIDVALIDITY of the mailbox.
        validity: u32,
        /// The UIDs, in the order of the messages.
        uids: SequenceSet,
    },
    /// `COMPRESSIONACTIVE`: the session is compressed already (RFC 4978 §3).
    CompressionActive,
    /// Any other: what stood between the brackets. Only read, never written.
    Other(Bytes),
}

impl Status {
    /// `OK` with a text.
    pub fn ok(text: impl Into<Text>) -> Self {
        Self { kind: StatusKind::Ok, code: None, text: text.into() }
    }

    /// `NO` with a text.
    pub fn no(text: impl Into<Text>) -> Self {
        Self { kind: StatusKind::No, code: None, text: text.into() }
    }

    /// `BAD` with a text.
    pub fn bad(text: impl Into<Text>) -> Self {
        Self { kind: StatusKind::Bad, code: None, text: text.into() }
    }

    /// `BYE` with a text.
    pub fn bye(text: impl Into<Text>) -> Self {
        Self { kind: StatusKind::Bye, code: None, text: text.into() }
    }

    /// With a response code.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// Whether it is `OK`.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.kind == StatusKind::Ok
    }
}
