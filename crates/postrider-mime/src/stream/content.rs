//! What the body of a leaf says, decoded as it comes.

use alloc::vec::Vec;

use super::{Body, Content, Decode, Event, Field, Octets, Parser};
use crate::{TransferEncoding, code, encoding};

/// Octets of a body that are decoded at once: what is decoded stays small and near, however large
/// the chunks are.
const PIECE: usize = 16 << 10;

/// How the body of the present leaf is decoded.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    leaf: Option<Leaf>,
    /// What the present piece says.
    octets: Vec<u8>,
}

/// A leaf whose body is decoded.
#[derive(Debug)]
struct Leaf {
    /// Where its body begins.
    start: u64,
    encoding: TransferEncoding,
    transfer: encoding::Decoder,
}

impl Parser {
    /// Begins a leaf whose body comes at this offset.
    pub(super) fn start_content(
        &mut self,
        decode: Decode,
        start: u64,
        _content_type: Option<Field<'_>>,
        _in_digest: bool,
        encoding: TransferEncoding,
    ) {
        let leaf = || Leaf { start, encoding, transfer: encoding::Decoder::new(encoding) };
        self.decoder.leaf = (decode != Decode::Raw).then(leaf);
    }

    /// Tells octets of the body of the present leaf.
    pub(super) fn content(&mut self, octets: Octets<'_>, tell: &mut impl FnMut(Event<'_>)) {
        let Decoder { leaf: Some(leaf), octets: out, .. } = &mut self.decoder else {
            return tell(Event::Body(Body { octets, content: Content::Raw }));
        };
        let mut offset = octets.offset;
        for raw in octets.raw.chunks(PIECE) {
            let octets = Octets::new(offset, raw);
            offset = octets.end();
            let content = leaf.octets(raw, out);
            tell(Event::Body(Body { octets, content: Content::Octets(content) }));
        }
    }

    /// Ends the leaf that is open, if one is: tells what its decoder held and what was wrong.
    pub(super) fn finish_content(&mut self, offset: u64, tell: &mut impl FnMut(Event<'_>)) {
        let Some(mut leaf) = self.decoder.leaf.take() else { return };
        self.decoder.octets.clear();
        leaf.transfer.finish(&mut self.decoder.octets);
        if !self.decoder.octets.is_empty() {
            let octets = Octets::new(offset, &[]);
            let content = Content::Octets(&self.decoder.octets);
            tell(Event::Body(Body { octets, content }));
        }
        if leaf.encoding == TransferEncoding::Unknown {
            self.defect(&code::UNKNOWN_ENCODING, leaf.start, offset, tell);
        }
        for problem in leaf.transfer.problems() {
            let at = leaf.start.saturating_add(problem.offset()).min(offset);
            self.defect(problem.code(), at, at.saturating_add(1).min(offset), tell);
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
