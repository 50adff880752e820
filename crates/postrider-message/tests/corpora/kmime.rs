//! Against KMime: the payloads of encoded words that its tests decode and encode.

use postrider_message::{FieldValue, RawValue, Text};
use postrider_testkit::read_shared;

/// What the payload of an encoded word says, octet by octet.
///
/// `x-user-defined` of the Encoding Standard keeps ASCII and maps 0x80–0xFF to U+F780–U+F7FF, so
/// that the octets can be told from the text.
fn payload(encoding: &str, payload: &str) -> Vec<u8> {
    let word = format!("=?x-user-defined?{encoding}?{payload}?=");
    let text = Text::read(RawValue::new(word.as_bytes()));
    assert!(text.defects.is_empty());
    let octet = |char: char| match u32::from(char) {
        code @ 0..0x80 => code,
        code @ 0xf780..=0xf7ff => code - 0xf700,
        code => panic!("U+{code:04X} is not of x-user-defined"),
    };
    text.value.as_str().chars().map(|char| octet(char) as u8).collect()
}

fn file(name: &str) -> Option<Vec<u8>> {
    read_shared(&format!("corpora/kmime/data/{name}"))
}

#[test]
fn payloads_of_encoded_words_decode_as_in_kmime() {
    // Payload, and what it decodes to.
    for (encoding, payload_, octets) in [
        ("b", "codec_b/basic-decode.b", "codec_b/basic-decode.b.expected"),
        ("b", "codec_b/basic-encode.expected", "codec_b/basic-encode"),
        ("b", "codec_b/padding0-encode.expected", "codec_b/padding0-encode"),
        ("b", "codec_b/padding1-encode.expected", "codec_b/padding1-encode"),
        ("b", "codec_b/padding2-encode.expected", "codec_b/padding2-encode"),
        ("q", "codec_q/all-encoded-decode.q", "codec_q/all-encoded-decode.q.expected"),
        ("q", "codec_q/basic-encode.expected", "codec_q/basic-encode"),
    ] {
        let (Some(told), Some(octets)) = (file(payload_), file(octets)) else { return };
        let told = String::from_utf8(told).unwrap();
        assert_eq!(payload(encoding, &told), octets, "{payload_}");
        assert!(octets.len() == 256 || octets.len() < 4, "{payload_}");
    }
}
