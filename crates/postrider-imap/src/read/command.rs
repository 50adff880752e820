//! Reading what a client says: whole commands, and octets of messages as they come.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::Secret;

use super::command_part::{CommandHead, CommandPart, LiteralRequest, LiteralRole};
use super::framer::{Framed, Framer, Side};
use super::literal::{LiteralHead, literal_at_end};
use super::step::{Consumed, Step, Used, at_most};
use super::told::Told;
use crate::SyntaxError;
use crate::command::{Tag, is_tag_octet};
use crate::limits::Limits;
use crate::quirks::Quirks;
use crate::response::without_line_end;
use crate::syntax::append::{AppendPlace, AppendStep, PieceEnd};
use crate::syntax::{self, Grammar, atom, sp, while_octets};
use crate::value::Atom;

/// Reads what a client says, from octets that its caller holds: framing, grammar and streaming in
/// one, in linear time however the octets come.
///
/// ```
/// use postrider_imap::{CommandPart, CommandReader, Quirks};
/// use postrider_imap::Limits;
///
/// let mut wire = &b"a append inbox {5+}\r\nHello\r\nb noop\r\n"[..];
/// let mut reader = CommandReader::new(&Limits::new(), Quirks::strict());
/// let mut mail = Vec::new();
/// let mut commands = 0;
/// loop {
///     let step = reader.read(wire);
///     if step.is_starved() {
///         break;
///     }
///     let (consumed, rest) = wire.split_at(step.octets);
///     match step.part {
///         // A server says `+` here, if `waits` asks for it.
///         Some(CommandPart::Literal(_)) => reader.accept(),
///         Some(CommandPart::Chunk) => mail.extend_from_slice(consumed),
///         Some(CommandPart::AppendEnd | CommandPart::Command(_)) => commands += 1,
///         _ => {}
///     }
///     wire = rest;
/// }
/// assert_eq!(mail, b"Hello");
/// assert_eq!(commands, 2);
/// ```
#[derive(Debug)]
pub struct CommandReader {
    limits: Limits,
    forgiven: Quirks,
    place: Place,
    told: Told<CommandPart>,
    /// The next line is no command.
    line: bool,
}

/// What the next octets are.
#[derive(Debug)]
enum Place {
    /// A command, of which this much was searched.
    Unit(Framer),
    /// Behind octets of a message, of which this much was searched.
    Behind(Append, Framer),
    /// A literal of such a unit waits for a verdict.
    Asked(Option<Append>, Framer, Asked),
    /// Octets of a message wait for a verdict.
    AskedMessage(Append, Asked),
    /// Octets of a message.
    Payload(Append, u64),
    /// Octets that were refused, and then the rest of their line, or another command.
    Skip(u64, Then),
    /// The rest of a line that was refused.
    Line,
    /// Nothing is read any more.
    Lost,
}

/// What follows octets that were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Line,
    Command,
    Nothing,
}

/// A literal that waits for a verdict.
#[derive(Clone, Copy, Debug)]
struct Asked {
    octets: Option<u64>,
    waits: bool,
    /// Behind its announcement, relative to what is not consumed.
    next: usize,
    fits: bool,
}

/// APPEND or REPLACE, between messages or in one.
#[derive(Debug)]
struct Append {
    head: CommandHead,
    place: AppendPlace,
}

/// At the end of a refused line this much is kept to see whether it announces a literal.
const TAIL: usize = 32;

impl CommandReader {
    /// A reader before the first octet.
    #[must_use]
    pub fn new(limits: &Limits, forgiven: Quirks) -> Self {
        Self { limits: *limits, forgiven, place: Place::unit(), told: Told::new(), line: false }
    }

    /// Sets the octets of one unit, [`Limits::unit`], from here on.
    pub fn set_unit(&mut self, octets: usize) {
        self.limits.unit = octets.max(crate::limits::LEAST);
    }

    /// Sets all bounds from here on. Between commands only.
    pub(crate) fn set_limits(&mut self, limits: &Limits) {
        self.limits = *limits;
    }

    /// Whether all was told of what was read.
    pub(crate) fn has_told_all(&self) -> bool {
        self.told.is_empty()
    }

    /// The next line is no command: the `DONE` of IDLE, or an answer in AUTHENTICATE. It comes as
    /// [`CommandPart::Line`], without its line end. Between commands only.
    pub fn expect_line(&mut self) {
        self.line = true;
    }

    /// What was forgiven in the part that was read last.
    #[must_use]
    pub fn quirks(&self) -> Quirks {
        self.told.quirks()
    }

    /// Where the lines before literals end, in what was read last.
    pub(crate) fn pieces(&self) -> &[usize] {
        self.told.pieces()
    }

    /// Whether the next octet begins a command.
    #[must_use]
    pub fn is_between(&self) -> bool {
        matches!(&self.place, Place::Unit(_)) && self.told.is_empty()
    }

    /// Whether octets of a message are due.
    #[must_use]
    pub fn in_payload(&self) -> bool {
        matches!(&self.place, Place::Payload(..))
    }

    /// Whether a literal waits for a verdict.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.told.is_empty() && matches!(self.place, Place::Asked(..) | Place::AskedMessage(..))
    }

    /// Takes the literal that was announced, if it can be: otherwise it is refused. Without one that
    /// waits: nothing.
    pub fn accept(&mut self) {
        if !self.is_asking() {
            return;
        }
        self.place = match core::mem::replace(&mut self.place, Place::Lost) {
            Place::Asked(append, mut framer, asked) if asked.fits => {
                framer.take_literal(asked.next, asked.size());
                match append {
                    Some(append) => Place::Behind(append, framer),
                    None => Place::Unit(framer),
                }
            }
            Place::AskedMessage(append, Asked { octets: Some(octets), .. }) => {
                Place::Payload(append, octets)
            }
            Place::Asked(_, _, asked) | Place::AskedMessage(_, asked) => self.refused(asked),
            place => place,
        };
    }

    /// Refuses the literal that was announced, and with it its command: what comes of it all the same
    /// is passed over, and the next command is read. Without one that waits: nothing.
    pub fn refuse(&mut self) {
        if !self.is_asking() {
            return;
        }
        self.place = match core::mem::replace(&mut self.place, Place::Lost) {
            Place::Asked(_, _, asked) | Place::AskedMessage(_, asked) => self.refused(asked),
            place => place,
        };
    }

    /// Gives up the APPEND or REPLACE whose octets come: what is left of them and of their line is
    /// passed over.
    pub fn discard(&mut self) {
        self.place = match core::mem::replace(&mut self.place, Place::Lost) {
            Place::Payload(_, left) => Place::Skip(left, Then::Line),
            Place::Behind(..) => Place::Line,
            place => place,
        };
    }

    /// Where it goes on when a literal is refused. RFC 7888 §4: octets that nobody waits for come
    /// whatever is said, so they are passed over, as long as that is worth it.
    fn refused(&mut self, asked: Asked) -> Place {
        let announced = asked.next as u64;
        if asked.waits {
            return Place::Skip(announced, Then::Command);
        }
        match asked.octets.filter(|octets| *octets <= self.limits.swallow) {
            Some(octets) => Place::Skip(announced.saturating_add(octets), Then::Line),
            None => Place::Skip(announced, Then::Nothing),
        }
    }

    /// Reads on. `octets` are all that have come and are not consumed; no octet of them is looked for
    /// again that an earlier step has seen. While a literal waits for a verdict, nothing is read.
    pub fn read(&mut self, octets: &[u8]) -> Step<CommandPart> {
        if let Some(step) = self.read_whole(octets) {
            return step;
        }
        loop {
            if let Some(step) = self.told.next() {
                return step;
            }
            let (used, consumed) = match core::mem::replace(&mut self.place, Place::Lost) {
                Place::Unit(framer) if self.line => {
                    (self.read_line(octets, framer), Consumed::Text)
                }
                Place::Unit(framer) => (self.read_unit(octets, None, framer), Consumed::Text),
                Place::Behind(append, framer) => {
                    (self.read_unit(octets, Some(append), framer), Consumed::Text)
                }
                Place::Payload(append, left) => {
                    (self.read_payload(octets, append, left), Consumed::Payload)
                }
                Place::Skip(left, then) => (self.skip(octets, left, then), Consumed::Skipped),
                Place::Line => (self.skip_line(octets), Consumed::Skipped),
                waiting @ (Place::Asked(..) | Place::AskedMessage(..) | Place::Lost) => {
                    self.place = waiting;
                    (Used::Starved, Consumed::Text)
                }
            };
            let between = matches!(self.place, Place::Unit(_));
            if let Some(step) = self.told.step(used, consumed, between) {
                return step;
            }
        }
    }

    /// What nearly every step comes to: a command that is there with its line end, and well-formed.
    /// All else is left as it was.
    fn read_whole(&mut self, octets: &[u8]) -> Option<Step<CommandPart>> {
        let Place::Unit(framer) = &mut self.place else { return None };
        if self.line || !self.told.is_empty() {
            return None;
        }
        let Framed::Unit { text, next } = framer.step(octets, self.limits.unit) else {
            return None;
        };
        if framer.has_bare_lf() || !framer.pieces().is_empty() {
            return None;
        }
        let grammar = Grammar::new(&self.limits, self.forgiven);
        let step = grammar.frequent_command(octets.get(..text)?, |command| {
            let part = Some(CommandPart::Command(command));
            Step { octets: next, consumed: Consumed::Text, part }
        });
        if step.is_some() {
            self.told.set_quirks(Quirks::strict());
            self.told.set_pieces(&[]);
            *framer = Framer::new(Side::Command);
        }
        step
    }

    /// A line that is no command.
    fn read_line(&mut self, octets: &[u8], mut framer: Framer) -> Used {
        let next = match framer.step(octets, self.limits.unit) {
            Framed::More => {
                self.place = Place::Unit(framer);
                return Used::Starved;
            }
            Framed::TooLong => {
                self.told.push(CommandPart::TooLong { head: None });
                self.line = false;
                self.place = Place::Line;
                return Used::Octets(0);
            }
            Framed::Unit { next, .. } => {
                self.place = Place::unit();
                next
            }
            // In such a line braces are only braces. What was no such line may be followed by octets
            // that nobody waits for.
            Framed::Literal { head: LiteralHead { octets, waits, .. }, next } => {
                self.place = self.refused(Asked { octets, waits, next: 0, fits: false });
                next
            }
        };
        let line = without_line_end(octets.get(..next).unwrap_or_default());
        self.told.push(CommandPart::Line(Secret::new(line.to_vec())));
        self.line = false;
        Used::Octets(next)
    }

    /// A command, or what stands behind a message of one.
    fn read_unit(&mut self, octets: &[u8], append: Option<Append>, mut framer: Framer) -> Used {
        match framer.step(octets, self.limits.unit) {
            Framed::More => {
                self.place = match append {
                    Some(append) => Place::Behind(append, framer),
                    None => Place::Unit(framer),
                };
                Used::Starved
            }
            Framed::Unit { text, next } => {
                let unit = octets.get(..text).unwrap_or_default();
                self.told.set_pieces(framer.pieces());
                self.place = Place::unit();
                match append {
                    _ if framer.has_bare_lf() => {
                        let head = head_of(append.as_ref(), unit);
                        let error = SyntaxError { offset: 0 };
                        self.told.set_quirks(Quirks::strict());
                        self.told.push(CommandPart::Unparsed { head, error });
                    }
                    Some(append) => self.on_piece_end(append, unit),
                    None => self.on_unit(unit),
                }
                Used::Octets(next)
            }
            Framed::TooLong => {
                // However much more is here already.
                let front = octets.get(..self.limits.unit).unwrap_or(octets);
                let head = head_of(append.as_ref(), front);
                self.told.push(CommandPart::TooLong { head });
                // The literal before that line may not be here yet.
                self.place = Place::Skip(framer.line() as u64, Then::Line);
                Used::Octets(0)
            }
            Framed::Literal { head, next } => self.on_literal(octets, append, framer, head, next),
        }
    }

    fn on_unit(&mut self, unit: &[u8]) {
        let grammar = Grammar::new(&self.limits, self.forgiven);
        let error = match syntax::command(&grammar, unit) {
            Ok(command) => {
                self.told.set_quirks(grammar.met());
                return self.told.push(CommandPart::Command(command));
            }
            Err(error) => error,
        };
        // The pieces of a message may all stand elsewhere (RFC 4469): then no octets of it follow.
        let grammar = Grammar::new(&self.limits, self.forgiven);
        let pieces = append_front(unit).and_then(|(head, place, arguments)| {
            Some((head.tag, grammar.append_piece(place, arguments, PieceEnd::Line)?))
        });
        self.told.set_quirks(grammar.met());
        match pieces {
            Some((tag, (steps, _))) => self.tell(tag, steps),
            None => {
                self.told.push(CommandPart::Unparsed { head: command_head(unit), error });
            }
        }
    }

    /// The line ends behind octets of a message.
    fn on_piece_end(&mut self, append: Append, piece: &[u8]) {
        let grammar = Grammar::new(&self.limits, self.forgiven);
        match grammar.append_piece(append.place, piece, PieceEnd::Line) {
            Some((steps, _)) => self.tell(append.head.tag, steps),
            None => {
                let error = SyntaxError { offset: 0 };
                self.told.push(CommandPart::Unparsed { head: Some(append.head), error });
            }
        }
    }

    fn tell(&mut self, tag: Tag, steps: Vec<AppendStep>) {
        for step in steps {
            self.told.push(match step {
                AppendStep::Target(target) => CommandPart::AppendBegin { tag: tag.clone(), target },
                AppendStep::Message(message) => CommandPart::Message(message),
                AppendStep::Url(url) => CommandPart::Url(url),
                AppendStep::MessageEnd => CommandPart::MessageEnd,
                AppendStep::End => CommandPart::AppendEnd,
                AppendStep::Text => continue,
            });
        }
    }

    /// A line announces a literal: octets of a message, or a string among the arguments.
    fn on_literal(
        &mut self,
        octets: &[u8],
        append: Option<Append>,
        framer: Framer,
        head: LiteralHead,
        next: usize,
    ) -> Used {
        let piece = octets.get(..head.at).unwrap_or_default();
        let message = match framer.has_bare_lf() {
            true => None,
            false => self.message_piece(append.as_ref(), piece, head),
        };
        if let Some((append, steps)) = message {
            self.told.set_pieces(framer.pieces());
            let LiteralHead { octets, waits, .. } = head;
            self.tell(append.head.tag.clone(), steps);
            let role = LiteralRole::Message;
            let at = piece.len();
            let head = Some(append.head.clone());
            self.told.push(CommandPart::Literal(LiteralRequest { head, octets, waits, role, at }));
            let asked = Asked { octets, waits, next: 0, fits: true };
            self.place = Place::AskedMessage(append, asked);
            return Used::Octets(next);
        }
        let size = head.octets.and_then(|size| usize::try_from(size).ok());
        let fits = size.is_some_and(|size| next.saturating_add(size) <= self.limits.unit)
            && framer.pieces().len() < self.limits.literals;
        let LiteralHead { octets: size, waits, at, .. } = head;
        let head = head_of(append.as_ref(), octets);
        let role = LiteralRole::Argument { fits };
        self.told.set_pieces(framer.pieces());
        let request = LiteralRequest { head, octets: size, waits, role, at };
        self.told.push(CommandPart::Literal(request));
        self.place = Place::Asked(append, framer, Asked { octets: size, waits, next, fits });
        Used::Octets(0)
    }

    /// A piece that ends where octets of a message follow.
    fn message_piece(
        &mut self,
        append: Option<&Append>,
        piece: &[u8],
        head: LiteralHead,
    ) -> Option<(Append, Vec<AppendStep>)> {
        // More than any number holds is announced as such by the request, and cannot be accepted.
        let octets = head.octets.unwrap_or(u64::MAX);
        let end = PieceEnd::Literal { octets, binary: head.binary };
        let (command, place, piece) = match append {
            Some(append) => (append.head.clone(), append.place, piece),
            None => append_front(piece)?,
        };
        let grammar = Grammar::new(&self.limits, self.forgiven);
        let (steps, place) = grammar.append_piece(place, piece, end)?;
        self.told.set_quirks(grammar.met());
        Some((Append { head: command, place }, steps))
    }

    fn read_payload(&mut self, octets: &[u8], append: Append, left: u64) -> Used {
        if left == 0 {
            self.told.push(CommandPart::LiteralEnd);
            // The octets of a piece in parentheses, or of CATENATE, end no message.
            if matches!(append.place, AppendPlace::Behind { .. }) {
                self.told.push(CommandPart::MessageEnd);
            }
            self.place = Place::Behind(append, Framer::new(Side::Command));
            return Used::Octets(0);
        }
        let n = at_most(left, octets);
        self.place = Place::Payload(append, left.saturating_sub(n as u64));
        if n == 0 {
            return Used::Starved;
        }
        self.told.push(CommandPart::Chunk);
        Used::Octets(n)
    }

    fn skip(&mut self, octets: &[u8], left: u64, then: Then) -> Used {
        let n = at_most(left, octets);
        let left = left.saturating_sub(n as u64);
        if left > 0 {
            self.place = Place::Skip(left, then);
            return Used::some(n);
        }
        self.place = match then {
            Then::Line => Place::Line,
            Then::Command => Place::unit(),
            Then::Nothing => {
                self.told.push(CommandPart::Endless);
                Place::Lost
            }
        };
        Used::Octets(n)
    }

    /// Passes over the rest of a line, and finds out whether octets that nobody waits for follow.
    fn skip_line(&mut self, octets: &[u8]) -> Used {
        self.place = Place::Line;
        let Some(at) = memchr::memmem::find(octets, b"\r\n") else {
            return Used::some(octets.len().saturating_sub(TAIL));
        };
        let head = literal_at_end(octets.get(..at).unwrap_or_default());
        self.place = match head.filter(|head| !head.waits) {
            None => Place::unit(),
            Some(LiteralHead { octets, .. }) => {
                self.refused(Asked { octets, waits: false, next: 0, fits: false })
            }
        };
        Used::Octets(at.saturating_add(2))
    }
}

impl Asked {
    fn size(self) -> usize {
        self.octets.and_then(|octets| usize::try_from(octets).ok()).unwrap_or(usize::MAX)
    }
}

impl Place {
    fn unit() -> Self {
        Self::Unit(Framer::new(Side::Command))
    }
}

/// APPEND or REPLACE, and what stands behind the name.
fn append_front(line: &[u8]) -> Option<(CommandHead, AppendPlace, &[u8])> {
    let (command, arguments) = command_front(line)?;
    let place = match &command.name {
        Some(name) if name.is("APPEND") && !command.uid => AppendPlace::Append,
        Some(name) if name.is("REPLACE") => AppendPlace::Replace { uid: command.uid },
        _ => return None,
    };
    Some((command, place, arguments))
}

/// The command that a unit, or a piece of one, belongs to.
fn head_of(append: Option<&Append>, octets: &[u8]) -> Option<CommandHead> {
    match append {
        Some(append) => Some(append.head.clone()),
        None => command_head(octets),
    }
}

/// Tag and name of a command. `None` when there is no tag.
fn command_head(line: &[u8]) -> Option<CommandHead> {
    command_front(line).map(|(head, _)| head)
}

/// The same, and what stands behind them, the space included.
pub(crate) fn command_front(line: &[u8]) -> Option<(CommandHead, &[u8])> {
    let (tag, rest) = while_octets(line, is_tag_octet);
    let tag = Tag::new(Bytes::copy_from_slice(tag)).ok()?;
    let next = |rest| -> Option<(&[u8], &[u8])> { atom(sp(rest).ok()?.0).ok() };
    let Some((mut rest, mut name)) = next(rest) else {
        return Some((CommandHead { tag, uid: false, name: None }, rest));
    };
    let uid = name.eq_ignore_ascii_case(b"UID");
    if uid {
        (rest, name) = next(rest).unwrap_or((rest, b""));
    }
    let name = Atom::new(Bytes::copy_from_slice(name)).ok();
    Some((CommandHead { tag, uid, name }, rest))
}
