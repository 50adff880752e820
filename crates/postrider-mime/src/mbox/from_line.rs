//! The line that separates mails, and how it is told from a line of text.

use alloc::vec::Vec;

use memchr::memchr;
use postrider_message::{DateTime, FieldValue, RawValue};

/// `From `, a sender, and mostly a time (RFC 4155 Appendix A).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromLine<'a> {
    raw: &'a [u8],
}

impl<'a> FromLine<'a> {
    pub(super) const fn new(raw: &'a [u8]) -> Self {
        Self { raw }
    }

    /// The line as it stands, its line end included.
    pub const fn raw(self) -> &'a [u8] {
        self.raw
    }

    /// The sender: mostly an address without angle brackets, `-` where Netscape or Thunderbird
    /// wrote the line. A sender of several words is told whole.
    pub fn sender(self) -> &'a [u8] {
        let rest = self.rest();
        rest.get(..time_start(rest)).unwrap_or(rest).trim_ascii()
    }

    /// When the message was received. RFC 4155 Appendix A asks for UTC in the form of `ctime`; any
    /// form that [`DateTime`] reads is told, those with a zone too. `None` where there is no time.
    pub fn date(self) -> Option<DateTime> {
        let rest = self.rest();
        let time = rest.get(time_start(rest)..).unwrap_or_default().trim_ascii();
        // What is read of `Sat Jan  3 01:05:34 1996 remote from uunet` is the time.
        let remote = memchr::memmem::find(time, b" remote from ");
        let time = remote.and_then(|at| time.get(..at)).unwrap_or(time);
        Option::<DateTime>::read(RawValue::new(time)).value
    }

    /// What stands behind `From `.
    fn rest(self) -> &'a [u8] {
        self.raw.strip_prefix(FROM).unwrap_or(self.raw).trim_ascii_end()
    }
}

pub(super) const FROM: &[u8] = b"From ";

const DAY_NAMES: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

/// Octets of the longest line that is looked at as a whole: 998, and CRLF (RFC 5322 §2.1.1).
pub(super) const LINE: usize = 1000;

/// Octets by which it is decided what begins at a line: an empty line, a `From ` line, and the line
/// behind it.
pub(super) const LOOK: usize = 2 + 2 * LINE;

/// Whether a `From ` line stands at the start of these octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    No,
    /// More octets are needed to say.
    Undecided,
    /// It has so many octets.
    Line(usize),
}

/// What a line that begins with `From ` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// A sender, and a time as `ctime` writes it, perhaps with a zone.
    Ctime,
    /// A month and a time of day.
    Time,
    /// The `-` of Netscape.
    Dash,
    /// One word.
    Word,
    Other,
}

/// Looks for a `From ` line at the start of a line.
pub(super) fn separator(octets: &[u8], after_empty: bool, last: bool) -> Separator {
    if !octets.starts_with(FROM) {
        let more = !last && FROM.starts_with(octets);
        return if more { Separator::Undecided } else { Separator::No };
    }
    let line = match memchr(b'\n', octets.get(..LINE).unwrap_or(octets)) {
        Some(end) => end.saturating_add(1),
        None if octets.len() >= LINE => return Separator::No,
        None if last => octets.len(),
        None => return Separator::Undecided,
    };
    let (text, behind) = octets.split_at_checked(line).unwrap_or((octets, &[]));
    match (says(text), after_empty) {
        (Says::Ctime, true) => Separator::Line(line),
        (Says::Ctime | Says::Time | Says::Dash, _) | (Says::Word, true) => {
            match begins_fields(behind, last) {
                Some(true) => Separator::Line(line),
                Some(false) => Separator::No,
                None => Separator::Undecided,
            }
        }
        _ => Separator::No,
    }
}

fn says(line: &[u8]) -> Says {
    let rest = line.strip_prefix(FROM).unwrap_or(line);
    let words = || rest.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let has = |is: fn(&[u8]) -> bool| words().skip(1).any(is);
    match (words().next(), words().nth(1)) {
        // The obsolete form of the field (RFC 5322 §4.5.2).
        (Some([b':', ..]), _) => Says::Other,
        (Some(b"-"), None) => Says::Dash,
        (Some(_), None) => Says::Word,
        _ if !(has(is_month) && has(is_time)) => Says::Other,
        _ if has(is_day_name) && has(is_year) => Says::Ctime,
        _ => Says::Time,
    }
}

fn is_day_name(word: &[u8]) -> bool {
    DAY_NAMES.iter().any(|day| word == *day)
}

fn is_year(word: &[u8]) -> bool {
    word.len() == 4 && word.iter().all(u8::is_ascii_digit)
}

fn is_month(word: &[u8]) -> bool {
    const MONTHS: [&[u8; 3]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    MONTHS.iter().any(|month| word == *month)
}

/// `hh:mm` or `hh:mm:ss`
fn is_time(word: &[u8]) -> bool {
    let numbers: Vec<&[u8]> = word.splitn(4, |&octet| octet == b':').collect();
    let is_number =
        |part: &&[u8]| matches!(part.len(), 1..=2) && part.iter().all(u8::is_ascii_digit);
    (2..=3).contains(&numbers.len()) && numbers.iter().all(is_number)
}

/// Where the time begins in what stands behind `From `: at a weekday, else behind the first word.
fn time_start(rest: &[u8]) -> usize {
    let start = rest.iter().position(|octet| !octet.is_ascii_whitespace()).unwrap_or_default();
    let mut at = 0_usize;
    let mut behind_first = rest.len();
    for word in rest.split(u8::is_ascii_whitespace) {
        if at > start {
            let bare = word.strip_suffix(b",").unwrap_or(word);
            if is_day_name(bare) {
                return at;
            }
            behind_first = behind_first.min(at);
        }
        at = at.saturating_add(word.len()).saturating_add(1);
    }
    behind_first
}

/// Whether a header section stands here: `field-name ":"` (RFC 5322 §2.2), the `>From ` line that
/// an older mailbox left there, or nothing more.
fn begins_fields(octets: &[u8], last: bool) -> Option<bool> {
    const OLD: &[u8] = b">From ";
    let name =
        octets.iter().take(LINE).take_while(|octet| matches!(octet, 33..=57 | 59..=126)).count();
    match octets.get(name) {
        _ if name >= LINE => Some(false),
        Some(b':') => Some(name > 0),
        Some(_) => Some(octets.starts_with(OLD)),
        None if last => Some(octets.is_empty()),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{FromLine, Separator, separator};

    #[test]
    fn a_time_or_an_empty_line_and_a_field_make_a_line_a_separator() {
        let is = |octets: &str, after_empty| {
            matches!(separator(octets.as_bytes(), after_empty, true), Separator::Line(_))
        };
        for (octets, after_empty, elsewhere) in [
            // RFC 4155 Appendix A, with a body that has no header section.
            ("From a@b.example Thu Jan  1 00:00:00 1970\nhello", true, false),
            ("From a@b.example Thu Jan  1 00:00:00 1970\nA: b", true, true),
            ("From a@b.example Thu Jan  1 00:00 MET 1970\nA: b", true, true),
            ("From - \nA: b", true, true),
            ("From -\r\nA: b", true, true),
            ("From - \nhello", false, false),
            ("From a@b.example\nA: b", true, false),
            ("From a@b.example\n>From c", true, false),
            ("From a@b.example\n", true, false),
            ("From here\non", false, false),
            ("From Russia with love\nYear: 1963", false, false),
            ("From May at 10:30 on\n", false, false),
            ("From me on May 3 at 10:30\nhello", false, false),
            ("From a@b.example 3 May 1970 10:30\nA: b", true, true),
            ("From:\n", false, false),
            ("From :\n a@b.example\nTo: c", false, false),
            ("from a@b.example Thu Jan  1 00:00:00 1970\nA: b", false, false),
        ] {
            assert_eq!(
                (is(octets, true), is(octets, false)),
                (after_empty, elsewhere),
                "{octets:?}"
            );
        }
    }

    #[test]
    fn sender_and_time_are_told_of_lines_that_programs_write() {
        for (line, sender, date) in [
            ("From a@b.example Thu Jan  1 00:00:01 1970\n", "a@b.example", Some(1)),
            ("From a@b.example Thu Jan 01 00:00:01 +0000 1970\r\n", "a@b.example", Some(1)),
            ("From a@b.example  Thu, 1 Jan 1970 01:00:01 +0100\n", "a@b.example", Some(1)),
            ("From - \n", "-", None),
            ("From joe user Thu Jan  1 00:00:01 1970\n", "joe user", Some(1)),
            ("From a!b Thu Jan  1 00:00:01 1970 remote from c\n", "a!b", Some(1)),
            ("From \n", "", None),
        ] {
            let line = FromLine::new(line.as_bytes());
            assert_eq!(line.sender(), sender.as_bytes());
            assert_eq!(line.date().map(|date| date.unix()), date, "{sender}");
        }
    }
}
