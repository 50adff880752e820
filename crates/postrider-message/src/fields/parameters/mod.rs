//! Parameters: `attribute=value` lists (RFC 2045 §5.1) with the extensions of RFC 2231.

mod plain;
mod reader;
mod resolve;
mod writer;

use alloc::{borrow::Cow, string::String, vec, vec::Vec};
use core::{
    cmp::Ordering,
    fmt::{self, Write},
};

use super::grammar::is_token;

pub use resolve::{ParameterForm, ParameterValue};

/// Lists up to this long are looked through; longer ones are put in order first.
const FEW: usize = 8;

/// `parameter = attribute "=" value` (RFC 2045 §5.1), as it stands: what RFC 2231 adds to the name
/// (`name*0*`) is part of it, and what it adds to the value is not resolved. `Display` writes it on
/// one line for people and logs: quoted where it must be, control characters shown by their number.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameter<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, [u8]>,
}

impl Parameter<'_> {
    /// The attribute, in the case it was written in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, quotation marks and folding resolved.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The name without what RFC 2231 adds to it, and what that says.
    fn form(&self) -> (&str, Form) {
        Form::of(&self.name)
    }
}

impl fmt::Display for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.name)?;
        if is_token(&self.value) {
            return f.write_str(&String::from_utf8_lossy(&self.value));
        }
        f.write_char('"')?;
        for character in String::from_utf8_lossy(&self.value).chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                _ if character.is_control() => write!(f, "{}", character.escape_default())?,
                _ => f.write_char(character)?,
            }
        }
        f.write_char('"')
    }
}

impl fmt::Debug for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.name)?;
        match core::str::from_utf8(&self.value) {
            Ok(text) => write!(f, "{text:?}"),
            Err(_) => write!(f, "b\"{}\"", self.value.escape_ascii()),
        }
    }
}

/// What a parameter's name says of its value (RFC 2231 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// `name=`
    Plain,
    /// `name*=`, with charset, language and percent signs.
    Extended,
    /// `name*3=` or `name*3*=`: one section of a value.
    Section { number: u32, extended: bool },
}

impl Form {
    /// Takes a name apart. A number that is not `"0" / ("1".."9" *DIGIT)` is none, and an attribute
    /// has no asterisk (RFC 2231 §7): what would have one, or nothing, before what is added is a
    /// name as it stands.
    fn of(name: &str) -> (&str, Self) {
        let (base, added) = name.split_once('*').unwrap_or((name, ""));
        let (digits, extended) = match added.strip_suffix('*') {
            Some(digits) => (digits, true),
            None => (added, false),
        };
        match section_number(digits) {
            _ if base.is_empty() || base.len() == name.len() => (name, Self::Plain),
            Some(number) => (base, Self::Section { number, extended }),
            None if added.is_empty() => (base, Self::Extended),
            None => (name, Self::Plain),
        }
    }

    /// What two parameters of one name must not share.
    const fn key(self) -> (u8, u32) {
        match self {
            Self::Plain => (0, 0),
            Self::Extended => (1, 0),
            Self::Section { number, .. } => (2, number),
        }
    }

    const fn is_extended(self) -> bool {
        matches!(self, Self::Extended | Self::Section { extended: true, .. })
    }
}

fn section_number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
    let padded = digits.len() > 1 && digits.starts_with('0');
    if plain && !padded { digits.parse().ok() } else { None }
}

/// The parameters of a field: `*(";" parameter)` (RFC 2045 §5.1, RFC 2231).
///
/// [`iter`](Self::iter) and [`get`](Self::get) tell them as they stand; [`value`](Self::value),
/// [`text`](Self::text) and [`octets`](Self::octets) put the sections of a value together and
/// decode it, when asked. Sections may stand in any order. Of what is given twice the first counts;
/// what is given by RFC 2231 counts before a plain value of the same name, which is there for
/// readers that do not know RFC 2231.
///
/// ```
/// use postrider_message::{FieldValue, Parameters, RawValue, code};
///
/// let value = b"title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\";\r\n \
///     title*0*=us-ascii'en'This%20is%20even%20more%20";
/// let parameters = Parameters::read(RawValue::new(value)).value;
/// assert_eq!(parameters.text("Title").unwrap(), "This is even more ***fun*** isn't it!");
/// assert_eq!(parameters.value("title").unwrap().language(), Some("en"));
/// assert_eq!(parameters.get("title*2"), Some(&b"isn't it!"[..]));
///
/// let twice = Parameters::read(RawValue::new(b"name=a; name=b"));
/// assert_eq!(twice.value.text("name").unwrap(), "a");
/// assert!(twice.defects.has(&code::DUPLICATE_PARAMETER));
/// ```
///
/// As a [`FieldValue`](crate::FieldValue) this is a list and nothing before it. A whole
/// `Content-Type` or `Content-Disposition` is read by the MIME crate, or by its tokens and then
/// [`read_behind`](Self::read_behind), as this example of RFC 2045 §5.1:
///
/// ```
/// use postrider_message::{Lexer, Parameters, RawValue};
///
/// let mut lexer = Lexer::mime(RawValue::new(b" text/plain; charset=us-ascii (Plain text)"));
/// for _ in ["text", "/", "plain"] {
///     lexer.next_solid();
/// }
/// let parameters = Parameters::read_behind(&mut lexer);
/// assert_eq!(parameters.text("charset").unwrap(), "us-ascii");
/// assert!(lexer.into_defects().is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters<'a> {
    list: Vec<Parameter<'a>>,
    /// Places in `list`, ordered by name, form and place. Empty where the list is short and no name
    /// has an asterisk: then the order of the list is the order in each name.
    order: Vec<u32>,
}

impl<'a> Parameters<'a> {
    /// None.
    pub const fn new() -> Self {
        Self { list: Vec::new(), order: Vec::new() }
    }

    /// `charset=us-ascii`, as a part has it that says nothing (RFC 2045 §5.2).
    pub fn us_ascii() -> Self {
        let value = Cow::Borrowed(&b"us-ascii"[..]);
        Self { list: vec![Parameter { name: Cow::Borrowed("charset"), value }], order: Vec::new() }
    }

    fn from_list(list: Vec<Parameter<'a>>) -> Self {
        if list.len() <= FEW && !list.iter().any(|one| one.name.contains('*')) {
            return Self { list, order: Vec::new() };
        }
        let mut order: Vec<u32> = (0..).take(list.len()).collect();
        order.sort_unstable_by(|&a, &b| {
            let key = |at: u32| list.get(at as usize).map(Parameter::form);
            match (key(a), key(b)) {
                (Some((one, form)), Some((other, form_of_other))) => {
                    compare(one, other).then(form.key().cmp(&form_of_other.key())).then(a.cmp(&b))
                }
                _ => Ordering::Equal,
            }
        });
        Self { list, order }
    }

    /// All of them as they stand, in the order they stand in.
    pub fn iter(&self) -> core::slice::Iter<'_, Parameter<'a>> {
        self.list.iter()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The value of the first parameter of this name, in any case, as it stands: `get("name*0*")`
    /// is a section, `get("name")` a value without extensions. Not decoded, and `get("filename")` does
    /// not see `filename*`: for what the parameter says, [`text`](Self::text).
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let (base, form) = Form::of(name);
        self.group(base).find(|one| one.form().1 == form).map(Parameter::value)
    }

    /// The value of this name, put together and decoded.
    pub fn value(&self, name: &str) -> Option<ParameterValue<'_>> {
        ParameterValue::of(self.group(name))
    }

    /// All values of this name, each put together and decoded, the one that [`value`](Self::value)
    /// tells first: extended ones, what sections say, then plain ones; of each kind in the order they
    /// stand in. Where they differ, another reader may take another one.
    ///
    /// ```
    /// use postrider_message::{FieldValue, ParameterForm, Parameters, RawValue};
    ///
    /// let value = b"filename=\"=?utf-8?q?a.txt?=\"; filename*=utf-8''b.exe; filename=c.txt";
    /// let parameters = Parameters::read(RawValue::new(value)).value;
    /// let values: Vec<_> = parameters.values("filename").collect();
    /// let texts: Vec<_> = values.iter().map(|value| value.as_str()).collect();
    /// assert_eq!(texts, ["b.exe", "a.txt", "c.txt"]);
    /// assert_eq!(values[0].form(), ParameterForm::Extended);
    /// assert_eq!(values[1].form(), ParameterForm::EncodedWords);
    /// ```
    pub fn values(&self, name: &str) -> impl Iterator<Item = ParameterValue<'_>> {
        ParameterValue::all(self.group(name))
    }

    /// The text of [`value`](Self::value).
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.value(name).map(ParameterValue::into_text)
    }

    /// The octets of [`value`](Self::value), not decoded by their charset: what a boundary or the
    /// name of a charset is compared by.
    #[inline]
    pub fn octets(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        if self.list.is_empty() { None } else { self.octets_among(name) }
    }

    fn octets_among(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        ParameterValue::octets_of(self.group(name))
    }

    /// The names without what RFC 2231 adds to them, each once, in the order they stand in.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let mut first: Vec<u32> = Vec::new();
        for group in self.groups() {
            first.extend(group.iter().min());
        }
        first.sort_unstable();
        let few = if self.order.is_empty() { self.list.as_slice() } else { &[] };
        let few = few.iter().enumerate().filter(|(place, _)| !self.is_repeated(*place));
        let few = few.map(|(_, one)| one.name());
        few.chain(first.into_iter().filter_map(|at| Some(self.list.get(at as usize)?.form().0)))
    }

    /// All parameters that claim to be the value of this name or a section of it: plain ones first,
    /// then those of RFC 2231 with charset, then sections by number; of each kind in the order they
    /// stand in.
    pub fn candidates(&self, name: &str) -> impl Iterator<Item = &Parameter<'a>> {
        self.group(name)
    }

    fn group(&self, name: &str) -> impl Iterator<Item = &Parameter<'a>> + Clone {
        let name_at = |at: &u32| self.list.get(*at as usize).map_or("", |one| one.form().0);
        let start = self.order.partition_point(|at| compare(name_at(at), name).is_lt());
        let rest = self.order.get(start..).unwrap_or_default();
        let length = rest.partition_point(|at| compare(name_at(at), name).is_le());
        let few = if self.order.is_empty() { self.list.as_slice() } else { &[] };
        few.iter()
            .filter(move |one| one.name.eq_ignore_ascii_case(name))
            .chain(rest.iter().take(length).filter_map(|&at| self.list.get(at as usize)))
    }

    /// Whether an earlier one of a list without an order has the name of this one.
    fn is_repeated(&self, place: usize) -> bool {
        let name = self.list.get(place).map_or("", Parameter::name);
        self.list.iter().take(place).any(|one| one.name.eq_ignore_ascii_case(name))
    }

    /// Places of parameters of the same name, by name.
    fn groups(&self) -> impl Iterator<Item = &[u32]> {
        let name_at = |at: u32| self.list.get(at as usize).map_or("", |one| one.form().0);
        self.order.chunk_by(move |&a, &b| name_at(a).eq_ignore_ascii_case(name_at(b)))
    }
}

impl<'p, 'a> IntoIterator for &'p Parameters<'a> {
    type Item = &'p Parameter<'a>;
    type IntoIter = core::slice::Iter<'p, Parameter<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Order of names, whatever the case of their letters.
fn compare(one: &str, other: &str) -> Ordering {
    let other = other.bytes().map(|octet| octet.to_ascii_lowercase());
    one.bytes().map(|octet| octet.to_ascii_lowercase()).cmp(other)
}
