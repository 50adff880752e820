//! Results that go past the limit of a unit: read piece by piece into ranges, without their line.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::SyntaxError;
use crate::response::Response;
use crate::syntax::scan::{NumberScan, ScanError};
use crate::syntax::threads::ThreadScan;
use crate::syntax::{self, Grammar};
use crate::value::{EsearchItem, EsearchResponse, UidSet};

/// A list of results whose end has not come.
#[derive(Debug)]
pub(super) struct LongList {
    kind: Kind,
    scan: Scan,
}

#[derive(Debug)]
enum Kind {
    Search,
    Sort,
    Thread,
    Vanished {
        earlier: bool,
    },
    /// What came before `ALL`.
    Esearch(Box<EsearchResponse>),
}

#[derive(Debug)]
enum Scan {
    Numbers(NumberScan),
    Thread(ThreadScan),
}

impl LongList {
    /// Begins with a line that is too long and of which this is the front. The octets before the
    /// list, if it is one.
    pub(super) fn begin(grammar: &Grammar<'_>, front: &[u8]) -> Option<(Self, usize)> {
        let ids = grammar.limits.ids;
        let rest = front.strip_prefix(b"* ")?;
        let len = rest.iter().take(NAME).position(|&octet| octet == b' ')?;
        let (name, rest) = rest.split_at_checked(len)?;
        let is = |word: &[u8]| name.eq_ignore_ascii_case(word);
        let at = |rest: &[u8]| front.len().saturating_sub(rest.len());
        let set = Scan::Numbers(NumberScan::set(ids));
        if is(b"SEARCH") {
            return Some((
                Self::new(Kind::Search, Scan::Numbers(NumberScan::spaced(ids))),
                at(rest),
            ));
        } else if is(b"SORT") {
            return Some((Self::new(Kind::Sort, Scan::Numbers(NumberScan::spaced(ids))), at(rest)));
        } else if is(b"THREAD") {
            return Some((Self::new(Kind::Thread, Scan::Thread(ThreadScan::new(ids))), at(rest)));
        } else if is(b"VANISHED") {
            let rest = rest.strip_prefix(b" ")?;
            let (word, behind) = rest.split_at_checked(EARLIER.len())?;
            let earlier = word.eq_ignore_ascii_case(EARLIER);
            let rest = if earlier { behind } else { rest };
            return Some((Self::new(Kind::Vanished { earlier }, set), at(rest)));
        } else if is(b"ESEARCH") {
            let (found, rest) = grammar.esearch_before_all(rest)?;
            return Some((Self::new(Kind::Esearch(Box::new(found)), set), at(rest)));
        }
        None
    }

    fn new(kind: Kind, scan: Scan) -> Self {
        Self { kind, scan }
    }

    /// Takes what belongs to the list. With fewer octets than all, it has ended.
    pub(super) fn feed(&mut self, octets: &[u8]) -> Result<usize, ScanError> {
        match &mut self.scan {
            Scan::Numbers(scan) => scan.feed(octets),
            Scan::Thread(scan) => scan.feed(octets),
        }
    }

    /// The response, with what stands behind the list on its line.
    pub(super) fn finish(
        self,
        grammar: &Grammar<'_>,
        tail: &[u8],
    ) -> Result<Response, SyntaxError> {
        let wrong = SyntaxError { offset: 0 };
        let (numbers, blanks) = match self.scan {
            Scan::Thread(scan) => {
                let (thread, met) = scan.finish().map_err(|_| wrong)?;
                if !met.iter().all(|quirk| grammar.forgives(quirk)) {
                    return Err(wrong);
                }
                rest_of(grammar, b"* THREAD", 0, tail)?;
                return Ok(Response::Thread(thread));
            }
            Scan::Numbers(scan) => {
                let found = scan.finish().map_err(|_| wrong)?;
                if !found.met.iter().all(|quirk| grammar.forgives(quirk)) {
                    return Err(wrong);
                }
                (found.numbers, found.blanks)
            }
        };
        // What stands behind a list is read as it would be behind a short one.
        match self.kind {
            Kind::Search => match rest_of(grammar, b"* SEARCH 1", blanks, tail)? {
                Response::Search { mod_seq, .. } => Ok(Response::Search { numbers, mod_seq }),
                _ => Err(wrong),
            },
            Kind::Sort => match rest_of(grammar, b"* SORT 1", blanks, tail)? {
                Response::Sort { mod_seq, .. } => Ok(Response::Sort { numbers, mod_seq }),
                _ => Err(wrong),
            },
            Kind::Vanished { earlier } => {
                rest_of(grammar, b"* VANISHED 1", blanks, tail)?;
                let uids = UidSet::new(numbers).map_err(|_| wrong)?;
                Ok(Response::Vanished { earlier, uids })
            }
            Kind::Esearch(mut found) => {
                found.items.push(EsearchItem::All(numbers));
                match rest_of(grammar, b"* ESEARCH", blanks, tail)? {
                    Response::Esearch(behind) => found.items.extend(behind.items),
                    _ => return Err(wrong),
                }
                Ok(Response::Esearch(found))
            }
            Kind::Thread => Err(wrong),
        }
    }
}

/// The longest name of a response that is a list.
const NAME: usize = 10;

const EARLIER: &[u8] = b"(EARLIER) ";

/// Reads what stands behind a list, as it would stand behind a short one that begins like this.
fn rest_of(
    grammar: &Grammar<'_>,
    begin: &[u8],
    blanks: usize,
    tail: &[u8],
) -> Result<Response, SyntaxError> {
    // More than two say no more than two.
    let blanks = b"  ".get(..blanks.min(2)).unwrap_or_default();
    let mut line = Vec::with_capacity(begin.len().saturating_add(tail.len()).saturating_add(2));
    line.extend_from_slice(begin);
    line.extend_from_slice(blanks);
    line.extend_from_slice(tail);
    syntax::response(grammar, &line)
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::prelude::v1::*;

    use crate::limits::Limits;
    use crate::{Quirks, Response, ResponsePart, ResponseReader};

    /// The responses of a stream that is shown in pieces of this size, and what else was told.
    fn read(octets: &[u8], piece: usize, limits: &Limits) -> (Vec<Response>, usize) {
        let mut reader = ResponseReader::new(limits, Quirks::tolerant());
        let (mut all, mut others) = (Vec::new(), 0);
        let (mut from, mut to) = (0, 0);
        loop {
            let step = reader.read(&octets[from..to]);
            from += step.octets;
            if step.is_starved() {
                if to == octets.len() {
                    return (all, others);
                }
                to = (to + piece).min(octets.len());
                assert!(to - from <= limits.unit + piece, "what is shown is used");
            }
            match step.part {
                Some(ResponsePart::Response(response)) => all.push(response),
                Some(_) => others += 1,
                None => {}
            }
        }
    }

    #[test]
    fn a_list_past_the_limit_of_a_unit_is_read_as_one_within_it() {
        let spaced: String = (1..100_000_u32).map(|n| format!(" {}", n * 7 % 99_991 + 1)).collect();
        let set: Vec<String> =
            (1..50_000_u32).map(|n| format!("{}:{}", n * 5, n * 5 + 2)).collect();
        let set = set.join(",");
        let threads: String =
            (1..50_000_u32).map(|n| format!("({} ({})({}))", n, n + 1, n + 2)).collect();
        for line in [
            format!("* SEARCH{spaced}"),
            format!("* SEARCH{spaced} (MODSEQ 917162500)"),
            format!("* SORT{spaced}  (MODSEQ 917162500) "),
            format!("* VANISHED {set}"),
            format!("* VANISHED (EARLIER) {set}"),
            format!("* ESEARCH (TAG \"A1\") UID MIN 5 ALL {set} COUNT 9"),
            format!("* ESEARCH ALL {set}"),
            format!("* THREAD {threads}"),
        ] {
            let wire = format!("* 1 EXISTS\r\n{line}\r\n* 2 EXISTS\r\n");
            let whole = Limits::new().with_unit(8192, 4 << 20);
            let expected = read(wire.as_bytes(), wire.len(), &whole);
            assert_eq!((expected.0.len(), expected.1), (3, 0), "{}", &line[..30]);
            let small = Limits::new().with_unit(4096, 4096);
            for piece in [4096, 997, 100_000] {
                assert_eq!(read(wire.as_bytes(), piece, &small), expected, "{}", &line[..30]);
            }
        }
    }

    #[test]
    fn a_list_of_too_many_ranges_is_passed_over() {
        let spaced: String = (1..10_000_u32).map(|n| format!(" {}", n * 2)).collect();
        let wire = format!("* SEARCH{spaced}\r\n* 2 EXISTS\r\n");
        let limits = Limits::new().with_unit(4096, 4096).with_ids(5000);
        let (responses, others) = read(wire.as_bytes(), 4096, &limits);
        assert_eq!((responses, others), (Vec::from([Response::Exists(2)]), 1));
    }
}
