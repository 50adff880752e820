//! Writing addresses: What is written is read again
//! as the same value.

use alloc::string::String;
use core::fmt::{self, Write};

use encodify::{Fold, rfc2047};

use super::{AddrSpec, Address, AddressList, Group, Mailbox};
use crate::{
    lexer::is_atext,
    write::{is_dot_atom, refuse_controls},
};

/// Words of a name that is written without quotation marks.
const ATOMS: usize = 100;

/// How a name has to be written (RFC 5322 §3.2.5).
enum Phrase {
    /// As it is: atoms, one space between them.
    Atoms,
    Quoted,
    /// As encoded words (RFC 2047 §5).
    Encoded,
}

impl Phrase {
    fn of(text: &str) -> Self {
        let is_word =
            |word: &str| !word.is_empty() && !word.contains("=?") && word.bytes().all(is_atext);
        // A name that was decoded may hold line ends: they are encoded again, never written.
        if !text.is_ascii() || refuse_controls(text).is_err() {
            Self::Encoded
        } else if text.split(' ').all(is_word) && text.split(' ').nth(ATOMS).is_none() {
            Self::Atoms
        } else {
            Self::Quoted
        }
    }
}

fn write_phrase(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    match Phrase::of(text) {
        Phrase::Atoms => f.write_str(text),
        Phrase::Quoted => write_quoted(f, text),
        Phrase::Encoded => f.write_str(&encoded(text)),
    }
}

/// Encoded words, one space between them.
fn encoded(text: &str) -> String {
    let (mut out, mut column) = (String::new(), 0);
    rfc2047::Q_PHRASE.encode_words(
        "utf-8",
        text,
        &mut column,
        Fold::new(rfc2047::MAX_WORD_LEN, b" ", 0),
        &mut out,
    );
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

impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_phrase(f, &self.name)?;
        f.write_str(": ")?;
        write_list(f, &self.mailboxes)?;
        f.write_char(';')
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

impl fmt::Display for AddressList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_list(f, &self.list)
    }
}
