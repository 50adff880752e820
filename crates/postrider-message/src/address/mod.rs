//! Addresses as values: `addr-spec`, `mailbox`, `group` (RFC 5322 §3.4).

mod bare;
mod glued;
mod phrase;
mod plain;
mod reader;
mod spec;
mod strict;
mod unbalanced;
mod write;

use alloc::{borrow::Cow, vec::Vec};
use core::{fmt, ops::Deref};

use crate::{
    InvalidValue,
    write::{BEYOND, CONTROL, Classes, QUESTION, is_domain, refuse_controls},
};

use phrase::raw_phrase;
pub(crate) use plain::only_in_brackets;

pub use strict::{Diagnosis, Validity};

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
    /// them, or a literal in square brackets. Either has at most 1,000 octets. A domain has no white
    /// space, nothing invisible, and no full stop but that of ASCII, for other programs would take
    /// it for another domain; and neither part has an encoded word, which some of them decode.
    pub fn new(
        local: impl Into<Cow<'a, str>>,
        domain: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let (local, domain) = (local.into(), domain.into());
        let (of_local, of_domain) = (Classes::of(&local), Classes::of(&domain));
        let either = |mark| local.contains(mark) || domain.contains(mark);
        let asks = of_local.has(QUESTION) || of_domain.has(QUESTION);
        if asks && either("=?") && either("?=") {
            return Err(InvalidValue::EncodedWord);
        }
        Self::of_classes(local, domain, of_local, of_domain)
    }

    /// An address as it stands in a field, where an encoded word is nothing but its octets.
    fn as_read(local: Cow<'a, str>, domain: Cow<'a, str>) -> Result<Self, InvalidValue> {
        let (of_local, of_domain) = (Classes::of(&local), Classes::of(&domain));
        Self::of_classes(local, domain, of_local, of_domain)
    }

    fn of_classes(
        local: Cow<'a, str>,
        domain: Cow<'a, str>,
        of_local: Classes,
        of_domain: Classes,
    ) -> Result<Self, InvalidValue> {
        if local.len().max(domain.len()) > PART {
            return Err(InvalidValue::TooLong);
        }
        if of_local.has(CONTROL | BEYOND) {
            refuse_controls(&local)?;
        }
        if !of_domain.is_dot_atom() && !is_domain(&domain) {
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

/// `address-list` (RFC 5322 §3.4), of `From`, `Sender`, `Reply-To`, `To`, `Cc` and `Bcc`.
///
/// Text that is no address is not in the list; a defect has its span. What is written outside the
/// grammar and still read:
///
/// | text | read as | defect |
/// |---|---|---|
/// | `Joe <a@b.example> <c@d.example>` | `a@b.example` of Joe | `after-address` |
/// | `Joe <a@b.example> Ann <c@d.example>` | both | `missing-comma` |
/// | `a@b.example c@d.example` | both | `missing-comma` |
/// | `a@b.example; c@d.example` | both | `stray-semicolon` |
/// | `Joe [a@b.example]`, `[a@b.example]` | `a@b.example` | `square-brackets` |
/// | `Joe Doe a@b.example` | `a@b.example` of Joe Doe | `missing-brackets` |
/// | `a@b.example at work` | `a@b.example` | `after-address` |
/// | `<<a@b.example>>` | `a@b.example` | `extra-brackets` |
/// | `<a@b.example`, `a@b.example>` | `a@b.example` | `unclosed-angle`, `unopened-angle` |
/// | `<a@b.example, c@d.example>` | both | `unclosed-angle`, `unopened-angle` |
/// | `"Joe <a@b.example>` | `a@b.example` of Joe | `unclosed-quote` |
/// | `(Joe <a@b.example>` | `a@b.example` | `unclosed-comment` |
/// | `Joe [PhD] <a@b.example>` | `a@b.example` of Joe \[PhD\] | `unquoted-phrase` |
/// | `x@y.example <a@b.example>` | `a@b.example` of x@y.example | `at-sign-in-phrase` |
/// | `Doe, Joe <a@b.example>` | `a@b.example` of Joe | `not-an-address`: Doe |
/// | `=?utf-8?q?Doe,Joe?= <a@b.example>` | `a@b.example` of Doe,Joe | `unquoted-phrase` |
/// | `a@b@c`, `Joe a@b Ann c@d`, `Joe J. a@b` | nothing | `not-an-address` |
///
/// A comma is missing only where that is certain: between addresses that white space alone parts,
/// and before a name that has angle brackets of its own. Where a word beside an address might
/// belong to it by the obsolete grammar, there is none. A comment that is not closed ends before an
/// address only where this is the last thing of the value, and the one thing besides words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressList<'a> {
    list: List<'a>,
}

/// Text in an address list that stands where an address should and is none: the text of a defect
/// `not-an-address`. See [`AddressList::read_with_others`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoAddress<'a> {
    /// The text as it stands, folding included.
    pub text: &'a [u8],
    /// How many mailboxes and groups of the list begin before it.
    pub before: usize,
    /// Whether it stands in a group.
    pub in_group: bool,
}

/// A list, without a table of its own where one address is all.
#[derive(Clone)]
enum List<'a> {
    One([Address<'a>; 1]),
    Many(Vec<Address<'a>>),
}

impl<'a> AddressList<'a> {
    /// A list of these addresses.
    pub const fn new(list: Vec<Address<'a>>) -> Self {
        Self { list: List::Many(list) }
    }

    /// The addresses in order.
    pub fn addresses(&self) -> &[Address<'a>] {
        &self.list
    }

    /// All mailboxes in order, members of groups included.
    pub fn mailboxes(&self) -> impl Iterator<Item = &Mailbox<'a>> {
        self.addresses().iter().flat_map(Address::mailboxes)
    }
}

impl<'a> From<Mailbox<'a>> for Address<'a> {
    fn from(mailbox: Mailbox<'a>) -> Self {
        Self::Mailbox(mailbox)
    }
}

impl<'a> From<Group<'a>> for Address<'a> {
    fn from(group: Group<'a>) -> Self {
        Self::Group(group)
    }
}

/// A list of this one.
impl<'a> From<Address<'a>> for AddressList<'a> {
    fn from(address: Address<'a>) -> Self {
        Self { list: List::One([address]) }
    }
}

/// A list of this one.
impl<'a> From<Mailbox<'a>> for AddressList<'a> {
    fn from(mailbox: Mailbox<'a>) -> Self {
        Address::Mailbox(mailbox).into()
    }
}

/// A list of this one.
impl<'a> From<Group<'a>> for AddressList<'a> {
    fn from(group: Group<'a>) -> Self {
        Address::Group(group).into()
    }
}

/// Of mailboxes, of groups, or of addresses of either kind.
///
/// ```
/// use postrider_message::{AddrSpec, AddressList, Mailbox};
/// let hosts = ["example.net", "example.org"];
/// let list = hosts.map(|host| AddrSpec::new("mary", host).map(Mailbox::new));
/// let list = list.into_iter().collect::<Result<AddressList<'_>, _>>()?;
/// assert_eq!(list.to_string(), "mary@example.net, mary@example.org");
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
impl<'a, A: Into<Address<'a>>> FromIterator<A> for AddressList<'a> {
    fn from_iter<I: IntoIterator<Item = A>>(list: I) -> Self {
        Self::new(list.into_iter().map(Into::into).collect())
    }
}

impl<'a> Deref for List<'a> {
    type Target = [Address<'a>];

    fn deref(&self) -> &[Address<'a>] {
        match self {
            Self::One(one) => one,
            Self::Many(list) => list,
        }
    }
}

impl Default for List<'_> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl PartialEq for List<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for List<'_> {}

impl fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Octets of a local part or a domain. RFC 5321 §4.5.3.1 has 64 and 255; what is seen is longer.
const PART: usize = 1_000;

/// Octets of a display name. Written in any way it has fewer tokens than are read of one address.
pub(crate) const NAME: usize = 10_000;

fn check_name(name: &str) -> Result<(), InvalidValue> {
    if name.len() > NAME {
        return Err(InvalidValue::TooLong);
    }
    refuse_controls(name)
}
