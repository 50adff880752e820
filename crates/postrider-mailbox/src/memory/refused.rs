//! Why something is not done.

use alloc::boxed::Box;
use alloc::string::ToString;

use postrider_imap::{Code, CommandName, PlainCode, Status, Text};

use crate::copy::{Exhausted, missing};
use crate::list::{ListError, NameError};
use crate::quota::OverQuota;

/// The store does not do what was asked: the tagged response that says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(Box<Status>);

impl Refused {
    /// NO with a code.
    pub(super) fn no(code: PlainCode, text: &'static str) -> Self {
        Status::no(text).with_code(Code::Plain(code)).into()
    }

    /// BAD.
    pub(super) fn bad(text: &'static str) -> Self {
        Status::bad(text).into()
    }

    /// The command needs a mailbox that is selected, and there is none.
    pub(super) fn nothing_selected() -> Self {
        Self::bad("No mailbox is selected.")
    }

    /// There is no such session.
    pub(super) fn no_session() -> Self {
        Self::bad("There is no such session.")
    }

    /// The mailbox of this command is not there; it could be created.
    pub(super) fn missing(command: CommandName) -> Self {
        Self::no(missing(command, true), "There is no such mailbox.")
    }

    /// The response.
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.0
    }

    /// The response.
    #[must_use]
    pub fn into_status(self) -> Status {
        *self.0
    }
}

impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        Self(Box::new(status))
    }
}

impl From<Exhausted> for Refused {
    fn from(_: Exhausted) -> Self {
        Self::no(PlainCode::Limit, "The mailbox has given out all UIDs.")
    }
}

impl From<NameError> for Refused {
    fn from(error: NameError) -> Self {
        Status::no(words(&error)).with_code(error.code().into()).into()
    }
}

impl From<OverQuota> for Refused {
    fn from(error: OverQuota) -> Self {
        Status::no(words(&error)).with_code(error.code().into()).into()
    }
}

impl From<ListError> for Refused {
    fn from(error: ListError) -> Self {
        Status::bad(words(&error)).into()
    }
}

/// What an error says, which holds nothing that a client sent.
fn words(error: &dyn core::error::Error) -> Text {
    Text::new(error.to_string()).unwrap_or_else(|_| "It cannot be done.".into())
}
