//! Scalars of MIME entities: `MIME-Version` (RFC 2045 §4), `Content-MD5` (RFC 1864),
//! `Content-Language` (RFC 3282).

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use encodify::base64;

use super::url::strip_white;
use crate::{
    Defects, FieldValue, Folder, InvalidValue, Lexer, Parsed, RawValue, Token, WriteValue, code,
};

/// `MIME-Version` (RFC 2045 §4): `1*DIGIT "." 1*DIGIT`, comments anywhere.
///
/// ```
/// use postrider_message::{FieldValue, MimeVersion, RawValue};
/// let raw = RawValue::new(b"1.(produced by MetaSend Vx.x)0");
/// assert_eq!(Option::<MimeVersion>::read(raw).value, Some(MimeVersion::ONE));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MimeVersion {
    major: u32,
    minor: u32,
}

impl MimeVersion {
    /// `1.0`, the one there is.
    pub const ONE: Self = Self { major: 1, minor: 0 };

    /// What stands before the dot.
    pub const fn major(self) -> u32 {
        self.major
    }

    /// What stands behind the dot.
    pub const fn minor(self) -> u32 {
        self.minor
    }
}

impl fmt::Display for MimeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// No value where it is not two numbers with a dot between them.
impl<'a> FieldValue<'a> for Option<MimeVersion> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut lexer = Lexer::mime(raw);
        // Two numbers of ten digits and a dot: what is longer is none.
        let mut text = Some(String::new());
        while let Some(lexeme) = lexer.next_solid() {
            let atom = match lexeme.token {
                Token::Atom(atom) => core::str::from_utf8(atom).ok(),
                _ => None,
            };
            match (&mut text, atom) {
                (Some(text), Some(atom)) if atom.len() <= 21_usize.saturating_sub(text.len()) => {
                    text.push_str(atom);
                }
                _ => {
                    text = None;
                    break;
                }
            }
        }
        let value = text.and_then(|text| {
            let (major, minor) = text.split_once('.')?;
            let number = |digits: &str| {
                let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
                if plain { digits.parse().ok() } else { None }
            };
            Some(MimeVersion { major: number(major)?, minor: number(minor)? })
        });
        if value.is_none() {
            lexer.defect(&code::NOT_A_VERSION, 0, raw.bytes().len());
        }
        Parsed::new(value, lexer.into_defects(), raw.bytes())
    }
}

impl WriteValue for MimeVersion {
    fn write_value(&self, to: &mut Folder) {
        to.token(&format!("{self}"));
    }
}

/// `Content-MD5` (RFC 1864 §2): the digest of the content, base64 of 16 octets. It tells of
/// accidents, not of attacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentMd5([u8; 16]);

impl ContentMd5 {
    /// This digest.
    pub const fn new(digest: [u8; 16]) -> Self {
        Self(digest)
    }

    /// The digest.
    pub const fn digest(&self) -> &[u8; 16] {
        &self.0
    }
}

/// No value where it is not base64 of 16 octets.
impl<'a> FieldValue<'a> for Option<ContentMd5> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut defects = Defects::with_limit(raw.limits().defects);
        let value = base64::STANDARD.decode(strip_white(raw.bytes())).ok();
        let value = value.and_then(|octets| Some(ContentMd5(octets.try_into().ok()?)));
        if value.is_none() {
            defects.push(&code::NOT_A_DIGEST, raw.span());
        }
        Parsed::new(value, defects, raw.bytes())
    }
}

impl WriteValue for ContentMd5 {
    fn write_value(&self, to: &mut Folder) {
        to.token(&base64::STANDARD.encode(self.0));
    }
}

/// `Content-Language` (RFC 3282 §2): `Language-Tag *("," Language-Tag)`, comments anywhere. Tags
/// are as RFC 5646 has them: letters and digits with hyphens between.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LanguageTags<'a> {
    list: Vec<&'a str>,
}

impl<'a> LanguageTags<'a> {
    /// A list of these, one at least.
    pub fn new(tags: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidValue> {
        let list: Vec<&'a str> = tags.into_iter().collect();
        match !list.is_empty() && list.iter().all(|tag| is_language(tag)) {
            true => Ok(Self { list }),
            false => Err(InvalidValue::Grammar),
        }
    }

    /// The tags in order, in the case they were written in, which does not count.
    pub fn tags(&self) -> &[&'a str] {
        &self.list
    }
}

/// `1*8alphanum *("-" 1*8alphanum)`, the shape of every tag of RFC 5646 §2.1.
fn is_language(tag: &str) -> bool {
    tag.split('-').all(|part| {
        matches!(part.len(), 1..=8) && part.bytes().all(|octet| octet.is_ascii_alphanumeric())
    })
}

impl<'a> FieldValue<'a> for LanguageTags<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut lexer = Lexer::mime(raw);
        let mut list = Vec::new();
        let mut after_tag = false;
        while let Some(lexeme) = lexer.next_solid() {
            let tag = super::grammar::token(&lexeme).filter(|tag| is_language(tag));
            match tag {
                _ if lexeme.is(b',') => {
                    if !after_tag {
                        lexer.defect(&code::EMPTY_ELEMENT, lexeme.start, lexeme.end);
                    }
                    after_tag = false;
                    continue;
                }
                Some(_) if list.len() >= raw.limits().items => {
                    lexer.defect(&code::TOO_MANY_ITEMS, lexeme.start, raw.bytes().len());
                    break;
                }
                Some(tag) if !after_tag => list.push(tag),
                _ => lexer.defect(&code::NOT_A_LANGUAGE, lexeme.start, lexeme.end),
            }
            after_tag = true;
        }
        Parsed::new(Self { list }, lexer.into_defects(), raw.bytes())
    }
}

impl WriteValue for LanguageTags<'_> {
    fn write_value(&self, to: &mut Folder) {
        for (number, tag) in self.list.iter().enumerate() {
            if number > 0 {
                to.token(",").blank();
            }
            to.token(tag);
        }
    }
}
