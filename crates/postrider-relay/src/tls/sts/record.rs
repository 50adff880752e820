//! The TXT record (RFC 8461 §3.1).

use alloc::string::String;
use alloc::vec::Vec;

use crate::tls::fields;

/// The TXT record of a domain that has a policy, at `_mta-sts` below it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StsRecord {
    id: String,
}

impl StsRecord {
    /// The one among the TXT records, each put together of its strings. Records that do not begin with
    /// `v=STSv1;` are not looked at; "if the number of resulting records is not one", or if it is not in
    /// the grammar, there is no policy.
    #[must_use]
    pub fn of(records: &[Vec<u8>]) -> Option<Self> {
        Self::parse(fields::only(records, "v=STSv1")?)
    }

    /// Reads one record.
    ///
    /// ```text
    /// sts-text-record = sts-version 1*(sts-field-delim sts-field) [sts-field-delim]
    /// sts-id          = %s"id=" 1*32(ALPHA / DIGIT)
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = fields::read(text, "v=STSv1")?;
        let (_, id) = all.find(|(name, _)| *name == "id")?;
        let is_id = (1..=32).contains(&id.len()) && id.bytes().all(|o| o.is_ascii_alphanumeric());
        is_id.then(|| Self { id: id.into() })
    }

    /// What names this policy, and no other of the domain.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}
