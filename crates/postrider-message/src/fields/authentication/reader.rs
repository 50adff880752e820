//! Reading authentication results, each octet looked at once.

use alloc::{borrow::Cow, vec::Vec};

use super::{
    ArcAuthenticationResults, AuthProperty, AuthResult, AuthenticationResults, is_keyword, kept,
};
use crate::{
    FieldValue, Lexeme, Lexer, Parsed, RawValue, Token, code, fields::signature::instance,
    lexer::CommentCount, text::lossy, unfold, unquote,
};

impl<'a> FieldValue<'a> for AuthenticationResults<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut reader = Reader::new(raw);
        reader.payload();
        let Reader { lexer, field, .. } = reader;
        Parsed::new(field, lexer.into_defects(), raw.bytes())
    }
}

impl<'a> FieldValue<'a> for ArcAuthenticationResults<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut reader = Reader::new(raw);
        let number = reader.instance();
        reader.payload();
        let Reader { lexer, field: results, .. } = reader;
        Parsed::new(Self { instance: number, results }, lexer.into_defects(), raw.bytes())
    }
}

/// What ends a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Its equals sign.
    Equals,
    /// A semicolon.
    Semicolon,
    /// The end of the field.
    End,
}

/// Lexemes of a key: `policy . expired` has three, `dkim / 1` too.
const KEY: usize = 3;

struct Reader<'a> {
    lexer: Lexer<'a>,
    /// A lexeme that was looked at and not taken.
    ahead: Option<Lexeme<'a>>,
    field: AuthenticationResults<'a>,
    /// The result that is read.
    current: Option<AuthResult<'a>>,
    /// Comments since it began.
    comments: Vec<Cow<'a, str>>,
    comment_count: CommentCount,
    /// Results and properties of the whole field.
    count: usize,
    /// The bound on results and properties was reached.
    full: bool,
}

impl<'a> Reader<'a> {
    fn new(raw: RawValue<'a>) -> Self {
        Self {
            lexer: Lexer::mime(raw),
            ahead: None,
            field: AuthenticationResults::default(),
            current: None,
            comments: Vec::new(),
            comment_count: CommentCount::default(),
            count: 0,
            full: false,
        }
    }

    fn next(&mut self) -> Option<Lexeme<'a>> {
        self.ahead.take().or_else(|| self.lexer.next())
    }

    /// `instance = [CFWS] "i" [CFWS] "=" [CFWS] 1*2DIGIT [CFWS]` and the semicolon behind it.
    fn instance(&mut self) -> Option<u8> {
        let (key, stop) = self.key();
        let is_instance = matches!(&*key, [one] if one.token == Token::Atom(b"i"));
        let number = match (is_instance, stop) {
            (true, Stop::Equals) => {
                let value = self.value();
                let number = instance(value.as_bytes());
                while self.next().is_some_and(|lexeme| !lexeme.is(b';')) {}
                number
            }
            _ => None,
        };
        if number.is_none() {
            self.lexer.defect(&code::NO_INSTANCE, 0, self.lexer.at());
        }
        self.comments.clear();
        number
    }

    /// `authserv-id [ CFWS authres-version ] ( no-result / 1*resinfo )`
    fn payload(&mut self) {
        let mut stop = self.service();
        self.comments.clear();
        while stop == Stop::Semicolon && !self.full {
            let (key, after) = self.key();
            stop = match (key.as_slice(), after) {
                (_, Stop::Equals) => self.result(&key),
                ([], _) => after,
                ([none], _) if is_none(none) => after,
                ([first, ..], _) => {
                    self.lexer.defect(&code::NOT_A_RESULT, first.start, first.end);
                    after
                }
            };
        }
    }

    /// `authserv-id [ CFWS authres-version ]` and the semicolon behind it; a method and its result
    /// where there is no identifier.
    fn service(&mut self) -> Stop {
        let mut id: Option<(Lexeme<'a>, usize)> = None;
        let mut words = 0_usize;
        let stop = loop {
            let Some(lexeme) = self.next() else { break Stop::End };
            match (lexeme.token, id) {
                (Token::Comment(text), _) => {
                    words = words.max(usize::from(id.is_some()));
                    self.comment(text, &lexeme);
                }
                (Token::Special(b';'), _) => break Stop::Semicolon,
                (Token::Special(b'='), Some((method, _))) if words <= 1 => {
                    self.lexer.defect(&code::NO_AUTHSERV_ID, method.start, method.end);
                    return self.result(&[method]);
                }
                (_, None) => id = Some((lexeme, lexeme.end)),
                (_, Some((first, _))) if words == 0 && !lexeme.spaced => {
                    id = Some((first, lexeme.end));
                }
                _ => {
                    words = words.saturating_add(1);
                    match number(&lexeme) {
                        version @ Some(_) if self.field.version.is_none() => {
                            self.field.version = version;
                        }
                        _ => self.lexer.defect(&code::AFTER_VALUE, lexeme.start, lexeme.end),
                    }
                }
            }
        };
        self.field.authserv_id = id.map(|(first, end)| match first.token {
            Token::Quoted(text) if end == first.end => kept(lossy(unquote(text))),
            _ => kept(lossy(unfold(self.lexer.text(first.start, end)))),
        });
        if id.is_none() {
            self.lexer.defect(&code::NO_AUTHSERV_ID, 0, self.lexer.at());
        }
        stop
    }

    /// `methodspec [ reasonspec ] [ 1*propspec ]`, whose method and equals sign were taken.
    fn result(&mut self, key: &[Lexeme<'a>]) -> Stop {
        let found = self.value();
        let (method, version) = match key {
            [method] => (keyword(method), None),
            [method, slash, version] if slash.is(b'/') => (keyword(method), number(version)),
            _ => (None, None),
        };
        match method {
            Some(method) if self.has_room() => {
                let (properties, comments) = (Vec::new(), Vec::new());
                let (reason, result) = (None, found);
                self.current =
                    Some(AuthResult { method, version, result, reason, properties, comments });
            }
            Some(_) => {}
            None => {
                let start = key.first().map_or(0, |one| one.start);
                self.lexer.defect(&code::NOT_A_RESULT, start, self.lexer.at());
            }
        }
        let stop = loop {
            let (key, stop) = self.key();
            if stop != Stop::Equals {
                if let Some(first) = key.first() {
                    self.lexer.defect(&code::AFTER_VALUE, first.start, first.end);
                }
                break stop;
            }
            let value = self.value();
            self.property(&key, value);
        };
        let comments = core::mem::take(&mut self.comments);
        if let Some(mut current) = self.current.take() {
            current.comments = comments;
            self.field.results.push(current);
        }
        stop
    }

    fn property(&mut self, key: &[Lexeme<'a>], value: Cow<'a, str>) {
        let start = key.first().map_or(0, |one| one.start);
        let Some(current) = &mut self.current else { return };
        if is_reason(key) && current.reason.is_none() {
            current.reason = Some(value);
            return;
        }
        let Some((ptype, name)) = property(key) else {
            self.lexer.defect(&code::NOT_A_PROPERTY, start, self.lexer.at());
            return;
        };
        if ptype.is_empty() {
            self.lexer.defect(&code::NOT_A_PROPERTY, start, self.lexer.at());
        }
        if self.has_room()
            && let Some(current) = &mut self.current
        {
            current.properties.push(AuthProperty { ptype, name, value });
        }
    }

    /// Whether one more result or property may be kept.
    fn has_room(&mut self) -> bool {
        let limit = self.lexer.raw().limits().parameters;
        if self.count >= limit && !self.full {
            let (at, end) = (self.lexer.at(), self.lexer.raw().bytes().len());
            self.lexer.defect(&code::TOO_MANY_RESULTS, at, end);
            self.full = true;
        }
        self.count = self.count.saturating_add(1);
        !self.full
    }

    fn comment(&mut self, text: &'a [u8], lexeme: &Lexeme<'a>) {
        if self.comment_count.has_room(&mut self.lexer, lexeme) {
            self.comments.push(kept(lossy(unquote(text))));
        }
    }

    /// The last words before an equals sign, a semicolon or the end, that stand together or beside dots and slashes;
    /// those before them are stray.
    fn key(&mut self) -> (Vec<Lexeme<'a>>, Stop) {
        let mut key: Vec<Lexeme<'a>> = Vec::new();
        let mut last: Option<Lexeme<'a>> = None;
        loop {
            let Some(lexeme) = self.next() else { return (key, Stop::End) };
            match lexeme.token {
                Token::Special(b'=') => return (key, Stop::Equals),
                Token::Special(b';') => return (key, Stop::Semicolon),
                Token::Comment(text) => self.comment(text, &lexeme),
                _ => {
                    if !last.is_some_and(|last| joins(&last, &lexeme)) {
                        if let Some(stray) = key.first() {
                            self.lexer.defect(&code::AFTER_VALUE, stray.start, lexeme.start);
                        }
                        key.clear();
                    }
                    // One more than any key has makes it none.
                    if key.len() <= KEY {
                        key.push(lexeme);
                    }
                    last = Some(lexeme);
                }
            }
        }
    }

    /// A value: a quoted string, or all that stands together.
    fn value(&mut self) -> Cow<'a, str> {
        let (first, mut end) = loop {
            match self.next() {
                None => return Cow::Borrowed(""),
                Some(lexeme) => match lexeme.token {
                    Token::Comment(text) => self.comment(text, &lexeme),
                    Token::Special(b';') => {
                        self.ahead = Some(lexeme);
                        return Cow::Borrowed("");
                    }
                    _ => break (lexeme, lexeme.end),
                },
            }
        };
        let mut alone = true;
        while let Some(lexeme) = self.next() {
            if lexeme.spaced || lexeme.is(b';') || matches!(lexeme.token, Token::Comment(_)) {
                self.ahead = Some(lexeme);
                break;
            }
            (alone, end) = (false, lexeme.end);
        }
        match first.token {
            Token::Quoted(text) if alone => kept(lossy(unquote(text))),
            _ => kept(lossy(unfold(self.lexer.text(first.start, end)))),
        }
    }
}

/// Whether two lexemes belong to one key: `policy.` `expired`, `dkim` `/` `1`, and what stands
/// together.
fn joins(last: &Lexeme<'_>, next: &Lexeme<'_>) -> bool {
    let edge = |lexeme: &Lexeme<'_>, at_end: bool| match lexeme.token {
        Token::Special(octet) => octet == b'/',
        Token::Atom(text) => {
            let octet = if at_end { text.last() } else { text.first() };
            octet == Some(&b'.')
        }
        _ => false,
    };
    last.end == next.start || edge(last, true) || edge(next, false)
}

fn is_reason(key: &[Lexeme<'_>]) -> bool {
    let [Lexeme { token: Token::Atom(word), .. }] = key else { return false };
    word.eq_ignore_ascii_case(b"reason")
}

fn is_none(lexeme: &Lexeme<'_>) -> bool {
    matches!(lexeme.token, Token::Atom(word) if word.eq_ignore_ascii_case(b"none"))
}

fn keyword<'a>(lexeme: &Lexeme<'a>) -> Option<Cow<'a, str>> {
    let Token::Atom(text) = lexeme.token else { return None };
    core::str::from_utf8(text).ok().filter(|text| is_keyword(text)).map(Cow::Borrowed)
}

fn number(lexeme: &Lexeme<'_>) -> Option<u32> {
    let Token::Atom(text) = lexeme.token else { return None };
    let digits = text.iter().all(u8::is_ascii_digit);
    if digits { core::str::from_utf8(text).ok()?.parse().ok() } else { None }
}

/// `ptype [CFWS] "." [CFWS] property`, and a property without a type.
fn property<'a>(key: &[Lexeme<'a>]) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    let text = |lexeme: &Lexeme<'a>| match lexeme.token {
        Token::Atom(text) => core::str::from_utf8(text).ok(),
        _ => None,
    };
    let (ptype, name) = match key {
        [one] => match text(one)?.split_once('.') {
            None => {
                let name = text(one).filter(|name| is_keyword(name))?;
                return Some((Cow::Borrowed(""), Cow::Borrowed(name)));
            }
            Some(both) => both,
        },
        [one, two] => match text(one)?.strip_suffix('.') {
            Some(ptype) => (ptype, text(two)?),
            None => (text(one)?, text(two)?.strip_prefix('.')?),
        },
        [one, dot, two] if text(dot)? == "." => (text(one)?, text(two)?),
        _ => return None,
    };
    let both = is_keyword(ptype) && is_keyword(name);
    both.then_some((Cow::Borrowed(ptype), Cow::Borrowed(name)))
}
