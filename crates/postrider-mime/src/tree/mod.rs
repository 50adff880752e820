//! The multipart tree: one pass that looks for delimiters inside multiparts and nowhere else.

mod message;
mod part;
mod place;

use alloc::vec::Vec;

use postrider_message::{Code, Defects, Field, FieldName, HeaderIndex, Span, code as message_code};

pub use message::Message;
pub use part::Part;

use crate::{
    Limits, code,
    structure::{Delimiter, Found, Nesting, Shape, is_delimiter, next_delimiter, shape},
};

use part::{first, transfer_encoding};

pub(crate) use crate::structure::Kind;

/// A message of 4 GiB or more, which 32-bit spans cannot index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("message of 4 GiB or more")]
#[non_exhaustive]
pub struct TooLarge;

/// One part in the flat table. The spans are of the storage.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) headers: HeaderIndex,
    pub(crate) body: Span,
    pub(crate) kind: Kind,
    /// Where a part without Content-Type is a message (RFC 2046 §5.1.5).
    pub(crate) in_digest: bool,
    pub(crate) parent: Option<u32>,
    pub(crate) first_child: Option<u32>,
    pub(crate) next_sibling: Option<u32>,
    /// What stands before the first delimiter of a multipart.
    pub(crate) preamble: Span,
    /// What stands behind its closing delimiter.
    pub(crate) epilogue: Option<Span>,
}

/// The parts of a message, the root first, each parent before its children.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    defects: Defects,
    /// What a message that is found later, in an encoded part, is held to as well.
    limits: Limits,
}

/// What is kept of a part that has not ended yet.
struct Open {
    node: u32,
    last_child: Option<u32>,
}

/// Parts that get room at once where there is more than one.
const FEW: usize = 8;

struct Builder<'a> {
    bytes: &'a [u8],
    limits: &'a Limits,
    tree: Tree,
    nesting: Nesting<Open>,
    /// Up to here every octet is told.
    at: usize,
    /// A header section met the end of the budget.
    cut: bool,
}

impl Tree {
    pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, TooLarge> {
        if u32::try_from(bytes.len()).is_err() {
            return Err(TooLarge);
        }
        let builder = Builder {
            bytes,
            limits,
            tree: Self {
                // Most messages have one part.
                nodes: Vec::with_capacity(1),
                defects: Defects::with_limit(limits.defects),
                limits: *limits,
            },
            nesting: Nesting::new(limits),
            at: 0,
            cut: false,
        };
        Ok(builder.run())
    }

    #[expect(clippy::indexing_slicing, reason = "the builder opens the root before all else")]
    pub(crate) fn root(&self) -> &Node {
        &self.nodes[0]
    }

    pub(crate) fn nodes(&self) -> core::slice::Iter<'_, Node> {
        self.nodes.iter()
    }

    pub(crate) const fn defects(&self) -> &Defects {
        &self.defects
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Where a part stands in the table. `None` where it is in another.
    pub(crate) fn index_of(&self, node: &Node) -> Option<u32> {
        let wanted = core::ptr::from_ref(node);
        let found = self.nodes.binary_search_by_key(&wanted, core::ptr::from_ref);
        u32::try_from(found.ok()?).ok()
    }

    pub(crate) fn node(&self, id: u32) -> Option<&Node> {
        self.nodes.get(usize::try_from(id).ok()?)
    }
}

impl Builder<'_> {
    fn run(mut self) -> Tree {
        self.entity(false);
        while let Some(delimiter) = self.next_delimiter() {
            let end = self.at.saturating_add(delimiter.start);
            let line = self.at.saturating_add(delimiter.line);
            self.close_down_to(delimiter.level.saturating_add(1), end);
            self.first_delimiter(&delimiter, end);
            self.at = self.at.saturating_add(delimiter.end);
            if delimiter.closing {
                self.close_multipart(delimiter.level);
            } else if self.nesting.parts() >= self.limits.parts {
                self.defect(&code::TOO_MANY_PARTS, Span::from_range(line..self.at));
                break;
            } else {
                let in_digest = self.nesting.innermost().is_some_and(|level| level.is_digest);
                self.entity(in_digest);
            }
        }
        self.close_down_to(0, self.bytes.len());
        if self.tree.nodes.capacity() > FEW {
            self.tree.nodes.shrink_to_fit();
        }
        self.tree
    }

    /// Opens the part that begins here, and, where it is a message, the message in it.
    fn entity(&mut self, in_digest: bool) {
        let mut in_digest = in_digest;
        loop {
            let (bytes, limits) = (self.bytes, &self.limits.headers);
            let (nesting, mut budget) = (&self.nesting, self.nesting.fields());
            let headers = HeaderIndex::parse_until(bytes, self.at, limits, &mut budget, |line| {
                let rest = bytes.get(line..).unwrap_or_default();
                is_delimiter(rest, true, nesting) == Some(true)
            });
            self.nesting.set_fields(budget);
            if headers.is_cut() && budget == 0 && !self.cut {
                self.cut = true;
                self.defect(&message_code::TOO_MANY_FIELDS, headers.span());
            }
            self.at = headers.separator().end();
            if self.open_node(headers, in_digest) != Kind::Message {
                return;
            }
            in_digest = false;
        }
    }

    /// Adds the part whose body begins here to the table. Tells its kind.
    fn open_node(&mut self, headers: HeaderIndex, in_digest: bool) -> Kind {
        let node = u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX);
        let shape = self.shape(&headers, in_digest);
        let kind = shape.kind;
        let body = Span::from_range(self.at..self.at);
        let (parent, previous) = match self.nesting.innermost().map(|level| &mut level.kept) {
            Some(open) => (Some(open.node), open.last_child.replace(node)),
            None => (None, None),
        };
        self.nesting.enter(&shape, Open { node, last_child: None });
        if self.tree.nodes.len() == self.tree.nodes.capacity() {
            // Nodes are large, and most trees small: so they are moved seldom.
            self.tree.nodes.reserve(self.tree.nodes.len().saturating_mul(3).max(FEW - 1));
        }
        self.tree.nodes.push(Node {
            headers,
            body,
            kind,
            in_digest,
            parent,
            first_child: None,
            next_sibling: None,
            preamble: body,
            epilogue: None,
        });
        match (previous, parent) {
            (Some(previous), _) => self.with(previous, |one| one.next_sibling = Some(node)),
            (None, Some(parent)) => self.with(parent, |one| one.first_child = Some(node)),
            (None, None) => {}
        }
        kind
    }

    fn shape(&mut self, headers: &HeaderIndex, in_digest: bool) -> Shape {
        let view = headers.headers(self.bytes);
        let field = first(view, FieldName::ContentType, self.limits.field);
        let span = field.map_or_else(|| headers.span(), Field::span);
        let encoding = first(view, FieldName::ContentTransferEncoding, self.limits.field);
        let refusal = self.nesting.refusal(self.limits);
        let (defects, most) = (&mut self.tree.defects, self.limits.field);
        shape(
            field.map(Field::raw_value),
            || transfer_encoding(view, most),
            in_digest,
            refusal,
            |told| match encoding {
                Some(field) if *told == code::ENCODED_CONTAINER => defects.push(told, field.span()),
                _ => defects.push(told, span),
            },
        )
    }

    /// The next delimiter of any open multipart, by offsets from here. Reads nothing where none is
    /// open.
    fn next_delimiter(&self) -> Option<Delimiter> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        // Behind a header section or a delimiter, a line starts here.
        match next_delimiter(rest, true, true, &self.nesting) {
            Found::Delimiter(delimiter) => Some(delimiter),
            Found::Undecided(_) => None,
        }
    }

    /// Ends the open parts from the innermost down to, and with, this level.
    fn close_down_to(&mut self, level: usize, end: usize) {
        while self.nesting.depth() > level {
            let Some((open, unclosed)) = self.nesting.leave() else { return };
            self.with(open.node, |node| {
                node.body = Span::from_range(node.body.start()..end);
                if let Some(epilogue) = &mut node.epilogue {
                    *epilogue = Span::from_range(epilogue.start()..end);
                } else if node.kind == Kind::Multipart && node.first_child.is_none() {
                    node.preamble = node.body;
                }
            });
            if unclosed {
                self.defect(&code::UNCLOSED_MULTIPART, Span::from_range(end..end));
            }
        }
    }

    /// Ends the preamble where this delimiter is the first one.
    fn first_delimiter(&mut self, delimiter: &Delimiter, end: usize) {
        let Some(level) = self.nesting.level(delimiter.level) else { return };
        let Open { node, last_child } = level.kept;
        if last_child.is_none() {
            self.with(node, |node| {
                node.preamble = Span::from_range(node.body.start()..end);
            });
        }
    }

    /// Begins the epilogue: the boundary delimits no more.
    fn close_multipart(&mut self, level: usize) {
        let at = self.at;
        self.nesting.close(level);
        let Some(level) = self.nesting.level(level) else { return };
        let node = level.kept.node;
        self.with(node, |node| node.epilogue = Some(Span::from_range(at..at)));
    }

    fn with(&mut self, id: u32, change: impl FnOnce(&mut Node)) {
        let node = usize::try_from(id).ok().and_then(|id| self.tree.nodes.get_mut(id));
        if let Some(node) = node {
            change(node);
        }
    }

    fn defect(&mut self, code: &'static Code, span: Span) {
        self.tree.defects.push(code, span);
    }
}
