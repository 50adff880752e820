//! The algorithm of RFC 8621 §4.1.4, with a stack of its own in place of recursion.
//!
//! `textBody = null` of the RFC is a list that is closed: for what follows in that multipart and in
//! those inside it, not for what is around it.

use alloc::{vec, vec::Vec};

use postrider_message::{FieldName, Lexer, Token};

use super::{Roles, Selection};
use crate::{MediaType, Part, file_name, tree::Kind};

/// What `Content-Disposition` says of where a part is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// There is no such field.
    Unsaid,
    Inline,
    Attachment,
    /// Another word, or none.
    Other,
}

impl Shown {
    pub(super) fn of(part: Part<'_>) -> Self {
        let Some(field) = part.headers().get(FieldName::ContentDisposition) else {
            return Self::Unsaid;
        };
        match Lexer::mime(field.raw_value()).next_solid().map(|lexeme| lexeme.token) {
            Some(Token::Atom(word)) if word.eq_ignore_ascii_case(b"attachment") => Self::Attachment,
            Some(Token::Atom(word)) if word.eq_ignore_ascii_case(b"inline") => Self::Inline,
            _ => Self::Other,
        }
    }

    pub(super) fn is_inline(self) -> bool {
        self == Self::Inline
    }
}

/// The multiparts that the algorithm tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Multipart {
    Alternative,
    Related,
    Other,
}

/// What a leaf is for the algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaf {
    Plain,
    Html,
    /// An image, sound or video.
    Media,
    Other,
}

impl Leaf {
    fn of(ty: MediaType<'_>) -> Self {
        match () {
            () if ty.is("text", "plain") => Self::Plain,
            () if ty.is("text", "html") => Self::Html,
            () if ["image", "audio", "video"].iter().any(|one| ty.is_type(one)) => Self::Media,
            () => Self::Other,
        }
    }
}

/// A multipart whose parts are being gone through.
struct Open<'a> {
    /// The next of its parts, and how many stand before it.
    next: Option<Part<'a>>,
    index: usize,
    multipart: Multipart,
    in_alternative: bool,
    /// Whether the lists take more parts; `None` is the RFC's `null`, else their length when this
    /// multipart began.
    text: Option<usize>,
    html: Option<usize>,
}

/// The lists, as places in the list of leaves.
#[derive(Default)]
struct Reader<'a> {
    leaves: Vec<(Part<'a>, Roles)>,
    text: Vec<usize>,
    html: Vec<usize>,
    attachments: Vec<usize>,
}

pub(super) fn read(root: Part<'_>) -> Selection<'_> {
    let mut reader = Reader::default();
    // "parseStructure( [ bodyStructure ], 'mixed', false, … )": the root is the one part of a
    // multipart that is not there, and has no part behind it.
    let mut open = vec![Open {
        next: Some(root),
        index: 0,
        multipart: Multipart::Other,
        in_alternative: false,
        text: Some(0),
        html: Some(0),
    }];
    while let Some(top) = open.last_mut() {
        let Some(part) = top.next else {
            reader.end(top);
            open.pop();
            continue;
        };
        top.next = if part == root { None } else { part.next_sibling() };
        if part.is_multipart() {
            let inner = reader.begin(top, part);
            top.index = top.index.saturating_add(1);
            open.push(inner);
        } else {
            reader.leaf(top, part);
            top.index = top.index.saturating_add(1);
        }
    }
    reader.finish()
}

impl<'a> Reader<'a> {
    fn begin(&self, around: &Open<'a>, part: Part<'a>) -> Open<'a> {
        let subtype = part.media_type().subtype();
        let multipart = if subtype.eq_ignore_ascii_case("alternative") {
            Multipart::Alternative
        } else if subtype.eq_ignore_ascii_case("related") {
            Multipart::Related
        } else {
            Multipart::Other
        };
        Open {
            next: part.children().next(),
            index: 0,
            multipart,
            in_alternative: around.in_alternative || multipart == Multipart::Alternative,
            text: around.text.map(|_| self.text.len()),
            html: around.html.map(|_| self.html.len()),
        }
    }

    fn leaf(&mut self, open: &mut Open<'a>, part: Part<'a>) {
        let kind =
            if part.kind() == Kind::Leaf { Leaf::of(part.media_type()) } else { Leaf::Other };
        let shown = Shown::of(part);
        let first = open.index == 0;
        let related = open.multipart == Multipart::Related;
        let aggregate = related && !first && shown == Shown::Unsaid;
        let roles = Roles { inline: shown.is_inline() || aggregate, ..Roles::default() };
        let at = self.leaves.len();
        self.leaves.push((part, roles));
        // "Is this a body part rather than an attachment"
        let is_body = shown != Shown::Attachment
            && kind != Leaf::Other
            && (first || !related && (kind == Leaf::Media || !file_name::is_named(part)));
        if !is_body {
            return self.attachments.push(at);
        }
        if open.multipart == Multipart::Alternative {
            // Where the list is closed the RFC's code has no answer, and its text has: what is "not
            // included in textBody or htmlBody" is an attachment.
            return match kind {
                Leaf::Plain if open.text.is_some() => self.text.push(at),
                Leaf::Html if open.html.is_some() => self.html.push(at),
                _ => self.attachments.push(at),
            };
        }
        if open.in_alternative {
            match kind {
                Leaf::Plain => open.html = None,
                Leaf::Html => open.text = None,
                Leaf::Media | Leaf::Other => {}
            }
        }
        if open.text.is_some() {
            self.text.push(at);
        }
        if open.html.is_some() {
            self.html.push(at);
        }
        let both = open.text.is_some() && open.html.is_some();
        let none = open.text.is_none() && open.html.is_none();
        if none || !both && kind == Leaf::Media {
            self.attachments.push(at);
        }
    }

    /// Of an alternative that has text in one form only, both lists take that form.
    fn end(&mut self, open: &Open<'a>) {
        let (Some(text), Some(html)) = (open.text, open.html) else { return };
        if open.multipart != Multipart::Alternative {
            return;
        }
        if text == self.text.len() && html != self.html.len() {
            self.text.extend(self.html.get(html..).unwrap_or_default());
        } else if html == self.html.len() && text != self.text.len() {
            self.html.extend(self.text.get(text..).unwrap_or_default());
        }
    }

    fn finish(mut self) -> Selection<'a> {
        let text_body = self.list(&self.text);
        let html_body = self.list(&self.html);
        let attachments = self.list(&self.attachments);
        for (list, set) in [
            (&self.text, (|roles| roles.text_body = true) as fn(&mut Roles)),
            (&self.html, |roles| roles.html_body = true),
            (&self.attachments, |roles| roles.attachment = true),
        ] {
            for &at in list {
                if let Some((_, roles)) = self.leaves.get_mut(at) {
                    set(roles);
                }
            }
        }
        Selection { leaves: self.leaves, text_body, html_body, attachments }
    }

    fn list(&self, places: &[usize]) -> Vec<Part<'a>> {
        places.iter().filter_map(|&at| Some(self.leaves.get(at)?.0)).collect()
    }
}
