//! Fetches new mail over POP3 into a folder or a mailbox file.
//!
//! ```console
//! $ cargo run --release --example fetch -- pop3s://user:pass@host --out mail
//! fetched 17 new mails (352613 octets); 1402 were known
//! $ POP3_PASSWORD=sesame cargo run --release --example fetch -- pop3://user@host --mbox inbox --delete
//! fetched 2 new mails (9012 octets); 0 were known; deleted 2 on the server
//! ```
//!
//! Mail stays on the server unless `--delete` is said, and what was fetched once is not fetched again:
//! unique-ids are kept in a file beside the mail. It can be stopped, killed or cut off at any time: what is
//! fetched is whole, what is not is fetched the next time, and nothing is deleted that is not on the disk,
//! along with the note that it is there. What went wrong is told in one line on the standard error, with
//! the server's words; the exit code is that of `sysexits.h`.

use std::process::ExitCode;

use clap::Parser;
use postrider::{
    pop3::client::Client,
    wire::{Side, Transcript},
};
use postrider_net::Stderr;

mod fetch {
    pub(crate) mod arguments;
    pub(crate) mod plan;
    pub(crate) mod queue;
    pub(crate) mod session;
    pub(crate) mod store;
    pub(crate) mod target;
    pub(crate) mod told;
}

use fetch::{arguments::Arguments, plan::Plan, session, store::Store, target::Scheme};
use postrider_net::program::{
    failure::{Code, Failure},
    road,
};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { Code::Usage.into() } else { ExitCode::SUCCESS };
            let _ = error.print();
            return code;
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("fetch: {failure}");
            failure.code.into()
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let plan = Plan::new(arguments)?;
    let target = &plan.target;
    // Before anything is connected: what is wrong here is wrong with every server.
    let store = Store::open(&plan.place, &target.account())?;
    let handshake = match plan.may_use_tls() {
        true => Some(road::handshake(&target.host, arguments.ca.as_deref())?),
        false => None,
    };
    let plain = road::connect(&target.host, target.port)?;
    let (stream, tls) = match &handshake {
        Some(handshake) if target.scheme == Scheme::Pop3s => {
            let (stream, tls) = road::secured(handshake, plain)?;
            (stream, Some(tls))
        }
        _ => (plain, None),
    };
    let mut client = Client::new(plan.config(tls));
    if arguments.verbose {
        client.set_tap(Box::new(Transcript::new(Side::Client, Stderr::new())));
    }
    session::run(&plan, store, handshake.as_ref(), client, stream)
}
