//! Why a command is not carried out, as the response that says so.

use alloc::boxed::Box;
use alloc::string::ToString;

use postrider_imap::{Code, CommandName, PlainCode, Status, Text};

use crate::FetchError;
use crate::copy::{Exhausted, missing};
use crate::flags::{KeywordLimit, StoreError};
use crate::list::{ListError, NameError};
use crate::quota::{OverQuota, SetQuotaError};
use crate::results::Unreturnable;
use crate::search::Unsearchable;
use crate::sort::UnsupportedKey;
use crate::thread::UnknownAlgorithm;
use crate::view::NoSuchNumber;

/// A command is not carried out: the tagged response that says so. Every error of this crate that a
/// command can cause becomes one by `?`.
///
/// ```
/// use postrider_imap::{Atom, StatusKind};
/// use postrider_mailbox::{Refused, thread::Algorithm};
///
/// fn algorithm(name: &Atom) -> Result<Algorithm, Refused> {
///     Ok(Algorithm::of(name)?)
/// }
/// let refused = algorithm(&Atom::new("REFS")?).unwrap_err();
/// assert_eq!(refused.status().kind, StatusKind::Bad);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(Box<Status>);

impl Refused {
    /// NO with a code.
    pub(crate) fn no(code: PlainCode, text: &'static str) -> Self {
        Status::no(text).with_code(Code::Plain(code)).into()
    }

    /// BAD.
    pub(crate) fn bad(text: &'static str) -> Self {
        Status::bad(text).into()
    }

    /// The mailbox of this command is not there; it could be created.
    #[must_use]
    pub fn missing(command: CommandName) -> Self {
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

    /// NO or BAD with the words of an error, which hold nothing that a client sent.
    fn new(is_bad: bool, error: &dyn core::error::Error, code: Option<Code>) -> Self {
        let text = Text::new(error.to_string()).unwrap_or_else(|_| "It cannot be done.".into());
        let status = if is_bad { Status::bad(text) } else { Status::no(text) };
        Self(Box::new(match code {
            Some(code) => status.with_code(code),
            None => status,
        }))
    }
}

impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        Self(Box::new(status))
    }
}

/// Errors, whether BAD tells them, and the code that does.
macro_rules! refused {
    ($($error:ty: $is_bad:expr, $code:expr;)*) => {$(
        impl From<$error> for Refused {
            fn from(error: $error) -> Self {
                let (is_bad, code): (fn(&$error) -> bool, fn(&$error) -> Option<Code>) =
                    ($is_bad, $code);
                Self::new(is_bad(&error), &error, code(&error))
            }
        }
    )*};
}

refused! {
    // Of UIDs, or of UIDVALIDITYs.
    Exhausted: |_| false, |_| Some(PlainCode::Limit.into());
    FetchError: |error| error.is_bad(), |error| error.code();
    ListError: |_| true, |_| None;
    NameError: |_| false, |error| Some(error.code().into());
    NoSuchNumber: |_| true, |_| None;
    OverQuota: |_| false, |error| Some(error.code().into());
    SetQuotaError: |_| false, |_| None;
    KeywordLimit: |_| false, |error| Some(error.code());
    StoreError: |error| error.is_bad(), |error| error.code();
    UnknownAlgorithm: |_| true, |_| None;
    Unreturnable: |_| true, |_| None;
    Unsearchable: |error| error.is_bad(), |error| error.code();
    // RFC 5256 §3: "can't sort that criteria".
    UnsupportedKey: |_| false, |_| None;
}
