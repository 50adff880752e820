//! Structured fields that are neither addresses, dates, identifiers nor traces: a file for each.

mod grammar;
mod parameters;

pub use parameters::{Parameter, ParameterValue, Parameters};
