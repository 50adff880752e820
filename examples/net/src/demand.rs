//! What a route demands of TLS, as rustls checks it.

use std::sync::Arc;

use postrider::relay::DomainName;
use postrider::relay::tls::dane::{DaneVerdict, Presented, TlsaRecord, verdict};
use postrider::relay::tls::{CertificateCheck, Demand, TlsOutcome};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring::default_provider;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};

use crate::client_config;

/// A client that accepts what the demand accepts: any certificate where none is demanded, one of a trusted
/// authority, or what TLSA records say. `roots` are those that are trusted.
///
/// # Errors
///
/// What rustls says.
pub fn demanded(demand: &Demand, roots: &RootCertStore) -> Result<ClientConfig, Error> {
    let records = match demand {
        Demand::Authenticated(CertificateCheck::WebPki { .. }) => {
            return client_config(roots.clone());
        }
        Demand::Authenticated(CertificateCheck::Dane { records, names, .. }) => {
            Some((records.clone(), names.clone()))
        }
        Demand::Opportunistic | Demand::Encrypted => None,
        _ => return Err(Error::General("a demand that is not known here".into())),
    };
    let mut config = client_config(RootCertStore::empty())?;
    // Without a proof an old TLS 1.2 is worth more than none, and nothing is bound to this channel.
    config.require_ems = records.is_some();
    let algorithms = default_provider().signature_verification_algorithms;
    let verifier = DemandVerifier { records, algorithms };
    config.dangerous().set_certificate_verifier(Arc::new(verifier));
    Ok(config)
}

/// What a failed handshake comes to in a report.
#[must_use]
pub fn outcome(error: &std::io::Error) -> TlsOutcome {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        Some(Error::InvalidCertificate(why)) => match why {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => TlsOutcome::Expired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsOutcome::HostMismatch
            }
            _ => TlsOutcome::NotTrusted,
        },
        _ => TlsOutcome::Failed(error.to_string()),
    }
}

/// Without records any certificate will do: the connection is encrypted, and nobody knows to whom.
#[derive(Debug)]
struct DemandVerifier {
    records: Option<(Vec<TlsaRecord>, Vec<DomainName>)>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for DemandVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some((records, names)) = &self.records else {
            return Ok(ServerCertVerified::assertion());
        };
        let chain: Vec<_> = [end_entity].into_iter().chain(intermediates).collect();
        let keys: Vec<Vec<u8>> =
            chain.iter().map(|one| public_key(one).unwrap_or_default()).collect();
        let presented: Vec<_> =
            chain.iter().zip(&keys).map(|(one, key)| Presented::new(one, key)).collect();
        match verdict(records, &presented) {
            // RFC 7672 §3.1.1: nothing else is checked.
            DaneVerdict::EndEntity => Ok(ServerCertVerified::assertion()),
            DaneVerdict::TrustAnchor { index, .. } => {
                let anchor = chain.get(index).ok_or(CertificateError::UnknownIssuer)?;
                vouched(anchor, end_entity, intermediates, names, now)
            }
            _ => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// RFC 7672 §3.1.2: the chain up to the anchor is valid, and the certificate has one of the names.
fn vouched(
    anchor: &CertificateDer<'_>,
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    names: &[DomainName],
    now: UnixTime,
) -> Result<ServerCertVerified, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(anchor.clone().into_owned())?;
    let provider = Arc::new(default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| Error::General(error.to_string()))?;
    let mut last = Error::from(CertificateError::NotValidForName);
    for name in names {
        let Ok(name) = ServerName::try_from(name.as_str()) else { continue };
        match verifier.verify_server_cert(end_entity, intermediates, &name, &[], now) {
            Ok(verified) => return Ok(verified),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The SubjectPublicKeyInfo of a certificate, in DER.
fn public_key(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let certificate = Certificate::from_der(certificate).ok()?;
    certificate.tbs_certificate.subject_public_key_info.to_der().ok()
}
