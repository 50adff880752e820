//! Multiparts around parts, and multiparts that are one part only.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};
use core::fmt::Write;

use memchr::memmem;
use postrider_message::FieldName;

use super::{
    Edit, EditError, Place,
    boundary::around,
    change::Wrap,
    entity::{remove_content, say_version},
    parts::children,
};
use crate::{ContentType, Part, build::Entity, tree::Node};

impl<'a> Edit<'a> {
    /// Adds an attachment to the message, or to a nested one: behind the parts of its
    /// `multipart/mixed`, or of the multipart that was put around its body before; where it has
    /// none, one is put [around](Self::wrap) its body.
    ///
    /// ```
    /// use postrider_mime::{Edit, Message, build::Entity};
    ///
    /// let message = Message::parse("Subject: Hi\nContent-Language: en\n\nHello\n")?;
    /// let mut edit = Edit::of(&message);
    /// let file = Entity::octets(b"GIF89a").attached_as("a.gif")?;
    /// edit.attach(message.root(), &file, &[7; 32])?;
    /// let edited = Message::parse(edit.to_vec())?;
    /// let parts: Vec<_> = edited.root().children().collect();
    /// assert_eq!(parts[0].raw_header(), b"Content-Language: en\n\n");
    /// assert_eq!(parts[0].raw_body(), b"Hello\n");
    /// assert_eq!(parts[1].raw_body(), b"GIF89a");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn attach(
        &mut self,
        message: Part<'_>,
        entity: &Entity<'_>,
        seed: &[u8; 32],
    ) -> Result<(), EditError> {
        let id = self.place_of(message)?;
        if !self.is_message(id) {
            return Err(EditError::NotMessage);
        }
        let wrapped = self.changes.get(&id).is_some_and(|change| change.wrap.is_some());
        let emptied = self.changes.get(&id).is_some_and(|change| change.is_emptied());
        let is_mixed = message.is_multipart() && message.media_type().is("multipart", "mixed");
        if is_mixed && !wrapped && !emptied {
            match self.insert(Place::LastIn(message), entity, seed) {
                Err(EditError::NoBoundary | EditError::SimilarBoundary) => {}
                done => return done,
            }
        }
        let before = self.changes.get(&id).cloned();
        if !wrapped {
            self.wrap(message, "mixed", seed)?;
        }
        let avoid = self.boundaries_of_message(id);
        match self.render(entity, seed, &avoid) {
            Ok(part) => {
                if let Some(wrap) = &mut self.change(id).wrap {
                    wrap.last.push(part);
                }
                Ok(())
            }
            Err(error) => {
                match before {
                    Some(before) => self.changes.insert(id, before),
                    None => self.changes.remove(&id),
                };
                Err(error)
            }
        }
    }

    /// Puts a multipart of this subtype around a part, which becomes its first part, octet by octet.
    /// Around the body of the message itself, or of a nested one, the `Content-` fields go with the
    /// body, and the message keeps its other fields. A part has one such multipart.
    ///
    /// What says no `Content-Type`, and would be something else inside than outside of a digest,
    /// says it then (RFC 2046 §5.1.5).
    ///
    /// ```
    /// use postrider_mime::{Edit, Message};
    ///
    /// let message = Message::parse("Subject: Hi\nContent-Type: text/html\n\n<p>Hello\n")?;
    /// let mut edit = Edit::of(&message);
    /// edit.wrap(message.root(), "related", &[0; 32])?;
    /// let edited = Message::parse(edit.to_vec())?;
    /// assert!(edited.root().media_type().is("multipart", "related"));
    /// let html = edited.root().children().next().unwrap();
    /// assert_eq!(html.span().of(edited.as_bytes()), b"Content-Type: text/html\n\n<p>Hello\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wrap(
        &mut self,
        part: Part<'_>,
        subtype: &str,
        seed: &[u8; 32],
    ) -> Result<(), EditError> {
        let id = self.place_of(part)?;
        let ty = ContentType::new("multipart", subtype)?;
        let node = self.tree.node(id).ok_or(EditError::NotOfMessage)?;
        self.is_replaceable(id)?;
        if self.changes.get(&id).is_some_and(|change| change.wrap.is_some()) {
            return Err(EditError::Gone);
        }
        let boundary = self.new_boundary(id, node, seed);
        let ty = format!("Content-Type: {ty};\r\n boundary=\"{boundary}\"\r\n");
        let says = self.missing_type(id, node, subtype.eq_ignore_ascii_case("digest"));
        let mut wrap = Wrap {
            boundary: boundary.into_bytes(),
            header: None,
            inner: Vec::new(),
            last: Vec::new(),
        };
        let mut headers = None;
        if self.is_message(id) {
            wrap.inner = self.content_fields_of(id);
            if let Some(ty) = says {
                wrap.inner = [ty.as_bytes(), self.line_end(), &wrap.inner].concat();
            }
            wrap.inner.extend_from_slice(self.line_end());
            let mut edited = self.header_edit(id)?.clone();
            let at = remove_content(&mut edited)?;
            edited.insert_raw(at, &ty)?;
            say_version(&mut edited)?;
            headers = Some(edited);
        } else {
            let ty = if self.lf { ty.replace("\r\n", "\n") } else { ty };
            wrap.header = Some([ty.as_bytes(), self.line_end()].concat());
            if let Some(ty) = says {
                self.say_type(id, ty)?;
            }
        }
        let change = self.change(id);
        change.headers = headers.or_else(|| change.headers.take());
        change.wrap = Some(wrap);
        Ok(())
    }

    /// Puts the one part that a multipart has left in the place of the multipart, whose delimiters,
    /// preamble and epilogue go. Of the message itself, or of a nested one, the `Content-` fields
    /// become those of the part, and its body that of the part; what other fields the part has go.
    ///
    /// ```
    /// use postrider_mime::{Edit, Message};
    ///
    /// let message = Message::parse(
    ///     "Subject: Hi\nContent-Type: multipart/mixed; boundary=b\n\n\
    ///      --b\nContent-Type: text/html\n\n<p>Hello\n--b\n\nadvertisement\n--b--\n",
    /// )?;
    /// let advertisement = message.root().children().last().unwrap();
    /// let mut edit = Edit::of(&message);
    /// edit.remove(advertisement)?;
    /// edit.unwrap(message.root())?;
    /// assert_eq!(edit.to_vec(), b"Subject: Hi\nContent-Type: text/html\n\n<p>Hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unwrap(&mut self, multipart: Part<'_>) -> Result<(), EditError> {
        let id = self.multipart_of(Place::LastIn(multipart))?;
        let node = self.tree.node(id).ok_or(EditError::NotOfMessage)?;
        let of_message = self.is_message(id);
        let change = self.changes.get(&id);
        if change.is_some_and(|change| change.wrap.is_some() || change.headless) {
            return Err(EditError::Gone);
        }
        let mut kept = children(self.tree, node)
            .filter(|child| self.changes.get(child).is_none_or(|change| !change.is_removed()));
        let only = kept.next().filter(|_| kept.next().is_none());
        let is_alone = change.is_some_and(|change| change.left == Some(1));
        let only = only.filter(|_| is_alone).ok_or(EditError::NotOnePart)?;
        let inner = self.tree.node(only).ok_or(EditError::NotOfMessage)?;
        if !of_message {
            if let Some(ty) = self.missing_type(only, inner, node.in_digest) {
                self.say_type(only, ty)?;
            }
            self.change(id).unwrapped = true;
            return Ok(());
        }
        let change = self.changes.get(&only);
        let is_new = |change: &&super::Change<'_>| {
            change.wrap.is_some() || change.unwrapped || change.is_emptied()
        };
        if change.filter(is_new).is_some() {
            return Err(EditError::NotOnePart);
        }
        let mut headers = self.header_edit(id)?.clone();
        remove_content(&mut headers)?;
        if headers.names().next().is_some_and(|name| name.starts_with(b"\xef\xbb\xbf")) {
            return Err(EditError::ByteOrderMark);
        }
        let mut moved = self.content_fields_of(only);
        if let Some(ty) = self.missing_type(only, inner, false) {
            moved = [ty.as_bytes(), self.line_end(), &moved].concat();
        }
        let change = self.change(id);
        change.headers = Some(headers);
        change.moved = moved;
        change.unwrapped = true;
        self.change(only).headless = true;
        Ok(())
    }

    /// The boundaries that delimit what is in a message, inside of the multipart that was put around
    /// its body.
    pub(super) fn boundaries_of_message(&mut self, id: u32) -> Vec<Vec<u8>> {
        self.boundary_table();
        self.boundaries_around(id, Some(id))
    }

    /// The field that a part lacks, to be what it is where parts that say nothing are messages, or
    /// are not.
    fn missing_type(&self, id: u32, node: &'a Node, in_digest: bool) -> Option<&'static str> {
        let edited = self.changes.get(&id).and_then(|change| change.headers.as_ref());
        let says = match edited {
            Some(headers) => headers.position(FieldName::ContentType).is_some(),
            None => self.part(node).structural(FieldName::ContentType).is_some(),
        };
        match (says || node.in_digest == in_digest, node.in_digest) {
            (true, _) => None,
            (false, true) => Some("Content-Type: message/rfc822"),
            (false, false) => Some("Content-Type: text/plain"),
        }
    }

    fn say_type(&mut self, id: u32, ty: &str) -> Result<(), EditError> {
        self.header_edit(id)?.insert_raw(0, &format!("{ty}\r\n"))?;
        Ok(())
    }

    /// A boundary that is in none of the octets of a part, old or new. It begins with `=_`, as none
    /// of an entity does that is built of the same seed, and as no base64 or quoted-printable has it
    /// (RFC 2045 §6.7).
    fn new_boundary(&self, id: u32, node: &Node, seed: &[u8; 32]) -> String {
        let span = node.headers.span().start()..node.body.end();
        let old = self.bytes.get(span).unwrap_or_default();
        let in_it = |other: u32| {
            let node = self.tree.node(other);
            other == id || node.is_some_and(|node| around(self.tree, node).any(|one| one == id))
        };
        let inside = self.changes.range(id..).take_while(|(other, _)| in_it(**other));
        let new = inside.flat_map(|(_, change)| change.new_parts()).map(Vec::as_slice);
        let mut boundary = format!("=_around{id}_");
        for octet in seed.iter().take(16) {
            _ = write!(boundary, "{octet:02x}");
        }
        boundary.push('_');
        // Whoever drew the seed at random meets none of these.
        let mut taken = BTreeSet::new();
        let finder = memmem::Finder::new(&boundary);
        for octets in core::iter::once(old).chain(new) {
            for found in finder.find_iter(octets) {
                let behind = octets.get(found.saturating_add(boundary.len())..).unwrap_or_default();
                taken.extend(number(behind));
            }
        }
        let free = (0..=u32::MAX).find(|number| !taken.contains(number)).unwrap_or_default();
        _ = write!(boundary, "{free}.");
        boundary
    }
}

/// The number that octets begin with.
fn number(octets: &[u8]) -> Option<u32> {
    let digits = octets.iter().take(10).take_while(|octet| octet.is_ascii_digit()).count();
    core::str::from_utf8(octets.get(..digits)?).ok()?.parse().ok()
}
