//! Mailboxes: their names, what is told of them, who may do what, and how much there is.

mod examples;
mod names;
mod quirks;
mod round;
pub(crate) mod strategies;
mod urls;

use postrider_imap::Limits;
use postrider_imap::{Command, Quirks, Response, TaggedCommand};

/// What a strict reader makes of a response.
fn strict(line: &str) -> Response {
    match Response::parse(line.as_bytes(), &Limits::new(), Quirks::strict()) {
        Ok((response, met)) => {
            assert!(met.is_empty(), "{line}: {met:?}");
            response
        }
        Err(error) => panic!("{line}: {error}"),
    }
}

/// What a strict reader makes of a command, whose tag is `a`.
fn command(line: &str) -> Command {
    match TaggedCommand::parse(format!("a {line}").as_bytes(), &Limits::new(), Quirks::strict()) {
        Ok((command, _)) => command.command,
        Err(error) => panic!("{line}: {error}"),
    }
}

/// Whether a strict reader refuses this response.
fn refused(line: &str) -> bool {
    Response::parse(line.as_bytes(), &Limits::new(), Quirks::strict()).is_err()
}

/// Whether a strict reader refuses this command.
fn bad(line: &str) -> bool {
    let line = format!("a {line}");
    TaggedCommand::parse(line.as_bytes(), &Limits::new(), Quirks::strict()).is_err()
}

fn written(response: &Response) -> String {
    let mut octets = Vec::new();
    response.write(&mut octets);
    String::from_utf8_lossy(&octets).into_owned()
}
