//! Policies of MTA-STS: from the Web, or from a file.

use std::path::Path;
use std::time::Duration;

use postrider::relay::dns::{FetchFault, PolicyFetch};
use postrider::relay::tls::sts::Policy;

/// "A suggested timeout is one minute" (RFC 8461 §3.3).
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn unreachable() -> PolicyFetch {
    PolicyFetch::Failed(FetchFault::Unreachable)
}

pub(super) fn read(file: &Path) -> PolicyFetch {
    std::fs::read(file).map_or_else(|_| unreachable(), PolicyFetch::body)
}

/// Fetches it. "HTTP 3xx redirects MUST NOT be followed"; the certificate has to be one for the host.
pub(super) async fn fetch(url: String) -> PolicyFetch {
    let fetched = tokio::task::spawn_blocking(move || get(&url)).await;
    fetched.unwrap_or_else(|_| unreachable())
}

fn get(url: &str) -> PolicyFetch {
    let config = ureq::Agent::config_builder()
        .https_only(true)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .build();
    let mut response = match ureq::Agent::new_with_config(config).get(url).call() {
        Ok(response) => response,
        Err(ureq::Error::Rustls(_) | ureq::Error::Tls(_)) => {
            return PolicyFetch::Failed(FetchFault::Certificate);
        }
        // rustls tells of a certificate through the socket.
        Err(ureq::Error::Io(error))
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
        Err(ureq::Error::BodyExceedsLimit(_)) => PolicyFetch::Failed(FetchFault::TooLarge),
        Err(_) => unreachable(),
    }
}
