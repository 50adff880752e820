//! Status responses, their codes, and capabilities.

use super::Out;
use crate::language::response::Continuation;
use crate::language::value::{Atom, Capability, Status};

impl Out<'_> {
    pub(crate) fn status(&mut self, a: &Status) {
        let _ = a;
    }

    pub(crate) fn continuation(&mut self, a: &Continuation) {
        let _ = a;
    }

    pub(crate) fn capabilities(&mut self, a: &[Capability]) {
        let _ = a;
    }

    pub(crate) fn enabled(&mut self, a: &[Atom]) {
        let _ = a;
    }
}
