//! The TXT record that says there is a policy (RFC 8461 §3.1).

use alloc::string::String;
use alloc::vec::Vec;

use crate::tls::record;

const VERSION: &str = "v=STSv1";

/// What the TXT record of a domain says of its policy.
///
/// ```
/// use postrider_relay::tls::sts::StsRecord;
///
/// let txt = [b"v=STSv1; id=20160831085700Z;".to_vec(), b"v=spf1 -all".to_vec()];
/// assert_eq!(StsRecord::of(&txt).unwrap().id, "20160831085700Z");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct StsRecord {
    /// Which policy it is: another one has another identifier. There is no order among them.
    pub id: String,
}

impl StsRecord {
    /// The record among the TXT records of the name, each with its strings put together. Records that
    /// do not begin with `v=STSv1;` are discarded; where not one is left, or where it is not in the
    /// grammar, there is no policy to be had.
    #[must_use]
    pub fn of(txt: &[Vec<u8>]) -> Option<Self> {
        record::only(txt, VERSION).and_then(Self::parse)
    }

    /// Reads one record; `None` when it is not in the grammar.
    ///
    /// ```text
    /// sts-text-record = sts-version 1*(sts-field-delim sts-field) [sts-field-delim]
    /// sts-field       = sts-id / sts-extension
    /// sts-id          = %s"id=" 1*32(ALPHA / DIGIT)
    /// ```
    #[must_use]
    pub fn parse(record: &[u8]) -> Option<Self> {
        let fields = record::fields(record, VERSION)?;
        let id = record::first(&fields, "id")?;
        let is_id = id.len() <= 32 && id.bytes().all(|octet| octet.is_ascii_alphanumeric());
        let all = fields.iter().all(|(_, value)| record::is_value(value));
        (is_id && all).then(|| Self { id: id.into() })
    }
}
