//! Words from outside, made fit for one line.

use alloc::string::String;

/// What ends a line somewhere, cannot be seen, or turns the order of what follows.
fn is_blank(one: char) -> bool {
    one.is_control()
        || one.is_whitespace()
        || matches!(one, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The words of a text with one blank between two of them, at most so many octets, and `?` in the
/// place of what is not ASCII unless that may be. `None` where nothing is left.
pub(crate) fn line(text: &str, most: usize, utf8: bool) -> Option<String> {
    let mut out = String::new();
    for word in text.split(is_blank).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        for one in word.chars() {
            let one = if utf8 || one.is_ascii() { one } else { '?' };
            if out.len().saturating_add(one.len_utf8()).saturating_add(ELLIPSIS.len()) > most {
                out.truncate(out.trim_end().len());
                out.push_str(ELLIPSIS);
                return Some(out);
            }
            out.push(one);
        }
    }
    (!out.is_empty()).then_some(out)
}

const ELLIPSIS: &str = "...";

#[cfg(test)]
mod tests {
    extern crate std;
    use alloc::string::String;

    use proptest::prelude::*;

    use super::line;

    #[test]
    fn words_of_a_stranger_become_one_line() {
        assert_eq!(
            line("550 no\r\nAction: delivered", 80, false).unwrap(),
            "550 no Action: delivered"
        );
        assert_eq!(line("a\u{2028}b\u{202e}c\u{0}d", 80, true).unwrap(), "a b c d");
        assert_eq!(line("caf\u{e9}", 80, false).unwrap(), "caf?");
        assert_eq!(line(" \r\n\t", 80, true), None);
        assert_eq!(line("one two three", 10, false).unwrap(), "one two...");
    }

    proptest! {
        #[test]
        fn a_line_is_one_line_within_its_bound(text in any::<String>(), most in 4_usize..200) {
            if let Some(line) = line(&text, most, false) {
                prop_assert!(line.len() <= most);
                prop_assert!(line.bytes().all(|octet| (32..127).contains(&octet)));
                prop_assert_eq!(line.trim(), &line);
            }
        }
    }
}
