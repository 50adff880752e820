//! SELECT, CREATE and STATUS.

use super::Out;
use crate::language::value::{Create, MailboxStatus, SelectParameters, StatusItem};

impl Out<'_> {
    pub(crate) fn select_parameters(&mut self, a: &SelectParameters) {
        let _ = a;
    }

    pub(crate) fn create(&mut self, a: &Create) {
        let _ = a;
    }

    pub(crate) fn status_items(&mut self, a: &[StatusItem]) {
        let _ = a;
    }

    pub(crate) fn mailbox_status(&mut self, a: &MailboxStatus) {
        let _ = a;
    }
}
