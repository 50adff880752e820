//! Reading `address-list` (RFC 5322 §3.4 and §4.4): one loop over the tokens, nothing joined that
//! the grammar does not join.

use alloc::vec::Vec;

use memchr::memchr_iter;

use super::{
    List, NoAddress,
    plain::Plain,
    spec::{Spec, extent, is_comment},
};
use crate::{
    Address, AddressList, Code, Defects, FieldValue, Group, Lexeme, Lexer, Mailbox, Parsed,
    RawValue, Token, code,
};

impl<'a> FieldValue<'a> for AddressList<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        Self::read_into(raw, None).0
    }
}

impl<'a> AddressList<'a> {
    /// Reads a value, and tells besides the text that stands in it where an address should and is
    /// none: as many of them as a list may have addresses.
    ///
    /// ```
    /// use postrider_message::{AddressList, RawValue};
    /// let (list, others) = AddressList::read_with_others(RawValue::new(b"a@b.example, me too"));
    /// assert_eq!(list.value.mailboxes().count(), 1);
    /// assert_eq!((others[0].text, others[0].before), (&b"me too"[..], 1));
    /// ```
    pub fn read_with_others(raw: RawValue<'a>) -> (Parsed<'a, Self>, Vec<NoAddress<'a>>) {
        Self::read_into(raw, Some(Vec::new()))
    }

    fn read_into(
        raw: RawValue<'a>,
        others: Option<Vec<NoAddress<'a>>>,
    ) -> (Parsed<'a, Self>, Vec<NoAddress<'a>>) {
        let text = core::str::from_utf8(raw.bytes()).unwrap_or_default();
        // One plain mailbox and nothing else, which most fields have, needs no reader and no table.
        if let Some(only) = Plain::read(text, 0).filter(|only| only.end == text.len())
            && raw.limits().addresses > 0
        {
            let mut defects = Defects::with_limit(raw.limits().defects);
            let list = List::One([Address::Mailbox(only.mailbox(raw, &mut defects))]);
            return (Parsed::new(Self { list }, defects, raw.bytes()), Vec::new());
        }
        let mut reader = Reader::new(raw);
        reader.others = others;
        reader.make_room();
        while !reader.full && (reader.plain(text) || reader.step()) {}
        let others = reader.others.take().unwrap_or_default();
        (reader.parsed(), others)
    }
}

pub(super) struct Reader<'a> {
    pub(super) lexer: Lexer<'a>,
    /// The tokens of the present element, comments included.
    words: Vec<Lexeme<'a>>,
    /// The room of the tokens between angle brackets, kept from one pair to the next.
    room: Vec<Lexeme<'a>>,
    list: Vec<Address<'a>>,
    group: Option<Group<'a>>,
    /// What is no address, where that is asked for.
    others: Option<Vec<NoAddress<'a>>>,
    /// The present element has its address; only a delimiter may follow.
    after: bool,
    /// A token of the present element is none of a phrase.
    pub(super) odd: bool,
    /// The element before had angle brackets that were not closed, and no address in them.
    pub(super) broken: bool,
    /// The last delimiter was a comma.
    comma: bool,
    count: usize,
    /// The limit of addresses was met.
    full: bool,
    /// The present element has more tokens than are kept.
    long: bool,
    /// Up to here it is known where encoded words end.
    pub(super) looked: usize,
}

/// Tokens that are kept of one element: more than the longest address and name have that can be
/// written.
pub(super) const WORDS: usize = 2_048;

/// Octets of a short address and its delimiter.
const FEW: usize = 16;

/// What stands between angle brackets.
struct Angle<'a> {
    /// The tokens of the address, without comments; none where no address may stand.
    words: Vec<Lexeme<'a>>,
    /// The route before them, without its colon.
    route: &'a [u8],
    /// Opening brackets beyond the first.
    extra: usize,
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
    pub(super) const fn new(raw: RawValue<'a>) -> Self {
        Self {
            lexer: Lexer::new(raw),
            words: Vec::new(),
            room: Vec::new(),
            list: Vec::new(),
            group: None,
            others: None,
            after: false,
            odd: false,
            broken: false,
            comma: false,
            count: 0,
            full: false,
            long: false,
            looked: 0,
        }
    }

    /// Room for as many addresses as a long list has commas, so that they are not moved as it grows;
    /// not more than is well used if every address has a few octets.
    fn make_room(&mut self) {
        let raw = self.lexer.raw();
        let most = (raw.bytes().len() / FEW).min(raw.limits().addresses);
        if most > 8 {
            let commas = memchr_iter(b',', raw.bytes()).count();
            self.list.reserve_exact(commas.saturating_add(1).min(most));
        }
    }

    #[cfg(test)]
    pub(super) const fn full(&self) -> bool {
        self.full
    }

    pub(super) fn parsed(mut self) -> Parsed<'a, AddressList<'a>> {
        self.close_group();
        let raw = self.lexer.raw().bytes();
        Parsed::new(AddressList { list: List::Many(self.list) }, self.lexer.into_defects(), raw)
    }

    /// Takes a mailbox that has nothing unusual about it, at the start of an element, without
    /// cutting it into tokens. `text` is the whole value, or empty where that is not UTF-8.
    fn plain(&mut self, text: &'a str) -> bool {
        if self.after || !self.words.is_empty() {
            return false;
        }
        let Some(found) = Plain::read(text, self.lexer.at()) else { return false };
        let (end, raw) = (found.end, self.lexer.raw());
        let mailbox = found.mailbox(raw, self.lexer.defects_mut());
        self.push(mailbox);
        let comma = text.as_bytes().get(end) == Some(&b',');
        self.lexer.seek(end.saturating_add(usize::from(comma)));
        (self.comma, self.after) = (comma, !comma);
        true
    }

    /// Takes one token. False at the end of the value.
    pub(super) fn step(&mut self) -> bool {
        let next = self.lexer.next();
        let next = self.glued(next);
        match next.map(|lexeme| lexeme.token) {
            None => self.end(),
            Some(Token::Special(b',')) => self.comma(),
            Some(Token::Special(b';')) => self.semicolon(next),
            Some(Token::Special(b'<')) if !self.after || self.comma_missing() => {
                return self.name_addr(next);
            }
            _ if self.after => self.word(next),
            Some(Token::Comment(_)) => {
                let closed = self.comment(next);
                self.word(closed);
            }
            Some(Token::Special(b':')) => self.open_group(),
            _ => self.word(next),
        }
        next.is_some()
    }

    fn word(&mut self, lexeme: Option<Lexeme<'a>>) {
        self.odd |= lexeme.is_some_and(|lexeme| !is_phrase(lexeme.token));
        if self.words.len() < WORDS {
            self.words.extend(lexeme);
        } else if !self.long {
            self.long = true;
            let at = self.lexer.at();
            self.lexer.defect(&code::TOO_MANY_WORDS, at, at);
        }
    }

    /// Whether what stands behind an address, up to a `<`, is a name: a comma is missing before
    /// it. Without a name nothing says that a new mailbox begins.
    fn comma_missing(&mut self) -> bool {
        let missing = !self.odd && !self.words.iter().all(is_comment);
        if missing {
            let at = self.words.first().map_or(0, |word| word.start);
            self.lexer.defect(&code::MISSING_COMMA, at, at);
            self.after = false;
        }
        missing
    }

    /// Forgets the tokens of an element.
    fn clear(&mut self) {
        self.words.clear();
        (self.odd, self.long) = (false, false);
    }

    fn comma(&mut self) {
        self.element(true, self.lexer.at().saturating_sub(1));
        self.comma = true;
    }

    fn semicolon(&mut self, lexeme: Option<Lexeme<'a>>) {
        self.element(false, self.lexer.at().saturating_sub(1));
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
        self.element(false, self.lexer.raw().bytes().len());
        if self.group.is_some() {
            let end = self.lexer.raw().bytes().len();
            self.lexer.defect(&code::UNCLOSED_GROUP, end, end);
            self.close_group();
        }
    }

    fn close_group(&mut self) {
        self.list.extend(self.group.take().map(Address::Group));
    }

    /// Ends the present element before what stands at `end`: an address without angle brackets, or
    /// what follows one.
    fn element(&mut self, at_comma: bool, end: usize) {
        let solid = !self.words.iter().all(is_comment);
        if self.after {
            if solid {
                self.words_defect(&code::AFTER_ADDRESS);
            }
        } else if solid {
            let words = core::mem::take(&mut self.words);
            if self.long || !self.bare(&words) {
                self.not_an_address(&words);
            }
            self.words = words;
        } else if at_comma || self.comma {
            let start = self.words.first().map_or(end, |word| word.start);
            self.lexer.defect(&code::EMPTY_ELEMENT, start, end);
        }
        self.clear();
        (self.after, self.broken) = (false, false);
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
        self.clear();
        self.comma = false;
    }

    /// `name-addr = [display-name] angle-addr`, from behind the `<`. False at the end of the value.
    fn name_addr(&mut self, open: Option<Lexeme<'a>>) -> bool {
        let words = core::mem::take(&mut self.words);
        let (name, phrase) = self.phrase(&words);
        self.words = words;
        let start = open.map_or(0, |lexeme| lexeme.start);
        let first = self.words.first().map_or(start, |word| word.start);
        self.clear();
        let Angle { words: mut angle, route, extra, ended } = self.angle();
        self.extra_brackets(extra, start);
        let closed = matches!(ended, Ended::Closed);
        if !closed {
            self.lexer.defect(&code::UNCLOSED_ANGLE, start, start.saturating_add(1));
        }
        let spec = if angle.len() < WORDS { Spec::read(&self.lexer, &angle) } else { None };
        let broken = spec.is_none() && !closed;
        match spec {
            Some(spec) => {
                let addr = spec.told(&mut self.lexer);
                self.push(Mailbox { name, phrase, route, addr });
            }
            // The name is lost with the address.
            None => self.lost(first, self.lexer.at()),
        }
        angle.clear();
        self.room = angle;
        self.after = true;
        match ended {
            Ended::Closed => {}
            Ended::Comma => self.comma(),
            Ended::Semicolon => self.semicolon(None),
            Ended::End => self.end(),
        }
        self.broken = broken;
        !matches!(ended, Ended::End)
    }

    /// `angle-addr = "<" addr-spec ">"`, and `"<" obs-route addr-spec ">"`, where
    /// `obs-route = obs-domain-list ":"` and
    /// `obs-domain-list = *(CFWS / ",") "@" domain *("," [CFWS] ["@" domain])`: commas stand before
    /// and in a route, and nowhere else.
    fn angle(&mut self) -> Angle<'a> {
        let words = core::mem::take(&mut self.room);
        let mut angle = Angle { words, route: &[], extra: 0, ended: Ended::End };
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
                Token::Special(b'<') if in_route && words.is_empty() && !leading => {
                    angle.extra = angle.extra.saturating_add(1);
                }
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

    pub(super) fn push(&mut self, mailbox: Mailbox<'a>) {
        if !self.admit() {
            return;
        }
        match &mut self.group {
            Some(group) => group.mailboxes.push(mailbox),
            None => self.list.push(Address::Mailbox(mailbox)),
        }
    }

    fn not_an_address(&mut self, words: &[Lexeme<'a>]) {
        let (start, end) = extent(words);
        self.lost(start, end);
    }

    /// Text that is no address. What follows brackets that were not closed is of the text before.
    fn lost(&mut self, start: usize, end: usize) {
        self.lexer.defect(&code::NOT_AN_ADDRESS, start, end);
        let most = self.lexer.raw().limits().addresses;
        let text = self.lexer.text(start, end);
        let (before, in_group, broken) = (self.count, self.group.is_some(), self.broken);
        if let Some(others) = &mut self.others
            && !broken
            && others.len() < most
        {
            others.push(NoAddress { text, before, in_group });
        }
    }

    fn words_defect(&mut self, code: &'static Code) {
        if !self.words.is_empty() {
            let (start, end) = extent(&self.words);
            self.lexer.defect(code, start, end);
        }
    }
}

/// Whether a display name may have the token without quotation marks, by `phrase` (RFC 5322
/// §3.2.5) or `obs-phrase` (§4.1).
pub(super) const fn is_phrase(token: Token<'_>) -> bool {
    matches!(token, Token::Atom(_) | Token::Quoted(_) | Token::Comment(_) | Token::Special(b'.'))
}
