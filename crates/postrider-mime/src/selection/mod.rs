//! What to show of a message: its text, its HTML, its attachments (RFC 8621 §4.1.4).

mod reader;

use alloc::vec::Vec;

use crate::{Message, Part};

/// The parts of one message in the lists that a reader wants: what to show as its body, and what to
/// offer beside it.
///
/// The lists are those that the algorithm of RFC 8621 §4.1.4 gives. It looks at types, at
/// `Content-Disposition`, at file names, and at where a part stands; no body is read. The `start`
/// parameter of a `multipart/related` is not looked at: its first part is the root. A nested
/// message is one attachment; it has a selection of its own, [`of`](Self::of) its root.
///
/// ```
/// use postrider_mime::{Message, Selection};
///
/// let message = Message::parse(
///     "Content-Type: multipart/mixed; boundary=m\n\n\
///      --m\nContent-Type: multipart/alternative; boundary=a\n\n\
///      --a\nContent-Type: text/plain\n\nHello\n\
///      --a\nContent-Type: text/html\n\n<p>Hello\n\
///      --a--\n\
///      --m\nContent-Type: message/rfc822\n\n\
///      Content-Type: text/html\n\n<p>Hi\n\
///      --m--\n",
/// )?;
/// let selection = message.selection();
/// assert_eq!(selection.text_body()[0].raw_body(), b"Hello");
/// assert_eq!(selection.html_body()[0].raw_body(), b"<p>Hello");
/// assert!(selection.has_attachment());
///
/// let forwarded = selection.attachments()[0].message().unwrap();
/// let selection = Selection::of(forwarded);
/// assert_eq!(selection.html_body()[0].raw_body(), b"<p>Hi");
/// assert!(!selection.has_attachment());
/// # Ok::<(), postrider_mime::TooLarge>(())
/// ```
#[derive(Debug, Clone)]
pub struct Selection<'a> {
    leaves: Vec<(Part<'a>, Roles)>,
    text_body: Vec<Part<'a>>,
    html_body: Vec<Part<'a>>,
    attachments: Vec<Part<'a>>,
}

/// What a part is for. One part can be in several lists: a plain text that is alone is both the text
/// and the HTML body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Roles {
    text_body: bool,
    html_body: bool,
    attachment: bool,
    inline: bool,
}

impl Roles {
    /// Whether it is shown where plain text is preferred.
    pub const fn is_text_body(self) -> bool {
        self.text_body
    }

    /// Whether it is shown where HTML is preferred.
    pub const fn is_html_body(self) -> bool {
        self.html_body
    }

    /// Whether it is offered as an attachment.
    pub const fn is_attachment(self) -> bool {
        self.attachment
    }

    /// Whether it is meant to be shown in the body: its `Content-Disposition` is `inline`, or it
    /// has none and is part of the aggregate of a `multipart/related`, its first part aside.
    ///
    /// The root of the aggregate is its first part here, as in the algorithm of RFC 8621 §4.1.4,
    /// which goes by the index of a part. RFC 2387 §3.2 lets a `start` parameter name another; it is
    /// not looked at.
    pub const fn is_inline(self) -> bool {
        self.inline
    }
}

impl<'a> Selection<'a> {
    /// The selection of what is in this part: the root of a message, as
    /// [`Message::root`] and [`Part::message`] give it, or any part as if it were a whole message.
    ///
    /// Takes time and memory by the number of parts.
    pub fn of(root: Part<'a>) -> Self {
        reader::read(root)
    }

    /// What to show, part after part, where plain text is preferred. Holds HTML where the sender
    /// gave no plain text for it, and images, sound and video that stand between texts.
    pub fn text_body(&self) -> &[Part<'a>] {
        &self.text_body
    }

    /// What to show, part after part, where HTML is preferred. Holds plain text where the sender
    /// gave no HTML for it, and images, sound and video that stand between texts.
    pub fn html_body(&self) -> &[Part<'a>] {
        &self.html_body
    }

    /// What is in no body, and the images, sound and video that are in one of the two only. Images
    /// that the HTML refers to by `Content-ID` are among them.
    pub fn attachments(&self) -> &[Part<'a>] {
        &self.attachments
    }

    /// The parts that are meant to be shown in the body, whatever list they are in; see
    /// [`Roles::is_inline`].
    pub fn inline(&self) -> impl Iterator<Item = Part<'a>> {
        self.leaves.iter().filter(|(_, roles)| roles.inline).map(|(part, _)| *part)
    }

    /// Whether an attachment is there that a reader should show a paper clip for: one whose
    /// `Content-Disposition` is not `inline` (RFC 8621 §4.1.4).
    pub fn has_attachment(&self) -> bool {
        self.attachments.iter().any(|part| !reader::Shown::of(*part).is_inline())
    }

    /// Every part that holds no parts, in the order of the message, with its roles. Each has at
    /// least one of text body, HTML body and attachment.
    pub fn leaves(&self) -> impl ExactSizeIterator<Item = (Part<'a>, Roles)> {
        self.leaves.iter().copied()
    }

    /// The roles of a part. A multipart and what is not of this message have none.
    pub fn roles(&self, part: Part<'a>) -> Roles {
        let place = |(leaf, _): &(Part<'a>, Roles)| leaf.header_span().start();
        let found = self.leaves.binary_search_by_key(&part.header_span().start(), place);
        let leaf = found.ok().and_then(|at| self.leaves.get(at));
        leaf.filter(|(leaf, _)| *leaf == part).map(|(_, roles)| *roles).unwrap_or_default()
    }
}

impl<B: AsRef<[u8]>> Message<B> {
    /// What to show of the message. Ask for it once: every call goes through the parts.
    pub fn selection(&self) -> Selection<'_> {
        Selection::of(self.root())
    }

    /// The parts of [`Selection::text_body`].
    pub fn text_body(&self) -> impl ExactSizeIterator<Item = Part<'_>> {
        self.selection().text_body.into_iter()
    }

    /// The parts of [`Selection::html_body`].
    pub fn html_body(&self) -> impl ExactSizeIterator<Item = Part<'_>> {
        self.selection().html_body.into_iter()
    }

    /// The parts of [`Selection::attachments`].
    pub fn attachments(&self) -> impl ExactSizeIterator<Item = Part<'_>> {
        self.selection().attachments.into_iter()
    }

    /// Whether it has an attachment, as [`Selection::has_attachment`] tells.
    pub fn has_attachment(&self) -> bool {
        self.selection().has_attachment()
    }
}
