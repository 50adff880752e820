//! NOTIFY.

use super::Out;
use crate::language::value::NotifyCommand;

impl Out<'_> {
    pub(crate) fn notify(&mut self, a: &NotifyCommand) {
        let _ = a;
    }
}
