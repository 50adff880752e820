//! What the body of a leaf says, decoded as it comes.

use super::{Body, Content, Decode, Event, Field, Octets, Parser};
use crate::TransferEncoding;

/// How the body of the present leaf is decoded.
#[derive(Debug, Default)]
pub(super) struct Decoder {}

impl Parser {
    /// Begins a leaf.
    pub(super) fn start_content(
        &mut self,
        _decode: Decode,
        _content_type: Option<Field<'_>>,
        _in_digest: bool,
        _encoding: TransferEncoding,
    ) {
        self.decoder = Decoder {};
    }

    /// Tells octets of the body of the present leaf.
    pub(super) fn content(&mut self, octets: Octets<'_>, tell: &mut impl FnMut(Event<'_>)) {
        tell(Event::Body(Body { octets, content: Content::Raw }));
    }

    /// Ends the leaf, if one is open: tells what its decoder held.
    pub(super) fn finish_content(&mut self, _offset: u64, _tell: &mut impl FnMut(Event<'_>)) {}
}
