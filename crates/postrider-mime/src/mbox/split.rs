//! A mailbox in memory: one mail after the other.

use alloc::{borrow::Cow, vec::Vec};
use core::ops::Range;

use super::{
    Event, Format, FromLine,
    scanner::{Scanner, Step},
};
use crate::stream::Defect;

/// One mail of a mailbox in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry<'a> {
    /// The line before it; `None` where the mailbox begins without one.
    pub from_line: Option<FromLine<'a>>,
    /// Where it lies in the mailbox, without the `From ` line and the empty line behind it.
    pub range: Range<usize>,
    /// The mail as it stands in the mailbox.
    pub raw: &'a [u8],
    /// The mail without what was put before lines; copied only where something was.
    pub octets: Cow<'a, [u8]>,
    /// What is wrong with how it stands in the mailbox.
    pub defects: Vec<Defect>,
}

/// The mails of a mailbox, as [`split`] finds them.
#[derive(Debug)]
pub struct Mails<'a> {
    mailbox: &'a [u8],
    scanner: Scanner,
    at: usize,
    /// The mail whose end was not seen yet.
    open: Option<Open<'a>>,
    defects: Vec<Defect>,
}

/// A mail whose end was not seen yet.
#[derive(Debug)]
struct Open<'a> {
    from_line: Option<FromLine<'a>>,
    start: usize,
    /// Ends of the pieces between what was put before lines, and where each next piece starts.
    quotes: Vec<usize>,
}

/// The mails of a mailbox in memory: those that [`Reader`](super::Reader) tells where its look
/// ahead has no bound.
///
/// ```
/// use postrider_mime::mbox::{Format, split};
///
/// let mailbox = b"From joe@a.example Thu Jan  1 00:00:00 1970\nSubject: 1\n\n>From me\n\n\
///     From ann@a.example Thu Jan  1 00:00:00 1970\nSubject: 2\n\nHello\n\n";
/// let mails: Vec<_> = split(mailbox, Format::Mboxrd).collect();
/// assert_eq!(mails[0].octets.as_ref(), b"Subject: 1\n\nFrom me\n");
/// assert_eq!(mails[1].octets.as_ref(), b"Subject: 2\n\nHello\n");
/// assert_eq!(mails[1].from_line.unwrap().sender(), b"ann@a.example");
/// ```
pub const fn split(mailbox: &[u8], format: Format) -> Mails<'_> {
    let scanner = Scanner::new(format, usize::MAX);
    Mails { mailbox, scanner, at: 0, open: None, defects: Vec::new() }
}

impl<'a> Iterator for Mails<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let mailbox = self.mailbox;
        while !self.scanner.is_done() {
            let rest = mailbox.get(self.at..).unwrap_or_default();
            let (mut ended, open, defects) = (None, &mut self.open, &mut self.defects);
            let mut tell = |event: Event<'_>| match event {
                Event::Begin(begin) => {
                    let range = range(begin.octets.offset, begin.octets.raw.len());
                    let start = range.end;
                    let line = mailbox.get(range).filter(|line| !line.is_empty());
                    let from_line = line.map(FromLine::new);
                    *open = Some(Open { from_line, start, quotes: Vec::new() });
                }
                Event::Quote(quote) => {
                    if let Some(open) = open {
                        open.quotes.push(range(quote.offset, 0).start);
                    }
                }
                Event::End(end) => {
                    let end = range(end.offset, 0).start;
                    let defects = core::mem::take(defects);
                    ended = open.take().map(|open| open.end(mailbox, end, defects));
                }
                Event::Defect(defect) => defects.push(defect),
                Event::Octets(_) | Event::Outside(_) => {}
            };
            match self.scanner.step(rest, true, &mut tell) {
                Step::On(told) => self.at = self.at.saturating_add(told),
                Step::Wait(_) => return ended,
            }
            if ended.is_some() {
                return ended;
            }
        }
        None
    }
}

impl<'a> Open<'a> {
    fn end(self, mailbox: &'a [u8], end: usize, defects: Vec<Defect>) -> Entry<'a> {
        let range = self.start..end;
        let raw = mailbox.get(range.clone()).unwrap_or_default();
        let octets = if self.quotes.is_empty() {
            Cow::Borrowed(raw)
        } else {
            let mut octets = Vec::with_capacity(raw.len());
            let mut start = self.start;
            for quote in self.quotes {
                octets.extend_from_slice(mailbox.get(start..quote).unwrap_or_default());
                start = quote.saturating_add(1);
            }
            octets.extend_from_slice(mailbox.get(start..end).unwrap_or_default());
            Cow::Owned(octets)
        };
        Entry { from_line: self.from_line, range, raw, octets, defects }
    }
}

/// A place in a slice, whose length fits.
fn range(offset: u64, length: usize) -> Range<usize> {
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    start..start.saturating_add(length)
}
