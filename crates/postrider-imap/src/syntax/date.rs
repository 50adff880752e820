//! Dates, and dates with a time.

use super::base::{failure, octet, sp};
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::{Date, InternalDate};

/// Exactly so many digits.
fn digits(input: &[u8], count: usize) -> Parsed<'_, u16> {
    let Some((front, rest)) = input.split_at_checked(count) else { return failure(input) };
    let number = crate::read::decimal(front).and_then(|n| u16::try_from(n).ok());
    number.map_or_else(|| failure(input), |number| Ok((rest, number)))
}

/// `date-month`, as a number from 1.
fn month(input: &[u8]) -> Parsed<'_, u16> {
    let Some((front, rest)) = input.split_at_checked(3) else { return failure(input) };
    InternalDate::month_by_name(front).map_or_else(|| failure(input), |month| Ok((rest, month)))
}

/// `date-text = date-day "-" date-month "-" date-year`, as year, month and day.
fn date_text(input: &[u8]) -> Parsed<'_, [u16; 3]> {
    let two = input.get(1).is_some_and(u8::is_ascii_digit);
    let (rest, day) = digits(input, if two { 2 } else { 1 })?;
    let (rest, ()) = octet(rest, b'-')?;
    let (rest, month) = month(rest)?;
    let (rest, ()) = octet(rest, b'-')?;
    let (rest, year) = digits(rest, 4)?;
    Ok((rest, [year, month, day]))
}

/// `date = date-text / DQUOTE date-text DQUOTE`
pub(crate) fn date(input: &[u8]) -> Parsed<'_, Date> {
    let inner = input.strip_prefix(b"\"");
    let (rest, [year, month, day]) = date_text(inner.unwrap_or(input))?;
    let (rest, ()) = if inner.is_some() { octet(rest, b'"')? } else { (rest, ()) };
    Date::new(year, month, day).map_or_else(|_| failure(input), |date| Ok((rest, date)))
}

/// ```text
/// date-time      = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
/// date-day-fixed = (SP DIGIT) / 2DIGIT
/// time           = 2DIGIT ":" 2DIGIT ":" 2DIGIT
/// zone           = ("+" / "-") 4DIGIT
/// ```
///
/// A single digit without its blank is forgiven.
fn date_time(input: &[u8]) -> Parsed<'_, InternalDate> {
    let (rest, ()) = octet(input, b'"')?;
    let (rest, date) = date_text(rest.strip_prefix(b" ").unwrap_or(rest))?;
    let (rest, ()) = sp(rest)?;
    let (rest, hour) = digits(rest, 2)?;
    let (rest, ()) = octet(rest, b':')?;
    let (rest, minute) = digits(rest, 2)?;
    let (rest, ()) = octet(rest, b':')?;
    let (rest, second) = digits(rest, 2)?;
    let (rest, ()) = sp(rest)?;
    let (rest, behind) = match rest.split_first() {
        Some((b'+', rest)) => (rest, false),
        Some((b'-', rest)) => (rest, true),
        _ => return failure(input),
    };
    let (rest, hours) = digits(rest, 2)?;
    let (rest, minutes) = digits(rest, 2)?;
    let (rest, ()) = octet(rest, b'"')?;
    let small = |n: u16| u8::try_from(n).ok();
    let found = || {
        let ahead = i16::try_from(hours.checked_mul(60)?.checked_add(minutes)?).ok()?;
        let ahead = if behind { ahead.checked_neg()? } else { ahead };
        let time = [small(hour)?, small(minute)?, small(second)?];
        InternalDate::new(date, time, ahead).ok()
    };
    found().map_or_else(|| failure(input), |date| Ok((rest, date)))
}

/// `date-day-fixed = (SP DIGIT) / 2DIGIT` behind the quote of a `date-time`
fn has_fixed_day(input: &[u8]) -> bool {
    let [b'"', first, second, ..] = input else { return false };
    second.is_ascii_digit()
        && (first.is_ascii_digit() || *first == b' ')
        && input.get(3) == Some(&b'-')
}

impl Grammar<'_> {
    /// `date-time`, whose day is as wide as it must be unless that is forgiven.
    pub(crate) fn date_time<'a>(&self, input: &'a [u8]) -> Parsed<'a, InternalDate> {
        let (rest, date) = date_time(input)?;
        if has_fixed_day(input) || self.forgives(Quirk::Date) {
            Ok((rest, date))
        } else {
            failure(input)
        }
    }
}
