//! Reports that machines send about mail (RFC 6522): deliveries, dispositions, abuse, TLS.

mod delivery;
mod disposition;
mod error;
mod extension;
mod feedback;
mod found;
mod group;
mod kind;
mod status;
mod text;
#[cfg(feature = "tls-report")]
mod tls;
mod typed;
mod unitext;

pub use delivery::{Action, DeliveryStatus, Recipient};
pub use disposition::{
    ActionMode, DispositionNotification, DispositionType, MessageDisposition, ReportingUa,
    SendingMode,
};
pub use error::ReportError;
pub use extension::ExtensionField;
pub use feedback::{FeedbackReport, FeedbackType, UnregisteredType};
pub use found::Report;
pub use kind::ReportKind;
pub use status::Status;
#[cfg(feature = "tls-report")]
pub use tls::{TlsFailure, TlsPolicy, TlsPolicyType, TlsReport, TlsResultType};
pub use typed::{DiagnosticCode, MtaName, RecipientAddress};
