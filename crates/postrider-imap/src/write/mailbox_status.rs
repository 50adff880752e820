//! STATUS.

use super::Out;
use crate::value::{MailboxStatus, StatusItem, StatusValue};

impl Out<'_> {
    pub(crate) fn status_items(&mut self, items: &[StatusItem]) {
        self.list(items, |out, item| out.put(item.name()));
    }

    pub(crate) fn mailbox_status(&mut self, status: &MailboxStatus) {
        self.astring(status.mailbox.as_bytes());
        self.sp();
        self.list(&status.items, Self::status_value);
    }

    fn status_value(&mut self, value: &StatusValue) {
        match value {
            StatusValue::Messages(n) => self.status_number(b"MESSAGES ", *n),
            StatusValue::Recent(n) => self.status_number(b"RECENT ", *n),
            StatusValue::UidNext(uid) => self.status_number(b"UIDNEXT ", uid.get()),
            StatusValue::UidValidity(value) => self.status_number(b"UIDVALIDITY ", value.get()),
            StatusValue::Unseen(n) => self.status_number(b"UNSEEN ", *n),
            StatusValue::Deleted(n) => self.status_number(b"DELETED ", *n),
            StatusValue::Size(n) => self.status_number(b"SIZE ", *n),
            StatusValue::HighestModSeq(m) => self.status_number(b"HIGHESTMODSEQ ", m.get()),
            StatusValue::AppendLimit(Some(n)) => self.status_number(b"APPENDLIMIT ", *n),
            StatusValue::AppendLimit(None) => self.put(b"APPENDLIMIT NIL"),
            StatusValue::MailboxId(id) => {
                self.put(b"MAILBOXID (");
                self.astring(id);
                self.byte(b')');
            }
            StatusValue::DeletedStorage(n) => self.status_number(b"DELETED-STORAGE ", *n),
            StatusValue::Unparsed(raw) => self.raw(raw),
        }
    }

    fn status_number(&mut self, name: &[u8], number: impl Into<u64>) {
        self.put(name);
        self.number(number.into());
    }
}
