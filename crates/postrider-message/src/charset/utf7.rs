//! UTF-7 (RFC 2152) in pieces, with the rules that encodify has for whole texts: what is not
//! well-formed becomes U+FFFD.

use alloc::string::String;
use core::char::{REPLACEMENT_CHARACTER, decode_utf16};

#[derive(Debug, Clone, Default)]
pub(super) struct Utf7 {
    shift: Option<Shift>,
    pub(super) misfits: bool,
}

/// Between `+` and the end of its base64.
#[derive(Debug, Clone, Default)]
struct Shift {
    /// Bits that are not a code unit yet, and how many.
    bits: u32,
    count: u32,
    /// A high surrogate that waits for its other half.
    high: Option<u16>,
    has_symbols: bool,
}

impl Utf7 {
    pub(super) fn decode(&mut self, octets: &[u8], last: bool, out: &mut String) {
        let mut rest = octets;
        while let [octet, after @ ..] = rest {
            rest = match &mut self.shift {
                None => self.direct(rest, out),
                Some(shift) => match value(*octet) {
                    Some(value) => {
                        self.misfits |= !shift.symbol(value, out);
                        after
                    }
                    None => {
                        self.end_shift(Some(*octet), out);
                        if *octet == b'-' { after } else { rest }
                    }
                },
            };
        }
        if last {
            self.end_shift(None, out);
        }
    }

    /// Text outside of shifts, and the `+` that begins one.
    fn direct<'a>(&mut self, octets: &'a [u8], out: &mut String) -> &'a [u8] {
        let end = octets.iter().position(|octet| *octet == b'+' || !octet.is_ascii());
        let (text, rest) =
            octets.split_at_checked(end.unwrap_or(octets.len())).unwrap_or((octets, &[]));
        out.push_str(core::str::from_utf8(text).unwrap_or_default());
        match rest {
            [] => rest,
            [b'+', after @ ..] => {
                self.shift = Some(Shift::default());
                after
            }
            [_, after @ ..] => {
                self.misfit(out);
                after
            }
        }
    }

    fn end_shift(&mut self, by: Option<u8>, out: &mut String) {
        let Some(shift) = self.shift.take() else { return };
        if !shift.has_symbols {
            match by {
                Some(b'-') => out.push('+'),
                _ => self.misfit(out),
            }
            return;
        }
        if shift.high.is_some() {
            self.misfit(out);
        }
        // Bits that are left must be less than a symbol, and zero.
        if shift.count >= 6 || shift.bits != 0 {
            self.misfit(out);
        }
    }

    fn misfit(&mut self, out: &mut String) {
        self.misfits = true;
        out.push(REPLACEMENT_CHARACTER);
    }
}

impl Shift {
    /// Takes six bits. False where they end a code unit that does not fit.
    fn symbol(&mut self, value: u8, out: &mut String) -> bool {
        self.has_symbols = true;
        self.bits = self.bits << 6 | u32::from(value);
        self.count = self.count.saturating_add(6);
        let Some(left) = self.count.checked_sub(16) else { return true };
        let unit = u16::try_from(self.bits >> left & 0xffff).unwrap_or_default();
        self.bits &= !(u32::MAX << left);
        self.count = left;
        self.unit(unit, out)
    }

    fn unit(&mut self, unit: u16, out: &mut String) -> bool {
        let high = self.high.take();
        let is_low = matches!(unit, 0xdc00..=0xdfff);
        // A high surrogate without its other half.
        let alone = high.is_some() && !is_low;
        if alone {
            out.push(REPLACEMENT_CHARACTER);
        }
        if matches!(unit, 0xd800..=0xdbff) {
            self.high = Some(unit);
            return !alone;
        }
        let pair = high.filter(|_| is_low).into_iter().chain([unit]);
        let character = decode_utf16(pair).next().and_then(Result::ok);
        out.push(character.unwrap_or(REPLACEMENT_CHARACTER));
        character.is_some() && !alone
    }
}

const fn value(octet: u8) -> Option<u8> {
    match octet {
        b'A'..=b'Z' => Some(octet.wrapping_sub(b'A')),
        b'a'..=b'z' => Some(octet.wrapping_sub(b'a').wrapping_add(26)),
        b'0'..=b'9' => Some(octet.wrapping_sub(b'0').wrapping_add(52)),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
