//! STORE, and the modifiers of FETCH.

use super::Out;
use crate::value::{Atom, FetchModifiers, Raw, StoreCommand, StoreMode, StoreValue};

impl Out<'_> {
    /// `store = "STORE" SP sequence-set [store-modifiers] SP store-att-flags` (RFC 4466 §3)
    pub(crate) fn store(&mut self, store: &StoreCommand) {
        self.uid(store.uid);
        self.put(b"STORE ");
        self.message_set(&store.set);
        self.sp();
        if store.unchanged_since.is_some() || !store.others.is_empty() {
            self.byte(b'(');
            let mut first = true;
            if let Some(since) = store.unchanged_since {
                self.put(b"UNCHANGEDSINCE ");
                self.number(since.get());
                first = false;
            }
            self.extensions(&store.others, first);
            self.put(b") ");
        }
        match store.mode {
            StoreMode::Replace => {}
            StoreMode::Add => self.byte(b'+'),
            StoreMode::Remove => self.byte(b'-'),
        }
        self.put(match &store.what {
            StoreValue::Flags(_) => b"FLAGS",
            StoreValue::GmailLabels(_) => b"X-GM-LABELS",
            StoreValue::Other(name, _) => name.as_bytes(),
        });
        self.put(if store.silent { b".SILENT " } else { b" " });
        match &store.what {
            StoreValue::Flags(flags) => self.flags(flags),
            StoreValue::GmailLabels(labels) => self.gmail_labels(labels),
            StoreValue::Other(_, value) => self.raw(value),
        }
    }

    /// The modifiers of FETCH, with a blank before them; nothing when there are none.
    ///
    /// ```text
    /// fetch-modifiers     = SP "(" fetch-modifier *(SP fetch-modifier) ")"
    /// chgsince-fetch-mod  = "CHANGEDSINCE" SP mod-sequence-value
    /// rexpunges-fetch-mod = "VANISHED"
    /// modifier-partial    = "PARTIAL" SP partial-range
    /// ```
    ///
    /// RFC 4466 §3, RFC 7162 §7, RFC 9394 §4.
    pub(crate) fn fetch_modifiers(&mut self, modifiers: &FetchModifiers) {
        if modifiers.is_empty() {
            return;
        }
        self.put(b" (");
        let mut first = true;
        let mut part = |out: &mut Self| {
            if !core::mem::take(&mut first) {
                out.sp();
            }
        };
        if let Some(since) = modifiers.changed_since {
            part(self);
            self.put(b"CHANGEDSINCE ");
            self.number(since.get());
        }
        if modifiers.vanished {
            part(self);
            self.put(b"VANISHED");
        }
        if let Some(range) = modifiers.partial {
            part(self);
            self.put(b"PARTIAL ");
            self.partial_range(range);
        }
        self.extensions(&modifiers.others, first);
        self.byte(b')');
    }

    /// Names and values with blanks between them, and before the first unless it is one.
    fn extensions(&mut self, all: &[(Atom, Option<Raw>)], mut first: bool) {
        for (name, value) in all {
            if !core::mem::take(&mut first) {
                self.sp();
            }
            self.option(name, value.as_ref());
        }
    }
}
