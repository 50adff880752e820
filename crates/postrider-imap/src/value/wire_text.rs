//! The text of a structure that is made by hand.

use alloc::vec::Vec;

use super::table::{LARGEST, Span};
use crate::write::{is_quotable, put_number};

/// The text of a structure in the making, in the form of the wire: so it is written by one copy as
/// long as each string stands for itself between its quotes.
#[derive(Clone, Debug)]
pub(super) struct WireText {
    octets: Vec<u8>,
    plain: bool,
}

impl Default for WireText {
    fn default() -> Self {
        Self { octets: Vec::new(), plain: true }
    }
}

impl WireText {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.octets
    }

    /// Whether the text is what a writer would write.
    pub(super) fn is_as_written(&self) -> bool {
        self.plain
    }

    /// The text is not what a writer would write: something stands in another place.
    pub(super) fn disorder(&mut self) {
        self.plain = false;
    }

    /// What stands between strings.
    pub(super) fn put(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    pub(super) fn number(&mut self, number: u64) {
        put_number(&mut self.octets, number);
    }

    /// A string in its quotes. [`Span::NIL`] when there is no room for it.
    pub(super) fn string(&mut self, string: &[u8]) -> Span {
        if self.octets.len().saturating_add(string.len()) > LARGEST {
            self.plain = false;
            return Span::NIL;
        }
        self.plain &= is_quotable(string);
        self.octets.reserve(string.len().saturating_add(2));
        self.octets.push(b'"');
        let span = Span::new(self.octets.len(), string.len());
        self.octets.extend_from_slice(string);
        self.octets.push(b'"');
        span
    }

    /// The same, or `NIL`.
    pub(super) fn nstring(&mut self, string: Option<&[u8]>) -> Span {
        match string {
            Some(string) => self.string(string),
            None => {
                self.put(b"NIL");
                Span::NIL
            }
        }
    }
}
