//! One recipient of a bounce.

use alloc::{borrow::ToOwned, string::String};

use super::{Action, Status, address, flat::first_octets, status};

/// A recipient that has not got a mail, or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    original: Option<String>,
    last: Option<String>,
    action: Action,
    status: Status,
    ground: Ground,
    diagnosis: String,
}

/// What a [`Status`] is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ground {
    /// The field `Status` (RFC 3464 §2.3.4).
    Field,
    /// An enhanced status code in the diagnosis (RFC 3463).
    EnhancedCode,
    /// What the words of the diagnosis mean (RFC 3463 §3); the class is that of the reply code, where
    /// there is one.
    Words,
    /// A reply code in the diagnosis, which gives the class (RFC 5321 §4.2.1).
    ReplyCode,
    /// The action alone.
    Action,
}

/// The octets of a diagnosis that are kept.
pub(super) const DIAGNOSIS: usize = 1024;

impl Recipient {
    /// A recipient by the name that it had last, with the status that the diagnosis tells.
    pub(super) fn new(last: Option<&str>, action: Action, diagnosis: &str) -> Option<Self> {
        let undefined =
            || Some((Status::new(status::class_of(action), 0, 0).ok()?, Ground::Action));
        let (status, ground) = status::of(diagnosis, action).or_else(undefined)?;
        let diagnosis = first_octets(diagnosis, DIAGNOSIS).trim().to_owned();
        let last = last.map(ToOwned::to_owned);
        Some(Self { original: None, last, action, status, ground, diagnosis })
    }

    pub(super) fn with_original(mut self, original: Option<&str>) -> Self {
        self.original = original.map(ToOwned::to_owned);
        self
    }

    pub(super) const fn set_status(&mut self, status: Status, ground: Ground) {
        (self.status, self.ground) = (status, ground);
    }

    /// The address that the sender wrote, as far as the notice tells it: the
    /// [`original`](Self::original) one, else the [`last`](Self::last). It is one run of octets of
    /// the notice and has a local part and a domain.
    pub fn address(&self) -> Option<&str> {
        let names = [self.original(), self.last()];
        names.into_iter().flatten().find(|name| address::is_address(name))
    }

    /// The address before the mail was forwarded or aliased, where the notice tells it:
    /// `Original-Recipient` (RFC 3464 §2.3.1), or “(expanded from: …)”.
    pub fn original(&self) -> Option<&str> {
        self.original.as_deref()
    }

    /// The recipient as it was when delivery failed, as it is written: `Final-Recipient` (RFC 3464
    /// §2.3.2), or an address or local name in the text.
    pub fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// [`Failed`](Action::Failed) or [`Delayed`](Action::Delayed).
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The status, of class 4 or 5, or what the field `Status` says.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// What the status is taken from.
    pub const fn ground(&self) -> Ground {
        self.ground
    }

    /// What the notice says about the reason, at most 1,024 octets: the value of `Diagnostic-Code`,
    /// or the words behind the address, one blank between two of them. Empty where it says nothing.
    pub fn diagnosis(&self) -> &str {
        &self.diagnosis
    }
}
