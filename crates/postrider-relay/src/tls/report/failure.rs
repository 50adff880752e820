//! Why a session failed (RFC 8460 §4.3, §4.4).

use alloc::string::String;
use core::net::IpAddr;

use postrider_mime::report::{TlsFailure, TlsResultType};

use crate::tls::TlsOutcome;
use crate::tls::sts::StsFault;

/// Octets that are kept of a text.
const TEXT: usize = 512;

/// Why a session failed, and between whom. Failures that are equal are counted together, so leave out
/// what differs from session to session. Their order means nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Failure {
    /// Why.
    pub result_type: TlsResultType,
    /// Where the session came from.
    pub sending_ip: Option<IpAddr>,
    /// The host that it went to.
    pub mx: Option<String>,
    /// What that host called itself.
    pub helo: Option<String>,
    /// Where that host is.
    pub receiving_ip: Option<IpAddr>,
    /// A URI where there is more to read.
    pub additional_information: Option<String>,
    /// A short word for the cause, such as that of the TLS library.
    pub reason_code: Option<String>,
}

impl Failure {
    /// A failure for this reason.
    #[must_use]
    pub const fn new(result_type: TlsResultType) -> Self {
        Self {
            result_type,
            sending_ip: None,
            mx: None,
            helo: None,
            receiving_ip: None,
            additional_information: None,
            reason_code: None,
        }
    }

    /// The failure that an outcome is; `None` when it is none. What has no word of its own is a
    /// `validation-failure` with a reason (RFC 8460 §4.3.3).
    #[must_use]
    pub fn of(outcome: &TlsOutcome) -> Option<Self> {
        Some(match outcome {
            TlsOutcome::Secure => return None,
            TlsOutcome::NotOffered => Self::new(TlsResultType::StarttlsNotSupported),
            TlsOutcome::HostMismatch => Self::new(TlsResultType::CertificateHostMismatch),
            TlsOutcome::Expired => Self::new(TlsResultType::CertificateExpired),
            TlsOutcome::NotTrusted => Self::new(TlsResultType::CertificateNotTrusted),
            TlsOutcome::Failed(word) => {
                Self::new(TlsResultType::ValidationFailure).with_reason_code(word)
            }
        })
    }

    /// The failure that there is no new policy of MTA-STS.
    #[must_use]
    pub fn of_sts(fault: StsFault) -> Self {
        Self::new(fault.result_type())
    }

    /// Sets where the session came from.
    #[must_use]
    pub const fn with_sending_ip(mut self, address: IpAddr) -> Self {
        self.sending_ip = Some(address);
        self
    }

    /// Sets the host that it went to, as MX records name it.
    #[must_use]
    pub fn with_mx(mut self, name: &str) -> Self {
        self.mx = Some(cut(name));
        self
    }

    /// Sets what that host called itself in its answer to EHLO.
    #[must_use]
    pub fn with_helo(mut self, name: &str) -> Self {
        self.helo = Some(cut(name));
        self
    }

    /// Sets where that host is.
    #[must_use]
    pub const fn with_receiving_ip(mut self, address: IpAddr) -> Self {
        self.receiving_ip = Some(address);
        self
    }

    /// Sets a URI where there is more to read.
    #[must_use]
    pub fn with_additional_information(mut self, uri: &str) -> Self {
        self.additional_information = Some(cut(uri));
        self
    }

    /// Sets a short word for the cause.
    #[must_use]
    pub fn with_reason_code(mut self, word: &str) -> Self {
        self.reason_code = Some(cut(word));
        self
    }

    /// As many of these in a report.
    pub(super) fn to_failure(&self, sessions: u64) -> TlsFailure {
        let mut failure = TlsFailure::default();
        failure.result_type = Some(self.result_type.clone());
        failure.sending_mta_ip = self.sending_ip;
        failure.receiving_mx_hostname.clone_from(&self.mx);
        failure.receiving_mx_helo.clone_from(&self.helo);
        failure.receiving_ip = self.receiving_ip;
        failure.failed_sessions = Some(sessions);
        failure.additional_information.clone_from(&self.additional_information);
        failure.failure_reason_code.clone_from(&self.reason_code);
        failure
    }
}

/// A text of a stranger, of at most [`TEXT`] octets.
fn cut(text: &str) -> String {
    let most = |end: &usize| text.is_char_boundary(*end);
    let end = (0..=TEXT.min(text.len())).rev().find(most).unwrap_or_default();
    text.get(..end).unwrap_or_default().into()
}
