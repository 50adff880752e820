//! The quota roots of a server, of which each mailbox has some.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_imap::{MailboxName, QuotaLimit, QuotaRoots};

use super::{OverQuota, Quota, SetQuotaError, Usage};

/// The quota roots of a server, by their names. Which of them a mailbox has is for the server to say;
/// a name that no root has limits nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotas(BTreeMap<Bytes, Quota>);

impl Quotas {
    /// These roots. Of two with one name the last counts.
    pub fn new(quotas: impl IntoIterator<Item = Quota>) -> Self {
        Self(quotas.into_iter().map(|quota| (quota.root().clone(), quota)).collect())
    }

    /// The root of this name.
    #[must_use]
    pub fn get(&self, root: &[u8]) -> Option<&Quota> {
        self.0.get(root)
    }

    /// Puts in a root, and gives back the one that had its name.
    pub fn insert(&mut self, quota: Quota) -> Option<Quota> {
        self.0.insert(quota.root().clone(), quota)
    }

    /// Takes a root away.
    pub fn remove(&mut self, root: &[u8]) -> Option<Quota> {
        self.0.remove(root)
    }

    /// The roots of these names that there are, in this order: what GETQUOTAROOT tells.
    pub fn of<R: AsRef<[u8]>>(&self, roots: &[R]) -> impl Iterator<Item = &Quota> {
        distinct(roots).filter_map(|root| self.0.get(root))
    }

    /// Whether so much more fits into a mailbox with these roots.
    ///
    /// # Errors
    ///
    /// [`OverQuota`] with the first limit that would be exceeded.
    pub fn fits<R: AsRef<[u8]>>(&self, roots: &[R], adds: Usage) -> Result<(), OverQuota> {
        self.of(roots).try_for_each(|quota| quota.fits(adds))
    }

    /// Whether this can be moved from a mailbox with some roots into one with others.
    ///
    /// # Errors
    ///
    /// [`OverQuota`] with the first limit that would be exceeded.
    pub fn fits_move<R: AsRef<[u8]>>(
        &self,
        from: &[R],
        to: &[R],
        moved: Usage,
    ) -> Result<(), OverQuota> {
        let is_from = |quota: &Quota| from.iter().any(|root| quota.root() == root.as_ref());
        self.of(to).try_for_each(|quota| {
            let frees = if is_from(quota) { moved } else { Usage::NONE };
            quota.fits_instead(moved, frees)
        })
    }

    /// Whether a message fits into a mailbox with some roots, while another goes from one with others:
    /// REPLACE (RFC 8508 §3.4).
    ///
    /// # Errors
    ///
    /// [`OverQuota`] with the first limit that would be exceeded.
    pub fn fits_replace<R: AsRef<[u8]>>(
        &self,
        from: &[R],
        frees: Usage,
        to: &[R],
        adds: Usage,
    ) -> Result<(), OverQuota> {
        let is_from = |quota: &Quota| from.iter().any(|root| quota.root() == root.as_ref());
        self.of(to).try_for_each(|quota| {
            quota.fits_instead(adds, if is_from(quota) { frees } else { Usage::NONE })
        })
    }

    /// Counts what has come into a mailbox with these roots.
    pub fn add<R: AsRef<[u8]>>(&mut self, roots: &[R], usage: Usage) {
        for root in distinct(roots) {
            if let Some(quota) = self.0.get_mut(root) {
                quota.add(usage);
            }
        }
    }

    /// Counts what has gone from a mailbox with these roots.
    pub fn free<R: AsRef<[u8]>>(&mut self, roots: &[R], usage: Usage) {
        for root in distinct(roots) {
            if let Some(quota) = self.0.get_mut(root) {
                quota.free(usage);
            }
        }
    }

    /// What SETQUOTA does to a root: [`Quota::set`].
    ///
    /// # Errors
    ///
    /// [`SetQuotaError`] when it is to be answered with NO.
    pub fn set(&mut self, root: &[u8], limits: &[QuotaLimit]) -> Result<&Quota, SetQuotaError> {
        let quota = self.0.get_mut(root).ok_or(SetQuotaError::NoRoot)?;
        quota.set(limits)?;
        Ok(quota)
    }
}

/// Each name once. A mailbox has few.
fn distinct<R: AsRef<[u8]>>(roots: &[R]) -> impl Iterator<Item = &[u8]> {
    roots.iter().enumerate().filter_map(|(at, root)| {
        let mut before = roots.iter().take(at);
        before.all(|other| other.as_ref() != root.as_ref()).then(|| root.as_ref())
    })
}

/// The roots of a mailbox, as GETQUOTAROOT tells them before their QUOTA responses.
///
/// ```
/// use postrider_imap::{MailboxName, Response};
/// use postrider_mailbox::quota::quota_roots;
///
/// let mut out = Vec::new();
/// let roots = quota_roots(MailboxName::inbox(), &["#user/alice", "!partition/sda4"]);
/// Response::from(roots).write(&mut out);
/// assert_eq!(out, b"* QUOTAROOT INBOX #user/alice !partition/sda4\r\n");
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
pub fn quota_roots<R: AsRef<[u8]>>(mailbox: MailboxName, roots: &[R]) -> QuotaRoots {
    let roots: Vec<Bytes> = distinct(roots).map(Bytes::copy_from_slice).collect();
    QuotaRoots { mailbox, roots }
}
