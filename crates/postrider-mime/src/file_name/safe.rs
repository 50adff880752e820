//! A name that a file may have on every common system, made of one that anybody sent.

use alloc::string::String;

/// Octets of a safe name. File systems take 255; a caller may put a number behind the stem.
const LONGEST: usize = 200;

/// Octets of an ending, its dot included, that is kept whole when a name is cut.
const LONGEST_ENDING: usize = 20;

/// Devices of Windows: a file of such a name, with any ending, is none.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A suggestion for the name of a file, from a name that somebody sent (RFC 2183 §2.3 and §5).
/// `None` where nothing is left of it.
///
/// - Only what stands behind the last `/` or `\` counts: a name is no path.
/// - Control characters and characters that show nothing are left out, with them those that turn
///   the direction of writing, so that `cod\u{202e}fdp.exe` does not look like another.
/// - White space is one blank, so that no ending is out of sight.
/// - `<`, `>`, `:`, `"`, `|`, `?`, `*`, which Windows does not allow, and characters which its code
///   pages turn into a separator, a dot or one of these (`／`, `＼`, `∕`, `⁄`, `¥`, `．`, `：` and so
///   on) become `_`.
/// - Dots and blanks at either end are left out, and several dots are one: no `..`, no hidden file,
///   no name that Windows shortens.
/// - A hyphen or tilde in front becomes `_`, and `_` is put before the name of a device (`NUL.txt`).
/// - It has at most 200 octets; an ending of up to 20 octets is kept.
///
/// The result made safe again is the same. It says nothing about a file of that name that is there
/// already, nor about what an ending such as `.exe` makes a system do.
///
/// ```
/// use postrider_mime::safe_file_name;
///
/// assert_eq!(safe_file_name("C:\\temp\\a.txt").as_deref(), Some("a.txt"));
/// assert_eq!(safe_file_name("../../etc/passwd").as_deref(), Some("passwd"));
/// assert_eq!(safe_file_name("nul.txt").as_deref(), Some("_nul.txt"));
/// assert_eq!(safe_file_name("cod\u{202e}fdp.exe").as_deref(), Some("codfdp.exe"));
/// assert_eq!(safe_file_name(".."), None);
/// ```
pub fn safe_file_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut safe = String::with_capacity(last.len().min(LONGEST));
    for character in last.chars() {
        let character = if is_blank(character) { ' ' } else { character };
        if character != ' ' && is_unseen(character) {
            continue;
        }
        let character = if is_confused(character) { '_' } else { character };
        // What is repeated, and what stands in front, says nothing.
        let before = safe.chars().next_back();
        match (character, before) {
            (' ' | '.', None) | (' ', Some(' ')) | ('.', Some('.')) => {}
            ('-' | '~', None) => safe.push('_'),
            _ => safe.push(character),
        }
    }
    if is_device(&safe) {
        safe.insert(0, '_');
    }
    cut(&mut safe);
    Some(safe).filter(|safe| !safe.is_empty())
}

/// White space, and the pattern of Braille that has no dots and looks like it.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{2800}'
}

/// Takes dots and blanks off the end, and what is too much off the stem.
fn cut(name: &mut String) {
    name.truncate(name.trim_end_matches([' ', '.']).len());
    if name.len() <= LONGEST {
        return;
    }
    let ending = name.rfind('.').and_then(|dot| name.get(dot..)).unwrap_or_default();
    let ending = String::from(if ending.len() <= LONGEST_ENDING { ending } else { "" });
    let room = LONGEST.saturating_sub(ending.len());
    let stem = (0..=room).rev().find(|&at| name.is_char_boundary(at));
    name.truncate(stem.unwrap_or_default());
    name.truncate(name.trim_end_matches([' ', '.']).len());
    name.push_str(&ending);
}

/// Whether Windows takes it for a device: what stands before the first dot, blanks aside.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let port = |rest: &str| {
        let mut rest = rest.chars();
        matches!(rest.next(), Some('0'..='9' | '¹' | '²' | '³')) && rest.next().is_none()
    };
    let numbered = |device: &str| {
        let (start, rest) = stem.split_at_checked(device.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(device) && port(rest)
    };
    DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device))
        || numbered("com")
        || numbered("lpt")
}

/// A character that is no separator, and that some system takes for one, or does not allow.
const fn is_confused(character: char) -> bool {
    matches!(
        character,
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '/' | '\\'
            // Full and small forms, of which code pages of Windows make the ASCII character.
            | '＜' | '＞' | '：' | '＂' | '｜' | '？' | '＊' | '／' | '＼' | '．'
            | '﹕' | '﹖' | '﹤' | '﹥' | '﹨' | '﹡' | '﹒' | '․' | '‥' | '…'
            // Slashes, backslashes, colons; yen and won, which stand where the backslash does.
            | '⁄' | '∕' | '╱' | '⧸' | '∖' | '⧵' | '╲' | '⧹' | '∶' | '¥' | '￥' | '₩' | '￦'
    )
}

/// A character that shows nothing, or turns the direction of what follows. The two joiners are
/// none: words of Persian and many emoji need them.
pub(crate) fn is_unseen(character: char) -> bool {
    character.is_control()
        || is_bidi_control(character)
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180e}' | '\u{200b}' | '\u{2028}'..='\u{2029}'
                | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// `Bidi_Control` of the Unicode standard.
const fn is_bidi_control(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}
