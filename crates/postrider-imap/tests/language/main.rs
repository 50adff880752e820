//! The language: what is written reads back, and the texts of the RFCs mean what they say.

mod boxes;
mod results;
mod search;
mod raw;
mod status;
mod store;
