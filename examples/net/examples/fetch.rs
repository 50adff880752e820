//! Fetches new mail over POP3 or IMAP into a folder or a mailbox file.
//!
//! ```console
//! $ cargo run --release --example fetch -- pop3s://user:pass@host --out mail
//! fetched 17 new mails (352613 octets); 1402 were known
//! $ POP3_PASSWORD=sesame cargo run --release --example fetch -- pop3://user@host --mbox inbox --delete
//! fetched 2 new mails (9012 octets); 0 were known; deleted 2 on the server
//! $ cargo run --release --example fetch -- imaps://user:pass@host/Lists/Rust --out mail --since 2026-11-01
//! fetched 31 new mails (160822 octets); 0 were known
//! ```
//!
//! Mail stays on the server unless `--delete` is said, and what was fetched once is not fetched again:
//! unique-ids are kept in a file beside the mail. It can be stopped, killed or cut off at any time: what is
//! fetched is whole, what is not is fetched the next time, and nothing is deleted that is not on the disk,
//! along with the note that it is there. Over IMAP the server is asked for what changed since the last time
//! (QRESYNC or CONDSTORE, where it has them), and no flag is changed. What went wrong is told in one line on
//! the standard error, with the server's words; the exit code is that of `sysexits.h`.

use std::process::ExitCode;

mod fetch {
    pub(crate) mod arguments;
    pub(crate) mod imap;
    pub(crate) mod intake;
    pub(crate) mod plan;
    pub(crate) mod pop3;
    pub(crate) mod store;
}

use fetch::{arguments::Arguments, imap, plan::Plan, pop3, store::Store};
use postrider_net::program::{failure::Failure, flags, road, target::Protocol};

fn main() -> ExitCode {
    let arguments: Arguments = match flags::parse() {
        Ok(arguments) => arguments,
        Err(code) => return code,
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
    let target = &plan.account.target;
    // Before anything is connected: what is wrong here is wrong with every server.
    let store = Store::open(&plan.place, &target.account())?;
    let handshake = match plan.account.may_use_tls() {
        true => Some(road::handshake(&target.host, arguments.access.ca.as_deref())?),
        false => None,
    };
    let implicit = handshake.as_ref().filter(|_| target.implicit_tls);
    let (stream, tls) = road::open(&target.host, target.port, implicit)?;
    match target.protocol {
        Protocol::Imap => imap::run(&plan, store, handshake.as_ref(), stream, tls),
        _ => pop3::run(&plan, store, handshake.as_ref(), stream, tls),
    }
}
