//! STORE and logins.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::Secret;

use super::base::{
    Str, any_value, astring, atom, failure, message_set, mod_seq, name, while_octets,
};
use super::select::parameter;
use super::{Grammar, Parsed};
use crate::command::Command;
use crate::value::{
    Atom, FlagSet, InitialResponse, ModSeq, Raw, StoreCommand, StoreMode, StoreValue,
};

impl Grammar<'_> {
    /// What stands behind `STORE`.
    ///
    /// ```text
    /// store           = "STORE" SP sequence-set [store-modifiers] SP store-att-flags
    /// store-modifiers = SP "(" store-modifier *(SP store-modifier) ")"
    /// store-modifier  = store-modifier-name [SP store-modif-params]
    /// store-modifier  =/ "UNCHANGEDSINCE" SP mod-sequence-valzer
    /// ```
    ///
    /// RFC 4466 §3, RFC 7162 §7.
    pub(crate) fn store_command<'a>(&self, uid: bool, input: &'a [u8]) -> Parsed<'a, Command> {
        let (rest, set) = message_set(input)?;
        let (rest, ()) = self.sp(rest)?;
        let mut unchanged_since = None;
        let mut others = Vec::new();
        let rest = if rest.first() == Some(&b'(') {
            let (rest, modifiers) = self.list1(rest, |i| modifier(i))?;
            for modifier in modifiers {
                match modifier {
                    Modifier::UnchangedSince(since) if unchanged_since.is_none() => {
                        unchanged_since = Some(since);
                    }
                    Modifier::UnchangedSince(_) => return failure(input),
                    Modifier::Other(name, value) => others.push((name, value)),
                }
            }
            self.sp(rest)?.0
        } else {
            rest
        };
        let (rest, (mode, silent, what)) = self.store_value(rest)?;
        let store = StoreCommand { set, uid, unchanged_since, others, mode, silent, what };
        Ok((rest, Command::Store(store)))
    }

    /// ```text
    /// store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
    /// store-att-flags =/ att-annotate
    /// ```
    ///
    /// RFC 3501 §9, RFC 5257 §5; and `X-GM-LABELS`, which Gmail has in the place of `FLAGS`.
    fn store_value<'a>(&self, input: &'a [u8]) -> Parsed<'a, (StoreMode, bool, StoreValue)> {
        let (named, mode) = match input.split_first() {
            Some((b'+', rest)) => (rest, StoreMode::Add),
            Some((b'-', rest)) => (rest, StoreMode::Remove),
            _ => (input, StoreMode::Replace),
        };
        let (rest, word) = atom(named)?;
        let (word, silent) = match word.split_last_chunk::<7>() {
            Some((before, end)) if end.eq_ignore_ascii_case(b".SILENT") => (before, true),
            _ => (word, false),
        };
        let (rest, ()) = self.sp(rest)?;
        let (rest, what) = if word.eq_ignore_ascii_case(b"FLAGS") {
            let (rest, flags) = self.stored_flags(rest)?;
            if !flags.is_storable() {
                return failure(input);
            }
            (rest, StoreValue::Flags(flags))
        } else if word.eq_ignore_ascii_case(b"X-GM-LABELS") {
            let (rest, labels) = self.gmail_labels(rest)?;
            (rest, StoreValue::GmailLabels(labels))
        } else {
            let Ok(name) = Atom::new(Bytes::copy_from_slice(word)) else { return failure(input) };
            let (rest, value) = any_value(rest)?;
            (rest, StoreValue::Other(name, Raw::read(value)))
        };
        Ok((rest, (mode, silent, what)))
    }

    /// `flag-list / (flag *(SP flag))`
    fn stored_flags<'a>(&self, input: &'a [u8]) -> Parsed<'a, FlagSet> {
        if input.first() == Some(&b'(') {
            return self.flag_list(input);
        }
        let mut flags = FlagSet::new();
        let (mut rest, ()) = self.flag_into(input, &mut flags)?;
        let mut members = 1_usize;
        while let Some((b' ', behind)) = rest.split_first() {
            let Ok((behind, ())) = self.flag_into(behind, &mut flags) else { break };
            members = members.saturating_add(1);
            if members > self.limits.list {
                return failure(input);
            }
            rest = behind;
        }
        flags.sort();
        Ok((rest, flags))
    }

    /// What stands behind `LOGIN`.
    ///
    /// ```text
    /// login    = "LOGIN" SP userid SP password
    /// userid   = astring
    /// password = astring
    /// ```
    pub(crate) fn login<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        let (rest, user) = astring(input)?;
        let (rest, password) = astring(self.sp(rest)?.0)?;
        Ok((rest, Command::Login { user: user.to_bytes(), password: secret(password) }))
    }

    /// What stands behind `AUTHENTICATE`.
    ///
    /// ```text
    /// authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp] *(CRLF base64)
    /// initial-resp = (base64 / "=")
    /// ```
    pub(crate) fn authenticate<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        let (rest, mechanism) = name(input)?;
        let Ok((behind, ())) = self.sp(rest) else {
            return Ok((rest, Command::Authenticate { mechanism, initial: None }));
        };
        let (initial, behind) = while_octets(behind, |octet| octet != b' ');
        if initial.is_empty() {
            return Ok((rest, Command::Authenticate { mechanism, initial: None }));
        }
        let Ok(initial) = InitialResponse::new(initial.to_vec()) else { return failure(rest) };
        Ok((behind, Command::Authenticate { mechanism, initial: Some(initial) }))
    }
}

/// The octets of a string in a buffer that never moves: no copy of it is left behind.
fn secret(string: Str<'_>) -> Secret<Vec<u8>> {
    let mut octets = Vec::with_capacity(string.octets.len());
    string.unescape_into(&mut octets);
    Secret::new(octets)
}

/// One modifier of STORE.
enum Modifier {
    UnchangedSince(ModSeq),
    Other(Atom, Option<Raw>),
}

fn modifier(input: &[u8]) -> Parsed<'_, Modifier> {
    let (rest, (name, value)) = parameter(input)?;
    if !name.eq_ignore_ascii_case(b"UNCHANGEDSINCE") {
        return Ok((rest, Modifier::Other(Atom::read(name), value.map(Raw::read))));
    }
    let since = value.and_then(|value| super::whole(value, mod_seq));
    since.map_or_else(|| failure(input), |since| Ok((rest, Modifier::UnchangedSince(since))))
}
