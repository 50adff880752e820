//! Delivery status notifications (RFC 3464), in ASCII or UTF-8 (RFC 6533).

mod read;
mod recipient;
mod write;

use alloc::{borrow::Cow, vec::Vec};

use postrider_message::{DateTime, InvalidValue};

use super::{ExtensionField, MtaName, extension, text::made};

pub use recipient::{Action, Recipient};

/// The content of a `message/delivery-status` (RFC 3464 §2) or `message/global-delivery-status`
/// (RFC 6533 §4.1). One that was read may lack any field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliveryStatus<'a> {
    original_envelope_id: Option<Cow<'a, str>>,
    reporting_mta: Option<MtaName<'a>>,
    dsn_gateway: Option<MtaName<'a>>,
    received_from_mta: Option<MtaName<'a>>,
    arrival_date: Option<DateTime>,
    extensions: Vec<ExtensionField<'a>>,
    recipients: Vec<Recipient<'a>>,
}

impl<'a> DeliveryStatus<'a> {
    /// A report of this MTA, of no recipient yet.
    pub fn new(reporting_mta: MtaName<'a>) -> Self {
        Self { reporting_mta: Some(reporting_mta), ..Self::default() }
    }

    /// The same with what the sender gave as ENVID, its xtext undone: "the Original-Envelope-ID
    /// header is NOT encoded as xtext" (RFC 3461 §6.3).
    pub fn with_original_envelope_id(
        mut self,
        id: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        self.original_envelope_id = Some(made(id)?);
        Ok(self)
    }

    /// The same with the gateway that made it of a foreign report.
    #[must_use]
    pub fn with_dsn_gateway(mut self, mta: MtaName<'a>) -> Self {
        self.dsn_gateway = Some(mta);
        self
    }

    /// The same with the MTA that the message came from.
    #[must_use]
    pub fn with_received_from_mta(mut self, mta: MtaName<'a>) -> Self {
        self.received_from_mta = Some(mta);
        self
    }

    /// The same with the time at which the message arrived at the reporting MTA.
    #[must_use]
    pub const fn with_arrival_date(mut self, date: DateTime) -> Self {
        self.arrival_date = Some(date);
        self
    }

    /// The same with one more field of the message.
    #[must_use]
    pub fn with_extension(mut self, field: ExtensionField<'a>) -> Self {
        self.extensions.push(field);
        self
    }

    /// The same with one more recipient.
    #[must_use]
    pub fn with_recipient(mut self, recipient: Recipient<'a>) -> Self {
        self.recipients.push(recipient);
        self
    }

    /// `Original-Envelope-Id` (RFC 3464 §2.2.1).
    pub fn original_envelope_id(&self) -> Option<&str> {
        self.original_envelope_id.as_deref()
    }

    /// `Reporting-MTA` (RFC 3464 §2.2.2).
    pub const fn reporting_mta(&self) -> Option<&MtaName<'a>> {
        self.reporting_mta.as_ref()
    }

    /// `DSN-Gateway` (RFC 3464 §2.2.3).
    pub const fn dsn_gateway(&self) -> Option<&MtaName<'a>> {
        self.dsn_gateway.as_ref()
    }

    /// `Received-From-MTA` (RFC 3464 §2.2.4).
    pub const fn received_from_mta(&self) -> Option<&MtaName<'a>> {
        self.received_from_mta.as_ref()
    }

    /// `Arrival-Date` (RFC 3464 §2.2.5).
    pub const fn arrival_date(&self) -> Option<DateTime> {
        self.arrival_date
    }

    /// All other fields of the message.
    pub fn extensions(&self) -> &[ExtensionField<'a>] {
        &self.extensions
    }

    /// The text of the first other field of the message of this name, in any case.
    pub fn extension(&self, name: &str) -> Option<&str> {
        extension::find(&self.extensions, name)
    }

    /// The recipients, in order.
    pub fn recipients(&self) -> &[Recipient<'a>] {
        &self.recipients
    }
}
