//! Cuts a `Received` field into clauses.

use alloc::borrow::Cow;

use memchr::memrchr;

use super::{Clause, Comments, Keyword, Received, fast, write::is_clean};
use crate::{
    DateTime, Defects, FieldValue, Lexeme, Lexer, Parsed, RawValue, Token, code,
    date::is_day_name,
    lexer::{CommentCount, single_spaced, trim},
    text::lossy,
    unquote,
};

impl<'a> FieldValue<'a> for Received<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        // Where it is returned: a value of this size is not moved about.
        let defects = Defects::with_limit(raw.limits().defects);
        let mut parsed = Parsed::new(Self::default(), defects, raw.bytes());
        if plain(raw, &mut parsed).is_none() {
            parsed = searched(raw);
        }
        parsed
    }
}

/// The field where a date stands behind its last semicolon, found without cutting the field into
/// tokens first. `None` where that semicolon may stand in something that is not closed before it.
fn plain<'a>(raw: RawValue<'a>, parsed: &mut Parsed<'a, Received<'a>>) -> Option<()> {
    let start = memrchr(b';', raw.bytes())?;
    let date = Option::<DateTime>::read(raw.slice(start.saturating_add(1)..raw.bytes().len()));
    date.value?;
    let clauses = raw.slice(0..start);
    if fast::clauses(clauses, &mut parsed.value).is_some() {
        parsed.defects = date.defects;
    } else {
        let (received, mut defects) = Reader::clauses_of(clauses);
        let open = [&code::UNCLOSED_COMMENT, &code::UNCLOSED_QUOTE, &code::UNCLOSED_LITERAL];
        // What was dropped may have been one of these.
        if defects.dropped() > 0 || open.into_iter().any(|code| defects.has(code)) {
            return None;
        }
        defects.append(&date.defects);
        (parsed.value, parsed.defects) = (received, defects);
    }
    parsed.value.date = date.value;
    Some(())
}

/// The field with its date searched for.
fn searched(raw: RawValue<'_>) -> Parsed<'_, Received<'_>> {
    let end = raw.bytes().len();
    let place = DatePlace::find(raw);
    let date = place.read(raw);
    let start = date.as_ref().map_or(end, |(start, _)| *start);
    let (received, mut defects) = Reader::clauses_of(raw.slice(0..start));
    let mut tell = |code, at: usize| defects.push(code, raw.slice(at..at).span());
    let Some((start, date)) = date else {
        tell(&code::NO_RECEIVED_DATE, end);
        return Parsed::new(received, defects, raw.bytes());
    };
    if place.last.is_none() {
        tell(&code::NO_SEMICOLON, start);
    }
    dated(received, defects, date, raw)
}

fn dated<'a>(
    mut received: Received<'a>,
    mut defects: Defects,
    date: Parsed<'a, Option<DateTime>>,
    raw: RawValue<'a>,
) -> Parsed<'a, Received<'a>> {
    received.date = date.value;
    defects.append(&date.defects);
    Parsed::new(received, defects, raw.bytes())
}

/// Where the date may begin.
#[derive(Default)]
struct DatePlace {
    /// The first and the last semicolon: a date has none, but some hosts write one before or
    /// behind it.
    first: Option<usize>,
    last: Option<usize>,
    /// The last name of a weekday that a comma follows, for a field without a semicolon: a date
    /// that ends the field may begin there.
    weekday: Option<usize>,
}

impl DatePlace {
    fn find(raw: RawValue<'_>) -> Self {
        let mut place = Self::default();
        let mut before = None;
        for lexeme in Lexer::new(raw) {
            match lexeme.token {
                Token::Special(b';') => {
                    place.first = place.first.or(Some(lexeme.start));
                    place.last = Some(lexeme.start);
                }
                Token::Special(b',') => place.weekday = before.or(place.weekday),
                _ => {}
            }
            before = match lexeme.token {
                Token::Atom(word) if is_day_name(word) => Some(lexeme.start),
                _ => None,
            };
        }
        place
    }

    /// The date and where the clauses before it end. Behind the last semicolon, or behind the
    /// first where the last has none.
    fn read<'a>(&self, raw: RawValue<'a>) -> Option<(usize, Parsed<'a, Option<DateTime>>)> {
        let end = raw.bytes().len();
        let read = |start: usize| Option::<DateTime>::read(raw.slice(start..end));
        let behind = |semicolon: usize| (semicolon, read(semicolon.saturating_add(1)));
        let Some(last) = self.last else {
            let found = self.weekday.map(|start| (start, read(start)));
            let whole = |date: &Parsed<'a, _>| !date.defects.has(&code::AFTER_DATE);
            return found.filter(|(_, date)| date.value.is_some() && whole(date));
        };
        let date = behind(last);
        if date.1.value.is_none()
            && let Some(first) = self.first.filter(|first| *first != last).map(behind)
            && first.1.value.is_some()
        {
            return Some(first);
        }
        Some(date)
    }
}

/// To which clause words and comments belong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Current {
    /// Before the first one.
    Start,
    Clause(Keyword),
    /// Behind a semicolon, and in a clause that was there before: to none.
    Nothing,
}

pub(super) struct Reader<'a> {
    lexer: Lexer<'a>,
    received: Received<'a>,
    current: Current,
    /// Where the words of the clause begin and end.
    words: Option<(usize, usize)>,
    /// A comment was met behind the words: no further word may follow it.
    commented: bool,
    /// Where the words before this that belong to no clause begin and end.
    outside: Option<(usize, usize)>,
    comments: Comments<'a>,
    /// Comments of the whole field.
    count: CommentCount,
}

impl<'a> Reader<'a> {
    /// The clauses of what stands before the date.
    pub(super) fn clauses_of(raw: RawValue<'a>) -> (Received<'a>, Defects) {
        let mut reader = Self {
            lexer: Lexer::new(raw),
            received: Received::default(),
            current: Current::Start,
            words: None,
            commented: false,
            outside: None,
            comments: Comments::None,
            count: CommentCount::default(),
        };
        reader.clauses();
        (reader.received, reader.lexer.into_defects())
    }

    /// Reads all clauses. A semicolon ends one, as a keyword does.
    fn clauses(&mut self) {
        let mut after_comment = true;
        while let Some(lexeme) = self.lexer.next() {
            let alone = core::mem::take(&mut after_comment) || lexeme.spaced;
            match lexeme.token {
                Token::Special(b';') => {
                    self.finish();
                    self.current = Current::Nothing;
                }
                Token::Comment(text) => {
                    after_comment = true;
                    self.comment(text, &lexeme);
                }
                Token::Atom(_) => match standing_keyword(&self.lexer, &lexeme, alone) {
                    Some(keyword) => self.open(keyword, &lexeme),
                    None => self.word(&lexeme),
                },
                // `from a (b) [192.0.2.1]`: TCP-info outside its parentheses.
                Token::Literal(text)
                    if self.commented && self.current == Current::Clause(Keyword::From) =>
                {
                    self.outside(&lexeme);
                    self.comment(text, &lexeme);
                }
                _ => self.word(&lexeme),
            }
        }
        self.finish();
    }

    fn open(&mut self, keyword: Keyword, lexeme: &Lexeme<'a>) {
        self.finish();
        self.current = if self.received.clause(keyword).is_some() {
            self.lexer.defect(&code::REPEATED_CLAUSE, lexeme.start, lexeme.end);
            Current::Nothing
        } else {
            Current::Clause(keyword)
        };
    }

    fn comment(&mut self, text: &'a [u8], lexeme: &Lexeme<'a>) {
        if !matches!(lexeme.token, Token::Literal(_)) {
            self.end_outside();
        }
        if self.current == Current::Nothing {
            return;
        }
        self.commented = true;
        if self.count.has_room(&mut self.lexer, lexeme) {
            self.comments.push(match unquote(text) {
                Cow::Borrowed(text) => tidy(text),
                Cow::Owned(text) => Cow::Owned(tidy(&text).into_owned()),
            });
        }
    }

    fn word(&mut self, lexeme: &Lexeme<'a>) {
        match (self.current, self.words) {
            // `with (AES256-SHA encrypted) SMTP`: the words may stand behind the comment.
            (Current::Clause(_), None) => {
                self.words = Some((lexeme.start, lexeme.end));
                self.commented = false;
            }
            (Current::Clause(_), Some((start, _))) if !self.commented => {
                self.words = Some((start, lexeme.end));
            }
            _ => self.outside(lexeme),
        }
    }

    /// Notes a word that belongs to no clause; words in a row are one defect.
    fn outside(&mut self, lexeme: &Lexeme<'a>) {
        let start = self.outside.map_or(lexeme.start, |(start, _)| start);
        self.outside = Some((start, lexeme.end));
    }

    fn end_outside(&mut self) {
        if let Some((start, end)) = self.outside.take() {
            self.lexer.defect(&code::OUTSIDE_CLAUSES, start, end);
        }
    }

    /// Ends the present clause.
    fn finish(&mut self) {
        self.end_outside();
        let words = self.words.take();
        let comments = core::mem::take(&mut self.comments);
        self.commented = false;
        match self.current {
            Current::Start => self.received.comments = comments,
            Current::Nothing => {}
            Current::Clause(keyword) => {
                let (start, end) = words.unwrap_or_default();
                let text = self.lexer.text(start, end);
                let value = tidy(text);
                if core::str::from_utf8(text).is_err() {
                    self.lexer.defect(&code::INVALID_UTF8, start, end);
                } else if !is_clean(&value) {
                    self.lexer.defect(&code::CLAUSE_FORM, start, end);
                }
                *self.received.clause_mut(keyword) = Some(Clause { value, comments });
            }
        }
    }
}

/// The keyword that this token is, where it stands alone: `by.example` is none.
pub(super) fn standing_keyword(
    lexer: &Lexer<'_>,
    lexeme: &Lexeme<'_>,
    alone: bool,
) -> Option<Keyword> {
    let Token::Atom(word) = lexeme.token else { return None };
    let next = lexer.text(lexeme.end, lexeme.end.saturating_add(1));
    let ends =
        matches!(next, [] | [b' ' | b'\t' | b'\r' | b'\n' | b'(' | b'<' | b'[' | b'"' | b';']);
    if ends && (alone || lexeme.start == 0) { Keyword::of(word) } else { None }
}

/// The text with each run of white space as one blank, and none at its ends.
pub(super) fn tidy(text: &[u8]) -> Cow<'_, str> {
    lossy(single_spaced(trim(text)))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::{plain, searched};
    use crate::{Defects, Parsed, RawValue, Received};

    fn read_plain(raw: RawValue<'_>) -> Option<Parsed<'_, Received<'_>>> {
        let defects = Defects::with_limit(raw.limits().defects);
        let mut parsed = Parsed::new(Received::default(), defects, raw.bytes());
        plain(raw, &mut parsed).map(|()| parsed)
    }

    proptest! {
        #[test]
        fn the_date_behind_the_last_semicolon_is_the_one_that_is_searched_for(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "from x", " by y ", "(", ")", "\"", "\\", "[", "]", ";", "; ", " id 1", "Tue, ",
                    "1 Jul 2003 10:52:37 +0200", "; 1 Jul 2003 10:52:37 +0200 (CEST)", "<a@b>", " for ",
                ]),
                0..12,
            ),
        ) {
            let text = pieces.concat();
            let raw = RawValue::new(text.as_bytes());
            if let Some(read) = read_plain(raw) {
                prop_assert_eq!(read, searched(raw), "{}", text);
            }
        }
    }

    #[test]
    fn a_field_as_hosts_write_it_needs_no_search() {
        let text = "from a (b [192.0.2.1]) by c (Postfix) with ESMTP id 1\r\n\tfor <a@b>; \
            Tue, 1 Jul 2003 10:52:37 +0200 (CEST)";
        assert!(read_plain(RawValue::new(text.as_bytes())).is_some());
        assert!(read_plain(RawValue::new(b"by c (x; 1 Jul 2003 10:52:37 +0200")).is_none());
    }
}
