//! Elements without angle brackets: an `addr-spec`, and what is written in place of a `name-addr`
//! outside every grammar. Only a word that is a whole address by itself is ever taken for one.

use alloc::vec::Vec;

use memchr::memchr;

use super::{
    reader::{Reader, WORDS, is_phrase},
    spec::{Spec, extent, is_comment},
};
use crate::{Lexeme, Lexer, Mailbox, Token, code};

impl<'a> Reader<'a> {
    /// Reads the words of one element as one address or several; false where there is none.
    pub(super) fn bare(&mut self, words: &[Lexeme<'a>]) -> bool {
        if let Some(spec) = Spec::read(&self.lexer, words) {
            self.push_bare(spec, words);
            return true;
        }
        self.square_brackets(words) || self.unopened(words) || self.unbracketed(words)
    }

    /// An address whose name is the comment behind it (RFC 5322 §3.4).
    pub(super) fn push_bare(&mut self, spec: Spec<'a>, words: &[Lexeme<'a>]) {
        let addr = spec.told(&mut self.lexer);
        let (name, phrase) = self.comment_name(words);
        self.push(Mailbox { name, phrase, route: &[], addr });
    }

    /// `Alice [alice@a.example]`: a name, or none, and a domain literal that says an address.
    fn square_brackets(&mut self, words: &[Lexeme<'a>]) -> bool {
        let Some(last) = words.iter().rposition(|word| !is_comment(word)) else { return false };
        let Some((name, [bracket, ..])) = words.split_at_checked(last) else { return false };
        let Token::Literal(text) = bracket.token else { return false };
        if memchr(b'@', text).is_none() || !name.iter().all(|word| is_phrase(word.token)) {
            return false;
        }
        let inside = bracket.start.saturating_add(1)..bracket.end.saturating_sub(1);
        let offset = inside.start;
        let mut lexer = Lexer::new(self.lexer.raw().slice(inside));
        let words: Vec<_> = lexer.by_ref().take(WORDS).collect();
        let Some(spec) = whole(&lexer, &words).filter(|_| lexer.next().is_none()) else {
            return false;
        };
        // The spans of these words count from the bracket, and the name's do not.
        let (start, end) = extent(&words);
        let (start, end) = (start.saturating_add(offset), end.saturating_add(offset));
        self.lexer.defect(&code::SQUARE_BRACKETS, start, end);
        let (name, phrase) = self.phrase(name);
        self.push(Mailbox { name, phrase, route: &[], addr: spec.addr });
        true
    }

    /// `Joe Doe joe@x.example`, `joe@x.example at home`, and `a@b.example c@d.example`: words with
    /// white space between them, one of which is an address, or all.
    fn unbracketed(&mut self, words: &[Lexeme<'a>]) -> bool {
        let Some(found) = self.addresses(words) else { return false };
        let solid = words.iter().filter(|word| !is_comment(word)).count();
        let taken: usize = found.iter().map(|one| one.length).sum();
        match found.len() {
            0 => return false,
            1 => found.into_iter().for_each(|one| self.one_of_words(words, one)),
            _ if solid > taken => return false,
            _ => self.missing_commas(words, found),
        }
        true
    }

    /// Where the addresses are. `None` where a word is neither one nor belongs in a phrase, or
    /// where the obsolete grammar might join an address with the word beside it.
    fn addresses(&self, words: &[Lexeme<'a>]) -> Option<Vec<Found<'a>>> {
        let touch = |before: &Lexeme<'_>, after: &Lexeme<'_>| {
            before.end == after.start && !is_comment(before) && !is_comment(after)
        };
        let mut found = Vec::new();
        let (mut start, mut dot, mut address) = (0_usize, false, false);
        for group in words.chunk_by(touch) {
            let first = group.first()?;
            let is_address = group.iter().any(|word| word.is(b'@'));
            if is_address {
                let spec = whole(&self.lexer, group)?;
                found.push(Found { start, length: group.len(), spec });
            } else if !group.iter().all(|word| is_phrase(word.token)) {
                return None;
            }
            // `b. c@d` and `c@d .e`: obsolete syntax has white space around dots.
            if !is_comment(first) {
                if (is_address && dot) || (address && first.is(b'.')) {
                    return None;
                }
                address = is_address;
                dot = group.last()?.is(b'.');
            }
            start = start.saturating_add(group.len());
        }
        Some(found)
    }

    /// A name, or none, before the address, and text, or none, behind it.
    fn one_of_words(&mut self, words: &[Lexeme<'a>], found: Found<'a>) {
        let name = words.get(..found.start).unwrap_or_default();
        let after = words.get(found.end()..).unwrap_or_default();
        let (start, end) = extent(words.get(found.start..found.end()).unwrap_or_default());
        let solid = |words: &[Lexeme<'a>]| !words.iter().all(is_comment);
        let named = solid(name);
        if named {
            self.lexer.defect(&code::MISSING_BRACKETS, start, end);
        }
        let (name, phrase) = if named { self.phrase(name) } else { self.comment_name(words) };
        if solid(after) {
            let (start, end) = extent(after);
            self.lexer.defect(&code::AFTER_ADDRESS, start, end);
        }
        self.push(Mailbox { name, phrase, route: &[], addr: found.spec.addr });
    }

    /// Addresses with nothing but white space and comments between them.
    fn missing_commas(&mut self, words: &[Lexeme<'a>], found: Vec<Found<'a>>) {
        let mut found = found.into_iter().peekable();
        let mut first = true;
        while let Some(one) = found.next() {
            let end = found.peek().map_or(words.len(), |next| next.start);
            let own = words.get(one.start..end).unwrap_or_default();
            if !first {
                let at = extent(own).0;
                self.lexer.defect(&code::MISSING_COMMA, at, at);
            }
            first = false;
            self.push_bare(one.spec, own);
        }
    }
}

/// An address among words: which of them are its own.
struct Found<'a> {
    start: usize,
    length: usize,
    spec: Spec<'a>,
}

impl Found<'_> {
    const fn end(&self) -> usize {
        self.start.saturating_add(self.length)
    }
}

/// An address with nothing odd about it: where no grammar says that it is one, there is no doubt
/// about where it begins and ends either, and no encoded word says it.
pub(super) fn whole<'a>(lexer: &Lexer<'a>, words: &[Lexeme<'a>]) -> Option<Spec<'a>> {
    Spec::read(lexer, words).filter(Spec::is_plain)
}
