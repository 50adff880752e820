//! All six machines, polled.

use postrider_imap as imap;
use postrider_pop3 as pop3;
use postrider_smtp as smtp;
use postrider_wire::{Inbox, Machine, Progress};

/// Polls a client and a server of SMTP.
pub fn smtp(
    client: &mut smtp::client::Client,
    server: &mut smtp::server::Server,
    rx: &mut Inbox,
) -> bool {
    poll(client, rx) && poll(server, rx)
}

/// Polls a client and a server of POP3.
pub fn pop3(
    client: &mut pop3::client::Client,
    server: &mut pop3::server::Server,
    rx: &mut Inbox,
) -> bool {
    poll(client, rx) && poll(server, rx)
}

/// Polls a client and a server of IMAP.
pub fn imap(
    client: &mut imap::client::Client,
    server: &mut imap::server::Server,
    rx: &mut Inbox,
) -> bool {
    poll(client, rx) && poll(server, rx)
}

fn poll<M: Machine>(machine: &mut M, rx: &mut Inbox) -> bool {
    matches!(machine.poll(rx), Ok(Progress::Event(_)))
}
