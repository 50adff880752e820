//! Why there can be no such search.

use alloc::vec;

use postrider_imap::{Atom, Charset, Code};

/// Why there can be no such search. The command is answered with `NO`, or with `BAD` where
/// [`is_bad`](Self::is_bad) says so, and with [`code`](Self::code). After `NO`, `$` is empty where the
/// command was to save (RFC 5182 §2.1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsearchable {
    /// The charset is not known.
    #[error("the charset of the search is not known")]
    Charset,
    /// A filter, whose strings are in UTF-8, is asked for beside another charset (RFC 5466 §3.1).
    #[error("filters are in UTF-8, which the charset of the search is not")]
    CharsetOfFilter,
    /// A string is not in the charset of the search.
    #[error("a string is not in the charset of the search")]
    Octets,
    /// There is no filter of this name, or filters name each other without an end (RFC 5466 §3.1).
    #[error("there is no such filter")]
    UndefinedFilter(Atom),
    /// A key that this crate does not know: `ANNOTATION`, one of Gmail, or another.
    #[error("a key of the search is not supported")]
    Key,
    /// There are more keys than a search may have, with those of filters, or longer ones.
    #[error("the search has too many keys")]
    TooManyKeys,
}

impl Unsearchable {
    /// Whether the command is answered with `BAD`, as one with invalid arguments, and not with `NO`.
    #[must_use]
    pub const fn is_bad(&self) -> bool {
        matches!(self, Self::CharsetOfFilter | Self::Octets | Self::Key)
    }

    /// The response code to answer with.
    ///
    /// ```
    /// use postrider_imap::{Charset, Code, SearchKey};
    /// use postrider_mailbox::search::{Scope, Search};
    ///
    /// let keys = [SearchKey::Text("x".into())];
    /// let charset = Charset::new("x-unknown")?;
    /// let error = Search::new(&keys, Some(&charset), &Scope::new(0, None, 0)).unwrap_err();
    /// assert!(!error.is_bad());
    /// let known = vec![Charset::us_ascii(), Charset::utf8()];
    /// assert_eq!(error.code(), Some(Code::BadCharset(known)));
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            // The two that all servers have (RFC 9051 §6.4.4); the list need not be complete.
            Self::Charset | Self::CharsetOfFilter => {
                Some(Code::BadCharset(vec![Charset::us_ascii(), Charset::utf8()]))
            }
            Self::UndefinedFilter(name) => Some(Code::UndefinedFilter(name.clone())),
            Self::TooManyKeys => Some(Code::Plain(postrider_imap::PlainCode::Limit)),
            Self::Octets | Self::Key => None,
        }
    }
}
