//! SELECT, EXAMINE and CREATE.

use super::Out;
use crate::value::{Create, Qresync, SelectParameters};

impl Out<'_> {
    /// What stands behind the mailbox, its blank included.
    pub(crate) fn select_parameters(&mut self, parameters: &SelectParameters) {
        if parameters.is_empty() {
            return;
        }
        let mut before: &[u8] = b" (";
        if parameters.condstore {
            self.put(before);
            self.put(b"CONDSTORE");
            before = b" ";
        }
        if let Some(qresync) = &parameters.qresync {
            self.put(before);
            self.qresync(qresync);
            before = b" ";
        }
        for (name, value) in &parameters.others {
            self.put(before);
            self.option(name, value.as_ref());
            before = b" ";
        }
        self.byte(b')');
    }

    fn qresync(&mut self, qresync: &Qresync) {
        self.put(b"QRESYNC (");
        self.number(qresync.validity.get().into());
        self.sp();
        self.number(qresync.mod_seq.get());
        if let Some(known) = &qresync.known {
            self.sp();
            self.number_set(known.as_list());
        }
        if let Some(matched) = &qresync.matched {
            self.put(b" (");
            self.number_set(matched.numbers());
            self.sp();
            self.number_set(matched.uids().as_list());
            self.byte(b')');
        }
        self.byte(b')');
    }

    pub(crate) fn create(&mut self, create: &Create) {
        self.astring(create.mailbox.as_bytes());
        if create.special_use.is_none() && create.others.is_empty() {
            return;
        }
        let mut before: &[u8] = b" (";
        if let Some(attributes) = &create.special_use {
            self.put(before);
            self.put(b"USE ");
            self.list(attributes, |out, attribute| {
                out.byte(b'\\');
                out.put(attribute.name());
            });
            before = b" ";
        }
        for (name, value) in &create.others {
            self.put(before);
            self.option(name, value.as_ref());
            before = b" ";
        }
        self.byte(b')');
    }
}
