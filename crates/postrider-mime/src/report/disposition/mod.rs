//! Message disposition notifications (RFC 8098), in ASCII or UTF-8 (RFC 6533).

mod field;
mod read;
mod write;

use alloc::{borrow::Cow, vec::Vec};

use postrider_message::{InvalidValue, MessageId};

use super::{
    ExtensionField, MtaName, RecipientAddress, extension,
    text::{made, text},
};

pub use field::{ActionMode, DispositionType, MessageDisposition, SendingMode};

/// `ua-name [";" ua-product]` (RFC 8098 §3.2.1): the mail program.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReportingUa<'a> {
    name: Cow<'a, str>,
    product: Option<Cow<'a, str>>,
}

impl<'a> ReportingUa<'a> {
    /// A mail program of this name, without semicolon.
    pub fn new(name: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let name = made(name)?;
        if name.contains(';') {
            Err(InvalidValue::Grammar)
        } else {
            Ok(Self { name, product: None })
        }
    }

    /// The same of this product: "A reporting MUA SHOULD limit generated product identifiers to what
    /// is necessary to identify the product" (RFC 8098 §3.2.1).
    pub fn with_product(mut self, product: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.product = Some(made(product)?);
        Ok(self)
    }

    /// What stands before the first semicolon: the name of a program, or of the host it runs on.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands behind it.
    pub fn product(&self) -> Option<&str> {
        self.product.as_deref()
    }

    fn read(raw: postrider_message::RawValue<'a>) -> Self {
        match memchr::memchr(b';', raw.bytes()) {
            Some(at) => Self {
                name: text(raw.slice(0..at)),
                product: Some(text(raw.slice(at.saturating_add(1)..raw.bytes().len()))),
            },
            None => Self { name: text(raw), product: None },
        }
    }
}

/// The content of a `message/disposition-notification` (RFC 8098 §3.1) or
/// `message/global-disposition-notification` (RFC 6533 §5). One that was read may lack any field.
///
/// Who writes one also keeps to what RFC 8098 says of the message around it: it goes to the address
/// of `Disposition-Notification-To`, with an empty envelope sender, "MUST NOT itself request an MDN"
/// (§3), and is not sent without leave of the user where §2.1 asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DispositionNotification<'a> {
    reporting_ua: Option<ReportingUa<'a>>,
    mdn_gateway: Option<MtaName<'a>>,
    original_recipient: Option<RecipientAddress<'a>>,
    final_recipient: Option<RecipientAddress<'a>>,
    original_message_id: Option<MessageId<'a>>,
    disposition: Option<MessageDisposition<'a>>,
    errors: Vec<Cow<'a, str>>,
    extensions: Vec<ExtensionField<'a>>,
}

impl<'a> DispositionNotification<'a> {
    /// What must be told: for whom, and what became of the message.
    pub fn new(final_recipient: RecipientAddress<'a>, disposition: MessageDisposition<'a>) -> Self {
        Self {
            final_recipient: Some(final_recipient),
            disposition: Some(disposition),
            ..Self::default()
        }
    }

    /// The same with the mail program: "An MUA SHOULD send a "Reporting-UA" field unless
    /// specifically configured not to do so" (RFC 8098 §3.2.1).
    #[must_use]
    pub fn with_reporting_ua(mut self, ua: ReportingUa<'a>) -> Self {
        self.reporting_ua = Some(ua);
        self
    }

    /// The same with the gateway that made it of a foreign report.
    #[must_use]
    pub fn with_mdn_gateway(mut self, mta: MtaName<'a>) -> Self {
        self.mdn_gateway = Some(mta);
        self
    }

    /// The same with the address of the `Original-Recipient` field of the message; only where it has
    /// one, or the address is known otherwise (RFC 8098 §3.2.3).
    #[must_use]
    pub fn with_original_recipient(mut self, address: RecipientAddress<'a>) -> Self {
        self.original_recipient = Some(address);
        self
    }

    /// The same with the `Message-ID` of the message: "This field MUST be present if and only if the
    /// original message contained a Message-ID header field" (RFC 8098 §3.2.5).
    #[must_use]
    pub fn with_original_message_id(mut self, id: MessageId<'a>) -> Self {
        self.original_message_id = Some(id);
        self
    }

    /// The same with one more text for people; the modifier of the disposition is to be `error`.
    pub fn with_error(mut self, text: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.errors.push(made(text)?);
        Ok(self)
    }

    /// The same with one more field.
    #[must_use]
    pub fn with_extension(mut self, field: ExtensionField<'a>) -> Self {
        self.extensions.push(field);
        self
    }

    /// `Reporting-UA` (RFC 8098 §3.2.1).
    pub const fn reporting_ua(&self) -> Option<&ReportingUa<'a>> {
        self.reporting_ua.as_ref()
    }

    /// `MDN-Gateway` (RFC 8098 §3.2.2).
    pub const fn mdn_gateway(&self) -> Option<&MtaName<'a>> {
        self.mdn_gateway.as_ref()
    }

    /// `Original-Recipient` (RFC 8098 §3.2.3).
    pub const fn original_recipient(&self) -> Option<&RecipientAddress<'a>> {
        self.original_recipient.as_ref()
    }

    /// `Final-Recipient` (RFC 8098 §3.2.4).
    pub const fn final_recipient(&self) -> Option<&RecipientAddress<'a>> {
        self.final_recipient.as_ref()
    }

    /// `Original-Message-ID` (RFC 8098 §3.2.5).
    pub const fn original_message_id(&self) -> Option<&MessageId<'a>> {
        self.original_message_id.as_ref()
    }

    /// `Disposition` (RFC 8098 §3.2.6).
    pub const fn disposition(&self) -> Option<&MessageDisposition<'a>> {
        self.disposition.as_ref()
    }

    /// The texts of the `Error` fields (RFC 8098 §3.2.7).
    pub fn errors(&self) -> &[Cow<'a, str>] {
        &self.errors
    }

    /// All other fields, `Failure` and `Warning` of RFC 3798 §3.2.7 among them.
    pub fn extensions(&self) -> &[ExtensionField<'a>] {
        &self.extensions
    }

    /// The text of the first other field of this name, in any case.
    pub fn extension(&self, name: &str) -> Option<&str> {
        extension::find(&self.extensions, name)
    }
}
