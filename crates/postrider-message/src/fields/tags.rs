//! Tag lists (RFC 6376 §3.2), of `DKIM-Signature` and the `ARC-*` fields.

use alloc::{borrow::Cow, vec::Vec};
use core::cmp::Ordering;

use memchr::memchr;

use crate::{
    Defects, FieldValue, Folder, InvalidValue, Parsed, RawValue, Span, WriteValue, code,
    lexer::is_white, text::lossy, unfold,
};

/// `tag-spec = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]` (RFC 6376 §3.2)
///
/// Two are equal if their values differ in folding white space alone.
#[derive(Debug, Clone)]
pub struct Tag<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, [u8]>,
    span: Span,
}

impl Tag<'_> {
    /// The name; its case counts.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The exact octets of the value, folding inside it included, without white space at its ends.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// Where the value lies in the storage: what a verifier leaves out of `b=`. Empty where the
    /// tag was not read.
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The value unfolded, as text.
    pub fn text(&self) -> Cow<'_, str> {
        lossy(unfold(&self.value))
    }

    /// The value without any white space, as tags with base64 and lists are read.
    pub fn compact(&self) -> Cow<'_, [u8]> {
        if !self.value.iter().any(u8::is_ascii_whitespace) {
            return Cow::Borrowed(&self.value);
        }
        let solid = |octet: &u8| !octet.is_ascii_whitespace();
        Cow::Owned(self.value.iter().copied().filter(solid).collect())
    }

    /// White space may stand anywhere in these (RFC 6376 §3.5).
    fn is_base64(&self) -> bool {
        matches!(&*self.name, "b" | "bh")
    }

    fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
    }
}

impl PartialEq for Tag<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && match self.is_base64() {
                true => self.compact() == other.compact(),
                false => self.words().eq(other.words()),
            }
    }
}

impl Eq for Tag<'_> {}

/// `tag-list = tag-spec *( ";" tag-spec ) [ ";" ]` (RFC 6376 §3.2)
///
/// ```
/// use postrider_message::{FieldValue, RawValue, TagList, code};
///
/// let raw = RawValue::new(b" v=1; a=rsa-sha256; b=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSb\r\n av+yuU4zGeeruD00; s=");
/// let tags = TagList::read(raw).value;
/// assert_eq!(tags.text("a").unwrap(), "rsa-sha256");
/// let b = tags.get("b").unwrap();
/// assert_eq!(b.compact(), &b"dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00"[..]);
/// assert_eq!(b.span().of(raw.bytes()), b.value());
/// assert_eq!(tags.text("s").unwrap(), "");
///
/// let twice = TagList::read(RawValue::new(b"d=a.example; d=b.example"));
/// assert!(!twice.value.is_valid() && twice.defects.has(&code::DUPLICATE_TAG));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagList<'a> {
    list: Vec<Tag<'a>>,
    duplicate: bool,
    /// There were more tags than the limit let in.
    cut: bool,
}

impl<'a> TagList<'a> {
    /// None.
    pub const fn new() -> Self {
        Self { list: Vec::new(), duplicate: false, cut: false }
    }

    /// The same list with one more tag. The name is `ALPHA *( ALPHA / DIGIT / "_" )` and not in
    /// the list; the value has printable ASCII but semicolons, and single spaces between words.
    pub fn with(
        mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let (name, value) = (name.into(), value.into());
        if !is_tag_name(name.as_bytes()) || self.get(&name).is_some() {
            return Err(InvalidValue::Token);
        }
        let fits = value.bytes().all(|octet| is_tag_octet(octet) || octet == b' ');
        if !fits || !value.is_ascii() || value.split(' ').any(str::is_empty) && !value.is_empty() {
            return Err(InvalidValue::Grammar);
        }
        let value = match value {
            Cow::Borrowed(value) => Cow::Borrowed(value.as_bytes()),
            Cow::Owned(value) => Cow::Owned(value.into_bytes()),
        };
        self.list.push(Tag { name, value, span: Span::default() });
        Ok(self)
    }

    /// The tags in the order they stand in.
    pub fn iter(&self) -> core::slice::Iter<'_, Tag<'a>> {
        self.list.iter()
    }

    /// The first tag of this name.
    pub fn get(&self, name: &str) -> Option<&Tag<'a>> {
        self.list.iter().find(|tag| tag.name == name)
    }

    /// The value of the first tag of this name, unfolded, as text.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(Tag::text)
    }

    /// Whether no tag is given twice: "if a tag name does occur more than once, the entire
    /// tag-list is invalid" (RFC 6376 §3.2). False also where tags were left unread, among which
    /// one may be given twice.
    pub const fn is_valid(&self) -> bool {
        !self.duplicate && !self.cut
    }

    /// Tells of each tag that an earlier one has the name of.
    fn find_duplicates(&mut self, defects: &mut Defects) {
        let mut order: Vec<&Tag<'_>> = self.list.iter().collect();
        order.sort_by(|one, other| one.name.cmp(&other.name));
        let mut last: Option<&Tag<'_>> = None;
        let mut found = false;
        for tag in order {
            if last.is_some_and(|last| last.name.cmp(&tag.name) == Ordering::Equal) {
                defects.push(&code::DUPLICATE_TAG, tag.span);
                found = true;
            }
            last = Some(tag);
        }
        self.duplicate = found;
    }
}

impl<'t, 'a> IntoIterator for &'t TagList<'a> {
    type Item = &'t Tag<'a>;
    type IntoIter = core::slice::Iter<'t, Tag<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> FieldValue<'a> for TagList<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut defects = Defects::with_limit(raw.limits().defects);
        let mut tags = Self::new();
        let mut at = 0;
        // The semicolon at the end is one too many.
        let last = raw.bytes().trim_ascii_end().len();
        while let Some(rest) = raw.bytes().get(at..last)
            && !rest.is_empty()
        {
            if tags.list.len() >= raw.limits().parameters {
                defects.push(&code::TOO_MANY_TAGS, raw.slice(at..raw.bytes().len()).span());
                tags.cut = true;
                break;
            }
            let end = memchr(b';', rest).map_or(last, |length| at.saturating_add(length));
            let piece = raw.slice(at..end);
            match tag(piece) {
                Some(tag) => {
                    if !tag.value.iter().all(|&octet| is_tag_octet(octet) || is_white(octet)) {
                        defects.push(&code::BAD_TAG_VALUE, tag.span);
                    }
                    if core::str::from_utf8(&tag.value).is_err() {
                        defects.push(&code::INVALID_UTF8, tag.span);
                    }
                    tags.list.push(tag);
                }
                None => defects.push(&code::NOT_A_TAG, piece.span()),
            }
            at = end.saturating_add(1);
        }
        tags.find_duplicates(&mut defects);
        Parsed::new(tags, defects, raw.bytes())
    }
}

fn tag(raw: RawValue<'_>) -> Option<Tag<'_>> {
    let octets = raw.bytes();
    let equals = memchr(b'=', octets)?;
    let name = octets.get(..equals)?.trim_ascii();
    if !is_tag_name(name) {
        return None;
    }
    let rest = octets.get(equals.saturating_add(1)..)?.trim_ascii_start();
    let start = octets.len().saturating_sub(rest.len());
    let value = rest.trim_ascii_end();
    let span = raw.slice(start..start.saturating_add(value.len())).span();
    let name = core::str::from_utf8(name).ok()?;
    Some(Tag { name: Cow::Borrowed(name), value: Cow::Borrowed(value), span })
}

/// `tag-name = ALPHA *( ALPHA / DIGIT / "_" )`
fn is_tag_name(name: &[u8]) -> bool {
    name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.iter().all(|&octet| octet.is_ascii_alphanumeric() || octet == b'_')
}

/// `VALCHAR = %x21-3A / %x3C-7E` (RFC 6376 §3.2), and the UTF-8 that RFC 8616 adds.
const fn is_tag_octet(octet: u8) -> bool {
    octet.is_ascii_graphic() && octet != b';' || octet >= 0x80
}

/// Octets of a piece of base64 that is folded.
const PIECE: usize = 70;

/// Refused where there are no tags, and where tags were left unread: without these the list would
/// say something else.
impl WriteValue for TagList<'_> {
    fn write_value(&self, to: &mut Folder) {
        if self.list.is_empty() {
            to.refuse(InvalidValue::Empty);
        }
        if self.cut {
            to.refuse(InvalidValue::TooLong);
        }
        for (number, tag) in self.list.iter().enumerate() {
            if number > 0 {
                to.token(";").blank();
            }
            to.token(&tag.name).token("=");
            let mut first = true;
            let words = tag.words().flat_map(|word| {
                // Beyond ASCII it is no base64, and would be cut inside a character.
                let is_cut = tag.is_base64() && word.is_ascii();
                let piece = if is_cut { PIECE } else { usize::MAX };
                word.chunks(piece)
            });
            for word in words {
                if !core::mem::take(&mut first) || word.len() == PIECE {
                    to.blank();
                }
                to.token(&lossy(Cow::Borrowed(word)));
            }
        }
    }
}
