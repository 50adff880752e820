//! The parts of a multipart: shared by clones, and dropped without recursion.

use alloc::{sync::Arc, vec::Vec};
use core::fmt;

use super::Entity;

/// The parts of a multipart, or the one of a message.
#[derive(Clone)]
pub(super) struct Parts<'a>(Arc<Vec<Entity<'a>>>);

impl<'a> Parts<'a> {
    pub(super) fn new(list: Vec<Entity<'a>>) -> Self {
        Self(Arc::new(list))
    }

    pub(super) fn list(&self) -> &[Entity<'a>] {
        &self.0
    }

    /// How many levels these and the parts in them are.
    pub(super) fn depth(&self) -> usize {
        let deepest = self.0.iter().map(Entity::depth).max();
        deepest.unwrap_or_default().saturating_add(1)
    }

    /// The list where nothing else shares it; nothing stays behind.
    fn take(&mut self) -> Vec<Entity<'a>> {
        Arc::get_mut(&mut self.0).map(core::mem::take).unwrap_or_default()
    }
}

/// Parts in parts are taken out one after the other: a tree may be deeper than the stack.
impl Drop for Parts<'_> {
    fn drop(&mut self) {
        let mut waiting = self.take();
        while let Some(mut entity) = waiting.pop() {
            if let Some(parts) = entity.parts_mut() {
                waiting.append(&mut parts.take());
            }
        }
    }
}

/// The number of parts: a tree may be deeper than the stack.
impl fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parts({})", self.0.len())
    }
}
