//! The command line.

use core::time::Duration;
use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;
use postrider::relay::queue::Schedule;
use postrider_net::program::zone::Zone;

/// Takes mails over SMTP from clients on this machine, and brings each to the hosts of its recipients'
/// domains.
///
/// Says {"port": N} as soon as it listens. SIGTERM ends it in order; whatever ends it, no mail is lost.
#[derive(Clone, Debug, Parser)]
#[command(name = "relay")]
pub(crate) struct Arguments {
    /// Where mails lie until they are delivered: ID.eml and ID.json. The certificate that is shown is put
    /// there too, as cert.pem.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The address to listen at; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// How this host calls itself, which is also how MX records call it.
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) zone: Zone,
    /// The port of the hosts.
    #[arg(long, default_value_t = 25)]
    pub(crate) port: u16,
    /// Go to private and loopback addresses too.
    #[arg(long)]
    pub(crate) private: bool,
    /// Do not look for policies of MTA-STS.
    #[arg(long)]
    pub(crate) no_sts: bool,
    /// Trust the certificates of this PEM file, and no others, where a policy asks for a certificate; else
    /// those of the system.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// After how long a mail is tried again, time for time; the last one repeats. Such as 30m,1h,2h,3h.
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = humantime::parse_duration, default_value = "30m,1h,2h,3h")]
    pub(crate) retry: Vec<Duration>,
    /// After how long a mail is given up.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "5d")]
    pub(crate) give_up: Duration,
    /// After how long its sender hears that a mail is late.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "4h")]
    pub(crate) warn: Duration,
    /// Mails that are delivered at a time.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) parallel: usize,
    /// Write what happens to the standard error, one line each.
    #[arg(long)]
    pub(crate) log: bool,
}

impl Arguments {
    pub(crate) fn schedule(&self) -> Schedule {
        Schedule::new()
            .with_intervals(self.retry.iter().copied().map(seconds))
            .with_lifetime(seconds(self.give_up))
            .with_warning(Some(seconds(self.warn)))
    }
}

fn seconds(time: Duration) -> u32 {
    time.as_secs().try_into().unwrap_or(u32::MAX)
}
