//! Address lists as ENVELOPE tells them (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

use alloc::{borrow::Cow, vec::Vec};

use postrider_message::{self as message, AddressList, FieldName, Headers, Mailbox, NoAddress};

use super::{envelope::one_blank, no_address};

/// One address structure, or one end of a group (RFC 3501 §7.4.2). Each `None` is `NIL`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "`address` of RFC 3501 §9 has these four")]
pub struct Address<'a> {
    /// `addr-name`: the display name on one line, encoded words left as they stand.
    pub name: Option<Cow<'a, [u8]>>,
    /// `addr-adl`: the source route, without white space.
    pub adl: Option<Cow<'a, [u8]>>,
    /// `addr-mailbox`: the local part, unquoted; the name of a group at its start; `None` at its
    /// end. `MISSING_MAILBOX` where the text has no word for it.
    pub mailbox: Option<Cow<'a, [u8]>>,
    /// `addr-host`: the domain; `None` at both ends of a group. `MISSING_DOMAIN` or `SYNTAX_ERROR`,
    /// which are no domains (RFC 5321 §4.1.2), where the text is no address.
    pub host: Option<&'a [u8]>,
}

/// All fields of one name.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists<'a> {
    first: List<'a>,
    /// The fields behind the first, of which RFC 5322 §3.6 allows none.
    more: Vec<List<'a>>,
}

/// One field.
#[derive(Debug, Clone, Default)]
struct List<'a> {
    addresses: AddressList<'a>,
    others: Vec<NoAddress<'a>>,
}

impl<'a> Lists<'a> {
    /// Reads fields until they hold as many addresses together as one may have.
    pub(super) fn of(headers: Headers<'a>, name: FieldName) -> Self {
        let mut fields = headers.all(name).map(|field| {
            let raw = field.raw_value();
            let (parsed, others) = AddressList::read_with_others(raw);
            (List { addresses: parsed.value, others }, raw.limits().addresses)
        });
        let Some((first, most)) = fields.next() else { return Self::default() };
        let mut left = most.saturating_sub(first.len());
        let mut more = Vec::new();
        while left > 0
            && let Some((list, _)) = fields.next()
        {
            left = left.saturating_sub(list.len());
            more.extend(Some(list).filter(|list| list.len() > 0));
        }
        Self { first, more }
    }

    /// Whether there is nobody.
    pub(super) fn is_empty(&self) -> bool {
        self.first.len() == 0 && self.more.iter().all(|list| list.len() == 0)
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = Address<'_>> {
        core::iter::once(&self.first).chain(&self.more).flat_map(List::told)
    }
}

impl List<'_> {
    fn len(&self) -> usize {
        self.addresses.addresses().len().saturating_add(self.others.len())
    }

    /// The addresses in order, each group between its two ends, and what is none where it stands.
    fn told(&self) -> impl Iterator<Item = Address<'_>> {
        let mut others = self.others.iter().peekable();
        // How many mailboxes and groups have begun.
        let mut begun = 0_usize;
        let steps = self.addresses.addresses().iter().flat_map(steps);
        steps.map(Some).chain([None]).flat_map(move |step| {
            let ends = matches!(step, Some(Step::GroupEnd));
            let mut told = Vec::new();
            while let Some(other) =
                others.next_if(|other| other.before <= begun && (other.in_group || !ends))
            {
                told.push(no_address::told(other.text));
            }
            begun = begun.saturating_add(usize::from(!ends));
            told.into_iter().chain(step.map(Step::told))
        })
    }
}

/// What is told of an address, in order.
enum Step<'e> {
    GroupStart(Cow<'e, [u8]>),
    Mailbox(&'e Mailbox<'e>),
    GroupEnd,
}

fn steps<'e>(address: &'e message::Address<'_>) -> impl Iterator<Item = Step<'e>> {
    let (start, end) = match address {
        message::Address::Mailbox(_) => (None, None),
        message::Address::Group(group) => {
            (Some(Step::GroupStart(group.raw_name())), Some(Step::GroupEnd))
        }
    };
    let mailboxes = address.mailboxes().iter().map(Step::Mailbox);
    start.into_iter().chain(mailboxes).chain(end)
}

impl<'e> Step<'e> {
    fn told(self) -> Address<'e> {
        match self {
            Self::GroupStart(name) => {
                Address { mailbox: Some(one_blank(name)), ..Address::default() }
            }
            Self::Mailbox(mailbox) => {
                let spec = mailbox.addr_spec();
                Address {
                    name: mailbox.raw_name().map(one_blank),
                    adl: mailbox.route().map(without_space),
                    mailbox: Some(Cow::Borrowed(spec.local_part().as_bytes())),
                    host: Some(spec.domain().as_bytes()),
                }
            }
            Self::GroupEnd => Address::default(),
        }
    }
}

/// `addr-adl` is a string: the white space that folding left between the domains is not of it.
fn without_space(route: &[u8]) -> Cow<'_, [u8]> {
    if !route.iter().any(u8::is_ascii_whitespace) {
        return Cow::Borrowed(route);
    }
    Cow::Owned(route.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect())
}
