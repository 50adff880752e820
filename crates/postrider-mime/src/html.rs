//! The text of HTML, for a look at it in one line or a list: no tree, no styles, no links.

use alloc::string::String;

use html5gum::{Emitter, Error, State, Tokenizer};

use crate::preview::Collapsed;

/// The text that HTML shows, at most this many characters of it. Reads no further than it needs,
/// in linear time, whatever the HTML.
///
/// The tokens and character references are those of the WHATWG standard; elements are not put into
/// a tree. Each line is without white space at its ends and has single blanks. What begins or ends a
/// block (`p`, `div`, `li`, `tr`, `h1` …) and `br` ends a line, a table cell is parted from the
/// next by a blank, empty lines are left out. What is not shown is left out: comments, `title`,
/// `style`, `script`, `iframe`, and characters that show nothing. Of links the text is kept, of
/// images nothing. Styles are not looked at: text that they hide is told, as it is what newsletters
/// hide for previews.
///
/// ```
/// use postrider_mime::html_to_text;
///
/// let html = "<style>p { color: red }</style><p>Fish &amp; chips,\n<a href='/x'>today</a></p>5&nbsp;&euro;";
/// assert_eq!(html_to_text(html, 100), "Fish & chips, today\n5 €");
/// assert_eq!(html_to_text(html, 8), "Fish & c");
/// ```
pub fn html_to_text(html: &str, limit: usize) -> String {
    let mut text = Collapsed::new(limit);
    read(html, &mut text);
    text.finish()
}

/// Adds the text of HTML until there is enough.
pub(crate) fn read(html: &str, text: &mut Collapsed) {
    let shown = Shown {
        text,
        cut: Cut::default(),
        tag: Name::default(),
        is_end: false,
        last: Name::default(),
        dropped: false,
    };
    // It yields a token where there is enough, or at the end none.
    let _ = Tokenizer::new_with_emitter(html, shown).next();
}

/// The longest name of an element that matters here is `blockquote`.
const NAME: usize = 12;

/// The name of a tag, in small letters; of a long one the first octets and its length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Name {
    octets: [u8; NAME],
    length: usize,
}

impl Name {
    fn push(&mut self, octets: &[u8]) {
        for &octet in octets {
            if let Some(place) = self.octets.get_mut(self.length) {
                *place = octet;
            }
            self.length = self.length.saturating_add(1);
        }
    }

    /// The whole name; empty where it is longer than any that matters.
    fn as_bytes(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }

    /// How the content of the element is cut into tokens. As in a mail reader no script runs, so
    /// that `noscript` is an element as any other.
    fn state(&self) -> Option<State> {
        match self.as_bytes() {
            b"title" | b"textarea" => Some(State::RcData),
            b"style" | b"xmp" | b"iframe" | b"noembed" | b"noframes" => Some(State::RawText),
            b"script" => Some(State::ScriptData),
            b"plaintext" => Some(State::PlainText),
            _ => None,
        }
    }

    /// Whether the content is not shown. It has no tags, as [`state`](Self::state) says.
    fn is_dropped(&self) -> bool {
        let name = self.as_bytes();
        matches!(name, b"title" | b"style" | b"iframe" | b"noembed" | b"noframes" | b"script")
    }

    fn is_cell(&self) -> bool {
        matches!(self.as_bytes(), b"td" | b"th" | b"option")
    }

    /// What CSS shows as a block where no style says otherwise (HTML §15.3), and line breaks.
    fn is_block(&self) -> bool {
        matches!(
            self.as_bytes(),
            b"address"
                | b"article"
                | b"aside"
                | b"blockquote"
                | b"body"
                | b"br"
                | b"caption"
                | b"center"
                | b"dd"
                | b"details"
                | b"dialog"
                | b"dir"
                | b"div"
                | b"dl"
                | b"dt"
                | b"fieldset"
                | b"figcaption"
                | b"figure"
                | b"footer"
                | b"form"
                | b"h1"
                | b"h2"
                | b"h3"
                | b"h4"
                | b"h5"
                | b"h6"
                | b"header"
                | b"hgroup"
                | b"hr"
                | b"html"
                | b"legend"
                | b"li"
                | b"listing"
                | b"main"
                | b"menu"
                | b"nav"
                | b"ol"
                | b"optgroup"
                | b"p"
                | b"plaintext"
                | b"pre"
                | b"section"
                | b"summary"
                | b"table"
                | b"tbody"
                | b"tfoot"
                | b"thead"
                | b"tr"
                | b"ul"
                | b"xmp"
        )
    }
}

/// The first octets of a character that the tokens cut.
#[derive(Debug, Default)]
struct Cut {
    octets: [u8; 4],
    length: usize,
}

impl Cut {
    /// Adds an octet. No character has more than four.
    fn push(&mut self, octet: u8) {
        match self.octets.get_mut(self.length) {
            Some(place) => {
                *place = octet;
                self.length = self.length.saturating_add(1);
            }
            None => self.length = 0,
        }
    }

    fn whole(&self) -> Option<&str> {
        core::str::from_utf8(self.octets.get(..self.length)?).ok()
    }
}

/// Takes tokens and keeps their text.
struct Shown<'t> {
    text: &'t mut Collapsed,
    cut: Cut,
    tag: Name,
    is_end: bool,
    /// The last start tag: only its end tag ends what [`Name::state`] began.
    last: Name,
    dropped: bool,
}

impl Shown<'_> {
    fn push(&mut self, octets: &[u8]) {
        let mut rest = octets;
        while self.cut.length > 0
            && let Some((octet, behind)) = rest.split_first()
        {
            rest = behind;
            self.cut.push(*octet);
            if let Some(text) = self.cut.whole() {
                self.text.push_text(text);
                self.cut = Cut::default();
            }
        }
        for chunk in rest.utf8_chunks() {
            self.text.push_text(chunk.valid());
            chunk.invalid().iter().for_each(|octet| self.cut.push(*octet));
        }
    }
}

impl Emitter for Shown<'_> {
    type Token = ();

    fn pop_token(&mut self) -> Option<()> {
        self.text.is_full().then_some(())
    }

    fn emit_string(&mut self, octets: &[u8]) {
        if !self.dropped {
            self.push(octets);
        }
    }

    fn init_start_tag(&mut self) {
        (self.tag, self.is_end) = (Name::default(), false);
    }

    fn init_end_tag(&mut self) {
        (self.tag, self.is_end) = (Name::default(), true);
    }

    fn push_tag_name(&mut self, octets: &[u8]) {
        self.tag.push(octets);
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        if self.tag.is_block() {
            self.text.end_line();
        } else if self.tag.is_cell() {
            self.text.push(' ');
        }
        if self.is_end {
            self.dropped = self.dropped && self.tag != self.last;
            return None;
        }
        self.last = self.tag;
        self.dropped = self.tag.is_dropped();
        self.tag.state()
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.is_end && self.tag == self.last
    }

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last = Name::default();
        self.last.push(name.unwrap_or_default());
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    // What is neither text nor the name of a tag does not matter.
    fn emit_eof(&mut self) {}
    fn emit_error(&mut self, _: Error) {}
    fn init_comment(&mut self) {}
    fn emit_current_comment(&mut self) {}
    fn emit_current_doctype(&mut self) {}
    fn set_self_closing(&mut self) {}
    fn set_force_quirks(&mut self) {}
    fn push_comment(&mut self, _: &[u8]) {}
    fn push_doctype_name(&mut self, _: &[u8]) {}
    fn init_doctype(&mut self) {}
    fn init_attribute(&mut self) {}
    fn push_attribute_name(&mut self, _: &[u8]) {}
    fn push_attribute_value(&mut self, _: &[u8]) {}
    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}
}
