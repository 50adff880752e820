//! Who runs a handshake, with what, for how long; and what is known when it is done.

use core::time::Duration;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use postrider::wire::TlsInfo;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, CommonState, ConnectionCommon, ProtocolVersion, RootCertStore, ServerConfig,
};

use crate::certificate;

/// How long a handshake may take if nothing else is said.
const PATIENCE: Duration = Duration::from_secs(30);
/// RFC 9266 §2: the label of the exported keying material; the context is empty, the length 32.
const EXPORTER: &[u8] = b"EXPORTER-Channel-Binding";

/// One end of handshakes to come: its configuration and its patience.
///
/// ```
/// use core::time::Duration;
/// use std::sync::Arc;
/// use postrider_net::{Handshake, client_config};
/// use rustls::RootCertStore;
///
/// let config = client_config(RootCertStore::empty())?; // trusts nobody
/// let handshake = Handshake::client(Arc::new(config), "mx.b.example".try_into()?)
///     .with_patience(Duration::from_secs(10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Handshake {
    pub(crate) end: End,
    pub(crate) patience: Duration,
}

#[derive(Clone, Debug)]
pub(crate) enum End {
    Client { config: Arc<ClientConfig>, name: ServerName<'static> },
    Server { config: Arc<ServerConfig>, end_point: Option<Bytes> },
}

impl Handshake {
    /// The end of a client that wants to talk to `name`. The configuration must verify that name, as
    /// that of [`client_config`] does: [`TlsInfo`] tells it as the identity of the peer.
    #[must_use]
    pub fn client(config: Arc<ClientConfig>, name: ServerName<'static>) -> Self {
        Self { end: End::Client { config, name }, patience: PATIENCE }
    }

    /// The end of a server. One that has several certificates cannot tell which it showed, so that
    /// `tls-server-end-point` is known only to one that names it by [`Handshake::with_certificate`].
    #[must_use]
    pub fn server(config: Arc<ServerConfig>) -> Self {
        Self { end: End::Server { config, end_point: None }, patience: PATIENCE }
    }

    /// The one certificate that this server shows, for `tls-server-end-point`. A client knows.
    #[must_use]
    pub fn with_certificate(mut self, shown: &CertificateDer<'_>) -> Self {
        if let End::Server { end_point, .. } = &mut self.end {
            *end_point = certificate::end_point(shown);
        }
        self
    }

    /// Bounds a handshake as a whole; 30 seconds if nothing is said. Longer makes sense nowhere, less
    /// than a few round trips does not either.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// What is known of an established layer. `asked_for` is what a server heard as the name (RFC
    /// 6066 §3), `exporter` what the engine exported.
    pub(crate) fn info(
        &self,
        layer: &CommonState,
        asked_for: Option<&str>,
        exporter: Option<[u8; 32]>,
    ) -> TlsInfo {
        let mut info = TlsInfo::new();
        if let (Some(version), Some(suite)) =
            (layer.protocol_version(), layer.negotiated_cipher_suite())
        {
            // As in a `Received` field: "TLS1.3"; rustls says "TLSv1_3" and "TLS13_AES_…".
            let version = version.as_str().unwrap_or("TLS").replace('v', "").replace('_', ".");
            let suite = suite.suite().as_str().unwrap_or("").replacen("TLS13_", "TLS_", 1);
            info = info.with_suite(version, suite);
        }
        let shown = layer.peer_certificates().and_then(<[_]>::first);
        let (asked_for, peer, end_point) = match &self.end {
            End::Client { name, .. } => {
                let asked_for = matches!(name, ServerName::DnsName(_)).then(|| name.to_str());
                let peer = Some(name.to_str().into_owned());
                (asked_for, peer, shown.and_then(certificate::end_point))
            }
            End::Server { end_point, .. } => {
                let peer = shown.and_then(certificate::identity);
                (asked_for.map(Into::into), peer, end_point.clone())
            }
        };
        if let Some(name) = asked_for {
            info = info.with_server_name(name);
        }
        if let Some(peer) = peer {
            info = info.with_peer(peer);
        }
        if let Some(hash) = end_point {
            info = info.with_server_end_point(hash);
        }
        // RFC 9266 §3 (and RFC 7627): with TLS 1.2 only under the extended master secret, else two
        // sessions of an attacker in the middle can be made to export the same.
        if layer.protocol_version() == Some(ProtocolVersion::TLSv1_3) || self.requires_ems() {
            info = exporter.into_iter().fold(info, TlsInfo::with_exporter);
        }
        info
    }

    fn requires_ems(&self) -> bool {
        match &self.end {
            End::Client { config, .. } => config.require_ems,
            End::Server { config, .. } => config.require_ems,
        }
    }
}

/// The keying material of `tls-exporter`, if the engine has any.
pub(crate) fn exporter<D>(engine: &ConnectionCommon<D>) -> Option<[u8; 32]> {
    engine.export_keying_material([0; 32], EXPORTER, Some(&[])).ok()
}

/// A client that trusts these roots, verifies the name of the server, shows no certificate and speaks
/// TLS 1.2 (with the extended master secret, RFC 7627) and 1.3.
///
/// # Errors
///
/// What rustls says.
pub fn client_config(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.require_ems = true;
    Ok(config)
}

/// A server that shows this chain, asks for no certificate, and speaks what a client of
/// [`client_config`] speaks.
///
/// # Errors
///
/// What rustls says, when key and certificate do not fit, for example.
pub fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.require_ems = true;
    Ok(config)
}

/// The handshake took too long.
pub(crate) fn too_slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the handshake took too long")
}

/// TLS in TLS was asked for.
pub(crate) fn already_secure() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "tls stands already")
}
