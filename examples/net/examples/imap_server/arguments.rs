//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;
use postrider_net::program::users::User;

/// Serves mailboxes in memory over IMAP, an account a user.
///
/// Says {"port": N} as soon as it listens. Runs until it is killed, and forgets all mails then.
#[derive(Clone, Parser)]
#[command(name = "imap_server")]
pub(crate) struct Arguments {
    /// Where the certificate is put that is made for localhost, as cert.pem, for clients to trust.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Who has an account. Can be given several times.
    #[arg(long, value_name = "NAME:PASSWORD", required = true)]
    pub(crate) user: Vec<User>,
    /// The address to listen at; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// TLS from the first octet, in place of STARTTLS, which else has to be used.
    #[arg(long)]
    pub(crate) implicit_tls: bool,
    /// Connections at a time; others wait.
    #[arg(long, value_name = "N", default_value = "1000")]
    pub(crate) connections: usize,
    /// Write what is said and heard to the standard error, without secrets, and why sessions end.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}
