//! Postrider beside other mail parsers, in one process, on the same mails.

pub mod case;
pub mod classes;
pub mod corpus;
pub mod headers;
pub mod race;
pub mod report;
pub mod values;
