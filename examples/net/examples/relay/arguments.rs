//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;
use postrider::relay::queue::Schedule;
use postrider_net::program::zone::Zone;
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, pem::PemObject};

use crate::Failure;

/// Takes mails by SMTP, keeps them in a folder, and brings them to where they go.
///
/// Says {"port": N} as soon as it listens, and ends at SIGTERM.
#[derive(Clone, Parser)]
#[command(name = "relay")]
pub(crate) struct Arguments {
    /// Where mails are kept: ID.eml and ID.json, and the certificate as cert.pem.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The address to listen at; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// How this host calls itself, in EHLO, in trace fields, and among MX records.
    #[arg(long, value_name = "NAME", default_value = "relay.example")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) zone: Zone,
    /// The port of all hosts that mail goes to.
    #[arg(long, value_name = "N", default_value_t = 25)]
    pub(crate) port: u16,
    /// Go to private and loopback addresses too.
    #[arg(long)]
    pub(crate) private: bool,
    /// Certificates to trust instead of those of the system, a PEM file.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Seconds to the next attempts; the last one repeats.
    #[arg(long, value_name = "SECONDS", value_delimiter = ',')]
    retry: Vec<u32>,
    /// Seconds after which a mail is returned.
    #[arg(long, value_name = "SECONDS")]
    give_up: Option<u32>,
    /// Seconds after which a sender hears that a mail is late; 0 for never.
    #[arg(long, value_name = "SECONDS")]
    warn: Option<u32>,
    /// Mails that are on their way at the same time.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) concurrency: usize,
}

impl Arguments {
    pub(crate) fn schedule(&self) -> Schedule {
        let mut schedule = Schedule::new().with_intervals(self.retry.iter().copied());
        if let Some(seconds) = self.give_up {
            schedule = schedule.with_lifetime(seconds);
        }
        match self.warn {
            Some(seconds) => schedule.with_warning(Some(seconds).filter(|seconds| *seconds > 0)),
            None => schedule,
        }
    }

    pub(crate) fn roots(&self) -> Result<RootCertStore, Failure> {
        let mut roots = RootCertStore::empty();
        match &self.ca {
            Some(path) => {
                for certificate in CertificateDer::pem_file_iter(path)? {
                    roots.add(certificate?)?;
                }
            }
            // Some may be unreadable, or too old to be understood: what is left decides.
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        Ok(roots)
    }
}
