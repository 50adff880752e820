//! The command line.

use clap::Parser;
use postrider::wire::Secret;
use postrider_net::program::flags::{Access, secret};

/// Tells what happens in a mailbox, as it happens, a line for each: `new UID`, with who sent the mail and its
/// subject; `flags UID`, with all flags that it has now; `gone UID`; and `reset`, when the server gave the
/// mails other UIDs. It ends when it is stopped.
///
/// Exit codes are those of sysexits.h: 64 for the command line, 68 for an unknown host, 69 for a refusal for
/// good, 75 to try later, 76 when the server does not speak the protocol or TLS as asked, 77 for a failed
/// login, 78 when there are no certificates to trust. Once the mailbox was seen, what may pass is no reason to
/// end.
#[derive(Clone, Parser)]
#[command(name = "watch")]
pub(crate) struct Arguments {
    /// imap:// or imaps:// (TLS from the first octet), then user:password@, then host:port, then /MAILBOX,
    /// else INBOX. What stands in user, password and mailbox for itself is percent-encoded.
    #[arg(value_name = "URL", value_parser = secret)]
    pub(crate) url: Secret<String>,
    #[command(flatten)]
    pub(crate) access: Access,
    /// How often the server is asked, where it does not tell by itself.
    #[arg(long, value_name = "SECONDS", default_value = "120")]
    pub(crate) every: f64,
    /// End behind so many lines.
    #[arg(long, value_name = "N")]
    pub(crate) once: Option<u64>,
    /// How long to wait at most before the connection is made anew; twice as long after each failure, up to
    /// 15 minutes.
    #[arg(long, value_name = "SECONDS", default_value = "10")]
    pub(crate) first_wait: f64,
    /// Show the conversation, without secrets.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}
