//! What is passed on as it came.

use super::Out;
use crate::language::value::Raw;

impl Out<'_> {
    /// Octets of an extension. In a command, the client waits at literals that announce so, whatever
    /// the server offers: their octets are not changed.
    pub(crate) fn raw(&mut self, raw: &Raw) {
        for (line, literal, waits) in raw.lines() {
            self.put(line);
            if waits {
                self.stop();
            }
            self.put(literal);
        }
    }
}
