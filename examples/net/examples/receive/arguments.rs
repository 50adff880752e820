//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, ValueEnum};

use postrider_net::program::users::User;

/// Takes mails over SMTP or LMTP and writes each into a folder, beside it its envelope in JSON.
///
/// Says {"port": N} as soon as it listens. Runs until it is killed.
#[derive(Clone, Parser)]
#[command(name = "receive")]
pub(crate) struct Arguments {
    /// Where mails are put: 000001.eml, 000001.json, and so on.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The address to listen at; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// How the server calls itself.
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    pub(crate) name: String,
    /// Whether there is TLS: by STARTTLS, which then has to be used, from the first octet, or not.
    #[arg(long, value_enum, default_value = "starttls")]
    pub(crate) tls: Tls,
    /// Take mails in clear text too, where STARTTLS is only offered.
    #[arg(long)]
    pub(crate) clear: bool,
    /// The certificate to show, a PEM file. Without it, one for the name is made, and written into the
    /// folder as cert.pem, for clients to trust.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) cert: Option<PathBuf>,
    /// The key of the certificate, a PEM file.
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// Who may log in; nobody but those may send. Can be given several times.
    #[arg(long, value_name = "NAME:PASSWORD")]
    pub(crate) user: Vec<User>,
    /// Speak LMTP.
    #[arg(long)]
    pub(crate) lmtp: bool,
    /// A recipient that there is not. Can be given several times.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) refuse: Vec<String>,
    /// A recipient whose mail cannot be kept for now, which only LMTP can tell of one alone. Can be given
    /// several times.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) full: Vec<String>,
    /// Believe each client what it tells of another behind it (XCLIENT, XFORWARD).
    #[arg(long)]
    pub(crate) trusting: bool,
    /// Expect a header of the PROXY protocol before each session, and refuse those without. Not with TLS
    /// from the first octet.
    #[arg(long)]
    pub(crate) proxied: bool,
    /// Write what is said and heard to the standard error, without secrets.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tls {
    Starttls,
    Implicit,
    Never,
}
