//! `Received` (RFC 5321 §4.4, RFC 5322 §3.6.7): the clauses and the date of one hop.

mod trace;

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::net::IpAddr;

use crate::{DateTime, FieldValue, Lexeme, Lexer, Parsed, RawValue, Token, code, unfold, unquote};

pub(crate) use trace::trace;
pub use trace::{Hop, Trace};

/// One clause: what stands behind its keyword, and the comments behind that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause<'a> {
    value: Cow<'a, str>,
    comments: Vec<Cow<'a, str>>,
}

impl<'a> Clause<'a> {
    /// The words behind the keyword, as they stand.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The comments, without their outer parentheses.
    pub fn comments(&self) -> &[Cow<'a, str>] {
        &self.comments
    }
}

/// What the receiving host knew of the connection: `TCP-info` (RFC 5321 §4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpInfo {
    name: Option<String>,
    address: IpAddr,
}

impl TcpInfo {
    /// The name the address had in the DNS.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address of the sending host.
    pub const fn address(&self) -> IpAddr {
        self.address
    }
}

/// A `Received` field. Every hop but the last was written by someone else's host: it is a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received<'a> {
    clauses: [Option<Clause<'a>>; 7],
    date: Option<DateTime>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keyword {
    From,
    By,
    Via,
    With,
    Id,
    For,
    /// Registered by RFC 8314 §4.3, behind the others.
    Tls,
}

impl Keyword {
    fn of(word: &[u8]) -> Option<Self> {
        const WORDS: [(&[u8], Keyword); 7] = [
            (b"from", Keyword::From),
            (b"by", Keyword::By),
            (b"via", Keyword::Via),
            (b"with", Keyword::With),
            (b"id", Keyword::Id),
            (b"for", Keyword::For),
            (b"tls", Keyword::Tls),
        ];
        WORDS.iter().find(|(text, _)| word.eq_ignore_ascii_case(text)).map(|(_, keyword)| *keyword)
    }
}

impl<'a> Received<'a> {
    /// `from`: the host that sent, as it named itself.
    pub const fn from(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::From)
    }

    /// `by`: the host that received.
    pub const fn by(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::By)
    }

    /// `via`: the link, where it was not TCP.
    pub const fn via(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::Via)
    }

    /// `with`: the protocol, such as `ESMTPS`.
    pub const fn with(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::With)
    }

    /// `id`: the name the receiving host gave the message.
    pub const fn id(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::Id)
    }

    /// `for`: a recipient, angle brackets as they stand.
    pub const fn recipient(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::For)
    }

    /// `tls`: the cipher suite that protected the transfer (RFC 8314 §4.3).
    pub const fn tls(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::Tls)
    }

    /// When it was received.
    pub const fn date(&self) -> Option<DateTime> {
        self.date
    }

    /// The address the message came from, from the first comment of `from` that tells one, or
    /// from a domain literal in its place.
    pub fn tcp_info(&self) -> Option<TcpInfo> {
        let from = self.from()?;
        from.comments.iter().find_map(|comment| tcp_info(comment)).or_else(|| tcp_info(&from.value))
    }

    const fn clause(&self, keyword: Keyword) -> Option<&Clause<'a>> {
        let [from, by, via, with, id, recipient, tls] = &self.clauses;
        match keyword {
            Keyword::From => from,
            Keyword::By => by,
            Keyword::Via => via,
            Keyword::With => with,
            Keyword::Id => id,
            Keyword::For => recipient,
            Keyword::Tls => tls,
        }
        .as_ref()
    }
}

/// `TCP-info = address-literal / ( Domain FWS address-literal )`; also an address without
/// brackets, as qmail writes it.
fn tcp_info(text: &str) -> Option<TcpInfo> {
    let (before, literal) = match text.split_once('[') {
        Some((before, rest)) => (before.trim(), rest.split_once(']')?.0),
        None => ("", text.trim()),
    };
    let tagged = literal.get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case("IPv6:"));
    let literal = if tagged { literal.get(5..)? } else { literal };
    let is_name = !before.is_empty() && !before.contains([' ', '\t']);
    Some(TcpInfo { name: is_name.then(|| before.into()), address: literal.parse().ok()? })
}

impl<'a> FieldValue<'a> for Received<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        // A date has no semicolon, but some hosts write more than one before it.
        let semicolon = Lexer::new(raw).filter(|lexeme| lexeme.is(b';')).last();
        let end = raw.bytes().len();
        let clauses = raw.slice(0..semicolon.map_or(end, |semicolon| semicolon.start));
        let mut reader = Reader {
            lexer: Lexer::new(clauses),
            received: Received::default(),
            current: None,
            words: None,
            commented: false,
            comments: Vec::new(),
            count: 0,
        };
        reader.clauses();
        let Reader { mut lexer, mut received, .. } = reader;
        let Some(semicolon) = semicolon else {
            lexer.defect(&code::NO_RECEIVED_DATE, end, end);
            return Parsed::new(received, lexer.into_defects(), raw.bytes());
        };
        let date = Option::<DateTime>::read(raw.slice(semicolon.end..end));
        received.date = date.value;
        let mut defects = lexer.into_defects();
        defects.append(&date.defects);
        Parsed::new(received, defects, raw.bytes())
    }
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    received: Received<'a>,
    /// The clause whose words these are; `None` before the first one and in a repeated one.
    current: Option<Keyword>,
    /// Where the words of the clause begin and end.
    words: Option<(usize, usize)>,
    /// A comment was met behind the keyword: no word may follow it.
    commented: bool,
    comments: Vec<Cow<'a, str>>,
    /// Comments of the whole field.
    count: usize,
}

impl<'a> Reader<'a> {
    /// Reads all clauses. A semicolon ends one, as a keyword does.
    fn clauses(&mut self) {
        let mut after_comment = true;
        while let Some(lexeme) = self.lexer.next() {
            let alone = after_comment || lexeme.spaced || lexeme.start == 0;
            after_comment = false;
            match lexeme.token {
                Token::Special(b';') => self.finish(),
                Token::Comment(text) => {
                    after_comment = true;
                    self.comment(text, &lexeme);
                }
                Token::Atom(word) if alone && self.ends_word(lexeme.end) => {
                    match Keyword::of(word) {
                        Some(keyword) => self.open(keyword, &lexeme),
                        None => self.word(&lexeme),
                    }
                }
                _ => self.word(&lexeme),
            }
        }
        self.finish();
    }

    /// Whether a word that ends here stands alone, so that `by.example` is no keyword.
    fn ends_word(&self, end: usize) -> bool {
        let next = self.lexer.text(end, end.saturating_add(1));
        matches!(next, [] | [b' ' | b'\t' | b'\r' | b'\n' | b'(' | b'<' | b'[' | b'"' | b';'])
    }

    fn open(&mut self, keyword: Keyword, lexeme: &Lexeme<'a>) {
        self.finish();
        if self.received.clause(keyword).is_some() {
            self.lexer.defect(&code::REPEATED_CLAUSE, lexeme.start, lexeme.end);
        } else {
            self.current = Some(keyword);
        }
    }

    fn comment(&mut self, text: &'a [u8], lexeme: &Lexeme<'a>) {
        if self.current.is_none() {
            return;
        }
        self.commented = true;
        let limit = self.lexer.raw().limits().comments;
        if self.count < limit {
            self.comments.push(lossy(match unquote(text) {
                Cow::Borrowed(text) => unfold(text),
                owned => owned,
            }));
        } else if self.count == limit {
            self.lexer.defect(&code::TOO_MANY_COMMENTS, lexeme.start, lexeme.end);
        }
        self.count = self.count.saturating_add(1);
    }

    fn word(&mut self, lexeme: &Lexeme<'a>) {
        let (start, _) = *self.words.get_or_insert((lexeme.start, lexeme.end));
        if self.current.is_some() && !self.commented {
            self.words = Some((start, lexeme.end));
        } else {
            self.lexer.defect(&code::OUTSIDE_CLAUSES, lexeme.start, lexeme.end);
        }
    }

    /// Ends the present clause.
    fn finish(&mut self) {
        let words = self.words.take();
        let comments = core::mem::take(&mut self.comments);
        self.commented = false;
        let Some(keyword) = self.current.take() else { return };
        let (start, end) = words.unwrap_or_default();
        let value = lossy(unfold(self.lexer.text(start, end)));
        if let Some(slot) = self.received.clauses.get_mut(keyword as usize) {
            *slot = Some(Clause { value, comments });
        }
    }
}

fn lossy(text: Cow<'_, [u8]>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => String::from_utf8_lossy(text),
        Cow::Owned(text) => Cow::Owned(String::from_utf8_lossy(&text).into_owned()),
    }
}
