//! Text that fields have as it stands.

/// Whether these are characters of tokens (RFC 2045 §5.1), as far as most have them.
pub(super) fn is_plain(text: &[u8]) -> bool {
    // Without a branch for each octet.
    text.iter()
        .fold(true, |all, octet| all & PLAIN.get(usize::from(*octet)).copied().unwrap_or_default())
}

/// A mark for each such character.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut rest: &mut [bool] = &mut plain;
    let mut octet = 0_u8;
    while let Some((place, behind)) = rest.split_first_mut() {
        *place = octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b'+');
        octet = octet.saturating_add(1);
        rest = behind;
    }
    plain
};
