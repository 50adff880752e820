//! Mail of a mailbox.

mod mails;
mod queue;
mod session;
mod state;
mod sync;

use postrider::{
    imap::client::Client,
    wire::{Side, TlsInfo, Transcript},
};
use postrider_net::{
    Handshake, Stderr,
    program::{failure::Failure, imap::config, road::Stream},
};

use super::{plan::Plan, store::Store};

pub(crate) fn run(
    plan: &Plan,
    store: Store,
    handshake: Option<&Handshake>,
    stream: Stream,
    tls: Option<TlsInfo>,
) -> Result<(), Failure> {
    let mut client = Client::new(config(&plan.account, tls));
    if plan.verbose {
        client.set_tap(Box::new(Transcript::new(Side::Client, Stderr::new())));
    }
    session::run(plan, store, handshake, client, stream)
}
