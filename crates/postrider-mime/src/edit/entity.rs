//! Parts that are built: rendered between the delimiters that they will stand between.

use alloc::{string::String, vec::Vec};

use memchr::memmem;
use postrider_message::{FieldName, HeaderSection};

use super::{
    Edit, EditError, Place,
    change::Fate,
    fields::{content_fields, put_field, remove_fields},
    parts::check_octets,
};
use crate::{
    Part,
    build::{Entity, Options},
    encoding::Transport,
    structure::is_content_field,
    tree::Kind,
};

impl<'a> Edit<'a> {
    /// The same with new parts and fields written so: by default in lines of ASCII. Where the lines
    /// of the message end in LF, octets without lines have no place, and `binary` is taken as `8bit`.
    #[must_use]
    pub const fn with_options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Puts a new part beside a part or into a multipart. The seed is drawn at random for it: the
    /// boundaries in it are made of it.
    ///
    /// ```
    /// use postrider_mime::{ContentType, Edit, Message, Place, build::Entity};
    ///
    /// let mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b--\n";
    /// let message = Message::parse(mail)?;
    /// let pdf = Entity::new(ContentType::new("application", "pdf")?, b"%PDF")?;
    /// let mut edit = Edit::of(&message);
    /// edit.insert(Place::LastIn(message.root()), &pdf.attached_as("a.pdf")?, &[7; 32])?;
    /// let new = "--b\nContent-Type: application/pdf\n\
    ///     Content-Disposition: attachment; filename=a.pdf\n\n%PDF\n--b--";
    /// assert_eq!(edit.to_vec(), mail.replace("--b--", new).as_bytes());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn insert(
        &mut self,
        place: Place<'_>,
        entity: &Entity<'_>,
        seed: &[u8; 32],
    ) -> Result<(), EditError> {
        let multipart = self.multipart_of(place)?;
        let part = self.render(entity, seed, &self.boundaries_around(multipart, None))?;
        self.put(place, multipart, part)
    }

    /// Puts a new part in the place of another. In that of the message itself, or of a nested one,
    /// it brings body and `Content-` fields, and the message keeps its other fields.
    ///
    /// ```
    /// use postrider_mime::{Edit, Message, build::Entity};
    ///
    /// let message = Message::parse("Subject: Hi\nContent-Type: text/html\n\n<p>Hello\n")?;
    /// let mut edit = Edit::of(&message);
    /// edit.replace(message.root(), &Entity::text("Hello\n"), &[7; 32])?;
    /// assert_eq!(
    ///     edit.to_vec(),
    ///     b"Subject: Hi\nContent-Type: text/plain; charset=us-ascii\nMIME-Version: 1.0\n\nHello\n"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn replace(
        &mut self,
        part: Part<'_>,
        entity: &Entity<'_>,
        seed: &[u8; 32],
    ) -> Result<(), EditError> {
        let id = self.place_of(part)?;
        self.is_replaceable(id)?;
        if !self.is_message(id) {
            let multipart = self.multipart_around(part)?;
            let octets = self.render(entity, seed, &self.boundaries_around(multipart, Some(id)))?;
            self.empty(id, Fate::Replaced(octets));
            return Ok(());
        }
        if self.changes.get(&id).is_some_and(|change| change.wrap.is_some()) {
            return Err(EditError::Gone);
        }
        let avoid = self.boundaries_of_message(id);
        let octets = self.render(entity, seed, &avoid)?;
        let section = HeaderSection::parse(&octets[..]);
        let mut headers = self.header_edit(id)?.clone();
        let at = remove_content(&mut headers)?;
        // An entity that came from elsewhere may have others, which would be those of the message.
        let fields = section.headers().fields().filter(|field| is_content_field(field.name()));
        let fields: Vec<_> = fields.map(|field| field.raw()).collect();
        for field in fields.into_iter().rev() {
            headers.insert_raw(at, &String::from_utf8_lossy(field))?;
        }
        say_version(&mut headers)?;
        let body = section.body().to_vec();
        self.empty(id, Fate::Body(body));
        self.change(id).headers = Some(headers);
        Ok(())
    }

    /// Gives a text another text. It keeps its fields, but for charset and transfer encoding, which
    /// are those that the text needs.
    ///
    /// ```
    /// use postrider_mime::{Edit, Message};
    ///
    /// let message = Message::parse(
    ///     "Content-Type: text/plain; charset=iso-8859-1; format=flowed\n\
    ///      Content-Description: Greeting\n\nHello\n",
    /// )?;
    /// let mut edit = Edit::of(&message);
    /// edit.set_text(message.root(), "Many greetings from Köln\n")?;
    /// assert_eq!(
    ///     edit.to_vec(),
    ///     b"Content-Type: text/plain; format=flowed; charset=utf-8\n\
    ///       Content-Transfer-Encoding: quoted-printable\n\
    ///       Content-Description: Greeting\n\nMany greetings from K=C3=B6ln\n"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_text(&mut self, part: Part<'_>, text: &str) -> Result<(), EditError> {
        let id = self.place_of(part)?;
        let node = self.tree.node(id).ok_or(EditError::NotOfMessage)?;
        if node.kind != Kind::Leaf || !part.media_type().is_type("text") {
            return Err(EditError::NotText);
        }
        if self.changes.get(&id).is_some_and(|change| change.wrap.is_some()) {
            return Err(EditError::Gone);
        }
        let ty = self.part(node).content_type().value.without("charset");
        let entity = Entity::new(ty, text)?;
        let avoid = match self.is_message(id) {
            true => self.boundaries_of_message(id),
            false => {
                let multipart = self.multipart_around(part)?;
                self.boundaries_around(multipart, None)
            }
        };
        let octets = self.render(&entity, &[0; 32], &avoid)?;
        let section = HeaderSection::parse(&octets[..]);
        let mut headers = self.header_edit(id)?.clone();
        let new = |name| section.headers().get(name).map(|field| field.raw());
        put_field(&mut headers, FieldName::ContentType, new(FieldName::ContentType))?;
        let encoding = FieldName::ContentTransferEncoding;
        put_field(&mut headers, encoding, new(encoding))?;
        let body = section.body().to_vec();
        self.empty(id, Fate::Body(body));
        self.change(id).headers = Some(headers);
        Ok(())
    }

    /// A part as it stands between delimiters of these boundaries.
    pub(super) fn render(
        &self,
        entity: &Entity<'_>,
        seed: &[u8; 32],
        avoid: &[Vec<u8>],
    ) -> Result<Vec<u8>, EditError> {
        let mut options = self.options;
        if self.lf && options.transport == Transport::Binary {
            options.transport = Transport::EightBit;
        }
        let mut octets = entity.render(&options, seed, avoid)?;
        if self.lf {
            octets = with_lf(&octets);
        }
        check_octets(&octets, avoid, self.tree.limits())?;
        Ok(octets)
    }

    /// Whether a part is the message itself or a nested one.
    pub(super) fn is_message(&self, id: u32) -> bool {
        let around = self.tree.node(id).and_then(|node| self.tree.node(node.parent?));
        around.is_none_or(|around| around.kind == Kind::Message)
    }
}

/// Removes the fields that say what the body is. Tells where the first of them stood, or where they
/// are to stand.
pub(super) fn remove_content(
    headers: &mut postrider_message::Edit<'_>,
) -> Result<usize, EditError> {
    if headers.is_cut() {
        return Err(EditError::Limit);
    }
    let found: Vec<usize> = headers
        .names()
        .enumerate()
        .filter(|(_, name)| is_content_field(name))
        .map(|(at, _)| at)
        .collect();
    let first = found.first().copied().unwrap_or_else(|| headers.len());
    remove_fields(headers, &found)?;
    Ok(first)
}

/// "Messages composed in accordance with this document MUST include such a header field" (RFC 2045
/// §4).
pub(super) fn say_version(headers: &mut postrider_message::Edit<'_>) -> Result<(), EditError> {
    if headers.position(FieldName::MimeVersion).is_none() {
        headers.insert_raw(usize::MAX, "MIME-Version: 1.0\r\n")?;
    }
    Ok(())
}

/// The octets with LF in the place of CRLF.
fn with_lf(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    let mut at = 0_usize;
    for end in memmem::find_iter(octets, b"\r\n") {
        out.extend_from_slice(octets.get(at..end).unwrap_or_default());
        at = end.saturating_add(1);
    }
    out.extend_from_slice(octets.get(at..).unwrap_or_default());
    out
}

impl Edit<'_> {
    /// The fields of a part that say what its body is, as they are now, each with its line end.
    pub(super) fn content_fields_of(&self, id: u32) -> Vec<u8> {
        let Some(node) = self.tree.node(id) else { return Vec::new() };
        let edited = self.changes.get(&id).and_then(|change| change.headers.as_ref());
        match edited {
            None => content_fields(node.headers.headers(self.bytes), self.line_end()),
            Some(headers) => {
                let (span, separator) = (node.headers.span(), node.headers.separator());
                // Behind the line of mbox, the first field is one whatever it begins with.
                let fields = headers.slices_of(span.start()..separator.start());
                let octets = [&b"From \n"[..], &fields.concat()].concat();
                content_fields(HeaderSection::parse(&octets[..]).headers(), self.line_end())
            }
        }
    }
}
