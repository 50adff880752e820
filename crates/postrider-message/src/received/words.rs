//! The words of a comment, without a search for each separator.

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
}

const fn separates(octet: u8) -> bool {
    matches!(octet, b' ' | b',' | b'(' | b')')
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
