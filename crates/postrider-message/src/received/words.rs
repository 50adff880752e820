//! The words of a comment, without a search for each separator.

use super::tcp::after;

/// `text` cut at blanks, commas and parentheses; nothing is between two of them.
#[derive(Clone)]
pub(super) struct Words<'r> {
    rest: &'r str,
    /// Words that may still come.
    room: usize,
}

impl<'r> Words<'r> {
    /// The first `room` words.
    pub(super) const fn of(text: &'r str, room: usize) -> Self {
        Self { rest: text, room }
    }

    /// Whether the next word is this one, in any case.
    pub(super) fn is_next(&self, word: &str) -> bool {
        let rest = self.rest.trim_start_matches(|c: char| u8::try_from(c).is_ok_and(separates));
        let same = after(rest, word);
        self.room > 0 && same.is_some_and(|rest| rest.bytes().next().is_none_or(separates))
    }
}

#[expect(clippy::indexing_slicing, reason = "at build time")]
static SEPARATORS: [bool; 256] = {
    let mut separators = [false; 256];
    separators[b' ' as usize] = true;
    separators[b',' as usize] = true;
    separators[b'(' as usize] = true;
    separators[b')' as usize] = true;
    separators
};

#[expect(clippy::indexing_slicing, reason = "there is one for each octet")]
fn separates(octet: u8) -> bool {
    SEPARATORS[usize::from(octet)]
}

impl<'r> Iterator for Words<'r> {
    type Item = &'r str;

    fn next(&mut self) -> Option<&'r str> {
        self.room = self.room.checked_sub(1)?;
        let octets = self.rest.as_bytes();
        let start = octets.iter().position(|&octet| !separates(octet))?;
        let word = octets.get(start..)?.iter().position(|&octet| separates(octet));
        let end = word.map_or(octets.len(), |length| start.saturating_add(length));
        // Separators are ASCII: both are borders of characters.
        let word = self.rest.get(start..end)?;
        self.rest = self.rest.get(end..)?;
        Some(word)
    }
}
