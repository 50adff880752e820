//! A stream with octets in front of it that were read too early.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::io::{self, IoSlice, Read, Write};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Gives `octets` first, then what `inner` gives. Writing is that of `inner`.
#[derive(Debug)]
pub(crate) struct Ahead<S> {
    octets: Bytes,
    pub(crate) inner: S,
}

impl<S> Ahead<S> {
    pub(crate) fn new(octets: Bytes, inner: S) -> Self {
        Self { octets, inner }
    }

    /// As many as there are and fit.
    fn take(&mut self, most: usize) -> Bytes {
        let octets = self.octets.split_to(most.min(self.octets.len()));
        if self.octets.is_empty() {
            // Gives the buffer back.
            self.octets = Bytes::new();
        }
        octets
    }
}

impl<S: Read> Read for Ahead<S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.octets.is_empty() {
            return self.inner.read(buf);
        }
        let mut octets = self.take(buf.len());
        let n = octets.len();
        octets.copy_to_slice(buf.get_mut(..n).unwrap_or_default());
        Ok(n)
    }
}

impl<S: Write> Write for Ahead<S> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.inner.write(buf)
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        self.inner.write_vectored(bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Ahead<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.octets.is_empty() {
            return Pin::new(&mut this.inner).poll_read(cx, buf);
        }
        buf.put_slice(&this.take(buf.remaining()));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Ahead<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_ahead_comes_first_in_pieces_of_any_size() {
        for piece in 1..=8 {
            let mut stream = Ahead::new(Bytes::from_static(b"Dear "), &b"Bob"[..]);
            let (mut got, mut buf) = (Vec::new(), [0; 8]);
            loop {
                match stream.read(&mut buf[..piece]).unwrap() {
                    0 => break,
                    n => got.extend_from_slice(&buf[..n]),
                }
            }
            assert_eq!(got, b"Dear Bob", "pieces of {piece}");
        }
    }
}
