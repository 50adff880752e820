//! The language: what is written reads back, both ways and of both sides, and what the RFCs and
//! servers write is understood.

mod boxes;
mod raw;
mod results;
mod search;
mod status;
mod store;
