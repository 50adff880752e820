//! Long lists of numbers, piece by piece: SEARCH, SORT, ESEARCH and VANISHED without the line in
//! memory.

use core::num::NonZeroU32;

use super::digits::{ZEROS, digit_bits, eight_digits};
use crate::quirks::{Quirk, Quirks};
use crate::value::{NumberList, NumberRange};

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
                rest = match self.form {
                    Form::Spaced if self.blanks == 1 => self.parted_numbers::<b' '>(rest)?,
                    Form::Set if self.parted && self.from.is_none() => {
                        self.parted_numbers::<b','>(rest)?
                    }
                    _ => rest,
                };
            }
            match rest.split_first() {
                Some((&octet, behind)) if self.octet(octet)? => rest = behind,
                _ => return Ok(piece.len().saturating_sub(rest.len())),
            }
        }
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

    /// Numbers that have what parts them behind them, as long as they come. The rest.
    fn parted_numbers<'a, const PARTS: u8>(
        &mut self,
        piece: &'a [u8],
    ) -> Result<&'a [u8], ScanError> {
        let mut rest = piece;
        let mut length = Length::of(8, PARTS);
        // The way there costs more than one number.
        if parted_number(rest, &mut length).is_none() {
            return Ok(rest);
        }
        self.numbers.extend_from(self.most, || {
            let (number, behind) = parted_number(rest, &mut length)?;
            rest = behind;
            Some(number)
        });
        if self.numbers.ranges().len() > self.most { Err(ScanError::TooMany) } else { Ok(rest) }
    }
}

/// A number that has the octet behind it that parts it from the next, and what follows that, as long
/// as eight octets are left.
///
/// It is expected to be as long as the one before it. So a processor need not have found the end of
/// one before it begins with the next.
#[inline(always)]
fn parted_number<'a>(input: &'a [u8], length: &mut Length) -> Option<(NonZeroU32, &'a [u8])> {
    let eight = u64::from_le_bytes(*input.first_chunk::<8>()?);
    let mut digits = length.digits(eight);
    if digits.is_none() {
        let (values, parts) = (eight ^ ZEROS, length.parts);
        let bits = other_length(values);
        if bits == 64 {
            *length = Length::of(8, parts);
            return long_number(values, input, parts);
        }
        *length = Length::of(bits, parts);
        digits = length.digits(eight).filter(|_| bits != 0);
    }
    let number = NonZeroU32::new(eight_digits(digits?))?;
    Some((number, input.get(length.octets..)?))
}

/// How many digits come first, eight bits for each.
#[cold]
fn other_length(values: u64) -> u32 {
    digit_bits(values)
}

/// What eight octets look like that begin with a number of some length and what parts it from the
/// next one. It is made when the length changes, because that is seldom.
#[derive(Clone, Copy, Debug)]
struct Length {
    /// The octet behind the number.
    parts: u8,
    /// Eight for each digit.
    bits: u32,
    /// Digits, and the octet behind them.
    octets: usize,
    /// The octets `0`, and the one behind them.
    like: u64,
    /// What brings each octet above its bound, when it is above, to its highest bit.
    bound: u64,
    /// The highest bits of the octets that are looked at.
    highest: u64,
}

impl Length {
    fn of(bits: u32, parts: u8) -> Self {
        let behind = |octet: u8| u64::from(octet).checked_shl(bits).unwrap_or(0);
        let all = !u64::MAX.checked_shl(bits.saturating_add(8)).unwrap_or(0);
        Self {
            parts,
            bits,
            octets: (bits >> 3).wrapping_add(1) as usize,
            like: ZEROS ^ behind(parts ^ b'0'),
            bound: 0x7676_7676_7676_7676_u64.wrapping_add(behind(9)),
            highest: 0x8080_8080_8080_8080 & all,
        }
    }

    /// The values of the digits, with zeros before them so that there are eight.
    #[inline]
    fn digits(&self, eight: u64) -> Option<u64> {
        // What parts them becomes zero. Carries go upwards, so what is behind cannot disturb.
        let values = eight ^ self.like;
        let odd = (values.wrapping_add(self.bound) | values) & self.highest;
        (odd == 0).then(|| values.wrapping_shl(64_u32.wrapping_sub(self.bits)))
    }
}

/// A number of eight digits or more, of which the first eight are read.
fn long_number(eight: u64, input: &[u8], parts: u8) -> Option<(NonZeroU32, &[u8])> {
    let mut sum = u64::from(eight_digits(eight));
    let mut rest = input.get(8..)?;
    while let Some((&octet, behind)) = rest.split_first() {
        if octet == parts {
            return Some((u32::try_from(sum).ok().and_then(NonZeroU32::new)?, behind));
        }
        if !octet.is_ascii_digit() || sum > u32::MAX.into() {
            return None;
        }
        sum = sum.saturating_mul(10).saturating_add(octet.wrapping_sub(b'0').into());
        rest = behind;
    }
    None
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
    fn a_number_is_what_its_digits_say() {
        let few = (1..10_000_000_u32).step_by(977).chain((1..=u32::MAX).step_by(1_000_003));
        let edges = [1, 9, 10, 99, 1_000_000, 9_999_999, 10_000_000, 99_999_999, u32::MAX];
        let all: Vec<u32> = few.chain(edges).filter(|number| number % 3 != 1).collect();
        let text: Vec<String> = all.iter().map(u32::to_string).collect();
        let line = alloc::format!(" 1 {}", text.join(" "));
        let (found, taken) = scan(NumberScan::spaced(usize::MAX), &[line.as_bytes()]).unwrap();
        assert_eq!(taken, line.len());
        assert_eq!(found.numbers, [1].into_iter().chain(all).collect());
    }

    #[test]
    fn a_block_is_what_its_octets_say() {
        let line = " 1234567".to_string() + &" 12 3 4567 890".repeat(20);
        let set = line.trim_start().replace(' ', ",").replacen(",4567,", ":4567,", 9);
        for (new, line) in
            [(NumberScan::spaced as fn(usize) -> NumberScan, line), (NumberScan::set, set)]
        {
            let whole = scan(new(999), &[line.as_bytes()]).unwrap();
            for octet in 0..=255_u8 {
                for at in [63, 64, 65, 66, 70, 71, 72, 80, 127, 128, 129] {
                    // One octet is another: as whole as in pieces that are too short for blocks.
                    let mut line = line.clone().into_bytes();
                    line[at] = octet;
                    let pieces: Vec<&[u8]> = line.chunks(7).collect();
                    assert_eq!(scan(new(999), &[&line]), scan(new(999), &pieces), "{octet} {at}");
                }
            }
            assert_eq!(whole.1, line.len());
        }
    }

    #[test]
    fn a_hundred_thousand_numbers_come_in_pieces() {
        let all: Vec<u32> = (1..=100_000).map(|number| number * 7 + number % 3).collect();
        let text: Vec<String> = all.iter().map(u32::to_string).collect();
        for (new, line) in [
            (NumberScan::spaced as fn(usize) -> NumberScan, alloc::format!(" {}", text.join(" "))),
            (NumberScan::set, text.join(",")),
        ] {
            for len in [4096, 1000, 17] {
                let pieces: Vec<&[u8]> = line.as_bytes().chunks(len).collect();
                let (found, taken) = scan(new(100_000), &pieces).unwrap();
                assert_eq!((taken, &found.numbers), (line.len(), &all.iter().copied().collect()));
            }
            assert_eq!(scan(new(99_999), &[line.as_bytes()]).err(), Some(ScanError::TooMany));
        }
    }
}
