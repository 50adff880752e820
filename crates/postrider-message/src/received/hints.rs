//! What a field may tell, noted where its clauses are cut: nearly all tell no greeting and no TLS.

/// Where one is not set, nothing is there to be found. Both are where nobody looked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hints {
    /// A comment may have the name of a greeting.
    pub(super) greeting: bool,
    /// A comment or a clause may tell of TLS.
    pub(super) tls: bool,
}

impl Default for Hints {
    fn default() -> Self {
        Self { greeting: true, tls: true }
    }
}

impl Hints {
    pub(super) const NOTHING: Self = Self { greeting: false, tls: false };

    /// Looks at the start of a word: `helo`, `ehlo`, or `encrypted`.
    #[inline]
    pub(super) fn look(&mut self, word: &[u8]) {
        let Some(start) = word.first_chunk() else { return };
        match lower(*start) {
            HELO | EHLO => self.greeting = true,
            ENCR => self.tls = true,
            _ => {}
        }
    }

    /// `ESMTP/TLS/AES256-SHA`
    #[inline]
    pub(super) fn look_behind_slash(&mut self, text: &[u8]) {
        let Some([a, b, c]) = text.first_chunk() else { return };
        self.tls |= lower([*a, *b, *c, 0]) == TLS;
    }

    /// Looks at the start of a comment: `using`, `cipher`, `version`, a version itself, or what may
    /// stand before the first word.
    #[inline]
    pub(super) fn look_first(&mut self, comment: &[u8]) {
        self.look(comment);
        let Some([a, b, c]) = comment.first_chunk() else { return };
        self.tls |= match lower([*a, *b, *c, 0]) {
            USING | CIPHER | VERSION | TLS | SSL => true,
            _ => !a.is_ascii_graphic() || matches!(a, b'(' | b')' | b','),
        };
    }
}

/// Four octets in lower case, as one number. What is no letter stays none.
const fn lower(octets: [u8; 4]) -> u32 {
    u32::from_le_bytes(octets) | 0x2020_2020
}

const HELO: u32 = lower(*b"helo");
const EHLO: u32 = lower(*b"ehlo");
const ENCR: u32 = lower(*b"encr");
const USING: u32 = lower(*b"usi\0");
const CIPHER: u32 = lower(*b"cip\0");
const VERSION: u32 = lower(*b"ver\0");
const TLS: u32 = lower(*b"tls\0");
const SSL: u32 = lower(*b"ssl\0");

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::{super::fast, Hints};
    use crate::{RawValue, Received};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn nothing_is_missed_where_nothing_is_looked_for(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "from x", " by y", " with SMTP", "with a", " tls b", " (", ")", "(", ") ", " ", "\t",
                    "\r\n ", ",", "/", "helo", "HELO ", "helo=", "EHLO=", "a", "encrypted", "x Encrypted",
                    "/TLS/", "TLS", "SSLv3", "tlsv1.3", "using ", "cipher ", "cipher=C", "version=V", ":",
                    "bits=256", "256bits", "[192.0.2.1]", "(a [192.0.2.1])", "a@b", "(HELO c)",
                    "(using TLSv1.2 with cipher C)", "(C encrypted)", "ident=i", "envelope-from",
                ]),
                0..12,
            ),
        ) {
            let text = pieces.concat();
            let mut read = Received::default();
            if fast::clauses(RawValue::new(text.as_bytes()), &mut read).is_some() {
                let mut looked = read.clone();
                looked.hints = Hints::default();
                prop_assert_eq!(read.helo(), looked.helo(), "{}", text);
                prop_assert_eq!(read.tcp_info(), looked.tcp_info(), "{}", text);
                prop_assert_eq!(read.tls_info(), looked.tls_info(), "{}", text);
            }
        }
    }
}
