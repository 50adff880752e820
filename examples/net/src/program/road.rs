//! The way to the server: its address, its certificate, and the stream.

use core::time::Duration;
use std::{
    io,
    net::{IpAddr, TcpStream, ToSocketAddrs},
    path::Path,
    sync::Arc,
};

use crate::{
    Handshake,
    blocking::{MaybeTls, secure},
    client_config,
};
use postrider::wire::TlsInfo;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

use super::failure::{Code, Failure, no_tls};

/// What sessions go through, before and after an upgrade.
pub type Stream = MaybeTls<TcpStream>;

/// For each address of the host.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection in clear text.
///
/// # Errors
///
/// [`Code::NoHost`] for a host that there is not, [`Code::TempFail`] when none of its addresses answers.
pub fn connect(host: &str, port: u16) -> Result<Stream, Failure> {
    let no_host = |error| Failure::new(Code::NoHost, format!("{host}: {error}"));
    let mut last = None;
    for address in (host, port).to_socket_addrs().map_err(no_host)? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                // Commands are small, and each is waited for.
                let _ = stream.set_nodelay(true);
                return Ok(MaybeTls::plain(stream));
            }
            Err(error) => last = Some(format!("{address}: {error}")),
        }
    }
    let none = || Failure::new(Code::NoHost, format!("{host} has no address"));
    Err(last.map_or_else(none, |text| Failure::new(Code::TempFail, text)))
}

/// A connection, under TLS from the first octet if `implicit` is a handshake.
///
/// # Errors
///
/// As [`connect`], and [`Code::Protocol`] when the handshake fails.
pub fn open(
    host: &str,
    port: u16,
    implicit: Option<&Handshake>,
) -> Result<(Stream, Option<TlsInfo>), Failure> {
    let plain = connect(host, port)?;
    match implicit {
        Some(handshake) => secured(handshake, plain).map(|(stream, tls)| (stream, Some(tls))),
        None => Ok((plain, None)),
    }
}

/// Our own address on it.
///
/// # Errors
///
/// [`Code::TempFail`] when it is closed.
pub fn local(stream: &Stream) -> Result<IpAddr, Failure> {
    let address = stream.get_ref().local_addr();
    let address = address.map_err(|error| Failure::new(Code::TempFail, error.to_string()))?;
    Ok(address.ip())
}

fn secured(handshake: &Handshake, plain: Stream) -> Result<(Stream, TlsInfo), Failure> {
    secure(handshake, plain, bytes::Bytes::new()).map_err(no_tls)
}

/// What a driver needs to upgrade: what machines ask for only where there is a handshake.
pub fn upgrade(
    handshake: Option<&Handshake>,
) -> impl FnOnce(Stream, bytes::Bytes) -> io::Result<(Stream, TlsInfo)> {
    move |plain, ahead| match handshake {
        Some(handshake) => secure(handshake, plain, ahead),
        None => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// Those of the file, or of the system. There may be none there: then no certificate passes.
///
/// # Errors
///
/// [`Code::Config`] when the file cannot be read.
pub fn roots(trusted: Option<&Path>) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = trusted {
        let config = |text: String| Failure::new(Code::Config, text);
        let unreadable = |error| config(format!("{}: {error}", path.display()));
        for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
            let added = roots.add(certificate.map_err(unreadable)?);
            added.map_err(|error| config(format!("{}: {error}", path.display())))?;
        }
    } else {
        // Some may be unreadable, or too old to be understood: what is left decides.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    Ok(roots)
}

/// What the server has to prove: that it is `host`, to those of the file or of the system.
///
/// # Errors
///
/// [`Code::Config`] when there are no certificates to trust, [`Code::Usage`] for a host without a name.
pub fn handshake(host: &str, trusted: Option<&Path>) -> Result<Handshake, Failure> {
    let config = |text: String| Failure::new(Code::Config, text);
    let roots = roots(trusted)?;
    if roots.is_empty() {
        return Err(config("there are no certificates to trust; see --ca".to_owned()));
    }
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| Failure::new(Code::Usage, format!("{host} is no host that TLS could know")))?;
    let client = client_config(roots).map_err(|error| config(error.to_string()))?;
    Ok(Handshake::client(Arc::new(client), name))
}
