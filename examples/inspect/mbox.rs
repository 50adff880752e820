//! Mailboxes in one file (RFC 4155): mails behind `From ` lines.

use memchr::memmem;

/// The mails of a file: one behind each `From ` line, or the whole file where it begins with none.
///
/// A `From ` line names a sender of one word, mostly tells a time, and is followed by a field; without
/// a time it stands behind an empty line, too. Other lines that begin so belong to a text. The empty
/// line before one is not of the mail, the line itself is of none. Quoting (`>From `) is left as it
/// stands: not all writers do it, and undoing what was not done would change the mail.
pub(crate) fn mails(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_mbox = from_line(file).is_some();
    let mut at = Some(if is_mbox { behind_line(file, 0) } else { 0 });
    std::iter::from_fn(move || {
        let start = at?;
        let next = is_mbox.then(|| next_from_line(file, start)).flatten();
        at = next.map(|line| behind_line(file, line));
        Some(match next {
            Some(line) => without_empty_line(&file[start..line]),
            None => &file[start..],
        })
    })
}

/// How sure it is that a line is a `From ` line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FromLine {
    /// It tells a time, or its sender is the `-` of Netscape.
    Sure,
    /// It is one word.
    Likely,
}

fn next_from_line(file: &[u8], start: usize) -> Option<usize> {
    let first = file[start..].starts_with(b"From ").then_some(start);
    let later = memmem::find_iter(&file[start..], b"\nFrom ").map(|lf| start + lf + 1);
    let mut lines = first.into_iter().chain(later);
    lines.find(|&line| {
        let before = &file[start..line];
        match from_line(&file[line..]) {
            Some(FromLine::Sure) => true,
            Some(FromLine::Likely) => before.ends_with(b"\n\n") || before.ends_with(b"\n\r\n"),
            None => false,
        }
    })
}

/// `From sender Www Mmm dd hh:mm:ss yyyy`, sometimes with a zone, and then a field.
fn from_line(text: &[u8]) -> Option<FromLine> {
    const MONTHS: [&[u8]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    // The byte order mark of an editor.
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let end = behind_line(text, 0);
    let rest = text[..end].strip_prefix(b"From ")?;
    if end < text.len() && !is_field(&text[end..]) {
        return None;
    }
    let words = || rest.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let month = words().any(|word| MONTHS.contains(&word));
    let time = words().any(|word| {
        let digits = |part: &[u8]| part.len() <= 2 && part.iter().all(u8::is_ascii_digit);
        let colons = word.iter().filter(|&&octet| octet == b':').count();
        (1..=2).contains(&colons) && word.split(|&octet| octet == b':').all(digits)
    });
    match words().collect::<Vec<_>>()[..] {
        [b"-"] => Some(FromLine::Sure),
        [_] => Some(FromLine::Likely),
        _ if month && time => Some(FromLine::Sure),
        _ => None,
    }
}

/// `field-name ":"` (RFC 5322 §2.2), or a `>From ` line that an older mailbox left there.
fn is_field(text: &[u8]) -> bool {
    let name = text.iter().take_while(|octet| matches!(octet, 33..=57 | 59..=126)).count();
    (name > 0 && text.get(name) == Some(&b':')) || text.starts_with(b">From ")
}

fn behind_line(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |lf| at + lf + 1)
}

fn without_empty_line(mail: &[u8]) -> &[u8] {
    let shorter = mail.strip_suffix(b"\n").map(|mail| mail.strip_suffix(b"\r").unwrap_or(mail));
    shorter.filter(|mail| mail.is_empty() || mail.ends_with(b"\n")).unwrap_or(mail)
}
