//! What the blocking driver runs over.

use core::time::Duration;
use std::boxed::Box;
use std::io::{self, Read, Write};
use std::net::TcpStream;
#[cfg(unix)]
use std::os::unix::net::UnixStream;

/// A blocking byte stream with timeouts, such as a [`TcpStream`] or a TLS stream over one.
pub trait Transport: Read + Write {
    /// Bounds the next reads: they answer `WouldBlock` or `TimedOut` after `timeout`.
    ///
    /// # Errors
    ///
    /// What the transport says.
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()>;

    /// Bounds the next writes: they answer `WouldBlock` or `TimedOut` after `timeout`.
    ///
    /// # Errors
    ///
    /// What the transport says.
    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()>;

    /// Flushes, and tells the peer that nothing more will be written, where the layer has a word for
    /// that: `close_notify` of TLS (RFC 8446 §6.1). The driver calls it at the end of a session,
    /// however that came, with a write timeout set, and again after an error that is a timeout. A
    /// plain socket says it by being dropped.
    ///
    /// # Errors
    ///
    /// What the transport says; by then there is nothing left to tell the peer.
    fn close(&mut self) -> io::Result<()> {
        self.flush()
    }
}

impl Transport for TcpStream {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        Self::set_read_timeout(self, timeout)
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        Self::set_write_timeout(self, timeout)
    }
}

#[cfg(unix)]
impl Transport for UnixStream {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        Self::set_read_timeout(self, timeout)
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        Self::set_write_timeout(self, timeout)
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        (**self).set_read_timeout(timeout)
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        (**self).set_write_timeout(timeout)
    }

    fn close(&mut self) -> io::Result<()> {
        (**self).close()
    }
}
