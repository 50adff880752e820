//! SELECT and CREATE.

use alloc::vec::Vec;

use super::{
    Atom, InvalidValue, ListAttribute, MailboxName, ModSeq, NumberList, Raw, UidSet, UidValidity,
};

/// The parameters of SELECT and EXAMINE (RFC 7162 §3.1.8, §3.2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelectParameters {
    /// `CONDSTORE`
    pub condstore: bool,
    /// `QRESYNC`
    pub qresync: Option<Qresync>,
    /// Others: names, and values: in parentheses, or numbers or sets.
    pub others: Vec<(Atom, Option<Raw>)>,
}

impl SelectParameters {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With `CONDSTORE`.
    #[must_use]
    pub fn with_condstore(mut self) -> Self {
        self.condstore = true;
        self
    }

    /// With `QRESYNC`.
    #[must_use]
    pub fn with_qresync(mut self, qresync: Qresync) -> Self {
        self.qresync = Some(qresync);
        self
    }

    /// With others.
    #[must_use]
    pub fn with_others(mut self, others: Vec<(Atom, Option<Raw>)>) -> Self {
        self.others = others;
        self
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.condstore && self.qresync.is_none() && self.others.is_empty()
    }
}

/// What a client knows of a mailbox, so that the server tells what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Qresync {
    /// The UIDVALIDITY.
    pub validity: UidValidity,
    /// The highest MODSEQ; not zero.
    pub mod_seq: ModSeq,
    /// The UIDs.
    pub known: Option<UidSet>,
    /// The UIDs of some messages.
    pub matched: Option<SequenceMatch>,
}

impl Qresync {
    /// UIDVALIDITY and highest MODSEQ.
    #[must_use]
    pub fn new(validity: UidValidity, mod_seq: ModSeq) -> Self {
        Self { validity, mod_seq, known: None, matched: None }
    }

    /// With the UIDs that the client knows.
    #[must_use]
    pub fn with_known(mut self, known: UidSet) -> Self {
        self.known = Some(known);
        self
    }

    /// With message numbers and their UIDs.
    #[must_use]
    pub fn with_matched(mut self, matched: SequenceMatch) -> Self {
        self.matched = Some(matched);
        self
    }
}

/// Numbers of messages and the UIDs they have (RFC 7162 §3.2.5.2): as many of the one as of the
/// other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SequenceMatch {
    numbers: NumberList,
    uids: UidSet,
}

impl SequenceMatch {
    /// These numbers have these UIDs.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Combination`] when there are more of the one than of the other.
    pub fn new(numbers: NumberList, uids: UidSet) -> Result<Self, InvalidValue> {
        if numbers.len() == uids.len() && !uids.is_empty() {
            Ok(Self { numbers, uids })
        } else {
            Err(InvalidValue::Combination)
        }
    }

    /// The numbers.
    #[must_use]
    pub fn numbers(&self) -> &NumberList {
        &self.numbers
    }

    /// The UIDs.
    #[must_use]
    pub fn uids(&self) -> &UidSet {
        &self.uids
    }
}

/// What CREATE makes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Create {
    /// Its name.
    pub mailbox: MailboxName,
    /// What it is for (RFC 6154 §3, `USE`); `None` without the parameter.
    pub special_use: Option<Vec<ListAttribute>>,
    /// Other parameters: names, and values: in parentheses, or numbers or sets.
    pub others: Vec<(Atom, Option<Raw>)>,
}

impl Create {
    /// A mailbox of this name.
    #[must_use]
    pub fn new(mailbox: MailboxName) -> Self {
        Self { mailbox, special_use: None, others: Vec::new() }
    }

    /// With what it is for.
    #[must_use]
    pub fn with_special_use(mut self, special_use: Vec<ListAttribute>) -> Self {
        self.special_use = Some(special_use);
        self
    }

    /// With other parameters.
    #[must_use]
    pub fn with_others(mut self, others: Vec<(Atom, Option<Raw>)>) -> Self {
        self.others = others;
        self
    }
}
