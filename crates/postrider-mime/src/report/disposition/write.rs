//! A disposition notification as the octets of its part.

use alloc::vec::Vec;

use postrider_message::{Folder, HeaderBuilder, WriteValue};

use super::{DispositionNotification, ReportingUa};
use crate::report::{
    ReportError, extension,
    text::{Plain, group, optional},
};

/// The fields that the format has.
const NAMES: &[&str] = &[
    "Reporting-UA",
    "MDN-Gateway",
    "Original-Recipient",
    "Final-Recipient",
    "Original-Message-ID",
    "Disposition",
    "Error",
];

impl DispositionNotification<'_> {
    /// The content of the part, with CRLF: of a `message/disposition-notification` in ASCII, or,
    /// where `utf8` is set, of a `message/global-disposition-notification` in UTF-8.
    ///
    /// Refused is what lacks `Final-Recipient` or `Disposition`, or of the latter the modes or the
    /// type: all of these must be there (RFC 8098 §3.2.4, §3.2.6).
    pub fn to_vec(&self, utf8: bool) -> Result<Vec<u8>, ReportError> {
        let address = self.final_recipient.as_ref();
        let address = address.ok_or(ReportError::Missing("Final-Recipient"))?;
        let disposition = self.disposition.as_ref().filter(|one| {
            one.action_mode.is_some() && one.sending_mode.is_some() && one.ty.is_some()
        });
        let disposition = disposition.ok_or(ReportError::Missing("Disposition"))?;
        let mut to = HeaderBuilder::new().with_utf8(utf8);
        to = optional(to, "Reporting-UA", self.reporting_ua.as_ref())?;
        to = optional(to, "MDN-Gateway", self.mdn_gateway.as_ref())?;
        to = optional(to, "Original-Recipient", self.original_recipient.as_ref())?;
        to = to.named("Final-Recipient", address)?;
        to = optional(to, "Original-Message-ID", self.original_message_id.as_ref())?;
        to = to.named("Disposition", disposition)?;
        for error in &self.errors {
            to = to.named("Error", &Plain(error))?;
        }
        Ok(group(extension::write(to, &self.extensions, NAMES)?).into_bytes())
    }
}

impl WriteValue for ReportingUa<'_> {
    fn write_value(&self, to: &mut Folder) {
        Plain(&self.name).write_value(to);
        if let Some(product) = &self.product {
            to.token(";").blank();
            Plain(product).write_value(to);
        }
    }
}
