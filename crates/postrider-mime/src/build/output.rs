//! From entities and messages to octets.

use alloc::vec::Vec;

use super::{BuildError, Entity, MessageBuilder, Options, Writer, render::Plan};

/// Nothing to avoid.
const NONE: &[&[u8]] = &[];

impl<'a> Entity<'a> {
    /// The entity with its header section, as octets. The boundaries are made of the seed, so that
    /// the same seed gives the same octets; draw one at random for each message.
    pub fn to_vec(&self, options: &Options, seed: &[u8; 32]) -> Result<Vec<u8>, BuildError> {
        self.writer(options, seed)?.to_vec()
    }

    /// The entity with its header section, in chunks.
    pub fn writer(&self, options: &Options, seed: &[u8; 32]) -> Result<Writer<'a>, BuildError> {
        Ok(Writer::new(Plan::new(&[(self, None)], None, options, seed, NONE)?))
    }

    #[allow(dead_code, reason = "for entities that are put into other messages")]
    /// The entity, without a line that is a delimiter of one of these boundaries.
    pub(crate) fn render(
        &self,
        options: &Options,
        seed: &[u8; 32],
        avoid: &[impl AsRef<[u8]>],
    ) -> Result<Vec<u8>, BuildError> {
        Writer::new(Plan::new(&[(self, None)], None, options, seed, avoid)?).to_vec()
    }
}

impl<'a> MessageBuilder<'a> {
    /// The message as octets. The boundaries are made of the seed, so that the same seed gives the
    /// same octets; draw one at random for each message.
    pub fn to_vec(&self, options: &Options, seed: &[u8; 32]) -> Result<Vec<u8>, BuildError> {
        self.writer(options, seed)?.to_vec()
    }

    /// The message in chunks.
    pub fn writer(&self, options: &Options, seed: &[u8; 32]) -> Result<Writer<'a>, BuildError> {
        let frames = self.frames()?;
        let outline = frames.outline(self);
        let section = match outline.first() {
            Some((root, _)) => Some(self.section(root)?),
            None => None,
        };
        Ok(Writer::new(Plan::new(&outline, section, options, seed, NONE)?))
    }
}
