//! STORE and logins.

use super::Out;
use crate::language::value::{FetchModifiers, StoreCommand};

impl Out<'_> {
    pub(crate) fn store(&mut self, a: &StoreCommand) {
        let _ = a;
    }

    pub(crate) fn fetch_modifiers(&mut self, a: &FetchModifiers) {
        let _ = a;
    }
}
