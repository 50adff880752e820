//! What the body of a leaf says, decoded as it comes.

use alloc::{string::String, vec::Vec};

use postrider_message::charset;

use super::{Body, Content, Decode, Event, Field, Octets, Parser};
use crate::{TransferEncoding, code, content_type::text_charset, encoding};

/// Octets of a body that are decoded at once: what is decoded stays small and near, however large
/// the chunks are.
const PIECE: usize = 16 << 10;

/// How the body of the present leaf is decoded.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    leaf: Option<Leaf>,
    /// What the present piece says.
    octets: Vec<u8>,
    text: String,
}

/// A leaf whose body is decoded.
#[derive(Debug)]
struct Leaf {
    /// Where its body begins.
    start: u64,
    encoding: TransferEncoding,
    transfer: encoding::Decoder,
    text: Option<Text>,
}

/// A leaf of type `text/*`.
#[derive(Debug)]
struct Text {
    charset: charset::Decoder,
    /// Whether characters were told: a byte order mark before them is left out.
    begun: bool,
}

impl Parser {
    /// Begins a leaf whose body comes at this offset.
    pub(super) fn start_content(
        &mut self,
        decode: Decode,
        start: u64,
        content_type: Option<Field<'_>>,
        in_digest: bool,
        encoding: TransferEncoding,
    ) {
        self.decoder.leaf = (decode != Decode::Raw).then(|| {
            let raw = content_type.map(Field::raw_value);
            let label = (decode == Decode::Text).then(|| text_charset(raw, in_digest)).flatten();
            let charset = label.map(|label| charset::Decoder::new(&label));
            let text = charset.map(|charset| Text { charset, begun: false });
            Leaf { start, encoding, transfer: encoding::Decoder::new(encoding), text }
        });
    }

    /// Tells octets of the body of the present leaf.
    pub(super) fn content(&mut self, octets: Octets<'_>, tell: &mut impl FnMut(Event<'_>)) {
        let Decoder { leaf: Some(leaf), octets: out, text } = &mut self.decoder else {
            return tell(Event::Body(Body { octets, content: Content::Raw }));
        };
        let mut offset = octets.offset;
        for raw in octets.raw.chunks(PIECE) {
            let octets = Octets::new(offset, raw);
            offset = octets.end();
            let decoded = leaf.octets(raw, out);
            let content = match &mut leaf.text {
                Some(decoder) => Content::Text(decoder.text(decoded, false, text)),
                None => Content::Octets(decoded),
            };
            tell(Event::Body(Body { octets, content }));
        }
    }

    /// Ends the leaf that is open, if one is: tells what its decoders held and what was wrong.
    pub(super) fn finish_content(&mut self, offset: u64, tell: &mut impl FnMut(Event<'_>)) {
        let Some(mut leaf) = self.decoder.leaf.take() else { return };
        let octets = Octets::new(offset, &[]);
        self.decoder.octets.clear();
        leaf.transfer.finish(&mut self.decoder.octets);
        let decoded = &*self.decoder.octets;
        let content = match &mut leaf.text {
            Some(decoder) => Content::Text(decoder.text(decoded, true, &mut self.decoder.text)),
            None => Content::Octets(decoded),
        };
        if !matches!(content, Content::Octets([]) | Content::Text("")) {
            tell(Event::Body(Body { octets, content }));
        }
        if leaf.encoding == TransferEncoding::Unknown {
            self.defect(&code::UNKNOWN_ENCODING, leaf.start, offset, tell);
        }
        for problem in leaf.transfer.problems() {
            let at = leaf.start.saturating_add(problem.offset()).min(offset);
            self.defect(problem.code(), at, at.saturating_add(1).min(offset), tell);
        }
        if leaf.text.is_some_and(|text| !text.charset.is_faithful()) {
            self.defect(&code::UNFAITHFUL_CHARSET, leaf.start, offset, tell);
        }
    }
}

impl Leaf {
    /// What these octets add to the content.
    fn octets<'o>(&mut self, raw: &'o [u8], out: &'o mut Vec<u8>) -> &'o [u8] {
        if self.transfer.is_identity() {
            return raw;
        }
        out.clear();
        self.transfer.decode(raw, out);
        out
    }
}

impl Text {
    /// What these octets add to the text.
    fn text<'o>(&mut self, octets: &[u8], last: bool, out: &'o mut String) -> &'o str {
        out.clear();
        self.charset.decode(octets, last, out);
        let text = match self.begun {
            true => out.as_str(),
            false => out.strip_prefix('\u{feff}').unwrap_or(out),
        };
        self.begun |= !out.is_empty();
        text
    }
}
