//! What STORE makes of the flags of one message after the other.

use postrider_imap::{
    Code, Flag, FlagSet, MessageNumber, ModSeq, NumberList, NumberRange, PlainCode, SequenceSet,
    Status, StoreCommand, StoreMode, StoreValue, UidRanges,
};

use super::{KeywordLimit, MailboxFlags, Tells};
use crate::Metadata;

/// A STORE command, ready to be applied to one message after the other.
///
/// Changes of flags that do not last are ignored, as RFC 3501 §7.1 allows: such a flag is neither set
/// nor taken away. No client changes `\Recent` (RFC 3501 §6.4.6).
#[derive(Clone, Debug)]
pub struct Store {
    mode: StoreMode,
    flags: FlagSet,
    /// Of which flags a change lasts; all others stay as they are.
    lasting: FlagSet,
    silent: bool,
    uid: bool,
    unchanged_since: Option<ModSeq>,
    is_news: bool,
    /// Numbers or UIDs of messages that were changed since.
    modified: UidRanges,
    gone: bool,
}

/// What becomes of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// These are its flags now, to be stored: without `\Recent`, which is the session's. Its MODSEQ goes
    /// up, and other sessions are told.
    Changed(FlagSet),
    /// It has these flags already. Whether the MODSEQ goes up is free (RFC 7162 §3.1.3 asks it of an
    /// operation that is successful): it need not, because nothing changed.
    Unchanged,
    /// It stays as it is, because it was changed since; [`Store::finish`] tells its number. It helps
    /// the client to hear its flags and MODSEQ at once (RFC 7162 §3.1.3).
    Modified,
}

/// Why a STORE command is not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It stores something else than flags, which no mailbox here has: annotations (RFC 5257), labels.
    /// To be answered with BAD.
    #[error("only flags can be stored")]
    NotFlags,
    /// It has modifiers that are not known. To be answered with BAD (RFC 4466 §2.5).
    #[error("a modifier of STORE is not known")]
    UnknownModifier,
    /// It would make too many keywords, or too long ones. To be answered with NO and LIMIT (RFC 5530).
    #[error(transparent)]
    KeywordLimit(#[from] KeywordLimit),
}

impl StoreError {
    /// Whether the response is BAD. It is NO otherwise.
    #[must_use]
    pub const fn is_bad(&self) -> bool {
        matches!(self, Self::NotFlags | Self::UnknownModifier)
    }

    /// The code for the response.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::NotFlags | Self::UnknownModifier => None,
            Self::KeywordLimit(error) => Some(error.code()),
        }
    }
}

impl Store {
    /// What a command asks for, of a mailbox that has these flags. Keywords that it makes become
    /// known in the mailbox, whatever comes of the messages.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it is not carried out.
    pub fn new(command: &StoreCommand, flags: &mut MailboxFlags) -> Result<Self, StoreError> {
        let StoreValue::Flags(asked) = &command.what else { return Err(StoreError::NotFlags) };
        if !command.others.is_empty() {
            return Err(StoreError::UnknownModifier);
        }
        let (kept, is_news) = match command.mode {
            // What nobody has need not become known to be taken away.
            StoreMode::Remove => {
                let mut kept = asked.clone();
                kept.retain_all(flags.lasting());
                (kept, false)
            }
            StoreMode::Replace | StoreMode::Add => {
                let admitted = flags.admit(asked)?;
                (admitted.flags, admitted.is_news)
            }
        };
        Ok(Self {
            mode: command.mode,
            flags: kept,
            lasting: flags.lasting().clone(),
            silent: command.silent,
            uid: command.uid,
            unchanged_since: command.unchanged_since,
            is_news,
            modified: UidRanges::new(),
            gone: false,
        })
    }

    /// Whether the command made keywords: every session is told FLAGS before anything else.
    #[must_use]
    pub const fn is_news(&self) -> bool {
        self.is_news
    }

    /// What becomes of the message of this number, which [`finish`](Self::finish) tells, or its UID after
    /// UID STORE, where it was changed since. A message that was changed is not to be asked a
    /// second time, though the set names it twice (RFC 7162 §3.1.3).
    pub fn apply(&mut self, number: MessageNumber, metadata: &Metadata) -> Outcome {
        if self.has_changed_since(metadata) {
            let number = if self.uid { metadata.uid.nonzero() } else { number.nonzero() };
            self.modified.insert(NumberRange::one(number));
            return Outcome::Modified;
        }
        let mut before = metadata.flags.clone();
        before.remove(&Flag::Recent);
        let flags = self.flags_for(&before);
        if flags == before { Outcome::Unchanged } else { Outcome::Changed(flags) }
    }

    /// A message of the set is gone, but its number was not told to be: the response is NO
    /// (RFC 2180 §4.2.3), or the message is passed over where UIDs are given (RFC 3501 §6.4.8).
    pub fn note_gone(&mut self) {
        self.gone |= !self.uid;
    }

    /// What the FETCH responses tell of what was changed. Where nothing of it is, none is sent.
    #[must_use]
    pub const fn tells(&self) -> Tells {
        Tells { flags: !self.silent, mod_seq: self.unchanged_since.is_some(), uid: self.uid }
    }

    /// The tagged response, when all messages were asked.
    #[must_use]
    pub fn finish(self) -> Status {
        let modified: NumberList = self.modified.list();
        let modified = SequenceSet::try_from(&modified).ok().map(Code::Modified);
        let status = match (self.gone, &modified) {
            (true, _) => Status::no("Some of the messages no longer exist."),
            (false, Some(_)) => Status::ok("Some of the messages were changed by others."),
            (false, None) => return Status::ok("STORE completed."),
        };
        let code = modified.or_else(|| self.gone.then(|| PlainCode::ExpungeIssued.into()));
        match code {
            Some(code) => status.with_code(code),
            None => status,
        }
    }

    /// The flags that a message with these would have.
    fn flags_for(&self, before: &FlagSet) -> FlagSet {
        let mut flags = before.clone();
        match self.mode {
            StoreMode::Add => flags.insert_all(&self.flags),
            StoreMode::Remove => flags.remove_all(&self.flags),
            StoreMode::Replace => {
                flags.remove_all(&self.lasting);
                flags.insert_all(&self.flags);
            }
        }
        flags
    }

    /// A message without a MODSEQ counts as changed: nothing is known of it, and the client asked
    /// for certainty.
    fn has_changed_since(&self, metadata: &Metadata) -> bool {
        self.unchanged_since
            .is_some_and(|since| metadata.mod_seq.is_none_or(|mod_seq| mod_seq > since))
    }
}
