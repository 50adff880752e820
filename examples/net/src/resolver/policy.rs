//! Policies of MTA-STS: from the Web, or from a file.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use postrider::relay::dns::{FetchFault, PolicyFetch};
use postrider::relay::tls::sts::Policy;
use rustls::pki_types::CertificateDer;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// "A suggested timeout is one minute" (RFC 8461 §3.3).
const PATIENCE: Duration = Duration::from_secs(60);
/// Addresses of a policy host that are tried.
const ADDRESSES: usize = 8;

/// How policy hosts are reached.
#[derive(Clone, Debug)]
pub(super) struct Web {
    pub(super) port: u16,
    roots: RootCerts,
}

impl Web {
    pub(super) fn new<'a>(
        port: u16,
        trusted: impl IntoIterator<Item = &'a CertificateDer<'a>>,
    ) -> Self {
        let trusted = trusted.into_iter().map(|one| Certificate::from_der(one).to_owned());
        Self { port, roots: trusted.into() }
    }

    /// Fetches it from one of these addresses of the policy host. "HTTP 3xx redirects MUST NOT be
    /// followed"; the certificate has to be one for the host.
    pub(super) async fn fetch(&self, url: String, addresses: Vec<SocketAddr>) -> PolicyFetch {
        let tls = TlsConfig::builder().root_certs(self.roots.clone()).build();
        let config = Agent::config_builder()
            .https_only(true)
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .tls_config(tls)
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), Known(addresses));
        let fetched = tokio::task::spawn_blocking(move || get(&agent, &url)).await;
        fetched.unwrap_or_else(|_| unreachable())
    }
}

/// Where the policy host is, which the DNS said before.
#[derive(Debug)]
struct Known(Vec<SocketAddr>);

impl Resolver for Known {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut found = self.empty();
        self.0.iter().take(ADDRESSES).for_each(|address| found.push(*address));
        if found.is_empty() { Err(Error::HostNotFound) } else { Ok(found) }
    }
}

pub(super) fn unreachable() -> PolicyFetch {
    PolicyFetch::Failed(FetchFault::Unreachable)
}

pub(super) fn read(file: &Path) -> PolicyFetch {
    std::fs::read(file).map_or_else(|_| unreachable(), PolicyFetch::body)
}

fn get(agent: &Agent, url: &str) -> PolicyFetch {
    let mut response = match agent.get(url).call() {
        Ok(response) => response,
        Err(Error::Rustls(_) | Error::Tls(_)) => {
            return PolicyFetch::Failed(FetchFault::Certificate);
        }
        // rustls tells of a certificate through the socket.
        Err(Error::Io(error))
            if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) =>
        {
            return PolicyFetch::Failed(FetchFault::Certificate);
        }
        Err(_) => return unreachable(),
    };
    match response.status().as_u16() {
        200 => {}
        other => return PolicyFetch::Failed(FetchFault::Status(other)),
    }
    let most = u64::try_from(Policy::LARGEST).unwrap_or(u64::MAX);
    match response.body_mut().with_config().limit(most).read_to_vec() {
        Ok(octets) => PolicyFetch::body(octets),
        Err(Error::BodyExceedsLimit(_)) => PolicyFetch::Failed(FetchFault::TooLarge),
        Err(_) => unreachable(),
    }
}
