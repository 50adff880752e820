//! Words of others in notices.

use alloc::string::String;

/// Octets of a diagnosis that are told: with the name of its field it fits on a line (RFC 5322
/// §2.1.1).
pub(super) const DIAGNOSTIC: usize = 800;

/// Appends words to the last line and, where that has no room, in new lines that are indented, of about
/// this many columns. A word that is longer stands on a line alone.
pub(super) fn wrap(out: &mut String, words: &str, indent: &str) {
    let mut column = out.rsplit('\n').next().map_or(0, |line| line.chars().count());
    let mut is_first = true;
    for word in words.split(' ') {
        let width = word.chars().count();
        if !core::mem::take(&mut is_first) {
            if column.saturating_add(width) >= COLUMNS {
                out.push('\n');
                out.push_str(indent);
                column = indent.len();
            } else {
                out.push(' ');
                column = column.saturating_add(1);
            }
        }
        out.push_str(word);
        column = column.saturating_add(width);
    }
    out.push('\n');
}

const COLUMNS: usize = 76;

#[cfg(test)]
mod tests {
    extern crate std;
    use alloc::string::String;

    use super::wrap;

    #[test]
    fn lines_are_wrapped_between_words() {
        let mut out = String::new();
        wrap(&mut out, &["word"; 20].join(" "), "    ");
        assert_eq!(out.lines().count(), 2);
        assert!(out.lines().all(|line| line.len() <= 76) && out.contains("\n    word"));
        assert_eq!(out.split_whitespace().count(), 20);
    }
}
