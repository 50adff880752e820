//! Both ends, by what the RFCs print and against each other.

mod choice;
mod common;
mod laws;
mod secrets;
mod security;
mod server;
mod sessions;
mod tokens;
mod values;
mod vectors;
