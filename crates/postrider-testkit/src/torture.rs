//! Streams that fail in every way that is allowed, for drivers.

use std::io::{self, Read, Write};

use crate::random::Random;

/// A stream that gives what `inner` gives, but in the meanest way that `Read` and `Write` allow:
/// short reads, short writes, `Interrupted`, and by choice `WouldBlock`, `TimedOut`, an early end of
/// input, or a write side that breaks. The same for the same seed.
///
/// An error that asks for another try is never given twice in a row.
///
/// ```
/// use std::io::{Read, Write};
/// use postrider_testkit::Torture;
///
/// let mut mean = Torture::new(&b"Dear Bob"[..], 7);
/// let mut text = Vec::new();
/// mean.read_to_end(&mut text).unwrap(); // which tries again when interrupted
/// assert_eq!(text, b"Dear Bob");
///
/// let mut cut = Torture::new(&b"Dear Bob"[..], 7).eof_after(4);
/// let mut text = Vec::new();
/// cut.read_to_end(&mut text).unwrap();
/// assert_eq!(text, b"Dear");
/// ```
#[derive(Clone, Debug)]
pub struct Torture<T> {
    inner: T,
    random: Random,
    errors: Vec<io::ErrorKind>,
    spared: bool,
    left_to_read: u64,
    left_to_write: u64,
}

impl<T> Torture<T> {
    /// Short reads, short writes and `Interrupted`.
    #[must_use]
    pub fn new(inner: T, seed: u64) -> Self {
        Self {
            inner,
            random: Random::new(seed),
            errors: vec![io::ErrorKind::Interrupted],
            spared: true,
            left_to_read: u64::MAX,
            left_to_write: u64::MAX,
        }
    }

    /// Also `WouldBlock`, as a non-blocking socket gives it, or one with a timeout on Unix.
    #[must_use]
    pub fn would_block(mut self) -> Self {
        self.errors.push(io::ErrorKind::WouldBlock);
        self
    }

    /// Also `TimedOut`, as a socket with a timeout gives it on Windows.
    #[must_use]
    pub fn timed_out(mut self) -> Self {
        self.errors.push(io::ErrorKind::TimedOut);
        self
    }

    /// The input ends behind `octets`.
    #[must_use]
    pub fn eof_after(mut self, octets: u64) -> Self {
        self.left_to_read = octets;
        self
    }

    /// Behind `octets` every write is `BrokenPipe`.
    #[must_use]
    pub fn breaks_after(mut self, octets: u64) -> Self {
        self.left_to_write = octets;
        self
    }

    /// The stream inside.
    #[must_use]
    pub fn get_ref(&self) -> &T {
        &self.inner
    }

    /// The stream inside.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// The stream inside.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.inner
    }

    /// Fails one time in three, but never twice in a row.
    fn hurt(&mut self) -> io::Result<()> {
        self.spared = !self.spared || !self.random.one_in(3);
        if self.spared {
            return Ok(());
        }
        let which = self.random.below(self.errors.len());
        Err(self.errors[which].into())
    }

    /// How many of `most` octets to move: at least one if there is one, few in most cases.
    fn short(&mut self, most: usize, left: u64) -> usize {
        let most = most.min(usize::try_from(left).unwrap_or(usize::MAX));
        let some = if self.random.one_in(4) { most } else { 1 + self.random.below(most.min(8)) };
        some.min(most)
    }
}

impl<T: Read> Read for Torture<T> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.hurt()?;
        let n = self.short(buf.len(), self.left_to_read);
        let n = self.inner.read(&mut buf[..n])?;
        self.left_to_read -= n as u64;
        Ok(n)
    }
}

impl<T: Write> Write for Torture<T> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.hurt()?;
        if self.left_to_write == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let n = self.short(buf.len(), self.left_to_write);
        let n = self.inner.write(&buf[..n])?;
        self.left_to_write -= n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hurt()?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn every_kind_of_failure_comes_and_none_twice_in_a_row() {
        let text = [b'x'; 4096];
        let mut mean = Torture::new(&text[..], 1).would_block().timed_out();
        let (mut seen, mut read, mut failed) = (Vec::new(), 0, false);
        while read < text.len() {
            match mean.read(&mut [0; 64]) {
                Ok(n) => {
                    assert!(n > 0);
                    read += n;
                    failed = false;
                }
                Err(error) => {
                    assert!(!failed, "twice in a row");
                    failed = true;
                    seen.push(error.kind());
                }
            }
        }
        for kind in [ErrorKind::Interrupted, ErrorKind::WouldBlock, ErrorKind::TimedOut] {
            assert!(seen.contains(&kind), "{kind}");
        }
    }

    #[test]
    fn a_write_side_that_breaks_took_exactly_what_was_allowed() {
        let mut mean = Torture::new(Vec::new(), 1).breaks_after(10);
        let error = mean.write_all(&[b'x'; 64]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        assert_eq!(mean.into_inner().len(), 10);
    }
}
