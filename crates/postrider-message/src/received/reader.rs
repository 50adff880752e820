//! Cuts a `Received` field into clauses.

use alloc::{borrow::Cow, vec::Vec};

use super::{Clause, Keyword, Received, write::is_clean};
use crate::{
    DateTime, FieldValue, Lexeme, Lexer, Parsed, RawValue, Token, code,
    date::is_day_name,
    lexer::{CommentCount, single_spaced, trim},
    text::lossy,
    unquote,
};

impl<'a> FieldValue<'a> for Received<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let end = raw.bytes().len();
        let place = DatePlace::find(raw);
        let date = place.read(raw);
        let mut reader = Reader {
            lexer: Lexer::new(raw.slice(0..date.as_ref().map_or(end, |(start, _)| *start))),
            received: Received::default(),
            current: Current::Start,
            words: None,
            commented: false,
            outside: None,
            comments: Vec::new(),
            count: CommentCount::default(),
        };
        reader.clauses();
        let Reader { mut lexer, mut received, .. } = reader;
        let Some((start, date)) = date else {
            lexer.defect(&code::NO_RECEIVED_DATE, end, end);
            return Parsed::new(received, lexer.into_defects(), raw.bytes());
        };
        if place.last.is_none() {
            lexer.defect(&code::NO_SEMICOLON, start, start);
        }
        received.date = date.value;
        let mut defects = lexer.into_defects();
        defects.append(&date.defects);
        Parsed::new(received, defects, raw.bytes())
    }
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

struct Reader<'a> {
    lexer: Lexer<'a>,
    received: Received<'a>,
    current: Current,
    /// Where the words of the clause begin and end.
    words: Option<(usize, usize)>,
    /// A comment was met behind the words: no further word may follow it.
    commented: bool,
    /// Where the words before this that belong to no clause begin and end.
    outside: Option<(usize, usize)>,
    comments: Vec<Cow<'a, str>>,
    /// Comments of the whole field.
    count: CommentCount,
}

impl<'a> Reader<'a> {
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
fn tidy(text: &[u8]) -> Cow<'_, str> {
    lossy(single_spaced(trim(text)))
}
