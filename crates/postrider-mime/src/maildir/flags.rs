//! What is known of a message, in letters.

use core::fmt;

/// A flag of a message: one ASCII letter in the name of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Flag {
    /// `D`: a draft.
    Draft,
    /// `F`: flagged by the user.
    Flagged,
    /// `P`: passed, that is resent, forwarded or bounced.
    Passed,
    /// `R`: replied to.
    Replied,
    /// `S`: seen.
    Seen,
    /// `T`: trashed, to be deleted.
    Trashed,
    /// `a` to `z`, as 0 to 25: a keyword, whose name the folder has in a list (`dovecot-keywords`).
    /// Higher numbers are no flag.
    Keyword(u8),
    /// Another upper-case letter, whose meaning is not known. Other octets are no flag.
    Other(u8),
}

impl Flag {
    /// The flag that a letter stands for; `None` where it is no letter.
    pub const fn of_letter(letter: u8) -> Option<Self> {
        match letter {
            b'D' => Some(Self::Draft),
            b'F' => Some(Self::Flagged),
            b'P' => Some(Self::Passed),
            b'R' => Some(Self::Replied),
            b'S' => Some(Self::Seen),
            b'T' => Some(Self::Trashed),
            b'a'..=b'z' => Some(Self::Keyword(letter.wrapping_sub(b'a'))),
            b'A'..=b'Z' => Some(Self::Other(letter)),
            _ => None,
        }
    }

    /// The letter that stands for it; `None` for what is no flag.
    pub const fn letter(self) -> Option<u8> {
        match self {
            Self::Draft => Some(b'D'),
            Self::Flagged => Some(b'F'),
            Self::Passed => Some(b'P'),
            Self::Replied => Some(b'R'),
            Self::Seen => Some(b'S'),
            Self::Trashed => Some(b'T'),
            Self::Keyword(number @ 0..=25) => Some(b'a'.wrapping_add(number)),
            Self::Other(letter @ b'A'..=b'Z') => Some(letter),
            Self::Keyword(_) | Self::Other(_) => None,
        }
    }
}

/// The flags of a message: each at most once, in the order of their letters.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags {
    /// One bit for each octet from `A` on.
    bits: u64,
}

impl Flags {
    /// No flags.
    pub const NONE: Self = Self { bits: 0 };

    /// The flags in these letters, whatever their order; other octets do not count.
    pub fn of_letters(letters: &[u8]) -> Self {
        let flags = letters.iter().filter_map(|&letter| Flag::of_letter(letter));
        flags.fold(Self::NONE, Self::with)
    }

    /// These flags and another one.
    pub fn with(self, flag: Flag) -> Self {
        Self { bits: self.bits | bit(flag) }
    }

    /// These flags without one.
    pub fn without(self, flag: Flag) -> Self {
        Self { bits: self.bits & !bit(flag) }
    }

    /// Whether a flag is among them.
    pub fn has(self, flag: Flag) -> bool {
        self.bits & bit(flag) != 0
    }

    /// Their letters in ASCII order, as the names of files must have them.
    pub fn letters(self) -> impl Iterator<Item = u8> {
        (b'A'..=b'z')
            .filter(move |&letter| Flag::of_letter(letter).is_some_and(|flag| self.has(flag)))
    }

    /// The flags in the order of their letters.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        self.letters().filter_map(Flag::of_letter)
    }
}

/// The set of its flags.
impl fmt::Debug for Flags {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_set().entries(self.iter()).finish()
    }
}

fn bit(flag: Flag) -> u64 {
    let place = flag.letter().map(|letter| letter.wrapping_sub(b'A'));
    place.and_then(|place| 1_u64.checked_shl(place.into())).unwrap_or_default()
}
