//! The services and their labels.

use alloc::format;
use alloc::string::String;

use super::Security;

/// What a mail client looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// Where it hands in mail (RFC 6409): `_submissions` (RFC 8314 §5.1), `_submission` (RFC 6186
    /// §3.1).
    Submission,
    /// Where it reads mail by IMAP: `_imaps`, `_imap` (RFC 6186 §3.2).
    Imap,
    /// Where it fetches mail by POP3: `_pop3s`, `_pop3` (RFC 6186 §3.3).
    Pop3,
}

impl Service {
    /// The label of the service.
    pub(super) fn label(self, security: Security) -> &'static str {
        match (self, security) {
            (Self::Submission, Security::Implicit) => "_submissions",
            (Self::Submission, Security::StartTls) => "_submission",
            (Self::Imap, Security::Implicit) => "_imaps",
            (Self::Imap, Security::StartTls) => "_imap",
            (Self::Pop3, Security::Implicit) => "_pop3s",
            (Self::Pop3, Security::StartTls) => "_pop3",
        }
    }

    /// The labels in front of a domain.
    pub(super) fn labels(self, security: Security) -> String {
        format!("{}._tcp", self.label(security))
    }

    /// The port that is registered for it, which a record need not name (RFC 8314 §3).
    #[must_use]
    pub fn port(self, security: Security) -> u16 {
        match (self, security) {
            (Self::Submission, Security::Implicit) => 465,
            (Self::Submission, Security::StartTls) => 587,
            (Self::Imap, Security::Implicit) => 993,
            (Self::Imap, Security::StartTls) => 143,
            (Self::Pop3, Security::Implicit) => 995,
            (Self::Pop3, Security::StartTls) => 110,
        }
    }
}
