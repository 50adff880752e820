//! The names of folders in a Maildir (Maildir++).

use alloc::string::String;

/// Why levels make no name of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidFolder {
    /// No level, or one that is empty.
    #[error("empty level")]
    Empty,
    /// A slash, a full stop, or a control character in a level: a name would lead elsewhere, or be
    /// read as other levels.
    #[error("character that a level cannot have")]
    Character,
    /// A name of more than 255 octets.
    #[error("name too long")]
    TooLong,
}

/// The name of the folder with these levels, as `.Parent.Child`; the inbox is the Maildir itself.
/// What the levels are encoded in, as the modified UTF-7 of IMAP, is the caller's choice.
///
/// ```
/// use postrider_mime::maildir::{InvalidFolder, folder_name};
///
/// assert_eq!(folder_name(["Sent", "2024"])?, ".Sent.2024");
/// assert_eq!(folder_name([".."]), Err(InvalidFolder::Character));
/// # Ok::<(), InvalidFolder>(())
/// ```
pub fn folder_name<'l>(levels: impl IntoIterator<Item = &'l str>) -> Result<String, InvalidFolder> {
    let mut name = String::new();
    for level in levels {
        if level.is_empty() {
            return Err(InvalidFolder::Empty);
        }
        if level
            .contains(|character: char| matches!(character, '/' | '.') || character.is_control())
        {
            return Err(InvalidFolder::Character);
        }
        name.push('.');
        name.push_str(level);
        if name.len() > 255 {
            return Err(InvalidFolder::TooLong);
        }
    }
    if name.is_empty() { Err(InvalidFolder::Empty) } else { Ok(name) }
}

/// The levels of the folder that a directory in a Maildir is; `None` where it is none, as `cur`.
///
/// ```
/// use postrider_mime::maildir::folder_levels;
///
/// assert!(folder_levels(".Sent.2024").unwrap().eq(["Sent", "2024"]));
/// assert!(folder_levels("cur").is_none() && folder_levels("..").is_none());
/// ```
pub fn folder_levels(name: &str) -> Option<impl Iterator<Item = &str>> {
    let levels = name.strip_prefix('.')?;
    folder_name(levels.split('.')).ok()?;
    Some(levels.split('.'))
}
