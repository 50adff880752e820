//! The form nearly all dates have, read octet by octet without a token. What it reads, it reads as
//! the general reader does and finds no defect in; everything else is left to that one.

use memchr::memchr3;

use super::{
    DateTime, Zone,
    calendar::{self, Civil},
};
use crate::lexer::{is_white, trim_start};

/// `[ day-name "," ] day month 4DIGIT hour ":" minute ":" second ( "+" / "-" ) 4DIGIT
/// *( "(" *ctext ")" )`, with white space between the parts.
pub(super) fn read(bytes: &[u8]) -> Option<DateTime> {
    let (told, rest) = match trim_start(bytes) {
        [a, b, c, b',', rest @ ..] => (Some(weekday([*a, *b, *c])?), trim_start(rest)),
        rest => (None, rest),
    };
    let (day, rest) = match rest {
        [b, rest @ ..] if rest.first().copied().is_some_and(is_white) => ([b'0', *b], rest),
        [a, b, rest @ ..] => ([*a, *b], rest),
        _ => return None,
    };
    let (&[m0, m1, m2], rest) = spaced(rest)?;
    let (&[y0, y1, y2, y3], rest) = spaced(rest)?;
    let (&[h0, h1, b':', n0, n1, b':', s0, s1], rest) = spaced(rest)? else { return None };
    let (&[sign, z0, z1, z2, z3], rest) = spaced(rest)?;
    if !ends(rest) {
        return None;
    }
    let [d0, d1] = day;
    let [day, ..] = pairs([d0, d1, b'0', b'0', b'0', b'0', b'0', b'0'])?;
    let [century, _, year, _, hours, _, minutes, _] = pairs([y0, y1, y2, y3, z0, z1, z2, z3])?;
    let [hour, _, _, minute, _, _, second, _] = pairs([h0, h1, b'0', n0, n1, b'0', s0, s1])?;
    let civil = Civil {
        year: u32::from(century).saturating_mul(100).saturating_add(year.into()),
        month: month([m0, m1, m2])?,
        day: day.into(),
        hour: hour.into(),
        minute: minute.into(),
        second: second.into(),
    };
    let zone = Zone::from_digits(sign, hours.into(), minutes.into())?;
    let (days, local) = civil.resolve()?;
    if told.is_some_and(|told| told != calendar::weekday(days)) {
        return None;
    }
    DateTime::from_unix(local.wrapping_sub(zone.seconds()), zone).ok()
}

/// Octets behind white space.
fn spaced<const N: usize>(rest: &[u8]) -> Option<(&[u8; N], &[u8])> {
    match rest {
        [b' ', next, ..] if !is_white(*next) => rest.get(1..)?.split_first_chunk(),
        [first, ..] if is_white(*first) => trim_start(rest).split_first_chunk(),
        _ => None,
    }
}

/// Nothing but white space and plain comments.
fn ends(mut rest: &[u8]) -> bool {
    loop {
        rest = match trim_start(rest) {
            [] => return true,
            [b'(', comment @ ..] => {
                let end = memchr3(b'(', b')', b'\\', comment).and_then(|at| comment.get(at..));
                let Some([b')', rest @ ..]) = end else { return false };
                rest
            }
            _ => return false,
        };
    }
}

/// Three letters in lower case, as one number. What is no letter stays none.
const fn lower([a, b, c]: [u8; 3]) -> u32 {
    u32::from_le_bytes([a | 0x20, b | 0x20, c | 0x20, 0])
}

macro_rules! names {
    ($name:expr, $($known:literal => $value:literal)*) => {
        match lower($name) {
            $(name if name == const { lower(*$known) } => Some($value),)*
            _ => None,
        }
    };
}

#[rustfmt::skip]
const fn month(name: [u8; 3]) -> Option<u32> {
    names!(name,
        b"jan" => 1 b"feb" => 2 b"mar" => 3 b"apr" => 4 b"may" => 5 b"jun" => 6
        b"jul" => 7 b"aug" => 8 b"sep" => 9 b"oct" => 10 b"nov" => 11 b"dec" => 12)
}

#[rustfmt::skip]
const fn weekday(name: [u8; 3]) -> Option<usize> {
    names!(name,
        b"thu" => 0 b"fri" => 1 b"sat" => 2 b"sun" => 3 b"mon" => 4 b"tue" => 5 b"wed" => 6)
}

/// The number that each two neighbours among eight digits make, in the place of the first.
const fn pairs(digits: [u8; 8]) -> Option<[u8; 8]> {
    const fn each(octet: u8) -> u64 {
        u64::from_le_bytes([octet; 8])
    }
    let values = u64::from_le_bytes(digits) ^ each(b'0');
    // The top bit of an octet is set where it is not 0 to 9.
    let beyond = values | values.wrapping_add(each(0x80 - 10));
    if beyond & each(0x80) != 0 {
        return None;
    }
    Some((values.wrapping_mul(10).wrapping_add(values >> 8)).to_le_bytes())
}
