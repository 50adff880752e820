//! How addresses are written to a folder (RFC 5322 §3.4).

use alloc::format;

use super::Folder;
use crate::{Address, AddressList, Mailbox};

/// `mailbox = name-addr / addr-spec`
pub(super) fn mailbox(to: &mut Folder, mailbox: &Mailbox<'_>) {
    let addr = mailbox.addr_spec();
    match mailbox.name() {
        Some(name) => to.phrase(name).blank().token(&format!("<{addr}>")),
        None => to.token(&format!("{addr}")),
    };
}

/// `address-list = (address *("," address))`, where an address is a mailbox or a group.
pub(super) fn list(to: &mut Folder, list: &AddressList<'_>) {
    for (number, address) in list.addresses().iter().enumerate() {
        if number > 0 {
            to.token(",").blank();
        }
        match address {
            Address::Mailbox(one) => mailbox(to, one),
            Address::Group(group) => {
                to.phrase(group.name()).special(":");
                for (number, member) in group.mailboxes().iter().enumerate() {
                    if number > 0 {
                        to.token(",");
                    }
                    mailbox(to.blank(), member);
                }
                to.token(";");
            }
        }
    }
}
