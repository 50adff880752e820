//! SELECT, EXAMINE and CREATE.

use alloc::vec::Vec;

use super::base::{
    any_value, atom, failure, mailbox, mod_seq, number, number_set, octet, sp, uid_set,
};
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::{
    Atom, Create, ListAttribute, ModSeq, Qresync, Raw, SelectParameters, SequenceMatch, UidValidity,
};

/// A parameter in the form that all have.
type Parameter<'a> = (&'a [u8], Option<&'a [u8]>);

impl Grammar<'_> {
    /// What stands behind the mailbox in SELECT and EXAMINE.
    ///
    /// `select-params = SP "(" select-param *(SP select-param) ")"` (RFC 4466 §3)
    pub(crate) fn select_parameters<'a>(&self, input: &'a [u8]) -> Parsed<'a, SelectParameters> {
        let (rest, list) = self.parameters(input)?;
        let mut parameters = SelectParameters::new();
        for (name, value) in list {
            if value.is_none() && name.eq_ignore_ascii_case(b"CONDSTORE") {
                parameters.condstore = true;
            } else if name.eq_ignore_ascii_case(b"QRESYNC") {
                let Some(([], qresync)) = value.and_then(|value| self.qresync(value).ok()) else {
                    return failure(value.unwrap_or(input));
                };
                if parameters.qresync.replace(qresync).is_some() {
                    return failure(input);
                }
            } else {
                parameters.others.push((Atom::read(name), value.map(Raw::read)));
            }
        }
        Ok((rest, parameters))
    }

    /// ```text
    /// select-param   =/ "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids]
    ///                   [SP seq-match-data] ")"
    /// seq-match-data =  "(" known-sequence-set SP known-uid-set ")"
    /// ```
    ///
    /// (RFC 7162 §7). In none of the sets may `*` stand.
    fn qresync<'a>(&self, input: &'a [u8]) -> Parsed<'a, Qresync> {
        let (rest, ()) = octet(input, b'(')?;
        let (rest, validity) = self.uid_validity(rest)?;
        let (rest, mod_seq) = mod_seq(self.sp(rest)?.0)?;
        if mod_seq == ModSeq::default() && !self.forgives(Quirk::Number) {
            return failure(input);
        }
        let mut qresync = Qresync::new(validity, mod_seq);
        let mut rest = rest;
        if let [b' ', b'0'..=b'9', ..] = rest {
            let (behind, known) = uid_set(sp(rest)?.0)?;
            qresync.known = Some(known);
            rest = behind;
        }
        if let [b' ', b'(', ..] = rest {
            let (behind, ()) = octet(sp(rest)?.0, b'(')?;
            let (behind, numbers) = number_set(behind)?;
            let (behind, uids) = uid_set(self.sp(behind)?.0)?;
            let (behind, ()) = octet(behind, b')')?;
            let Ok(matched) = SequenceMatch::new(numbers, uids) else { return failure(rest) };
            qresync.matched = Some(matched);
            rest = behind;
        }
        octet(rest, b')').map(|(rest, ())| (rest, qresync))
    }

    /// `uidvalidity = nz-number`; some servers say zero.
    pub(crate) fn uid_validity<'a>(&self, input: &'a [u8]) -> Parsed<'a, UidValidity> {
        let (rest, value) = number(input)?;
        if value == 0 && !self.forgives(Quirk::Number) {
            return failure(input);
        }
        Ok((rest, UidValidity::new(value)))
    }

    /// What stands behind `CREATE `.
    ///
    /// ```text
    /// create        = "CREATE" SP mailbox [create-params]
    /// create-params = SP "(" create-param *(SP create-param) ")"
    /// create-param  =/ "USE" SP "(" [use-attr *(SP use-attr)] ")"
    /// ```
    ///
    /// (RFC 4466 §2.2, RFC 6154 §6)
    pub(crate) fn create<'a>(&self, input: &'a [u8]) -> Parsed<'a, Create> {
        let (rest, mailbox) = mailbox(input)?;
        let (rest, list) = self.parameters(rest)?;
        let mut create = Create::new(mailbox);
        for (name, value) in list {
            if name.eq_ignore_ascii_case(b"USE") {
                let value = value.unwrap_or_default();
                let (end, attributes) = self.list(value, use_attribute)?;
                if !end.is_empty() || create.special_use.replace(attributes).is_some() {
                    return failure(value);
                }
            } else {
                create.others.push((Atom::read(name), value.map(Raw::read)));
            }
        }
        Ok((rest, create))
    }

    /// Parameters in parentheses, if there are any. Who sends them sends at least one.
    fn parameters<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<Parameter<'a>>> {
        match self.sp(input) {
            Ok((rest @ [b'(', ..], ())) => self.list1(rest, parameter),
            _ => Ok((input, Vec::new())),
        }
    }
}

/// `select-param = select-param-name [SP select-param-value]` (RFC 4466 §3), and the like.
pub(crate) fn parameter(input: &[u8]) -> Parsed<'_, Parameter<'_>> {
    let (rest, name) = atom(input)?;
    match rest {
        // `tagged-ext-val = tagged-ext-simple / "(" [tagged-ext-comp] ")"`: a number, a set or
        // parentheses, which no name begins with; nor with what a string begins with.
        [b' ', b'(' | b'0'..=b'9' | b'*' | b'"' | b'{', ..] => {
            let (rest, value) = any_value(sp(rest)?.0)?;
            Ok((rest, (name, Some(value))))
        }
        _ => Ok((rest, (name, None))),
    }
}

/// `use-attr = "\All" / … / "\" atom` (RFC 6154 §6)
fn use_attribute(input: &[u8]) -> Parsed<'_, ListAttribute> {
    let (rest, ()) = octet(input, b'\\')?;
    atom(rest).map(|(rest, name)| (rest, ListAttribute::read(name)))
}
