//! What a certificate says that rustls does not ask it for.

use bytes::Bytes;
use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use rustls::pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// The hash of a certificate for `tls-server-end-point` (RFC 5929 §4.1): by the hash of its own
/// signature, where MD5 and SHA-1 give way to SHA-256. `None` where the signature knows no single
/// hash (Ed25519, say), for which the RFC leaves this channel binding undefined, and for RSASSA-PSS,
/// whose hash is not looked up here.
///
/// The hash is over the octets as they are; whether they are a good certificate is not asked.
#[must_use]
pub fn end_point(certificate: &CertificateDer<'_>) -> Option<Bytes> {
    let signed = Certificate::from_der(certificate).ok()?.signature_algorithm.oid.to_string();
    let algorithm = hash_of_signature(&signed)?;
    Some(Bytes::copy_from_slice(digest(algorithm, certificate).as_ref()))
}

/// RFC 8017 Appendix C and RFC 5758 §3.2.
fn hash_of_signature(oid: &str) -> Option<&'static Algorithm> {
    match oid {
        // md5WithRSAEncryption, sha1WithRSAEncryption, ecdsa-with-SHA1, and those with SHA-256.
        "1.2.840.113549.1.1.4" | "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" => Some(&SHA256),
        "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => Some(&SHA256),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Some(&SHA384),
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Some(&SHA512),
        _ => None,
    }
}

/// Whom a verified certificate names: its first mail address or host name, else its subject in the
/// notation of RFC 4514.
pub(crate) fn identity(certificate: &CertificateDer<'_>) -> Option<String> {
    let certificate = Certificate::from_der(certificate).ok()?.tbs_certificate;
    let names = certificate.get::<SubjectAltName>().ok().flatten();
    let named = names.and_then(|(_, names)| {
        names.0.into_iter().find_map(|name| match name {
            GeneralName::Rfc822Name(name) | GeneralName::DnsName(name) => Some(name.to_string()),
            _ => None,
        })
    });
    let subject = || Some(certificate.subject.to_string()).filter(|subject| !subject.is_empty());
    named.or_else(subject)
}
