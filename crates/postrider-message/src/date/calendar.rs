//! The Gregorian calendar, counted in days from 1970-01-01.

/// The years a date can be told in. RFC 5322 §3.3: "any numeric year 1900 or later"; four digits
/// are what can be written so that every reader knows where the year ends.
pub(super) const YEARS: core::ops::RangeInclusive<u32> = 1900..=9999;

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// 1970-01-01 was a Thursday.
const WEEKDAYS: [&str; 7] =
    ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/// Days from 1970-01-01 to a date, for years from 1 to 10,000 and existing days.
#[expect(clippy::arithmetic_side_effects, reason = "callers give years from 1 to 10,000")]
pub(super) const fn days(year: u32, month: u32, day: u32) -> i64 {
    // Years begin in March, so that the leap day is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let century = year / 100;
    let leap_days = year / 4 - century + century / 4;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    (year * 365 + leap_days + day_of_year) as i64 - 719_468
}

/// The date this many days after 1970-01-01.
#[expect(clippy::arithmetic_side_effects, reason = "a DateTime lies between 1900 and 9999")]
pub(super) fn civil(days: i64) -> (u16, u8, u8) {
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

/// The days of a month; 0 where there is no such month.
pub(super) const fn month_length(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(400) => 29,
        2 if year.is_multiple_of(4) && !year.is_multiple_of(100) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

/// The weekday of a day, 0 for Thursday to 6 for Wednesday.
pub(super) fn weekday(days: i64) -> usize {
    usize::try_from(days.rem_euclid(7)).unwrap_or_default()
}

/// `day-name`
pub(super) fn day_name(weekday: usize) -> &'static str {
    WEEKDAYS.get(weekday).and_then(|name| name.get(..3)).unwrap_or_default()
}

/// `month`
pub(super) fn month_name(month: u8) -> &'static str {
    let name = usize::from(month).checked_sub(1).and_then(|index| MONTHS.get(index));
    name.and_then(|name| name.get(..3)).unwrap_or_default()
}

/// The weekday with this English name, cut after three letters or later.
pub(super) fn weekday_named(name: &[u8]) -> Option<usize> {
    WEEKDAYS.iter().position(|full| begins(full, name))
}

/// The month, 1 to 12, with this English name, cut after three letters or later.
pub(super) fn month_named(name: &[u8]) -> Option<u32> {
    let index = MONTHS.iter().position(|full| begins(full, name))?;
    u32::try_from(index).ok()?.checked_add(1)
}

fn begins(full: &str, name: &[u8]) -> bool {
    let start = full.as_bytes().get(..name.len());
    name.len() >= 3 && start.is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// A date and time of day as they were written, which need not exist.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Civil {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
}

impl Civil {
    /// Days since 1970-01-01 and seconds of local time since then, where every part is in its
    /// range. A leap second belongs to its own day, and counts as the second after it.
    #[expect(clippy::arithmetic_side_effects, reason = "every part is checked to be small")]
    pub(super) fn resolve(&self) -> Option<(i64, i64)> {
        let Self { year, month, day, hour, minute, second } = *self;
        if !YEARS.contains(&year)
            || day == 0
            || day > month_length(year, month)
            || hour > 23
            || minute > 59
            || second > 60
        {
            return None;
        }
        let days = days(year, month, day);
        Some((days, days * DAY + i64::from(hour * 3600 + minute * 60 + second)))
    }
}
