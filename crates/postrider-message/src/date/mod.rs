//! `date-time` (RFC 5322 §3.3 and §4.3): reading, Unix time, writing.

mod calendar;
mod fast;
#[cfg(feature = "jiff")]
mod jiff;
mod pieces;
mod reader;
mod rfc3339;
#[cfg(test)]
mod tests;
mod zone;
mod zone_reader;

use core::fmt;

use crate::{Defects, FieldValue, Folder, InvalidValue, Parsed, RawValue, WriteValue};

use calendar::{Civil, DAY};
pub use zone::Zone;

/// The local seconds a date can have: the years 1900 to 9999.
const FIRST: i64 = calendar::days(*calendar::YEARS.start(), 1, 1) * DAY;
const END: i64 = calendar::days(*calendar::YEARS.end() + 1, 1, 1) * DAY;

/// Whether a word is `day-name` (RFC 5322 §3.3), in any case.
pub(crate) fn is_day_name(word: &[u8]) -> bool {
    word.len() == 3 && calendar::weekday_named(word).is_some()
}

/// An instant and the zone it was told in: `date-time` (RFC 5322 §3.3). `Display` writes it as the
/// RFC does.
///
/// ```
/// use postrider_message::{DateTime, Zone};
/// let date = DateTime::from_unix(880_127_706, Zone::east(-360)?)?;
/// assert_eq!(date.to_string(), "Fri, 21 Nov 1997 09:55:06 -0600");
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
///
/// # Reading
///
/// A field is read as `Option<DateTime>`: `None`, and a defect, where no date is told, or one that
/// does not exist. Besides the grammar and its obsolete forms, these are read, each with the defect
/// [`DATE_FORM`](crate::code::DATE_FORM) or one for its zone:
///
/// ```
/// use postrider_message::{DateTime, FieldValue, RawValue};
/// for text in [
///     "Fri Nov 21 15:55:06 1997",                // asctime, the zone may stand before the year
///     "1997-11-21T15:55:06Z",                    // RFC 3339, ISO 8601
///     "Friday, November 21, 1997 3:55:06 PM",    // names in full, twelve hours
///     "21-Nov-97 15:55:06",                      // dashes
///     "21/11/1997 17:55:06 GMT+2",               // where only one reading makes a date
/// ] {
///     let date = Option::<DateTime>::read(RawValue::new(text.as_bytes()));
///     assert_eq!(date.value.map(DateTime::unix), Some(880_127_706), "{text}");
/// }
/// // 3 February or 2 March? Nothing is guessed.
/// let date = Option::<DateTime>::read(RawValue::new(b"03/02/1997 15:55:06 +0000"));
/// assert_eq!(date.value, None);
/// ```
///
/// A zone that is missing, has no sign as `0530`, or has no known meaning is taken as `-0000`
/// (RFC 5322 §4.3). Of the zones that are told by name the RFC knows `UT`, `GMT`, `UTC` and those of
/// North America; of all others, as `CEST`, it says that they "SHOULD be considered equivalent to
/// "-0000"", unless a number stands beside the name.
///
/// # Order
///
/// The earlier instant is less; of one instant told in two zones, which is not equal, the one in the
/// zone that is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime {
    unix: i64,
    zone: Zone,
}

impl DateTime {
    /// An instant in seconds since 1970-01-01T00:00:00Z, told in a zone. Refused where the local
    /// year is not between 1900 and 9999.
    pub const fn from_unix(seconds: i64, zone: Zone) -> Result<Self, InvalidValue> {
        match seconds.checked_add(zone.seconds()) {
            Some(FIRST..END) => Ok(Self { unix: seconds, zone }),
            _ => Err(InvalidValue::Year),
        }
    }

    /// The instant at a local year, month (1–12) and day, and hour, minute and second. Refused
    /// where there is no such date or time. Second 60 is a leap second and the same instant as the
    /// second after it.
    ///
    /// ```
    /// use postrider_message::{DateTime, Zone};
    /// let date = DateTime::from_local((1997, 11, 21), (9, 55, 6), Zone::east(-360)?)?;
    /// assert_eq!(date.unix(), 880_127_706);
    /// assert!(DateTime::from_local((1997, 2, 29), (0, 0, 0), Zone::UTC).is_err());
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub fn from_local(
        (year, month, day): (u16, u8, u8),
        (hour, minute, second): (u8, u8, u8),
        zone: Zone,
    ) -> Result<Self, InvalidValue> {
        let civil = Civil {
            year: year.into(),
            month: month.into(),
            day: day.into(),
            hour: hour.into(),
            minute: minute.into(),
            second: second.into(),
        };
        let (_, local) = civil.resolve().ok_or(InvalidValue::Date)?;
        Self::from_unix(local.saturating_sub(zone.seconds()), zone)
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
        calendar::civil(self.local().div_euclid(DAY))
    }

    /// Local hour, minute and second.
    pub fn time(self) -> (u8, u8, u8) {
        let second = self.local().rem_euclid(DAY);
        let part = |value: i64| u8::try_from(value).unwrap_or_default();
        (part(second / 3600), part(second / 60 % 60), part(second % 60))
    }

    /// The local day of the week, as in `Fri`.
    pub fn day_name(self) -> &'static str {
        calendar::day_name(calendar::weekday(self.local().div_euclid(DAY)))
    }

    /// The date as RFC 3339 §5.6 writes it, `-0000` as `-00:00` (§4.3) and `+0000` as `Z`.
    ///
    /// An offset of RFC 3339 has less than 24 hours. A date in a zone beyond that, which no place
    /// has, is written in universal time as `-00:00`; its year may then be 1899 or 10000.
    ///
    /// ```
    /// use postrider_message::{DateTime, Zone};
    /// let date = DateTime::from_unix(880_127_706, Zone::east(-360)?)?;
    /// assert_eq!(date.to_rfc3339().to_string(), "1997-11-21T09:55:06-06:00");
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub const fn to_rfc3339(self) -> impl fmt::Display {
        rfc3339::Rfc3339::of(self)
    }

    const fn local(self) -> i64 {
        self.unix.saturating_add(self.zone.seconds())
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let (hour, minute, second) = self.time();
        let (weekday, month) = (self.day_name(), calendar::month_name(month));
        write!(
            f,
            "{weekday}, {day} {month} {year:04} {hour:02}:{minute:02}:{second:02} {}",
            self.zone
        )
    }
}

impl WriteValue for DateTime {
    /// RFC 5322 §3.3: "it is RECOMMENDED that a single space be used in each place that FWS
    /// appears".
    fn write_value(&self, to: &mut Folder) {
        let (year, month, day) = self.date();
        let (hour, minute, second) = self.time();
        let (sign, hours, minutes) = self.zone.parts();
        let name = |name: &str| name.as_bytes().first_chunk().copied().unwrap_or([b' '; 3]);
        let ([a, b, c], [d, e]) = (name(self.day_name()), two(day.into()));
        // "21 Nov", or "1 Nov".
        let (start, first) = match day {
            0..10 => ([b' ', a, b, c, b',', b' ', e], 1),
            _ => ([a, b, c, b',', b' ', d, e], 0),
        };
        let [s, t, u, v, w, x, y] = start;
        let ([a, b, c], [d, e], [f, g]) =
            (name(calendar::month_name(month)), two(year / 100), two(year % 100));
        let ([h, i], [j, k], [l, m]) = (two(hour.into()), two(minute.into()), two(second.into()));
        let ([n, o], [p, q], z) = (two(hours), two(minutes), sign.as_bytes());
        let z = z.first().copied().unwrap_or(b'-');
        let text = [
            s, t, u, v, w, x, y, b' ', a, b, c, b' ', d, e, f, g, b' ', h, i, b':', j, k, b':', l,
            m, b' ', z, n, o, p, q,
        ];
        let text = text.get(first..).unwrap_or_default();
        let text = core::str::from_utf8(text).unwrap_or_default();
        if !to.blank().put_words(text) {
            text.split(' ').for_each(|token| {
                to.blank().token(token);
            });
        }
    }
}

/// The two digits of a number below 100.
fn two(value: u16) -> [u8; 2] {
    let digit = |value: u16| b'0'.wrapping_add(u8::try_from(value % 10).unwrap_or_default());
    [digit(value / 10), digit(value)]
}

impl<'a> FieldValue<'a> for Option<DateTime> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let Some(date) = fast::read(raw.bytes()) else { return reader::read(raw) };
        let defects = Defects::with_limit(raw.limits().defects);
        Parsed::new(Some(date), defects, raw.bytes())
    }
}
