//! The world in which the mail travels: a table instead of a DNS, and which hosts answer.

/// One MX record of the table.
pub(crate) struct MxRecord {
    pub(crate) domain: &'static str,
    pub(crate) preference: u16,
    pub(crate) exchange: &'static str,
}

/// Bob's domain has two mail exchangers. The preferred one is down today.
pub(crate) const MX: [MxRecord; 2] = [
    MxRecord { domain: "b.example", preference: 10, exchange: "mx1.b.example" },
    MxRecord { domain: "b.example", preference: 20, exchange: "mx2.b.example" },
];

/// The hosts that answer on port 25.
pub(crate) const UP: [&str; 1] = ["mx2.b.example"];

/// The MX records of a domain, as a resolver would answer.
pub(crate) fn mx_of(domain: &str) -> impl Iterator<Item = &'static MxRecord> {
    MX.iter().filter(move |record| record.domain.eq_ignore_ascii_case(domain))
}
