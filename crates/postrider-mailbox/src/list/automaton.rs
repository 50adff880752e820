//! Many patterns, matched at once.
//!
//! Each pattern is its literal octets, and before each of them, and behind the last, a place. A place
//! may have a wildcard, which is a loop: it stays where it is for any octet, or for any but the
//! delimiter. Which places are reached is one bit each, so that a step costs a few instructions for 64
//! of them. Nothing is ever tried again: `%*%*%*…` is one loop.
//!
//! The reference is in front of all patterns, and is kept once: where a name begins with it, the
//! patterns begin behind it. So the memory is in proportion to what the client wrote.

use alloc::vec;
use alloc::vec::Vec;

use postrider_imap::Delimiter;

/// The octets of `INBOX`.
const INBOX: &[u8] = b"INBOX";

/// Patterns, ready to be matched.
#[derive(Clone, Debug)]
pub(super) struct Automaton {
    delimiter: Option<u8>,
    entries: Vec<Entry>,
    /// A bit for each place: those with `*`, or `%` where there is no delimiter.
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

/// Where patterns begin.
#[derive(Clone, Debug)]
struct Entry {
    /// What a name begins with.
    reference: Vec<u8>,
    /// The places where the patterns behind that begin.
    starts: Vec<u64>,
}

/// Patterns with what stands in front of each of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Referred {
    pub(super) reference: Vec<u8>,
    pub(super) patterns: Vec<Vec<Token>>,
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
    pub(super) fn new(referred: &[Referred], delimiter: Option<Delimiter>) -> Self {
        let literal = |token: &Token| match token {
            Token::Literal(octet) => Some(*octet),
            _ => None,
        };
        let patterns = || referred.iter().flat_map(|referred| &referred.patterns);
        let literals = || patterns().flatten().filter_map(literal);
        let places = literals().count().saturating_add(patterns().count());
        let words = places.div_ceil(64).max(1);
        let mut octets: Vec<u8> = literals().collect();
        octets.sort_unstable();
        octets.dedup();

        let none = vec![0; words];
        let mut made = Self {
            delimiter: delimiter.map(Delimiter::get),
            entries: Vec::with_capacity(referred.len()),
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
        for Referred { reference, patterns } in referred {
            let mut starts = made.none.clone();
            for pattern in patterns {
                set(&mut starts, place);
                place = made.add(pattern, place);
            }
            made.entries.push(Entry { reference: reference.clone(), starts });
        }
        made
    }

    /// Writes a pattern from this place on. The place behind it.
    fn add(&mut self, pattern: &[Token], mut place: usize) -> usize {
        let words = self.none.len();
        for token in pattern {
            match token {
                Token::Literal(octet) => {
                    if let Ok(at) = self.octets.binary_search(octet) {
                        let mask = self.masks.chunks_exact_mut(words).nth(at);
                        set(mask.unwrap_or_default(), place);
                    }
                    place = place.saturating_add(1);
                }
                Token::Percent => set(&mut self.level, place),
                Token::Star => {
                    set(&mut self.level, place);
                    set(&mut self.any, place);
                }
            }
        }
        set(&mut self.ends, place);
        if pattern.last() == Some(&Token::Percent) {
            set(&mut self.ends_in_percent, place);
        }
        if pattern.contains(&Token::Percent) {
            set(&mut self.ends_with_percent, place);
        }
        place.saturating_add(1)
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
        reached.clone_from(&self.none);
        out.clear();
        let inbox = if begins_with_inbox(name, self.delimiter) { INBOX.len() } else { 0 };
        let mut alive = false;
        for (at, &octet) in name.iter().enumerate() {
            alive |= self.enter(name, at, inbox, reached);
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
        self.enter(name, name.len(), inbox, reached);
        out.push(self.matched(reached));
    }

    /// Begins the patterns whose reference is all that stands before this place of a name, so many
    /// octets of which are INBOX. Whether there are any.
    fn enter(&self, name: &[u8], at: usize, inbox: usize, reached: &mut [u64]) -> bool {
        let mut enters = false;
        for Entry { reference, starts } in &self.entries {
            if reference.len() != at || !begins_with(name, reference, inbox) {
                continue;
            }
            enters = true;
            for (word, starts) in reached.iter_mut().zip(starts) {
                *word |= starts;
            }
        }
        enters
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

/// Whether a name, so many octets of which are INBOX in any case of letters, begins with these.
fn begins_with(name: &[u8], front: &[u8], inbox: usize) -> bool {
    let (inbox_there, inbox_here) =
        (name.get(..inbox.min(front.len())), front.get(..inbox.min(front.len())));
    let same_inbox =
        inbox_there.zip(inbox_here).is_some_and(|(there, here)| there.eq_ignore_ascii_case(here));
    same_inbox && name.get(inbox..front.len().max(inbox)) == front.get(inbox.min(front.len())..)
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
