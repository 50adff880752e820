//! `zone` (RFC 5322 §3.3) and the zones that are told by name (§4.3).

use core::fmt;

use crate::InvalidValue;

/// The difference of local time to universal time, in minutes (`zone`, RFC 5322 §3.3), as in
/// `-0600`.
///
/// `-0000` is not `+0000`: both tell universal time, but `-0000` says that nothing is known of the
/// local time.
///
/// ```
/// use postrider_message::Zone;
/// assert_eq!(Zone::east(-360)?.to_string(), "-0600");
/// assert_ne!(Zone::UNKNOWN, Zone::UTC);
/// assert_eq!(Zone::UNKNOWN.minutes(), Zone::UTC.minutes());
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
///
/// Ordered from west to east, `-0000` before `+0000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

    pub(super) const fn seconds(self) -> i64 {
        (self.minutes as i64).saturating_mul(60)
    }

    /// A sign, hours and minutes as they stand. RFC 5322 §3.3: "the last two digits of the zone
    /// MUST be within the range 00 through 59".
    pub(super) fn from_digits(sign: u8, hours: u32, minutes: u32) -> Option<Self> {
        if hours > 99 || minutes > 59 {
            return None;
        }
        let minutes = i16::try_from(hours.saturating_mul(60).saturating_add(minutes)).ok()?;
        match (sign, minutes) {
            (b'-', 0) => Some(Self::UNKNOWN),
            (b'-', minutes) => Some(Self { minutes: minutes.saturating_neg(), known: true }),
            (b'+', minutes) => Some(Self { minutes, known: true }),
            _ => None,
        }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, hours, minutes) = self.parts();
        write!(f, "{sign}{hours:02}{minutes:02}")
    }
}

impl Zone {
    /// The sign, hours and minutes that it is written as.
    pub(super) const fn parts(self) -> (&'static str, u16, u16) {
        let sign = if self.minutes < 0 || !self.known { "-" } else { "+" };
        let minutes = self.minutes.unsigned_abs();
        (sign, minutes / 60, minutes % 60)
    }
}

/// A zone that is told by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// One of `obs-zone`. The military letters "SHOULD all be considered equivalent to -0000".
    Obsolete(Zone),
    /// `UTC`, which is no `obs-zone`, but by RFC 5322 §3.3 means the same as `GMT`.
    Utc,
    /// RFC 5322 §4.3: "Any such time zone whose meaning is not known SHOULD be considered
    /// equivalent to "-0000" unless there is out-of-band information confirming their meaning."
    /// `CEST` is such a one as well as `IST`, which has three meanings: a header section has no
    /// information besides.
    Unknown,
}

/// `obs-zone`, in hours.
const OBSOLETE: [(&str, i16); 10] = [
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

/// What stands before `Standard Time` and `Daylight Time` in the long names of the zones of
/// `obs-zone`, and the hours of the first. RFC 822 §5.1 names them so: "Eastern: - 5/ - 4".
const LONG: [(&str, i16); 4] =
    [("Eastern", -5), ("Central", -6), ("Mountain", -7), ("Pacific", -8)];

pub(super) fn named(name: &[u8]) -> Name {
    let military = name.len() == 1 && !name.eq_ignore_ascii_case(b"J");
    if military && name.iter().all(u8::is_ascii_alphabetic) {
        return Name::Obsolete(Zone::UNKNOWN);
    }
    match find(&OBSOLETE, name) {
        Some(hours) => Name::Obsolete(whole(hours)),
        None if name.eq_ignore_ascii_case(b"UTC") => Name::Utc,
        None => Name::Unknown,
    }
}

/// A name of three words, as in `Eastern Daylight Time`, where it means a zone of `obs-zone`.
pub(super) fn long_named(words: [&[u8]; 3]) -> Option<Zone> {
    let [place, kind, time] = words;
    let hours = find(&LONG, place)?;
    let is = |word: &[u8], text: &str| word.eq_ignore_ascii_case(text.as_bytes());
    match (is(kind, "Standard"), is(kind, "Daylight"), is(time, "Time")) {
        (true, _, true) => Some(whole(hours)),
        (_, true, true) => Some(whole(hours.saturating_add(1))),
        _ => None,
    }
}

/// Whether an offset may follow the name, as in `GMT+2`.
pub(super) fn is_universal(name: &[u8]) -> bool {
    [&b"UT"[..], b"UTC", b"GMT"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn find(table: &[(&str, i16)], name: &[u8]) -> Option<i16> {
    let found = table.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
    found.map(|(_, hours)| *hours)
}

const fn whole(hours: i16) -> Zone {
    Zone { minutes: hours.saturating_mul(60), known: true }
}
