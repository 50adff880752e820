//! Charsets: octets and a label to text, with one documented fallback.

use alloc::{borrow::Cow, string::String};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Text that was decoded, and how well that went.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decoded<'a> {
    /// The text; borrowed where the octets were UTF-8 already.
    pub text: Cow<'a, str>,
    /// The charset that was used, by its name in the Encoding Standard.
    pub charset: &'static str,
    /// Whether the label was followed and every octet belonged to the charset.
    pub faithful: bool,
}

/// Decodes by a label.
///
/// Where the label is unknown, or says US-ASCII and the octets are not, the octets are taken as
/// UTF-8 if they are valid UTF-8, else as windows-1252, and the result is not faithful. Where they
/// do not fit a known charset, each misfit becomes U+FFFD and the result is not faithful. A byte
/// order mark stays in UTF-8 text, as U+FEFF, and is obeyed and removed in UTF-16.
///
/// ```
/// use postrider_message::charset;
/// assert_eq!(charset::decode(b"iso-8859-1", b"Andr\xe9").text, "André");
/// let unknown = charset::decode(b"x-none", "André".as_bytes());
/// assert_eq!((unknown.text.as_ref(), unknown.faithful), ("André", false));
/// ```
pub fn decode<'a>(label: &[u8], octets: &'a [u8]) -> Decoded<'a> {
    let ascii = octets.is_ascii();
    let encoding = match Encoding::for_label_no_replacement(label) {
        // The Encoding Standard makes windows-1252 of US-ASCII; 8-bit octets were not foreseen.
        Some(_) if is_us_ascii(label) && !ascii => None,
        Some(encoding) if ascii && encoding.is_ascii_compatible() && !is_stateful(encoding) => {
            return Decoded { text: lossy(octets), charset: encoding.name(), faithful: true };
        }
        encoding => encoding,
    };
    match encoding {
        Some(encoding) => {
            let (text, misfits) = match encoding.is_ascii_compatible() {
                true => encoding.decode_without_bom_handling(octets),
                // The byte order mark is how UTF-16 says which it is.
                false => {
                    let (text, _, misfits) = encoding.decode(octets);
                    (text, misfits)
                }
            };
            Decoded { text, charset: encoding.name(), faithful: !misfits }
        }
        None => guess(octets),
    }
}

/// Octets without a usable label: UTF-8 if valid, else windows-1252.
fn guess(octets: &[u8]) -> Decoded<'_> {
    match core::str::from_utf8(octets) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), charset: UTF_8.name(), faithful: false },
        Err(_) => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(octets);
            Decoded { text, charset: WINDOWS_1252.name(), faithful: false }
        }
    }
}

fn lossy(octets: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(octets)
}

/// Whether ASCII octets may stand for other characters, after escape sequences.
fn is_stateful(encoding: &'static Encoding) -> bool {
    encoding == encoding_rs::ISO_2022_JP
}

fn is_us_ascii(label: &[u8]) -> bool {
    let label = label.trim_ascii();
    [&b"us-ascii"[..], b"ascii", b"ansi_x3.4-1968"]
        .iter()
        .any(|name| label.eq_ignore_ascii_case(name))
}
