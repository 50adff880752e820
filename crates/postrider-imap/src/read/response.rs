//! Reading what a server says: whole responses, and octets of messages as they come.

use alloc::vec::Vec;

use super::framer::{Framed, Framer, Side, may_hold_literal, stands_apart};
use super::head::{FetchHead, fetch_head};
use super::items::{ItemScan, Scan, TAIL, announces_too_much};
use super::literal::literal_at_end;
use super::long::LongList;
use super::response_part::{FetchedMessage, ResponsePart};
use super::step::{Consumed, Step, Used, at_most};
use super::told::Told;
use crate::SyntaxError;
use crate::limits::Limits;
use crate::quirks::{Quirk, Quirks};
use crate::response::{Response, without_line_end};
use crate::syntax::{self, Grammar};
use crate::value::{BodySection, FetchItem, Raw};

/// Reads what a server says, from octets that its caller holds: framing, grammar and streaming in
/// one, in linear time however the octets come.
///
/// ```
/// use postrider_imap::{Response, ResponsePart, ResponseReader, Quirks};
/// use postrider_imap::Limits;
///
/// let mut wire = &b"* 23 EXISTS\r\n* 23 FETCH (UID 7 BODY[] {5}\r\nHello)\r\na1 OK done\r\n"[..];
/// let mut reader = ResponseReader::new(&Limits::new(), Quirks::tolerant());
/// let mut mail = Vec::new();
/// let mut parts = 0;
/// loop {
///     let step = reader.read(wire);
///     if step.is_starved() {
///         break;
///     }
///     let (consumed, rest) = wire.split_at(step.octets);
///     match step.part {
///         Some(ResponsePart::Response(Response::Exists(n))) => assert_eq!(n, 23),
///         Some(ResponsePart::Chunk) => mail.extend_from_slice(consumed),
///         Some(_) => parts += 1,
///         None => {}
///     }
///     wire = rest;
/// }
/// assert_eq!(mail, b"Hello");
/// // Items, begin and end of the body, end of FETCH, the tagged response.
/// assert_eq!(parts, 5);
/// ```
#[derive(Debug)]
pub struct ResponseReader {
    limits: Limits,
    forgiven: Quirks,
    place: Place,
    told: Told<ResponsePart>,
}

/// What the next octets are.
#[derive(Debug)]
enum Place {
    /// A response, of which this much was searched.
    Unit(Framer),
    /// Between the parentheses of a FETCH response.
    Items(Fetch, ItemScan),
    /// A literal of so many octets that streams.
    Body(Fetch, u64),
    /// The rest of an item that is too long.
    LongItem(Fetch, ItemScan),
    /// Behind the parenthesis: the line end is due.
    Tail(Fetch),
    /// Results that are too long for a unit.
    List(LongList),
    /// What stands behind them on their line, of which this much was searched.
    ListTail(LongList, Framer),
    /// The rest of the line of a response that is too long. Whether it may announce literals.
    LongLine(bool),
    /// A literal in it.
    LongLiteral(u64),
    /// Nothing is read any more.
    Lost,
}

/// A FETCH response that is read item by item.
#[derive(Debug)]
struct Fetch {
    message: FetchedMessage,
    /// Inline items that were not told yet.
    items: Vec<FetchItem>,
    /// How many octets they came from, and take.
    weight: usize,
    /// Whether some of it was told.
    told: bool,
}

/// Octets that a literal counts for in a unit, beside its own: so there are never too many to keep
/// their places.
const LITERAL: usize = 64;

/// Octets that an item takes beside its own: the value and its allocation.
const ITEM: usize = size_of::<FetchItem>() + 64;

impl ResponseReader {
    /// A reader before the first octet.
    #[must_use]
    pub fn new(limits: &Limits, forgiven: Quirks) -> Self {
        Self { limits: *limits, forgiven, place: Place::unit(), told: Told::new() }
    }

    /// Sets the octets of one unit, [`Limits::unit`], from here on.
    pub fn set_unit(&mut self, octets: usize) {
        self.limits.unit = octets.max(crate::limits::LEAST);
    }

    /// What was forgiven in the part that was read last.
    #[must_use]
    pub fn quirks(&self) -> Quirks {
        self.told.quirks()
    }

    /// Where the lines before literals end, in a response that was read in one piece.
    pub(crate) fn pieces(&self) -> &[usize] {
        self.told.pieces()
    }

    /// Whether the next octet begins a response.
    #[must_use]
    pub fn is_between(&self) -> bool {
        matches!(&self.place, Place::Unit(_)) && self.told.is_empty()
    }

    /// Whether octets of a message are due.
    #[must_use]
    pub fn in_payload(&self) -> bool {
        matches!(&self.place, Place::Body(_, left) if *left > 0)
    }

    /// Whether the octets that are due can be passed over as they come: the rest of what is too
    /// long.
    #[must_use]
    pub fn is_skipping(&self) -> bool {
        matches!(
            self.place,
            Place::LongItem(..) | Place::LongLine(_) | Place::LongLiteral(_) | Place::Lost
        )
    }

    /// Reads on. `octets` are all that have come and are not consumed; no octet of them is looked for
    /// again that an earlier step has seen.
    pub fn read(&mut self, octets: &[u8]) -> Step<ResponsePart> {
        if let Some(step) = self.read_whole(octets) {
            return step;
        }
        loop {
            if let Some(step) = self.told.next() {
                return step;
            }
            let place = core::mem::replace(&mut self.place, Place::Lost);
            let (used, consumed) = match place {
                Place::Unit(framer) => (self.read_unit(octets, framer), Consumed::Text),
                Place::Items(fetch, scan) => (self.read_item(octets, fetch, scan), Consumed::Text),
                Place::Body(fetch, left) => {
                    (self.read_body(octets, fetch, left), Consumed::Payload)
                }
                Place::Tail(fetch) => (self.read_tail(octets, fetch), Consumed::Text),
                Place::List(list) => (self.read_list(octets, list), Consumed::Text),
                Place::ListTail(list, framer) => {
                    (self.read_list_tail(octets, list, framer), Consumed::Text)
                }
                Place::LongItem(fetch, scan) => {
                    (self.skip_item(octets, fetch, scan), Consumed::Skipped)
                }
                Place::LongLine(literals) => (self.skip_line(octets, literals), Consumed::Skipped),
                Place::LongLiteral(left) => (self.skip_literal(octets, left), Consumed::Skipped),
                Place::Lost => (Used::Starved, Consumed::Skipped),
            };
            let between = matches!(self.place, Place::Unit(_));
            if let Some(step) = self.told.step(used, consumed, between) {
                return step;
            }
        }
    }

    /// What nearly every step comes to: a response that is there with its line end, and well-formed.
    /// All else is left as it was.
    #[inline]
    fn read_whole(&mut self, octets: &[u8]) -> Option<Step<ResponsePart>> {
        let Place::Unit(framer) = &mut self.place else { return None };
        if !self.told.is_empty() {
            return None;
        }
        let Framed::Unit { text, next } = framer.step(octets, self.limits.unit) else {
            return None;
        };
        // A literal, or an LF alone.
        if !framer.pieces().is_empty() || text.checked_add(2) != Some(next) {
            return None;
        }
        let grammar = Grammar::new(&self.limits, self.forgiven);
        let step = grammar.frequent(octets.get(..text)?, |response| {
            let part = Some(ResponsePart::Response(response));
            Step { octets: next, consumed: Consumed::Text, part }
        });
        if step.is_some() {
            self.told.set_quirks(Quirks::strict());
            self.told.set_pieces(&[]);
            *framer = Framer::new(Side::Response);
        }
        step
    }

    fn read_unit(&mut self, octets: &[u8], mut framer: Framer) -> Used {
        match framer.step(octets, self.limits.unit) {
            Framed::More => {
                self.place = Place::Unit(framer);
                Used::Starved
            }
            Framed::Unit { text, next } => {
                let unit = octets.get(..text).unwrap_or_default();
                let bare = has_bare_lf(octets, framer.pieces(), next);
                match self.whole(unit) {
                    _ if bare && !self.forgiven.contains(Quirk::LineEnd) => {
                        self.told.set_quirks(Quirks::strict());
                        let error = SyntaxError { offset: text };
                        self.told.push(ResponsePart::Unparsed(error));
                    }
                    Ok(response) => {
                        if bare {
                            self.told.add_quirks(Quirks::strict().with(Quirk::LineEnd));
                        }
                        self.told.push(ResponsePart::Response(response));
                    }
                    Err(error) => {
                        if let Some(used) = self.begin_items(octets) {
                            return used;
                        }
                        self.told.push(ResponsePart::Unparsed(error));
                    }
                }
                self.told.set_pieces(framer.pieces());
                self.place = Place::unit();
                Used::Octets(next)
            }
            Framed::TooLong => {
                let begun = self.begin_items(octets).or_else(|| self.begin_list(octets));
                begun.unwrap_or_else(|| {
                    self.begin_skip(octets, framer.line(), may_hold_literal(octets))
                })
            }
            Framed::Literal { head, next } => {
                // It begins before its first literal, if it is one.
                if framer.pieces().is_empty()
                    && let Some(used) = self.begin_items(octets)
                {
                    return used;
                }
                let size = head.octets.and_then(|size| usize::try_from(size).ok());
                let weight = framer.pieces().len().saturating_mul(LITERAL).saturating_add(next);
                match size.filter(|size| weight.saturating_add(*size) <= self.limits.unit) {
                    Some(size) => {
                        framer.take_literal(next, size);
                        self.place = Place::Unit(framer);
                        Used::Octets(0)
                    }
                    None => self.begin_skip(octets, framer.line(), true),
                }
            }
        }
    }

    /// A response that stands in one piece. A FETCH response with octets of a message does not,
    /// wherever they stand.
    fn whole(&mut self, unit: &[u8]) -> Result<Response, SyntaxError> {
        let grammar = Grammar::new(&self.limits, self.forgiven);
        let response = syntax::response(&grammar, unit)?;
        if let Response::Fetch { items, .. } | Response::UidFetch { items, .. } = &response {
            let streams = |item: &FetchItem| match item {
                FetchItem::Unparsed(raw) => is_of_message(raw.as_bytes()),
                _ => false,
            };
            if items.iter().any(streams) {
                return Err(SyntaxError { offset: 0 });
            }
        }
        self.told.set_quirks(grammar.met());
        Ok(response)
    }

    /// Begins to read a FETCH response item by item, if it is one.
    fn begin_items(&mut self, octets: &[u8]) -> Option<Used> {
        let FetchHead { message, len } = fetch_head(octets)?;
        self.told.set_quirks(Quirks::strict());
        let fetch = Fetch { message, items: Vec::new(), weight: 0, told: false };
        self.place = Place::Items(fetch, ItemScan::default());
        Some(Used::Octets(len))
    }

    /// Begins to read results piece by piece, if it is a list of some.
    fn begin_list(&mut self, octets: &[u8]) -> Option<Used> {
        // However much is there already: no octet behind the limit is looked at.
        let front = octets.get(..self.limits.unit).unwrap_or(octets);
        let grammar = Grammar::new(&self.limits, self.forgiven);
        let (list, len) = LongList::begin(&grammar, front)?;
        self.told.set_quirks(grammar.met());
        self.place = Place::List(list);
        Some(Used::Octets(len))
    }

    fn read_list(&mut self, octets: &[u8], mut list: LongList) -> Used {
        match list.feed(octets) {
            Ok(n) if n == octets.len() => {
                self.place = Place::List(list);
                Used::some(n)
            }
            Ok(n) => {
                self.place = Place::ListTail(list, Framer::new(Side::Response));
                Used::Octets(n)
            }
            Err(_) => {
                self.told.push(ResponsePart::TooLong { message: None });
                self.place = Place::LongLine(false);
                Used::Octets(0)
            }
        }
    }

    fn read_list_tail(&mut self, octets: &[u8], list: LongList, mut framer: Framer) -> Used {
        match framer.step(octets, self.limits.unit) {
            Framed::More => {
                self.place = Place::ListTail(list, framer);
                Used::Starved
            }
            Framed::Unit { text, next } => {
                let grammar = Grammar::new(&self.limits, self.forgiven);
                let tail = octets.get(..text).unwrap_or_default();
                self.told.push(match list.finish(&grammar, tail) {
                    Ok(response) => ResponsePart::Response(response),
                    Err(error) => ResponsePart::Unparsed(error),
                });
                self.told.add_quirks(grammar.met());
                self.told.set_pieces(&[]);
                self.place = Place::unit();
                Used::Octets(next)
            }
            Framed::TooLong | Framed::Literal { .. } => {
                self.told.push(ResponsePart::TooLong { message: None });
                self.place = Place::LongLine(false);
                Used::Octets(0)
            }
        }
    }

    fn tell_items(&mut self, fetch: &mut Fetch) {
        if !fetch.items.is_empty() {
            let items = core::mem::take(&mut fetch.items);
            fetch.weight = 0;
            fetch.told = true;
            self.told.push(ResponsePart::FetchItems { message: fetch.message, items });
        }
    }

    fn read_item(&mut self, octets: &[u8], mut fetch: Fetch, mut scan: ItemScan) -> Used {
        match octets.first() {
            None => {
                self.place = Place::Items(fetch, scan);
                return Used::Starved;
            }
            Some(b')') => {
                self.place = Place::Tail(fetch);
                return Used::Octets(1);
            }
            Some(b' ') => {
                self.place = Place::Items(fetch, scan);
                return Used::Octets(1);
            }
            Some(_) => {}
        }
        let limits = self.limits;
        let grammar = Grammar::new(&limits, self.forgiven);
        let used = match scan.step(octets, limits.unit, &grammar) {
            Scan::More => {
                self.place = Place::Items(fetch, scan);
                Used::Starved
            }
            Scan::Endless => self.lost(),
            Scan::TooLong => {
                self.tell_items(&mut fetch);
                fetch.told = true;
                let message = Some(fetch.message);
                self.told.push(ResponsePart::TooLong { message });
                scan.pass_over();
                self.place = Place::LongItem(fetch, scan);
                Used::Octets(0)
            }
            Scan::Item { end } => {
                let item = octets.get(..end).unwrap_or_default();
                self.on_item(&grammar, &mut fetch, item, &scan);
                self.place = Place::Items(fetch, ItemScan::default());
                Used::Octets(end)
            }
            Scan::Body { section, origin, octets: size, head } => {
                self.begin_body(&mut fetch, section, origin, Some(size));
                self.place = Place::Body(fetch, size);
                Used::Octets(head)
            }
            Scan::Broken { lf } => {
                // The line ends inside the item: the item is lost, the connection is not.
                let item = without_line_end(octets.get(..lf.saturating_add(1)).unwrap_or_default());
                fetch.items.push(FetchItem::Unparsed(Raw::read(item)));
                self.place = Place::Tail(fetch);
                Used::Octets(lf)
            }
        };
        self.told.add_quirks(grammar.met());
        used
    }

    fn on_item(&mut self, grammar: &Grammar<'_>, fetch: &mut Fetch, item: &[u8], scan: &ItemScan) {
        let name = item.get(..scan.name()).unwrap_or_default();
        let value = item.get(scan.value()..).unwrap_or_default();
        if let Some((section, origin)) = grammar.body_section_name(name) {
            if value.eq_ignore_ascii_case(b"NIL") {
                self.begin_body(fetch, section, origin, None);
                self.told.push(ResponsePart::BodyEnd);
                return;
            }
            if let Some(content) = syntax::whole(value, syntax::quoted) {
                let content = content.to_bytes();
                self.begin_body(fetch, section, origin, Some(content.len() as u64));
                if !content.is_empty() {
                    self.told.push(ResponsePart::Quoted(content));
                }
                self.told.push(ResponsePart::BodyEnd);
                return;
            }
        }
        fetch.weight = fetch.weight.saturating_add(item.len()).saturating_add(ITEM);
        grammar.fetch_item_into(item, &mut fetch.items);
        if fetch.weight >= self.limits.unit {
            self.tell_items(fetch);
        }
    }

    fn begin_body(
        &mut self,
        fetch: &mut Fetch,
        section: BodySection,
        origin: Option<u64>,
        declared: Option<u64>,
    ) {
        self.tell_items(fetch);
        fetch.told = true;
        let message = fetch.message;
        self.told.push(ResponsePart::BodyBegin { message, section, origin, declared });
    }

    fn read_body(&mut self, octets: &[u8], fetch: Fetch, left: u64) -> Used {
        if left == 0 {
            self.told.push(ResponsePart::BodyEnd);
            self.place = Place::Items(fetch, ItemScan::default());
            return Used::Octets(0);
        }
        let n = at_most(left, octets);
        self.place = Place::Body(fetch, left.saturating_sub(n as u64));
        if n == 0 {
            return Used::Starved;
        }
        self.told.push(ResponsePart::Chunk);
        Used::Octets(n)
    }

    /// Behind the parenthesis only the line end is due; whatever else stands there is passed over.
    fn read_tail(&mut self, octets: &[u8], mut fetch: Fetch) -> Used {
        let Some(lf) = memchr::memchr(b'\n', octets) else {
            self.place = Place::Tail(fetch);
            return Used::some(octets.len());
        };
        self.place = Place::unit();
        self.told.set_pieces(&[]);
        if fetch.told {
            self.tell_items(&mut fetch);
            self.told.push(ResponsePart::FetchEnd { message: fetch.message });
        } else {
            let items = fetch.items;
            self.told.push(ResponsePart::Response(match fetch.message {
                FetchedMessage::Number(number) => Response::Fetch { number, items },
                FetchedMessage::Uid(uid) => Response::UidFetch { uid, items },
            }));
        }
        Used::Octets(lf.saturating_add(1))
    }

    /// Begins to pass over a response that is too long, of which the line at `line` is looked at.
    fn begin_skip(&mut self, octets: &[u8], line: usize, literals: bool) -> Used {
        self.told.push(ResponsePart::TooLong { message: None });
        // The literal before that line may not be here yet.
        let left = line.saturating_sub(octets.len());
        self.place =
            if left == 0 { Place::LongLine(literals) } else { Place::LongLiteral(left as u64) };
        Used::Octets(line.min(octets.len()))
    }

    /// Passes over the rest of a line, and finds out whether a literal follows it.
    fn skip_line(&mut self, octets: &[u8], literals: bool) -> Used {
        let Some(lf) = memchr::memchr(b'\n', octets) else {
            self.place = Place::LongLine(literals);
            return Used::some(octets.len().saturating_sub(TAIL));
        };
        let line = without_line_end(octets.get(..lf).unwrap_or_default());
        let head = literal_at_end(line).filter(|head| stands_apart(line, head.at));
        self.place = Place::unit();
        match head.map(|head| head.octets) {
            _ if !literals => {}
            Some(Some(octets)) => self.place = Place::LongLiteral(octets),
            Some(None) => return self.lost(),
            None if announces_too_much(line) => return self.lost(),
            None => {}
        }
        Used::Octets(lf.saturating_add(1))
    }

    /// Passes over a literal; its line goes on behind it.
    fn skip_literal(&mut self, octets: &[u8], left: u64) -> Used {
        let n = at_most(left, octets);
        let left = left.saturating_sub(n as u64);
        self.place = if left == 0 { Place::LongLine(true) } else { Place::LongLiteral(left) };
        if left == 0 { Used::Octets(n) } else { Used::some(n) }
    }

    /// Passes over the rest of an item that is too long.
    fn skip_item(&mut self, octets: &[u8], fetch: Fetch, mut scan: ItemScan) -> Used {
        let limits = self.limits;
        let grammar = Grammar::new(&limits, self.forgiven);
        match scan.step(octets, usize::MAX, &grammar) {
            Scan::Item { end } => {
                self.place = Place::Items(fetch, ItemScan::default());
                Used::Octets(end)
            }
            Scan::Broken { lf } => {
                self.place = Place::Tail(fetch);
                Used::Octets(lf)
            }
            Scan::More => {
                let gone = scan.forget(octets.len());
                self.place = Place::LongItem(fetch, scan);
                Used::some(gone)
            }
            // What is passed over is no payload, and there is no limit left to pass.
            Scan::Body { .. } | Scan::TooLong | Scan::Endless => self.lost(),
        }
    }

    fn lost(&mut self) -> Used {
        self.told.push(ResponsePart::Endless);
        self.place = Place::Lost;
        Used::Octets(0)
    }
}

impl Place {
    fn unit() -> Self {
        Self::Unit(Framer::new(Side::Response))
    }
}

/// Whether a line of the unit ends with LF alone: the last, or one before a literal.
fn has_bare_lf(octets: &[u8], pieces: &[usize], next: usize) -> bool {
    pieces
        .iter()
        .chain([&next])
        .any(|end| octets.get(..*end).is_some_and(|line| !line.ends_with(b"\r\n")))
}

/// Whether an item looks as if it carried octets of a message.
fn is_of_message(item: &[u8]) -> bool {
    const NAMES: [&[u8]; 5] =
        [b"BODY[", b"BINARY[", b"RFC822 ", b"RFC822.HEADER ", b"RFC822.TEXT "];
    let begins =
        |name: &&[u8]| item.get(..name.len()).is_some_and(|front| front.eq_ignore_ascii_case(name));
    NAMES.iter().any(begins)
}
