//! ENVELOPE.

use super::Out;
use crate::language::value::{Addresses, EnvelopeView};

impl Out<'_> {
    /// `envelope` (RFC 9051 §9)
    pub(crate) fn envelope(&mut self, envelope: EnvelopeView<'_>) {
        self.byte(b'(');
        self.nstring(envelope.date());
        self.sp();
        self.nstring(envelope.subject());
        self.sp();
        for list in envelope.lists() {
            self.addresses(list);
            self.sp();
        }
        self.nstring(envelope.in_reply_to());
        self.sp();
        self.nstring(envelope.message_id());
        self.byte(b')');
    }

    /// `"(" 1*address ")" / nil`
    fn addresses(&mut self, addresses: Addresses<'_>) {
        if addresses.len() == 0 {
            return self.nil();
        }
        self.byte(b'(');
        for address in addresses {
            self.byte(b'(');
            self.nstring(address.name);
            self.sp();
            self.nstring(address.route);
            self.sp();
            self.nstring(address.mailbox);
            self.sp();
            self.nstring(address.host);
            self.byte(b')');
        }
        self.byte(b')');
    }
}
