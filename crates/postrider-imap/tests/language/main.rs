//! The language: what is written reads back, and what the RFCs and servers write is understood.

mod raw;
mod status;
mod store;
