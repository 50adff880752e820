//! The parts of a message, as a search reads them.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cell::RefCell;

use postrider_message::charset;
use postrider_mime::Part;

use super::{Substring, fields};

/// The decoded texts of a message, as far as they were asked for.
pub(super) struct Texts<'a> {
    root: Part<'a>,
    read: RefCell<Read<'a>>,
}

struct Read<'a> {
    texts: Vec<Cow<'a, str>>,
    /// What is still to be read.
    rest: Walk<'a>,
}

impl<'a> Texts<'a> {
    /// Of a message, nothing of which is decoded yet.
    pub(super) fn new(root: Part<'a>) -> Self {
        Self { root, read: RefCell::new(Read { texts: Vec::new(), rest: Walk(alloc::vec![root]) }) }
    }

    /// Whether a text of the message has the string. No more texts are decoded than that takes.
    pub(super) fn has(&self, string: &Substring) -> bool {
        let Ok(mut read) = self.read.try_borrow_mut() else { return false };
        let Read { texts, rest } = &mut *read;
        if texts.iter().any(|text| string.is_in(text)) {
            return true;
        }
        for text in rest.filter_map(text) {
            let has = string.is_in(&text);
            texts.push(text);
            if has {
                return true;
            }
        }
        false
    }

    /// Whether a header section other than that of the message itself has the string.
    pub(super) fn has_in_inner_fields(&self, string: &Substring) -> bool {
        let mut inner = Walk(alloc::vec![self.root]).skip(1);
        inner.any(|part| fields::any(part.headers(), string))
    }
}

/// The text of a `text/*` or `message/*` part that holds no others.
fn text(part: Part<'_>) -> Option<Cow<'_, str>> {
    if let Some(text) = part.text() {
        return Some(text.value);
    }
    let is_leaf = !part.is_multipart() && part.message().is_none();
    if !is_leaf || !part.media_type().is_type("message") {
        return None;
    }
    let ty = part.content_type().value;
    let label = ty.charset().unwrap_or(Cow::Borrowed(b"us-ascii"));
    Some(match part.decoded().value {
        Cow::Borrowed(octets) => charset::decode(&label, octets).text,
        Cow::Owned(octets) => charset::decode_vec(&label, octets).text,
    })
}

/// All parts, each before those in it, nested messages included.
struct Walk<'a>(Vec<Part<'a>>);

impl<'a> Iterator for Walk<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let part = self.0.pop()?;
        let from = self.0.len();
        self.0.extend(part.children());
        self.0.extend(part.message());
        if let Some(inner) = self.0.get_mut(from..) {
            inner.reverse();
        }
        Some(part)
    }
}
