//! The tap that writes C:/S: lines.

use core::fmt::Write;

use crate::{Direction, Tap, Unit};

/// Which end of the conversation a tap sits at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a conversation has two ends")]
pub enum Side {
    /// At the client.
    Client,
    /// At the server.
    Server,
}

/// Renders a conversation as the RFCs print it: `C: ` and `S: ` lines, payload as `<n octets>`,
/// credentials as `[secret]`, other unprintable octets escaped.
///
/// Secret is what *this* side knows to be a credential: a peer that repeats a password in the text
/// of a reply puts it into the transcript.
///
/// ```
/// use postrider_wire::{Direction, Side, Tap, Transcript, Unit};
///
/// let mut transcript = Transcript::new(Side::Client, String::new());
/// transcript.unit(Direction::In, Unit::Line { octets: b"+OK ready\r\n", secret: &[] });
/// transcript.unit(Direction::Out, Unit::Line { octets: b"PASS mrose\r\n", secret: &[5..10] });
/// transcript.unit(Direction::In, Unit::Payload(b"Hello"));
/// transcript.unit(Direction::In, Unit::PayloadEnd);
/// assert_eq!(transcript.into_inner(), "S: +OK ready\nC: PASS [secret]\nS: <5 octets>\n");
/// ```
#[derive(Clone, Debug)]
pub struct Transcript<W> {
    side: Side,
    sink: W,
    payload: u64,
}

impl<W: Write> Transcript<W> {
    /// A transcript as seen from `side`, written to `sink` line by line. A sink that fails is
    /// ignored: a full log must not stop mail.
    pub fn new(side: Side, sink: W) -> Self {
        Self { side, sink, payload: 0 }
    }

    /// The sink.
    pub fn into_inner(self) -> W {
        self.sink
    }

    fn speaker(&self, direction: Direction) -> &'static str {
        match (self.side, direction) {
            (Side::Client, Direction::Out) | (Side::Server, Direction::In) => "C: ",
            (Side::Client, Direction::In) | (Side::Server, Direction::Out) => "S: ",
        }
    }

    fn line(
        &mut self,
        direction: Direction,
        octets: &[u8],
        secret: &[core::ops::Range<usize>],
    ) -> core::fmt::Result {
        self.sink.write_str(self.speaker(direction))?;
        let end = octets.strip_suffix(b"\n").unwrap_or(octets);
        let end = end.strip_suffix(b"\r").unwrap_or(end).len();
        let mut from = 0;
        for span in secret {
            write_escaped(&mut self.sink, octets.get(from..span.start.min(end)))?;
            self.sink.write_str("[secret]")?;
            from = span.end;
        }
        write_escaped(&mut self.sink, octets.get(from..end))?;
        self.sink.write_char('\n')
    }
}

impl<W: Write> Tap for Transcript<W> {
    fn unit(&mut self, direction: Direction, unit: Unit<'_>) {
        // A sink that fails is ignored: a full log must not stop mail.
        let _ = match unit {
            Unit::Line { octets, secret } => self.line(direction, octets, secret),
            Unit::Payload(octets) => {
                self.payload = self.payload.saturating_add(octets.len() as u64);
                Ok(())
            }
            Unit::PayloadEnd => {
                let octets = core::mem::take(&mut self.payload);
                writeln!(self.sink, "{}<{octets} octets>", self.speaker(direction))
            }
            Unit::Tls => writeln!(self.sink, "   <TLS established>"),
        };
    }
}

/// Whether a character could make a line of the log look like another: controls, line separators,
/// and what turns the direction of writing.
fn misleads(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

fn write_escaped(sink: &mut impl Write, octets: Option<&[u8]>) -> core::fmt::Result {
    for chunk in octets.unwrap_or_default().utf8_chunks() {
        for character in chunk.valid().chars() {
            if misleads(character) {
                write!(sink, "{}", character.escape_default())?;
            } else {
                sink.write_char(character)?;
            }
        }
        for octet in chunk.invalid() {
            write!(sink, "\\x{octet:02x}")?;
        }
    }
    Ok(())
}

/// A text that several transcripts write into and the embedder reads: clones share it.
///
/// ```
/// use postrider_wire::{Side, Transcript, TranscriptLog};
///
/// let log = TranscriptLog::new(64 * 1024);
/// let tap = Transcript::new(Side::Client, log.clone());
/// # drop(tap);
/// assert_eq!(log.text(), "");
/// ```
#[cfg(feature = "std")]
#[derive(Clone, Debug)]
pub struct TranscriptLog {
    text: alloc::sync::Arc<std::sync::Mutex<alloc::string::String>>,
    most: usize,
}

#[cfg(feature = "std")]
impl TranscriptLog {
    /// An empty log that stops growing at `most` octets.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { text: alloc::sync::Arc::default(), most }
    }

    /// What was written so far.
    #[must_use]
    pub fn text(&self) -> alloc::string::String {
        self.text.lock().map_or_else(|broken| broken.into_inner().clone(), |text| text.clone())
    }
}

#[cfg(feature = "std")]
impl Write for TranscriptLog {
    fn write_str(&mut self, more: &str) -> core::fmt::Result {
        let mut text = self.text.lock().map_err(|_| core::fmt::Error)?;
        if text.len().saturating_add(more.len()) > self.most {
            return Err(core::fmt::Error);
        }
        text.push_str(more);
        Ok(())
    }
}
