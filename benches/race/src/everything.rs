//! The workload `everything`: every field of the names that mail-parser types by default is read as
//! the type it has, in every part, and every leaf is decoded as in [`full`](crate::full).

mod mail_parser;
mod mailparse;
mod postrider;

use std::net::IpAddr;

use crate::full;

pub use self::{
    mail_parser::{is_typed, mail_parser},
    mailparse::mailparse,
    postrider::postrider,
};

/// Takes the values of each field in order, and the leaves.
pub trait Out: full::Out {
    /// What follows is of a field of this name; the name is made where somebody wants it.
    fn field(&mut self, name: impl FnOnce() -> String);
    /// A text, an identifier, a URL, or a part of a larger value.
    fn value(&mut self, what: &'static str, text: &str);
    /// A mailbox.
    fn mailbox(&mut self, name: Option<&str>, local: &str, domain: &str);
    /// Seconds since 1970-01-01T00:00:00Z.
    fn date(&mut self, unix: i64);
    fn ip(&mut self, address: IpAddr);
}

impl Out for full::Sum {
    fn field(&mut self, _: impl FnOnce() -> String) {}

    fn value(&mut self, _: &'static str, text: &str) {
        self.0 = self.0.wrapping_add(text.len());
    }

    fn mailbox(&mut self, name: Option<&str>, local: &str, domain: &str) {
        let name = name.map_or(0, str::len);
        self.0 = self.0.wrapping_add(name).wrapping_add(local.len()).wrapping_add(domain.len());
    }

    fn date(&mut self, unix: i64) {
        self.0 = self.0.wrapping_add(unix as usize);
    }

    fn ip(&mut self, address: IpAddr) {
        self.0 = self.0.wrapping_add(usize::from(address.is_ipv6()));
    }
}

/// A field and what was read of it.
pub type Read = (String, Vec<String>);

/// Everything that was read of a mail.
#[derive(Debug, Default)]
pub struct Everything {
    pub fields: Vec<Read>,
    pub leaves: Vec<full::Leaf>,
}

impl Everything {
    fn push(&mut self, value: String) {
        if let Some((_, values)) = self.fields.last_mut() {
            values.push(value);
        }
    }
}

impl full::Out for Everything {
    fn text(&mut self, text: &str) {
        self.leaves.text(text);
    }

    fn octets(&mut self, octets: &[u8]) {
        self.leaves.octets(octets);
    }
}

impl Out for Everything {
    fn field(&mut self, name: impl FnOnce() -> String) {
        self.fields.push((name(), Vec::new()));
    }

    fn value(&mut self, what: &'static str, text: &str) {
        // mail-parser has types and names of parameters in lower case.
        self.push(match what {
            "type " | "subtype " | "name " => format!("{what}{}", text.to_ascii_lowercase()),
            _ => format!("{what}{text}"),
        });
    }

    fn mailbox(&mut self, name: Option<&str>, local: &str, domain: &str) {
        let at = if domain.is_empty() { "" } else { "@" };
        let name = name.filter(|name| !name.is_empty()).map(|name| format!("{name}|"));
        self.push(format!("{}{local}{at}{domain}", name.unwrap_or_default()));
    }

    fn date(&mut self, unix: i64) {
        self.push(unix.to_string());
    }

    fn ip(&mut self, address: IpAddr) {
        self.push(format!("ip {address}"));
    }
}
