//! Long lists of numbers, piece by piece: SEARCH, SORT, ESEARCH and VANISHED without the line in
//! memory.

use core::num::NonZeroU32;

use crate::language::quirks::{Quirk, Quirks};
use crate::language::value::{NumberList, NumberRange};

/// Reads a list of numbers in pieces that are cut anywhere, into ranges.
///
/// [`NumberScan::feed`] tells how many octets of a piece belong to the list: fewer than all, and
/// the list has ended there. What stands behind it is for the grammar.
#[derive(Debug)]
pub(crate) struct NumberScan {
    form: Form,
    numbers: NumberList,
    /// How many ranges are taken.
    most: usize,
    /// The number whose digits are being read, if there are any.
    sum: Option<u64>,
    /// The first number of a range, behind its colon.
    from: Option<NonZeroU32>,
    /// Blanks since the last number.
    blanks: usize,
    /// Whether a comma or a colon stands before the next number.
    parted: bool,
    /// What was out of order, and could be read all the same.
    met: Quirks,
}

/// How the numbers are parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `*(SP nz-number)`
    Spaced,
    /// `uid-set`, or a `sequence-set` without `*`
    Set,
}

/// Why a list cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScanError {
    /// More ranges than the limits allow.
    TooMany,
    /// A number that is too large, or none where one must be.
    Malformed,
}

/// What was read.
#[derive(Debug, PartialEq)]
pub(crate) struct Scanned {
    pub(crate) numbers: NumberList,
    /// Blanks behind the last number.
    pub(crate) blanks: usize,
    /// What must be forgiven: [`Quirk::Blank`] and [`Quirk::Number`].
    pub(crate) met: Quirks,
}

impl NumberScan {
    /// For what stands behind `SEARCH` and `SORT`: `*(SP nz-number)`, from the first blank on.
    pub(crate) fn spaced(most: usize) -> Self {
        Self::new(Form::Spaced, most)
    }

    /// For a set, from its first digit on.
    ///
    /// `uid-set = (uniqueid / uid-range) *("," uid-set)` (RFC 4315 §4)
    pub(crate) fn set(most: usize) -> Self {
        Self::new(Form::Set, most)
    }

    fn new(form: Form, most: usize) -> Self {
        Self {
            form,
            numbers: NumberList::new(),
            most,
            sum: None,
            from: None,
            blanks: 0,
            parted: true,
            met: Quirks::strict(),
        }
    }

    /// Takes a piece and tells how many of its octets belong to the list.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Result<usize, ScanError> {
        let mut rest = piece;
        loop {
            if self.sum.is_none() {
                rest = self.short_numbers(rest)?;
            }
            let Some((&octet, behind)) = rest.split_first() else { break };
            if !self.octet(octet)? {
                break;
            }
            rest = behind;
        }
        Ok(piece.len().saturating_sub(rest.len()))
    }

    /// Ends the list.
    pub(crate) fn finish(mut self) -> Result<Scanned, ScanError> {
        self.number_ends()?;
        if self.form == Form::Set && self.parted {
            return Err(ScanError::Malformed);
        }
        Ok(Scanned { numbers: self.numbers, blanks: self.blanks, met: self.met })
    }

    /// One octet; whether it belongs to the list.
    fn octet(&mut self, octet: u8) -> Result<bool, ScanError> {
        if octet.is_ascii_digit() {
            let digit = u64::from(octet.wrapping_sub(b'0'));
            let sum = self.sum.unwrap_or(0).saturating_mul(10).saturating_add(digit);
            // No number of 32 bits gets here; so the sum never overflows.
            if sum > u32::MAX.into() {
                return Err(ScanError::Malformed);
            }
            if self.sum.is_none() && !self.number_begins() {
                return Ok(false);
            }
            self.sum = Some(sum);
            return Ok(true);
        }
        match (self.form, octet) {
            (Form::Spaced, b' ') => {
                self.number_ends()?;
                self.blanks = self.blanks.saturating_add(1);
                Ok(true)
            }
            (Form::Set, b',') => {
                self.number_ends()?;
                self.part()
            }
            (Form::Set, b':') if self.from.is_none() => {
                let Some(sum) = self.sum.take() else { return Err(ScanError::Malformed) };
                let number = u32::try_from(sum).ok().and_then(NonZeroU32::new);
                self.from = Some(number.ok_or(ScanError::Malformed)?);
                self.part()
            }
            _ => Ok(false),
        }
    }

    /// A comma or a colon.
    fn part(&mut self) -> Result<bool, ScanError> {
        if self.parted {
            return Err(ScanError::Malformed);
        }
        self.parted = true;
        Ok(true)
    }

    /// Whether a number may begin here.
    fn number_begins(&mut self) -> bool {
        match self.form {
            Form::Spaced => {
                if self.blanks > 1 {
                    self.met = self.met.with(Quirk::Blank);
                }
                core::mem::take(&mut self.blanks) > 0
            }
            Form::Set => core::mem::take(&mut self.parted),
        }
    }

    fn number_ends(&mut self) -> Result<(), ScanError> {
        let Some(sum) = self.sum.take() else {
            // `1:,` and `1:` at the end
            return if self.from.is_some() { Err(ScanError::Malformed) } else { Ok(()) };
        };
        let Some(number) = u32::try_from(sum).ok().and_then(NonZeroU32::new) else {
            if self.form == Form::Set || sum != 0 {
                return Err(ScanError::Malformed);
            }
            // No message has it.
            self.met = self.met.with(Quirk::Number);
            return Ok(());
        };
        let from = self.from.take().unwrap_or(number);
        self.push(NumberRange::new(from, number))
    }

    fn push(&mut self, range: NumberRange) -> Result<(), ScanError> {
        self.numbers.push_range(range);
        if self.numbers.ranges().len() > self.most { Err(ScanError::TooMany) } else { Ok(()) }
    }

    /// Numbers of up to seven digits behind a single blank or comma, eight octets at a time, as
    /// long as they come. The rest.
    fn short_numbers<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], ScanError> {
        let mut rest = piece;
        match self.form {
            Form::Spaced => {
                // A blank of a piece before counts as well.
                if self.blanks > 0 {
                    return Ok(rest);
                }
                while let Some((b' ', behind)) = rest.split_first() {
                    let Some((number, behind)) = short_number(behind) else { break };
                    if behind.first() != Some(&b' ') {
                        break;
                    }
                    self.push(NumberRange::new(number, number))?;
                    rest = behind;
                }
            }
            Form::Set => {
                if self.from.is_some() || !self.parted {
                    return Ok(rest);
                }
                while let Some((number, behind)) = short_number(rest) {
                    let Some((b',', behind)) = behind.split_first() else { break };
                    self.push(NumberRange::new(number, number))?;
                    rest = behind;
                }
            }
        }
        Ok(rest)
    }
}

/// A number of one to seven digits that ends within the next eight octets.
fn short_number(input: &[u8]) -> Option<(NonZeroU32, &[u8])> {
    let eight = u64::from_le_bytes(*input.first_chunk::<8>()?);
    // Digits become 0 to 9; every other octet has its high bit set in `ends`, or one before it has.
    let values = eight ^ 0x3030_3030_3030_3030;
    let ends = (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
    let bits = ends.trailing_zeros() & !7;
    if bits == 0 || bits == 64 {
        return None;
    }
    // Zeros before the digits, so that there are eight; then pairs, fours and all of them.
    let digits = values.wrapping_shl(64_u32.wrapping_sub(bits));
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let all = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
    let number = NonZeroU32::new(u32::try_from(all).ok()?)?;
    let len = usize::try_from(bits >> 3).ok()?;
    Some((number, input.get(len..)?))
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::*;

    fn scan(mut scan: NumberScan, pieces: &[&[u8]]) -> Result<(Scanned, usize), ScanError> {
        let mut taken = 0;
        for piece in pieces {
            let now = scan.feed(piece)?;
            taken += now;
            if now < piece.len() {
                break;
            }
        }
        Ok((scan.finish()?, taken))
    }

    #[test]
    fn a_list_ends_at_the_first_octet_that_is_no_part_of_it() {
        let (found, taken) =
            scan(NumberScan::spaced(10), &[b" 17 900 901 12345678 4294967295 (MODSEQ 9)"]).unwrap();
        assert_eq!(found.numbers.to_string(), "17,900:901,12345678,4294967295");
        assert_eq!((found.blanks, taken, found.met), (1, 32, Quirks::strict()));
        let (found, taken) = scan(NumberScan::set(10), &[b"1:3,5,1234567,9:8 COUNT 5"]).unwrap();
        assert_eq!(found.numbers.to_string(), "1:3,5,1234567,8:9");
        assert_eq!((found.blanks, taken), (0, 17));
    }

    #[test]
    fn cutting_a_list_anywhere_changes_nothing() {
        for (new, line) in [
            (NumberScan::spaced as fn(usize) -> _, &b" 1 2 3 1234567 12345678 99  0 7 \r\n"[..]),
            (NumberScan::set, b"1:3,5,1234567,12345678:12345679,99,7 UID\r\n"),
        ] {
            let whole = scan(new(100), &[line]).unwrap();
            for at in 0..=line.len() {
                let (one, two) = line.split_at(at);
                assert_eq!(scan(new(100), &[one, two]), Ok(scan(new(100), &[line]).unwrap()));
            }
            let single: Vec<&[u8]> = line.chunks(1).collect();
            assert_eq!(scan(new(100), &single), Ok(whole));
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let set = |text: &str| scan(NumberScan::set(2), &[text.as_bytes()]).map(|(_, at)| at);
        for text in ["", ",1", "1,,2", "1:", "1:,2", "0", "1,0", "0:4", "4294967296", "1,"] {
            assert_eq!(set(text).err(), Some(ScanError::Malformed), "{text}");
        }
        // The second colon is no part of the list.
        assert_eq!(set("1:2:3"), Ok(3));
        assert_eq!(set("1,3,5"), Err(ScanError::TooMany));
        assert_eq!(set("1,2,3,4,9"), Ok(9));
        let spaced = |text: &str| scan(NumberScan::spaced(2), &[text.as_bytes()]);
        assert_eq!(spaced(" 4294967296").err(), Some(ScanError::Malformed));
        assert_eq!(spaced(" 99999999999999999999999").err(), Some(ScanError::Malformed));
        assert_eq!(spaced(" 1 3 5").err(), Some(ScanError::TooMany));
        assert_eq!(spaced("1").map(|(_, at)| at), Ok(0), "a number without its blank");
    }

    #[test]
    fn blanks_and_zeros_are_noted() {
        let met = |text: &str| {
            let (found, _) = scan(NumberScan::spaced(9), &[text.as_bytes()]).unwrap();
            (found.numbers.to_string(), found.blanks, found.met)
        };
        let none = Quirks::strict();
        assert_eq!(met(" 1 2 "), (String::from("1:2"), 1, none));
        assert_eq!(met(" "), (String::new(), 1, none));
        assert_eq!(met(" 1  2"), (String::from("1:2"), 0, none.with(Quirk::Blank)));
        assert_eq!(met(" 0 2"), (String::from("2"), 0, none.with(Quirk::Number)));
        assert_eq!(met(" 00000000 2 3 4 5 6"), (String::from("2:6"), 0, none.with(Quirk::Number)));
    }

    #[test]
    fn a_short_number_is_what_its_digits_say() {
        for number in (1..10_000_000_u32).step_by(977).chain([1, 9, 10, 99, 1_000_000, 9_999_999]) {
            for end in [" ", ",", ":", "/", "\u{e9}", "\0"] {
                let text = alloc::format!("{number}{end}zzzzzzzz");
                let (read, rest) = short_number(text.as_bytes()).unwrap();
                assert_eq!(
                    (read.get(), text.len() - rest.len()),
                    (number, number.to_string().len())
                );
            }
        }
        for text in ["12345678 ", "        ", "1 2", "0 234567", "x1 23456"] {
            assert_eq!(short_number(text.as_bytes()), None, "{text}");
        }
    }
}
