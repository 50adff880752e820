//! Octets that no label explains: UTF-8 where they are UTF-8, windows-1252 where they are not.

use alloc::string::String;

use encoding_rs::Encoding;

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
        let open = Self::run(rest, out);
        self.hold(open);
        if last {
            let held = self.held.get(..self.length).unwrap_or_default();
            out.extend(held.iter().copied().map(windows_1252));
            self.length = 0;
        }
    }

    /// Appends all but a sequence at the end that more octets may complete, which it gives back.
    fn run<'a>(octets: &'a [u8], out: &mut String) -> &'a [u8] {
        let mut rest = match simdutf8::compat::from_utf8(octets) {
            Ok(text) => {
                out.push_str(text);
                return &[];
            }
            Err(error) => utf8(octets, error.valid_up_to(), out),
        };
        loop {
            rest = utf8(rest, Encoding::ascii_valid_up_to(rest), out);
            let [octet, after @ ..] = rest else { return rest };
            let length = sequence_len(*octet);
            let sequence = rest.get(..length).unwrap_or(rest);
            rest = match core::str::from_utf8(sequence) {
                Ok(text) => {
                    out.push_str(text);
                    rest.get(length..).unwrap_or_default()
                }
                Err(error) if error.error_len().is_none() => return rest,
                Err(_) => {
                    out.push(windows_1252(*octet));
                    after
                }
            };
        }
    }

    fn resolve(&mut self, out: &mut String) {
        let held = self.held;
        let held = held.get(..self.length).unwrap_or_default();
        self.length = 0;
        let open = Self::run(held, out);
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
}

/// Appends the first octets, which are UTF-8, and gives the others back.
fn utf8<'a>(octets: &'a [u8], length: usize, out: &mut String) -> &'a [u8] {
    let (text, rest) = octets.split_at_checked(length).unwrap_or((octets, &[]));
    out.push_str(core::str::from_utf8(text).unwrap_or_default());
    rest
}

/// How long a sequence of UTF-8 is that begins so; 1 where none does.
const fn sequence_len(first: u8) -> usize {
    match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    }
}

/// The character of an octet in windows-1252, as the Encoding Standard has it.
fn windows_1252(octet: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let high = octet.checked_sub(0x80).and_then(|at| HIGH.get(usize::from(at)));
    high.copied().unwrap_or_else(|| char::from(octet))
}

#[cfg(test)]
mod tests {
    use super::windows_1252;

    #[test]
    fn the_table_is_that_of_the_encoding_standard() {
        for octet in 0..=u8::MAX {
            let octets = [octet];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&octets);
            assert!(text.chars().eq([windows_1252(octet)]), "{octet:#x}");
        }
    }
}
