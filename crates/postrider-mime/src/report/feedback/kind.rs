//! What a feedback report is about (RFC 5965 §7.3).

use alloc::borrow::Cow;
use core::fmt;

use postrider_message::InvalidValue;

use crate::report::text::is_atom;

/// `Feedback-Type`: what a report is about (RFC 5965 §7.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FeedbackType<'a> {
    /// Unsolicited mail or other abuse.
    Abuse,
    /// Failed authentication (RFC 6591 §5.1).
    AuthFailure,
    /// Fraud or phishing.
    Fraud,
    /// Mail that is none of these, taken for it (RFC 6430 §2).
    NotSpam,
    /// Anything else.
    Other,
    /// A virus in the message.
    Virus,
    /// A word that is none of these, in the case it was written in: made by [`of`](Self::of).
    Unregistered(UnregisteredType<'a>),
}

/// A word of an unregistered type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UnregisteredType<'a>(Cow<'a, str>);

impl UnregisteredType<'_> {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'a> FeedbackType<'a> {
    /// The type of this word, in any case, whether it is registered or not.
    pub fn of(word: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let word = word.into();
        let known =
            [Self::Abuse, Self::AuthFailure, Self::Fraud, Self::NotSpam, Self::Other, Self::Virus];
        match known.into_iter().find(|one| word.eq_ignore_ascii_case(one.as_str())) {
            Some(known) => Ok(known),
            None if is_atom(&word) => Ok(Self::Unregistered(UnregisteredType(word))),
            None => Err(InvalidValue::Token),
        }
    }

    /// The word of the registry, or the one that was written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Abuse => "abuse",
            Self::AuthFailure => "auth-failure",
            Self::Fraud => "fraud",
            Self::NotSpam => "not-spam",
            Self::Other => "other",
            Self::Virus => "virus",
            Self::Unregistered(word) => word.as_str(),
        }
    }
}

/// The word.
impl fmt::Display for FeedbackType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
