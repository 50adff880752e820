//! `date-time` (RFC 5322 §3.3 and §4.3): reading, Unix time, writing.

use alloc::vec::Vec;
use core::fmt;

use crate::{FieldValue, InvalidValue, Lexeme, Lexer, Parsed, RawValue, Token, code};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const DAY: i64 = 86_400;

/// The local seconds a date can have: the years 1900 to 9999.
const FIRST: i64 = days(1900, 1, 1) * DAY;
const END: i64 = days(10_000, 1, 1) * DAY;

/// The difference of local time to universal time, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone {
    minutes: i16,
    known: bool,
}

impl Zone {
    /// `+0000`: the local time is universal time.
    pub const UTC: Self = Self { minutes: 0, known: true };

    /// `-0000`: the time is universal time, and of the local time nothing is known.
    pub const UNKNOWN: Self = Self { minutes: 0, known: false };

    /// A zone this many minutes east of universal time, from -99:59 to +99:59.
    pub const fn east(minutes: i16) -> Result<Self, InvalidValue> {
        match minutes {
            -5999..=5999 => Ok(Self { minutes, known: true }),
            _ => Err(InvalidValue::Zone),
        }
    }

    /// Minutes east of universal time.
    pub const fn minutes(self) -> i16 {
        self.minutes
    }

    /// Whether it tells the local time; false for `-0000` only.
    pub const fn is_known(self) -> bool {
        self.known
    }

    const fn seconds(self) -> i64 {
        (self.minutes as i64).saturating_mul(60)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minutes < 0 || !self.known { '-' } else { '+' };
        let minutes = self.minutes.unsigned_abs();
        write!(f, "{sign}{:02}{:02}", minutes / 60, minutes % 60)
    }
}

/// An instant and the zone it was told in. `Display` writes it as RFC 5322 §3.3 does.
///
/// ```
/// use postrider_message::{DateTime, Zone};
/// let date = DateTime::from_unix(880_127_706, Zone::east(-360)?)?;
/// assert_eq!(date.to_string(), "Fri, 21 Nov 1997 09:55:06 -0600");
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    unix: i64,
    zone: Zone,
}

impl DateTime {
    /// An instant in seconds since 1970-01-01T00:00:00Z, told in a zone. Refused where the local
    /// year is not between 1900 and 9999.
    pub fn from_unix(seconds: i64, zone: Zone) -> Result<Self, InvalidValue> {
        let local = seconds.checked_add(zone.seconds()).ok_or(InvalidValue::Year)?;
        if (FIRST..END).contains(&local) {
            Ok(Self { unix: seconds, zone })
        } else {
            Err(InvalidValue::Year)
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z. A leap second counts as the second after it.
    pub const fn unix(self) -> i64 {
        self.unix
    }

    /// The zone it was told in.
    pub const fn zone(self) -> Zone {
        self.zone
    }

    /// Local year, month (1–12) and day of the month.
    pub fn date(self) -> (u16, u8, u8) {
        civil(self.local().div_euclid(DAY))
    }

    /// Local hour, minute and second.
    pub fn time(self) -> (u8, u8, u8) {
        let second = self.local().rem_euclid(DAY);
        let part = |value: i64| u8::try_from(value).unwrap_or_default();
        (part(second / 3600), part(second / 60 % 60), part(second % 60))
    }

    const fn local(self) -> i64 {
        self.unix.saturating_add(self.zone.seconds())
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let (hour, minute, second) = self.time();
        let weekday = weekday(self.local().div_euclid(DAY));
        let month = MONTHS.get(usize::from(month).saturating_sub(1)).copied().unwrap_or_default();
        write!(
            f,
            "{weekday}, {day} {month} {year:04} {hour:02}:{minute:02}:{second:02} {}",
            self.zone
        )
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, for years from 0 on.
#[expect(clippy::arithmetic_side_effects, reason = "callers give years up to 10,000")]
const fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
        - 719_468
}

/// The date this many days after 1970-01-01.
#[expect(clippy::arithmetic_side_effects, reason = "a DateTime lies between 1900 and 9999")]
fn civil(days: i64) -> (u16, u8, u8) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = era * 400 + year_of_era + carry;
    let part = |value: i64| u8::try_from(value).unwrap_or_default();
    (u16::try_from(year).unwrap_or_default(), part(month), part(day))
}

fn weekday(days: i64) -> &'static str {
    let index = usize::try_from(days.rem_euclid(7)).unwrap_or_default();
    WEEKDAYS.get(index).copied().unwrap_or_default()
}

impl<'a> FieldValue<'a> for Option<DateTime> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut lexer = Lexer::new(raw);
        // A date has at most ten tokens; one more tells that something follows.
        let tokens: Vec<Lexeme<'a>> =
            core::iter::from_fn(|| lexer.next_solid()).take(TOKENS).collect();
        let mut reader = Reader { tokens: &tokens, lexer: &mut lexer, end: raw.bytes().len() };
        let value = reader.date_time();
        Parsed::new(value, lexer.into_defects(), raw.bytes())
    }
}

const TOKENS: usize = 12;

struct Reader<'t, 'a> {
    tokens: &'t [Lexeme<'a>],
    lexer: &'t mut Lexer<'a>,
    end: usize,
}

/// The parts of a date as they were written.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl<'a> Reader<'_, 'a> {
    /// `date-time = [ day-of-week "," ] date time [CFWS]`
    fn date_time(&mut self) -> Option<DateTime> {
        let told = self.weekday();
        let Some(civil) = self.civil() else {
            self.lexer.defect(&code::NOT_A_DATE, 0, self.end);
            return None;
        };
        let zone = self.zone();
        if let Some(rest) = self.tokens.first() {
            self.lexer.defect(&code::AFTER_DATE, rest.start, self.end);
        }
        let date = zone.and_then(|zone| civil.resolve(zone));
        let Some(date) = date else {
            self.lexer.defect(&code::DATE_OUT_OF_RANGE, 0, self.end);
            return None;
        };
        if let Some((told, start, end)) = told
            && !told.eq_ignore_ascii_case(weekday(civil.days()).as_bytes())
        {
            self.lexer.defect(&code::WRONG_WEEKDAY, start, end);
        }
        Some(date)
    }

    fn atom(&mut self) -> Option<(&'a [u8], usize, usize)> {
        let (first, rest) = self.tokens.split_first()?;
        let Token::Atom(text) = first.token else { return None };
        self.tokens = rest;
        Some((text, first.start, first.end))
    }

    fn special(&mut self, octet: u8) -> bool {
        match self.tokens.split_first() {
            Some((first, rest)) if first.is(octet) => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    /// `[ day-of-week "," ]`: the first three letters, where the date does not begin with digits.
    fn weekday(&mut self) -> Option<(&'a [u8], usize, usize)> {
        let before = self.tokens;
        let (text, start, end) = self.atom()?;
        if text.first().is_some_and(u8::is_ascii_digit) {
            self.tokens = before;
            return None;
        }
        self.special(b',');
        Some((text.get(..3).unwrap_or(text), start, end))
    }

    /// `day month year` and `hour ":" minute [ ":" second ]`
    fn civil(&mut self) -> Option<Civil> {
        let day = number(self.atom()?.0)?;
        let name = self.atom()?.0;
        let month = MONTHS.iter().position(|month| name.eq_ignore_ascii_case(month.as_bytes()))?;
        let month = i64::try_from(month).ok()?.checked_add(1)?;
        let year = self.year()?;
        let hour = number(self.atom()?.0)?;
        if !self.special(b':') {
            return None;
        }
        let minute = number(self.atom()?.0)?;
        let second = if self.special(b':') { number(self.atom()?.0)? } else { 0 };
        Some(Civil { year, month, day, hour, minute, second })
    }

    /// `year = 4*DIGIT`, and `obs-year` with two or three (RFC 5322 §4.3).
    fn year(&mut self) -> Option<i64> {
        let (text, start, end) = self.atom()?;
        let year = number(text)?;
        let century = match text.len() {
            0 | 1 => return None,
            2 if year < 50 => 2000,
            2 | 3 => 1900,
            _ => return Some(year),
        };
        self.lexer.defect(&code::OBSOLETE_YEAR, start, end);
        year.checked_add(century)
    }

    /// `zone = ( "+" / "-" ) 4DIGIT`, and `obs-zone`. No zone out of range.
    fn zone(&mut self) -> Option<Zone> {
        let Some((text, start, end)) = self.atom() else {
            self.lexer.defect(&code::NO_ZONE, self.end, self.end);
            return Some(Zone::UNKNOWN);
        };
        if let Some((sign @ (b'+' | b'-'), digits)) = text.split_first()
            && digits.len() == 4
            && let Some(value) = number(digits)
        {
            let minutes = i16::try_from(value % 100).ok().filter(|&minutes| minutes < 60)?;
            let minutes = i16::try_from(value / 100).ok()?.checked_mul(60)?.checked_add(minutes)?;
            return match (sign, minutes) {
                (b'-', 0) => Some(Zone::UNKNOWN),
                (b'-', minutes) => Zone::east(minutes.checked_neg()?).ok(),
                (_, minutes) => Zone::east(minutes).ok(),
            };
        }
        if !text.iter().all(u8::is_ascii_alphabetic) {
            self.lexer.defect(&code::NO_ZONE, start, end);
            return Some(Zone::UNKNOWN);
        }
        self.lexer.defect(&code::OBSOLETE_ZONE, start, end);
        named_zone(text)
    }
}

/// `obs-zone`: names that are not here, the military letters among them, say nothing about the
/// local time (RFC 5322 §4.3).
fn named_zone(name: &[u8]) -> Option<Zone> {
    const ZONES: [(&str, i16); 10] = [
        ("UT", 0),
        ("GMT", 0),
        ("EDT", -4),
        ("EST", -5),
        ("CDT", -5),
        ("CST", -6),
        ("MDT", -6),
        ("MST", -7),
        ("PDT", -7),
        ("PST", -8),
    ];
    let found = ZONES.iter().find(|(zone, _)| name.eq_ignore_ascii_case(zone.as_bytes()));
    match found {
        Some((_, hours)) => Zone::east(hours.saturating_mul(60)).ok(),
        None => Some(Zone::UNKNOWN),
    }
}

impl Civil {
    /// Days since 1970-01-01 of the date as it was written: a leap second belongs to its own day.
    #[expect(clippy::arithmetic_side_effects, reason = "called for dates in range")]
    fn days(&self) -> i64 {
        days(self.year, self.month, 1) + self.day - 1
    }

    /// The instant, where every part is in its range.
    #[expect(clippy::arithmetic_side_effects, reason = "every part is checked to be small")]
    fn resolve(&self, zone: Zone) -> Option<DateTime> {
        if !(1900..=9999).contains(&self.year)
            || !(0..=23).contains(&self.hour)
            || !(0..=59).contains(&self.minute)
            || !(0..=60).contains(&self.second)
        {
            return None;
        }
        let first = days(self.year, self.month, 1);
        let next = match self.month {
            12 => days(self.year + 1, 1, 1),
            month => days(self.year, month + 1, 1),
        };
        if !(1..=next - first).contains(&self.day) {
            return None;
        }
        let local =
            (first + self.day - 1) * DAY + self.hour * 3600 + self.minute * 60 + self.second;
        DateTime::from_unix(local - zone.seconds(), zone).ok()
    }
}

/// `1*DIGIT`, up to nine of them.
fn number(text: &[u8]) -> Option<i64> {
    let digits = (1..=9).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    if digits { core::str::from_utf8(text).ok()?.parse().ok() } else { None }
}
