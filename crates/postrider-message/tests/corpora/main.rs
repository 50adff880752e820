//! Header values agree with what the programs that the corpora come from say of them, and with
//! Python's `email`. Every difference is a row of `tests/decisions.md`, under the sentence of an
//! RFC that decides it.

mod kmime;
mod mime4j;
mod perl;
mod python;

use std::path::PathBuf;

use postrider_message::{Address, AddressList, DateTime, Mailbox};
use postrider_testkit::{Ledger, place_in_corpora as place, shared_files_with};

/// An empty ledger beside the differences that are listed.
fn ledger() -> Ledger {
    Ledger::new(include_str!("../decisions.md"))
}

/// The files of a folder of the corpora with one of these extensions.
fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    shared_files_with(&format!("corpora/{folder}"), extensions)
}

/// Mailboxes as lines of `name <local-part@domain>`, groups as `name:`, their members, `;`.
fn people(list: &AddressList<'_>) -> String {
    let mut lines = Vec::new();
    for address in list.addresses() {
        match address {
            Address::Mailbox(mailbox) => lines.push(person(mailbox)),
            Address::Group(group) => {
                lines.push(format!("{}:", group.name()));
                lines.extend(group.mailboxes().iter().map(person));
                lines.push(";".to_owned());
            }
        }
    }
    lines.join("\n")
}

fn person(mailbox: &Mailbox<'_>) -> String {
    let addr = mailbox.addr_spec();
    let addr = format!("{}@{}", addr.local_part(), addr.domain());
    match mailbox.name() {
        Some(name) => format!("{name} <{addr}>"),
        None => addr,
    }
}

/// Seconds since 1970 and the zone.
fn moment(date: Option<DateTime>) -> String {
    date.map_or_else(|| "none".to_owned(), |date| format!("{} {}", date.unix(), date.zone()))
}
