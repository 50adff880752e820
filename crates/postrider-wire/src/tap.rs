//! A look at what crosses the wire, for logs and transcripts.

use core::ops::Range;

/// Sees every unit in and out of a machine, in the order the machine handled them.
///
/// Machines never log; an embedder that wants a log sets a tap. [`crate::Transcript`] is one.
pub trait Tap {
    /// One unit went by. It must be quick: the machine waits for it.
    fn unit(&mut self, direction: Direction, unit: Unit<'_>);
}

/// Which way a unit went, as the machine with the tap sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Direction {
    /// From the peer.
    In,
    /// To the peer.
    Out,
}

/// One unit on the wire.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Unit<'a> {
    /// A line, or the piece of an IMAP line between two literals, with or without its line end.
    Line {
        /// The octets as they crossed.
        octets: &'a [u8],
        /// Where credentials stand in them, ascending and apart.
        secret: &'a [Range<usize>],
    },
    /// A piece of a payload, without dot-stuffing. Where pieces are cut carries no meaning.
    Payload(&'a [u8]),
    /// The payload is over, in order or aborted.
    PayloadEnd,
    /// A TLS layer was established.
    Tls,
}
