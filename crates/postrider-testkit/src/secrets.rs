//! The shapes in which a secret could leak.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The first shape of any secret that stands in `text`.
pub(crate) fn found(secrets: &[Vec<u8>], text: &str) -> Option<&'static str> {
    secrets.iter().filter(|secret| !secret.is_empty()).find_map(|secret| {
        let shapes = shapes(secret);
        shapes.into_iter().find(|(_, shape)| text.contains(shape.as_str())).map(|(name, _)| name)
    })
}

fn shapes(secret: &[u8]) -> Vec<(&'static str, String)> {
    let listed = format!("{secret:?}");
    let hex = |format: fn(&u8) -> String| secret.iter().map(format).collect::<String>();
    let mut shapes = vec![
        ("escaped", secret.escape_ascii().to_string()),
        ("as numbers", listed.trim_matches(['[', ']']).to_owned()),
        ("in hex", hex(|octet| format!("{octet:02x}"))),
        ("in hex", hex(|octet| format!("{octet:02X}"))),
    ];
    if let Ok(raw) = core::str::from_utf8(secret) {
        shapes.push(("raw", raw.to_owned()));
    }
    shapes.extend((0..3).map(|before| ("in base64", base64_inside(secret, before))));
    shapes.retain(|(_, shape)| shape.len() >= 3);
    shapes
}

/// The characters of base64 that depend on nothing but the secret, when `before` octets (modulo 3)
/// stand before it in what was encoded.
fn base64_inside(secret: &[u8], before: usize) -> String {
    let bits = |from: usize| -> u8 {
        (from..from + 6).fold(0, |value, bit| {
            let set = secret[bit / 8] >> (7 - bit % 8) & 1;
            value << 1 | set
        })
    };
    let skip = (6 - before * 8 % 6) % 6;
    let whole = (secret.len() * 8).saturating_sub(skip) / 6;
    (0..whole).map(|at| char::from(ALPHABET[usize::from(bits(skip + at * 6))])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_raw_listed_and_in_base64_at_every_alignment() {
        let secrets = [b"sesame".to_vec()];
        // RFC 4648 base64 of `sesame`, `\0sesame`, `\0\0sesame` and `u\0sesame!`.
        for text in ["c2VzYW1l", "AHNlc2FtZQ==", "AABzZXNhbWU=", "dQBzZXNhbWUh"] {
            assert_eq!(found(&secrets, text), Some("in base64"), "{text}");
        }
        assert_eq!(found(&secrets, "open sesame"), Some("escaped"));
        assert_eq!(found(&secrets, "[115, 101, 115, 97, 109, 101]"), Some("as numbers"));
        assert_eq!(found(&secrets, "736573616d65"), Some("in hex"));
    }

    #[test]
    fn what_is_no_secret_is_not_found() {
        assert_eq!(found(&[b"sesame".to_vec()], "[secret] sesam"), None);
        assert_eq!(found(&[Vec::new()], "anything"), None);
    }
}
