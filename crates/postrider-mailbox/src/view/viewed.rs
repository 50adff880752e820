//! A store as one session sees it.

use alloc::borrow::Cow;

use bytes::Bytes;
use postrider_imap::{Flag, Uid};

use super::View;
use crate::{Messages, Metadata};

/// The messages of a store as one session sees them: with `\Recent` where they are for this session,
/// which the store does not know. So `SEARCH NEW` and the FLAGS of FETCH are right.
///
/// ```
/// # use postrider_imap::{Flag, InternalDate, Uid};
/// # use postrider_mailbox::{Messages, Metadata};
/// use postrider_mailbox::view::{Access, Numbering, Recents, View};
/// # struct Store(Metadata);
/// # impl Messages for Store {
/// #     type Error = core::convert::Infallible;
/// #     fn metadata(&self, _: Uid) -> Result<Option<std::borrow::Cow<'_, Metadata>>, Self::Error> {
/// #         Ok(Some(std::borrow::Cow::Borrowed(&self.0)))
/// #     }
/// #     fn octets(&self, _: Uid) -> Result<Option<bytes::Bytes>, Self::Error> { Ok(None) }
/// # }
/// # let uid = Uid::new(1)?;
/// # let store = Store(Metadata::new(uid, [], InternalDate::from_unix(0, 0)?, 9));
///
/// let view = View::new(Numbering::new([uid])?).with_recents(&Recents::new(None), Access::ReadWrite);
/// let viewed = view.over(&store);
/// let Ok(metadata) = viewed.metadata(uid);
/// assert!(metadata.is_some_and(|metadata| metadata.flags.contains(&Flag::Recent)));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Viewed<'a, S: ?Sized> {
    view: &'a View,
    store: &'a S,
}

impl View {
    /// The messages of the store as this session sees them.
    #[must_use]
    pub const fn over<'a, S: Messages + ?Sized>(&'a self, store: &'a S) -> Viewed<'a, S> {
        Viewed { view: self, store }
    }
}

impl<S: Messages + ?Sized> Messages for Viewed<'_, S> {
    type Error = S::Error;

    fn metadata(&self, uid: Uid) -> Result<Option<Cow<'_, Metadata>>, S::Error> {
        let Some(mut metadata) = self.store.metadata(uid)? else { return Ok(None) };
        if self.view.is_recent(uid) {
            metadata.to_mut().flags.insert(&Flag::Recent);
        }
        Ok(Some(metadata))
    }

    fn octets(&self, uid: Uid) -> Result<Option<Bytes>, S::Error> {
        self.store.octets(uid)
    }

    fn header(&self, uid: Uid) -> Result<Option<Bytes>, S::Error> {
        self.store.header(uid)
    }
}
