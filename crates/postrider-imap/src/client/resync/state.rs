//! What is kept of a mailbox from one session to the next.

use alloc::string::ToString;
use core::fmt;
use core::str::FromStr;

use crate::{
    InvalidValue, ModSeq, NumberList, NumberRange, SequenceNumber, SequenceRange, SequenceSet,
    UidRanges, UidValidity,
};

/// What a client knows of a mailbox when it has seen all of it: keep it with the messages, and give
/// it to [`Resync`](super::Resync) the next time.
///
/// It is written as one line of text, and read from it:
///
/// ```
/// use postrider_imap::client::SyncState;
///
/// let state: SyncState = "1 67890007 90060115194045000 41:211,214:541".parse()?;
/// assert_eq!(state.validity().get(), 67_890_007);
/// assert_eq!(state.known().len(), 499);
/// assert_eq!(state.to_string(), "1 67890007 90060115194045000 41:211,214:541");
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncState {
    pub(super) validity: UidValidity,
    pub(super) mod_seq: Option<ModSeq>,
    pub(super) known: UidRanges,
}

impl SyncState {
    /// The UIDVALIDITY of the mailbox, without which no UID means anything.
    #[must_use]
    pub fn validity(&self) -> UidValidity {
        self.validity
    }

    /// The highest MODSEQ up to which all changes are known (RFC 7162); `None` where the server has
    /// none.
    #[must_use]
    pub fn highest_mod_seq(&self) -> Option<ModSeq> {
        self.mod_seq
    }

    /// The UIDs of all messages, ascending.
    #[must_use]
    pub fn known(&self) -> NumberList {
        self.known.list()
    }
}

/// The form of the text.
const FORM: &str = "1";

impl fmt::Display for SyncState {
    /// The number of the form, UIDVALIDITY, highest MODSEQ or `0`, and the UIDs or `-`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mod_seq = self.mod_seq.map_or(0, ModSeq::get);
        let known = self.known.list().to_string();
        let known = if known.is_empty() { "-" } else { &known };
        write!(f, "{FORM} {} {mod_seq} {known}", self.validity)
    }
}

impl FromStr for SyncState {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let mut words = text.trim_ascii_end().split(' ');
        let mut word = || words.next().ok_or(InvalidValue::Octet);
        if word()? != FORM {
            return Err(InvalidValue::Octet);
        }
        let validity = word()?.parse().map_err(|_| InvalidValue::Number)?;
        let mod_seq = word()?.parse().map_err(|_| InvalidValue::Number)?;
        let mod_seq = ModSeq::new(mod_seq)?;
        let mut known = UidRanges::default();
        let set = word()?;
        if set != "-" {
            for range in SequenceSet::parse(set)?.ranges() {
                let (SequenceRange::One(first) | SequenceRange::Between(first, _)) = *range;
                let (SequenceRange::One(last) | SequenceRange::Between(_, last)) = *range;
                match (first, last) {
                    (SequenceNumber::Number(first), SequenceNumber::Number(last)) => {
                        known.insert(NumberRange::new(first, last));
                    }
                    _ => return Err(InvalidValue::Octet),
                }
            }
        }
        if words.next().is_some() {
            return Err(InvalidValue::Octet);
        }
        let mod_seq = Some(mod_seq).filter(|mod_seq| mod_seq.get() > 0);
        Ok(Self { validity: UidValidity::new(validity), mod_seq, known })
    }
}
