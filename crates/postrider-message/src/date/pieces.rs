//! A date cut into numbers, words and marks, which is finer than tokens: `21-Nov-1997` is one atom
//! and five pieces.

use crate::{Lexer, Token};

/// As many pieces as are looked at: the longest form has about 25.
const MOST: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// `1*DIGIT`; more than nine of them are [`u32::MAX`].
    Number(u32),
    /// A run of letters and of octets beyond ASCII.
    Word(&'a [u8]),
    /// Any other character, and in place of a quoted string or literal its first one.
    Mark(u8),
}

/// What stands before a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    Nothing,
    White,
    Comment,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) gap: Gap,
}

/// The first pieces of a value, without a place in the heap.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    list: [Piece<'a>; MOST],
    count: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn cut(lexer: &mut Lexer<'a>) -> Self {
        let none = Piece { kind: Kind::Mark(0), start: 0, end: 0, gap: Gap::Nothing };
        let mut pieces = Self { list: [none; MOST], count: 0 };
        let mut commented = false;
        while pieces.count < MOST {
            let Some(lexeme) = lexer.next() else { break };
            let gap = match (commented, lexeme.spaced) {
                (true, _) => Gap::Comment,
                (false, true) => Gap::White,
                (false, false) => Gap::Nothing,
            };
            commented = matches!(lexeme.token, Token::Comment(_));
            let (start, end) = (lexeme.start, lexeme.end);
            let mark = |octet| Piece { kind: Kind::Mark(octet), start, end, gap };
            match lexeme.token {
                Token::Comment(_) => {}
                Token::Atom(text) => pieces.split(text, start, gap),
                Token::Special(octet) => pieces.push(mark(octet)),
                Token::Quoted(_) => pieces.push(mark(b'"')),
                Token::Literal(_) => pieces.push(mark(b'[')),
            }
        }
        pieces
    }

    pub(super) fn as_slice(&self) -> &[Piece<'a>] {
        self.list.get(..self.count).unwrap_or_default()
    }

    fn push(&mut self, piece: Piece<'a>) {
        if let Some(slot) = self.list.get_mut(self.count) {
            *slot = piece;
            self.count = self.count.saturating_add(1);
        }
    }

    fn split(&mut self, text: &'a [u8], mut start: usize, mut gap: Gap) {
        let mut rest = text;
        while self.count < MOST
            && let Some(&first) = rest.first()
        {
            let class = Class::of(first);
            let length = match class {
                Class::Mark => 1,
                class => rest.iter().take_while(|&&octet| Class::of(octet) == class).count(),
            };
            let Some((head, tail)) = rest.split_at_checked(length) else { return };
            let kind = match class {
                Class::Mark => Kind::Mark(first),
                Class::Letter => Kind::Word(head),
                Class::Digit => Kind::Number(number(head)),
            };
            let end = start.saturating_add(length);
            self.push(Piece { kind, start, end, gap });
            (rest, start, gap) = (tail, end, Gap::Nothing);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    Letter,
    Mark,
}

impl Class {
    const fn of(octet: u8) -> Self {
        match octet {
            b'0'..=b'9' => Self::Digit,
            b'A'..=b'Z' | b'a'..=b'z' | 0x80.. => Self::Letter,
            _ => Self::Mark,
        }
    }
}

fn number(digits: &[u8]) -> u32 {
    if digits.len() > 9 {
        return u32::MAX;
    }
    let digit = |octet: u8| u32::from(octet.saturating_sub(b'0'));
    digits
        .iter()
        .fold(0, |value: u32, &octet| value.saturating_mul(10).saturating_add(digit(octet)))
}
