//! The grammar of RFC 3501 §9: functions over framed units, without state.
//!
//! A unit is complete before it comes here, literals included, so a function either reads its value
//! or fails; "not yet" belongs to the framing. Nothing recurses by the depth of its input.

mod append;
mod base;
mod body;
mod command;
mod envelope;
mod fetch;
mod response;
mod section;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use nom::IResult;

use crate::limits::Limits;

#[cfg(test)]
pub(crate) use append::AppendTo;
pub(crate) use append::{append_message, append_to};
pub(crate) use base::{LiteralHead, is_atom_octet, literal_at_end, literal_in_tail};
pub(crate) use command::{
    Peeked, command, credentials_at, is_authenticate, is_tag_octet, password_at, peek_command,
};
pub(crate) use fetch::{body_section_name, fetch_item, quoted_content};
pub(crate) use response::{FetchHead, fetch_head, response};
pub(crate) use section::sequence_set;

/// What a grammar function answers: the rest and the value.
pub(crate) type Parsed<'a, T> = IResult<&'a [u8], T>;

/// The unit that is read: strings are slices of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit<'a> {
    /// The unit itself.
    pub(crate) octets: &'a Bytes,
    /// How deep and how long lists may be.
    pub(crate) limits: Limits,
}

impl<'a> Unit<'a> {
    pub(crate) fn new(octets: &'a Bytes, limits: &Limits) -> Self {
        Self { octets, limits: *limits }
    }

    /// A piece of the unit as a value that shares its allocation.
    fn own(&self, piece: &'a [u8]) -> Bytes {
        // `slice_ref` panics on foreign slices, so the place is worked out and checked here.
        let from = (piece.as_ptr() as usize).wrapping_sub(self.octets.as_ptr() as usize);
        match from.checked_add(piece.len()) {
            Some(to) if to <= self.octets.len() => self.octets.slice(from..to),
            _ => Bytes::copy_from_slice(piece),
        }
    }
}

/// The value, if `parser` reads all of `input`.
pub(crate) fn whole<'a, T>(
    input: &'a [u8],
    parser: impl FnOnce(&'a [u8]) -> Parsed<'a, T>,
) -> Option<T> {
    match parser(input) {
        Ok(([], value)) => Some(value),
        _ => None,
    }
}
