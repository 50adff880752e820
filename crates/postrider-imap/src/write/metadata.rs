//! METADATA.

use super::Out;
use crate::value::{GetMetadata, MetadataDepth, MetadataEntry, MetadataResponse};

impl Out<'_> {
    pub(crate) fn metadata(&mut self, metadata: &MetadataResponse) {
        match metadata {
            MetadataResponse::Values { mailbox, entries } => {
                self.astring(mailbox.as_bytes());
                self.sp();
                self.metadata_entries(entries);
            }
            MetadataResponse::Changed { mailbox, entries } => {
                self.astring(mailbox.as_bytes());
                self.sp();
                self.spaced(entries, |out, entry| out.astring(entry));
            }
        }
    }

    /// The options stand where the formal syntax of RFC 5464 §5 has them, before the mailbox.
    pub(crate) fn get_metadata(&mut self, get: &GetMetadata) {
        let mut before: &[u8] = b"(";
        if let Some(octets) = get.max_size {
            self.put(before);
            self.put(b"MAXSIZE ");
            self.number(octets.into());
            before = b" ";
        }
        if let Some(depth) = get.depth {
            self.put(before);
            self.put(match depth {
                MetadataDepth::Zero => b"DEPTH 0",
                MetadataDepth::One => b"DEPTH 1",
                MetadataDepth::Infinity => b"DEPTH infinity",
            });
            before = b" ";
        }
        for (name, value) in &get.others {
            self.put(before);
            self.option(name, value.as_ref());
            before = b" ";
        }
        if before == b" " {
            self.put(b") ");
        }
        self.astring(get.mailbox.as_bytes());
        self.sp();
        match get.entries.as_slice() {
            [one] => self.astring(one),
            all => self.list(all, |out, entry| out.astring(entry)),
        }
    }

    /// `entry-values`
    pub(crate) fn metadata_entries(&mut self, entries: &[MetadataEntry]) {
        self.list(entries, |out, entry| {
            out.astring(&entry.name);
            out.sp();
            out.nstring(entry.value.as_deref());
        });
    }
}
