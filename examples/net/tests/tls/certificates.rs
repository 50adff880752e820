//! An authority, and what it signs, made when the test runs.

use core::time::Duration;
use std::sync::{Arc, LazyLock};

use postrider_net::{Handshake, client_config, server_config};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};

/// The name of the server.
pub(crate) const NAME: &str = "mx.b.example";
/// What a handshake on loopback may take, with two busy cores.
const PATIENCE: Duration = Duration::from_secs(10);
/// The versions that every session is tried with.
pub(crate) const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// A certificate with its key.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    pub(crate) fn key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.clone()).into()
    }
}

/// Who signs.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::with_key(KeyPair::generate().unwrap())
    }

    pub(crate) fn with_key(key: KeyPair) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        // Distinct, or a stranger would be taken for a forger.
        let name = params.key_identifier(&key);
        params.distinguished_name.push(DnType::CommonName, format!("authority {name:?}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), root }
    }

    pub(crate) fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).unwrap();
        roots
    }

    /// A certificate for these host names, with `subject` as its common name.
    pub(crate) fn sign(&self, names: &[&str], subject: &str) -> Identity {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, subject);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        Identity { certificate, key: key.serialize_der() }
    }
}

/// The authority that everybody trusts, and the certificate of the server.
pub(crate) struct World {
    pub(crate) authority: Authority,
    pub(crate) server: Identity,
}

pub(crate) static WORLD: LazyLock<World> = LazyLock::new(|| {
    let authority = Authority::new();
    let server = authority.sign(&[NAME], NAME);
    World { authority, server }
});

/// The configuration of a client that speaks these versions only.
pub(crate) fn client_of(
    roots: RootCertStore,
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.require_ems = true;
    config
}

/// The client of the world, with one version.
pub(crate) fn client_end(version: &'static SupportedProtocolVersion) -> Handshake {
    let config = client_of(WORLD.authority.roots(), &[version]);
    Handshake::client(Arc::new(config), NAME.try_into().unwrap()).with_patience(PATIENCE)
}

/// A client that trusts this authority and wants this name.
pub(crate) fn client_trusting(authority: &Authority, name: &'static str) -> Handshake {
    let config = client_config(authority.roots()).unwrap();
    Handshake::client(Arc::new(config), name.try_into().unwrap()).with_patience(PATIENCE)
}

/// The server of the world, with every version.
pub(crate) fn server_end() -> Handshake {
    server_showing(&WORLD.server)
}

pub(crate) fn server_showing(identity: &Identity) -> Handshake {
    let config: ServerConfig =
        server_config(vec![identity.certificate.clone()], identity.key()).unwrap();
    Handshake::server(Arc::new(config))
        .with_certificate(&identity.certificate)
        .with_patience(PATIENCE)
}
