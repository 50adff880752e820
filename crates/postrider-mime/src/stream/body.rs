//! Bodies, preambles and epilogues as they come, and the delimiters between them.

use super::{Delimiter, Event, Octets, Parser, State, Step};
use crate::{
    code,
    structure::{self, Found, next_delimiter},
};

impl Parser {
    /// Tells all octets up to the next delimiter, or as many as can begin none.
    pub(super) fn body(
        &mut self,
        octets: &[u8],
        line_start: bool,
        last: bool,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        match next_delimiter(octets, line_start, last, &self.nesting) {
            Found::Undecided(told) => {
                self.place(octets.get(..told).unwrap_or_default(), tell);
                self.state = State::Body { line_start: line_start && told == 0 };
                Step::Wait(told)
            }
            Found::Delimiter(found) => {
                self.place(octets.get(..found.start).unwrap_or_default(), tell);
                self.delimiter(octets, &found, tell);
                Step::On(found.end)
            }
        }
    }

    /// Tells octets between delimiters: where they lie depends on the innermost part.
    fn place(&mut self, raw: &[u8], tell: &mut impl FnMut(Event<'_>)) {
        if raw.is_empty() {
            return;
        }
        let octets = Octets::new(self.offset, raw);
        if self.nesting.is_in_leaf() {
            self.content(octets, tell);
        } else if self.nesting.innermost().is_some_and(|level| level.is_closed) {
            tell(Event::Epilogue(octets));
        } else {
            tell(Event::Preamble(octets));
        }
    }

    fn delimiter(
        &mut self,
        octets: &[u8],
        found: &structure::Delimiter,
        tell: &mut impl FnMut(Event<'_>),
    ) {
        let start = self.at(found.start);
        self.leave_down_to(found.level.saturating_add(1), start, tell);
        let raw = octets.get(found.start..found.end).unwrap_or_default();
        let is_closing = found.closing;
        tell(Event::Delimiter(Delimiter { octets: Octets::new(start, raw), is_closing }));
        self.state = if is_closing {
            self.nesting.close(found.level);
            State::Body { line_start: true }
        } else if self.nesting.parts() >= self.limits.parts {
            let (line, end) = (self.at(found.line), self.at(found.end));
            self.defect(&code::TOO_MANY_PARTS, line, end, tell);
            State::Remainder
        } else {
            let in_digest = self.nesting.innermost().is_some_and(|level| level.is_digest);
            State::Begin { in_digest }
        };
    }
}
