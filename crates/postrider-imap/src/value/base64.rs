//! Base64, as far as the grammar tells it from other words.

/// ```text
/// base64          = *(4base64-char) [base64-terminal]
/// base64-char     = ALPHA / DIGIT / "+" / "/"
/// base64-terminal = (2base64-char "==") / (3base64-char "=")
/// ```
///
/// RFC 9051 §9; perhaps empty.
pub(crate) fn is_base64(octets: &[u8]) -> bool {
    let body = octets.strip_suffix(b"==").or_else(|| octets.strip_suffix(b"=")).unwrap_or(octets);
    octets.len().is_multiple_of(4)
        && body.iter().all(|&octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/'))
}
