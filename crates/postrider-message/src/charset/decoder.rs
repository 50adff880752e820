//! Text by its charset, in pieces.

use alloc::{string::String, vec::Vec};

use encoding_rs::{CoderResult, Encoding, ISO_2022_JP};

use super::{iso_2022_jp::Switches, label::Charset, mixed::Mixed, utf7::Utf7};

/// Decodes text that comes in pieces. It gives what [`decode`](super::decode) gives of the whole text,
/// wherever that is cut, and holds back a few octets at most.
///
/// ```
/// use postrider_message::charset::Decoder;
///
/// let (mut decoder, mut text) = (Decoder::new(b"utf-8"), String::new());
/// decoder.decode(b"Andr\xc3", false, &mut text);
/// decoder.decode(b"\xa9", true, &mut text);
/// assert_eq!((text.as_str(), decoder.is_faithful()), ("André", true));
/// ```
#[derive(Debug)]
pub struct Decoder {
    engine: Engine,
    faithful: bool,
}

enum Engine {
    /// `ascii` while all octets were, and the label said so.
    Mixed {
        mixed: Mixed,
        ascii: bool,
    },
    Known(encoding_rs::Decoder),
    Iso2022Jp {
        switches: Switches,
        decoder: encoding_rs::Decoder,
        octets: Vec<u8>,
    },
    Utf7(Utf7),
}

/// Octets that are decoded at once, so that the room that is asked for stays small.
const PIECE: usize = 4 << 10;

impl Decoder {
    /// At the start of a text with this label, which is understood as [`decode`](super::decode) does.
    pub fn new(label: &[u8]) -> Self {
        let charset = Charset::of(label);
        let engine = match charset {
            Charset::Ascii => Engine::Mixed { mixed: Mixed::default(), ascii: true },
            Charset::Unknown => Engine::Mixed { mixed: Mixed::default(), ascii: false },
            Charset::Utf7 => Engine::Utf7(Utf7::default()),
            Charset::Known(encoding) if encoding == ISO_2022_JP => Engine::Iso2022Jp {
                switches: Switches::default(),
                decoder: decoder(encoding),
                octets: Vec::new(),
            },
            Charset::Known(encoding) => Engine::Known(decoder(encoding)),
        };
        Self { engine, faithful: charset != Charset::Unknown }
    }

    /// Appends to `out` what `octets` add to the text. `last` says that the text ends with them.
    /// Behind the end, nothing is decoded any more.
    pub fn decode(&mut self, octets: &[u8], last: bool, out: &mut String) {
        match &mut self.engine {
            Engine::Mixed { mixed, ascii } => {
                if *ascii && !octets.is_ascii() {
                    (*ascii, self.faithful) = (false, false);
                }
                mixed.decode(octets, last, out);
            }
            Engine::Known(decoder) => self.faithful &= known(decoder, octets, last, out),
            Engine::Iso2022Jp { switches, decoder, octets: held } => {
                let mut pieces = octets.chunks(PIECE).peekable();
                loop {
                    let piece = pieces.next().unwrap_or_default();
                    let last = last && pieces.peek().is_none();
                    switches.feed(piece, held);
                    if last {
                        switches.finish(held);
                    }
                    self.faithful &= known(decoder, held, last, out);
                    held.clear();
                    if pieces.peek().is_none() {
                        break;
                    }
                }
            }
            Engine::Utf7(utf7) => {
                utf7.decode(octets, last, out);
                self.faithful &= !utf7.misfits;
            }
        }
    }

    /// Whether the label was followed and every octet so far belonged to the charset.
    pub const fn is_faithful(&self) -> bool {
        self.faithful
    }
}

impl core::fmt::Debug for Engine {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Mixed { .. } => "Mixed",
            Self::Known(decoder) => decoder.encoding().name(),
            Self::Iso2022Jp { .. } => "ISO-2022-JP",
            Self::Utf7(_) => "UTF-7",
        })
    }
}

/// The byte order mark is how UTF-16 says which it is; elsewhere it is text.
fn decoder(encoding: &'static Encoding) -> encoding_rs::Decoder {
    match encoding.is_ascii_compatible() || encoding == ISO_2022_JP {
        true => encoding.new_decoder_without_bom_handling(),
        false => encoding.new_decoder(),
    }
}

/// True where all octets belonged to the charset.
fn known(decoder: &mut encoding_rs::Decoder, octets: &[u8], last: bool, out: &mut String) -> bool {
    let mut rest = octets;
    let mut fits = true;
    loop {
        let piece = rest.get(..PIECE).unwrap_or(rest);
        let is_last = last && piece.len() == rest.len();
        // At least as long as its octets, and a character more, so that each turn gets on.
        out.reserve(piece.len().saturating_add(16));
        let (result, read, misfits) = decoder.decode_to_string(piece, out, is_last);
        fits &= !misfits;
        rest = rest.get(read..).unwrap_or_default();
        if result == CoderResult::InputEmpty && rest.is_empty() {
            return fits;
        }
    }
}
