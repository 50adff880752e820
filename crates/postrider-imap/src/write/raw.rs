//! What is passed on as it came.

use super::Out;
use crate::value::Raw;

impl Out<'_> {
    /// Octets of an extension behind which others follow. What was read may be broken; if so, it
    /// breaks nothing of what follows it.
    pub(crate) fn raw(&mut self, raw: &Raw) {
        if raw.is_closed() {
            return self.last_raw(raw);
        }
        for &octet in raw.as_bytes() {
            let parts = matches!(octet, b'"' | b'(' | b')' | b'\\' | b'\r' | b'\n' | 0);
            self.byte(if parts { b'?' } else { octet });
        }
    }

    /// Octets of an extension at the end of a line. In a command, the client waits at literals that announce so, whatever
    /// the server offers: their octets are not changed.
    pub(crate) fn last_raw(&mut self, raw: &Raw) {
        for (line, literal, waits) in raw.lines() {
            self.put(line);
            if waits {
                self.stop();
            }
            self.put(literal);
        }
    }
}
