//! TLS under the blocking driver.

use core::fmt;
use core::time::Duration;
use std::io::{self, IoSlice, Read, Write};
use std::time::Instant;

use bytes::Bytes;
use postrider::drive::blocking::Transport;
use postrider::wire::TlsInfo;
use rustls::{ClientConnection, Connection, ServerConnection};

use crate::Handshake;
use crate::ahead::Ahead;
use crate::handshake::{End, already_secure, exporter, too_slow};

/// A transport in clear text or under TLS: one type, before the upgrade and after.
#[derive(Debug)]
pub struct MaybeTls<T>(Stream<T>);

#[derive(Debug)]
enum Stream<T> {
    Plain(T),
    Tls(Box<Layer<T>>),
}

impl<T> MaybeTls<T> {
    /// In clear text.
    pub fn plain(transport: T) -> Self {
        Self(Stream::Plain(transport))
    }

    /// Whether TLS stands.
    pub fn is_tls(&self) -> bool {
        matches!(self.0, Stream::Tls(_))
    }

    /// The transport below, to ask it for the address of the peer.
    pub fn get_ref(&self) -> &T {
        match &self.0 {
            Stream::Plain(transport) => transport,
            Stream::Tls(layer) => &layer.socket.inner,
        }
    }
}

/// Runs a handshake over what is in clear text: for `upgrade` of the driver, or for a fresh
/// connection with nothing read ahead.
///
/// # Errors
///
/// `TimedOut` when its patience is over, `InvalidData` with what rustls says, else what the transport
/// says. The transport is gone then; an alert was sent if one could be.
pub fn secure<T: Transport>(
    handshake: &Handshake,
    plain: MaybeTls<T>,
    ahead: Bytes,
) -> io::Result<(MaybeTls<T>, TlsInfo)> {
    let Stream::Plain(transport) = plain.0 else { return Err(already_secure()) };
    let engine = match &handshake.end {
        End::Client { config, name } => {
            ClientConnection::new(config.clone(), name.clone()).map(Connection::from)
        }
        End::Server { config, .. } => ServerConnection::new(config.clone()).map(Connection::from),
    };
    let engine = engine.map_err(io::Error::other)?;
    let socket = Ahead::new(ahead, transport);
    let mut layer = Layer { engine, socket, read_timeout: None, write_timeout: None };
    layer.shake_hands(Deadline::within(Some(handshake.patience)))?;
    let info = match &layer.engine {
        Connection::Client(engine) => handshake.info(engine, None, exporter(engine)),
        Connection::Server(engine) => {
            handshake.info(engine, engine.server_name(), exporter(engine))
        }
    };
    Ok((MaybeTls(Stream::Tls(Box::new(layer))), info))
}

/// The engine and its socket.
struct Layer<T> {
    engine: Connection,
    socket: Ahead<T>,
    /// As the driver set them. They bound a call as a whole, the socket only knows single ones.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl<T: Transport> Layer<T> {
    fn shake_hands(&mut self, by: Deadline) -> io::Result<()> {
        while self.engine.is_handshaking() || self.engine.wants_write() {
            let step = if self.engine.wants_write() { self.drain(by) } else { self.receive(by) };
            match step {
                Err(error) if !is_passing(&error) => return Err(error),
                _ if by.is_over() => return Err(too_slow()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes out the records that the engine holds.
    fn drain(&mut self, by: Deadline) -> io::Result<()> {
        while self.engine.wants_write() {
            self.socket.inner.set_write_timeout(by.left()?)?;
            match self.engine.write_tls(&mut self.socket) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads once from the socket and lets the engine see it, the end included.
    fn receive(&mut self, by: Deadline) -> io::Result<()> {
        self.socket.inner.set_read_timeout(by.left()?)?;
        let n = match self.engine.read_tls(&mut self.socket) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            read => read?,
        };
        if let Err(error) = self.engine.process_new_packets() {
            // The alert may help the peer; the reason helps us, whether the alert leaves or not.
            let _ = self.drain(by);
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        if n == 0 && self.engine.is_handshaking() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// Gives plaintext to the engine and records to the socket. What the engine took counts as
    /// written; the rest of its records leaves with the next call.
    fn write_with(
        &mut self,
        take: impl FnOnce(&mut dyn Write) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let by = Deadline::within(self.write_timeout);
        self.drain(by)?;
        let n = take(&mut self.engine.writer())?;
        match self.drain(by) {
            Err(error) if !is_passing(&error) => Err(error),
            _ => Ok(n),
        }
    }
}

impl<T: Transport> Read for Layer<T> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let by = Deadline::within(self.read_timeout);
        loop {
            match self.engine.reader().read(buf) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
            // The peer may wait for what the engine still holds.
            self.drain(by)?;
            self.receive(by)?;
        }
    }
}

impl<T: Transport> Write for Layer<T> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.write_with(|engine| engine.write(buf))
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        self.write_with(|engine| engine.write_vectored(bufs))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.drain(Deadline::within(self.write_timeout))?;
        self.socket.inner.flush()
    }
}

impl<T> fmt::Debug for Layer<T> {
    /// The engine holds keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer").finish_non_exhaustive()
    }
}

impl<T: Transport> Read for MaybeTls<T> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Stream::Plain(transport) => transport.read(buf),
            Stream::Tls(layer) => layer.read(buf),
        }
    }
}

impl<T: Transport> Write for MaybeTls<T> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Stream::Plain(transport) => transport.write(buf),
            Stream::Tls(layer) => layer.write(buf),
        }
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        match &mut self.0 {
            Stream::Plain(transport) => transport.write_vectored(bufs),
            Stream::Tls(layer) => layer.write_vectored(bufs),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Stream::Plain(transport) => transport.flush(),
            Stream::Tls(layer) => layer.flush(),
        }
    }
}

impl<T: Transport> Transport for MaybeTls<T> {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        match &mut self.0 {
            Stream::Plain(transport) => transport.set_read_timeout(timeout)?,
            Stream::Tls(layer) => layer.read_timeout = timeout,
        }
        Ok(())
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        match &mut self.0 {
            Stream::Plain(transport) => transport.set_write_timeout(timeout)?,
            Stream::Tls(layer) => layer.write_timeout = timeout,
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Stream::Plain(transport) => transport.close(),
            Stream::Tls(layer) => {
                layer.engine.send_close_notify();
                layer.flush()?;
                layer.socket.inner.close()
            }
        }
    }
}

/// When a call that may read or write several times must be done.
#[derive(Clone, Copy)]
struct Deadline(Option<Instant>);

impl Deadline {
    fn within(timeout: Option<Duration>) -> Self {
        Self(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    fn is_over(self) -> bool {
        self.0.is_some_and(|by| by <= Instant::now())
    }

    /// A timeout for the next call of the socket; `TimedOut` when there is no time left. Zero would
    /// mean "none" to a socket.
    fn left(self) -> io::Result<Option<Duration>> {
        let Some(by) = self.0 else { return Ok(None) };
        match by.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
            left => Ok(Some(left)),
        }
    }
}

/// Whether another try may help: a timeout of the socket, or a signal.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}
