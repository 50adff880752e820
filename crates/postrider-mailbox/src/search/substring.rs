//! The string of a search key, and the texts that hold it.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use memchr::memmem::Finder;

use super::caseless::{Caseless, Look};
use crate::casemap::map;

/// The string of a search key, prepared once and looked for in many texts.
///
/// A text matches where the string is a substring of it by the collation i;unicode-casemap (RFC 5051):
/// both are titlecased character by character, fully decomposed, and compared octet by octet.
///
/// ```
/// use postrider_mailbox::search::Substring;
///
/// assert!(Substring::new("KÖNIG").is_in("aus Königsberg"));
/// assert!(!Substring::new("STRASSE").is_in("Königstraße"));
/// assert!(Substring::new("").is_in(""));
/// ```
///
/// What follows from that rule:
///
/// - Letters match in either case, in any script: `STRASSE` does not match `straße`, because the
///   titlecase of `ß` is `ß`, but `ΣΊΣΥΦΟΣ` matches `σίσυφος`.
/// - A letter without marks matches its kin with marks, for these begin with it when they are
///   decomposed: `cafe` matches `café`, `café` does not match `cafe`.
/// - A character matches what it is compatible with: `K` matches the sign of Kelvin, `a` the letter
///   `ａ` of full width. What comes out of a decomposition is not titlecased again: the ligature `ﬁ`
///   becomes `fi`, which matches itself, but not `FI`.
/// - Marks are not brought into the canonical order, which the RFC does not ask for.
/// - Syllables of Hangul are decomposed into their letters, as all implementations of Unicode do,
///   though the table that the RFC names does not list them.
///
/// Time is linear in the text, whatever string and text are, and memory does not depend on the text.
#[derive(Clone)]
pub struct Substring {
    /// Looks for the mapped octets.
    mapped: Box<Finder<'static>>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// Every text has it.
    Empty,
    /// It may lie in ASCII alone, where it is found without mapping.
    Ascii(Box<Caseless>),
    /// It matches nothing without a character that is not ASCII.
    Beyond,
}

/// So much text is mapped at once.
const PIECE: usize = 16 << 10;

impl Substring {
    /// A string to look for.
    #[must_use]
    pub fn new(string: &str) -> Self {
        let mut mapped = Vec::with_capacity(string.len());
        string.chars().for_each(|character| push(character, &mut mapped));
        let kind = if mapped.is_empty() {
            Kind::Empty
        } else if mapped.iter().all(|octet| octet.is_ascii() && !octet.is_ascii_lowercase()) {
            Kind::Ascii(Caseless::new(&mapped))
        } else {
            Kind::Beyond
        };
        Self { mapped: finder(&mapped), kind }
    }

    /// Whether it is the empty string, which every text has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.kind, Kind::Empty)
    }

    /// Whether the text has it.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Empty => true,
            Kind::Ascii(string) => match string.look(text.as_bytes()) {
                Look::Found => true,
                Look::AbsentFromAscii => false,
                Look::Absent => self.is_beyond(text),
            },
            Kind::Beyond => self.is_beyond(text),
        }
    }

    /// Whether it matches where there are characters that are not ASCII. Stretches of ASCII are left
    /// out but for their ends.
    fn is_beyond(&self, text: &str) -> bool {
        let reach = self.mapped.needle().len();
        let mut window = Window { finder: &self.mapped, octets: Vec::new() };
        let mut rest = text;
        while let Some((ascii, others)) = rest.split_at_checked(first_beyond(rest.as_bytes())) {
            let first = ascii.get(..reach).unwrap_or(ascii);
            if others.is_empty() {
                return !window.octets.is_empty() && (window.push(first) || window.is_found());
            }
            let is_long = ascii.len() > reach.saturating_mul(2);
            let near = if is_long {
                // The window ends here, and the next one begins before the next character.
                if !window.octets.is_empty() && (window.push(first) || window.is_found()) {
                    return true;
                }
                window.octets.clear();
                ascii.get(ascii.len().saturating_sub(reach)..).unwrap_or(ascii)
            } else {
                ascii
            };
            let end = others.find(|one: char| one.is_ascii()).unwrap_or(others.len());
            let Some((beyond, behind)) = others.split_at_checked(end) else { break };
            if window.push(near) || window.push(beyond) {
                return true;
            }
            rest = behind;
        }
        false
    }
}

/// Mapped text, of which no more is held than can begin the string.
struct Window<'a> {
    finder: &'a Finder<'static>,
    octets: Vec<u8>,
}

impl Window<'_> {
    /// Adds text. Whether the string was found meanwhile.
    fn push(&mut self, text: &str) -> bool {
        let reach = self.finder.needle().len();
        // As much again as is kept, so that no octet is looked at more than twice.
        let most = reach.saturating_add(PIECE.max(reach));
        for character in text.chars() {
            push(character, &mut self.octets);
            if self.octets.len() >= most {
                if self.is_found() {
                    return true;
                }
                let kept = reach.saturating_sub(1);
                self.octets.drain(..self.octets.len().saturating_sub(kept));
            }
        }
        false
    }

    fn is_found(&self) -> bool {
        self.finder.find(&self.octets).is_some()
    }
}

fn finder(octets: &[u8]) -> Box<Finder<'static>> {
    Box::new(Finder::new(octets).into_owned())
}

fn push(character: char, out: &mut Vec<u8>) {
    map(character, |one| out.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes()));
}

/// Where the first octet stands that is not ASCII, or the end.
fn first_beyond(text: &[u8]) -> usize {
    const BLOCK: usize = 64;
    let blocks = text.chunks(BLOCK).take_while(|block| block.is_ascii()).count();
    let from = blocks.saturating_mul(BLOCK).min(text.len());
    let rest = text.get(from..).unwrap_or_default();
    let more = rest.iter().position(|octet| !octet.is_ascii()).unwrap_or(rest.len());
    from.saturating_add(more)
}

impl fmt::Debug for Substring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Mapped characters are whole, so nothing is lost.
        let mapped = alloc::string::String::from_utf8_lossy(self.mapped.needle());
        f.debug_tuple("Substring").field(&mapped).finish()
    }
}
