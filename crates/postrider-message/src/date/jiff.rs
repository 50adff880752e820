//! Conversions from and to jiff (feature `jiff`).

use ::jiff::{
    Timestamp, ZonedDateTime,
    tz::{Offset, TimeZone},
};

use super::{DateTime, Zone};
use crate::InvalidValue;

/// The instant. Refused by jiff for the last hours of the year 9999.
impl TryFrom<DateTime> for Timestamp {
    type Error = ::jiff::Error;

    fn try_from(date: DateTime) -> Result<Self, Self::Error> {
        Self::from_second(date.unix())
    }
}

/// The instant in a zone of fixed offset; for `-0000` in the unknown zone, which jiff counts as
/// universal time. Refused by jiff for the last hours of the year 9999 and for offsets beyond
/// 25:59.
impl TryFrom<DateTime> for ZonedDateTime {
    type Error = ::jiff::Error;

    fn try_from(date: DateTime) -> Result<Self, Self::Error> {
        let zone = if date.zone().is_known() {
            let seconds = i32::from(date.zone().minutes()).saturating_mul(60);
            TimeZone::fixed(Offset::from_seconds(seconds)?)
        } else {
            TimeZone::unknown()
        };
        Ok(Self::new(date.try_into()?, zone))
    }
}

/// The instant with the zone `-0000`, since a timestamp says nothing of a local time. What is less
/// than a second is dropped. Refused where the year is not between 1900 and 9999.
impl TryFrom<Timestamp> for DateTime {
    type Error = InvalidValue;

    fn try_from(timestamp: Timestamp) -> Result<Self, InvalidValue> {
        Self::from_unix(floor(timestamp), Zone::UNKNOWN)
    }
}

/// The instant with the offset it has there; `-0000` for the unknown zone. What is less than a
/// second is dropped. Refused where the local year is not between 1900 and 9999, and where the
/// offset has seconds, which a date of RFC 5322 cannot tell.
impl TryFrom<&ZonedDateTime> for DateTime {
    type Error = InvalidValue;

    fn try_from(zoned: &ZonedDateTime) -> Result<Self, InvalidValue> {
        let zone = if zoned.time_zone().is_unknown() {
            Zone::UNKNOWN
        } else {
            match zoned.offset().seconds() {
                seconds if seconds % 60 == 0 => {
                    Zone::east(i16::try_from(seconds / 60).map_err(|_| InvalidValue::Zone)?)?
                }
                _ => return Err(InvalidValue::Zone),
            }
        };
        Self::from_unix(floor(zoned.timestamp()), zone)
    }
}

/// The second it lies in: jiff cuts toward 1970.
fn floor(timestamp: Timestamp) -> i64 {
    let before = i64::from(timestamp.subsec_nanosecond() < 0);
    timestamp.as_second().saturating_sub(before)
}
