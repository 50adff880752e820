//! From the wire: dots removed, the end found.

use core::cell::Cell;

use bytes::Bytes;

use crate::Inbox;

/// Runs of content from this length on are handed on where they lie.
const LONG: usize = 4096;
/// Behind a run of less, lines are taken octet by octet: to call a search, and a move of memory, for each
/// would take longer.
const SHORT: usize = 16;

/// What a receiver does with a CR or LF that stands alone, and with NUL. Chosen once per session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BareNewlines {
    /// The mail is a fault: it is swallowed to its end and refused. The default.
    #[default]
    Reject,
    /// A bare CR or LF becomes CRLF in the content. It never ends the mail.
    Normalize,
    /// They are content like any other octet.
    Keep,
}

/// One step of un-stuffing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unstuffed {
    /// Content. Where pieces are cut carries no meaning.
    Payload(Bytes),
    /// Under [`BareNewlines::Reject`]: the first offence, at this stream offset. Told once; what
    /// follows still comes as payload, for the caller to throw away.
    Fault(u64),
    /// The mail is over and its terminator consumed.
    End,
    /// The inbox is empty.
    NeedInput,
}

/// The receiving half of the codec.
///
/// | state | `.` | CR | LF | other |
/// |---|---|---|---|---|
/// | `LineStart` | `Dot` | `Cr` | bare | `Text` |
/// | `Dot` | `Text` | `DotCr` | bare | `Text` |
/// | `DotCr` | bare | bare | `Done` | bare |
/// | `Text` | `Text` | `Cr` | bare | `Text` |
/// | `Cr` | bare | bare | `LineStart` | bare |
#[derive(Clone, Debug)]
pub struct Unstuffer {
    state: State,
    policy: BareNewlines,
    fault: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// After CRLF, or at the very start.
    LineStart,
    /// After a dot at a line start, which is not handed on.
    Dot,
    /// After such a dot and a CR, neither of them handed on.
    DotCr,
    /// Inside a line.
    Text,
    /// After a CR inside a line, which was handed on.
    Cr,
    /// After the terminator.
    Done,
}

impl Unstuffer {
    /// At the start of a mail: right behind the CRLF of the command or reply before it.
    #[must_use]
    pub fn new(policy: BareNewlines) -> Self {
        Self { state: State::LineStart, policy, fault: None }
    }

    /// The stream offset of the first bare CR, bare LF or NUL so far, whatever the policy.
    #[must_use]
    pub fn fault(&self) -> Option<u64> {
        self.fault
    }

    /// Consumes from `rx` up to the next thing to tell. The inbox is empty after
    /// [`Unstuffed::NeedInput`]: a dot or CR whose meaning is open is kept in the state alone.
    pub fn poll(&mut self, rx: &mut Inbox) -> Unstuffed {
        loop {
            if self.state == State::Done {
                return Unstuffed::End;
            }
            let Some(&first) = rx.octets().first() else { return Unstuffed::NeedInput };
            if let Some(at) = self.offends(first, rx.offset()) {
                return Unstuffed::Fault(at);
            }
            match (self.state, first) {
                (State::LineStart, b'.') => self.swallow(rx, State::Dot),
                (State::Dot, b'\r') => self.swallow(rx, State::DotCr),
                (State::Dot, _) => self.state = State::Text,
                (State::DotCr, b'\n') => self.swallow(rx, State::Done),
                // The CR that was held back turned out to be content.
                (State::DotCr, _) => {
                    self.state = State::Text;
                    return Unstuffed::Payload(match self.policy {
                        BareNewlines::Normalize => Bytes::from_static(b"\r\n"),
                        BareNewlines::Reject | BareNewlines::Keep => Bytes::from_static(b"\r"),
                    });
                }
                (State::Cr, other) if other != b'\n' && self.normalizes() => {
                    self.state = State::Text;
                    return Unstuffed::Payload(Bytes::from_static(b"\n"));
                }
                (State::LineStart | State::Text, b'\n') if self.normalizes() => {
                    self.swallow(rx, State::Text);
                    return Unstuffed::Payload(Bytes::from_static(b"\r\n"));
                }
                _ => {
                    let from = rx.offset();
                    return Unstuffed::Payload(rx.take_edited(|octets| self.content(octets, from)));
                }
            }
        }
    }

    /// Whether the octet makes the mail a fault; tells the offset of the first one under `Reject`.
    fn offends(&mut self, octet: u8, at: u64) -> Option<u64> {
        let offends = match (self.state, octet) {
            (State::Cr | State::DotCr, b'\n') => false,
            (State::Cr | State::DotCr, _) | (_, b'\n' | 0) => true,
            _ => false,
        };
        if !offends || self.fault.is_some() {
            return None;
        }
        let at = self.blamed(at);
        self.fault = Some(at);
        (self.policy == BareNewlines::Reject).then_some(at)
    }

    /// A CR is known to stand alone only when the octet behind it is seen.
    fn blamed(&self, seen: u64) -> u64 {
        let behind_cr = matches!(self.state, State::Cr | State::DotCr);
        seen.saturating_sub(u64::from(behind_cr))
    }

    fn normalizes(&self) -> bool {
        self.policy == BareNewlines::Normalize
    }

    fn swallow(&mut self, rx: &mut Inbox, next: State) {
        rx.skip(1);
        self.state = next;
    }

    /// How many octets from the front are understood, and how many of these are content. Content is
    /// moved together over the dots that are taken out, so that a text of short dotted lines comes
    /// in few pieces; a long run is never moved for the sake of a dot behind it.
    fn content(&mut self, octets: &mut [u8], from: u64) -> (usize, usize) {
        let (mut taken, mut kept) = (0_usize, 0_usize);
        loop {
            let rest = octets.get(taken..).unwrap_or_default();
            let run = self.verbatim(rest, from.saturating_add(taken as u64));
            let end = taken.saturating_add(run);
            let plain_behind_dot = matches!(
                (self.state, octets.get(end), octets.get(end.saturating_add(1))),
                (State::LineStart, Some(b'.'), Some(next)) if !matches!(next, b'\r' | b'\n' | 0)
            );
            if kept < taken {
                // Both ranges lie within `octets`: `kept` is behind `taken`, and the run was read.
                octets.copy_within(taken..end, kept);
            }
            (taken, kept) = (end, kept.saturating_add(run));
            if !plain_behind_dot || run >= LONG {
                return (taken, kept);
            }
            if run >= SHORT {
                taken = taken.saturating_add(1);
                self.state = State::Text;
                continue;
            }
            let lines = self.short_lines(octets, taken, kept);
            taken = taken.saturating_add(lines.taken);
            kept = kept.saturating_add(lines.kept);
            if !lines.go_on {
                return (taken, kept);
            }
        }
    }

    /// Takes short lines that begin at `from`, and moves their content to `to`, which is no place behind
    /// it. Ends before an octet that `poll` must look at, and in a line that is not short.
    fn short_lines(&mut self, octets: &mut [u8], from: usize, to: usize) -> ShortLines {
        let octets = Cell::from_mut(octets).as_slice_of_cells();
        let source = octets.get(from..).unwrap_or_default();
        let mut target = octets.get(to..).unwrap_or_default().iter();
        let mut keep = |octet| _ = target.next().map(|place| place.set(octet));
        let octet_at = |at: usize| source.get(at).map(Cell::get);
        let (mut taken, mut dots, mut length) = (0_usize, 0_usize, 0_usize);
        while let Some(octet) = octet_at(taken) {
            let next = taken.saturating_add(1);
            match octet {
                b'.' if self.state == State::LineStart => {
                    if matches!(octet_at(next), None | Some(b'\r' | b'\n' | 0)) {
                        break;
                    }
                    dots = dots.saturating_add(1);
                    self.state = State::Text;
                }
                b'\r' => {
                    if octet_at(next) != Some(b'\n') {
                        break;
                    }
                    keep(b'\r');
                    keep(b'\n');
                    self.state = State::LineStart;
                    taken = next;
                    length = 0;
                }
                b'\n' | 0 => break,
                // The line is not short.
                _ if length == SHORT => {
                    return ShortLines { taken, kept: taken.saturating_sub(dots), go_on: true };
                }
                other => {
                    keep(other);
                    self.state = State::Text;
                    length = length.saturating_add(1);
                }
            }
            taken = taken.saturating_add(1);
        }
        ShortLines { taken, kept: taken.saturating_sub(dots), go_on: false }
    }

    /// How many octets from the front are content as they stand: up to a dot at a line start, up to
    /// an octet that `poll` must look at, or all. At least one when called from `poll`.
    fn verbatim(&mut self, octets: &[u8], from: u64) -> usize {
        let mut at = 0;
        while let Some(&octet) = octets.get(at) {
            let here = from.saturating_add(at as u64);
            match (self.state, octet) {
                (State::LineStart, b'.') => return at,
                (State::Cr, b'\n') => {
                    at = at.saturating_add(1);
                    self.state = State::LineStart;
                }
                (State::Cr, _) if self.stops(here) => return at,
                (State::Cr, _) => self.state = State::Text,
                (_, b'\r') => {
                    at = at.saturating_add(1);
                    self.state = State::Cr;
                }
                (_, b'\n' | 0) => {
                    // The first octet was looked at by `poll`.
                    if at > 0 && self.stops(here) {
                        self.state = State::Text;
                        return at;
                    }
                    at = at.saturating_add(1);
                    self.state = State::Text;
                }
                _ => {
                    self.state = State::Text;
                    let rest = octets.get(at..).unwrap_or_default();
                    let run = memchr::memchr3(b'\r', b'\n', 0, rest).unwrap_or(rest.len());
                    at = at.saturating_add(run);
                }
            }
        }
        at
    }

    /// Whether a run must end before the octet at `here`, which offends; else notes the offence.
    fn stops(&mut self, here: u64) -> bool {
        match self.policy {
            BareNewlines::Reject => self.fault.is_none(),
            BareNewlines::Normalize => true,
            BareNewlines::Keep => {
                let at = self.blamed(here);
                self.fault.get_or_insert(at);
                false
            }
        }
    }
}

/// What was taken of short lines, in octets.
struct ShortLines {
    taken: usize,
    /// How many of these are content.
    kept: usize,
    /// Whether the next octet is content too.
    go_on: bool,
}
