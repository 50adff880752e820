//! Writing addresses: `Display` on one line, [`WriteValue`] folded. What is written is read again
//! as the same value.

use alloc::{format, string::String};
use core::fmt::{self, Write};

use encodify::{Fold, rfc2047};

use super::{AddrSpec, Address, AddressList, Group, Mailbox};
use crate::{
    Folder, WriteValue,
    lexer::is_atext,
    write::{is_dot_atom, refuse_controls},
};

/// Words of a name that is written without quotation marks.
const ATOMS: usize = 100;

/// Octets of an encoded word in a folded field, so that the name of the field has room beside the
/// first one: "Each line of a header field that contains one or more encoded-words is limited to 76
/// characters" (RFC 2047 §2).
const FOLDED_WORD: usize = 60;

/// How a name has to be written (RFC 5322 §3.2.5).
enum Phrase {
    /// As it is: atoms, one space between them.
    Atoms,
    Quoted,
    /// As encoded words (RFC 2047 §5).
    Encoded,
}

impl Phrase {
    fn of(text: &str, utf8: bool) -> Self {
        let is_word =
            |word: &str| !word.is_empty() && !word.contains("=?") && word.bytes().all(is_atext);
        // A name that was decoded may hold line ends: they are encoded again, never written.
        if (!utf8 && !text.is_ascii()) || refuse_controls(text).is_err() {
            Self::Encoded
        } else if text.split(' ').all(is_word) && text.split(' ').nth(ATOMS).is_none() {
            Self::Atoms
        } else {
            Self::Quoted
        }
    }
}

fn write_phrase(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    match Phrase::of(text, false) {
        Phrase::Atoms => f.write_str(text),
        Phrase::Quoted => write_quoted(f, text),
        Phrase::Encoded => f.write_str(&encoded(text, rfc2047::MAX_WORD_LEN)),
    }
}

fn fold_phrase(to: &mut Folder, text: &str) {
    let encoded = |text| encoded(text, FOLDED_WORD);
    let words = match Phrase::of(text, to.is_utf8()) {
        Phrase::Atoms => text.into(),
        Phrase::Quoted => {
            let mut quoted = String::new();
            // Writing to a string does not fail.
            let _ = write_quoted(&mut quoted, text);
            to.token(&quoted);
            return;
        }
        Phrase::Encoded => encoded(text),
    };
    for word in words.split(' ') {
        to.blank().token(word);
    }
}

/// Encoded words of at most so many octets, one space between them.
fn encoded(text: &str, most: usize) -> String {
    let (mut out, mut column) = (String::new(), 0);
    rfc2047::Q_PHRASE.encode_words("utf-8", text, &mut column, Fold::new(most, b" ", 0), &mut out);
    out
}

/// `quoted-string` (RFC 5322 §3.2.4)
fn write_quoted(f: &mut impl Write, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(character)?;
    }
    f.write_char('"')
}

fn write_list(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    for (number, item) in items.iter().enumerate() {
        f.write_str(if number > 0 { ", " } else { "" })?;
        item.fmt(f)?;
    }
    Ok(())
}

fn fold_list(to: &mut Folder, items: &[impl WriteValue]) {
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            to.token(",").blank();
        }
        item.write_value(to);
    }
}

impl fmt::Display for AddrSpec<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_dot_atom(&self.local) {
            f.write_str(&self.local)?;
        } else {
            write_quoted(f, &self.local)?;
        }
        write!(f, "@{}", self.domain)
    }
}

/// Never folded inside. Beyond ASCII there is no other form than UTF-8, so such an address is
/// written as it is even where text is not (RFC 6532 §3.2).
impl WriteValue for AddrSpec<'_> {
    fn write_value(&self, to: &mut Folder) {
        to.token(&format!("{self}"));
    }
}

impl fmt::Display for Mailbox<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => {
                write_phrase(f, name)?;
                write!(f, " <{}>", self.addr)
            }
            None => self.addr.fmt(f),
        }
    }
}

/// Folded between the words of the name, and before the address.
///
/// ```
/// use postrider_message::{AddrSpec, Folder, Mailbox, WriteValue};
/// let mary = Mailbox::with_name(AddrSpec::new("mary", "example.net")?, "Märy, again")?;
/// let mut folder = Folder::new("To")?;
/// mary.write_value(&mut folder);
/// assert_eq!(folder.finish()?, "To: =?utf-8?Q?M=C3=A4ry=2C_again?= <mary@example.net>\r\n");
///
/// let mut folder = Folder::new("To")?.with_utf8(true);
/// mary.write_value(&mut folder);
/// assert_eq!(folder.finish()?, "To: \"Märy, again\" <mary@example.net>\r\n");
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
impl WriteValue for Mailbox<'_> {
    fn write_value(&self, to: &mut Folder) {
        match &self.name {
            Some(name) => {
                fold_phrase(to, name);
                to.blank().token(&format!("<{}>", self.addr));
            }
            None => self.addr.write_value(to),
        }
    }
}

impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_phrase(f, &self.name)?;
        // Encoded words are set off from a special character by white space (RFC 2047 §5 rule 3).
        let encoded = matches!(Phrase::of(&self.name, false), Phrase::Encoded);
        f.write_str(if encoded { " : " } else { ": " })?;
        write_list(f, &self.mailboxes)?;
        f.write_char(';')
    }
}

impl WriteValue for Group<'_> {
    fn write_value(&self, to: &mut Folder) {
        fold_phrase(to, &self.name);
        if matches!(Phrase::of(&self.name, to.is_utf8()), Phrase::Encoded) {
            to.blank();
        }
        to.token(":").blank();
        fold_list(to, &self.mailboxes);
        to.token(";");
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mailbox(mailbox) => mailbox.fmt(f),
            Self::Group(group) => group.fmt(f),
        }
    }
}

impl WriteValue for Address<'_> {
    fn write_value(&self, to: &mut Folder) {
        match self {
            Self::Mailbox(mailbox) => mailbox.write_value(to),
            Self::Group(group) => group.write_value(to),
        }
    }
}

impl fmt::Display for AddressList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_list(f, &self.list)
    }
}

impl WriteValue for AddressList<'_> {
    fn write_value(&self, to: &mut Folder) {
        fold_list(to, &self.list);
    }
}
