//! Mail of a maildrop.

mod queue;
mod session;
mod told;

use postrider::{
    pop3::client::{Client, Config, Login, LoginBy, Pipelining},
    wire::{Side, TlsInfo, Transcript},
};
use postrider_net::{
    Handshake, Stderr,
    program::{
        failure::Failure,
        flags::Switch,
        login::{self, Account},
        road::Stream,
    },
};

use super::{plan::Plan, store::Store};

pub(crate) fn run(
    plan: &Plan,
    store: Store,
    handshake: Option<&Handshake>,
    stream: Stream,
    tls: Option<TlsInfo>,
) -> Result<(), Failure> {
    let pipelining = match plan.pipelining {
        Switch::On => Pipelining::Offered,
        Switch::Off => Pipelining::Never,
    };
    let config = Config::new(plan.account.security(tls))
        .with_clear_text_login(plan.account.clear_text)
        .with_pipelining(pipelining);
    let mut client = Client::new(config);
    if plan.verbose {
        client.set_tap(Box::new(Transcript::new(Side::Client, Stderr::new())));
    }
    session::run(plan, store, handshake, client, stream)
}

fn login(account: &Account) -> Result<Login, Failure> {
    let ways = [LoginBy::Auth, LoginBy::UserPass];
    let ways = ways.into_iter().take(if account.old_ways { 2 } else { 1 });
    Ok(Login::new(account.credentials.clone(), login::entropy()?)
        .with_choice(account.choice.clone())
        .with_login_by(ways))
}
