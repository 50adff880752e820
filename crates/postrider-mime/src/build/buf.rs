//! A message as `bytes::Buf`.

use bytes::Buf;

use super::{BuildError, Writer, writer::Place};

/// A message whose contents are at hand, as [`Buf`]: written as it is taken, in memory that does
/// not grow with it.
///
/// ```
/// use bytes::Buf;
/// use postrider_mime::build::{MessageBuilder, Options};
/// use postrider_message::HeaderBuilder;
///
/// let message = MessageBuilder::new(HeaderBuilder::new().subject("Hello")?).text("Hello!\r\n");
/// let mut buf = message.writer(&Options::new(), &[0; 32])?.into_buf()?;
/// let whole = buf.copy_to_bytes(buf.remaining());
/// assert_eq!(whole, message.to_vec(&Options::new(), &[0; 32])?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct MessageBuf<'a> {
    writer: Writer<'a>,
    place: Place,
    /// Octets of the place that were taken.
    taken: usize,
    remaining: usize,
}

impl<'a> MessageBuf<'a> {
    pub(super) fn new(mut writer: Writer<'a>) -> Result<Self, BuildError> {
        if writer.is_streamed() {
            return Err(BuildError::Streamed);
        }
        let size = writer.size().and_then(|size| usize::try_from(size).ok());
        let remaining = size.ok_or(BuildError::Streamed)?;
        let place = writer.advance();
        Ok(Self { writer, place, taken: 0, remaining })
    }
}

impl Buf for MessageBuf<'_> {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.writer.octets(&self.place).get(self.taken..).unwrap_or_default()
    }

    /// Advancing beyond the end stops there.
    fn advance(&mut self, count: usize) {
        let mut count = count.min(self.remaining);
        self.remaining = self.remaining.saturating_sub(count);
        loop {
            let here = self.chunk().len();
            if count < here {
                self.taken = self.taken.saturating_add(count);
                return;
            }
            count = count.saturating_sub(here);
            self.taken = 0;
            self.place = self.writer.advance();
            if matches!(self.place, Place::Done | Place::Source(_)) {
                return;
            }
        }
    }
}
