//! Sockets that cut what passes through them anywhere, below TLS.

use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use postrider::drive::blocking::Transport;
use postrider_testkit::Torture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How ciphertext is cut.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cuts {
    /// As the kernel pleases.
    None,
    /// Anywhere, with failures that ask for another try between.
    Random(u64),
    /// Behind every octet.
    Octets,
    /// As `Random`, and the input ends behind so many octets.
    EofAfter(u64, u64),
}

/// A blocking socket that cuts.
pub(crate) enum Cut {
    Socket(TcpStream),
    Torture(Torture<TcpStream>),
    Octets(TcpStream),
}

impl Cut {
    pub(crate) fn new(socket: TcpStream, cuts: Cuts) -> Self {
        let torture = |socket, seed| Torture::new(socket, seed).would_block().timed_out();
        match cuts {
            Cuts::None => Self::Socket(socket),
            Cuts::Random(seed) => Self::Torture(torture(socket, seed)),
            Cuts::Octets => Self::Octets(socket),
            Cuts::EofAfter(seed, octets) => Self::Torture(torture(socket, seed).eof_after(octets)),
        }
    }

    fn socket(&self) -> &TcpStream {
        match self {
            Self::Socket(socket) | Self::Octets(socket) => socket,
            Self::Torture(torture) => torture.get_ref(),
        }
    }
}

impl Read for Cut {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Socket(socket) => socket.read(buf),
            Self::Torture(torture) => torture.read(buf),
            Self::Octets(socket) => socket.read(&mut buf[..1]),
        }
    }
}

impl Write for Cut {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Self::Socket(socket) => socket.write(buf),
            Self::Torture(torture) => torture.write(buf),
            Self::Octets(socket) => socket.write(&buf[..1]),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Transport for Cut {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.socket().set_read_timeout(timeout)
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.socket().set_write_timeout(timeout)
    }
}

/// A stream of tokio that cuts.
pub(crate) struct AsyncCut<S> {
    inner: S,
    cuts: Cuts,
    random: u64,
    left_to_read: u64,
    spared: bool,
}

impl<S> AsyncCut<S> {
    pub(crate) fn new(inner: S, cuts: Cuts) -> Self {
        let (random, left_to_read) = match cuts {
            Cuts::None | Cuts::Octets => (1, u64::MAX),
            Cuts::Random(seed) => (seed | 1, u64::MAX),
            Cuts::EofAfter(seed, octets) => (seed | 1, octets),
        };
        Self { inner, cuts, random, left_to_read, spared: true }
    }

    /// Xorshift, as G. Marsaglia chose it.
    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % bound
    }

    /// How many of `most` octets may pass; `None` for "not now, try again", never twice in a row.
    fn passes(&mut self, most: usize, cx: &Context<'_>) -> Option<usize> {
        if let Cuts::None = self.cuts {
            return Some(most);
        }
        self.spared = !self.spared || self.below(4) > 0;
        if !self.spared {
            cx.waker().wake_by_ref();
            return None;
        }
        let some = match (self.cuts, self.below(4)) {
            (Cuts::Octets, _) => 1,
            (_, 0) => most,
            _ => 1 + self.below(8) as usize,
        };
        Some(some.min(most))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for AsyncCut<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let most = buf.remaining().min(usize::try_from(this.left_to_read).unwrap_or(usize::MAX));
        let Some(most) = this.passes(most, cx) else { return Poll::Pending };
        if most == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(most));
        core::task::ready!(Pin::new(&mut this.inner).poll_read(cx, &mut part))?;
        let n = part.filled().len();
        buf.advance(n);
        this.left_to_read -= n as u64;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for AsyncCut<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let Some(most) = this.passes(buf.len(), cx) else { return Poll::Pending };
        Pin::new(&mut this.inner).poll_write(cx, &buf[..most])
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

/// A socket that remembers what it gave.
#[derive(Debug)]
pub(crate) struct Heard {
    socket: TcpStream,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Heard {
    pub(crate) fn new(socket: TcpStream) -> (Self, Arc<Mutex<Vec<u8>>>) {
        let heard = Arc::default();
        (Self { socket, heard: Arc::clone(&heard) }, heard)
    }
}

impl Read for Heard {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.socket.read(buf)?;
        self.heard.lock().unwrap().extend_from_slice(&buf[..n]);
        Ok(n)
    }
}

impl Write for Heard {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.socket.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Transport for Heard {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.socket.set_read_timeout(timeout)
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.socket.set_write_timeout(timeout)
    }
}
