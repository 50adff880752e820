//! ENVELOPE.

use super::Out;
use crate::value::{Addresses, Envelope, EnvelopeView};

impl Out<'_> {
    /// An envelope as it was read, or else as the grammar has it.
    pub(crate) fn whole_envelope(&mut self, envelope: &Envelope) {
        match envelope.as_written().filter(|text| self.takes(text)) {
            Some(text) => self.put(text),
            None => self.envelope(envelope.view()),
        }
    }

    /// Whether these octets, which stood on a line, may do so again.
    pub(super) fn takes(&self, text: &[u8]) -> bool {
        text.is_ascii() || (self.utf8() && core::str::from_utf8(text).is_ok())
    }

    /// `envelope` (RFC 9051 §9)
    pub(crate) fn envelope(&mut self, envelope: EnvelopeView<'_>) {
        self.byte(b'(');
        self.nstring(envelope.date());
        self.sp_nstring(envelope.subject());
        for list in envelope.lists() {
            self.addresses(list);
        }
        self.sp_nstring(envelope.in_reply_to());
        self.sp_nstring(envelope.message_id());
        self.byte(b')');
    }

    /// `SP ("(" 1*address ")" / nil)`
    fn addresses(&mut self, addresses: Addresses<'_>) {
        if addresses.len() == 0 {
            return self.put(b" NIL");
        }
        self.put(b" (");
        for address in addresses {
            match address.name {
                Some(name) => {
                    self.byte(b'(');
                    self.string(name);
                }
                None => self.put(b"(NIL"),
            }
            self.sp_nstring(address.route);
            self.sp_nstring(address.mailbox);
            self.sp_nstring(address.host);
            self.byte(b')');
        }
        self.byte(b')');
    }
}
