//! METADATA.

use alloc::vec::Vec;

use bytes::Bytes;

use super::base::{any_value, astring, atom, failure, mailbox, nstring, number, word};
use super::select::parameter;
use super::{Grammar, Parsed};
use crate::command::Command;
use crate::quirks::Quirk;
use crate::value::{Atom, GetMetadata, MetadataDepth, MetadataEntry, MetadataResponse, Raw};

impl Grammar<'_> {
    /// What stands behind `METADATA `.
    ///
    /// ```text
    /// metadata-resp = "METADATA" SP mailbox SP (entry-values / entry-list)
    /// entry-values  = "(" entry-value *(SP entry-value) ")"
    /// entry-list    = entry *(SP entry)
    /// ```
    pub(crate) fn metadata<'a>(&self, input: &'a [u8]) -> Parsed<'a, MetadataResponse> {
        let (rest, mailbox) = mailbox(input)?;
        let (rest, ()) = self.sp(rest)?;
        if rest.first() == Some(&b'(') {
            let (rest, entries) = self.list1(rest, |i| self.entry_value(i))?;
            return Ok((rest, MetadataResponse::Values { mailbox, entries }));
        }
        let (rest, first) = entry(rest)?;
        let (rest, further) = self.further(rest, entry)?;
        let mut entries = Vec::from([first]);
        entries.extend(further);
        Ok((rest, MetadataResponse::Changed { mailbox, entries }))
    }

    /// ```text
    /// entry-value = entry SP value
    /// value       = nstring / literal8
    /// ```
    fn entry_value<'a>(&self, input: &'a [u8]) -> Parsed<'a, MetadataEntry> {
        let (rest, name) = entry(input)?;
        let (rest, value) = nstring(self.sp(rest)?.0)?;
        Ok((rest, MetadataEntry { name, value: value.map(|value| value.to_bytes()) }))
    }

    /// What stands behind `SETMETADATA `.
    ///
    /// `setmetadata = "SETMETADATA" SP mailbox SP entry-values`
    pub(crate) fn set_metadata<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        let (rest, mailbox) = mailbox(input)?;
        let (rest, entries) = self.list1(self.sp(rest)?.0, |i| self.entry_value(i))?;
        Ok((rest, Command::SetMetadata { mailbox, entries }))
    }

    /// What stands behind `GETMETADATA `.
    ///
    /// ```text
    /// getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries
    /// entries     = entry / "(" entry *(SP entry) ")"
    /// ```
    ///
    /// So the formal syntax of RFC 5464 §5; in the examples of §4.2.1 and §4.2.2 the options stand
    /// behind the mailbox. Both are read. Entries without parentheses, as in §4.4.1, are forgiven.
    pub(crate) fn get_metadata<'a>(&self, input: &'a [u8]) -> Parsed<'a, GetMetadata> {
        let mut options = Vec::new();
        let mut rest = input;
        if rest.first() == Some(&b'(') {
            let (behind, before) = self.metadata_options(rest)?;
            options = before;
            rest = self.sp(behind)?.0;
        }
        let (behind, mailbox) = mailbox(rest)?;
        rest = self.sp(behind)?.0;
        if rest.first() == Some(&b'(') {
            let (behind, _) = any_value(rest)?;
            if matches!(behind, [b' ', next, ..] if *next != b' ') {
                let (behind, after) = self.metadata_options(rest)?;
                options.extend(after);
                rest = self.sp(behind)?.0;
            }
        }
        let (rest, entries) = self.entries(rest)?;
        let mut get =
            GetMetadata { mailbox, max_size: None, depth: None, others: Vec::new(), entries };
        for option in options {
            let doubled = match option {
                MetadataOption::MaxSize(octets) => get.max_size.replace(octets).is_some(),
                MetadataOption::Depth(depth) => get.depth.replace(depth).is_some(),
                MetadataOption::Other(name, value) => {
                    get.others.push((name, value));
                    false
                }
            };
            if doubled {
                return failure(input);
            }
        }
        Ok((rest, get))
    }

    /// `entries = entry / "(" entry *(SP entry) ")"`
    fn entries<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<Bytes>> {
        if input.first() == Some(&b'(') {
            return self.list1(input, entry);
        }
        let (rest, first) = entry(input)?;
        let (rest, further) = self.further(rest, entry)?;
        if !further.is_empty() && !self.forgives(Quirk::Members) {
            return failure(rest);
        }
        let mut entries = Vec::from([first]);
        entries.extend(further);
        Ok((rest, entries))
    }

    /// ```text
    /// getmetadata-options = "(" getmetadata-option *(SP getmetadata-option) ")"
    /// getmetadata-option  = tagged-ext-label [SP tagged-ext-val]
    /// maxsize-opt         = "MAXSIZE" SP number
    /// scope-opt           = "DEPTH" SP ("0" / "1" / "infinity")
    /// ```
    fn metadata_options<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<MetadataOption>> {
        self.list1(input, |i| self.metadata_option(i))
    }

    fn metadata_option<'a>(&self, input: &'a [u8]) -> Parsed<'a, MetadataOption> {
        let (rest, name) = atom(input)?;
        if name.eq_ignore_ascii_case(b"MAXSIZE") {
            let (rest, octets) = number(self.sp(rest)?.0)?;
            return Ok((rest, MetadataOption::MaxSize(octets)));
        }
        if name.eq_ignore_ascii_case(b"DEPTH") {
            let (rest, ()) = self.sp(rest)?;
            let (rest, depth) = word(rest, b"0")
                .map(|(rest, ())| (rest, MetadataDepth::Zero))
                .or_else(|_| word(rest, b"1").map(|(rest, ())| (rest, MetadataDepth::One)))
                .or_else(|_| {
                    word(rest, b"INFINITY").map(|(rest, ())| (rest, MetadataDepth::Infinity))
                })?;
            return Ok((rest, MetadataOption::Depth(depth)));
        }
        let (rest, (name, value)) = parameter(input)?;
        Ok((rest, MetadataOption::Other(Atom::read(name), value.map(Raw::read))))
    }
}

/// One option of GETMETADATA.
enum MetadataOption {
    MaxSize(u32),
    Depth(MetadataDepth),
    Other(Atom, Option<Raw>),
}

/// `entry = astring ; slash-separated path to entry`
fn entry(input: &[u8]) -> Parsed<'_, Bytes> {
    astring(input).map(|(rest, entry)| (rest, entry.to_bytes()))
}
