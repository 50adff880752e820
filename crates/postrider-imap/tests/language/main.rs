//! The language: what is written reads back, and the texts of the RFCs mean what they say.

mod append;
mod attack;
mod boxes;
mod fetch;
mod flags;
mod made;
mod raw;
mod results;
mod search;
mod status;
mod store;
