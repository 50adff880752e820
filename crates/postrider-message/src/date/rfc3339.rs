//! `date-time` of RFC 3339 §5.6.

use core::fmt;

use super::{DateTime, Zone};

/// Minutes of the largest offset: `time-hour = 2DIGIT ; 00-23`.
const LARGEST: u16 = 23 * 60 + 59;

/// A date whose zone RFC 3339 can tell. `Display` writes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rfc3339(DateTime);

impl Rfc3339 {
    pub(super) const fn of(date: DateTime) -> Self {
        let told = date.zone.minutes().unsigned_abs() <= LARGEST;
        Self(DateTime { unix: date.unix, zone: if told { date.zone } else { Zone::UNKNOWN } })
    }
}

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(date) = *self;
        let (year, month, day) = date.date();
        let (hour, minute, second) = date.time();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if date.zone == Zone::UTC {
            return f.write_str("Z");
        }
        let sign = if date.zone.is_known() && date.zone.minutes() > 0 { '+' } else { '-' };
        let minutes = date.zone.minutes().unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}
