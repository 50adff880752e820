//! ID.

use bytes::Bytes;

use super::base::{astring, failure, nil, nstring, string};
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::IdParameters;

/// How many fields there may be (RFC 2971 §3.3).
const FIELDS: usize = 30;

impl Grammar<'_> {
    /// What stands behind `ID `.
    ///
    /// `id-params-list = "(" [string SP nstring *(SP string SP nstring)] ")" / nil`
    ///
    /// (RFC 2971 §4). More than 30 fields, which no one may send, are forgiven up to the limits.
    pub(crate) fn id_parameters<'a>(&self, input: &'a [u8]) -> Parsed<'a, IdParameters> {
        if input.first() != Some(&b'(') {
            return nil(input).map(|(rest, ())| (rest, None));
        }
        let (rest, fields) = self.list(input, |i| self.id_field(i))?;
        if fields.len() > FIELDS && !self.forgives(Quirk::Members) {
            return failure(input);
        }
        Ok((rest, Some(fields)))
    }

    /// `string SP nstring`; an atom for one of them is forgiven.
    fn id_field<'a>(&self, input: &'a [u8]) -> Parsed<'a, (Bytes, Option<Bytes>)> {
        let (rest, name) = match string(input) {
            Err(_) if self.forgives(Quirk::Quoted) => astring(input)?,
            read => read?,
        };
        let (rest, ()) = self.sp(rest)?;
        let (rest, value) = match nstring(rest) {
            Err(_) if self.forgives(Quirk::Quoted) => {
                astring(rest).map(|(rest, value)| (rest, Some(value)))?
            }
            read => read?,
        };
        Ok((rest, (name.to_bytes(), value.map(|value| value.to_bytes()))))
    }
}
