//! Reports that machines send about mail (RFC 6522): deliveries, dispositions, abuse, TLS.

mod delivery;
mod error;
mod extension;
mod group;
mod status;
mod text;
mod typed;
mod unitext;

pub use delivery::{Action, DeliveryStatus, Recipient};
pub use error::ReportError;
pub use extension::ExtensionField;
pub use status::Status;
pub use typed::{DiagnosticCode, MtaName, RecipientAddress};
