//! THREAD, piece by piece and without recursion.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::scan::ScanError;
use crate::quirks::{Quirk, Quirks};
use crate::value::{Thread, ThreadNode};

/// Reads what stands behind `THREAD`, in pieces that are cut anywhere.
///
/// ```text
/// thread-data    = "THREAD" [SP 1*thread-list]
/// thread-list    = "(" (thread-members / thread-nested) ")"
/// thread-members = nz-number *(SP nz-number) [SP thread-nested]
/// thread-nested  = 2*thread-list
/// ```
///
/// RFC 5256 §5. "There is no limit to the nesting of threads" (§4): what bounds it here is that each
/// list that is open has cost a place.
#[derive(Debug)]
pub(crate) struct ThreadScan {
    nodes: Vec<ThreadNode>,
    /// How many places are taken.
    most: usize,
    open: Vec<Open>,
    /// How deep the next place is.
    depth: u32,
    state: State,
    met: Quirks,
}

/// A list that is open.
#[derive(Debug)]
struct Open {
    /// How deep its lists are.
    depth: u32,
    /// How many lists are in it.
    lists: u32,
}

/// What was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing.
    Start,
    /// The blank before the first list.
    First,
    /// The end of an outermost list.
    Between,
    /// `(`
    Opened,
    /// Digits of a number.
    Digits(u64),
    /// The blank behind a number.
    Spaced,
    /// The end of a list in a list.
    Nested,
}

impl ThreadScan {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            nodes: Vec::new(),
            most,
            open: Vec::new(),
            depth: 0,
            state: State::Start,
            met: Quirks::strict(),
        }
    }

    /// Takes a piece and tells how many of its octets belong to the threads: fewer than all, and
    /// they have ended there.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Result<usize, ScanError> {
        let mut taken = 0_usize;
        for &octet in piece {
            if !self.octet(octet)? {
                break;
            }
            taken = taken.saturating_add(1);
        }
        Ok(taken)
    }

    /// Ends the threads, and tells what must be forgiven: [`Quirk::Blank`], [`Quirk::Members`] for
    /// a list of one list, and [`Quirk::EmptyList`].
    pub(crate) fn finish(mut self) -> Result<(Thread, Quirks), ScanError> {
        if !self.open.is_empty() {
            return Err(ScanError::Malformed);
        }
        if self.state == State::First {
            self.met = self.met.with(Quirk::Blank);
        }
        let sound = !self.met.contains(Quirk::Members) && !self.met.contains(Quirk::EmptyList);
        let thread = if sound { Thread::read(self.nodes) } else { Thread::pruned(self.nodes) };
        Ok((thread, self.met))
    }

    /// One octet; whether it belongs to the threads.
    fn octet(&mut self, octet: u8) -> Result<bool, ScanError> {
        if let (State::Digits(sum), b'0'..=b'9') = (self.state, octet) {
            let sum = sum.saturating_mul(10).saturating_add(octet.wrapping_sub(b'0').into());
            self.state = State::Digits(sum);
            return Ok(true);
        }
        if let State::Digits(sum) = self.state {
            let number = u32::try_from(sum).ok().and_then(NonZeroU32::new);
            self.place(Some(number.ok_or(ScanError::Malformed)?))?;
        }
        self.state = match (self.state, octet) {
            (State::Start, b' ') => State::First,
            (State::First | State::Between, b'(') => self.opens(),
            (State::Opened | State::Nested, b'(') => {
                if self.state == State::Opened {
                    // Nothing stands before the lists: the message that they answer is missing.
                    self.place(None)?;
                }
                self.opens()
            }
            (State::Spaced, b'(') => self.opens(),
            (State::Opened | State::Spaced, b'0'..=b'9') => {
                State::Digits(octet.wrapping_sub(b'0').into())
            }
            (State::Digits(_), b' ') => State::Spaced,
            (State::Digits(_) | State::Nested, b')') => self.closes(None),
            (State::Opened, b')') => self.closes(Some(Quirk::EmptyList)),
            (State::Spaced, b')') => self.closes(Some(Quirk::Blank)),
            (State::Start, _) => return Ok(false),
            (_, b' ') => {
                self.met = self.met.with(Quirk::Blank);
                self.state
            }
            _ if self.open.is_empty() => return Ok(false),
            _ => return Err(ScanError::Malformed),
        };
        Ok(true)
    }

    fn place(&mut self, number: Option<NonZeroU32>) -> Result<(), ScanError> {
        if self.nodes.len() >= self.most {
            return Err(ScanError::TooMany);
        }
        self.nodes.push(ThreadNode { depth: self.depth, number });
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    fn opens(&mut self) -> State {
        if let Some(outer) = self.open.last_mut() {
            if outer.lists == 0 {
                outer.depth = self.depth;
            }
            outer.lists = outer.lists.saturating_add(1);
        }
        self.open.push(Open { depth: self.depth, lists: 0 });
        State::Opened
    }

    fn closes(&mut self, quirk: Option<Quirk>) -> State {
        if let Some(quirk) = quirk {
            self.met = self.met.with(quirk);
        }
        if self.open.pop().is_some_and(|list| list.lists == 1) {
            self.met = self.met.with(Quirk::Members);
        }
        // What follows is an answer to the same message as the list that has ended.
        self.depth = self.open.last().map_or(0, |outer| outer.depth);
        if self.open.is_empty() { State::Between } else { State::Nested }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn scan(pieces: &[&[u8]]) -> Result<(Vec<(u32, u32)>, Quirks), ScanError> {
        let mut scan = ThreadScan::new(100);
        for piece in pieces {
            if scan.feed(piece)? < piece.len() {
                break;
            }
        }
        let (thread, met) = scan.finish()?;
        let number = |node: &ThreadNode| node.number.map_or(0, NonZeroU32::get);
        Ok((thread.nodes().iter().map(|node| (node.depth, number(node))).collect(), met))
    }

    #[test]
    fn cutting_threads_anywhere_changes_nothing() {
        let line = b" (2)(3 6 (4 23)(44 7 96))((170)(179))(188 (184)((189)(190)))\r\n";
        let whole = scan(&[line]).unwrap();
        assert_eq!(
            whole.0,
            [
                (0, 2),
                (0, 3),
                (1, 6),
                (2, 4),
                (3, 23),
                (2, 44),
                (3, 7),
                (4, 96),
                (0, 0),
                (1, 170),
                (1, 179),
                (0, 188),
                (1, 184),
                (1, 0),
                (2, 189),
                (2, 190)
            ]
        );
        assert!(whole.1.is_empty());
        for at in 0..=line.len() {
            let (one, two) = line.split_at(at);
            assert_eq!(scan(&[one, two]).unwrap(), whole);
        }
        assert_eq!(scan(&line.chunks(1).collect::<Vec<_>>()).unwrap(), whole);
    }

    #[test]
    fn what_is_out_of_order_is_noted_or_refused() {
        let none = Quirks::strict();
        for (text, places, met) in [
            ("", &[][..], none),
            (" ", &[], none.with(Quirk::Blank)),
            ("  ( 1  2 (3)  (4) ) (5) ", &[(0, 1), (1, 2), (2, 3), (2, 4), (0, 5)], {
                none.with(Quirk::Blank)
            }),
            (" ((3))", &[(0, 3)], none.with(Quirk::Members)),
            (" (1 (2))", &[(0, 1), (1, 2)], none.with(Quirk::Members)),
            (" ()", &[], none.with(Quirk::EmptyList)),
            (" (() (3))", &[(0, 3)], { none.with(Quirk::EmptyList).with(Quirk::Blank) }),
        ] {
            assert_eq!(scan(&[text.as_bytes()]), Ok((places.to_vec(), met)), "{text}");
        }
        for text in [" (", " (1", " (1 (2)(3)", " (0)", " (1(2)(3))", " (1 (2) 3)", " (4294967296)"]
        {
            assert_eq!(scan(&[text.as_bytes()]), Err(ScanError::Malformed), "{text}");
        }
        assert_eq!(ThreadScan::new(2).feed(b" (1 2 3)"), Err(ScanError::TooMany));
        assert_eq!(ThreadScan::new(9).feed(b" (1))"), Ok(4));
    }
}
