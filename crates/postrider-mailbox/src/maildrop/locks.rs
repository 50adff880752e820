//! The exclusive lock of a maildrop (RFC 1939 §4).

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::sync::Arc;

use postrider_pop3::ResponseCode;

/// Which maildrops are open, by the names that the server has for them: each in one session (RFC 1939
/// §4). A server of several processes keeps such a set where all of them see it.
///
/// The session of a lock ends in many ways; each of them has to [`unlock`](Self::unlock) it.
#[derive(Clone, Debug)]
pub struct Locks<K> {
    held: BTreeMap<K, Mark>,
}

/// What one lock has in common with its entry, and with nothing else: its place in memory.
#[derive(Clone, Debug, Default)]
struct Mark(Arc<()>);

impl PartialEq for Mark {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Mark {}

/// One lock. It does nothing when it is dropped: it has to be given back.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a lock that is not given back stays"]
pub struct Lock<K> {
    name: K,
    mark: Mark,
}

/// The maildrop is open in another session: `-ERR [IN-USE]` (RFC 2449 §8.1.2, RFC 3206 §3).
///
/// ```
/// use postrider_mailbox::maildrop::Locks;
/// use postrider_pop3::Reply;
///
/// let mut locks = Locks::new();
/// let _lock = locks.lock(1)?;
/// let refused = locks.lock(1).expect_err("it is open");
/// let reply = Reply::err("Do you have another POP session running?")?.with_code(refused.code());
/// assert_eq!(reply.to_line(), b"-ERR [IN-USE] Do you have another POP session running?\r\n");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the maildrop is open in another session")]
#[expect(clippy::exhaustive_structs, reason = "there is no more to say")]
pub struct InUse;

impl InUse {
    /// The response code, which is temporary: it counts as no guess of a password.
    #[must_use]
    pub const fn code(self) -> ResponseCode {
        ResponseCode::InUse
    }
}

impl<K> Lock<K> {
    /// Of which maildrop.
    pub const fn name(&self) -> &K {
        &self.name
    }
}

impl<K> Locks<K> {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { held: BTreeMap::new() }
    }
}

impl<K> Default for Locks<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Clone + Ord> Locks<K> {
    /// Locks a maildrop for a session that logs in.
    ///
    /// # Errors
    ///
    /// [`InUse`] when another session has it.
    pub fn lock(&mut self, name: K) -> Result<Lock<K>, InUse> {
        match self.held.entry(name.clone()) {
            Entry::Occupied(_) => Err(InUse),
            Entry::Vacant(vacant) => {
                let mark = vacant.insert(Mark::default()).clone();
                Ok(Lock { name, mark })
            }
        }
    }

    /// Gives a lock back. Whether it still held: one that was broken does not open the maildrop of the
    /// session that came after it, and one of another set opens nothing.
    #[expect(clippy::needless_pass_by_value, reason = "a lock is given back once")]
    pub fn unlock(&mut self, lock: Lock<K>) -> bool {
        let holds = self.holds(&lock);
        if holds {
            self.held.remove(&lock.name);
        }
        holds
    }

    /// Whether a lock was not broken. A session asks before it removes messages.
    #[must_use]
    pub fn holds(&self, lock: &Lock<K>) -> bool {
        self.held.get(&lock.name) == Some(&lock.mark)
    }

    /// Opens a maildrop whose session is thought to be dead, by its name. Whether it was locked.
    pub fn break_lock(&mut self, name: &K) -> bool {
        self.held.remove(name).is_some()
    }

    /// Whether a session has this maildrop.
    #[must_use]
    pub fn is_locked(&self, name: &K) -> bool {
        self.held.contains_key(name)
    }
}
