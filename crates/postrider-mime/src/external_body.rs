//! `message/external-body`: where a body is that is not here (RFC 2046 §5.2.3).

use alloc::{borrow::Cow, vec::Vec};

use postrider_message::{DateTime, FieldValue, Parsed, RawValue};

use crate::{ContentType, Limits, Message, Part, TooLarge};

/// How a body is to be had (RFC 2046 §5.2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessType {
    /// `FTP`
    Ftp,
    /// `ANON-FTP`
    AnonFtp,
    /// `TFTP`
    Tftp,
    /// `LOCAL-FILE`
    LocalFile,
    /// `MAIL-SERVER`: a mail with the [phantom body](ExternalBody::message) is to be sent.
    MailServer,
    /// `URL` (RFC 2017)
    Url,
    /// `content-id` (RFC 1873): a part of this `Content-ID`, elsewhere.
    ContentId,
    /// Another one, or none.
    Other,
}

/// Where the body of a `message/external-body` is. Nothing of it is fetched: the sender says where,
/// and a program that goes there without asking tells the sender that the mail was read, and more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalBody<'a> {
    ty: ContentType<'a>,
    body: &'a [u8],
    limits: Limits,
}

impl<'a> ExternalBody<'a> {
    /// `access-type`
    pub fn access_type(&self) -> AccessType {
        const NAMES: [(&[u8], AccessType); 7] = [
            (b"ftp", AccessType::Ftp),
            (b"anon-ftp", AccessType::AnonFtp),
            (b"tftp", AccessType::Tftp),
            (b"local-file", AccessType::LocalFile),
            (b"mail-server", AccessType::MailServer),
            (b"url", AccessType::Url),
            (b"content-id", AccessType::ContentId),
        ];
        let told = self.parameter("access-type").unwrap_or_default();
        let found = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(told.trim_ascii()));
        found.map_or(AccessType::Other, |(_, ty)| *ty)
    }

    /// `expiration`: after this date the body may be gone.
    pub fn expiration(&self) -> Option<DateTime> {
        let octets = self.parameter("expiration")?;
        Option::<DateTime>::read(RawValue::new(&octets)).value
    }

    /// `size`: octets of the body, without its transfer encoding.
    pub fn size(&self) -> Option<u64> {
        let octets = self.parameter("size")?;
        let text = core::str::from_utf8(&octets).ok()?.trim();
        text.parse().ok().filter(|_| !text.starts_with('+'))
    }

    /// Whether `permission` is `read-write`: what is fetched is "no more than a cache".
    pub fn is_writable(&self) -> bool {
        self.parameter("permission")
            .is_some_and(|told| told.trim_ascii().eq_ignore_ascii_case(b"read-write"))
    }

    /// `url` without white space, which is there only to fold it (RFC 2017 §3.1).
    pub fn url(&self) -> Option<Vec<u8>> {
        let octets = self.parameter("url")?;
        Some(octets.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect())
    }

    /// Another parameter: `name`, `site`, `directory`, `mode`, `server`, `subject`. A file name
    /// that comes from elsewhere: see [`safe_file_name`](crate::safe_file_name).
    pub fn parameter(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        self.ty.parameters().octets(name)
    }

    /// The header section of the body that is elsewhere, and behind it "the "phantom body"", which
    /// counts for [`AccessType::MailServer`] alone.
    pub fn message(&self) -> Result<Message<&'a [u8]>, TooLarge> {
        Message::parse_with(self.body, &self.limits)
    }
}

impl<'a> Part<'a> {
    /// Where the body of a `message/external-body` is; `None` where this is another type.
    ///
    /// ```
    /// use postrider_mime::{Message, external_body::AccessType};
    ///
    /// // RFC 2046 §5.2.3
    /// let message = Message::parse(
    ///     "Content-type: message/external-body;\n              access-type=local-file;\n              \
    ///      name=\"/u/nsb/Me.jpeg\"\n\nContent-type: image/jpeg\n\
    ///      Content-ID: <id42@guppylake.bellcore.com>\n\
    ///      Content-Transfer-Encoding: binary\n\nTHIS IS NOT REALLY THE BODY!\n",
    /// )?;
    /// let external = message.root().external_body().unwrap().value;
    /// assert_eq!(external.access_type(), AccessType::LocalFile);
    /// assert_eq!(external.parameter("name").as_deref(), Some(&b"/u/nsb/Me.jpeg"[..]));
    /// assert!(external.message()?.root().media_type().is("image", "jpeg"));
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn external_body(self) -> Option<Parsed<'a, ExternalBody<'a>>> {
        if !self.media_type().is("message", "external-body") {
            return None;
        }
        let (body, limits) = (self.raw_body(), *self.limits());
        Some(self.content_type().map(|ty| ExternalBody { ty, body, limits }))
    }
}
