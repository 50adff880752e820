//! Units: commands and responses as octets, with their literals.

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

/// One command or response with its line end, and where it was printed or recorded.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) place: String,
    pub(crate) side: Side,
    pub(crate) octets: Vec<u8>,
}

impl Unit {
    /// The unit in one cell of a table: short, and without what would end the cell.
    pub(crate) fn shown(&self) -> String {
        let text = self.octets.trim_ascii_end().escape_ascii().to_string();
        let text = text.replace('|', "\\x7c").replace('`', "\\x60");
        match text.char_indices().nth(72) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text,
        }
    }

    /// The words in front, in capitals.
    pub(crate) fn words(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.octets).to_ascii_uppercase();
        text.split([' ', '\r', '\n', '(', '[', '{']).take(4).map(str::to_owned).collect()
    }

    /// What it is by its name on the wire: the status of a status response, `+`, the name of other
    /// responses, the name of a command.
    pub(crate) fn name(&self) -> String {
        let words = self.words();
        let word = |n: usize| words.get(n).cloned().unwrap_or_default();
        match self.side {
            Side::Client if word(1) == "UID" => word(2),
            Side::Client => word(1),
            Side::Server if word(0).starts_with('+') => "+".to_owned(),
            Side::Server if word(1).parse::<u64>().is_ok() => word(2),
            Side::Server => word(1),
        }
    }
}

/// The size of the literal that is announced at the end of this line, and whether literals may stand
/// in it at all: text that people read has none.
pub(crate) fn literal_behind(line: &[u8]) -> Option<usize> {
    let inner = line.strip_suffix(b"}")?;
    let inner = inner.strip_suffix(b"+").unwrap_or(inner);
    let from = inner.iter().rposition(|&octet| octet == b'{')?;
    std::str::from_utf8(&inner[from + 1..]).ok()?.parse().ok()
}

/// Whether a line is a status or a continuation, whose text may end in what looks like a literal.
pub(crate) fn is_text(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ');
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default().to_ascii_uppercase();
    first.starts_with('+') || ["OK", "NO", "BAD", "BYE", "PREAUTH"].contains(&&*second)
}

/// What a server said, cut into its responses by the sizes of its literals alone.
pub(crate) fn responses(place: &str, octets: &[u8]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(len) = octets[at..].iter().position(|&octet| octet == b'\n') {
        let line = &octets[at..at + len];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        at += len + 1;
        if let Some(size) = literal_behind(line).filter(|_| !is_text(line)) {
            at += size;
            continue;
        }
        let unit = octets[from..at].to_vec();
        units.push(Unit { place: place.to_owned(), side: Side::Server, octets: unit });
        from = at;
    }
    assert_eq!(from, octets.len(), "{place} ends with a line end");
    units
}
