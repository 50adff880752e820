//! What a server shows.

use std::{fs, path::Path, sync::Arc};

use crate::{Handshake, server_config};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject};

use super::Error;

/// The certificate of the files, which are its own and that of its key; else one for the name that lives
/// as long as this program, written into the folder as `cert.pem` for clients to trust.
///
/// # Errors
///
/// When they cannot be read, made or used.
pub fn handshake(
    folder: &Path,
    name: &str,
    files: Option<(&Path, &Path)>,
) -> Result<Handshake, Error> {
    let (chain, key) = match files {
        Some((cert, key)) => {
            let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(cert)?.collect();
            (chain?, PrivateKeyDer::from_pem_file(key)?)
        }
        None => {
            let CertifiedKey { cert, signing_key } =
                generate_simple_self_signed([name.to_owned()])?;
            fs::write(folder.join("cert.pem"), cert.pem())?;
            let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
            (vec![cert.der().clone()], key.into())
        }
    };
    let shown = chain.first().cloned().ok_or("there is no certificate in the file")?;
    let config = server_config(chain, key)?;
    Ok(Handshake::server(Arc::new(config)).with_certificate(&shown))
}
