//! NAMESPACE.

use alloc::vec::Vec;

use bytes::Bytes;

use super::base::{failure, nil, octet, sp, string};
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::{Namespace, Namespaces};

impl Grammar<'_> {
    /// What stands behind `NAMESPACE `.
    ///
    /// `namespace-response = "NAMESPACE" SP namespace SP namespace SP namespace`
    pub(crate) fn namespaces<'a>(&self, input: &'a [u8]) -> Parsed<'a, Namespaces> {
        let (rest, personal) = self.namespace_kind(input)?;
        let (rest, other_users) = self.further_kind(rest)?;
        let (rest, shared) = self.further_kind(rest)?;
        Ok((rest, Namespaces { personal, other_users, shared }))
    }

    /// `SP namespace`; at the end of the line a kind may be missing. In an example of RFC 5255 §3.4
    /// it is the blank that is missing.
    fn further_kind<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<Namespace>> {
        match self.sp(input) {
            Ok((rest @ [_, ..], ())) => self.namespace_kind(rest),
            Err(_) if input.starts_with(b"(") && self.forgives(Quirk::Blank) => {
                self.namespace_kind(input)
            }
            _ if self.forgives(Quirk::Members) => Ok((input, Vec::new())),
            _ => failure(input),
        }
    }

    /// `namespace = nil / "(" 1*namespace-descr ")"`
    fn namespace_kind<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<Namespace>> {
        if input.first() != Some(&b'(') {
            return nil(input).map(|(rest, ())| (rest, Vec::new()));
        }
        let (mut rest, ()) = octet(input, b'(')?;
        let mut all = Vec::new();
        loop {
            rest = self.blanks(rest);
            match rest.split_first() {
                Some((b')', behind)) if !all.is_empty() || self.forgives(Quirk::EmptyList) => {
                    return Ok((behind, all));
                }
                _ if all.len() >= self.limits.list => return failure(rest),
                _ => {
                    let (behind, one) = self.namespace(rest)?;
                    all.push(one);
                    rest = behind;
                }
            }
        }
    }

    /// ```text
    /// namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil)
    ///                   [namespace-response-extensions] ")"
    /// namespace-response-extension = SP string SP "(" string *(SP string) ")"
    /// ```
    fn namespace<'a>(&self, input: &'a [u8]) -> Parsed<'a, Namespace> {
        let (rest, ()) = octet(input, b'(')?;
        let (rest, prefix) = match rest.first() {
            Some(b'n' | b'N') if self.forgives(Quirk::Nil) => {
                nil(rest).map(|(rest, ())| (rest, Bytes::new()))?
            }
            _ => owned(rest)?,
        };
        let (rest, delimiter) = self.delimiter(self.sp(rest)?.0)?;
        let mut extensions = Vec::new();
        let mut rest = rest;
        loop {
            match rest {
                [b')', behind @ ..] => {
                    return Ok((behind, Namespace { prefix, delimiter, extensions }));
                }
                [b' ', b')', ..] if self.forgives(Quirk::Blank) => {
                    rest = sp(rest)?.0;
                    continue;
                }
                _ => {}
            }
            if extensions.len() >= self.limits.list {
                return failure(rest);
            }
            let (behind, name) = owned(sp(rest)?.0)?;
            let (behind, values) = self.list1(self.sp(behind)?.0, owned)?;
            extensions.push((name, values));
            rest = behind;
        }
    }
}

fn owned(input: &[u8]) -> Parsed<'_, Bytes> {
    string(input).map(|(rest, string)| (rest, string.to_bytes()))
}
