//! Boundaries that no content has (RFC 2046 §5.1.1).

use alloc::{collections::BTreeSet, format, string::String};

use encodify::base32;
use memchr::memmem;

use super::BuildError;

/// Octets of the seed that go into boundaries: 120 bits.
const RANDOM: usize = 15;

/// Digits of a number.
const DIGITS: usize = 8;

/// Characters that may begin a boundary, in the order they are tried in.
const LEADS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Makes the boundaries of one message: `=_`, which neither quoted-printable nor base64 can have,
/// 24 characters of the seed, and a number. All have one length, so that none begins another.
///
/// The numbers that a content has behind the same characters are passed over.
#[derive(Debug, Clone)]
pub(super) struct Boundaries {
    stem: String,
    used: BTreeSet<u32>,
    next: u32,
}

impl Boundaries {
    /// Boundaries that none of `avoid` begins.
    pub(super) fn new(seed: &[u8; 32], avoid: &[impl AsRef<[u8]>]) -> Result<Self, BuildError> {
        let (random, _) = seed.split_at(RANDOM);
        let mut random: String = base32::STANDARD_NO_PAD.encode(random);
        random.make_ascii_lowercase();
        let stem = ["=_", &random, "_"].concat();
        let begins = |stem: &str| {
            avoid.iter().map(AsRef::as_ref).any(|one| {
                let length = one.len().min(stem.len());
                one.get(..length) == stem.as_bytes().get(..length)
            })
        };
        if !begins(&stem) {
            return Ok(Self { stem, used: BTreeSet::new(), next: 0 });
        }
        let others = LEADS.iter().map(|lead| format!("{}{stem}", char::from(*lead)));
        let stem = others.into_iter().find(|stem| !begins(stem)).ok_or(BuildError::Boundary)?;
        Ok(Self { stem, used: BTreeSet::new(), next: 0 })
    }

    /// What all of them begin with.
    pub(super) fn stem(&self) -> &[u8] {
        self.stem.as_bytes()
    }

    /// Passes over those that this content has; the finder is that of the stem.
    pub(super) fn look(&mut self, content: &[u8], stem: &memmem::Finder<'_>) {
        let behind = |at: usize| {
            let start = at.checked_add(self.stem.len())?;
            let digits = content.get(start..start.checked_add(DIGITS)?)?;
            u32::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
        };
        for at in stem.find_iter(content) {
            self.used.extend(behind(at));
        }
    }

    pub(super) fn next(&mut self) -> Result<String, BuildError> {
        while self.used.contains(&self.next) {
            self.next = self.next.checked_add(1).ok_or(BuildError::Boundary)?;
        }
        let boundary = format!("{}{:08x}", self.stem, self.next);
        self.next = self.next.checked_add(1).ok_or(BuildError::Boundary)?;
        Ok(boundary)
    }
}
