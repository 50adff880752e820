//! What a FETCH response tells of a message.

use postrider::{
    imap::{Envelope, FetchItem, FetchedMessage, Flag, FlagSet, Uid, client::Selected},
    message::{FieldValue, RawValue, Text},
};

#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    uid: Option<Uid>,
    pub(crate) flags: Option<FlagSet>,
    envelope: Option<Envelope>,
}

impl Message {
    /// Takes the items that matter here.
    pub(crate) fn take(&mut self, items: Vec<FetchItem>) {
        for item in items {
            match item {
                FetchItem::Uid(uid) => self.uid = Some(uid),
                FetchItem::Flags(flags) => self.flags = Some(lasting(flags)),
                FetchItem::Envelope(envelope) => self.envelope = Some(envelope),
                _ => {}
            }
        }
    }

    /// Its UID, told here or before.
    pub(crate) fn uid(&self, message: FetchedMessage, selected: &Selected) -> Option<u32> {
        let uid = self.uid.or_else(|| match message {
            FetchedMessage::Uid(uid) => Some(uid),
            FetchedMessage::Number(number) => selected.message(number).map(|known| known.uid),
        });
        uid.map(Uid::get)
    }

    pub(crate) fn has_envelope(&self) -> bool {
        self.envelope.is_some()
    }

    /// Who sent it, and its subject.
    pub(crate) fn summary(&self) -> String {
        let Some(envelope) = &self.envelope else { return "(nothing is known of it)".to_owned() };
        let from = envelope.from().next().map_or_else(
            || "(nobody)".to_owned(),
            |from| {
                let mailbox = lossy(from.mailbox);
                let address = match from.host {
                    Some(host) => format!("<{mailbox}@{}>", lossy(Some(host))),
                    // The name of a group.
                    None => mailbox,
                };
                match from.name.map(decoded) {
                    Some(name) => format!("{name} {address}"),
                    None => address,
                }
            },
        );
        let subject = envelope.subject().map_or_else(|| "(no subject)".to_owned(), decoded);
        format!("{from}: {subject}")
    }
}

/// Without the flag that holds for one session.
pub(crate) fn lasting(mut flags: FlagSet) -> FlagSet {
    flags.remove(&Flag::Recent);
    flags
}

/// With encoded words decoded (RFC 2047).
fn decoded(octets: &[u8]) -> String {
    Text::read(RawValue::new(octets)).value.to_string()
}

fn lossy(octets: Option<&[u8]>) -> String {
    String::from_utf8_lossy(octets.unwrap_or_default()).into_owned()
}
