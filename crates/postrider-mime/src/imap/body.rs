//! BODY and BODYSTRUCTURE (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

use alloc::borrow::Cow;

use memchr::memchr2;
use postrider_message::{FieldName, Lexer, Parameters, Token};

use super::{Envelope, lines::LineCounts};
use crate::{ContentType, Disposition, Message, Part, structure::is_message};

/// The structure of a message: its bodies, with their lines counted.
///
/// Making one reads the texts and nested messages once, however deep they lie, to count lines; all
/// else is read when asked. [`Body::children`] and [`Body::message`] lead down; the depth is bounded
/// by [`Limits`](crate::Limits), and who walks it needs no recursion.
#[derive(Debug, Clone)]
pub struct BodyStructure<'a> {
    root: Part<'a>,
    lines: LineCounts,
}

/// Which form of the grammar a body has (RFC 3501 §9 `body`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the four forms of the grammar")]
pub enum BodyType {
    /// `body-type-basic`
    Basic,
    /// `body-type-msg`: a `message/rfc822` or `message/global` whose message was read.
    Message,
    /// `body-type-text`
    Text,
    /// `body-type-mpart`, with or without parts. The grammar wants one part at least.
    Multipart,
}

/// One body: the body of a message or of a part, with what its fields say of it.
#[derive(Debug, Clone)]
pub struct Body<'a> {
    part: Part<'a>,
    content_type: ContentType<'a>,
    lines: &'a LineCounts,
}

/// `body-fld-dsp`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyDisposition<'a>(Disposition<'a>);

impl<'a> BodyStructure<'a> {
    /// The structure of a message.
    pub fn of<B: AsRef<[u8]>>(message: &'a Message<B>) -> Self {
        Self { root: message.root(), lines: LineCounts::of(message) }
    }

    /// The body of the message itself.
    pub fn root(&self) -> Body<'_> {
        Body::new(self.root, &self.lines)
    }
}

impl<'a> Body<'a> {
    fn new(part: Part<'a>, lines: &'a LineCounts) -> Self {
        Self { part, content_type: part.content_type().value, lines }
    }

    /// The part it is the body of.
    pub const fn part(&self) -> Part<'a> {
        self.part
    }

    /// Which form it has.
    pub fn body_type(&self) -> BodyType {
        body_type(self.part, &self.content_type)
    }

    /// A multipart or message whose parts were not read, because it is encoded or lies too deep.
    /// There is no form for it without them, so it is told as octets.
    fn is_opaque(&self) -> bool {
        let ty = &self.content_type;
        self.body_type() == BodyType::Basic
            && (ty.is_type("multipart") || is_message(ty.ty().as_bytes(), ty.subtype().as_bytes()))
    }

    /// `media-type`; `APPLICATION` where what the type promises was not read.
    pub fn media_type(&self) -> &str {
        if self.is_opaque() { "APPLICATION" } else { self.content_type.ty() }
    }

    /// `media-subtype`; `OCTET-STREAM` where what the type promises was not read.
    pub fn media_subtype(&self) -> &str {
        if self.is_opaque() { "OCTET-STREAM" } else { self.content_type.subtype() }
    }

    /// `body-fld-param`: names and values as they stand, unfolded and without quotation marks.
    /// Sections and percent signs of RFC 2231 are part of them. Behind those of a text without a
    /// charset stands the one that “must be assumed” (RFC 2046 §4.1.2), US-ASCII.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, Cow<'_, [u8]>)> {
        let own = self.content_type.parameters();
        let is_charset = |name: &str| {
            let name = name.split_once('*').map_or(name, |(name, _)| name);
            name.eq_ignore_ascii_case("charset")
        };
        let lacks =
            self.body_type() == BodyType::Text && !own.iter().any(|one| is_charset(one.name()));
        let charset = lacks.then_some(("charset", Cow::Borrowed(&b"us-ascii"[..])));
        parameters(own).chain(charset)
    }

    /// `body-fld-id`
    pub fn id(&self) -> Option<Cow<'a, [u8]>> {
        self.part.id()
    }

    /// `body-fld-desc`
    pub fn description(&self) -> Option<Cow<'a, [u8]>> {
        self.part.raw_description()
    }

    /// `body-fld-enc`: the name of the encoding, as it stands but for comments; `7BIT` where there
    /// is none (RFC 2045 §6.1).
    pub fn encoding(&self) -> &'a [u8] {
        let field = self.part.structural(FieldName::ContentTransferEncoding);
        let first = field.and_then(|field| Lexer::mime(field.raw_value()).next_solid());
        match first.map(|lexeme| lexeme.token) {
            Some(Token::Atom(name)) => name,
            _ => b"7BIT",
        }
    }

    /// `body-fld-octets`: the octets of the body in its transfer encoding.
    pub fn octets(&self) -> u64 {
        u64::try_from(self.part.octets()).unwrap_or(u64::MAX)
    }

    /// `body-fld-lines`: the lines of a text or a message in its transfer encoding; a last line that
    /// is not ended does not count. `None` for other forms.
    pub fn lines(&self) -> Option<u64> {
        match self.body_type() {
            BodyType::Text | BodyType::Message => Some(self.lines.lines(self.part.body_span())),
            BodyType::Basic | BodyType::Multipart => None,
        }
    }

    /// `body-fld-md5`
    pub fn md5(&self) -> Option<Cow<'a, [u8]>> {
        self.part.md5()
    }

    /// `body-fld-dsp`
    pub fn disposition(&self) -> Option<BodyDisposition<'a>> {
        let read = self.part.disposition()?.value;
        let says = !read.ty().is_empty() || !read.parameters().is_empty();
        says.then_some(BodyDisposition(read))
    }

    /// `body-fld-lang`: `Content-Language = Language-Tag *("," Language-Tag)` (RFC 3282 §2), as many
    /// as a field may have parameters.
    pub fn languages(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let raw =
            self.part.headers().get(FieldName::ContentLanguage).map(|field| field.raw_value());
        raw.into_iter().flat_map(|raw| {
            let tags = Lexer::mime(raw).filter_map(|lexeme| match lexeme.token {
                Token::Atom(tag) => Some(tag),
                _ => None,
            });
            tags.take(raw.limits().parameters)
        })
    }

    /// `body-fld-loc`
    pub fn location(&self) -> Option<Cow<'a, [u8]>> {
        self.part.location()
    }

    /// The bodies of the parts of a multipart, in order.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'a> {
        let lines = self.lines;
        self.part.children().map(move |part| Self::new(part, lines))
    }

    /// The body of the nested message, where this is one.
    pub fn message(&self) -> Option<Self> {
        Some(Self::new(self.part.message()?, self.lines))
    }

    /// The envelope of the message that this is the body of, or of the part's own fields.
    pub fn envelope(&self) -> Envelope<'a> {
        Envelope::of(self.part.headers())
    }
}

impl BodyDisposition<'_> {
    /// The type. Parameters without a type belong to an attachment, as an unknown type does (RFC
    /// 2183 §2.8).
    pub fn ty(&self) -> &str {
        match self.0.ty() {
            "" => "ATTACHMENT",
            ty => ty,
        }
    }

    /// The parameters; see [`Body::parameters`].
    pub fn parameters(&self) -> impl Iterator<Item = (&str, Cow<'_, [u8]>)> {
        parameters(self.0.parameters())
    }
}

fn parameters<'p>(
    parameters: &'p Parameters<'_>,
) -> impl Iterator<Item = (&'p str, Cow<'p, [u8]>)> {
    parameters.iter().map(|one| (one.name(), on_one_line(one.value())))
}

fn on_one_line(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr2(b'\r', b'\n', value).is_none() {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect())
}

fn body_type(part: Part<'_>, ty: &ContentType<'_>) -> BodyType {
    if part.is_multipart() {
        BodyType::Multipart
    } else if part.message().is_some() {
        BodyType::Message
    } else if ty.is_type("text") {
        BodyType::Text
    } else {
        BodyType::Basic
    }
}

/// Whether its lines are told.
pub(super) fn is_counted(part: Part<'_>) -> bool {
    let ty = part.content_type().value;
    matches!(body_type(part, &ty), BodyType::Text | BodyType::Message)
}
