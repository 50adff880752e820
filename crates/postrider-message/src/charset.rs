//! Charsets: octets and a label to text, with one documented fallback.

use alloc::{borrow::Cow, string::String, vec::Vec};

use encodify::utf7;
use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, ISO_2022_JP, SHIFT_JIS, UTF_8, WINDOWS_1252};
use memchr::memchr;

/// Text that was decoded, and how well that went.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decoded<'a> {
    /// The text; borrowed where the octets were UTF-8 already.
    pub text: Cow<'a, str>,
    /// The charset that was used, by its name in the Encoding Standard, or `UTF-7`.
    pub charset: &'static str,
    /// Whether the label was followed and every octet belonged to the charset.
    pub faithful: bool,
}

/// Decodes by a label of the Encoding Standard, by the name of a Windows code page of East Asia, or as
/// UTF-7 (RFC 2152). Quotation marks around the label do not count.
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
    let label = bare(label);
    let encoding = match encoding(label) {
        // The Encoding Standard makes windows-1252 of US-ASCII; 8-bit octets were not foreseen.
        Some(_) if is_one_of(label, &US_ASCII) && !ascii => None,
        Some(encoding) if ascii && encoding.is_ascii_compatible() && encoding != ISO_2022_JP => {
            return Decoded { text: lossy(octets), charset: encoding.name(), faithful: true };
        }
        encoding => encoding,
    };
    match encoding {
        Some(encoding) if encoding == ISO_2022_JP => {
            let octets = without_empty_runs(octets);
            let (text, misfits) = ISO_2022_JP.decode_without_bom_handling(&octets);
            let text = Cow::Owned(text.into_owned());
            Decoded { text, charset: ISO_2022_JP.name(), faithful: !misfits }
        }
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
        None if is_one_of(label, &UTF_7) => {
            let (text, faithful) = match utf7::MAIL.decode(octets) {
                Ok(text) => (text, true),
                Err(_) => (utf7::MAIL.decode_lossy(octets), false),
            };
            Decoded { text: Cow::Owned(text), charset: "UTF-7", faithful }
        }
        None => guess(octets),
    }
}

const US_ASCII: [&str; 3] = ["us-ascii", "ascii", "ansi_x3.4-1968"];

const UTF_7: [&str; 4] = ["utf-7", "unicode-1-1-utf-7", "unicode-2-0-utf-7", "csutf7"];

/// Code pages by the names that mail gives them, which the Encoding Standard does not list.
const CODE_PAGES: [([&str; 3], &Encoding); 4] = [
    (["cp932", "ms932", "windows-932"], SHIFT_JIS),
    (["cp936", "ms936", "windows-936"], GBK),
    (["cp949", "ms949", "uhc"], EUC_KR),
    (["cp950", "ms950", "windows-950"], BIG5),
];

/// Whether the label says a charset that is decoded by it.
pub(crate) fn is_known(label: &[u8]) -> bool {
    let label = bare(label);
    encoding(label).is_some() || is_one_of(label, &UTF_7)
}

/// A label without white space and quotation marks around it.
fn bare(label: &[u8]) -> &[u8] {
    let label = label.trim_ascii();
    let within = |quote| label.strip_prefix(&[quote])?.strip_suffix(&[quote]);
    within(b'"').or_else(|| within(b'\'')).unwrap_or(label)
}

fn encoding(label: &[u8]) -> Option<&'static Encoding> {
    let of_page = || CODE_PAGES.iter().find(|(names, _)| is_one_of(label, names));
    Encoding::for_label_no_replacement(label).or_else(|| of_page().map(|(_, encoding)| *encoding))
}

fn is_one_of(label: &[u8], names: &[&str]) -> bool {
    names.iter().any(|name| label.eq_ignore_ascii_case(name.as_bytes()))
}

/// ISO-2022-JP without escape sequences that another one follows at once. Each encoded word ends in
/// ASCII (RFC 2047 §3), so where two are joined, ASCII is selected and left again; the decoder of
/// the Encoding Standard would put U+FFFD there.
fn without_empty_runs(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some(at) = memchr(ESCAPE, rest) {
        let (before, from) = rest.split_at_checked(at).unwrap_or_default();
        out.extend_from_slice(before);
        rest = match from {
            [_, _, _, after @ ..] if is_switch(from) && is_switch(after) => after,
            [escape, after @ ..] => {
                out.push(*escape);
                after
            }
            [] => from,
        };
    }
    out.extend_from_slice(rest);
    out
}

const ESCAPE: u8 = 0x1b;

/// Whether an escape sequence of ISO-2022-JP stands here.
const fn is_switch(octets: &[u8]) -> bool {
    matches!(octets, [ESCAPE, b'(', b'B' | b'J' | b'I', ..] | [ESCAPE, b'$', b'@' | b'B', ..])
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
