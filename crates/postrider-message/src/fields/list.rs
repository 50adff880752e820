//! The fields of mailing lists: RFC 2369, `List-Id` (RFC 2919) and one-click unsubscription (RFC
//! 8058).

use alloc::{borrow::Cow, format, vec::Vec};

use super::{
    grammar,
    url::{Url, strip_white},
};
use memchr::memchr;

use crate::{
    Defects, FieldValue, Folder, InvalidValue, Lexeme, Lexer, Parsed, RawValue, Token, WriteValue,
    code,
    lexer::{CommentCount, is_atext, trim, trim_start},
    text::{Phrase, lossy},
    unquote,
    write::{is_dot_atom, refuse_controls},
};

/// One URL of a list field, with the comments that belong to it (RFC 2369 §2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListUrl<'a> {
    url: Url<'a>,
    comments: Vec<Cow<'a, str>>,
}

impl<'a> ListUrl<'a> {
    /// A URL without comments.
    pub const fn new(url: Url<'a>) -> Self {
        Self { url, comments: Vec::new() }
    }

    /// The same URL with one more comment, of ASCII.
    pub fn with_comment(mut self, text: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.comments.push(grammar::comment_text(text.into())?);
        Ok(self)
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// What stands in parentheses before or behind it, not decoded.
    pub fn comments(&self) -> &[Cow<'a, str>] {
        &self.comments
    }
}

/// The URLs of `List-Help`, `List-Unsubscribe`, `List-Subscribe`, `List-Post`, `List-Owner` or
/// `List-Archive` (RFC 2369), the preferred one first; or the `NO` of `List-Post`.
///
/// A part between commas that is no URL in angle brackets ends the list (RFC 2369 §2).
///
/// ```
/// use postrider_message::HeaderSection;
///
/// let section = HeaderSection::parse(
///     "List-Unsubscribe: (Use this command to get off the list)\r\n\
///      \x20<mailto:list-manager@host.com?body=unsubscribe%20list>, <http://www.host.com/list/>\r\n\
///      List-Post: NO (posting not allowed on this list)\r\n\r\n",
/// );
/// let headers = section.headers();
/// let urls = headers.list_unsubscribe().unwrap().value;
/// assert_eq!(urls.urls()[0].comments(), ["Use this command to get off the list"]);
/// assert_eq!(urls.urls()[1].as_str(), "http://www.host.com/list/");
/// assert!(headers.list_post().unwrap().value.is_no());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListUrls<'a> {
    urls: Vec<ListUrl<'a>>,
    no: bool,
}

impl<'a> ListUrls<'a> {
    /// A list of these URLs, of which there is one at least.
    pub fn new(urls: Vec<ListUrl<'a>>) -> Result<Self, InvalidValue> {
        if urls.is_empty() { Err(InvalidValue::Grammar) } else { Ok(Self { urls, no: false }) }
    }

    /// The `NO` of a list that may not be posted to (RFC 2369 §3.4).
    pub const fn no() -> Self {
        Self { urls: Vec::new(), no: true }
    }

    /// The URLs, the preferred one first.
    pub fn urls(&self) -> &[ListUrl<'a>] {
        &self.urls
    }

    /// The first URL of a scheme, such as `mailto`, in any case.
    pub fn with_scheme(&self, scheme: &str) -> Option<&ListUrl<'a>> {
        self.urls
            .iter()
            .find(|one| one.url.scheme().is_some_and(|is| is.eq_ignore_ascii_case(scheme)))
    }

    /// Whether the field says `NO`.
    pub const fn is_no(&self) -> bool {
        self.no
    }
}

impl<'a> FieldValue<'a> for ListUrls<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        if let Some(urls) = plain_urls(raw) {
            let defects = Defects::with_limit(raw.limits().defects);
            return Parsed::new(Self { urls, no: false }, defects, raw.bytes());
        }
        let mut reader = UrlReader {
            lexer: Lexer::new(raw),
            list: Self::default(),
            comments: Vec::new(),
            count: CommentCount::default(),
            behind: false,
        };
        while let Some(lexeme) = reader.lexer.next() {
            if !reader.step(&lexeme) {
                break;
            }
        }
        reader.attach();
        let UrlReader { lexer, list, .. } = reader;
        Parsed::new(list, lexer.into_defects(), raw.bytes())
    }
}

/// URLs in angle brackets with commas between them and nothing else, which nearly all lists are, read
/// without a token.
fn plain_urls(raw: RawValue<'_>) -> Option<Vec<ListUrl<'_>>> {
    let (mut urls, mut rest) = (Vec::new(), trim_start(raw.bytes()));
    loop {
        let inside = rest.strip_prefix(b"<")?;
        let (url, behind) = inside.split_at_checked(memchr(b'>', inside)?)?;
        let url = Url::of(Cow::Borrowed(core::str::from_utf8(url).ok()?));
        if !url.is_valid() || urls.len() >= raw.limits().items {
            return None;
        }
        urls.push(ListUrl { url, comments: Vec::new() });
        rest = match trim_start(behind.get(1..)?) {
            [] => return Some(urls),
            [b',', next @ ..] => trim_start(next),
            _ => return None,
        };
    }
}

struct UrlReader<'a> {
    lexer: Lexer<'a>,
    list: ListUrls<'a>,
    /// Comments that stand before a URL, or behind it and before the comma.
    comments: Vec<Cow<'a, str>>,
    /// Comments of the whole field.
    count: CommentCount,
    /// Whether a URL stands before this place, without a comma between.
    behind: bool,
}

impl<'a> UrlReader<'a> {
    /// Takes one lexeme. False where the rest is ignored.
    fn step(&mut self, lexeme: &Lexeme<'a>) -> bool {
        match lexeme.token {
            Token::Comment(text) => self.comment(text, lexeme),
            Token::Special(b',') => {
                if !self.behind {
                    self.lexer.defect(&code::EMPTY_ELEMENT, lexeme.start, lexeme.end);
                }
                self.attach();
                self.behind = false;
            }
            Token::Special(b'<') if !self.behind => return self.url(lexeme),
            Token::Atom(word)
                if word.eq_ignore_ascii_case(b"NO")
                    && self.list.urls.is_empty()
                    && !self.list.no =>
            {
                self.list.no = true;
                self.behind = true;
            }
            // "any characters following an angle bracket enclosed URL SHOULD be ignored"
            _ if self.behind => self.lexer.defect(&code::AFTER_URL, lexeme.start, lexeme.end),
            // "the remainder of the field (the current, and all subsequent, sub-items) SHOULD be
            // ignored"
            _ => {
                let end = self.lexer.raw().bytes().len();
                self.lexer.defect(&code::NOT_A_URL, lexeme.start, end);
                return false;
            }
        }
        true
    }

    fn url(&mut self, open: &Lexeme<'a>) -> bool {
        let Some(inside) = self.lexer.take_until(b'>') else {
            self.lexer.defect(&code::UNCLOSED_ANGLE, open.start, open.end);
            return false;
        };
        let end = self.lexer.at();
        let url = lossy(strip_white(inside));
        if url.is_empty() {
            self.lexer.defect(&code::NOT_A_URL, open.start, end);
            return true;
        }
        if self.list.urls.len() >= self.lexer.raw().limits().items {
            self.lexer.defect(&code::TOO_MANY_ITEMS, open.start, self.lexer.raw().bytes().len());
            return false;
        }
        let url = Url::of(url);
        if !url.is_valid() {
            self.lexer.defect(&code::BAD_URL, open.start, end);
        }
        let comments = core::mem::take(&mut self.comments);
        self.list.urls.push(ListUrl { url, comments });
        self.behind = true;
        true
    }

    fn comment(&mut self, text: &'a [u8], lexeme: &Lexeme<'a>) {
        if self.count.has_room(&mut self.lexer, lexeme) {
            self.comments.push(lossy(unquote(text)));
        }
    }

    /// Gives the comments behind a URL to it.
    fn attach(&mut self) {
        if self.behind
            && let Some(last) = self.list.urls.last_mut()
        {
            last.comments.append(&mut self.comments);
        }
    }
}

/// Refused where there is neither a URL nor `NO`.
impl WriteValue for ListUrls<'_> {
    fn write_value(&self, to: &mut Folder) {
        if self.no {
            to.token("NO");
        } else if self.urls.is_empty() {
            to.refuse(InvalidValue::Empty);
        }
        for (number, one) in self.urls.iter().enumerate() {
            if number > 0 || self.no {
                to.token(",").blank();
            }
            one.url.write_bracketed(to);
            for comment in &one.comments {
                to.blank().plain_comment(comment);
            }
        }
    }
}

/// `List-Id` (RFC 2919): `[phrase] "<" list-id ">"`.
///
/// ```
/// use postrider_message::{FieldValue, ListId, RawValue};
/// let raw = RawValue::new(b"\"Lena's Personal Joke List\"\r\n <lenas-jokes.da39efc25c530ad1.localhost>");
/// let id = Option::<ListId<'_>>::read(raw).value.unwrap();
/// assert_eq!(id.name(), Some("Lena's Personal Joke List"));
/// assert!(id.is("Lenas-Jokes.da39efc25c530ad1.localhost"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListId<'a> {
    name: Option<Cow<'a, str>>,
    id: Cow<'a, str>,
}

impl<'a> ListId<'a> {
    /// An identifier of atoms with dots between them, two at least, of at most 255 octets.
    pub fn new(id: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let id = id.into();
        match is_list_id(&id) {
            true => Ok(Self { name: None, id }),
            false => Err(InvalidValue::Grammar),
        }
    }

    /// The same identifier with a name for people; an empty one is none.
    pub fn with_name(mut self, name: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let name = name.into();
        refuse_controls(&name)?;
        self.name = Some(name).filter(|name| !name.is_empty());
        Ok(self)
    }

    /// The name for people, decoded. It may change; the identifier does not.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The identifier, without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.id
    }

    /// Whether the identifier is this one: case does not count (RFC 2919 §6).
    pub fn is(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id)
    }
}

/// `list-id = list-label "." list-id-namespace`, "a maximum length of 255 octets" (RFC 2919 §2).
fn is_list_id(id: &str) -> bool {
    id.len() <= 255 && id.contains('.') && is_dot_atom(id)
}

/// An identifier in angle brackets behind a few atoms or nothing, as in most mail, read without a
/// token.
fn plain_id(raw: RawValue<'_>) -> Option<ListId<'_>> {
    let text = core::str::from_utf8(trim(raw.bytes())).ok()?;
    let (name, id) = text.strip_suffix('>')?.split_once('<')?;
    let name = name.strip_suffix(' ').unwrap_or(name);
    // An equals sign may be part of an encoded word.
    let atom = |word: &str| {
        let plain = |octet: u8| octet.is_ascii() && is_atext(octet) && octet != b'=';
        !word.is_empty() && word.bytes().fold(true, |all, octet| all & plain(octet))
    };
    let atoms = name.len() < 200 && name.split(' ').all(atom);
    let name = match name {
        "" => None,
        _ if atoms => Some(Cow::Borrowed(name)),
        _ => return None,
    };
    is_list_id(id).then_some(ListId { name, id: Cow::Borrowed(id) })
}

/// No value where there is no identifier.
impl<'a> FieldValue<'a> for Option<ListId<'a>> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        if let Some(id) = plain_id(raw) {
            let defects = Defects::with_limit(raw.limits().defects);
            return Parsed::new(Some(id), defects, raw.bytes());
        }
        let mut lexer = Lexer::new(raw);
        let mut phrase = Phrase::default();
        // Words without angle brackets, and whether they stand together.
        let mut words: Option<(usize, usize, bool)> = None;
        // A bracket that nothing closes is looked for once.
        let mut closed = true;
        while let Some(lexeme) = lexer.next() {
            let open = closed && lexeme.is(b'<');
            let inside = if open { lexer.take_until(b'>') } else { None };
            closed &= !open || inside.is_some();
            if let Some(inside) = inside {
                let end = lexer.at();
                let id = lossy(strip_white(inside));
                if !is_list_id(&id) {
                    lexer.defect(&code::BAD_LIST_ID, lexeme.start, end);
                }
                let name = phrase.finish(&mut lexer);
                if let Some(after) = lexer.next_solid() {
                    lexer.defect(&code::AFTER_LIST_ID, after.start, raw.bytes().len());
                }
                let value = Some(ListId { name, id }).filter(|value| !value.id.is_empty());
                return Parsed::new(value, lexer.into_defects(), raw.bytes());
            }
            phrase.push(&mut lexer, &lexeme);
            if !matches!(lexeme.token, Token::Comment(_)) {
                words = Some(match words {
                    None => (lexeme.start, lexeme.end, true),
                    Some((start, end, solid)) => (start, lexeme.end, solid && end == lexeme.start),
                });
            }
        }
        // Many write the identifier without its brackets.
        let bare = words.filter(|(.., solid)| *solid).and_then(|(start, end, _)| {
            core::str::from_utf8(lexer.text(start, end)).ok().filter(|id| is_list_id(id))
        });
        lexer.defect(&code::NO_LIST_ID, 0, raw.bytes().len());
        let value = bare.map(|id| ListId { name: None, id: Cow::Borrowed(id) });
        Parsed::new(value, lexer.into_defects(), raw.bytes())
    }
}

impl WriteValue for ListId<'_> {
    fn write_value(&self, to: &mut Folder) {
        if let Some(name) = &self.name {
            to.phrase(name);
            to.blank();
        }
        to.token(&format!("<{}>", self.id));
    }
}

/// `List-Unsubscribe-Post: List-Unsubscribe=One-Click` (RFC 8058 §3.1): an HTTPS POST of just this
/// to the URL of `List-Unsubscribe` unsubscribes, if a DKIM signature covers both fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 8058 §3.1 has this one value")]
pub struct OneClick;

impl OneClick {
    /// What is posted.
    pub const BODY: &'static str = "List-Unsubscribe=One-Click";
}

/// No value where the field says anything else.
impl<'a> FieldValue<'a> for Option<OneClick> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let lexer = Lexer::mime(raw);
        let mut defects = Defects::with_limit(raw.limits().defects);
        let words: Vec<_> =
            lexer.filter(|one| !matches!(one.token, Token::Comment(_))).take(4).collect();
        let is = |one: &Lexeme<'_>, text: &str| matches!(one.token, Token::Atom(word) if word.eq_ignore_ascii_case(text.as_bytes()));
        let value = match words.as_slice() {
            [name, equals, value]
                if is(name, "List-Unsubscribe") && equals.is(b'=') && is(value, "One-Click") =>
            {
                Some(OneClick)
            }
            _ => {
                defects.push(&code::NOT_ONE_CLICK, raw.span());
                None
            }
        };
        Parsed::new(value, defects, raw.bytes())
    }
}

impl WriteValue for OneClick {
    fn write_value(&self, to: &mut Folder) {
        to.token(Self::BODY);
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::String, vec};

    use proptest::prelude::*;

    use super::*;

    /// A comment, which no fast path reads, makes the general reader read the same.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "<mailto:a@b.example?x=y>",
            "<http://a.example/(b)>",
            "<a.b>",
            "<a.b.c>",
            "<",
            ">",
            ",",
            " ",
            "  ",
            "\r\n\t",
            "NO",
            "A",
            "List Name",
            "it's",
            "a.b",
            "\"q\"",
            "=?utf-8?q?x?=",
            "=",
            "\u{e9}",
            "<>",
            "x y",
        ]);
        prop::collection::vec(piece, 0..7).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn plain_lists_and_identifiers_are_what_the_general_readers_read(text in pieces()) {
            let commented = format!("(){text}");
            let (plain, general) = (RawValue::new(text.as_bytes()), RawValue::new(commented.as_bytes()));
            if let Some(urls) = plain_urls(plain) {
                let read = ListUrls::read(general);
                let plain: Vec<_> = urls.iter().map(ListUrl::as_str).collect();
                let general: Vec<_> = read.value.urls().iter().map(ListUrl::as_str).collect();
                prop_assert_eq!(plain, general, "{}", text);
                prop_assert!(read.defects.is_empty() && !read.value.is_no(), "{}", text);
            }
            if let Some(id) = plain_id(plain) {
                let read = Option::<ListId<'_>>::read(general);
                prop_assert_eq!(Some(id), read.value, "{}", text);
                prop_assert!(read.defects.is_empty(), "{}", text);
            }
        }
    }
}
