//! The boundaries of a message, and which of them an edit could confuse.

use alloc::vec::Vec;

use memchr::memchr;

use crate::{
    Part,
    structure::LONGEST_BOUNDARY,
    tree::{Kind, Node, Tree},
};

/// The boundary of each multipart, by its place in the table of parts.
#[derive(Debug, Clone)]
pub(super) struct Boundaries {
    of: Vec<Option<Vec<u8>>>,
    /// Multiparts whose delimiters a multipart in them would take for its own, were it not followed
    /// by what follows it now.
    at_risk: Vec<bool>,
}

impl Boundaries {
    /// Reads them all. Takes time by the parts, times the depth of those that are not closed.
    pub(super) fn of(bytes: &[u8], tree: &Tree) -> Self {
        let boundary = |node: &Node| match node.kind {
            Kind::Multipart => boundary(Part::new(bytes, tree, node)),
            Kind::Leaf | Kind::Message => None,
        };
        let of: Vec<_> = tree.nodes().map(boundary).collect();
        let mut table = Self { at_risk: alloc::vec![false; of.len()], of };
        for (inner, node) in tree.nodes().enumerate() {
            if node.epilogue.is_some() {
                continue;
            }
            let Some(Some(taker)) = table.of.get(inner) else { continue };
            for outer in around(tree, node) {
                let taken = table.get(outer).is_some_and(|text| takes(taker, text));
                if let Some(at_risk) = table.at_risk.get_mut(index(outer)) {
                    *at_risk |= taken;
                }
            }
        }
        table
    }

    pub(super) fn get(&self, id: u32) -> Option<&[u8]> {
        self.of.get(index(id))?.as_deref()
    }

    pub(super) fn is_at_risk(&self, id: u32) -> bool {
        self.at_risk.get(index(id)) == Some(&true)
    }
}

/// What delimits the parts of this multipart. `None` where nothing does, or no line can hold it.
fn boundary(part: Part<'_>) -> Option<Vec<u8>> {
    let boundary = part.content_type().value.boundary()?.into_owned();
    let fits = boundary.len() <= LONGEST_BOUNDARY && memchr(b'\n', &boundary).is_none();
    fits.then_some(boundary)
}

/// The parts around a part, the innermost first.
pub(super) fn around<'t>(tree: &'t Tree, node: &Node) -> impl Iterator<Item = u32> + use<'t> {
    let parent = move |id: &u32| tree.node(*id).and_then(|node| node.parent);
    core::iter::successors(node.parent, parent)
}

pub(super) fn index(id: u32) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}

/// Whether the delimiters of one boundary, closing or not, are read as those of another inside it.
fn takes(taker: &[u8], boundary: &[u8]) -> bool {
    let closing = |longer: &[u8], shorter: &[u8]| longer.strip_suffix(b"--") == Some(shorter);
    taker == boundary || closing(taker, boundary) || closing(boundary, taker)
}

/// Whether a line of the octets is read as a delimiter of one of these boundaries.
pub(super) fn has_delimiter(octets: &[u8], boundaries: &[Vec<u8>]) -> bool {
    let mut lines = octets.split_inclusive(|&octet| octet == b'\n');
    lines.any(|line| {
        let Some(text) = line.strip_prefix(b"--") else { return false };
        let text = text.trim_ascii_end();
        let is_of = |boundary: &Vec<u8>| {
            matches!(text.strip_prefix(boundary.as_slice()), Some(b"" | b"--"))
        };
        boundaries.iter().any(is_of)
    })
}

/// Whether a multipart in the octets, which are a part, is not closed and takes delimiters of one
/// of these boundaries for its own.
pub(super) fn would_swallow(bytes: &[u8], tree: &Tree, boundaries: &[Vec<u8>]) -> bool {
    let mut open = tree
        .nodes()
        .filter(|node| node.kind == Kind::Multipart && node.epilogue.is_none())
        .filter_map(|node| boundary(Part::new(bytes, tree, node)));
    open.any(|taker| boundaries.iter().any(|boundary| takes(&taker, boundary)))
}
