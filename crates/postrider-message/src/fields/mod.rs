//! Structured fields that are neither addresses, dates, identifiers nor traces: a file for each.

mod authentication;
mod grammar;
mod list;
mod parameters;
mod signature;
mod tags;
mod url;

pub use authentication::{
    ArcAuthenticationResults, AuthProperty, AuthResult, AuthenticationResults,
};
pub(crate) use grammar::quoted;
pub use list::{ListId, ListUrl, ListUrls, OneClick};
pub use parameters::{Parameter, ParameterValue, Parameters};
pub use signature::{
    ArcMessageSignature, ArcSeal, Canonicalization, ChainValidation, DkimSignature,
};
pub use tags::{Tag, TagList};
pub use url::{ArchivedAt, Url};
