//! How the parts of a message nest themselves.

use alloc::{boxed::Box, vec, vec::Vec};

use super::{BuildError, Entity, MessageBuilder, entity::Body, parts::Parts};
use crate::ContentType;

/// The multiparts there may be.
const FRAMES: usize = 3;

/// The multiparts around what a builder was given, each without its parts, where they are needed;
/// and a text for a message of nothing.
#[derive(Debug)]
pub(super) struct Frames<'a> {
    alternative: Option<Box<Entity<'a>>>,
    related: Option<Box<Entity<'a>>>,
    mixed: Option<Box<Entity<'a>>>,
    empty: Option<Box<Entity<'a>>>,
}

/// An entity and the place of the one around it, which comes before it.
pub(super) type Placed<'e, 'a> = (&'e Entity<'a>, Option<usize>);

impl<'a> Frames<'a> {
    pub(super) fn new(builder: &MessageBuilder<'a>) -> Result<Self, BuildError> {
        let frame = |subtype| {
            let parts = Body::Parts(Parts::new(Vec::new()));
            Entity::of(ContentType::known("multipart", subtype), parts)
        };
        let (shown, inline) = (builder.shown(), builder.inlined());
        let alternative = (shown.len() > 1).then(|| Box::new(frame("alternative")));
        let related = match alternative.as_deref().or_else(|| shown.first()) {
            Some(root) if !inline.is_empty() => {
                let ty = [root.ty.ty(), "/", root.ty.subtype()].concat();
                Some(Box::new(frame("related").with_parameter("type", &ty)?))
            }
            _ => None,
        };
        // Without text, nothing refers to what is inline.
        let loose = if shown.is_empty() { inline.len() } else { 1 };
        let parts = loose.saturating_add(builder.attachments().len());
        let mixed = (parts > 1).then(|| Box::new(frame("mixed")));
        let empty = (parts == 0).then(|| Box::new(Entity::text("")));
        Ok(Self { alternative, related, mixed, empty })
    }

    /// Everything, in the order it is written in: `mixed(related(alternative(shown …), inline …),
    /// attachments …)`.
    pub(super) fn outline<'e>(&'e self, builder: &'e MessageBuilder<'a>) -> Vec<Placed<'e, 'a>> {
        let (shown, inlined) = (builder.shown(), builder.inlined());
        let counts = [shown.len(), inlined.len(), builder.attachments().len(), FRAMES];
        let mut list =
            Vec::with_capacity(counts.iter().fold(0, |sum: usize, one| sum.saturating_add(*one)));
        let mut push = |entity: Option<&'e Entity<'a>>, around| match entity {
            Some(entity) => {
                list.push((entity, around));
                list.len().checked_sub(1)
            }
            None => around,
        };
        push(self.empty.as_deref(), None);
        let mixed = push(self.mixed.as_deref(), None);
        let related = push(self.related.as_deref(), mixed);
        let alternative = push(self.alternative.as_deref(), related);
        for entity in shown {
            push(Some(entity), alternative);
        }
        for entity in inlined {
            push(Some(entity), related);
        }
        for entity in builder.attachments() {
            push(Some(entity), mixed);
        }
        list
    }
}

/// The entity of an outline, with copies of what is in it.
pub(super) fn whole<'a>(outline: &[Placed<'_, 'a>]) -> Entity<'a> {
    let mut inside: Vec<Vec<Entity<'a>>> = vec![Vec::new(); outline.len()];
    for (place, (entity, around)) in outline.iter().enumerate().rev() {
        let mut parts = inside.get_mut(place).map(core::mem::take).unwrap_or_default();
        parts.reverse();
        let entity = match &entity.body {
            Body::Parts(none) if none.list().is_empty() => {
                Entity::of(entity.ty.clone(), Body::Parts(Parts::new(parts)))
            }
            _ => (*entity).clone(),
        };
        match around.and_then(|around| inside.get_mut(around)) {
            Some(parts) => parts.push(entity),
            None => return entity,
        }
    }
    Entity::text("")
}
