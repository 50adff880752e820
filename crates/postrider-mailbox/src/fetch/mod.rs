//! What FETCH answers for one message (RFC 3501 §6.4.5 and §7.4.2, RFC 9051 §6.4.5 and §7.5.2).

mod answers;
mod error;
mod modifiers;
mod need;
mod telling;

use alloc::vec::Vec;

use postrider_imap::{FetchAttribute, FetchAttributes, Flag};

pub use answers::{Answer, Answers, Body};
pub use error::FetchError;
pub use telling::{Telling, TellingError, Told};

use self::{modifiers::Chosen, need::need};
use crate::{Metadata, Need, NotEnough, Source};

/// A FETCH command, ready to be answered for one message after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    attributes: Vec<FetchAttribute>,
    by_uid: bool,
    read_only: bool,
    chosen: Chosen,
}

impl Fetch {
    /// What a FETCH command asks for. What it asks for twice is answered once.
    pub fn new(attributes: impl Into<FetchAttributes>) -> Self {
        let mut fetch = Self {
            attributes: Vec::new(),
            by_uid: false,
            read_only: false,
            chosen: Chosen::default(),
        };
        for attribute in attributes.into().into_list() {
            fetch.ask(attribute);
        }
        fetch
    }

    /// The same for UID FETCH, which always answers the UID (RFC 3501 §6.4.8). So does every FETCH
    /// where QRESYNC (RFC 7162 §3.2.4) or UIDONLY is enabled.
    #[must_use]
    pub fn by_uid(mut self) -> Self {
        self.by_uid = true;
        if !self.attributes.contains(&FetchAttribute::Uid) {
            self.attributes.insert(0, FetchAttribute::Uid);
        }
        self
    }

    /// The same in a mailbox opened by EXAMINE: nothing becomes `\Seen` (RFC 3501 §6.3.2).
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    fn ask(&mut self, attribute: FetchAttribute) {
        if !self.attributes.contains(&attribute) {
            self.attributes.push(attribute);
        }
    }

    /// What is asked for, macros resolved.
    pub fn attributes(&self) -> &[FetchAttribute] {
        &self.attributes
    }

    /// The first attribute that this crate does not know. Where there is one, no message is
    /// answered: the command is refused as a whole.
    pub fn unknown(&self) -> Option<&FetchAttribute> {
        self.attributes.iter().find(|attribute| need(attribute).is_none())
    }

    /// How much of each message must be read.
    pub fn need(&self) -> Need {
        self.attributes.iter().filter_map(need).max().unwrap_or(Need::Metadata)
    }

    /// How much of a message must be read of which the store has the preview, given to
    /// [`Source::with_preview`].
    pub fn need_beside_preview(&self) -> Need {
        let others = self.attributes.iter().filter(|one| !is_preview(one));
        others.filter_map(need).max().unwrap_or(Need::Metadata)
    }

    /// Whether a preview is asked for, so that one that the store has is of use.
    pub fn asks_for_preview(&self) -> bool {
        self.attributes.iter().any(|one| is_preview(&one))
    }

    /// Whether messages become `\Seen` by being answered: `BODY[…]`, `BINARY[…]`, `RFC822` and
    /// `RFC822.TEXT` do that; `BODY.PEEK[…]`, `BINARY.PEEK[…]`, `BINARY.SIZE[…]` and `RFC822.HEADER`
    /// do not.
    pub fn sets_seen(&self) -> bool {
        let sets_seen = |attribute: &FetchAttribute| match attribute {
            FetchAttribute::BodySection { peek, .. } | FetchAttribute::Binary { peek, .. } => !peek,
            FetchAttribute::Rfc822 | FetchAttribute::Rfc822Text => true,
            _ => false,
        };
        !self.read_only && self.attributes.iter().any(sets_seen)
    }

    /// What to answer for one message. Each answer is made when the iterator comes to it.
    ///
    /// # Errors
    ///
    /// When an attribute is not known, or nothing is kept of it; when `source` has less than
    /// [`need`](Self::need); when MODSEQ is asked for and the metadata has none; when BINARY is asked
    /// for of a body in an unknown encoding. Nothing is answered for the message then.
    pub fn answer<'a>(
        &'a self,
        metadata: &'a Metadata,
        source: Source<'a>,
    ) -> Result<Answers<'a>, FetchError> {
        for attribute in &self.attributes {
            check(attribute, metadata, source)?;
        }
        let becomes_seen = self.becomes_seen(metadata);
        Ok(Answers::new(self, metadata, source, becomes_seen))
    }

    /// Whether to answer it makes this message `\\Seen`.
    pub(super) fn becomes_seen(&self, metadata: &Metadata) -> bool {
        self.sets_seen() && !metadata.flags.contains(&Flag::Seen)
    }

    /// Whether UIDs are told.
    pub(super) const fn is_by_uid(&self) -> bool {
        self.by_uid
    }

    /// Whether octets of messages are asked for, which may lie behind the header section.
    pub(super) fn tells_octets(&self) -> bool {
        self.attributes.iter().any(|attribute| attribute.body_request().is_some())
    }
}

fn is_preview(attribute: &&FetchAttribute) -> bool {
    matches!(attribute, FetchAttribute::Preview { .. })
}

/// Whether an attribute can be answered for this message.
fn check(
    attribute: &FetchAttribute,
    metadata: &Metadata,
    source: Source<'_>,
) -> Result<(), FetchError> {
    let need = need(attribute).ok_or(FetchError::UnknownAttribute)?;
    let told_by_store = is_preview(&attribute) && source.preview().is_some();
    if source.has() < need && !told_by_store {
        return Err(NotEnough { need }.into());
    }
    match attribute {
        FetchAttribute::ModSeq if metadata.mod_seq.is_none() => Err(FetchError::NoModSeq),
        FetchAttribute::EmailId if metadata.email_id.is_none() => Err(FetchError::UnknownAttribute),
        FetchAttribute::Binary { part, .. } | FetchAttribute::BinarySize(part) => {
            source.check_encoding(part)
        }
        _ => Ok(()),
    }
}
