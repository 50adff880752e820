//! The multipart tree: one pass that looks for delimiters inside multiparts and nowhere else.

mod message;
mod part;

use alloc::{boxed::Box, vec::Vec};

use memchr::{memchr, memmem::Finder};
use postrider_message::{
    Code, Defects, FieldName, HeaderIndex, Parsed, Span, code as message_code,
};

pub use message::{Message, SectionText};
pub use part::Part;

use crate::{ContentType, Limits, TransferEncoding, code};
use part::transfer_encoding;

/// A message of 4 GiB or more, which 32-bit spans cannot index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("message of 4 GiB or more")]
#[non_exhaustive]
pub struct TooLarge;

/// What a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Octets that were not looked at.
    Leaf,
    /// Parts between delimiters.
    Multipart,
    /// One nested message, which is its only child.
    Message,
}

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
}

/// A part that has not ended yet.
struct Open {
    node: u32,
    /// What delimits its parts; `None` in a leaf, a message, and a multipart that was closed.
    boundary: Option<Box<[u8]>>,
    in_digest: bool,
    last_child: Option<u32>,
}

struct Builder<'a> {
    bytes: &'a [u8],
    limits: &'a Limits,
    tree: Tree,
    /// From the root to the innermost part.
    open: Vec<Open>,
    /// Up to here every octet is told.
    at: usize,
    lines: Finder<'static>,
    /// Fields that header sections may still keep.
    budget: usize,
    /// A header section met the end of the budget.
    cut: bool,
}

/// A line that is `--boundary` or `--boundary--` of an open multipart.
struct Delimiter {
    line: Span,
    /// Which of the open parts it belongs to.
    level: usize,
    closing: bool,
}

impl Tree {
    pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, TooLarge> {
        if u32::try_from(bytes.len()).is_err() {
            return Err(TooLarge);
        }
        let builder = Builder {
            bytes,
            limits,
            tree: Self { nodes: Vec::new(), defects: Defects::with_limit(limits.defects) },
            open: Vec::new(),
            at: 0,
            lines: Finder::new(b"\n--"),
            budget: limits.fields,
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

    pub(crate) fn node(&self, id: u32) -> Option<&Node> {
        self.nodes.get(usize::try_from(id).ok()?)
    }
}

impl<'a> Builder<'a> {
    fn run(mut self) -> Tree {
        self.entity(false);
        while let Some(delimiter) = self.next_delimiter() {
            let end = self.end_before(delimiter.line.start());
            self.close_down_to(delimiter.level.saturating_add(1), end);
            self.first_delimiter(&delimiter, end);
            self.at = delimiter.line.end();
            if delimiter.closing {
                self.close_multipart(delimiter.level);
            } else if self.tree.nodes.len() >= self.limits.parts {
                self.defect(&code::TOO_MANY_PARTS, delimiter.line);
                break;
            } else {
                let in_digest = self.open.last().is_some_and(|open| open.in_digest);
                self.entity(in_digest);
            }
        }
        self.close_down_to(0, self.bytes.len());
        self.tree.nodes.shrink_to_fit();
        self.tree
    }

    /// Opens the part that begins here, and, where it is a message, the message in it.
    fn entity(&mut self, in_digest: bool) {
        let mut in_digest = in_digest;
        loop {
            let (bytes, open) = (self.bytes, &self.open);
            let (limits, budget) = (&self.limits.headers, &mut self.budget);
            let headers = HeaderIndex::parse_until(bytes, self.at, limits, budget, |line| {
                match_delimiter(bytes, open, line).is_some()
            });
            if headers.is_cut() && self.budget == 0 && !self.cut {
                self.cut = true;
                self.defect(&message_code::TOO_MANY_FIELDS, headers.span());
            }
            let start = headers.separator().end();
            self.at = start;
            let nested = self.open_node(headers, start, in_digest);
            if !nested {
                return;
            }
            in_digest = false;
        }
    }

    /// Adds the part to the table. True where a message begins at its body.
    fn open_node(&mut self, headers: HeaderIndex, start: usize, in_digest: bool) -> bool {
        let node = u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX);
        let (kind, boundary, digest) = self.kind(&headers, in_digest);
        let body = Span::from_range(start..start);
        let parent = self.open.last_mut();
        let (parent, previous) = match parent {
            Some(open) => (Some(open.node), open.last_child.replace(node)),
            None => (None, None),
        };
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
        self.open.push(Open { node, boundary, in_digest: digest, last_child: None });
        kind == Kind::Message
    }

    /// What the part is, its boundary, and whether it is a digest.
    fn kind(&mut self, headers: &HeaderIndex, in_digest: bool) -> (Kind, Option<Box<[u8]>>, bool) {
        const LEAF: (Kind, Option<Box<[u8]>>, bool) = (Kind::Leaf, None, false);
        let view = headers.headers(self.bytes);
        let Some(field) = view.get(FieldName::ContentType) else {
            let message = in_digest && transfer_encoding(view).is_identity();
            return if message && self.may_nest(headers.span()) {
                (Kind::Message, None, false)
            } else {
                LEAF
            };
        };
        let read: Parsed<'_, ContentType<'_>> = field.read();
        let ty = &read.value;
        let encoding = transfer_encoding(view);
        if ty.is_type("multipart") {
            let boundary = ty.boundary().map(Box::<[u8]>::from);
            let Some(boundary) = boundary else {
                self.defect(&code::NO_BOUNDARY, field.span());
                return (Kind::Multipart, None, false);
            };
            let whole = ty.parameters().octets("boundary");
            if whole.as_ref().is_some_and(|whole| whole.len() > boundary.len()) {
                self.defect(&code::BOUNDARY_SPACE, field.span());
            }
            if ty.parameters().get("boundary") != whole.as_deref() {
                self.defect(&code::EXTENDED_BOUNDARY, field.span());
            }
            if !encoding.is_identity() && encoding != TransferEncoding::Unknown {
                self.defect(&code::ENCODED_CONTAINER, field.span());
            }
            let digest = ty.is("multipart", "digest");
            if self.may_nest(field.span()) {
                return (Kind::Multipart, Some(boundary), digest);
            }
        } else if (ty.is("message", "rfc822") || ty.is("message", "global"))
            && encoding.is_identity()
            && self.may_nest(field.span())
        {
            return (Kind::Message, None, false);
        }
        LEAF
    }

    /// Whether the limits allow parts in a part.
    fn may_nest(&mut self, span: Span) -> bool {
        let deep = self.open.len() >= self.limits.depth;
        let many = self.tree.nodes.len().saturating_add(1) >= self.limits.parts;
        if deep {
            self.defect(&code::TOO_DEEP, span);
        } else if many {
            self.defect(&code::TOO_MANY_PARTS, span);
        }
        !deep && !many
    }

    /// The next delimiter of any open multipart. Reads nothing where none is open.
    fn next_delimiter(&self) -> Option<Delimiter> {
        if self.open.iter().all(|open| open.boundary.is_none()) {
            return None;
        }
        let rest = self.bytes.get(self.at..)?;
        let first = rest.starts_with(b"--").then_some(self.at);
        // Behind a header section or a delimiter, `at` is the start of a line.
        let later =
            self.lines.find_iter(rest).map(|lf| self.at.saturating_add(lf).saturating_add(1));
        first
            .into_iter()
            .chain(later)
            .find_map(|line| match_delimiter(self.bytes, &self.open, line))
    }

    /// Where a body ends that a delimiter line at `line` ends: the line end before it belongs to
    /// the delimiter (RFC 2046 §5.1.1), unless it is told already.
    fn end_before(&self, line: usize) -> usize {
        let body = self.bytes.get(self.at..line).unwrap_or_default();
        let body = body.strip_suffix(b"\n").map_or(body, |b| b.strip_suffix(b"\r").unwrap_or(b));
        self.at.saturating_add(body.len())
    }

    /// Ends the open parts from the innermost down to, and with, this level.
    fn close_down_to(&mut self, level: usize, end: usize) {
        while self.open.len() > level {
            let Some(open) = self.open.pop() else { return };
            let unclosed = open.boundary.is_some();
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
        let Some(open) = self.open.get(delimiter.level) else { return };
        if open.last_child.is_none() {
            self.with(open.node, |node| {
                node.preamble = Span::from_range(node.body.start()..end);
            });
        }
    }

    /// Begins the epilogue: the boundary delimits no more.
    fn close_multipart(&mut self, level: usize) {
        let at = self.at;
        let Some(open) = self.open.get_mut(level) else { return };
        open.boundary = None;
        let node = open.node;
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

/// The delimiter that the line at `start` is: the whole line, white space at its end aside, the
/// innermost open multipart first. So a boundary that another begins with is no trap.
///
/// `delimiter = CRLF "--" boundary`, `close-delimiter = delimiter "--"`, then
/// `transport-padding CRLF` (RFC 2046 §5.1.1).
fn match_delimiter(bytes: &[u8], open: &[Open], start: usize) -> Option<Delimiter> {
    let rest = bytes.get(start..)?;
    let length = memchr(b'\n', rest).map_or(rest.len(), |lf| lf.saturating_add(1));
    let text = rest.get(..length)?.strip_prefix(b"--")?.trim_ascii_end();
    let (level, closing) = open.iter().enumerate().rev().find_map(|(level, open)| {
        let after = text.strip_prefix(open.boundary.as_deref()?)?;
        match after {
            b"" => Some((level, false)),
            b"--" => Some((level, true)),
            _ => None,
        }
    })?;
    let line = Span::from_range(start..start.saturating_add(length));
    Some(Delimiter { line, level, closing })
}
