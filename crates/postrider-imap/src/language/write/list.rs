//! LIST and NAMESPACE.

use super::Out;
use crate::language::value::{ListCommand, ListResponse, Namespaces};

impl Out<'_> {
    pub(crate) fn list_response(&mut self, a: &ListResponse) {
        let _ = a;
    }

    pub(crate) fn list_command(&mut self, a: &ListCommand) {
        let _ = a;
    }

    pub(crate) fn pattern(&mut self, a: &[u8]) {
        let _ = a;
    }

    pub(crate) fn namespaces(&mut self, a: &Namespaces) {
        let _ = a;
    }
}
