//! Sends mails over SMTP or LMTP.
//!
//! ```console
//! $ cargo run --release --example send -- --url smtps://user:pass@host:465 \
//!     --from a@b --to c@d letter.eml
//! $ SMTP_PASSWORD=sesame cargo run --release --example send -- --url smtp://user@host:587 \
//!     --from a@b --to c@d --verbose letter.eml another.eml
//! $ cargo run --release --example send -- --url lmtp://localhost:24 --starttls never \
//!     --from a@b --to c@d --to e@f letter.eml
//! ```
//!
//! All mails go over one connection. What the server said of each is told in one line, what went wrong
//! in one line on the standard error, with the server's words; the exit code is that of the first
//! failure (`sysexits.h`). `--verbose` shows the conversation without secrets. A mail of which it is not
//! known whether it arrived is told so: to send it again may double it.

use std::process::ExitCode;

use postrider::{
    smtp::client::Client,
    wire::{Side, Transcript},
};
use postrider_net::Stderr;

mod send {
    pub(crate) mod arguments;
    pub(crate) mod letter;
    pub(crate) mod plan;
    pub(crate) mod session;
    pub(crate) mod target;
    pub(crate) mod told;
}

use postrider_net::program::{
    failure::{Code, Failure},
    flags, road,
};
use send::{arguments::Arguments, plan::Plan, session, target::Scheme, told};

fn main() -> ExitCode {
    let arguments: Arguments = match flags::parse() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match run(&arguments) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(code)) => code.into(),
        Err(failure) => told::failure(&failure).into(),
    }
}

/// What became of the mails, or why it did not come to that.
fn run(arguments: &Arguments) -> Result<Result<(), Code>, Failure> {
    let plan = Plan::new(arguments)?;
    let (host, port) = (&plan.target.host, plan.target.port);
    // Before anything is connected: what is wrong with it is wrong with every server.
    let handshake = match plan.may_use_tls() {
        true => Some(road::handshake(host, arguments.ca.as_deref())?),
        false => None,
    };
    let implicit = handshake.as_ref().filter(|_| plan.target.scheme == Scheme::Smtps);
    let (stream, tls) = road::open(host, port, implicit)?;
    let mut client = Client::new(plan.config(road::local(&stream)?, tls)?);
    if arguments.verbose {
        client.set_tap(Box::new(Transcript::new(Side::Client, Stderr::new())));
    }
    Ok(session::run(&plan, handshake.as_ref(), client, stream, &arguments.files))
}
