//! Characters beyond ASCII that other programs take for line ends, blanks, dots or nothing.

/// Whether some reader ends a line here: C0, DEL, C1 (among which is NEL), and the line and paragraph
/// separators, at which the parser of Python splits a header section.
pub(crate) const fn is_control(character: char) -> bool {
    matches!(character, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}')
}

/// What is shown as nothing, or turns the direction of writing: the code points that are ignorable
/// by default (Unicode §5.21), and the controls of bidirectional text.
pub(crate) const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a word has white space or something invisible in it, which readers drop or cut at. The
/// joiners are let through behind letters beyond ASCII, where some scripts need them (RFC 5892,
/// appendices A.1 and A.2).
pub(crate) fn has_unseen(word: &str) -> bool {
    if word.is_ascii() {
        return false;
    }
    let mut before = ' ';
    word.chars().any(|character| {
        let joins = matches!(character, '\u{200c}' | '\u{200d}')
            && !before.is_ascii()
            && (before.is_alphanumeric() || is_mark(before));
        before = character;
        !joins && (character.is_whitespace() || is_control(character) || is_invisible(character))
    })
}

/// A virama and its like in the scripts of India and its neighbours.
const fn is_mark(character: char) -> bool {
    matches!(character, '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// A full stop to programs that take domains as IDNA 2003 has them (RFC 3490 §3.1) or normalize
/// them, and an at sign likewise.
pub(crate) const fn is_other_dot(character: char) -> bool {
    matches!(
        character,
        '\u{2024}' | '\u{3002}' | '\u{fe52}' | '\u{fe6b}' | '\u{ff0e}' | '\u{ff20}' | '\u{ff61}'
    )
}
