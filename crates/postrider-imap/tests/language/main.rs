//! The language: what is written reads back, and the texts of the RFCs mean what they say.

mod results;
mod search;
//! The language: what is read and what is written, both ways, of both sides.
mod boxes;
//! The language: what is written reads back, and what the RFCs and servers write is understood.
mod status;
