//! The entities of a message in the order they are written in, with what each needs.

use alloc::{string::String, vec::Vec};

use memchr::memmem;

use super::{
    BuildError, Content, Entity, Options,
    boundary::Boundaries,
    carry::{carrier, carries, has_delimiter, identity, is_canonical, needed},
    entity::Body,
    outline::Placed,
};
use crate::encoding::{Encoder, Lines, Scan, TransferEncoding, Transport, Whole};

/// An entity and what was decided about it.
#[derive(Debug)]
pub(super) struct Node<'e, 'a> {
    pub(super) entity: &'e Entity<'a>,
    /// The place of the one around it.
    pub(super) parent: Option<usize>,
    pub(super) encoding: TransferEncoding,
    /// What the content is.
    pub(super) lines: Lines,
    /// The content is written as it stands, octet by octet.
    pub(super) as_it_is: bool,
    /// Octets that the content is written as, about.
    pub(super) room: usize,
    /// The charset to tell, where the type of a text has none.
    pub(super) charset: Option<&'static str>,
    /// That of a multipart.
    pub(super) boundary: Option<String>,
    /// A field of it or of what is in it has UTF-8.
    pub(super) has_utf8: bool,
}

/// All entities of a message, those of a multipart behind it.
#[derive(Debug)]
pub(super) struct Layout<'e, 'a> {
    pub(super) nodes: Vec<Node<'e, 'a>>,
    /// What boundaries begin with, and no streamed content may have.
    pub(super) stem: Vec<u8>,
}

impl<'e, 'a> Layout<'e, 'a> {
    /// Decides about the entities of an outline and all in them.
    pub(super) fn new(
        outline: &[Placed<'e, 'a>],
        options: &Options,
        seed: &[u8; 32],
        avoid: &[impl AsRef<[u8]>],
    ) -> Result<Self, BuildError> {
        let mut nodes = Vec::with_capacity(outline.len());
        // Where the entities of the outline are among all, and how deep.
        let mut placed: Vec<(usize, usize)> = Vec::new();
        let mut waiting = Vec::new();
        for (entity, around) in outline {
            let around = around.and_then(|around| placed.get(around));
            let level = around.map_or(0, |(_, level)| level.saturating_add(1));
            if level.saturating_add(entity.depth()) > options.depth {
                return Err(BuildError::Depth);
            }
            let mut next = Some((*entity, around.map(|(place, _)| *place)));
            // Nothing is in what is alone.
            if outline.len() > 1 {
                placed.push((nodes.len(), level));
            }
            while let Some((entity, parent)) = next.take().or_else(|| waiting.pop()) {
                let place = nodes.len();
                nodes.push(Node::new(entity, parent, options, avoid)?);
                if let Some(parts) = entity.parts() {
                    waiting.extend(parts.list().iter().rev().map(|part| (part, Some(place))));
                }
            }
        }
        let mut layout = Self { nodes, stem: Vec::new() };
        layout.delimit(seed, avoid)?;
        layout.widen(options)?;
        Ok(layout)
    }

    /// Gives the multiparts boundaries that no content has.
    fn delimit(&mut self, seed: &[u8; 32], avoid: &[impl AsRef<[u8]>]) -> Result<(), BuildError> {
        if !self.nodes.iter().any(|node| node.entity.is_multipart()) {
            return Ok(());
        }
        let mut boundaries = Boundaries::new(seed, avoid)?;
        let stem = boundaries.stem().to_vec();
        let finder = memmem::Finder::new(&stem);
        for octets in self.nodes.iter().filter_map(Node::plain_octets) {
            boundaries.look(octets, &finder);
        }
        for node in self.nodes.iter_mut().filter(|node| node.entity.is_multipart()) {
            node.boundary = Some(boundaries.next()?);
        }
        self.stem = stem;
        Ok(())
    }

    /// Tells what is around an entity what it needs. What has parts says `7bit`, `8bit` or `binary`,
    /// whichever the widest of them needs (RFC 2045 §6.4).
    fn widen(&mut self, options: &Options) -> Result<(), BuildError> {
        for place in (0..self.nodes.len()).rev() {
            let Some(node) = self.nodes.get(place) else { continue };
            let (mut needs, utf8) = (carrier(node.encoding), node.has_utf8);
            if utf8 && !carries(needs, Transport::EightBit) {
                needs = Transport::EightBit;
            }
            let parent = node.parent;
            if let Some(around) = parent.and_then(|place| self.nodes.get_mut(place)) {
                if !carries(carrier(around.encoding), needs) {
                    around.encoding = identity(needs);
                }
                around.has_utf8 |= utf8;
            }
        }
        let wide = self.nodes.first().map_or(Transport::SevenBit, |root| carrier(root.encoding));
        match carries(options.carried(), wide) {
            true => Ok(()),
            false => Err(BuildError::Transport),
        }
    }
}

impl<'e, 'a> Node<'e, 'a> {
    fn new(
        entity: &'e Entity<'a>,
        parent: Option<usize>,
        options: &Options,
        avoid: &[impl AsRef<[u8]>],
    ) -> Result<Self, BuildError> {
        let mut node = Self {
            entity,
            parent,
            encoding: TransferEncoding::SevenBit,
            lines: match &entity.body {
                Body::Content(_) => entity.lines(),
                _ => Lines::Octets,
            },
            as_it_is: true,
            room: 0,
            charset: None,
            boundary: None,
            has_utf8: false,
        };
        for field in &entity.fields {
            node.has_utf8 |= !field.text(options.writes_utf8())?.is_ascii();
        }
        match &entity.body {
            Body::Parts(_) => {}
            Body::Message { section, .. } => {
                if !section.is_ascii() {
                    if !options.writes_utf8() {
                        return Err(BuildError::NotAscii);
                    }
                    node.encoding = TransferEncoding::EightBit;
                    node.has_utf8 = true;
                }
            }
            Body::Verbatim(content) => node.encoding = kept(content, options, avoid, true)?,
            Body::Content(content) if entity.keeps_octets() => {
                node.keep(content, options, avoid)?;
            }
            Body::Content(content) => node.encode(content, options, avoid)?,
        }
        Ok(node)
    }

    /// Content that no encoding may change, such as that of `message/rfc822`.
    fn keep(
        &mut self,
        content: &Content<'_>,
        options: &Options,
        avoid: &[impl AsRef<[u8]>],
    ) -> Result<(), BuildError> {
        self.encoding = kept(content, options, avoid, false)?;
        if let Some(forced) = self.entity.encoding {
            self.encoding = forced;
        }
        self.as_it_is =
            self.encoding == TransferEncoding::Binary || content.octets().is_some_and(is_canonical);
        Ok(())
    }

    fn encode(
        &mut self,
        content: &Content<'_>,
        options: &Options,
        avoid: &[impl AsRef<[u8]>],
    ) -> Result<(), BuildError> {
        let lines = self.lines;
        let forced = self.entity.encoding;
        let Some(octets) = content.octets() else {
            let open = options.carried() == Transport::Binary && lines == Lines::Octets;
            let free = if open { TransferEncoding::Binary } else { TransferEncoding::Base64 };
            self.encoding = forced.unwrap_or(free);
            self.as_it_is = self.encoding == TransferEncoding::Binary;
            return Ok(());
        };
        let found = match forced {
            // What lines are may have been told later.
            Some(forced)
                if forced.is_identity() && !carries(carrier(forced), needed(octets, lines)) =>
            {
                return Err(BuildError::Encoding);
            }
            Some(forced) if forced.is_identity() && options.signing && is_changed(octets) => {
                return Err(BuildError::Encoding);
            }
            Some(_) => None,
            None => Some(looked(octets, lines, options)),
        };
        let is_ascii = || found.and_then(|found| found.is_ascii);
        let ty = &self.entity.ty;
        if ty.is_type("text") && ty.charset().is_none() {
            let is_ascii = is_ascii().unwrap_or_else(|| octets.is_ascii());
            self.charset = charset_of(octets, is_ascii, self.entity.is_utf8);
        }
        let found_encoding = found.map(|found| found.encoding);
        self.encoding = forced.or(found_encoding).unwrap_or(TransferEncoding::Base64);
        self.room = found.map_or(octets.len(), |found| found.room);
        if would_delimit(octets, self.encoding, lines, avoid) {
            if forced.is_some() {
                return Err(BuildError::Boundary);
            }
            self.encoding = TransferEncoding::Base64;
        }
        let canonical = || {
            let known = found.and_then(|found| found.is_canonical);
            known.unwrap_or_else(|| is_canonical(octets))
        };
        self.as_it_is = self.encoding.is_identity() && (lines == Lines::Octets || canonical());
        Ok(())
    }

    /// The octets of it that are written without an encoding, where they are at hand.
    fn plain_octets(&self) -> Option<&'e [u8]> {
        match &self.entity.body {
            Body::Content(content) if self.encoding.is_identity() => content.octets(),
            Body::Verbatim(content) => content.octets(),
            Body::Message { section, .. } => Some(section.as_bytes()),
            _ => None,
        }
    }
}

/// The encoding of octets that must stay as they are.
fn kept(
    content: &Content<'_>,
    options: &Options,
    avoid: &[impl AsRef<[u8]>],
    every_octet: bool,
) -> Result<TransferEncoding, BuildError> {
    let Some(octets) = content.octets() else {
        // Checked when it passes.
        return Ok(identity(options.carried()));
    };
    if has_delimiter(octets, avoid) {
        return Err(BuildError::Boundary);
    }
    let needed = needed(octets, Lines::Text);
    // Text with other line ends than CRLF is kept as it is, and is counted as what it says.
    match every_octet || carries(options.carried(), needed) {
        true => Ok(identity(needed)),
        false => Err(BuildError::Transport),
    }
}

/// What a look at content at hand finds.
fn looked(octets: &[u8], lines: Lines, options: &Options) -> Whole {
    if options.signing {
        let mut scan = Scan::for_signing();
        scan.push(octets);
        return Whole::scanned(&scan, Transport::SevenBit, lines);
    }
    Whole::of(octets, options.carried(), lines)
}

/// Whether agents on the way change this where it is written as it is (RFC 3156 §3).
fn is_changed(octets: &[u8]) -> bool {
    let mut scan = Scan::for_signing();
    scan.push(octets);
    scan.is_changed()
}

/// Whether content is written with a line that is a delimiter of one of these boundaries.
fn would_delimit(
    octets: &[u8],
    encoding: TransferEncoding,
    lines: Lines,
    avoid: &[impl AsRef<[u8]>],
) -> bool {
    match encoding {
        // Of its characters none is a hyphen.
        TransferEncoding::Base64 => false,
        _ if avoid.is_empty() || memmem::find(octets, b"--").is_none() => false,
        TransferEncoding::QuotedPrintable => {
            // Soft line breaks and escapes make lines that the content has not.
            let (mut encoder, mut out) = (Encoder::new(encoding, lines), Vec::new());
            encoder.push(octets, &mut out);
            encoder.finish(&mut out);
            has_delimiter(&out, avoid)
        }
        _ => has_delimiter(octets, avoid),
    }
}

/// The charset of text at hand that tells none: US-ASCII, which is not of seven bits alone but of
/// no shifts either (RFC 2046 §4.1.2), or UTF-8.
fn charset_of(octets: &[u8], is_ascii: bool, is_utf8: bool) -> Option<&'static str> {
    match is_ascii {
        true => Some("us-ascii"),
        false => (is_utf8 || core::str::from_utf8(octets).is_ok()).then_some("utf-8"),
    }
}
