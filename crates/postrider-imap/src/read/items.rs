//! Where an item of a FETCH response ends: framing inside the parentheses.

use super::framer::stands_apart;
use super::literal::literal_at_end;
use super::nesting::Nesting;
use crate::limits::Limits;
use crate::quirks::Quirks;
use crate::syntax::Grammar;
use crate::value::BodySection;

/// Finds the end of one item without looking at an octet twice. Places are relative to the first
/// octet of the inbox, which is the first of the item.
#[derive(Clone, Debug, Default)]
pub(super) struct ItemScan {
    /// Up to where was looked. Beyond the inbox while a literal arrives.
    at: usize,
    place: Place,
    depth: usize,
    name: usize,
    value: usize,
    /// Where the line begins, behind the last literal: an announcement does not begin in one.
    line: usize,
    /// The item is too long. None of it is payload from here, however much of its name is here.
    passed: bool,
}

/// What is kept of the front of an item or line that is too long: the longest announcement of a
/// literal with its line end.
pub(super) const TAIL: usize = 32;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Name,
    /// Between the brackets of a section.
    Bracket,
    BracketQuoted,
    /// Between name and value.
    Gap,
    Atom,
    List,
    Quoted,
    /// In the announcement of a literal that is the whole value.
    LiteralHead,
    /// Behind it.
    Done,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scan {
    /// Not the end yet.
    More,
    /// An item of so many octets.
    Item { end: usize },
    /// Octets of the message, as a literal that begins at `head`.
    Body { section: BodySection, origin: Option<u64>, octets: u64, head: usize },
    /// The line ends inside the item; the LF is at `lf`.
    Broken { lf: usize },
    /// The item goes past the limit, or announces a literal that does.
    TooLong,
    /// It announces a literal whose size does not fit, so its end is anybody's guess.
    Endless,
}

impl ItemScan {
    /// Where the name ends.
    pub(super) fn name(&self) -> usize {
        self.name
    }

    /// Where the value begins.
    pub(super) fn value(&self) -> usize {
        self.value
    }

    /// Looks on, up to `limit` octets.
    pub(super) fn step(&mut self, octets: &[u8], limit: usize, grammar: &Grammar<'_>) -> Scan {
        loop {
            // However much is there already: an octet at the limit is not looked at.
            if self.at > limit || (self.at == limit && self.place != Place::Done) {
                return Scan::TooLong;
            }
            if self.place == Place::Done {
                return if self.at <= octets.len() {
                    Scan::Item { end: self.at }
                } else {
                    Scan::More
                };
            }
            let Some(&octet) = octets.get(self.at) else {
                return if octets.len() >= limit { Scan::TooLong } else { Scan::More };
            };
            if matches!(self.place, Place::List | Place::Quoted) && self.depth > 0 {
                let passed = self.pass(octets.get(self.at..limit.min(octets.len())));
                if passed > 0 {
                    continue;
                }
            }
            let next = self.at.saturating_add(1);
            match (self.place, octet) {
                (Place::Name, b'[') => self.go(Place::Bracket, next),
                (Place::Name, b' ' | b'(' | b'"') => {
                    self.name = self.at;
                    self.place = Place::Gap;
                }
                (Place::Name | Place::Gap, b')') | (Place::Atom, b' ' | b')') => {
                    if self.place == Place::Name {
                        self.name = self.at;
                    }
                    if self.place != Place::Atom {
                        self.value = self.at;
                    }
                    return Scan::Item { end: self.at };
                }
                // A name of a field may hold a bracket.
                (Place::Bracket, b'(') => {
                    self.depth = self.depth.saturating_add(1);
                    self.at = next;
                }
                (Place::Bracket, b')') => {
                    self.depth = self.depth.saturating_sub(1);
                    self.at = next;
                }
                (Place::Bracket, b']') if self.depth == 0 => self.go(Place::Name, next),
                (Place::Bracket, b'"') => self.go(Place::BracketQuoted, next),
                (Place::BracketQuoted, b'"') => self.go(Place::Bracket, next),
                (Place::Gap, b' ') => self.at = next,
                (Place::Gap, _) => {
                    self.value = self.at;
                    self.place = match octet {
                        b'(' => Place::List,
                        b'"' => {
                            self.at = next;
                            Place::Quoted
                        }
                        b'{' | b'~' => Place::LiteralHead,
                        _ => Place::Atom,
                    };
                }
                (Place::List, b'(') => {
                    self.depth = self.depth.saturating_add(1);
                    self.at = next;
                }
                (Place::List, b')') => {
                    self.depth = self.depth.saturating_sub(1);
                    self.go(if self.depth == 0 { Place::Done } else { Place::List }, next);
                }
                (Place::List, b'"') => self.go(Place::Quoted, next),
                (Place::Quoted, b'"') => {
                    self.go(if self.depth == 0 { Place::Done } else { Place::List }, next);
                }
                (Place::Quoted | Place::BracketQuoted, b'\\') => {
                    // A pair is looked at together, so that the place says all.
                    match octets.get(next) {
                        Some(b'\n') => self.at = next,
                        Some(_) => self.at = next.saturating_add(1),
                        None if octets.len() >= limit => return Scan::TooLong,
                        None => return Scan::More,
                    }
                }
                (_, b'\n') => {
                    if let Some(found) = self.line_end(octets, next, grammar) {
                        return found;
                    }
                }
                (Place::Quoted, _) => self.at = next.saturating_add(plain(octets.get(next..))),
                (_, _) => self.at = next,
            }
        }
    }

    /// The item is too long: none of it is payload from here.
    pub(super) fn pass_over(&mut self) {
        self.passed = true;
    }

    /// Goes on with an item that is too long, of which nothing is kept but its end: how many octets
    /// at the front are no longer needed.
    pub(super) fn forget(&mut self, len: usize) -> usize {
        let seen = self.at.min(len);
        let gone = if self.at > len { len } else { seen.saturating_sub(TAIL) };
        self.at = self.at.saturating_sub(gone);
        self.line = self.line.saturating_sub(gone);
        self.name = 0;
        self.value = self.value.checked_sub(gone).unwrap_or(usize::MAX);
        gone
    }

    /// Goes over octets inside a list among which there are no literals and escapes. How many.
    fn pass(&mut self, octets: Option<&[u8]>) -> usize {
        let quoted = self.place == Place::Quoted;
        let mut nesting = Nesting { depth: self.depth, quoted };
        let passed = nesting.pass(octets.unwrap_or_default());
        self.depth = nesting.depth;
        let place = match nesting {
            Nesting { depth: 0, .. } => Place::Done,
            Nesting { quoted: true, .. } => Place::Quoted,
            Nesting { quoted: false, .. } => Place::List,
        };
        self.go(place, self.at.saturating_add(passed));
        passed
    }

    fn go(&mut self, place: Place, at: usize) {
        self.place = place;
        self.at = at;
    }

    /// At an LF: a literal goes on, and anything else is broken.
    fn line_end(&mut self, octets: &[u8], next: usize, grammar: &Grammar<'_>) -> Option<Scan> {
        let broken = Some(Scan::Broken { lf: self.at });
        let line = octets.get(self.line..self.at).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let may = matches!(self.place, Place::List | Place::Bracket | Place::LiteralHead);
        if may && announces_too_much(line) {
            return Some(Scan::Endless);
        }
        let head = literal_at_end(line).filter(|head| may && stands_apart(line, head.at));
        let Some(head) = head else { return broken };
        if self.place == Place::LiteralHead {
            if self.line.saturating_add(head.at) != self.value {
                return broken;
            }
            let name = octets.get(..self.name).unwrap_or_default();
            if !self.passed
                && let Some((section, origin)) = grammar.body_section_name(name)
            {
                let Some(octets) = head.octets else { return Some(Scan::Endless) };
                return Some(Scan::Body { section, origin, octets, head: next });
            }
            self.place = Place::Done;
        }
        let Some(size) = head.octets.and_then(|size| usize::try_from(size).ok()) else {
            return Some(Scan::Endless);
        };
        self.at = next.saturating_add(size);
        self.line = self.at;
        None
    }
}

/// Where an item of a FETCH response ends, and what it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Where the name ends.
    pub(crate) name: usize,
    /// Where the value begins; the end, without one.
    pub(crate) value: usize,
    /// Where the item ends.
    pub(crate) end: usize,
}

/// The item at the front of what stands in the parentheses of a FETCH response, its literals
/// included. `None` where none ends.
pub(crate) fn item_extent(input: &[u8]) -> Option<Extent> {
    let limits = Limits::new();
    let grammar = Grammar::new(&limits, Quirks::strict());
    let mut scan = ItemScan::default();
    scan.pass_over();
    match scan.step(input, usize::MAX, &grammar) {
        Scan::Item { end } => Some(Extent { name: scan.name, value: scan.value, end }),
        _ => None,
    }
}

/// Whether these octets, in the parentheses of a FETCH response, are one item with its value: what
/// follows them is the next item.
pub(crate) fn is_one_item(item: &[u8]) -> bool {
    let listed = [item, b")"].concat();
    item_extent(&listed).is_some_and(|extent| extent.end == item.len() && extent.value < extent.end)
}

/// Whether a line, of which perhaps only the end is left, announces a literal with more digits than
/// any size has.
pub(super) fn announces_too_much(line: &[u8]) -> bool {
    let Some(inner) = line.strip_suffix(b"}") else { return false };
    let inner = inner.strip_suffix(b"+").unwrap_or(inner);
    inner.iter().rev().take(21).filter(|octet| octet.is_ascii_digit()).count() == 21
}

/// How many octets of a quoted string need no look: up to a quote, a backslash or a line end.
fn plain(octets: Option<&[u8]>) -> usize {
    let octets = octets.unwrap_or_default();
    memchr::memchr3(b'"', b'\\', b'\n', octets).unwrap_or(octets.len())
}
