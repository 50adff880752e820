//! The command line.

use clap::Parser;
use postrider_net::program::{failure::Failure, zone::Zone};
use postrider_net::resolver::Resolver;

/// Tells where a mail would go, in which order, with which demands on TLS, and why.
#[derive(Clone, Debug, Parser)]
#[command(name = "route")]
pub(crate) struct Arguments {
    /// Whom the mail is to. Can be given several times.
    #[arg(required = true, value_name = "ADDRESS")]
    pub(crate) recipient: Vec<String>,
    #[command(flatten)]
    zone: Zone,
    /// A name of this host: hosts that are no better are left out. Can be given several times.
    #[arg(long, value_name = "NAME")]
    pub(crate) own_name: Vec<String>,
    /// The port of the hosts.
    #[arg(long, default_value_t = 25)]
    pub(crate) port: u16,
    /// The mail requires TLS all the way (REQUIRETLS).
    #[arg(long)]
    pub(crate) requiretls: bool,
    /// Do not look for policies of MTA-STS.
    #[arg(long)]
    pub(crate) no_sts: bool,
    /// Go to private and loopback addresses too.
    #[arg(long)]
    pub(crate) private: bool,
}

impl Arguments {
    pub(crate) async fn resolver(&self) -> Result<Resolver, Failure> {
        self.zone.resolver().await
    }
}
