//! A message in pieces: header sections and delimiters as text, contents as they are.

use alloc::vec::Vec;
use core::ops::Range;

use postrider_message::{Folder, Parameters, WriteValue};

use super::{
    BuildError, Content, Options,
    entity::Body,
    layout::{Layout, Node},
    outline::Placed,
    plain::is_plain,
    presentation::Presentation,
};
use crate::{
    Disposition,
    encoding::{Lines, TransferEncoding},
};

/// Octets of a line that need not be folded (RFC 5322 §2.1.1).
const LINE: usize = 78;

/// Octets of the fields and the delimiter of a part, about.
const PART: usize = 256;

/// A piece of a message.
#[derive(Debug, Clone)]
pub(super) enum Piece<'a> {
    /// A range of the text of the plan.
    Text(Range<usize>),
    /// A content, written as it is or encoded.
    Content {
        content: Content<'a>,
        encoding: TransferEncoding,
        lines: Lines,
        as_it_is: bool,
        /// Octets that it is written as, about.
        room: usize,
        /// It is to be signed, and may be encoded.
        is_signed: bool,
    },
}

/// A whole message in the order it is written in.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan<'a> {
    pub(super) text: Vec<u8>,
    pub(super) pieces: Vec<Piece<'a>>,
    pub(super) stem: Vec<u8>,
    pub(super) signing: bool,
    /// Where the text begins that is in no piece yet.
    start: usize,
}

/// The fields of a message beside those of its entity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'s> {
    pub(super) fields: &'s str,
    /// Whether `MIME-Version` is missing.
    pub(super) version: bool,
}

impl<'a> Plan<'a> {
    /// The plan of entities that lie in the first of them: of a message where there is a section.
    pub(super) fn new(
        outline: &[Placed<'_, 'a>],
        section: Option<Section<'_>>,
        options: &Options,
        seed: &[u8; 32],
        avoid: &[impl AsRef<[u8]>],
    ) -> Result<Self, BuildError> {
        if section.is_some_and(|section| !options.writes_utf8() && !section.fields.is_ascii()) {
            return Err(BuildError::NotAscii);
        }
        let layout = Layout::new(outline, options, seed, avoid)?;
        let mut plan = Self { stem: layout.stem, signing: options.signing, ..Self::default() };
        let fields = section.map_or(0, |section| section.fields.len());
        plan.text.reserve(layout.nodes.len().saturating_mul(PART).saturating_add(fields));
        plan.pieces.reserve(layout.nodes.len().saturating_mul(2).saturating_add(1));
        // The composites that are not closed yet.
        let mut open: Vec<usize> = Vec::new();
        let nodes = &layout.nodes;
        for (place, node) in nodes.iter().enumerate() {
            while open.last().copied() != node.parent
                && let Some(done) = open.pop().and_then(|place| nodes.get(place))
            {
                plan.close(done);
            }
            let around = node.parent.and_then(|place| nodes.get(place));
            let is_first = node.parent.and_then(|parent| parent.checked_add(1)) == Some(place);
            plan.begin(around, section.filter(|_| around.is_none()), is_first);
            plan.entity(node, options)?;
            if node.entity.parts().is_some() {
                open.push(place);
            }
        }
        while let Some(done) = open.pop().and_then(|place| nodes.get(place)) {
            plan.close(done);
        }
        // The last line of a message has an end; that of a part is the delimiter's.
        if section.is_some() && nodes.first().is_some_and(|root| root.boundary.is_some()) {
            plan.text.extend_from_slice(b"\r\n");
        }
        plan.cut();
        Ok(plan)
    }

    /// What stands before the fields of an entity.
    fn begin(&mut self, around: Option<&Node<'_, '_>>, root: Option<Section<'_>>, is_first: bool) {
        let section = match around.map(|node| &node.entity.body) {
            Some(Body::Message { section, version, .. }) => {
                Some(Section { fields: section, version: *version })
            }
            Some(_) => None,
            None => root,
        };
        if let Some(boundary) = around.and_then(|node| node.boundary.as_deref()) {
            let start = if is_first { "--" } else { "\r\n--" };
            self.push([start, boundary, "\r\n"]);
        }
        if let Some(section) = section {
            let version = if section.version { "MIME-Version: 1.0\r\n" } else { "" };
            self.push([section.fields, version, ""]);
        }
    }

    /// The fields of an entity, and its content where it has no parts.
    fn entity(&mut self, node: &Node<'_, 'a>, options: &Options) -> Result<(), BuildError> {
        let content = match &node.entity.body {
            Body::Verbatim(content) => content,
            body => {
                self.fields(node, options)?;
                let Body::Content(content) = body else { return Ok(()) };
                content
            }
        };
        self.cut();
        if content.octets().is_none_or(|octets| !octets.is_empty()) {
            self.pieces.push(Piece::Content {
                content: content.clone(),
                encoding: node.encoding,
                lines: node.lines,
                as_it_is: node.as_it_is,
                room: node.room,
                is_signed: options.signing && node.entity.may_be_encoded(),
            });
        }
        Ok(())
    }

    fn fields(&mut self, node: &Node<'_, '_>, options: &Options) -> Result<(), BuildError> {
        let entity = node.entity;
        self.content_type(node)?;
        // "This is the default value" (RFC 2045 §6.1).
        if node.encoding != TransferEncoding::SevenBit {
            self.push(["Content-Transfer-Encoding: ", node.encoding.name(), "\r\n"]);
        }
        match &entity.presentation {
            Some(Presentation::File(name)) => {
                self.push(["Content-Disposition: attachment; filename="]);
                self.text.extend_from_slice(name.as_bytes());
                self.push(["\r\n"]);
            }
            Some(Presentation::Other(disposition)) => self.disposition(disposition)?,
            None => {}
        }
        for field in &entity.fields {
            self.push([field.text(options.writes_utf8())?]);
        }
        self.push(["\r\n"]);
        Ok(())
    }

    fn content_type(&mut self, node: &Node<'_, '_>) -> Result<(), BuildError> {
        let ty = &node.entity.ty;
        let is_global = matches!(node.entity.body, Body::Message { .. }) && node.has_utf8;
        let subtype = if is_global { "global" } else { ty.subtype() };
        let start = self.text.len();
        self.push(["Content-Type: ", ty.ty(), "/", subtype]);
        if self.plain_parameters(ty.parameters()) {
            if let Some(boundary) = &node.boundary {
                self.push(["; boundary=\"", boundary, "\""]);
            }
            if let Some(charset) = node.charset {
                self.push(["; charset=", charset]);
            }
            if self.ends_line(start) {
                return Ok(());
            }
        }
        self.text.truncate(start);
        let mut folder = Folder::new("Content-Type")?;
        folder.token(ty.ty()).token("/").token(subtype);
        ty.parameters().write_behind(&mut folder);
        if let Some(charset) = node.charset {
            folder.token(";").blank().token("charset=").token(charset);
        }
        if let Some(boundary) = &node.boundary {
            folder.token(";").blank().token("boundary=\"").token(boundary).token("\"");
        }
        self.push([&folder.finish()?]);
        Ok(())
    }

    fn disposition(&mut self, disposition: &Disposition<'_>) -> Result<(), BuildError> {
        let start = self.text.len();
        self.push(["Content-Disposition: ", disposition.ty()]);
        let has_type = !disposition.ty().is_empty();
        if has_type && self.plain_parameters(disposition.parameters()) && self.ends_line(start) {
            return Ok(());
        }
        self.text.truncate(start);
        let mut folder = Folder::new("Content-Disposition")?;
        disposition.write_value(&mut folder);
        self.push([&folder.finish()?]);
        Ok(())
    }

    /// Writes parameters that are as most are: they need no quotation marks. False, and some of
    /// them written, where there are others.
    fn plain_parameters(&mut self, parameters: &Parameters<'_>) -> bool {
        for one in parameters {
            let (name, value) = (one.name(), one.value());
            if value.is_empty() || !is_plain(name.as_bytes()) || !is_plain(value) {
                return false;
            }
            self.push(["; ", name, "="]);
            self.text.extend_from_slice(value);
        }
        true
    }

    /// Ends a field that began there, where it needs no folding.
    fn ends_line(&mut self, start: usize) -> bool {
        let fits = self.text.len().saturating_sub(start) <= LINE;
        if fits {
            self.push(["\r\n"]);
        }
        fits
    }

    /// The end of a multipart.
    fn close(&mut self, node: &Node<'_, '_>) {
        if let Some(boundary) = &node.boundary {
            self.push(["\r\n--", boundary, "--"]);
        }
    }

    #[inline]
    fn push<const N: usize>(&mut self, texts: [&str; N]) {
        for text in texts {
            self.text.extend_from_slice(text.as_bytes());
        }
    }

    /// Makes a piece of the text that is in none.
    fn cut(&mut self) {
        if self.start < self.text.len() {
            self.pieces.push(Piece::Text(self.start..self.text.len()));
            self.start = self.text.len();
        }
    }
}
