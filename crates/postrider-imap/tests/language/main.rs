//! The language: what is read and what is written, both ways, of both sides.

mod boxes;
