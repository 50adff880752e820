//! Status responses, continuations, and capabilities.

use super::Out;
use crate::response::Continuation;
use crate::value::{Atom, Capability, Code, Status, StatusKind, Text};

impl Out<'_> {
    /// ```text
    /// resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text
    /// resp-cond-bye   = "BYE" SP resp-text
    /// ```
    pub(crate) fn status(&mut self, status: &Status) {
        self.put(match status.kind {
            StatusKind::Ok => b"OK ",
            StatusKind::No => b"NO ",
            StatusKind::Bad => b"BAD ",
            StatusKind::PreAuth => b"PREAUTH ",
            StatusKind::Bye => b"BYE ",
        });
        self.resp_text(status.code.as_ref(), &status.text);
    }

    /// `continue-req = "+" SP (resp-text / base64) CRLF`, behind the `+`.
    pub(crate) fn continuation(&mut self, continuation: &Continuation) {
        self.sp();
        self.resp_text(continuation.code.as_ref(), &continuation.text);
    }

    /// `resp-text = ["[" resp-text-code "]" SP] [text]`
    fn resp_text(&mut self, code: Option<&Code>, text: &Text) {
        let text = text.as_bytes();
        match code {
            Some(code) => {
                self.byte(b'[');
                self.code(code);
                self.put(b"] ");
                self.put(text);
            }
            // A text that came behind a code may look like one; without that it would become one.
            None if crate::syntax::begins_with_code(text) => {
                self.byte(b'?');
                self.put(text.get(1..).unwrap_or_default());
            }
            None => self.put(text),
        }
    }

    /// `*(SP capability)`
    pub(crate) fn capabilities(&mut self, all: &[Capability]) {
        for capability in all {
            self.sp();
            self.put(capability.atom().as_bytes());
        }
    }

    /// `*(SP capability)`
    pub(crate) fn enabled(&mut self, all: &[Atom]) {
        for name in all {
            self.sp();
            self.put(name.as_bytes());
        }
    }
}
