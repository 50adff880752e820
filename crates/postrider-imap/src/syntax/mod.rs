//! The grammar: functions over framed units, borrowed and without state.
//!
//! A unit is complete before it comes here, literals included, so a function either reads its value
//! or fails; "not yet" belongs to the framing. Nothing recurses by the depth of its input.

mod acl;
pub(crate) mod append;
mod base;
mod body;
mod code;
mod command;
mod date;
mod digits;
mod envelope;
mod fetch;
mod fetch_command;
mod id;
mod list;
mod mailbox_status;
mod metadata;
mod namespace;
mod notify;
mod quota;
mod response;
mod results;
pub(crate) mod scan;
mod search;
mod section;
mod select;
mod status;
mod store;
mod structure;
pub(crate) mod threads;
mod url;

use core::cell::Cell;

use nom::IResult;

use super::quirks::{Quirk, Quirks};
use super::response::Response;
use super::{SyntaxError, TaggedCommand};
use crate::limits::Limits;

pub(crate) use base::{astring, atom, quoted, sequence_set, sp, while_octets};
pub(crate) use code::{begins_with_code, is_known_code};
pub(crate) use fetch::is_object_id;
pub(crate) use list::is_list_octet;
pub(crate) use url::url;

/// What a grammar function answers: the rest and the value.
pub(crate) type Parsed<'a, T> = IResult<&'a [u8], T>;

/// How a unit is read: within which bounds, and what is forgiven.
#[derive(Debug)]
pub(crate) struct Grammar<'p> {
    /// How deep and how long lists may be.
    pub(crate) limits: &'p Limits,
    forgiven: Quirks,
    met: Cell<Quirks>,
}

impl<'p> Grammar<'p> {
    pub(crate) fn new(limits: &'p Limits, forgiven: Quirks) -> Self {
        Self { limits, forgiven, met: Cell::new(Quirks::strict()) }
    }

    /// Whether this is forgiven; it is noted then. To be asked where the quirk is at hand, and only
    /// there.
    pub(crate) fn forgives(&self, quirk: Quirk) -> bool {
        let forgiven = self.forgiven.contains(quirk);
        if forgiven {
            self.met.set(self.met.get().with(quirk));
        }
        forgiven
    }

    /// The same, with this not forgiven.
    pub(crate) fn without(&self, quirk: Quirk) -> Self {
        let Self { limits, forgiven, met } = self;
        Self { limits, forgiven: forgiven.without(quirk), met: met.clone() }
    }

    /// Forgets what was forgiven in a reading that led nowhere.
    pub(crate) fn back_to(&self, met: Quirks) {
        self.met.set(met);
    }

    /// What `read` reads, and whether nothing was forgiven for it.
    fn strictly<T>(&self, read: impl FnOnce() -> T) -> (T, bool) {
        let before = self.met.replace(Quirks::strict());
        let value = read();
        let strict = self.met.get().is_empty();
        self.met.set(self.met.get().union(before));
        (value, strict)
    }

    /// What was forgiven so far.
    pub(crate) fn met(&self) -> Quirks {
        self.met.get()
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

/// What becomes of the value, if `parser` reads all of `unit`; where it went wrong otherwise.
#[inline]
fn complete<'a, T, U>(
    unit: &'a [u8],
    parser: impl FnOnce(&'a [u8]) -> Parsed<'a, T>,
    becomes: impl FnOnce(T) -> U,
) -> Result<U, SyntaxError> {
    let rest = match parser(unit) {
        Ok(([], value)) => return Ok(becomes(value)),
        Ok((rest, _)) => rest,
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => error.input,
        Err(nom::Err::Incomplete(_)) => unit,
    };
    Err(SyntaxError { offset: unit.len().saturating_sub(rest.len()) })
}

/// A response without its line end, literals included.
pub(crate) fn response(grammar: &Grammar<'_>, unit: &[u8]) -> Result<Response, SyntaxError> {
    complete(unit, |i| grammar.response(i), |response| response)
}

/// As [`response`], with what was forgiven. A response is large, so it is moved but once.
pub(crate) fn response_and_quirks(
    grammar: &Grammar<'_>,
    unit: &[u8],
) -> Result<(Response, Quirks), SyntaxError> {
    complete(unit, |i| grammar.response(i), |response| (response, grammar.met()))
}

/// A command without its line end, literals included.
pub(crate) fn command(grammar: &Grammar<'_>, unit: &[u8]) -> Result<TaggedCommand, SyntaxError> {
    complete(unit, |i| grammar.tagged_command(i), |command| command)
}
