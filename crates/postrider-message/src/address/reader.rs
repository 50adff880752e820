//! Reading `address-list` (RFC 5322 §3.4 and §4.4): one loop over the tokens, nothing joined that
//! the grammar does not join.

use alloc::{borrow::Cow, string::String, vec::Vec};

use memchr::memmem;

use crate::{
    AddrSpec, Address, AddressList, Code, FieldValue, Group, Lexeme, Lexer, Mailbox, Parsed,
    RawValue, Span, Token, address::NAME, code, text::decode_words, unquote,
};

impl<'a> FieldValue<'a> for AddressList<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut reader = Reader {
            lexer: Lexer::new(raw),
            words: Vec::new(),
            list: Vec::new(),
            group: None,
            after: false,
            comma: false,
            count: 0,
            full: false,
            long: false,
        };
        while reader.step() {}
        let Reader { lexer, list, .. } = reader;
        Parsed::new(Self { list }, lexer.into_defects(), raw.bytes())
    }
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    /// The tokens of the present element, comments included.
    words: Vec<Lexeme<'a>>,
    list: Vec<Address<'a>>,
    group: Option<Group<'a>>,
    /// The present element has its address; only a delimiter may follow.
    after: bool,
    /// The last delimiter was a comma.
    comma: bool,
    count: usize,
    /// The limit of addresses was met.
    full: bool,
    /// The present element has more tokens than are kept.
    long: bool,
}

/// Tokens that are kept of one element: more than the longest address and name have that can be
/// written.
const WORDS: usize = 2_048;

/// What stands between angle brackets.
struct Angle<'a> {
    /// The tokens of the address, without comments; none where no address may stand.
    words: Vec<Lexeme<'a>>,
    /// The route before them, without its colon.
    route: &'a [u8],
    ended: Ended,
}

/// What ended an address in angle brackets.
enum Ended {
    Closed,
    Comma,
    Semicolon,
    End,
}

impl<'a> Reader<'a> {
    /// Takes one token. False at the end of the value or of the limit.
    fn step(&mut self) -> bool {
        let next = self.lexer.next();
        match next.map(|lexeme| lexeme.token) {
            None => self.end(),
            Some(Token::Special(b',')) => self.comma(),
            Some(Token::Special(b';')) => self.semicolon(next),
            _ if self.after => self.word(next),
            Some(Token::Special(b':')) => self.open_group(),
            Some(Token::Special(b'<')) => return self.name_addr(next),
            _ => self.word(next),
        }
        if self.full {
            self.close_group();
        }
        next.is_some() && !self.full
    }

    fn word(&mut self, lexeme: Option<Lexeme<'a>>) {
        if self.words.len() < WORDS {
            self.words.extend(lexeme);
        } else if !self.long {
            self.long = true;
            let at = self.lexer.at();
            self.lexer.defect(&code::TOO_MANY_WORDS, at, at);
        }
    }

    fn comma(&mut self) {
        self.element(true);
        self.comma = true;
    }

    fn semicolon(&mut self, lexeme: Option<Lexeme<'a>>) {
        self.element(false);
        self.comma = false;
        if self.group.is_some() {
            self.close_group();
            // Nothing but a comma may follow a group.
            self.after = true;
        } else if let Some(Lexeme { start, end, .. }) = lexeme {
            self.lexer.defect(&code::STRAY_SEMICOLON, start, end);
        }
    }

    fn end(&mut self) {
        self.element(false);
        if self.group.is_some() {
            let end = self.lexer.raw().bytes().len();
            self.lexer.defect(&code::UNCLOSED_GROUP, end, end);
            self.close_group();
        }
    }

    fn close_group(&mut self) {
        self.list.extend(self.group.take().map(Address::Group));
    }

    /// Ends the present element: an address without angle brackets, or what follows one.
    fn element(&mut self, at_comma: bool) {
        let solid = self.words.iter().any(|word| !matches!(word.token, Token::Comment(_)));
        if self.after {
            if solid {
                self.words_defect(&code::AFTER_ADDRESS);
            }
        } else if solid {
            let words = core::mem::take(&mut self.words);
            let addr = if self.long { None } else { addr_spec(&mut self.lexer, &words) };
            match addr {
                Some(addr) => {
                    let (name, phrase) = self.comment_name(&words);
                    self.push(Mailbox { name, phrase, route: &[], addr });
                }
                None => self.not_an_address(&words),
            }
            self.words = words;
        } else if at_comma || self.comma {
            let at = self.words.first().map_or(usize::MAX, |word| word.start);
            let at = at.min(self.lexer.raw().bytes().len());
            self.lexer.defect(&code::EMPTY_ELEMENT, at, at);
        }
        self.words.clear();
        self.after = false;
        self.long = false;
    }

    /// `display-name ":"`
    fn open_group(&mut self) {
        if self.group.is_some() {
            self.words_defect(&code::NESTED_GROUP);
        } else if self.admit() {
            let words = core::mem::take(&mut self.words);
            let (name, phrase) = self.phrase(&words);
            self.group =
                Some(Group { name: name.unwrap_or_default(), phrase, mailboxes: Vec::new() });
            self.words = words;
        }
        self.words.clear();
        self.long = false;
        self.comma = false;
    }

    /// `name-addr = [display-name] angle-addr`, from behind the `<`.
    fn name_addr(&mut self, open: Option<Lexeme<'a>>) -> bool {
        let words = core::mem::take(&mut self.words);
        let (name, phrase) = self.phrase(&words);
        let start = open.map_or(0, |lexeme| lexeme.start);
        let Angle { words: angle, route, ended } = self.angle();
        if !matches!(ended, Ended::Closed) {
            self.lexer.defect(&code::UNCLOSED_ANGLE, start, start.saturating_add(1));
        }
        let addr = if angle.len() < WORDS { addr_spec(&mut self.lexer, &angle) } else { None };
        match addr {
            Some(addr) => self.push(Mailbox { name, phrase, route, addr }),
            None => {
                self.lexer.defect(&code::NOT_AN_ADDRESS, start, self.lexer.at());
            }
        }
        self.after = true;
        match ended {
            Ended::Closed => {}
            Ended::Comma => self.comma(),
            Ended::Semicolon => self.semicolon(None),
            Ended::End => self.end(),
        }
        !matches!(ended, Ended::End) && !self.full
    }

    /// `angle-addr = "<" addr-spec ">"`, and `"<" obs-route addr-spec ">"`, where
    /// `obs-route = obs-domain-list ":"` and
    /// `obs-domain-list = *(CFWS / ",") "@" domain *("," [CFWS] ["@" domain])`: commas stand before
    /// and in a route, and nowhere else.
    fn angle(&mut self) -> Angle<'a> {
        let mut angle = Angle { words: Vec::new(), route: &[], ended: Ended::End };
        // Commas were met that only a route may follow.
        let mut leading = false;
        // What the commas announced did not follow.
        let mut broken = false;
        while let Some(lexeme) = self.lexer.next() {
            let words = &mut angle.words;
            let in_route = angle.route.is_empty() && words.first().is_none_or(|w| w.is(b'@'));
            match lexeme.token {
                Token::Special(b'>') => {
                    angle.ended = Ended::Closed;
                    break;
                }
                Token::Special(b';') => {
                    angle.ended = Ended::Semicolon;
                    break;
                }
                Token::Special(b',') if in_route => leading |= words.is_empty(),
                Token::Special(b',') => {
                    angle.ended = Ended::Comma;
                    break;
                }
                Token::Comment(_) => {}
                Token::Special(b':') if in_route && !words.is_empty() => {
                    let start = words.first().map_or(0, |first| first.start);
                    self.lexer.defect(&code::ROUTE, start, lexeme.end);
                    angle.route = self.lexer.text(start, lexeme.start);
                    words.clear();
                    leading = false;
                }
                _ if words.len() >= WORDS => {}
                _ => {
                    broken |= leading && words.is_empty() && !lexeme.is(b'@');
                    words.push(lexeme);
                }
            }
        }
        if broken {
            angle.words.clear();
        }
        angle
    }

    /// Whether there is room for one more mailbox or group.
    fn admit(&mut self) -> bool {
        self.full = self.count >= self.lexer.raw().limits().addresses;
        if self.full {
            let at = self.lexer.at();
            self.lexer.defect(&code::TOO_MANY_ADDRESSES, at, at);
        }
        self.count = self.count.saturating_add(1);
        !self.full
    }

    fn push(&mut self, mailbox: Mailbox<'a>) {
        if !self.admit() {
            return;
        }
        match &mut self.group {
            Some(group) => group.mailboxes.push(mailbox),
            None => self.list.push(Address::Mailbox(mailbox)),
        }
    }

    /// The comment behind an address without angle brackets, as its name.
    fn comment_name(&mut self, words: &[Lexeme<'a>]) -> (Option<Cow<'a, str>>, &'a [u8]) {
        match words.last() {
            Some(&Lexeme { token: Token::Comment(text), start, end, .. }) => {
                let name = self.decode(unquote(text), start, end);
                let name = self.cut(name, start, end);
                (Some(name).filter(|name| !name.is_empty()), self.lexer.text(start, end))
            }
            _ => (None, &[]),
        }
    }

    /// `display-name = phrase`: its words decoded, and the octets it was read from.
    fn phrase(&mut self, words: &[Lexeme<'a>]) -> (Option<Cow<'a, str>>, &'a [u8]) {
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return (None, &[]) };
        let phrase = self.lexer.text(first.start, last.end);
        self.phrase_defects(words);
        let mut name: Option<Cow<'a, str>> = None;
        let mut gap = false;
        let mut rest = words;
        while let Some((word, after)) = rest.split_first() {
            let (text, spaced) = match word.token {
                Token::Comment(_) => {
                    (gap, rest) = (true, after);
                    continue;
                }
                Token::Quoted(text) => {
                    rest = after;
                    (self.utf8(unquote(text), word.start, word.end), word.spaced)
                }
                _ => {
                    // Atoms, and white space between them, up to what is something else.
                    let plain = |word: &Lexeme<'_>| {
                        !matches!(word.token, Token::Comment(_) | Token::Quoted(_))
                    };
                    let length = rest.iter().take_while(|word| plain(word)).count();
                    let end = rest.get(length.saturating_sub(1)).map_or(word.end, |word| word.end);
                    rest = rest.get(length..).unwrap_or_default();
                    let text = Cow::Borrowed(self.lexer.text(word.start, end));
                    (self.decode(text, word.start, end), word.spaced)
                }
            };
            name = Some(match name {
                None => text,
                Some(before) => {
                    let mut whole = before.into_owned();
                    whole.push_str(if gap || spaced { " " } else { "" });
                    whole.push_str(&text);
                    Cow::Owned(whole)
                }
            });
            gap = false;
        }
        let name = name.map(|name| self.cut(name, first.start, last.end));
        (name.filter(|name| !name.is_empty()), phrase)
    }

    /// What may be kept of a name.
    fn cut(&mut self, name: Cow<'a, str>, start: usize, end: usize) -> Cow<'a, str> {
        if name.len() <= NAME {
            return name;
        }
        self.lexer.defect(&code::NAME_TOO_LONG, start, end);
        let most = (0..=NAME).rev().find(|&at| name.is_char_boundary(at)).unwrap_or_default();
        match name {
            Cow::Borrowed(name) => Cow::Borrowed(name.get(..most).unwrap_or_default()),
            Cow::Owned(name) => Cow::Owned(name.get(..most).unwrap_or_default().into()),
        }
    }

    /// Tells of the first special character that a display name should have quoted.
    fn phrase_defects(&mut self, words: &[Lexeme<'a>]) {
        let allowed = |token: Token<'_>| {
            matches!(token, Token::Atom(_) | Token::Quoted(_) | Token::Comment(_))
        };
        let odd = |word: &&Lexeme<'a>| !allowed(word.token) && !word.is(b'.');
        if let Some(word) = words.iter().find(odd) {
            self.lexer.defect(&code::UNQUOTED_PHRASE, word.start, word.end);
        } else if let Some(dot) = words.iter().find(|word| word.is(b'.')) {
            self.lexer.defect(&code::PHRASE_DOT, dot.start, dot.end);
        }
    }

    /// Decodes encoded words in what is one token, or atoms in a row.
    fn decode(&mut self, text: Cow<'a, [u8]>, start: usize, end: usize) -> Cow<'a, str> {
        let base = self.lexer.raw().offset();
        let span = Span::from_range(base.saturating_add(start)..base.saturating_add(end));
        let defects = self.lexer.defects_mut();
        match text {
            Cow::Borrowed(text) => decode_words(text, span, defects),
            Cow::Owned(text) => Cow::Owned(decode_words(&text, span, defects).into_owned()),
        }
    }

    /// What a quoted string says: never decoded (RFC 2047 §5).
    fn utf8(&mut self, text: Cow<'a, [u8]>, start: usize, end: usize) -> Cow<'a, str> {
        if core::str::from_utf8(&text).is_err() {
            self.lexer.defect(&code::INVALID_UTF8, start, end);
        }
        match text {
            Cow::Borrowed(text) => String::from_utf8_lossy(text),
            Cow::Owned(text) => Cow::Owned(String::from_utf8_lossy(&text).into_owned()),
        }
    }

    fn not_an_address(&mut self, words: &[Lexeme<'a>]) {
        let (start, end) = extent(words);
        self.lexer.defect(&code::NOT_AN_ADDRESS, start, end);
    }

    fn words_defect(&mut self, code: &'static Code) {
        if !self.words.is_empty() {
            let (start, end) = extent(&self.words);
            self.lexer.defect(code, start, end);
        }
    }
}

fn extent(words: &[Lexeme<'_>]) -> (usize, usize) {
    (words.first().map_or(0, |word| word.start), words.last().map_or(0, |word| word.end))
}

/// `addr-spec = local-part "@" domain`, with the obsolete forms of RFC 5322 §4.4: comments and
/// white space around dots and the at sign. The tokens are all there is; nothing may be left over.
fn addr_spec<'a>(lexer: &mut Lexer<'a>, words: &[Lexeme<'a>]) -> Option<AddrSpec<'a>> {
    let solid: Cow<'_, [Lexeme<'a>]> =
        if words.iter().any(|word| matches!(word.token, Token::Comment(_))) {
            let keep = |word: &&Lexeme<'a>| !matches!(word.token, Token::Comment(_));
            Cow::Owned(words.iter().filter(keep).copied().collect())
        } else {
            Cow::Borrowed(words)
        };
    let at = solid.iter().position(|word| word.is(b'@'))?;
    let local = solid.get(..at).filter(|words| !words.is_empty())?;
    let domain = solid.get(at.checked_add(1)?..).filter(|words| !words.is_empty())?;
    let dots = check_local(local)?;
    let literal = matches!(domain, [Lexeme { token: Token::Literal(_), .. }]);
    if !literal && check_local(domain)? {
        return None;
    }
    if domain.iter().any(|word| matches!(word.token, Token::Quoted(_))) {
        return None;
    }
    let spec = AddrSpec::new(joined(lexer, local)?, joined(lexer, domain)?).ok()?;
    let (start, end) = extent(&solid);
    if dots {
        lexer.defect(&code::DOT_PLACEMENT, start, end);
    }
    if !contiguous(&solid) {
        lexer.defect(&code::OBSOLETE_SPACE, start, end);
    }
    let text = lexer.text(start, end);
    if memmem::find(text, b"=?").is_some() && memmem::find(text, b"?=").is_some() {
        lexer.defect(&code::ENCODED_WORD_IN_ADDRESS, start, end);
    }
    Some(spec)
}

/// `local-part = dot-atom / quoted-string / obs-local-part`: words with dots between them. `None`
/// where two words stand side by side; true where a dot has no word on both its sides.
fn check_local(words: &[Lexeme<'_>]) -> Option<bool> {
    let (mut misplaced, mut after_dot, mut any) = (false, true, false);
    for word in words {
        match word.token {
            Token::Special(b'.') => {
                misplaced |= after_dot;
                after_dot = true;
            }
            Token::Atom(_) | Token::Quoted(_) if after_dot => (after_dot, any) = (false, true),
            _ => return None,
        }
    }
    any.then_some(misplaced || after_dot)
}

/// The words without what stands between them. `None` where they are not UTF-8.
fn joined<'a>(lexer: &Lexer<'a>, words: &[Lexeme<'a>]) -> Option<Cow<'a, str>> {
    let (start, end) = extent(words);
    let quoted = |word: &Lexeme<'_>| matches!(word.token, Token::Quoted(_));
    if contiguous(words) && !words.iter().any(quoted) {
        return core::str::from_utf8(lexer.text(start, end)).ok().map(Cow::Borrowed);
    }
    if let [Lexeme { token: Token::Quoted(text), .. }] = words {
        return match unquote(text) {
            Cow::Borrowed(text) => core::str::from_utf8(text).ok().map(Cow::Borrowed),
            Cow::Owned(text) => String::from_utf8(text).ok().map(Cow::Owned),
        };
    }
    let mut out = Vec::new();
    for word in words {
        match word.token {
            Token::Quoted(text) => out.extend_from_slice(&unquote(text)),
            _ => out.extend_from_slice(lexer.text(word.start, word.end)),
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

fn contiguous(words: &[Lexeme<'_>]) -> bool {
    words.iter().zip(words.iter().skip(1)).all(|(before, after)| before.end == after.start)
}
