//! Many patterns, matched at once.
//!
//! Each pattern is its literal octets, and before each of them, and behind the last, a place. A place
//! may have a wildcard, which is a loop: it stays where it is for any octet, or for any but the
//! delimiter. Which places are reached is one bit each, so that a step costs a few instructions for 64
//! of them. Nothing is ever tried again: `%*%*%*…` is one loop.

use alloc::vec;
use alloc::vec::Vec;

use postrider_imap::Delimiter;

/// The octets of `INBOX`.
const INBOX: &[u8] = b"INBOX";

/// Patterns, ready to be matched.
#[derive(Clone, Debug)]
pub(super) struct Automaton {
    delimiter: Option<u8>,
    /// A bit for each place: those where patterns begin.
    starts: Vec<u64>,
    /// Those with `*`, or `%` where there is no delimiter.
    any: Vec<u64>,
    /// Those with `*` or `%`.
    level: Vec<u64>,
    /// Where a pattern ends.
    ends: Vec<u64>,
    /// Where one ends whose last octet is `%`.
    ends_in_percent: Vec<u64>,
    /// Where one ends that holds `%` anywhere.
    ends_with_percent: Vec<u64>,
    /// The octets that are literals somewhere, sorted.
    octets: Vec<u8>,
    /// For each of them, the places that are left by it.
    masks: Vec<u64>,
    /// No place.
    none: Vec<u64>,
}

/// How patterns match a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Match {
    /// By any.
    pub(super) any: bool,
    /// By one that ends in `%`.
    pub(super) level: bool,
    /// By one that holds `%`.
    pub(super) percent: bool,
}

/// One octet of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Literal(u8),
    /// `%`
    Percent,
    /// `*`
    Star,
}

impl Token {
    /// The tokens of what a client wrote as a pattern.
    pub(super) fn read(pattern: &[u8]) -> impl Iterator<Item = Self> {
        pattern.iter().map(|&octet| match octet {
            b'%' => Self::Percent,
            b'*' => Self::Star,
            octet => Self::Literal(octet),
        })
    }
}

impl Automaton {
    pub(super) fn new(patterns: &[Vec<Token>], delimiter: Option<Delimiter>) -> Self {
        let literal = |token: &Token| match token {
            Token::Literal(octet) => Some(*octet),
            _ => None,
        };
        let literals = || patterns.iter().flatten().filter_map(literal);
        let places = literals().count().saturating_add(patterns.len());
        let words = places.div_ceil(64).max(1);
        let mut octets: Vec<u8> = literals().collect();
        octets.sort_unstable();
        octets.dedup();

        let none = vec![0; words];
        let mut made = Self {
            delimiter: delimiter.map(Delimiter::get),
            starts: none.clone(),
            any: none.clone(),
            level: none.clone(),
            ends: none.clone(),
            ends_in_percent: none.clone(),
            ends_with_percent: none.clone(),
            masks: vec![0; words.saturating_mul(octets.len())],
            octets,
            none,
        };
        let mut place = 0_usize;
        for pattern in patterns {
            set(&mut made.starts, place);
            for token in pattern {
                match token {
                    Token::Literal(octet) => {
                        if let Ok(at) = made.octets.binary_search(octet) {
                            let mask = made.masks.chunks_exact_mut(words).nth(at);
                            set(mask.unwrap_or_default(), place);
                        }
                        place = place.saturating_add(1);
                    }
                    Token::Percent => set(&mut made.level, place),
                    Token::Star => {
                        set(&mut made.level, place);
                        set(&mut made.any, place);
                    }
                }
            }
            set(&mut made.ends, place);
            if pattern.last() == Some(&Token::Percent) {
                set(&mut made.ends_in_percent, place);
            }
            if pattern.contains(&Token::Percent) {
                set(&mut made.ends_with_percent, place);
            }
            place = place.saturating_add(1);
        }
        made
    }

    pub(super) fn delimiter(&self) -> Option<u8> {
        self.delimiter
    }

    /// The places that are left by an octet.
    fn left_by(&self, octet: u8) -> &[u64] {
        let at = self.octets.binary_search(&octet).ok();
        at.and_then(|at| self.masks.chunks_exact(self.none.len()).nth(at)).unwrap_or(&self.none)
    }

    /// Matches a name and each level above it: one answer for each delimiter in the name, for what
    /// stands before it, and the last for the name itself. `reached` is room to work in.
    pub(super) fn run(&self, name: &[u8], reached: &mut Vec<u64>, out: &mut Vec<Match>) {
        reached.clone_from(&self.starts);
        out.clear();
        let inbox = if begins_with_inbox(name, self.delimiter) { INBOX.len() } else { 0 };
        let mut alive = true;
        for (at, &octet) in name.iter().enumerate() {
            let ends_level = Some(octet) == self.delimiter;
            if ends_level {
                out.push(if alive { self.matched(reached) } else { Match::default() });
            }
            if !alive {
                continue;
            }
            let loops = if ends_level { &self.any } else { &self.level };
            let (upper, lower) = match at < inbox {
                true => (octet.to_ascii_uppercase(), octet.to_ascii_lowercase()),
                false => (octet, octet),
            };
            let other = if lower == upper { &self.none } else { self.left_by(lower) };
            alive = step(reached, loops, self.left_by(upper), other);
        }
        out.push(self.matched(reached));
    }

    fn matched(&self, reached: &[u64]) -> Match {
        let meets = |ends: &[u64]| reached.iter().zip(ends).any(|(one, other)| one & other != 0);
        let any = meets(&self.ends);
        Match {
            any,
            level: any && meets(&self.ends_in_percent),
            percent: any && meets(&self.ends_with_percent),
        }
    }
}

/// One octet further. Whether any place is reached still.
fn step(reached: &mut [u64], loops: &[u64], left: &[u64], also_left: &[u64]) -> bool {
    let (mut carry, mut alive) = (0, 0);
    let masks = loops.iter().zip(left.iter().zip(also_left));
    for (word, (stays, (one, other))) in reached.iter_mut().zip(masks) {
        let moves = *word & (one | other);
        *word = (moves << 1) | carry | (*word & stays);
        carry = moves >> 63;
        alive |= *word;
    }
    alive != 0
}

fn set(bits: &mut [u64], at: usize) {
    if let Some(word) = bits.get_mut(at / 64) {
        *word |= 1 << (at % 64);
    }
}

/// Whether the first level of a name is INBOX in any case of letters.
pub(super) fn begins_with_inbox(name: &[u8], delimiter: Option<u8>) -> bool {
    name.split_at_checked(INBOX.len()).is_some_and(|(first, rest)| {
        let ends = rest.first().is_none_or(|octet| Some(*octet) == delimiter);
        ends && first.eq_ignore_ascii_case(INBOX)
    })
}
