//! ISO-2022-JP without escape sequences that another one follows at once. Each encoded word ends in
//! ASCII (RFC 2047 §3), so where two are joined, ASCII is selected and left again; the decoder of
//! the Encoding Standard would put U+FFFD there.

use alloc::vec::Vec;

use memchr::memchr;

const ESCAPE: u8 = 0x1b;

/// Leaves the superfluous ones out, and holds at most five octets.
#[derive(Debug, Clone, Default)]
pub(super) struct Switches {
    /// What may be two escape sequences in a row.
    held: Vec<u8>,
}

impl Switches {
    pub(super) fn feed(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        let mut rest = octets;
        loop {
            if self.held.is_empty() {
                let at = memchr(ESCAPE, rest).unwrap_or(rest.len());
                let (before, from) = rest.split_at_checked(at).unwrap_or((rest, &[]));
                out.extend_from_slice(before);
                rest = from;
            }
            let [octet, after @ ..] = rest else { return };
            self.held.push(*octet);
            rest = after;
            self.resolve(out);
        }
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
    }

    fn resolve(&mut self, out: &mut Vec<u8>) {
        let (first, second) = self.held.split_at_checked(3).unwrap_or((&self.held, &[]));
        if !may_be_switch(first) || !may_be_switch(second) {
            // One octet is settled, and all up to the next escape sequence.
            let next = self.held.iter().skip(1).position(|octet| *octet == ESCAPE);
            let settled = next.map_or(self.held.len(), |at| at.saturating_add(1));
            out.extend(self.held.drain(..settled));
            if !self.held.is_empty() {
                self.resolve_rest(out);
            }
        } else if second.len() == 3 {
            self.held.drain(..3);
        }
    }

    /// What is left behind a settled octet is shorter than two sequences.
    fn resolve_rest(&mut self, out: &mut Vec<u8>) {
        let (first, second) = self.held.split_at_checked(3).unwrap_or((&self.held, &[]));
        if !may_be_switch(first) || !may_be_switch(second) {
            out.append(&mut self.held);
        }
    }
}

/// Whether these octets begin an escape sequence of ISO-2022-JP, or are a whole one.
const fn may_be_switch(octets: &[u8]) -> bool {
    matches!(
        octets,
        [] | [ESCAPE]
            | [ESCAPE, b'(' | b'$']
            | [ESCAPE, b'(', b'B' | b'J' | b'I']
            | [ESCAPE, b'$', b'@' | b'B']
    )
}
