//! Digits, eight at a time.

/// Eight octets `0`.
pub(super) const ZEROS: u64 = 0x3030_3030_3030_3030;

/// How many of the eight octets, from the lowest on, are 0 to 9; eight bits for each.
#[inline]
pub(super) fn digit_bits(octets: u64) -> u32 {
    // Carries come from above alone, so the lowest mark is right.
    let above = octets.wrapping_add(0x7676_7676_7676_7676) | octets;
    (above & 0x8080_8080_8080_8080).trailing_zeros() & !7
}

/// The number of eight digits that are octets, the first of them lowest: pairs, fours, all of them.
#[inline]
pub(super) fn eight_digits(digits: u64) -> u32 {
    // The octet below a sum holds the higher digit, so that one multiplication weighs and adds them.
    let pairs = digits.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    let all = fours.wrapping_mul(10_000 << 32 | 1) >> 32;
    u32::try_from(all).unwrap_or(0)
}

/// The digits at the front, no more than eight of them: how many, and the number that they are.
/// `None` where fewer than eight octets are left.
#[inline]
pub(super) fn digits_at_front(octets: &[u8]) -> Option<(usize, u32)> {
    let values = u64::from_le_bytes(*octets.first_chunk::<8>()?) ^ ZEROS;
    let bits = digit_bits(values);
    // Zeros before the digits, so that there are eight of them.
    let digits = values.unbounded_shl(64_u32.wrapping_sub(bits));
    Some(((bits >> 3) as usize, eight_digits(digits)))
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    #[test]
    fn digits_end_at_the_first_octet_that_is_none() {
        for number in ["0", "7", "42", "007", "1234", "99999", "123456", "7654321", "12345678"] {
            for behind in 0..=255_u8 {
                let text = [number.as_bytes(), &[behind; 8]].concat();
                let ours = digits_at_front(&text).unwrap();
                let len = text.iter().take_while(|octet| octet.is_ascii_digit()).count().min(8);
                let digits = core::str::from_utf8(&text[..len]).unwrap();
                assert_eq!(ours, (len, digits.parse().unwrap()), "{}", text.escape_ascii());
            }
        }
        assert_eq!(digits_at_front(b"x1234567"), Some((0, 0)));
        assert_eq!(digits_at_front(b"1234567"), None);
    }
}
