//! The message out of its fragments.

use alloc::vec::Vec;

use postrider_message::HeaderSection;

use super::{Partial, is_field, is_inner};
use crate::Part;

/// Why fragments make no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PartialError {
    /// A part that is no `message/partial`, or lacks `id` or `number`.
    #[error("not a fragment")]
    NotAFragment,
    /// Fragments of two messages.
    #[error("fragments of two messages")]
    DifferentIds,
    /// Fragments that tell two totals, or a number above the total.
    #[error("fragments of two totals")]
    DifferentTotals,
    /// No fragment tells how many there are: the last one is not there.
    #[error("number of fragments not known")]
    NoTotal,
    /// The first fragment that is not there.
    #[error("fragment {0} is missing")]
    Missing(u32),
    /// A fragment that is there twice.
    #[error("fragment {0} is there twice")]
    Twice(u32),
    /// A message of more octets than the caller wants.
    #[error("message too large")]
    TooLarge,
}

/// The message of which these are the fragments, in any order, of at most so many octets.
///
/// It has the fields of the message around the first fragment and those of the message in it, each
/// as RFC 2046 §5.2.2.1 says, as they stand; but for lines that are no fields, which others may read
/// in another way where they stand now. That it is a fragment itself is "explicitly
/// permitted". A fragment that is a part of a multipart is taken with the fields of that part, and
/// its last line, which lost its end to the delimiter, gets it back.
pub fn reassemble(fragments: &[Part<'_>], limit: usize) -> Result<Vec<u8>, PartialError> {
    let fragments = in_order(fragments)?;
    let Some((first, others)) = fragments.split_first() else {
        return Err(PartialError::Missing(1));
    };
    let enclosed = HeaderSection::parse_with(first.raw_body(), &first.limits().headers);
    let outer = first.headers().fields().filter(|field| !is_inner(*field) && is_field(*field));
    let inner = enclosed.headers().fields().filter(|field| is_inner(*field));
    let line_end = if first.raw_header().ends_with(b"\r\n") { &b"\r\n"[..] } else { b"\n" };
    let mut message = Bounded { octets: Vec::new(), limit };
    for field in outer.chain(inner) {
        message.line(field.raw(), line_end)?;
    }
    message.push(line_end)?;
    message.push(enclosed.body())?;
    for fragment in others {
        message.end_line(line_end)?;
        message.push(fragment.raw_body())?;
    }
    Ok(message.octets)
}

/// All fragments of one message by their numbers.
fn in_order<'a>(fragments: &[Part<'a>]) -> Result<Vec<Part<'a>>, PartialError> {
    let mut told = Vec::with_capacity(fragments.len());
    for part in fragments {
        let Partial { id, number, total } = part.partial().ok_or(PartialError::NotAFragment)?.value;
        let (id, number) = id.zip(number).ok_or(PartialError::NotAFragment)?;
        told.push((number, total, id, *part));
    }
    told.sort_by_key(|(number, ..)| *number);
    if told.iter().zip(told.iter().skip(1)).any(|((.., one, _), (.., next, _))| one != next) {
        return Err(PartialError::DifferentIds);
    }
    let mut totals = told.iter().filter_map(|(_, total, ..)| *total);
    let total = totals.next();
    if totals.any(|other| Some(other) != total) {
        return Err(PartialError::DifferentTotals);
    }
    let mut expected = 1_u32;
    for (number, ..) in &told {
        if *number < expected {
            return Err(PartialError::Twice(*number));
        }
        if total.is_some_and(|total| *number > total) {
            return Err(PartialError::DifferentTotals);
        }
        if *number > expected {
            return Err(PartialError::Missing(expected));
        }
        expected = expected.saturating_add(1);
    }
    match total {
        None if told.is_empty() => Err(PartialError::Missing(1)),
        None => Err(PartialError::NoTotal),
        Some(total) if expected <= total => Err(PartialError::Missing(expected)),
        Some(_) => Ok(told.into_iter().map(|(.., part)| part).collect()),
    }
}

/// Octets that are never more than wanted.
struct Bounded {
    octets: Vec<u8>,
    limit: usize,
}

impl Bounded {
    fn push(&mut self, octets: &[u8]) -> Result<(), PartialError> {
        if self.octets.len().saturating_add(octets.len()) > self.limit {
            return Err(PartialError::TooLarge);
        }
        self.octets.extend_from_slice(octets);
        Ok(())
    }

    fn line(&mut self, octets: &[u8], line_end: &[u8]) -> Result<(), PartialError> {
        self.push(octets)?;
        self.end_line(line_end)
    }

    /// Ends the last line where it has no end.
    fn end_line(&mut self, line_end: &[u8]) -> Result<(), PartialError> {
        match self.octets.last() {
            None | Some(b'\n') => Ok(()),
            Some(_) => self.push(line_end),
        }
    }
}
