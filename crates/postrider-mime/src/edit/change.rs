//! What an edit makes of one part.

use alloc::vec::Vec;

/// A new part as it will be written, header section and body.
pub(super) type NewPart = Vec<u8>;

/// What becomes of the octets of a part.
#[derive(Debug, Clone, Default)]
pub(super) enum Fate {
    /// They stay, as far as nothing in them is edited.
    #[default]
    Kept,
    /// They go, and the delimiter before them.
    Removed,
    /// Others stand in their place.
    Replaced(NewPart),
    /// The header section stays, and has another body.
    Body(Vec<u8>),
}

/// The changes to one part.
#[derive(Debug, Clone, Default)]
pub(super) struct Change<'a> {
    pub(super) fate: Fate,
    /// The fields as they are to be.
    pub(super) headers: Option<postrider_message::Edit<'a>>,
    /// Fields behind these, written elsewhere, each with its line end.
    pub(super) moved: Vec<u8>,
    /// Parts beside it.
    pub(super) before: Vec<NewPart>,
    pub(super) after: Vec<NewPart>,
    /// Parts in it, before and behind those it has.
    pub(super) first: Vec<NewPart>,
    pub(super) last: Vec<NewPart>,
    /// Of a multipart: how many parts are in it now, once that was counted.
    pub(super) left: Option<usize>,
    pub(super) wrap: Option<Wrap>,
    pub(super) unwrapped: bool,
    /// Its header section was taken over by the message around it.
    pub(super) headless: bool,
}

/// A multipart around a part.
#[derive(Debug, Clone)]
pub(super) struct Wrap {
    pub(super) boundary: Vec<u8>,
    /// The header section of the multipart with its empty line; `None` where it is that of the
    /// message, which keeps its other fields.
    pub(super) header: Option<Vec<u8>>,
    /// The header section with its empty line that the body of the message has from now on.
    pub(super) inner: Vec<u8>,
    /// Parts behind the one it is around.
    pub(super) last: Vec<NewPart>,
}

impl Change<'_> {
    /// Whether what is in the part is no longer there.
    pub(super) const fn is_emptied(&self) -> bool {
        !matches!(self.fate, Fate::Kept)
    }

    pub(super) const fn is_removed(&self) -> bool {
        matches!(self.fate, Fate::Removed)
    }

    /// The new parts, wherever they stand.
    pub(super) fn new_parts(&self) -> impl Iterator<Item = &NewPart> {
        let own = match &self.fate {
            Fate::Replaced(octets) | Fate::Body(octets) => Some(octets),
            Fate::Kept | Fate::Removed => None,
        };
        let lists = [&self.before, &self.after, &self.first, &self.last];
        let wrapped = self.wrap.iter().flat_map(|wrap| &wrap.last);
        lists.into_iter().flatten().chain(own).chain(wrapped)
    }
}
