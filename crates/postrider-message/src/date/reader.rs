//! Any date: the grammar, its obsolete forms, and the forms that are seen besides.

use core::ops::RangeInclusive;

use crate::{Code, Lexer, Parsed, RawValue, code};

use super::{
    DateTime, Zone,
    calendar::{self, Civil},
    pieces::{Gap, Kind, Piece, Pieces},
};

/// Reads a date by trying one form after the other; their number and the pieces they look at are
/// bounded.
pub(super) fn read(raw: RawValue<'_>) -> Parsed<'_, Option<DateTime>> {
    let mut lexer = Lexer::new(raw);
    let pieces = Pieces::cut(&mut lexer);
    let value = resolve(&pieces, &mut lexer, raw.bytes().len());
    Parsed::new(value, lexer.into_defects(), raw.bytes())
}

fn resolve(pieces: &Pieces<'_>, lexer: &mut Lexer<'_>, end: usize) -> Option<DateTime> {
    let Some(read) = Reader::new(pieces.as_slice()).any_form() else {
        lexer.defect(&code::NOT_A_DATE, 0, end);
        return None;
    };
    let resolved = read.civil.resolve().zip(read.zone).and_then(|((days, local), zone)| {
        let date = DateTime::from_unix(local.checked_sub(zone.seconds())?, zone).ok()?;
        Some((days, date))
    });
    let Some((days, date)) = resolved else {
        lexer.defect(&code::DATE_OUT_OF_RANGE, 0, end);
        return None;
    };
    let first = pieces.as_slice().first().map_or(0, |piece| piece.start);
    if read.loose {
        lexer.defect(&code::DATE_FORM, first, read.last);
    }
    if read.spaced {
        lexer.defect(&code::DATE_SPACE, first, read.last);
    }
    for (code, start, end) in read.defects.into_iter().flatten() {
        lexer.defect(code, start, end);
    }
    if let Some(rest) = read.rest.first() {
        lexer.defect(&code::AFTER_DATE, rest.start, end);
    }
    if let Some((told, start, end)) = read.told
        && told != Some(calendar::weekday(days))
    {
        lexer.defect(&code::WRONG_WEEKDAY, start, end);
    }
    Some(date)
}

/// A place among the pieces and what was read before it. `Copy`, so that a form that does not fit
/// leaves nothing behind.
#[derive(Clone, Copy)]
pub(super) struct Reader<'p, 'a> {
    pub(super) rest: &'p [Piece<'a>],
    /// Where the last piece that was taken ends.
    pub(super) last: usize,
    /// The weekday that was told, `None` where it is none we know, and its place.
    told: Option<(Option<usize>, usize, usize)>,
    civil: Civil,
    /// `None` where the zone is out of range.
    pub(super) zone: Option<Zone>,
    /// The form is not that of the grammar.
    loose: bool,
    /// There are comments, or white space where only the obsolete grammar has it.
    spaced: bool,
    /// What is wrong with the year and the zone.
    pub(super) defects: [Option<(&'static Code, usize, usize)>; 2],
}

impl<'p, 'a> Reader<'p, 'a> {
    fn new(rest: &'p [Piece<'a>]) -> Self {
        Self {
            rest,
            last: 0,
            told: None,
            civil: Civil::default(),
            zone: Some(Zone::UNKNOWN),
            loose: false,
            spaced: false,
            defects: [None; 2],
        }
    }

    fn any_form(self) -> Option<Self> {
        // `May, 18 2002` first, because any word before a comma may be a weekday.
        self.form(Self::month_first).or_else(|| {
            let mut after = self;
            after.weekday();
            let forms = [Self::day_first, Self::month_first, Self::year_first, Self::numbers];
            forms.into_iter().find_map(|form| after.form(form))
        })
    }

    fn form(mut self, form: fn(&mut Self) -> Option<()>) -> Option<Self> {
        form(&mut self).map(|()| self)
    }

    /// `date-time = [ day-of-week "," ] date time`, `date = day month year`
    fn day_first(&mut self) -> Option<()> {
        self.day()?;
        self.between(b"-/.");
        self.month()?;
        self.between(b"-/.,");
        self.year(2..=9)?;
        self.between(b",");
        self.time()?;
        self.zone();
        Some(())
    }

    /// `Nov 21, 1997 09:55:06 -0600`, and asctime with a zone or none: `Nov 21 09:55:06 1997`.
    fn month_first(&mut self) -> Option<()> {
        self.loose = true;
        self.month()?;
        self.between(b",.");
        self.day()?;
        self.between(b",");
        let asctime = *self;
        if self.year(2..=9).is_some() {
            self.between(b",");
            if self.time().is_some() {
                self.zone();
                return Some(());
            }
        }
        *self = asctime;
        self.time()?;
        if self.year(4..=4).is_some() {
            self.zone();
            return Some(());
        }
        if self.zone() { self.year(4..=4) } else { None }
    }

    /// `1997-11-21T09:55:06-06:00` (RFC 3339 §5.6), `1997/11/21 09:55`, `19971121T095506Z`
    fn year_first(&mut self) -> Option<()> {
        self.loose = true;
        let compact = *self;
        if let Some(date) = self.number(8..=8) {
            self.civil.year = date.checked_div(10_000)?;
            self.civil.month = date.checked_div(100)?.checked_rem(100)?;
            self.civil.day = date.checked_rem(100)?;
        } else {
            *self = compact;
            self.year(4..=4)?;
            let separator = self.one_of(b"-/.")?;
            match self.number(1..=2) {
                Some(month) => self.civil.month = month,
                None => self.month()?,
            }
            self.mark(separator)?;
            self.day()?;
        }
        let _ = self.word(|word| word.eq_ignore_ascii_case(b"T").then_some(()));
        self.time()?;
        self.zone();
        Some(())
    }

    /// `21/11/1997 09:55:06`: day or month first, where only one of these makes a date.
    fn numbers(&mut self) -> Option<()> {
        self.loose = true;
        let first = self.number(1..=2)?;
        let separator = self.one_of(b"-/.")?;
        let second = self.number(1..=2)?;
        self.mark(separator)?;
        (self.civil.day, self.civil.month) = match (first, second) {
            (13.., ..=12) => (first, second),
            (..=12, 13..) => (second, first),
            _ if first == second => (first, second),
            _ => return None,
        };
        self.year(4..=4)?;
        self.between(b",");
        self.time()?;
        self.zone();
        Some(())
    }

    /// `day-of-week ","`. A word we do not know is a weekday if a comma follows.
    fn weekday(&mut self) {
        let mut after = *self;
        let Some(piece) = after.take(|piece| Some(*piece)) else { return };
        let Kind::Word(word) = piece.kind else { return };
        let known = calendar::weekday_named(word);
        after.loose = word.len() != 3 || after.mark(b'.').is_some();
        after.spaced |= after.gap() != Gap::Nothing;
        if after.mark(b',').is_none() {
            (after.loose, after.spaced) = (true, self.spaced);
            if known.is_none() {
                return;
            }
        }
        after.told = Some((known, piece.start, piece.end));
        *self = after;
    }

    /// `day = 1*2DIGIT`, and as in `21st`.
    fn day(&mut self) -> Option<()> {
        self.civil.day = self.number(1..=2)?;
        if self.gap() == Gap::Nothing {
            let suffixes = [&b"st"[..], b"nd", b"rd", b"th"];
            let ordinal = |word: &[u8]| suffixes.iter().find(|s| word.eq_ignore_ascii_case(s));
            if self.word(|word| ordinal(word).map(|_| ())).is_some() {
                self.loose = true;
            }
        }
        Some(())
    }

    /// `month`, cut or in full.
    fn month(&mut self) -> Option<()> {
        let (month, length) =
            self.word(|word| calendar::month_named(word).map(|month| (month, word.len())))?;
        self.loose |= length != 3;
        self.civil.month = month;
        Some(())
    }

    /// `year = 4*DIGIT`, and `obs-year` with two or three (RFC 5322 §4.3).
    fn year(&mut self, digits: RangeInclusive<usize>) -> Option<()> {
        let start = self.rest.first()?.start;
        let year = self.number(digits)?;
        // "If a two digit year is encountered whose value is between 00 and 49, the year is
        // interpreted by adding 2000 … between 50 and 99, or any three digit year … by adding 1900."
        let century = match self.last.saturating_sub(start) {
            2 if year < 50 => 2000,
            2 | 3 => 1900,
            _ => 0,
        };
        self.civil.year = year.checked_add(century)?;
        let obsolete = (century > 0).then_some((&code::OBSOLETE_YEAR, start, self.last));
        let [slot, _] = &mut self.defects;
        *slot = obsolete;
        Some(())
    }

    /// `time-of-day = hour ":" minute [ ":" second ]`; also `1429`, `09.55.06`, a fraction of a
    /// second, which is dropped, and AM or PM.
    fn time(&mut self) -> Option<()> {
        let compact = self.rest.first().map(|piece| piece.end.saturating_sub(piece.start));
        if let Some(4 | 6) = compact {
            self.loose = true;
            let time = self.number(4..=6)?;
            let (time, second) =
                if compact == Some(6) { (time.checked_div(100)?, time % 100) } else { (time, 0) };
            (self.civil.hour, self.civil.minute) = (time.checked_div(100)?, time % 100);
            self.civil.second = second;
            return Some(());
        }
        self.civil.hour = self.two()?;
        let separator = self.colon(b":.")?;
        self.loose |= separator == b'.';
        self.civil.minute = self.two()?;
        self.civil.second = 0;
        let before = *self;
        if self.colon(&[separator]).is_some() {
            match self.two() {
                Some(second) => self.civil.second = second,
                None => *self = before,
            }
        }
        self.fraction();
        self.half();
        Some(())
    }

    /// `time-secfrac` (RFC 3339 §5.6)
    fn fraction(&mut self) {
        let before = *self;
        let glued = |reader: &Self| reader.gap() == Gap::Nothing;
        if glued(self) && self.one_of(b".,").is_some() && glued(self) && self.digits() {
            self.loose = true;
        } else {
            *self = before;
        }
    }

    /// `AM`, `p.m.`: an hour of 13 or more, or 0, must agree with it.
    fn half(&mut self) {
        let before = *self;
        let half = self.word(|word| match word {
            [half @ (b'a' | b'A' | b'p' | b'P'), b'm' | b'M'] => Some((*half, true)),
            [half @ (b'a' | b'A' | b'p' | b'P')] => Some((*half, false)),
            _ => None,
        });
        let dotted = |reader: &mut Self| {
            reader.mark(b'.')?;
            reader.word(|word| word.eq_ignore_ascii_case(b"m").then_some(()))
        };
        let Some((half, whole)) = half else { return };
        if !whole && dotted(self).is_none() {
            *self = before;
            return;
        }
        let _ = self.mark(b'.');
        self.loose = true;
        let after_noon = half.eq_ignore_ascii_case(&b'p');
        self.civil.hour = match (self.civil.hour, after_noon) {
            (12, false) => 0,
            (12, true) => 12,
            (hour @ 1..12, true) => hour.saturating_add(12),
            (hour @ 13.., true) | (hour @ 0..12, false) => hour,
            // No such time.
            _ => u32::MAX,
        };
    }

    /// What stands between two parts: one of these marks, which the grammar does not have, or
    /// white space.
    fn between(&mut self, marks: &[u8]) {
        self.loose |= self.one_of(marks).is_some() || self.gap() == Gap::Nothing;
    }

    /// A separator of the time of day. White space around it is obsolete.
    fn colon(&mut self, marks: &[u8]) -> Option<u8> {
        let before = self.gap();
        let mark = self.one_of(marks)?;
        self.spaced |= before != Gap::Nothing || self.gap() != Gap::Nothing;
        Some(mark)
    }

    /// `2DIGIT`, and one digit, which is not the grammar's.
    fn two(&mut self) -> Option<u32> {
        let start = self.rest.first()?.start;
        let number = self.number(1..=2)?;
        self.loose |= self.last.saturating_sub(start) != 2;
        Some(number)
    }

    pub(super) fn number(&mut self, digits: RangeInclusive<usize>) -> Option<u32> {
        self.take(|piece| match piece.kind {
            Kind::Number(value) if digits.contains(&piece.end.saturating_sub(piece.start)) => {
                Some(value)
            }
            _ => None,
        })
    }

    fn digits(&mut self) -> bool {
        self.take(|piece| matches!(piece.kind, Kind::Number(_)).then_some(())).is_some()
    }

    pub(super) fn word<T>(&mut self, read: impl FnOnce(&'a [u8]) -> Option<T>) -> Option<T> {
        self.take(|piece| match piece.kind {
            Kind::Word(word) => read(word),
            _ => None,
        })
    }

    pub(super) fn mark(&mut self, octet: u8) -> Option<()> {
        self.one_of(&[octet]).map(|_| ())
    }

    pub(super) fn one_of(&mut self, marks: &[u8]) -> Option<u8> {
        self.take(|piece| match piece.kind {
            Kind::Mark(octet) if marks.contains(&octet) => Some(octet),
            _ => None,
        })
    }

    /// What stands before the next piece; white space before none.
    pub(super) fn gap(&self) -> Gap {
        self.rest.first().map_or(Gap::White, |piece| piece.gap)
    }

    fn take<T>(&mut self, read: impl FnOnce(&Piece<'a>) -> Option<T>) -> Option<T> {
        let (first, rest) = self.rest.split_first()?;
        let value = read(first)?;
        self.spaced |= first.gap == Gap::Comment;
        self.last = first.end;
        self.rest = rest;
        Some(value)
    }
}
