//! Structured fields that are neither addresses, dates, identifiers nor traces: a file for each.

mod grammar;
mod parameters;
mod signature;
mod tags;

pub use parameters::{Parameter, ParameterValue, Parameters};
pub use signature::{
    ArcMessageSignature, ArcSeal, Canonicalization, ChainValidation, DkimSignature,
};
pub use tags::{Tag, TagList};
