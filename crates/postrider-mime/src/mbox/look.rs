//! What stands at the start of a line: where a mail ends, or a `>` was put.

use super::{
    Format,
    from_line::{FROM, Separator, separator},
};

/// What stands at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Undecided,
    /// The next mail: octets of the empty line, and of the `From ` line behind it.
    Mail(usize, usize),
    /// The end of the mailbox, behind an empty line of so many octets.
    End(usize),
    /// An empty line.
    Empty(usize),
    /// `>`s, of which the last one may have been put there.
    Quotes(usize),
    /// The `>` that was put there.
    Quote,
    Plain,
}

impl Look {
    /// What stands at the start of a line.
    pub(super) fn at(format: Format, octets: &[u8], after_empty: bool, last: bool) -> Self {
        let found = |empty, found, otherwise| match found {
            Separator::Undecided => Self::Undecided,
            Separator::Line(line) => Self::Mail(empty, line),
            Separator::No => otherwise,
        };
        match octets.first() {
            None if last => Self::End(0),
            None => Self::Undecided,
            Some(b'F') => found(0, separator(octets, after_empty, last), Self::Plain),
            Some(b'>') if format.is_quoted() => Self::quotes(format, octets, last),
            Some(_) => match empty_line(octets, last) {
                None => Self::Undecided,
                Some(0) => Self::Plain,
                Some(empty) => match octets.get(empty..).unwrap_or_default() {
                    [] if last => Self::End(empty),
                    [] => Self::Undecided,
                    rest => found(empty, separator(rest, true, last), Self::Empty(empty)),
                },
            },
        }
    }

    /// `>`s at the start of a line, or behind others there. Of those before `From ` the last one is
    /// taken for the one that was put there, which makes no difference.
    pub(super) fn quotes(format: Format, octets: &[u8], last: bool) -> Self {
        let quotes = octets.iter().take_while(|&&octet| octet == b'>').count();
        match (quotes, format) {
            (0, _) => Self::Plain,
            (1, _) => match octets.get(1..).unwrap_or_default() {
                rest if rest.starts_with(FROM) => Self::Quote,
                rest if FROM.starts_with(rest) && !last => Self::Undecided,
                _ => Self::Plain,
            },
            (_, Format::Mboxrd) => Self::Quotes(quotes.saturating_sub(1)),
            _ => Self::Plain,
        }
    }
}

/// Octets of the empty line that stands here, 0 where there is none; `None` where it is undecided.
pub(super) fn empty_line(octets: &[u8], last: bool) -> Option<usize> {
    match octets {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        [] | [b'\r'] if !last => None,
        _ => Some(0),
    }
}
