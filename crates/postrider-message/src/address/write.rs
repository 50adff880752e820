//! Writing addresses: `Display` on one line, [`WriteValue`] folded. What is written is read again
//! as the same value.

use alloc::borrow::Cow;
use core::fmt;

use super::{AddrSpec, Address, AddressList, Group, Mailbox};
use crate::{
    Folder, WriteValue,
    write::{has_word_start, is_dot_atom, one_line, quoted},
};

fn write_list(to: &mut Folder, items: &[impl WriteValue]) {
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            to.token(",").blank();
        }
        item.write_value(to);
    }
}

impl fmt::Display for AddrSpec<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&[&*self.written(), "@", &self.domain].concat())
    }
}

impl AddrSpec<'_> {
    /// The local part, quoted where it must be.
    fn written(&self) -> Cow<'_, str> {
        match is_dot_atom(&self.local) {
            true => Cow::Borrowed(&self.local),
            false => Cow::Owned(quoted(&self.local)),
        }
    }

    /// Writes the address between these.
    fn write_between(&self, before: &str, behind: &str, to: &mut Folder) {
        to.tokens(&[before, &self.written(), "@", &self.domain, behind]);
    }
}

/// Never folded inside. Beyond ASCII there is no other form than UTF-8, so such an address is
/// written as it is even where text is not (RFC 6532 §3.2).
impl WriteValue for AddrSpec<'_> {
    fn write_value(&self, to: &mut Folder) {
        self.write_between("", "", to);
    }
}

impl fmt::Display for Mailbox<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(_) => f.write_str(&one_line(self)),
            None if is_like_a_word(&self.addr) => write!(f, "<{}>", self.addr),
            None => self.addr.fmt(f),
        }
    }
}

/// Whether an address that was read might be taken for an encoded word of a name (RFC 2047 §2). In
/// angle brackets it is none.
fn is_like_a_word(addr: &AddrSpec<'_>) -> bool {
    has_word_start(&addr.local) || has_word_start(&addr.domain)
}

/// Folded between the words of the name, and before the address.
///
/// ```
/// use postrider_message::{AddrSpec, Folder, Mailbox, WriteValue};
/// let mary = Mailbox::with_name(AddrSpec::new("mary", "example.net")?, "Märy, again")?;
/// let mut folder = Folder::new("To")?;
/// mary.write_value(&mut folder);
/// assert_eq!(folder.finish()?, "To: =?utf-8?B?TcOkcnksIGFnYWlu?= <mary@example.net>\r\n");
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
                to.phrase(name).blank();
                self.addr.write_between("<", ">", to);
            }
            None if is_like_a_word(&self.addr) => {
                self.addr.write_between("<", ">", to);
            }
            None => self.addr.write_value(to),
        }
    }
}

impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(self))
    }
}

impl WriteValue for Group<'_> {
    fn write_value(&self, to: &mut Folder) {
        to.phrase(&self.name).special(":");
        if !self.mailboxes.is_empty() {
            to.blank();
        }
        write_list(to, &self.mailboxes);
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
        f.write_str(&one_line(self))
    }
}

impl WriteValue for AddressList<'_> {
    fn write_value(&self, to: &mut Folder) {
        write_list(to, &self.list);
    }
}
