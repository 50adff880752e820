//! Postrider beside other libraries of mail, in one process, on the same mails.

pub mod build;
pub mod case;
pub mod classes;
pub mod corpus;
pub mod dice;
pub mod eml;
pub mod equal;
pub mod everything;
pub mod full;
pub mod generated;
pub mod headers;
pub mod imap;
pub mod letters;
pub mod race;
pub mod report;
pub mod results;
pub mod smtp;
pub mod stream;
pub mod structure;
pub mod values;
pub mod workloads;
