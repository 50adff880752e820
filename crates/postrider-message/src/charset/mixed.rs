//! Octets that no label explains: UTF-8 where they are UTF-8, windows-1252 where they are not.

use alloc::string::String;

use encoding_rs::WINDOWS_1252;

/// Decides from left to right, and holds at most the three octets of a sequence that is not whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Mixed {
    held: [u8; 4],
    length: usize,
}

impl Mixed {
    pub(super) fn decode(&mut self, octets: &[u8], last: bool, out: &mut String) {
        let mut rest = octets;
        while let ([octet, after @ ..], true) = (rest, self.length > 0) {
            self.hold(core::slice::from_ref(octet));
            rest = after;
            self.resolve(out);
        }
        let open = self.run(rest, out);
        self.hold(open);
        if last {
            let held = self.held;
            self.other(held.get(..self.length).unwrap_or_default(), out);
            self.length = 0;
        }
    }

    /// Appends all but a sequence at the end that more octets may complete.
    fn run<'a>(&mut self, octets: &'a [u8], out: &mut String) -> &'a [u8] {
        let mut rest = octets;
        loop {
            let error = match simdutf8::compat::from_utf8(rest) {
                Ok(text) => {
                    out.push_str(text);
                    return &[];
                }
                Err(error) => error,
            };
            let (valid, after) = rest.split_at_checked(error.valid_up_to()).unwrap_or((rest, &[]));
            out.push_str(core::str::from_utf8(valid).unwrap_or_default());
            let Some(length) = error.error_len() else { return after };
            let (wrong, after) = after.split_at_checked(length).unwrap_or((after, &[]));
            self.other(wrong, out);
            rest = after;
        }
    }

    fn resolve(&mut self, out: &mut String) {
        let held = self.held;
        let held = held.get(..self.length).unwrap_or_default();
        self.length = 0;
        let open = self.run(held, out);
        self.hold(open);
    }

    fn hold(&mut self, octets: &[u8]) {
        for octet in octets {
            if let Some(slot) = self.held.get_mut(self.length) {
                *slot = *octet;
                self.length = self.length.saturating_add(1);
            }
        }
    }

    fn other(&mut self, octets: &[u8], out: &mut String) {
        if !octets.is_empty() {
            out.push_str(&WINDOWS_1252.decode_without_bom_handling(octets).0);
        }
    }
}
