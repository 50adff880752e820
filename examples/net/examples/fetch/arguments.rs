//! The command line.

use std::path::PathBuf;

use clap::{ArgGroup, Parser};
use postrider::wire::Secret;
use postrider_net::program::flags::{Access, Switch, secret};

/// Fetches new mail over POP3 or IMAP into a folder or a mailbox file. It stays on the server, too.
///
/// Exit codes are those of sysexits.h: 0 when all new mail was fetched, 64 for the command line, 68 for an
/// unknown host, 69 for a refusal for good, 73 when mail cannot be written, 75 to try later, 76 when the
/// server does not speak the protocol or TLS as asked, 77 for a failed login, 78 when there are no
/// certificates to trust.
#[derive(Clone, Parser)]
#[command(name = "fetch")]
#[command(group(ArgGroup::new("place").required(true).args(["out", "mbox"])))]
pub(crate) struct Arguments {
    /// pop3://, pop3s://, imap:// or imaps:// (with s: TLS from the first octet), then user:password@, then
    /// host:port; with IMAP /MAILBOX behind it, else INBOX. What stands in user, password and mailbox for
    /// itself is percent-encoded.
    #[arg(value_name = "URL", value_parser = secret)]
    pub(crate) url: Secret<String>,
    /// Put each mail into a file of this folder, octet for octet, named by its unique-id: with IMAP
    /// UIDVALIDITY.UID.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Append the mails to this file, as mboxrd, with LF. Nothing else may write to it meanwhile. Who kills
    /// the program in the moment of appending may find the last mails twice.
    #[arg(long, value_name = "FILE")]
    pub(crate) mbox: Option<PathBuf>,
    /// With POP3: delete from the server what is on the disk, now or since an earlier time. There is no such
    /// thing with IMAP, where others use the mailbox, too.
    #[arg(long)]
    pub(crate) delete: bool,
    /// With IMAP: only mail that came to the server at this day or later, as YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<String>,
    #[command(flatten)]
    pub(crate) access: Access,
    /// Whether mails are asked for before the last one came, where the server allows it.
    #[arg(long, value_enum, default_value = "on")]
    pub(crate) pipelining: Switch,
    /// Show the conversation, without secrets.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}
