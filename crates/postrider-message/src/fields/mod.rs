//! Structured fields that are neither addresses, dates, identifiers nor traces: a file for each.

mod authentication;
mod grammar;
mod parameters;
mod signature;
mod tags;

pub use authentication::{
    ArcAuthenticationResults, AuthProperty, AuthResult, AuthenticationResults,
};
pub use parameters::{Parameter, ParameterValue, Parameters};
pub use signature::{
    ArcMessageSignature, ArcSeal, Canonicalization, ChainValidation, DkimSignature,
};
pub use tags::{Tag, TagList};
