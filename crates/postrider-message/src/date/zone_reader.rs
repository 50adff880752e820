//! What stands where a zone belongs.

use crate::{Code, code};

use super::{
    Zone,
    pieces::Gap,
    reader::Reader,
    zone::{self, Name},
};

impl Reader<'_, '_> {
    /// `zone = FWS ( "+" / "-" ) 4DIGIT`, and all that stands in its place. False where nothing
    /// does.
    pub(super) fn zone(&mut self) -> bool {
        let start = self.rest.first().map_or(self.last, |piece| piece.start);
        let glued = self.gap() == Gap::Nothing;
        let defect = if let Some(defect) = self.offset() {
            defect.or_else(|| glued.then_some(&code::ZONE_SPACE))
        } else if let Some(defect) = self.zone_name() {
            Some(defect)
        } else if self.unsigned() {
            Some(&code::UNKNOWN_ZONE)
        } else {
            let [_, slot] = &mut self.defects;
            *slot = Some((&code::NO_ZONE, self.last, self.last));
            return false;
        };
        let [_, slot] = &mut self.defects;
        *slot = defect.map(|code| (code, start, self.last));
        true
    }

    /// A sign and digits: `-0600`, and with a defect `-06:00`, `-600`, `-6`. Two signs are a zone
    /// nobody knows.
    fn offset(&mut self) -> Option<Option<&'static Code>> {
        let before = *self;
        let sign = self.one_of(b"+-")?;
        if self.gap() != Gap::Nothing {
            *self = before;
            return None;
        }
        let double = self.one_of(b"+-").is_some();
        let start = self.rest.first().map_or(self.last, |piece| piece.start);
        let Some(number) = self.number(1..=4) else {
            *self = before;
            return None;
        };
        let digits = self.last.saturating_sub(start);
        let (hours, minutes) = match digits {
            1 | 2 => (number, self.minutes().unwrap_or(0)),
            _ => (number / 100, number % 100),
        };
        if double {
            self.zone = Some(Zone::UNKNOWN);
            return Some(Some(&code::UNKNOWN_ZONE));
        }
        self.zone = Zone::from_digits(sign, hours, minutes);
        Some((digits != 4).then_some(&code::ZONE_FORM))
    }

    /// `FWS ( "+" / "-" ) 4DIGIT` and nothing less, behind a name.
    fn full_offset(&mut self) -> bool {
        let mut after = *self;
        let found = self.gap() != Gap::Nothing && after.offset() == Some(None);
        if found {
            *self = after;
        }
        found
    }

    /// `":" 2DIGIT` of an offset.
    fn minutes(&mut self) -> Option<u32> {
        let before = *self;
        let minutes = self.mark(b':').and_then(|()| self.number(2..=2));
        if minutes.is_none() {
            *self = before;
        }
        minutes
    }

    /// A zone told by name, with the defect that this is.
    fn zone_name(&mut self) -> Option<&'static Code> {
        if let Some(code) = self.long_name() {
            return Some(code);
        }
        let mut after = *self;
        let name = after.word(Some)?;
        // `version=2.40` is no zone.
        if after.gap() == Gap::Nothing && after.one_of(b"=/@.:").is_some() {
            return None;
        }
        *self = after;
        if zone::is_universal(name) && self.offset().is_some() {
            return Some(&code::ZONE_FORM);
        }
        let (zone, code) = match zone::named(name) {
            Name::Obsolete(zone) => (zone, &code::OBSOLETE_ZONE),
            Name::Utc => (Zone::UTC, &code::ZONE_FORM),
            // `CEST +0200`: the number says what the name means.
            Name::Unknown if self.full_offset() => return Some(&code::ZONE_FORM),
            Name::Unknown => (Zone::UNKNOWN, &code::UNKNOWN_ZONE),
        };
        self.zone = Some(zone);
        Some(code)
    }

    /// `GMT Daylight Time` is not `GMT`: the words up to `Time` are one name.
    fn long_name(&mut self) -> Option<&'static Code> {
        let mut after = *self;
        let mut words = [&b""[..]; 3];
        for _ in 0..5 {
            let [first, second, third] = words;
            let next = after.word(Some)?;
            if !next.eq_ignore_ascii_case(b"Time") {
                words = [second, third, next];
                continue;
            }
            let known = zone::long_named([second, third, next]).filter(|_| first.is_empty());
            *self = after;
            self.zone = Some(known.unwrap_or(Zone::UNKNOWN));
            return Some(if known.is_some() { &code::ZONE_FORM } else { &code::UNKNOWN_ZONE });
        }
        None
    }

    /// Four digits without a sign.
    fn unsigned(&mut self) -> bool {
        self.zone = Some(Zone::UNKNOWN);
        self.number(4..=4).is_some()
    }
}
