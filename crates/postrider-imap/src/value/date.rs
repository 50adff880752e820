//! INTERNALDATE: when the server took the message in.

use core::fmt;

use super::InvalidValue;

/// A date and time with its zone (RFC 3501 §9 `date-time`).
///
/// ```
/// use postrider_imap::InternalDate;
///
/// let date = InternalDate::from_unix(837_596_665, -7 * 60)?;
/// assert_eq!(date.to_string(), "17-Jul-1996 02:44:25 -0700");
/// assert_eq!(date.unix(), 837_596_665);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InternalDate {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    zone: i16,
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY: i64 = 86_400;

impl InternalDate {
    /// A date (`[year, month, day]`), a time (`[hour, minute, second]`) and the minutes that the
    /// zone is ahead of UTC.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Number`] when one of them is out of range.
    pub fn new(date: [u16; 3], time: [u8; 3], zone: i16) -> Result<Self, InvalidValue> {
        let [year, month, day] = date;
        let [hour, minute, second] = time;
        let fits = year <= 9999
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60
            && zone.unsigned_abs() < 24 * 60;
        if !fits {
            return Err(InvalidValue::Number);
        }
        let small = |n: u16| u8::try_from(n).map_err(|_| InvalidValue::Number);
        Ok(Self { year, month: small(month)?, day: small(day)?, hour, minute, second, zone })
    }

    /// The moment that is `seconds` after the start of 1970 in UTC, told in a zone that is `zone`
    /// minutes ahead of UTC.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Number`] when the year would not have four digits, or the zone is a day off.
    pub fn from_unix(seconds: i64, zone: i16) -> Result<Self, InvalidValue> {
        let local = i64::from(zone)
            .checked_mul(60)
            .and_then(|ahead| seconds.checked_add(ahead))
            .ok_or(InvalidValue::Number)?;
        let [year, month, day] = civil(local.div_euclid(DAY)).ok_or(InvalidValue::Number)?;
        let of_day = u32::try_from(local.rem_euclid(DAY)).map_err(|_| InvalidValue::Number)?;
        let small = |n: u32| u8::try_from(n).map_err(|_| InvalidValue::Number);
        let time = [small(of_day / 3600)?, small(of_day / 60 % 60)?, small(of_day % 60)?];
        Self::new([year, month, day], time, zone)
    }

    /// Seconds since the start of 1970 in UTC.
    #[must_use]
    pub fn unix(&self) -> i64 {
        let time = [(self.hour, 3600), (self.minute, 60), (self.second, 1)];
        let of_day = time.iter().map(|&(n, unit): &(u8, i64)| i64::from(n).saturating_mul(unit));
        days_before(self.year, self.month, self.day)
            .saturating_mul(DAY)
            .saturating_add(of_day.sum())
            .saturating_sub(i64::from(self.zone).saturating_mul(60))
    }

    /// Year, month and day.
    #[must_use]
    pub fn date(&self) -> [u16; 3] {
        [self.year, self.month.into(), self.day.into()]
    }

    /// Hour, minute and second.
    #[must_use]
    pub fn time(&self) -> [u8; 3] {
        [self.hour, self.minute, self.second]
    }

    /// Minutes ahead of UTC.
    #[must_use]
    pub fn zone(&self) -> i16 {
        self.zone
    }

    /// `date-time` without its quotes, as [`fmt::Display`] has it.
    pub(crate) fn octets(&self) -> [u8; 26] {
        let tens = |number: u16| b'0' | u8::try_from(number / 10 % 10).unwrap_or_default();
        let ones = |number: u16| b'0' | u8::try_from(number % 10).unwrap_or_default();
        let two = |number: u16| (tens(number), ones(number));
        let month = MONTHS.get(usize::from(self.month).saturating_sub(1)).unwrap_or(&"Jan");
        let [a, b, c] = month.as_bytes().first_chunk::<3>().copied().unwrap_or(*b"Jan");
        let day = self.day.into();
        let first = if day < 10 { b' ' } else { tens(day) };
        let ((y, e), (f, g)) = (two(self.year / 100), two(self.year % 100));
        let ((h, i), (j, k)) = (two(self.hour.into()), two(self.minute.into()));
        let (l, m) = two(self.second.into());
        let zone = self.zone.unsigned_abs();
        let sign = if self.zone < 0 { b'-' } else { b'+' };
        let ((n, o), (p, q)) = (two(zone / 60), two(zone % 60));
        [
            first,
            ones(day),
            b'-',
            a,
            b,
            c,
            b'-',
            y,
            e,
            f,
            g,
            b' ',
            h,
            i,
            b':',
            j,
            k,
            b':',
            l,
            m,
            b' ',
            sign,
            n,
            o,
            p,
            q,
        ]
    }

    /// The number of a month by its English abbreviation.
    pub(crate) fn month_by_name(name: &[u8]) -> Option<u16> {
        let at = MONTHS.iter().position(|month| month.as_bytes().eq_ignore_ascii_case(name))?;
        u16::try_from(at).ok()?.checked_add(1)
    }
}

impl fmt::Display for InternalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month = MONTHS.get(usize::from(self.month).saturating_sub(1)).unwrap_or(&"Jan");
        let sign = if self.zone < 0 { '-' } else { '+' };
        let zone = self.zone.unsigned_abs();
        write!(f, "{:2}-{month}-{:04} ", self.day, self.year)?;
        write!(f, "{:02}:{:02}:{:02} ", self.hour, self.minute, self.second)?;
        write!(f, "{sign}{:02}{:02}", zone / 60, zone % 60)
    }
}

/// A day (RFC 3501 §9 `date`), as SEARCH compares them: without time and zone.
///
/// ```
/// use postrider_imap::Date;
///
/// assert_eq!(Date::new(1994, 2, 1)?.to_string(), "1-Feb-1994");
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day by year, month (from 1) and day.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Number`] when there is no such day, or the year has more than four digits.
    pub fn new(year: u16, month: u16, day: u16) -> Result<Self, InvalidValue> {
        let fits =
            year <= 9999 && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        let small = |n: u16| u8::try_from(n).map_err(|_| InvalidValue::Number);
        if fits {
            Ok(Self { year, month: small(month)?, day: small(day)? })
        } else {
            Err(InvalidValue::Number)
        }
    }

    /// Year, month and day.
    #[must_use]
    pub fn ymd(&self) -> [u16; 3] {
        [self.year, self.month.into(), self.day.into()]
    }
}

impl From<InternalDate> for Date {
    /// The day alone, as SEARCH compares it: "disregarding time and timezone" (RFC 3501 §6.4.4).
    fn from(date: InternalDate) -> Self {
        Self { year: date.year, month: date.month, day: date.day }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month = MONTHS.get(usize::from(self.month).saturating_sub(1)).unwrap_or(&"");
        write!(f, "{}-{month}-{:04}", self.day, self.year)
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u16, month: u16) -> u16 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to this day, in years that begin with March, so that the leap day is last.
fn days_before(year: u16, month: u8, day: u8) -> i64 {
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let year = year.saturating_sub(i64::from(month <= 2));
    let march = month.saturating_add(9).checked_rem(12).unwrap_or_default();
    let before_month = march.saturating_mul(153).saturating_add(2) / 5;
    let leap = year
        .div_euclid(4)
        .saturating_sub(year.div_euclid(100))
        .saturating_add(year.div_euclid(400));
    [year.saturating_mul(365), leap, before_month, day]
        .iter()
        .fold(-719_469_i64, |sum, &n| sum.saturating_add(n))
}

/// The day that is `days` after 1970-01-01, between the years 0 and 9999.
fn civil(days: i64) -> Option<[u16; 3]> {
    // The year is guessed from the mean length of a year, then corrected by at most one.
    let guess = days.checked_mul(400)?.div_euclid(146_097).checked_add(1970)?;
    let year = [guess.checked_add(1)?, guess, guess.checked_sub(1)?]
        .into_iter()
        .filter_map(|year| u16::try_from(year).ok().filter(|year| *year <= 9999))
        .find(|&year| days_before(year, 1, 1) <= days)?;
    let month = (1..=12_u8).rev().find(|&month| days_before(year, month, 1) <= days)?;
    let day = days.checked_sub(days_before(year, month, 1))?.checked_add(1)?;
    let day = u16::try_from(day).ok().filter(|&day| day <= days_in(year, month.into()))?;
    Some([year, month.into(), day])
}
