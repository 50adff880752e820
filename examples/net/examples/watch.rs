//! Tells what happens in a mailbox, as it happens, a line for each.
//!
//! ```console
//! $ cargo run --release --example watch -- imaps://user:pass@host/INBOX
//! new 4392 Terry Gray <gray@cac.washington.edu>: IMAP4rev2 WG mtg summary and minutes
//! flags 4392: \Seen
//! gone 4392
//! ```
//!
//! The number is the UID. Where the server has IDLE it tells by itself; else it is asked every now and then.
//! When the connection breaks it is made anew, later and later, and what changed meanwhile is told then, by
//! QRESYNC or CONDSTORE where the server has them. That is told on the standard error, and what ends the
//! program, too; the exit code is that of `sysexits.h`.

use std::process::ExitCode;

use postrider::imap::client::{Backoff, Decision};

mod watch {
    pub(crate) mod arguments;
    pub(crate) mod ending;
    pub(crate) mod mailbox;
    pub(crate) mod message;
    pub(crate) mod plan;
    pub(crate) mod session;
}

use postrider_net::program::{failure::Failure, flags, login::entropy};
use watch::{arguments::Arguments, mailbox::Mailbox, plan::Plan, session};

fn main() -> ExitCode {
    let arguments: Arguments = match flags::parse() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("watch: {failure}");
            failure.code.into()
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let plan = Plan::new(arguments)?;
    let backoff = Backoff::new();
    let backoff = backoff.with_waits(plan.first_wait, backoff.most.max(plan.first_wait));
    let mut mailbox = Mailbox::new(arguments.once);
    let mut failures = 0_u32;
    loop {
        let ending = match session::run(&plan, &mut mailbox) {
            Ok(()) => return Ok(()),
            Err(ending) => ending,
        };
        // What is wrong from the beginning is for whoever began.
        let known = mailbox.state.is_some();
        let failure = ending.failure();
        let Some(ended) = ending.ended().filter(|_| known) else { return Err(failure) };
        // A session that came to watch was of use: this failure is the first.
        let in_a_row = if core::mem::take(&mut mailbox.is_watched) { 0 } else { failures };
        failures = in_a_row.saturating_add(1);
        match backoff.next(ended, failures, random()?) {
            Decision::Wait(wait) => {
                eprintln!("watch: {failure}; connecting again in {:.1} s", wait.as_secs_f64());
                std::thread::sleep(wait);
            }
            Decision::GiveUp(reason) => return Err(failure.about(reason)),
            _ => return Err(failure),
        }
    }
}

/// Some random bits, so that not all clients of a server come back at once.
fn random() -> Result<u32, Failure> {
    let [a, b, c, d, ..] = entropy()?;
    Ok(u32::from_le_bytes([a, b, c, d]))
}
