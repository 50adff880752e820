//! A delivery status as the octets of its part.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use postrider_message::HeaderBuilder;

use super::{DeliveryStatus, Recipient, read::NAMES};
use crate::report::{
    ReportError, extension,
    text::{Commented, Plain, group, optional},
};

impl DeliveryStatus<'_> {
    /// The content of the part, with CRLF: of a `message/delivery-status` in ASCII, or, where `utf8`
    /// is set, of a `message/global-delivery-status` in UTF-8.
    ///
    /// An address of the type `utf-8` is written in either (RFC 6533 §3); other text that is not
    /// ASCII is refused where `utf8` is not set. Refused is also what lacks a field that RFC 3464
    /// asks for: `Reporting-MTA`, a recipient, and of each recipient `Final-Recipient`, `Action` and
    /// `Status`.
    pub fn to_vec(&self, utf8: bool) -> Result<Vec<u8>, ReportError> {
        let mta = self.reporting_mta.as_ref().ok_or(ReportError::Missing("Reporting-MTA"))?;
        if self.recipients.is_empty() {
            return Err(ReportError::NoRecipient);
        }
        let mut to = HeaderBuilder::new().with_utf8(utf8);
        if let Some(id) = &self.original_envelope_id {
            to = to.named("Original-Envelope-Id", &Plain(id))?;
        }
        to = to.named("Reporting-MTA", mta)?;
        to = optional(to, "DSN-Gateway", self.dsn_gateway.as_ref())?;
        to = optional(to, "Received-From-MTA", self.received_from_mta.as_ref())?;
        to = optional(to, "Arrival-Date", self.arrival_date.as_ref())?;
        let mut out = group(extension::write(to, &self.extensions, &NAMES)?).into_bytes();
        for recipient in &self.recipients {
            out.extend_from_slice(b"\r\n");
            out.extend_from_slice(recipient.write(utf8)?.as_bytes());
        }
        Ok(out)
    }
}

impl Recipient<'_> {
    fn write(&self, utf8: bool) -> Result<String, ReportError> {
        let address = self.final_recipient.as_ref();
        let address = address.ok_or(ReportError::Missing("Final-Recipient"))?;
        let action = self.action.ok_or(ReportError::Missing("Action"))?;
        let status = self.status.ok_or(ReportError::Missing("Status"))?;
        let comment = self.status_comment.as_deref();
        let mut to = HeaderBuilder::new().with_utf8(utf8);
        to = optional(to, "Original-Recipient", self.original_recipient.as_ref())?;
        to = to.named("Final-Recipient", address)?;
        to = to.named("Action", &Plain(action.as_str()))?;
        to = to.named("Status", &Commented(&status.to_string(), comment))?;
        to = optional(to, "Remote-MTA", self.remote_mta.as_ref())?;
        to = optional(to, "Diagnostic-Code", self.diagnostic_code.as_ref())?;
        to = optional(to, "Last-Attempt-Date", self.last_attempt_date.as_ref())?;
        to = optional(to, "Final-Log-ID", self.final_log_id.as_deref().map(Plain).as_ref())?;
        to = optional(to, "Will-Retry-Until", self.will_retry_until.as_ref())?;
        Ok(group(extension::write(to, &self.extensions, &NAMES)?))
    }
}
