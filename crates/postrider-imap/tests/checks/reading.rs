//! What a reader tells of octets that come in pieces, and what holds while it does.

use std::fmt::Debug;

use postrider_imap::Limits;
use postrider_imap::{
    CommandPart, CommandReader, Consumed, LiteralRole, Quirks, ResponsePart, ResponseReader, Step,
};

/// A reader of one side.
pub(crate) trait Reader {
    /// What it tells.
    type Part: Clone + Debug + PartialEq;

    fn read(&mut self, octets: &[u8]) -> Step<Self::Part>;
    fn quirks(&self) -> Quirks;
    fn in_payload(&self) -> bool;
    fn is_between(&self) -> bool;
    /// What the part is to its octets.
    fn role(part: &Self::Part) -> Role;
    /// What the other side decides once it has heard this.
    fn decide(&mut self, part: &Self::Part);
}

/// What a part is to the octets that its step consumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// They are told with it.
    Whole,
    /// They are octets of a message, and where one such part ends depends on how they came.
    Chunk,
    /// What stands there is passed over, and where that is noticed depends on how it came.
    Skip,
    /// Nothing is read any more.
    End,
}

impl Reader for ResponseReader {
    type Part = ResponsePart;

    fn read(&mut self, octets: &[u8]) -> Step<ResponsePart> {
        Self::read(self, octets)
    }

    fn quirks(&self) -> Quirks {
        Self::quirks(self)
    }

    fn in_payload(&self) -> bool {
        Self::in_payload(self)
    }

    fn is_between(&self) -> bool {
        Self::is_between(self)
    }

    fn role(part: &ResponsePart) -> Role {
        match part {
            ResponsePart::Chunk => Role::Chunk,
            ResponsePart::TooLong { .. } => Role::Skip,
            ResponsePart::Endless => Role::End,
            _ => Role::Whole,
        }
    }

    fn decide(&mut self, _: &ResponsePart) {}
}

/// A reader of commands, and what a server answers to the literals that are announced.
pub(crate) struct Commands {
    reader: CommandReader,
    /// Whether the literal of this number is taken.
    takes: fn(usize) -> bool,
    asked: usize,
}

impl Commands {
    pub(crate) fn new(limits: &Limits, forgiven: Quirks, takes: fn(usize) -> bool) -> Self {
        Self { reader: CommandReader::new(limits, forgiven), takes, asked: 0 }
    }
}

impl Reader for Commands {
    type Part = CommandPart;

    fn read(&mut self, octets: &[u8]) -> Step<CommandPart> {
        self.reader.read(octets)
    }

    fn quirks(&self) -> Quirks {
        self.reader.quirks()
    }

    fn in_payload(&self) -> bool {
        self.reader.in_payload()
    }

    fn is_between(&self) -> bool {
        self.reader.is_between()
    }

    fn role(part: &CommandPart) -> Role {
        match part {
            CommandPart::Chunk => Role::Chunk,
            CommandPart::TooLong { .. } => Role::Skip,
            CommandPart::Endless => Role::End,
            _ => Role::Whole,
        }
    }

    fn decide(&mut self, part: &CommandPart) {
        let CommandPart::Literal(request) = part else { return };
        assert!(self.reader.is_asking());
        let step = self.reader.read(b"x");
        assert!(step.is_starved(), "a literal is announced, and it goes on: {step:?}");
        self.asked += 1;
        let fits = !matches!(request.role, LiteralRole::Argument { fits: false });
        // One that is too long can be accepted, and is not.
        if fits && !(self.takes)(self.asked) {
            self.reader.refuse()
        } else {
            self.reader.accept()
        }
        assert!(!self.reader.is_asking());
    }
}

/// A part as it was told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told<P> {
    pub(crate) part: P,
    /// Where its octets end, unless that depends on how they came.
    pub(crate) end: usize,
    /// The octets of a message.
    pub(crate) octets: Vec<u8>,
    pub(crate) quirks: Quirks,
}

/// What was told, and how it ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading<P> {
    pub(crate) told: Vec<Told<P>>,
    /// Octets that belong to nothing that is whole.
    pub(crate) left: usize,
    pub(crate) is_between: bool,
}

/// Shows `octets` to a reader; `next` says how many more come when it has to see more, at least one.
/// A reader that holds `most` octets or more and still waits has failed.
pub(crate) fn read<R: Reader>(
    mut reader: R,
    octets: &[u8],
    most: usize,
    mut next: impl FnMut() -> usize,
) -> Reading<R::Part> {
    let mut told: Vec<Told<R::Part>> = Vec::new();
    let (mut start, mut end) = (0, 0);
    let mut idle = 0;
    loop {
        let in_payload = reader.in_payload();
        let step = reader.read(&octets[start..end]);
        if step.is_starved() {
            assert_eq!(reader.read(&octets[start..end]), step, "nothing new is nothing new");
            let lost = told.last().is_some_and(|told| R::role(&told.part) == Role::End);
            assert!(lost || end - start < most, "{} octets, and it waits", end - start);
            if end == octets.len() {
                let left = if lost { 0 } else { end - start };
                return Reading { told, left, is_between: reader.is_between() };
            }
            end = end.saturating_add(next().max(1)).min(octets.len());
            continue;
        }
        let consumed = octets[start..end].get(..step.octets).expect("no more than there are");
        start += step.octets;
        // Steps without octets are few: parts wait in a queue, and so do the octets of literals.
        idle = if step.octets == 0 { idle + 1 } else { 0 };
        assert!(idle < 40, "no progress");
        let is_chunk = step.part.as_ref().is_some_and(|part| R::role(part) == Role::Chunk);
        assert_eq!(is_chunk, step.octets > 0 && step.consumed == Consumed::Payload);
        assert!(!in_payload || is_chunk || step.octets == 0, "octets of a message are due");
        let Some(part) = step.part else { continue };
        let quirks = reader.quirks();
        reader.decide(&part);
        let last = told.last_mut().filter(|told| R::role(&told.part) == Role::Chunk);
        match (R::role(&part), last) {
            (Role::Chunk, Some(last)) => {
                last.octets.extend_from_slice(consumed);
                last.end = start;
            }
            (Role::Chunk, None) => {
                told.push(Told { part, end: start, octets: consumed.to_vec(), quirks });
            }
            (Role::Whole, _) => told.push(Told { part, end: start, octets: Vec::new(), quirks }),
            (Role::Skip | Role::End, _) => {
                told.push(Told { part, end: 0, octets: Vec::new(), quirks: Quirks::strict() });
            }
        }
    }
}

/// All at once.
pub(crate) fn responses(octets: &[u8], limits: &Limits, forgiven: Quirks) -> Reading<ResponsePart> {
    cut_responses(octets, limits, forgiven, || usize::MAX)
}

/// As many at once as `next` says.
pub(crate) fn cut_responses(
    octets: &[u8],
    limits: &Limits,
    forgiven: Quirks,
    next: impl FnMut() -> usize,
) -> Reading<ResponsePart> {
    let reading = read(ResponseReader::new(limits, forgiven), octets, limits.unit, next);
    bodies_are_whole(&reading.told);
    reading
}

/// A body has one beginning and one end and as many octets as were declared, and so has FETCH.
fn bodies_are_whole(told: &[Told<ResponsePart>]) {
    let mut fetch = None;
    let mut body: Option<u64> = None;
    for Told { part, octets, .. } in told {
        match part {
            ResponsePart::FetchItems { message, .. }
            | ResponsePart::TooLong { message: Some(message), .. } => {
                assert_eq!(body, None);
                assert_eq!(*fetch.get_or_insert(*message), *message);
            }
            ResponsePart::BodyBegin { message, declared, .. } => {
                assert_eq!(body, None, "a body in a body");
                assert_eq!(*fetch.get_or_insert(*message), *message);
                body = Some(declared.unwrap_or(0));
            }
            ResponsePart::Chunk => {
                let due = body.as_mut().expect("in a body");
                *due = due.checked_sub(octets.len() as u64).expect("no more than declared");
            }
            ResponsePart::Quoted(octets) => {
                assert_eq!(body.replace(0), Some(octets.len() as u64));
            }
            ResponsePart::BodyEnd => assert_eq!(body.take(), Some(0), "complete"),
            ResponsePart::FetchEnd { message, .. } => {
                assert_eq!((body, fetch.take()), (None, Some(*message)));
            }
            ResponsePart::Endless => return,
            _ => assert_eq!((body, fetch), (None, None), "inside FETCH"),
        }
    }
}

/// The commands in these octets, for a server that takes literals, or some of them.
pub(crate) fn commands(
    octets: &[u8],
    limits: &Limits,
    forgiven: Quirks,
    takes: fn(usize) -> bool,
    next: impl FnMut() -> usize,
) -> Reading<CommandPart> {
    let reading = read(Commands::new(limits, forgiven, takes), octets, limits.unit, next);
    messages_are_whole(&reading.told);
    reading
}

/// A message has one beginning, and one end unless its command is given up, and as many octets as were
/// announced.
fn messages_are_whole(told: &[Told<CommandPart>]) {
    let (mut in_append, mut in_message) = (false, false);
    let mut due: Option<u64> = None;
    // A literal that a server refuses ends its command: nothing more is told of that.
    let mut refused = false;
    for Told { part, octets, .. } in told {
        let asked = matches!(part, CommandPart::Literal(_));
        match part {
            CommandPart::AppendBegin { .. } => {
                assert!(!in_append || refused, "a command in a command");
                (in_append, in_message, due) = (true, false, None);
            }
            CommandPart::Message(_) => {
                assert!(in_append && !in_message, "a message in a message");
                in_message = true;
            }
            CommandPart::Literal(request) if request.role == LiteralRole::Message => {
                assert!(in_message && due.is_none());
                due = request.octets;
            }
            CommandPart::Literal(_) => {}
            CommandPart::Chunk => {
                let left = due.as_mut().expect("it was announced");
                *left = left.checked_sub(octets.len() as u64).expect("no more than announced");
            }
            CommandPart::LiteralEnd => assert_eq!(due.take(), Some(0), "complete"),
            CommandPart::Url(_) => assert!(in_message && due.is_none()),
            CommandPart::MessageEnd => {
                assert!(in_message && due.is_none());
                in_message = false;
            }
            CommandPart::AppendEnd => {
                assert!(in_append && !in_message && due.is_none());
                in_append = false;
            }
            // What was begun is given up.
            _ => (in_append, in_message, due) = (false, false, None),
        }
        refused = asked;
    }
}
