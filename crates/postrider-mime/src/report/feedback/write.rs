//! A feedback report as the octets of its part.

use alloc::{string::ToString, vec::Vec};
use core::net::IpAddr;

use postrider_message::{HeaderBuilder, ReturnPath};

use super::FeedbackReport;
use crate::report::{
    ReportError, extension,
    text::{Plain, group, optional},
};

/// The fields that the format has.
const NAMES: &[&str] = &[
    "Feedback-Type",
    "User-Agent",
    "Version",
    "Original-Envelope-Id",
    "Original-Mail-From",
    "Arrival-Date",
    "Received-Date",
    "Reporting-MTA",
    "Source-IP",
    "Incidents",
    "Authentication-Results",
    "Original-Rcpt-To",
    "Reported-Domain",
    "Reported-URI",
];

impl FeedbackReport<'_> {
    /// The content of the part, with CRLF, in ASCII.
    ///
    /// Refused is what lacks `Feedback-Type`, `User-Agent` or `Version`, which "MUST appear exactly
    /// once" (RFC 5965 §3.1).
    pub fn to_vec(&self) -> Result<Vec<u8>, ReportError> {
        let ty = self.feedback_type.as_ref().ok_or(ReportError::Missing("Feedback-Type"))?;
        let agent = self.user_agent.as_deref().ok_or(ReportError::Missing("User-Agent"))?;
        let version = self.version.ok_or(ReportError::Missing("Version"))?.to_string();
        let ip = self.source_ip.map(|address| match address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => alloc::format!("IPv6:{address}"),
        });
        let incidents = self.incidents.map(|number| number.to_string());
        let mut to = HeaderBuilder::new()
            .named("Feedback-Type", &Plain(ty.as_str()))?
            .named("User-Agent", &Plain(agent))?
            .named("Version", &Plain(&version))?;
        let id = self.original_envelope_id.as_deref().map(Plain);
        to = optional(to, "Original-Envelope-Id", id.as_ref())?;
        to = optional(to, "Original-Mail-From", self.original_mail_from.as_ref())?;
        to = optional(to, "Arrival-Date", self.arrival_date.as_ref())?;
        to = optional(to, "Reporting-MTA", self.reporting_mta.as_ref())?;
        to = optional(to, "Source-IP", ip.as_deref().map(Plain).as_ref())?;
        to = optional(to, "Incidents", incidents.as_deref().map(Plain).as_ref())?;
        for results in &self.authentication_results {
            to = to.named("Authentication-Results", results)?;
        }
        for address in &self.original_rcpt_to {
            to = to.named("Original-Rcpt-To", &ReturnPath::Address(address.clone()))?;
        }
        for domain in &self.reported_domains {
            to = to.named("Reported-Domain", &Plain(domain))?;
        }
        for uri in &self.reported_uris {
            to = to.named("Reported-URI", &Plain(uri))?;
        }
        Ok(group(extension::write(to, &self.extensions, NAMES)?).into_bytes())
    }
}
