//! Making and writing parameters: token, quoted string, or RFC 2231 with sections.

use alloc::{borrow::Cow, format, string::String, vec, vec::Vec};

use super::{Parameter, Parameters};
use crate::{
    Folder, InvalidValue, Limits, WriteValue,
    fields::grammar::{self, is_token},
    write::{BEYOND, CONTROL, Classes, QUESTION, refuse_controls},
};

/// Columns of one parameter: it fits on a line of 78 behind a blank and before a semicolon.
const COLUMNS: usize = 76;

/// Octets of a name: enough columns are left for its sections.
const NAME: usize = 40;

impl<'a> Parameters<'a> {
    /// The same list with this value, in place of all that bear its name. The name is a token
    /// without `*`, `'` and `%`, of at most 40 octets; the value is text without control
    /// characters but tabs.
    ///
    /// What is ASCII is written as token or quoted string, other text with charset utf-8 and
    /// percent signs (RFC 2231 §4), what is too long for a line in sections (RFC 2231 §3).
    ///
    /// ```
    /// use postrider_message::{Folder, Parameters};
    /// let parameters = Parameters::new().with("charset", "utf-8")?.with("name", "Grüße.txt")?;
    /// let mut folder = Folder::new("Content-Type")?;
    /// folder.token("text/plain");
    /// parameters.write_behind(&mut folder);
    /// let field = folder.finish()?;
    /// assert_eq!(field, "Content-Type: text/plain; charset=utf-8; name*=utf-8''Gr%C3%BC%C3%9Fe.txt\r\n");
    /// assert!(Parameters::new().with("name", "a\r\nBcc: b").is_err());
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub fn with(self, name: &str, value: &str) -> Result<Self, InvalidValue> {
        let plain = |octet| !matches!(octet, b'*' | b'\'' | b'%');
        if !is_token(name.as_bytes()) || !name.bytes().all(plain) {
            return Err(InvalidValue::Token);
        }
        if name.len() > NAME || value.len() > Limits::DEFAULT.parameters.saturating_mul(COLUMNS) {
            return Err(InvalidValue::TooLong);
        }
        let mut list = self.list;
        list.retain(|one| !one.form().0.eq_ignore_ascii_case(name));
        if !Classes::of(value).has(QUESTION | CONTROL | BEYOND) && fits(name, value) {
            list.push(Parameter { name: owned(name), value: value.as_bytes().to_vec().into() });
        } else {
            refuse_controls(value)?;
            list.extend(encoded(name, value, 0));
        }
        // What is written must be read again within the default limits.
        if list.len() > Limits::DEFAULT.parameters {
            return Err(InvalidValue::TooLong);
        }
        Ok(Self::from_list(list))
    }

    /// The same list without this name in any form.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.list.retain(|one| !one.form().0.eq_ignore_ascii_case(name));
        Self::from_list(self.list)
    }

    /// Writes `;` and a parameter for each, behind a value.
    ///
    /// A list that was read is written as it stands. Where that cannot be, because a value has
    /// 8-bit octets or control characters or is too long, all values are encoded anew, each name
    /// once; one whose name has an asterisk that RFC 2231 does not explain is left out then. A list
    /// that would need more sections than are read again is refused.
    pub fn write_behind(&self, to: &mut Folder) {
        match self.written() {
            Ok(list) => list.iter().for_each(|text| {
                to.token(";").blank().token(text);
            }),
            Err(error) => to.refuse(error),
        }
    }

    fn written(&self) -> Result<Vec<String>, InvalidValue> {
        let plain = |one: &Parameter<'_>| {
            let octets = one.value.iter().all(|octet| matches!(octet, b'\t' | b' '..=b'~'));
            octets && is_token(one.name.as_bytes()) && one.value.len() < LONGEST
        };
        if self.list.iter().all(plain) {
            return Ok(self.list.iter().map(written).collect());
        }
        // What was read by other limits is read by them again.
        let most = Limits::DEFAULT.parameters.max(self.list.len());
        for least in [0, SECTION] {
            let values = self.names().filter_map(|name| Some((name, self.text(name)?)));
            let list = values.flat_map(|(name, text)| encoded(name, &text, least));
            let list: Vec<_> = list.take(most.saturating_add(1)).collect();
            if list.len() <= most {
                return Ok(list.iter().map(written).collect());
            }
        }
        Err(InvalidValue::TooLong)
    }
}

/// Columns of the value of a section where sections are to be few: a line has 998 octets at most,
/// and the longest name leaves as many.
const SECTION: usize = 900;

/// Octets of a value that is written as it stands: a line has 998 at most (RFC 5322 §2.1.1).
const LONGEST: usize = 400;

/// A list that stands alone: `parameter *(";" parameter)`.
impl WriteValue for Parameters<'_> {
    fn write_value(&self, to: &mut Folder) {
        let list = match self.written() {
            Ok(list) => list,
            Err(error) => return to.refuse(error),
        };
        for (number, text) in list.iter().enumerate() {
            if number > 0 {
                to.token(";").blank();
            }
            to.token(text);
        }
    }
}

fn written(one: &Parameter<'_>) -> String {
    let value = String::from_utf8_lossy(&one.value);
    [&*one.name, "=", &grammar::value(&value)].concat()
}

/// Whether this fits on a line with all of it quoted.
const fn fits(name: &str, value: &str) -> bool {
    let most = name.len().saturating_add(value.len().saturating_mul(2));
    most.saturating_add("=\"\"".len()) <= COLUMNS
}

/// The name, without a copy where it is one that most have.
fn owned(name: &str) -> Cow<'static, str> {
    Cow::Borrowed(match name {
        "charset" => "charset",
        "filename" => "filename",
        "name" => "name",
        _ => return Cow::Owned(name.into()),
    })
}

/// The parameters that say this. Sections have room for this many columns at least.
fn encoded(name: &str, text: &str, least: usize) -> Vec<Parameter<'static>> {
    let plain = text.is_ascii() && !text.contains("=?") && refuse_controls(text).is_ok();
    let whole = match plain {
        true => parameter(name.into(), text.into()),
        false => {
            let value = text.chars().fold(String::from("utf-8''"), percent_encode);
            parameter(format!("{name}*"), value)
        }
    };
    // Such a name is no attribute, and can have no other form than it has.
    if name.contains('*') {
        return if plain { vec![whole] } else { Vec::new() };
    }
    // Sections of a name that leaves no room would repeat it without end.
    let most = whole.name.len().saturating_add(whole.value.len().saturating_mul(2));
    if name.len() > NAME || most.saturating_add("=\"\"".len()) <= COLUMNS {
        return vec![whole];
    }
    let length = written(&whole).len();
    if length <= COLUMNS {
        return vec![whole];
    }
    let room = length.div_ceil(SECTIONS).min(LONGEST).max(least);
    sections(name, text, plain, room)
}

/// Sections that a value is cut into before its lines grow longer: readers bound their number.
const SECTIONS: usize = 50;

/// Cuts a value into sections with room for this many columns at least, never inside a character.
fn sections(name: &str, text: &str, plain: bool, least: usize) -> Vec<Parameter<'static>> {
    let mut list: Vec<Parameter<'static>> = Vec::new();
    let mark = if plain { "" } else { "*" };
    let mut section = String::from(if plain { "" } else { "utf-8''" });
    // Name, asterisks, number, equals sign and quotation marks.
    let room = COLUMNS.saturating_sub(name.len().saturating_add("*9999*=\"\"".len()));
    let room = room.max(least);
    let mut used = section.len();
    for character in text.chars() {
        let mut next = String::new();
        let cost = if plain {
            next.push(character);
            if matches!(character, '"' | '\\') { 2 } else { 1 }
        } else {
            next = percent_encode(next, character);
            next.len()
        };
        if used.saturating_add(cost) > room {
            let number = list.len();
            let full = core::mem::take(&mut section);
            list.push(parameter(format!("{name}*{number}{mark}"), full));
            used = 0;
        }
        section.push_str(&next);
        used = used.saturating_add(cost);
    }
    let number = list.len();
    list.push(parameter(format!("{name}*{number}{mark}"), section));
    list
}

fn parameter(name: String, value: String) -> Parameter<'static> {
    Parameter { name: Cow::Owned(name), value: Cow::Owned(value.into_bytes()) }
}

/// `ext-octet / attribute-char` (RFC 2231 §7) for each octet of a character.
fn percent_encode(mut out: String, character: char) -> String {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$&+-.^_`{}~|".contains(&octet);
    let digit =
        |value: u8| char::from_digit(value.into(), 16).unwrap_or_default().to_ascii_uppercase();
    let mut buffer = [0; 4];
    for &octet in character.encode_utf8(&mut buffer).as_bytes() {
        match plain(octet) {
            true => out.push(char::from(octet)),
            false => out.extend(['%', digit(octet >> 4), digit(octet & 0xf)]),
        }
    }
    out
}
