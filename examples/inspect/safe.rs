//! What strangers wrote, made safe to show.

use std::fmt::{self, Write};

/// Text on one line, cut after so many characters, without what moves a cursor, turns the direction
/// of writing, or is not seen.
pub(crate) struct Safe<'s>(pub(crate) &'s str, pub(crate) usize);

/// The most characters of a name or subject that are shown.
pub(crate) const SHOWN: usize = 200;

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(self.1) {
            f.write_char(safe(character))?;
        }
        if characters.next().is_some() { f.write_char('…') } else { Ok(()) }
    }
}

/// The character, or one that stands for it.
pub(crate) fn safe(character: char) -> char {
    match character {
        '\t' => ' ',
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => {
            '\u{fffd}'
        }
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => '\u{fffd}',
        '\u{e0000}'..='\u{e0fff}' => '\u{fffd}',
        control if control.is_control() => '\u{fffd}',
        plain => plain,
    }
}

/// Octets as a person counts them.
pub(crate) struct Octets(pub(crate) usize);

impl fmt::Display for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 3] = ["KiB", "MiB", "GiB"];
        let mut size = self.0 as f64;
        let mut unit = None;
        for name in UNITS {
            if size < 1024.0 {
                break;
            }
            size /= 1024.0;
            unit = Some(name);
        }
        match unit {
            None if self.0 == 1 => f.write_str("1 octet"),
            None => write!(f, "{} octets", self.0),
            Some(unit) => write!(f, "{size:.1} {unit}"),
        }
    }
}
