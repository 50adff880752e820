//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, ValueEnum};

use postrider_net::program::users::User;

/// Serves a folder of mails over POP3, to one user.
///
/// Says {"port": N} as soon as it listens. Runs until it is killed.
#[derive(Clone, Parser)]
#[command(name = "maildrop")]
pub(crate) struct Arguments {
    /// The mails: every file NAME.eml.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Whose they are.
    #[arg(long, value_name = "NAME:PASSWORD")]
    pub(crate) user: User,
    /// The address to listen at; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// How the server calls itself.
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    pub(crate) name: String,
    /// Whether there is TLS: by STLS, which then has to be used, from the first octet, or not; then
    /// passwords cross the connection in clear.
    #[arg(long, value_enum, default_value = "stls")]
    pub(crate) tls: Tls,
    /// The certificate to show, a PEM file. Without it, one for the name is made, and written into the
    /// folder as cert.pem, for clients to trust.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) cert: Option<PathBuf>,
    /// The key of the certificate, a PEM file.
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// Write what is said and heard to the standard error, without secrets.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tls {
    Stls,
    Implicit,
    Never,
}
