//! Where mails begin and end: decided at the starts of lines, by a bounded look at what follows.

mod announced;

use memchr::memchr_iter;
use postrider_message::Code;

use self::announced::Announced;
use super::{
    Begin, Event, Format,
    from_line::{LINE, Separator, separator},
    length::{begins_length, content_length},
    look::{Look, empty_line},
};
use crate::{
    code,
    stream::{Defect, Octets},
};

/// How far a step came in the octets it was given.
pub(super) enum Step {
    /// So many were told, and what comes next may be looked at.
    On(usize),
    /// None were told, and nothing can be before there are at least so many.
    Wait(usize),
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The start of the mailbox.
    Mark,
    /// Before the first mail.
    Outside,
    /// The header section of a mail; only where it may tell the length of the body.
    Header,
    /// Anywhere in a mail.
    Body,
    /// Behind the last mail.
    Done,
}

/// Where in a line the next octet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Start {
        after_empty: bool,
    },
    /// Behind `>`s at the start of a line.
    Quotes,
    Within,
}

#[derive(Debug)]
pub(super) struct Scanner {
    format: Format,
    /// How far ahead an announced end is looked at.
    lookahead: usize,
    /// Octets that were told.
    offset: u64,
    place: Place,
    line: Line,
    /// The first `Content-Length` of the header section.
    length: Option<u64>,
    announced: Option<Announced>,
}

impl Scanner {
    pub(super) const fn new(format: Format, lookahead: usize) -> Self {
        Self {
            format,
            lookahead,
            offset: 0,
            place: Place::Mark,
            line: Line::Start { after_empty: true },
            length: None,
            announced: None,
        }
    }

    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn is_done(&self) -> bool {
        self.place == Place::Done
    }

    /// Tells what stands at the start of these octets, which begin at [`offset`](Self::offset).
    pub(super) fn step(
        &mut self,
        octets: &[u8],
        last: bool,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        let step = match self.place {
            Place::Mark => self.byte_order_mark(octets, last, tell),
            Place::Outside => self.outside(octets, last, tell),
            Place::Header => self.header(octets, last, tell),
            Place::Body => self.body(octets, last, tell),
            Place::Done => Step::Wait(1),
        };
        if let Step::On(told) = step {
            self.offset = self.offset.saturating_add(told as u64);
        }
        step
    }

    fn byte_order_mark(
        &mut self,
        octets: &[u8],
        last: bool,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        if !last && octets.len() < MARK.len() && MARK.starts_with(octets) {
            return Step::Wait(octets.len().saturating_add(1));
        }
        self.place = Place::Outside;
        if !octets.starts_with(MARK) {
            return Step::On(0);
        }
        tell(Event::Outside(self.told(octets, MARK.len())));
        Step::On(MARK.len())
    }

    fn outside(&mut self, octets: &[u8], last: bool, tell: &mut impl FnMut(Event<'_>)) -> Step {
        if octets.is_empty() && last {
            self.place = Place::Done;
            return Step::On(0);
        }
        match empty_line(octets, last) {
            None => return Step::Wait(octets.len().saturating_add(1)),
            Some(0) => {}
            Some(empty) => {
                tell(Event::Outside(self.told(octets, empty)));
                return Step::On(empty);
            }
        }
        match separator(octets, true, last) {
            Separator::Undecided => Step::Wait(octets.len().saturating_add(1)),
            Separator::Line(line) => self.begin(octets, 0, line, tell),
            Separator::No => {
                self.begin(octets, 0, 0, tell);
                self.defect(&code::NO_FROM_LINE, 0, tell);
                Step::On(0)
            }
        }
    }

    /// A mail begins behind so many octets and a line of so many.
    fn begin(
        &mut self,
        octets: &[u8],
        at: usize,
        line: usize,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        self.place = if self.format.has_length() { Place::Header } else { Place::Body };
        self.line = Line::Start { after_empty: false };
        (self.length, self.announced) = (None, None);
        let raw = octets.get(at..).and_then(|rest| rest.get(..line)).unwrap_or_default();
        tell(Event::Begin(Begin { octets: Octets::new(self.at(at), raw) }));
        Step::On(at.saturating_add(line))
    }

    /// A line of the header section: looks for `Content-Length` and for the end of the section.
    fn header(&mut self, octets: &[u8], last: bool, tell: &mut impl FnMut(Event<'_>)) -> Step {
        let Line::Start { .. } = self.line else { return self.text(octets, last, tell) };
        match (empty_line(octets, last), self.length) {
            (None, _) => return Step::Wait(octets.len().saturating_add(1)),
            (Some(0), _) => {}
            (Some(_), None) => {
                self.place = Place::Body;
                return Step::On(0);
            }
            (Some(empty), Some(left)) => {
                self.place = Place::Body;
                self.announced = Some(Announced { left, trusted: false });
                tell(Event::Octets(self.told(octets, empty)));
                self.line = Line::Start { after_empty: true };
                return Step::On(empty);
            }
        }
        if !begins_length(octets) {
            return self.text(octets, last, tell);
        }
        let line = octets.get(..LINE).unwrap_or(octets);
        match memchr::memchr(b'\n', line) {
            None if octets.len() < LINE && !last => {
                return Step::Wait(octets.len().saturating_add(1));
            }
            end => {
                let line = line.get(..end.unwrap_or(line.len())).unwrap_or(line);
                match (content_length(line), self.length) {
                    (Some(Some(length)), None) => self.length = Some(length),
                    (Some(told), first) if told.is_none() || told != first => {
                        self.defect(&code::CONTENT_LENGTH, line.len(), tell);
                    }
                    _ => {}
                }
            }
        }
        self.text(octets, last, tell)
    }

    fn text(&mut self, octets: &[u8], last: bool, tell: &mut impl FnMut(Event<'_>)) -> Step {
        let look = match self.line {
            _ if octets.is_empty() => {
                if last {
                    Look::End(0)
                } else {
                    Look::Undecided
                }
            }
            Line::Start { after_empty } => Look::at(self.format, octets, after_empty, last),
            Line::Quotes if octets.starts_with(b">") => Look::quotes(self.format, octets, last),
            Line::Quotes | Line::Within => Look::Plain,
        };
        self.tell_line(octets, look, tell)
    }

    /// Tells what was seen at the start of a line.
    fn tell_line(&mut self, octets: &[u8], look: Look, tell: &mut impl FnMut(Event<'_>)) -> Step {
        match look {
            Look::Undecided => Step::Wait(octets.len().saturating_add(1)),
            Look::Mail(empty, line) => {
                if empty == 0 {
                    self.defect(&code::NO_EMPTY_LINE, line, tell);
                }
                tell(Event::End(self.told(octets, empty)));
                self.begin(octets, empty, line, tell)
            }
            Look::End(empty) => {
                if self.announced.is_some() {
                    self.defect(&code::CONTENT_LENGTH, 0, tell);
                }
                self.end(octets, empty, tell)
            }
            Look::Empty(empty) => {
                self.line = Line::Start { after_empty: true };
                self.tell_mail(octets, empty, tell)
            }
            Look::Quotes(quotes) => {
                self.line = Line::Quotes;
                self.tell_mail(octets, quotes, tell)
            }
            Look::Quote => {
                self.line = Line::Within;
                self.count(1);
                tell(Event::Quote(self.told(octets, 1)));
                Step::On(1)
            }
            Look::Plain => {
                let end = self.within(self.next_line(octets));
                self.line = match octets.get(..end) {
                    Some([.., b'\n']) => Line::Start { after_empty: false },
                    _ => Line::Within,
                };
                self.tell_mail(octets, end, tell)
            }
        }
    }

    /// The next start of a line at which there may be something to tell, or the end of these
    /// octets.
    fn next_line(&self, octets: &[u8]) -> usize {
        for end in memchr_iter(b'\n', octets) {
            let next = end.saturating_add(1);
            match octets.get(next) {
                Some(b'F' | b'\r' | b'\n' | b'>') | None => return next,
                _ if self.place == Place::Header => return next,
                _ => {}
            }
        }
        octets.len()
    }

    fn tell_mail(&mut self, octets: &[u8], count: usize, tell: &mut impl FnMut(Event<'_>)) -> Step {
        let count = self.within(count);
        tell(Event::Octets(self.told(octets, count)));
        self.count(count);
        Step::On(count)
    }

    fn end(&mut self, octets: &[u8], empty: usize, tell: &mut impl FnMut(Event<'_>)) -> Step {
        self.place = Place::Done;
        tell(Event::End(self.told(octets, empty)));
        Step::On(empty)
    }

    fn told<'a>(&self, octets: &'a [u8], count: usize) -> Octets<'a> {
        Octets::new(self.offset, octets.get(..count).unwrap_or(octets))
    }

    const fn at(&self, octets: usize) -> u64 {
        self.offset.saturating_add(octets as u64)
    }

    /// Something is wrong with so many octets from here.
    fn defect(&self, code: &'static Code, octets: usize, tell: &mut impl FnMut(Event<'_>)) {
        tell(Event::Defect(Defect { code, start: self.offset, end: self.at(octets) }));
    }
}
