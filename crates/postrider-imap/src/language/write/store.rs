//! STORE and logins.

use super::Out;
use crate::language::value::StoreCommand;

impl Out<'_> {
    pub(crate) fn store(&mut self, a: &StoreCommand) {
        let _ = a;
    }
}
