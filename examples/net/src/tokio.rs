//! TLS under the driver for tokio.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::io::{self, IoSlice};

use bytes::Bytes;
use postrider::wire::TlsInfo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use crate::Handshake;
use crate::ahead::Ahead;
use crate::handshake::{End, already_secure, exporter, too_slow};

/// A stream in clear text or under TLS: one type, before the upgrade and after.
#[derive(Debug)]
pub struct MaybeTls<S>(Stream<S>);

#[derive(Debug)]
enum Stream<S> {
    Plain(S),
    Tls(Box<TlsStream<Ahead<S>>>),
}

impl<S> MaybeTls<S> {
    /// In clear text.
    pub fn plain(stream: S) -> Self {
        Self(Stream::Plain(stream))
    }

    /// Whether TLS stands.
    pub fn is_tls(&self) -> bool {
        matches!(self.0, Stream::Tls(_))
    }

    /// The stream below, to ask it for the address of the peer.
    pub fn get_ref(&self) -> &S {
        match &self.0 {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => &stream.get_ref().0.inner,
        }
    }
}

/// Runs a handshake over what is in clear text: for `upgrade` of the driver, or for a fresh
/// connection with nothing read ahead. Not to be cancelled: the stream would be gone.
///
/// # Errors
///
/// `TimedOut` when its patience is over, `InvalidData` with what rustls says, else what the stream
/// says. The stream is gone then; an alert was sent if one could be.
pub async fn secure<S: AsyncRead + AsyncWrite + Unpin>(
    handshake: &Handshake,
    plain: MaybeTls<S>,
    ahead: Bytes,
) -> io::Result<(MaybeTls<S>, TlsInfo)> {
    let Stream::Plain(stream) = plain.0 else { return Err(already_secure()) };
    let stream = Ahead::new(ahead, stream);
    let shaking = async {
        match &handshake.end {
            End::Client { config, name } => {
                let connector = TlsConnector::from(config.clone());
                connector.connect(name.clone(), stream).await.map(TlsStream::Client)
            }
            End::Server { config, .. } => {
                TlsAcceptor::from(config.clone()).accept(stream).await.map(TlsStream::Server)
            }
        }
    };
    let stream = timeout(handshake.patience, shaking).await.map_err(|_| too_slow())??;
    let info = match &stream {
        TlsStream::Client(stream) => {
            let engine = stream.get_ref().1;
            handshake.info(engine, None, exporter(engine))
        }
        TlsStream::Server(stream) => {
            let engine = stream.get_ref().1;
            handshake.info(engine, engine.server_name(), exporter(engine))
        }
    };
    Ok((MaybeTls(Stream::Tls(Box::new(stream))), info))
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for MaybeTls<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for MaybeTls<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().0 {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().0 {
            Stream::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Stream::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.0 {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
