//! What octets a text has, told in one pass: most text needs no closer look.

use crate::lexer::is_atext;

/// A full stop.
pub(crate) const DOT: u8 = 1;
/// A blank; no tab.
pub(crate) const BLANK: u8 = 1 << 1;
/// A question mark, without which there is no encoded word.
pub(crate) const QUESTION: u8 = 1 << 2;
/// `"` or `\`, which a quoted string escapes.
pub(crate) const ESCAPED: u8 = 1 << 3;
/// Other printable ASCII that is not `atext`.
pub(crate) const SPECIAL: u8 = 1 << 4;
/// A control character of ASCII, tabs among them.
pub(crate) const CONTROL: u8 = 1 << 5;
/// Beyond ASCII.
pub(crate) const BEYOND: u8 = 1 << 6;

/// The class of each octet; none for other `atext`.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut octet = 0_u8;
    #[expect(clippy::indexing_slicing, reason = "an octet is below 256")]
    loop {
        classes[octet as usize] = match octet {
            b'.' => DOT,
            b' ' => BLANK,
            b'?' => QUESTION,
            b'"' | b'\\' => ESCAPED,
            0x80.. => BEYOND,
            _ if octet.is_ascii_control() => CONTROL,
            _ if is_atext(octet) => 0,
            _ => SPECIAL,
        };
        octet = match octet.checked_add(1) {
            Some(next) => next,
            None => break classes,
        };
    }
};

/// The classes of the octets of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Classes {
    all: u8,
    loose: u8,
}

impl Classes {
    /// Those of this text.
    #[inline]
    pub(crate) fn of(text: &str) -> Self {
        // A dot or a blank that no other octet stands before, or behind.
        let (mut all, mut loose, mut before) = (0, 0, DOT | BLANK);
        for octet in text.bytes() {
            let class = CLASSES.get(usize::from(octet)).copied().unwrap_or_default();
            all |= class;
            loose |= class & before;
            before = class;
        }
        Self { all, loose: (loose | before) & (DOT | BLANK) }
    }

    /// Whether an octet is of one of these.
    #[inline]
    pub(crate) const fn has(self, classes: u8) -> bool {
        self.all & classes != 0
    }

    /// Whether a dot, or a blank, stands at either end or beside another, or the text is empty.
    #[inline]
    pub(crate) const fn is_loose(self, class: u8) -> bool {
        self.loose & class != 0
    }

    /// Whether the text is `dot-atom-text` of ASCII (RFC 5322 §3.2.3).
    #[inline]
    pub(crate) const fn is_dot_atom(self) -> bool {
        let other = BLANK | ESCAPED | SPECIAL | CONTROL | BEYOND;
        !self.has(other) && !self.is_loose(DOT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_atom_has_no_dot_at_its_ends_or_beside_another() {
        // RFC 5322 §3.2.3: dot-atom-text = 1*atext *("." 1*atext)
        for text in ["a", "a.b", "a.b.c", "!#$%&'*+-/=?^_`{|}~"] {
            assert!(Classes::of(text).is_dot_atom(), "{text}");
        }
        for text in ["", ".", ".a", "a.", "a..b", "a b", "a,b", "a\"", "a\t", "a\u{7f}", "ä", "a@b"]
        {
            assert!(!Classes::of(text).is_dot_atom(), "{text}");
        }
    }

    #[test]
    fn each_octet_of_ascii_has_one_class_and_atext_none() {
        let counts: [usize; 7] =
            core::array::from_fn(|bit| CLASSES.iter().filter(|&&class| class == 1 << bit).count());
        // RFC 5322 §3.2.3: 81 octets are atext, of which one is the question mark; ten specials are
        // neither a dot nor escaped.
        assert_eq!(counts, [1, 1, 1, 2, 10, 33, 128]);
        assert_eq!(CLASSES.iter().filter(|&&class| class == 0).count(), 80);
    }
}
