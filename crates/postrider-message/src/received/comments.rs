//! The comments of a clause: nearly always none or one, which takes no memory of its own.

use alloc::{borrow::Cow, vec, vec::Vec};
use core::{mem, slice};

/// `Many` are two at least, so that equal lists are equal values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Comments<'a> {
    #[default]
    None,
    One(Cow<'a, str>),
    Many(Vec<Cow<'a, str>>),
}

impl<'a> Comments<'a> {
    pub(super) fn push(&mut self, comment: Cow<'a, str>) {
        *self = match mem::take(self) {
            Self::None => Self::One(comment),
            Self::One(first) => Self::Many(vec![first, comment]),
            Self::Many(mut list) => {
                list.push(comment);
                Self::Many(list)
            }
        };
    }

    pub(super) fn as_slice(&self) -> &[Cow<'a, str>] {
        match self {
            Self::None => &[],
            Self::One(comment) => slice::from_ref(comment),
            Self::Many(list) => list,
        }
    }
}
