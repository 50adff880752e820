//! Charsets: octets and a label to text, with one documented fallback.

mod decoder;
mod iso_2022_jp;
mod label;
mod mixed;
mod utf7;

use alloc::{borrow::Cow, string::String, vec::Vec};

use encodify::utf7::MAIL;
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_1252};

pub use decoder::Decoder;
use label::Charset;

/// Text that was decoded, and how well that went.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decoded<'a> {
    /// The text; borrowed where the octets were UTF-8 already.
    pub text: Cow<'a, str>,
    /// The charset that was used, by its name in the Encoding Standard, or `UTF-7`. Of octets that
    /// no label explains, it is `windows-1252` where some of them were not UTF-8.
    pub charset: &'static str,
    /// Whether the label was followed and every octet belonged to the charset.
    pub faithful: bool,
}

/// Decodes by a label of the Encoding Standard, by another name that mail gives to one of its
/// charsets, such as `cp932`, `win-1251` or `latin-1`, or as UTF-7 (RFC 2152). Quotation marks and
/// the like around the label do not count.
///
/// Where the label is unknown, or says US-ASCII and the octets are not, every valid sequence of
/// UTF-8 in the octets is UTF-8 and every other octet is windows-1252, and the result is not
/// faithful. Where octets do not fit a known charset, each misfit becomes U+FFFD and the result is
/// not faithful. A byte order mark stays in UTF-8 text, as U+FEFF, and is obeyed and removed in
/// UTF-16, which is little-endian without one, as the Encoding Standard has it. UTF-32 is not among
/// its charsets.
///
/// The text has at most three octets for each octet that comes in.
///
/// ```
/// use postrider_message::charset;
/// assert_eq!(charset::decode(b"iso-8859-1", b"Andr\xe9").text, "André");
/// let unknown = charset::decode(b"x-none", b"Andr\xc3\xa9, Andr\xe9");
/// assert_eq!((unknown.text.as_ref(), unknown.faithful), ("André, André", false));
/// ```
pub fn decode<'a>(label: &[u8], octets: &'a [u8]) -> Decoded<'a> {
    let charset = Charset::of(label);
    if is_utf8_by(charset, octets)
        && let Ok(text) = simdutf8::basic::from_utf8(octets)
    {
        let faithful = match charset {
            Charset::Unknown => false,
            Charset::Ascii => text.is_ascii(),
            Charset::Known(_) | Charset::Utf7 => true,
        };
        return Decoded { text: Cow::Borrowed(text), charset: name(charset), faithful };
    }
    decode_other(charset, octets)
}

/// The same as [`decode`], of octets that are given away. Much UTF-8 that is all ASCII is not
/// copied.
pub fn decode_vec(label: &[u8], octets: Vec<u8>) -> Decoded<'static> {
    let charset = Charset::of(label);
    if octets.len() > LITTLE && octets.is_ascii() && is_utf8_by(charset, &octets) {
        return Decoded {
            text: Cow::Owned(String::from_utf8(octets).unwrap_or_default()),
            charset: name(charset),
            faithful: charset != Charset::Unknown,
        };
    }
    let Decoded { text, charset, faithful } = decode(label, &octets);
    Decoded { text: Cow::Owned(text.into_owned()), charset, faithful }
}

/// Octets of a text that is faster checked in blocks and copied than checked by `String` in place.
const LITTLE: usize = 64 << 10;

/// Whether octets mean just that in this charset where they are valid UTF-8.
fn is_utf8_by(charset: Charset, octets: &[u8]) -> bool {
    match charset {
        Charset::Ascii | Charset::Unknown => true,
        Charset::Known(encoding) => {
            encoding == UTF_8 || (encoding.is_ascii_compatible() && octets.is_ascii())
        }
        Charset::Utf7 => false,
    }
}

fn name(charset: Charset) -> &'static str {
    match charset {
        Charset::Known(encoding) => encoding.name(),
        Charset::Utf7 => "UTF-7",
        Charset::Ascii | Charset::Unknown => UTF_8.name(),
    }
}

fn decode_other(charset: Charset, octets: &[u8]) -> Decoded<'_> {
    let (text, faithful) = match charset {
        Charset::Known(encoding) if encoding == ISO_2022_JP => {
            let (mut switches, mut plain) = (iso_2022_jp::Switches::default(), Vec::new());
            switches.feed(octets, &mut plain);
            switches.finish(&mut plain);
            let (text, misfits) = ISO_2022_JP.decode_without_bom_handling(&plain);
            (Cow::Owned(text.into_owned()), !misfits)
        }
        Charset::Known(encoding) => known(encoding, octets),
        Charset::Utf7 => match MAIL.decode(octets) {
            Ok(text) => (Cow::Owned(text), true),
            Err(_) => (Cow::Owned(MAIL.decode_lossy(octets)), false),
        },
        Charset::Ascii | Charset::Unknown => {
            let mut text = String::with_capacity(octets.len().saturating_add(octets.len() / 8));
            let mut mixed = mixed::Mixed::default();
            mixed.decode(octets, true, &mut text);
            (Cow::Owned(text), false)
        }
    };
    let charset = match charset {
        Charset::Ascii | Charset::Unknown => WINDOWS_1252.name(),
        other => name(other),
    };
    Decoded { text, charset, faithful }
}

fn known<'a>(encoding: &'static Encoding, octets: &'a [u8]) -> (Cow<'a, str>, bool) {
    let (text, misfits) = match encoding.is_ascii_compatible() {
        true => encoding.decode_without_bom_handling(octets),
        // The byte order mark is how UTF-16 says which it is.
        false => {
            let (text, _, misfits) = encoding.decode(octets);
            (text, misfits)
        }
    };
    (text, !misfits)
}

/// Whether the label says a charset that is decoded by it.
pub(crate) fn is_known(label: &[u8]) -> bool {
    Charset::of(label) != Charset::Unknown
}
