//! Bodies whose end a `Content-Length` announces, and whether it is believed.

use super::{Line, Scanner, Step};
use crate::{
    code,
    mbox::{Event, from_line::LOOK, look::Look},
};

/// What a `Content-Length` says of the rest of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) left: u64,
    /// A mail or the end of the mailbox follows there, or it lies too far ahead to be looked at.
    pub(super) trusted: bool,
}

impl Scanner {
    /// The octets of a body, announced or not.
    pub(super) fn body(
        &mut self,
        octets: &[u8],
        last: bool,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        match self.announced {
            None => self.text(octets, last, tell),
            Some(Announced { left: 0, .. }) => self.announced_end(octets, last, tell),
            // Nothing is put before lines, so there is nothing to look for.
            Some(Announced { trusted: true, .. }) if !self.format.is_quoted() => {
                if octets.is_empty() {
                    return self.text(octets, last, tell);
                }
                self.line = match octets.get(..self.within(octets.len())) {
                    Some([.., b'\n']) => Line::Start { after_empty: false },
                    _ => Line::Within,
                };
                self.tell_mail(octets, octets.len(), tell)
            }
            Some(announced) => self.announced(octets, last, announced, tell),
        }
    }

    /// What is told where a body ends by its `Content-Length`.
    fn announced_end(
        &mut self,
        octets: &[u8],
        last: bool,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        let look = Look::at(self.format, octets, true, last);
        match look {
            Look::Undecided => Step::Wait(octets.len().saturating_add(1)),
            Look::Mail(empty, line) => {
                tell(Event::End(self.told(octets, empty)));
                self.begin(octets, empty, line, tell)
            }
            Look::End(empty) => self.end(octets, empty, tell),
            _ => {
                self.announced = None;
                self.defect(&code::CONTENT_LENGTH, 0, tell);
                Step::On(0)
            }
        }
    }

    /// What stands before the announced end. Where a mail seems to begin, it is looked whether one
    /// begins at that end.
    fn announced(
        &mut self,
        octets: &[u8],
        last: bool,
        announced: Announced,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        let (Line::Start { after_empty }, false) = (self.line, octets.is_empty()) else {
            return self.text(octets, last, tell);
        };
        let left = usize::try_from(announced.left).unwrap_or(usize::MAX);
        let look = match Look::at(self.format, octets, after_empty, last) {
            // The empty line is still of the body.
            Look::Mail(empty, _) | Look::End(empty) if left <= empty => Look::Empty(empty),
            Look::Mail(0, _) if announced.trusted => Look::Plain,
            Look::Mail(empty, _) if announced.trusted => Look::Empty(empty),
            look @ Look::Mail(empty, _) => match self.is_end(octets, left, last) {
                None => return Step::Wait(left.saturating_add(LOOK)),
                Some(true) => {
                    self.announced = Some(Announced { trusted: true, ..announced });
                    if empty > 0 { Look::Empty(empty) } else { Look::Plain }
                }
                Some(false) => {
                    self.announced = None;
                    self.defect(&code::CONTENT_LENGTH, 0, tell);
                    look
                }
            },
            look => look,
        };
        self.tell_line(octets, look, tell)
    }

    /// Whether a mail or the end of the mailbox is where a body is said to end.
    fn is_end(&self, octets: &[u8], left: usize, last: bool) -> Option<bool> {
        if left > self.lookahead {
            return Some(true);
        }
        if octets.len() < left.saturating_add(LOOK) && !last {
            return None;
        }
        let there = octets.get(left..).map(|rest| Look::at(self.format, rest, true, last));
        Some(matches!(there, Some(Look::Mail(..) | Look::End(_))))
    }

    /// So many octets, but none behind the announced end.
    pub(super) fn within(&self, octets: usize) -> usize {
        let left = self.announced.map(|announced| usize::try_from(announced.left));
        left.and_then(Result::ok).map_or(octets, |left| left.min(octets))
    }

    /// Counts octets of the mail towards its announced end.
    pub(super) fn count(&mut self, octets: usize) {
        if let Some(announced) = &mut self.announced {
            announced.left = announced.left.saturating_sub(octets as u64);
        }
    }
}
