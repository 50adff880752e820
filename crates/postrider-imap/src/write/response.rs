//! Responses.

use alloc::vec::Vec;

use super::{Out, WriteOptions};
use crate::read::may_hold_literal;
use crate::response::Response;
use crate::value::{Raw, is_line_octet};

/// Octets in which the name of a response stands.
const WORD: usize = 32;

impl Response {
    /// Writes it with its line end, as a server sends it. Octets above 7 bits stand in literals.
    pub fn write(&self, octets: &mut Vec<u8>) {
        self.write_with(octets, WriteOptions::default());
    }

    /// As [`Response::write`], with options.
    pub fn write_with(&self, octets: &mut Vec<u8>, options: WriteOptions) {
        Out::for_response(octets, options).response(self);
    }
}

impl Out<'_> {
    fn response(&mut self, response: &Response) {
        match response {
            Response::Tagged(tag, status) => {
                self.put(tag.as_bytes());
                self.sp();
                self.status(status);
            }
            Response::Continue(continuation) => {
                self.byte(b'+');
                self.continuation(continuation);
            }
            data => {
                self.put(b"* ");
                self.untagged(data);
            }
        }
        self.put(b"\r\n");
    }

    /// What stands behind `* `.
    fn untagged(&mut self, response: &Response) {
        match response {
            Response::Tagged(..) | Response::Continue(_) => {}
            Response::Status(status) => self.status(status),
            Response::Capability(all) => {
                self.put(b"CAPABILITY");
                self.capabilities(all);
            }
            Response::Enabled(all) => {
                self.put(b"ENABLED");
                self.enabled(all);
            }
            Response::Id(parameters) => {
                self.put(b"ID ");
                self.id_parameters(parameters);
            }
            Response::Flags(flags) => {
                self.put(b"FLAGS ");
                self.flags(flags);
            }
            Response::Exists(number) => self.numbered(*number, b" EXISTS"),
            Response::Recent(number) => self.numbered(*number, b" RECENT"),
            Response::Expunge(number) => self.numbered(number.get(), b" EXPUNGE"),
            Response::Vanished { earlier, uids } => {
                self.put(if *earlier { b"VANISHED (EARLIER) " } else { b"VANISHED " });
                self.number_set(uids.as_list());
            }
            Response::Fetch { number, items } => {
                self.numbered(number.get(), b" FETCH ");
                self.fetch_items(items);
            }
            Response::UidFetch { uid, items } => {
                self.numbered(uid.get(), b" UIDFETCH ");
                self.fetch_items(items);
            }
            Response::List(list) => self.list_response(list),
            Response::Namespace(namespaces) => {
                self.put(b"NAMESPACE ");
                self.namespaces(namespaces);
            }
            Response::MailboxStatus(status) => {
                self.put(b"STATUS ");
                self.mailbox_status(status);
            }
            Response::Search { numbers, mod_seq } => {
                self.put(b"SEARCH");
                self.search_results(numbers, *mod_seq);
            }
            Response::Sort { numbers, mod_seq } => {
                self.put(b"SORT");
                self.search_results(numbers, *mod_seq);
            }
            Response::Thread(thread) => {
                self.put(b"THREAD");
                self.thread(thread);
            }
            Response::Esearch(found) => {
                self.put(b"ESEARCH");
                self.esearch(found);
            }
            Response::UidBatches { tag, batches } => {
                self.put(b"UIDBATCHES");
                self.uid_batches_response(tag, batches);
            }
            Response::Quota(quota) => {
                self.put(b"QUOTA ");
                self.quota(quota);
            }
            Response::QuotaRoot(roots) => {
                self.put(b"QUOTAROOT ");
                self.quota_roots(roots);
            }
            Response::Acl(acl) => {
                self.put(b"ACL ");
                self.acl(acl);
            }
            Response::ListRights(rights) => {
                self.put(b"LISTRIGHTS ");
                self.list_rights(rights);
            }
            Response::MyRights(rights) => {
                self.put(b"MYRIGHTS ");
                self.my_rights(rights);
            }
            Response::Metadata(metadata) => {
                self.put(b"METADATA ");
                self.metadata(metadata);
            }
            Response::JmapAccess(url) => {
                self.put(b"JMAPACCESS ");
                self.string(url);
            }
            Response::Other(raw) => self.other(raw),
        }
    }

    /// Data that this crate does not know. What begins like a text holds no literals, be they
    /// announced.
    fn other(&mut self, raw: &Raw) {
        let front = raw.as_bytes().get(..WORD).unwrap_or(raw.as_bytes());
        if may_hold_literal(&[b"* ", front].concat()) {
            return self.last_raw(raw);
        }
        for &octet in raw.as_bytes() {
            self.byte(if is_line_octet(octet) { octet } else { b'?' });
        }
    }

    fn numbered(&mut self, number: u32, name: &[u8]) {
        self.number(number.into());
        self.put(name);
    }
}
