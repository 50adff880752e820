//! Reports on the TLS of SMTP (RFC 8460).

mod gzip;
mod read;
mod write;

use alloc::{string::String, vec::Vec};
use core::net::IpAddr;

use postrider_message::{DateTime, Zone};

/// A report on the TLS of connections to a domain (RFC 8460 §4.4), as `application/tlsrpt+json` or
/// `application/tlsrpt+gzip` carry it. One that was read may lack anything.
///
/// Its texts are owned: JSON escapes them. They may hold any character.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TlsReport {
    /// `organization-name`: who reports.
    pub organization_name: Option<String>,
    /// `start-datetime` of `date-range`.
    pub start: Option<DateTime>,
    /// `end-datetime` of `date-range`.
    pub end: Option<DateTime>,
    /// `contact-info`: an address to write to.
    pub contact_info: Option<String>,
    /// `report-id`.
    pub report_id: Option<String>,
    /// `policies`: what was found, by policy.
    pub policies: Vec<TlsPolicy>,
}

/// One of the `policies` of a report: the policy, and how connections went under it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TlsPolicy {
    /// `policy-type`.
    pub policy_type: Option<TlsPolicyType>,
    /// `policy-string`: the lines of the policy, or the TLSA records.
    pub policy_string: Vec<String>,
    /// `policy-domain`.
    pub policy_domain: Option<String>,
    /// `mx-host`: patterns of names of hosts.
    pub mx_host: Vec<String>,
    /// `total-successful-session-count`.
    pub successful_sessions: Option<u64>,
    /// `total-failure-session-count`.
    pub failed_sessions: Option<u64>,
    /// `failure-details`.
    pub failures: Vec<TlsFailure>,
}

/// One of the `failure-details`: sessions that failed in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TlsFailure {
    /// `result-type`.
    pub result_type: Option<TlsResultType>,
    /// `sending-mta-ip`.
    pub sending_mta_ip: Option<IpAddr>,
    /// `receiving-mx-hostname`.
    pub receiving_mx_hostname: Option<String>,
    /// `receiving-mx-helo`.
    pub receiving_mx_helo: Option<String>,
    /// `receiving-ip`.
    pub receiving_ip: Option<IpAddr>,
    /// `failed-session-count`.
    pub failed_sessions: Option<u64>,
    /// `additional-information`: a URI.
    pub additional_information: Option<String>,
    /// `failure-reason-code`.
    pub failure_reason_code: Option<String>,
}

macro_rules! words {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal;)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A word that RFC 8460 does not have.
            Other(String),
        }

        impl $name {
            /// The word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(word) => word,
                }
            }

            fn of(word: String) -> Self {
                let known = [$(Self::$variant,)*];
                known.into_iter().find(|one| word.eq_ignore_ascii_case(one.as_str()))
                    .unwrap_or(Self::Other(word))
            }
        }
    )*};
}

words! {
    /// `policy-type` (RFC 8460 §4.4).
    TlsPolicyType {
        /// DANE (RFC 7672).
        Tlsa "tlsa";
        /// MTA-STS (RFC 8461).
        Sts "sts";
        /// Neither.
        NoPolicyFound "no-policy-found";
    }

    /// `result-type` (RFC 8460 §4.3): why sessions failed.
    TlsResultType {
        /// The host does not offer STARTTLS.
        StarttlsNotSupported "starttls-not-supported";
        /// The certificate is for another host.
        CertificateHostMismatch "certificate-host-mismatch";
        /// The certificate has expired.
        CertificateExpired "certificate-expired";
        /// Nobody that is trusted vouches for the certificate.
        CertificateNotTrusted "certificate-not-trusted";
        /// Something else, which the code of the reason may tell.
        ValidationFailure "validation-failure";
        /// A TLSA record that does not work.
        TlsaInvalid "tlsa-invalid";
        /// No valid answers of DNSSEC.
        DnssecInvalid "dnssec-invalid";
        /// DANE is asked for, and the domain has none.
        DaneRequired "dane-required";
        /// The policy of MTA-STS could not be fetched.
        StsPolicyFetchError "sts-policy-fetch-error";
        /// The policy of MTA-STS could not be read.
        StsPolicyInvalid "sts-policy-invalid";
        /// The host of the policy has no valid certificate.
        StsWebpkiInvalid "sts-webpki-invalid";
    }
}

impl TlsReport {
    /// Octets of JSON that [`read`](Self::read) takes, and what gzip inflates to: 4 MiB. JSON of
    /// nothing but short values takes some ten times as much memory for a moment.
    pub const LARGEST: usize = 4 << 20;
}

/// The instant in universal time, where its zone is not known.
fn universal(date: DateTime) -> DateTime {
    let known = if date.zone().is_known() { date.zone() } else { Zone::UTC };
    DateTime::from_unix(date.unix(), known).unwrap_or(date)
}
