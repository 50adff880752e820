//! A script as a stream, for drivers.

use std::io::{self, Read, Write};

use super::stage::Stage;

/// A scripted peer as `Read + Write`.
///
/// Reads give what the peer sends next; `WouldBlock` while it first expects something; 0 octets
/// behind [`crate::Script::eof`] and at the end of the script. A write that the peer does not expect
/// is an error. A step [`crate::Script::tls`] is passed with [`ScriptStream::start_tls`].
#[derive(Clone, Debug)]
pub struct ScriptStream {
    stage: Stage,
}

impl ScriptStream {
    pub(super) fn new(stage: Stage) -> Self {
        Self { stage }
    }

    /// Whether the peer said and heard everything.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage.is_over() && self.stage.heard_nothing_else().is_ok()
    }

    /// Plays the TLS handshake.
    ///
    /// # Errors
    ///
    /// When the peer expects none now.
    pub fn start_tls(&mut self) -> io::Result<()> {
        self.stage.upgrade().map_err(invalid)
    }
}

impl Read for ScriptStream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.stage.is_over() || self.stage.at_eof() {
            self.stage.passed_eof();
            return Ok(0);
        }
        let Some(octets) = self.stage.to_send() else {
            return Err(io::ErrorKind::WouldBlock.into());
        };
        let n = octets.len().min(buf.len());
        buf[..n].copy_from_slice(&octets[..n]);
        self.stage.sent(n);
        Ok(n)
    }
}

impl Write for ScriptStream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.stage.hear(buf).map_err(invalid)?;
        self.stage.heard_nothing_else().or_else(|mismatch| {
            // The first part of what is expected may wait for its rest.
            if self.stage.expects_more() { Ok(()) } else { Err(invalid(mismatch)) }
        })?;
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn invalid(mismatch: super::Mismatch) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, mismatch)
}
