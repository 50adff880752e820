//! Addresses as values: `addr-spec`, `mailbox`, `group` (RFC 5322 §3.4), and writing them.

mod reader;

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt::{self, Write};

use encodify::{Fold, rfc2047};

use crate::{
    InvalidValue, Lexer, RawValue, Token,
    lexer::is_atext,
    unquote,
    write::{is_domain_literal, is_dot_atom, refuse_controls},
};

/// `addr-spec = local-part "@" domain` (RFC 5322 §3.4.1), quotation marks, comments and folding
/// resolved. `Display` quotes again where it must.
///
/// ```
/// use postrider_message::AddrSpec;
/// let addr = AddrSpec::new("john doe", "example.org")?;
/// assert_eq!(addr.to_string(), "\"john doe\"@example.org");
/// assert!(AddrSpec::new("a\r\nb", "example.org").is_err());
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AddrSpec<'a> {
    local: Cow<'a, str>,
    domain: Cow<'a, str>,
}

impl<'a> AddrSpec<'a> {
    /// An address of a local part without quotation marks, and a domain: atoms with dots between
    /// them, or a literal in square brackets. Either has at most 1,000 octets.
    pub fn new(
        local: impl Into<Cow<'a, str>>,
        domain: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let (local, domain) = (local.into(), domain.into());
        if local.len().max(domain.len()) > PART {
            return Err(InvalidValue::TooLong);
        }
        refuse_controls(&local)?;
        if !is_dot_atom(&domain) && !is_domain_literal(&domain) {
            return Err(InvalidValue::Domain);
        }
        Ok(Self { local, domain })
    }

    /// The local part, without quotation marks. Its case matters to its domain alone.
    pub fn local_part(&self) -> &str {
        &self.local
    }

    /// The domain, or the domain literal with its brackets.
    pub fn domain(&self) -> &str {
        &self.domain
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

/// `mailbox = name-addr / addr-spec` (RFC 5322 §3.4). `Display` quotes or encodes the name again.
#[derive(Debug, Clone)]
pub struct Mailbox<'a> {
    pub(crate) name: Option<Cow<'a, str>>,
    pub(crate) phrase: &'a [u8],
    pub(crate) route: &'a [u8],
    pub(crate) addr: AddrSpec<'a>,
}

impl<'a> Mailbox<'a> {
    /// A mailbox without a display name.
    pub const fn new(addr: AddrSpec<'a>) -> Self {
        Self { name: None, phrase: &[], route: &[], addr }
    }

    /// A mailbox with a display name in plain text, of at most 10,000 octets; an empty one is none.
    pub fn with_name(
        addr: AddrSpec<'a>,
        name: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let name = name.into();
        check_name(&name)?;
        Ok(Self { name: Some(name).filter(|name| !name.is_empty()), phrase: &[], route: &[], addr })
    }

    /// The display name, quotation marks resolved and encoded words decoded. Where an address
    /// without angle brackets is followed by a comment, that is its name (RFC 5322 §3.4).
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The display name with quotation marks and comments resolved but encoded words left as they
    /// stand, as an IMAP ENVELOPE shows it (RFC 9051 §7.5.2).
    pub fn raw_name(&self) -> Option<Cow<'_, [u8]>> {
        let name = self.name.as_deref()?;
        Some(raw_phrase(self.phrase).unwrap_or(Cow::Borrowed(name.as_bytes())))
    }

    /// The source route that stood before the address, as it stands, without its colon (RFC 5322
    /// §4.4 `obs-domain-list`). It is not written, and two mailboxes that differ in it are equal.
    pub const fn route(&self) -> Option<&'a [u8]> {
        if self.route.is_empty() { None } else { Some(self.route) }
    }

    /// The address.
    pub const fn addr_spec(&self) -> &AddrSpec<'a> {
        &self.addr
    }
}

impl PartialEq for Mailbox<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.addr == other.addr
    }
}

impl Eq for Mailbox<'_> {}

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

/// `group = display-name ":" [group-list] ";"` (RFC 5322 §3.4)
#[derive(Debug, Clone)]
pub struct Group<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) phrase: &'a [u8],
    pub(crate) mailboxes: Vec<Mailbox<'a>>,
}

impl<'a> Group<'a> {
    /// A group of these mailboxes, which may be none, with a name of at most 10,000 octets.
    pub fn new(
        name: impl Into<Cow<'a, str>>,
        mailboxes: Vec<Mailbox<'a>>,
    ) -> Result<Self, InvalidValue> {
        let name = name.into();
        check_name(&name)?;
        Ok(Self { name, phrase: &[], mailboxes })
    }

    /// The name, decoded.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name with encoded words left as they stand; see [`Mailbox::raw_name`].
    pub fn raw_name(&self) -> Cow<'_, [u8]> {
        raw_phrase(self.phrase).unwrap_or(Cow::Borrowed(self.name.as_bytes()))
    }

    /// Who belongs to it.
    pub fn mailboxes(&self) -> &[Mailbox<'a>] {
        &self.mailboxes
    }
}

impl PartialEq for Group<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.mailboxes == other.mailboxes
    }
}

impl Eq for Group<'_> {}

impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_phrase(f, &self.name)?;
        f.write_str(": ")?;
        write_list(f, &self.mailboxes)?;
        f.write_char(';')
    }
}

/// `address = mailbox / group` (RFC 5322 §3.4)
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 5322 §3.4 has these two")]
pub enum Address<'a> {
    /// One mailbox.
    Mailbox(Mailbox<'a>),
    /// A named group of mailboxes.
    Group(Group<'a>),
}

impl<'a> Address<'a> {
    /// The mailboxes: one, or the members of the group.
    pub fn mailboxes(&self) -> &[Mailbox<'a>] {
        match self {
            Self::Mailbox(mailbox) => core::slice::from_ref(mailbox),
            Self::Group(group) => group.mailboxes(),
        }
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

/// `address-list` (RFC 5322 §3.4), of `From`, `Sender`, `Reply-To`, `To`, `Cc` and `Bcc`.
///
/// Text that is no address is not in the list; a defect has its span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressList<'a> {
    pub(crate) list: Vec<Address<'a>>,
}

impl<'a> AddressList<'a> {
    /// A list of these addresses.
    pub const fn new(list: Vec<Address<'a>>) -> Self {
        Self { list }
    }

    /// The addresses in order.
    pub fn addresses(&self) -> &[Address<'a>] {
        &self.list
    }

    /// All mailboxes in order, members of groups included.
    pub fn mailboxes(&self) -> impl Iterator<Item = &Mailbox<'a>> {
        self.list.iter().flat_map(Address::mailboxes)
    }
}

impl fmt::Display for AddressList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_list(f, &self.list)
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    for (number, item) in items.iter().enumerate() {
        f.write_str(if number > 0 { ", " } else { "" })?;
        item.fmt(f)?;
    }
    Ok(())
}

/// Octets of a local part or a domain. RFC 5321 §4.5.3.1 has 64 and 255; what is seen is longer.
const PART: usize = 1_000;

/// Octets of a display name. Written in any way it has fewer tokens than are read of one address.
pub(crate) const NAME: usize = 10_000;

/// Words of a name that is written without quotation marks.
const ATOMS: usize = 100;

fn check_name(name: &str) -> Result<(), InvalidValue> {
    if name.len() > NAME {
        return Err(InvalidValue::TooLong);
    }
    refuse_controls(name)
}

/// `phrase` (RFC 5322 §3.2.5): atoms where they will do, a quoted string for other ASCII, encoded
/// words (RFC 2047 §5) for the rest, control characters among it.
fn write_phrase(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let is_word =
        |word: &str| !word.is_empty() && !word.contains("=?") && word.bytes().all(is_atext);
    // A name that was decoded may hold line ends: they are encoded again, never written.
    if !text.is_ascii() || refuse_controls(text).is_err() {
        let (mut out, mut column) = (String::new(), 0);
        let fold = Fold::new(rfc2047::MAX_WORD_LEN, b" ", 0);
        rfc2047::Q_PHRASE.encode_words("utf-8", text, &mut column, fold, &mut out);
        f.write_str(&out)
    } else if text.split(' ').all(is_word) && text.split(' ').nth(ATOMS).is_none() {
        f.write_str(text)
    } else {
        write_quoted(f, text)
    }
}

/// `quoted-string` (RFC 5322 §3.2.4)
fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(character)?;
    }
    f.write_char('"')
}

/// The words of a phrase with quotation marks resolved and comments dropped, not decoded; of a
/// comment alone, what it says. `None` where there is no phrase.
fn raw_phrase(phrase: &[u8]) -> Option<Cow<'_, [u8]>> {
    let lexemes: Vec<_> = Lexer::new(RawValue::new(phrase)).collect();
    match lexemes.as_slice() {
        [] => return None,
        [only] => match only.token {
            Token::Quoted(text) | Token::Comment(text) => return Some(unquote(text)),
            _ => return Some(Cow::Borrowed(phrase)),
        },
        _ => {}
    }
    let mut out = Vec::with_capacity(phrase.len());
    let mut gap = false;
    for lexeme in &lexemes {
        let quoted = match lexeme.token {
            Token::Comment(_) => {
                gap = true;
                continue;
            }
            Token::Quoted(text) => Some(unquote(text)),
            _ => None,
        };
        if (gap || lexeme.spaced) && !out.is_empty() {
            out.push(b' ');
        }
        gap = false;
        let plain = phrase.get(lexeme.start..lexeme.end).unwrap_or_default();
        out.extend_from_slice(quoted.as_deref().unwrap_or(plain));
    }
    Some(Cow::Owned(out))
}
