//! The command line.

use std::path::PathBuf;

use clap::{ArgGroup, Parser};
use postrider::wire::Secret;
use postrider_net::program::flags::{StartTls, Switch, secret};

/// Fetches new mail over POP3 into a folder or a mailbox file. It stays on the server, too.
///
/// Exit codes are those of sysexits.h: 0 when all new mail was fetched, 64 for the command line, 68 for an
/// unknown host, 69 for a refusal for good, 73 when mail cannot be written, 75 to try later, 76 when the
/// server does not speak the protocol or TLS as asked, 77 for a failed login, 78 when there are no
/// certificates to trust.
#[derive(Clone, Parser)]
#[command(name = "fetch")]
#[command(group(ArgGroup::new("place").required(true).args(["out", "mbox"])))]
pub(crate) struct Arguments {
    /// pop3:// or pop3s:// (TLS from the first octet), then user:password@, then host:port. What stands in
    /// user and password for itself is percent-encoded.
    #[arg(value_name = "URL", value_parser = secret)]
    pub(crate) url: Secret<String>,
    /// Put each mail into a file of this folder, octet for octet, named by its unique-id.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Append the mails to this file, as mboxrd, with LF. Nothing else may write to it meanwhile. Who kills
    /// the program in the moment of appending may find the last mails twice.
    #[arg(long, value_name = "FILE")]
    pub(crate) mbox: Option<PathBuf>,
    /// Delete from the server what is on the disk, now or since an earlier time.
    #[arg(long)]
    pub(crate) delete: bool,
    /// Whether a session that starts in clear text is upgraded.
    #[arg(long, value_name = "POLICY", value_enum, default_value = "required")]
    pub(crate) starttls: StartTls,
    /// Let the password cross a connection without TLS, where nothing better is there.
    #[arg(long)]
    pub(crate) clear_text_login: bool,
    /// Trust the certificates of this PEM file, and no others; else those of the system.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Whether mails are asked for before the last one came, where the server allows it.
    #[arg(long, value_enum, default_value = "on")]
    pub(crate) pipelining: Switch,
    /// The environment variable that holds the password, where the URL has none.
    #[arg(long, value_name = "NAME", default_value = "POP3_PASSWORD")]
    pub(crate) password_env: String,
    /// Log in by this mechanism only, such as SCRAM-SHA-256; else by the strongest, or by USER and PASS
    /// where the server has none. With OAUTHBEARER and XOAUTH2 the password is the token. Can be given
    /// several times.
    #[arg(long, value_name = "NAME")]
    pub(crate) mechanism: Vec<String>,
    /// Show the conversation, without secrets.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}
