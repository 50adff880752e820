//! Status responses: OK, NO, BAD, PREAUTH and BYE.

use super::{Code, Text};

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

impl core::fmt::Display for Status {
    /// The code in brackets, if there is one, and the text: words of the server, which a terminal should
    /// not get as they are.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if let Some(code) = &self.code {
            write!(f, "[{code}] ")?;
        }
        core::fmt::Display::fmt(&self.text, f)
    }
}

impl Status {
    /// `OK` with a text; [`Text::new`] makes one of a `String`.
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

    /// `PREAUTH` with a text.
    pub fn pre_auth(text: impl Into<Text>) -> Self {
        Self { kind: StatusKind::PreAuth, code: None, text: text.into() }
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
