//! What a store must answer.

use alloc::borrow::Cow;

use bytes::Bytes;
use postrider_imap::Uid;

use crate::Metadata;

/// What a store must answer of the messages of one mailbox, so that they can be searched, sorted and
/// threaded in one call. A store that cannot answer at once, because it waits for a disk or a network,
/// needs none of this: all that is built upon it can be driven message by message too.
///
/// `None` is a message that is gone, which is no error: another session may have expunged it. What
/// differs from session to session, `\Recent`, is not of the store:
/// [`View::over`](crate::view::View::over) adds it.
///
/// ```
/// use std::borrow::Cow;
/// use std::collections::BTreeMap;
///
/// use bytes::Bytes;
/// use postrider_imap::Uid;
/// use postrider_mailbox::{Messages, Metadata};
///
/// struct Mails(BTreeMap<Uid, (Metadata, Bytes)>);
///
/// impl Messages for Mails {
///     type Error = std::io::Error;
///
///     fn metadata(&self, uid: Uid) -> Result<Option<Cow<'_, Metadata>>, Self::Error> {
///         Ok(self.0.get(&uid).map(|(metadata, _)| Cow::Borrowed(metadata)))
///     }
///
///     fn octets(&self, uid: Uid) -> Result<Option<Bytes>, Self::Error> {
///         Ok(self.0.get(&uid).map(|(_, octets)| octets.clone()))
///     }
/// }
/// ```
pub trait Messages {
    /// What can go wrong in the store.
    type Error;

    /// What the store knows of the message beside its octets. Asked first, and for all messages.
    ///
    /// # Errors
    ///
    /// What went wrong in the store.
    fn metadata(&self, uid: Uid) -> Result<Option<Cow<'_, Metadata>>, Self::Error>;

    /// The octets of the message. Asked only where they are needed.
    ///
    /// # Errors
    ///
    /// What went wrong in the store.
    fn octets(&self, uid: Uid) -> Result<Option<Bytes>, Self::Error>;

    /// The octets of its header section, or more of them: a store that keeps the header apart need
    /// not open the message for ENVELOPE, or for a search of a field.
    ///
    /// # Errors
    ///
    /// What went wrong in the store.
    fn header(&self, uid: Uid) -> Result<Option<Bytes>, Self::Error> {
        self.octets(uid)
    }
}
