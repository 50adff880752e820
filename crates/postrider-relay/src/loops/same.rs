//! When two addresses are one.

use alloc::borrow::ToOwned;
use alloc::string::String;

use postrider_message::{AddrSpec, AddressList, FieldValue, RawValue};
use postrider_smtp::Mailbox;

use crate::{DomainName, address_literal, literal};

/// An address without what its writing adds: quotation marks, the case of the domain, U-labels. The
/// case of the local part stays, since it may matter (RFC 5321 §2.4); a loop brings the same again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Same {
    local: String,
    domain: String,
}

impl Same {
    pub(super) fn of(addr: &AddrSpec<'_>) -> Self {
        let domain = addr.domain();
        let domain = match (DomainName::parse(domain), address_literal(domain)) {
            (Ok(name), _) => name.as_str().to_owned(),
            (Err(_), Some(address)) => literal::of(address),
            (Err(_), None) => domain.to_ascii_lowercase(),
        };
        Self { local: addr.local_part().to_owned(), domain }
    }

    pub(super) fn of_mailbox(mailbox: &Mailbox) -> Option<Self> {
        let list = AddressList::read(RawValue::new(mailbox.as_str().as_bytes())).value;
        let mut mailboxes = list.mailboxes();
        mailboxes.next().map(|mailbox| Self::of(mailbox.addr_spec()))
    }
}
