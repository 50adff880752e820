//! What a part would be called as a file: every name that is given, and one that is safe to use.

mod safe;

use alloc::{string::String, vec::Vec};

use postrider_message::{
    Defects, Field, FieldName, FieldValue, ParameterForm, ParameterValue, Parameters, Parsed,
    RawValue,
};

use crate::{ContentType, Disposition, Part, code};

pub(crate) use safe::is_unseen;
pub use safe::safe_file_name;

/// One name that a part is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    text: String,
    field: FieldName,
    form: ParameterForm,
    faithful: bool,
}

impl FileName {
    fn new(value: ParameterValue<'_>, field: FieldName) -> Self {
        let (form, faithful) = (value.form(), value.is_faithful());
        Self { text: value.into_text().into_owned(), field, form, faithful }
    }

    /// The name, decoded and not made safe: it may hold path separators, control characters, or be
    /// empty. See [`safe_file_name`].
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name, decoded and not made safe.
    pub fn into_string(self) -> String {
        self.text
    }

    /// The field that gives it: `ContentDisposition` by `filename`, `ContentType` by `name`.
    pub const fn field(&self) -> FieldName {
        self.field
    }

    /// How the parameter is written.
    pub const fn form(&self) -> ParameterForm {
        self.form
    }

    /// Whether its charset is known and all octets belong to it.
    pub const fn is_faithful(&self) -> bool {
        self.faithful
    }
}

/// All names that a part is given, in this order:
///
/// 1. `filename` of `Content-Disposition` (RFC 2183 §2.3), then `name` of `Content-Type`, where
///    senders have put it since before there was a `Content-Disposition`;
/// 2. of one parameter what RFC 2231 gives (`filename*`, then `filename*0` and so on), then plain
///    values, encoded words in them decoded;
/// 3. of what is given twice, fields included, the first.
///
/// The first that is not empty is *the* name, which is what RFC 8621 §4.1.4 takes for `name`. Where
/// two differ, other readers may see another name, say one that ends in `.exe`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileNames {
    list: Vec<FileName>,
}

impl FileNames {
    /// The names that these fields give, in this order.
    pub(crate) fn of<'a>(fields: impl Iterator<Item = (FieldName, RawValue<'a>)>) -> Self {
        let mut list = Vec::new();
        for (name, raw) in fields {
            with_parameters(name, raw, |parameters, key| {
                list.extend(parameters.values(key).map(|value| FileName::new(value, name)));
            });
        }
        Self { list }
    }

    /// The name that counts.
    pub fn first(&self) -> Option<&FileName> {
        self.list.iter().find(|name| !name.text.is_empty())
    }

    /// All of them.
    pub fn iter(&self) -> core::slice::Iter<'_, FileName> {
        self.list.iter()
    }

    /// Whether two of them are not the same text.
    pub fn differ(&self) -> bool {
        self.list.iter().zip(self.list.iter().skip(1)).any(|(one, other)| one.text != other.text)
    }
}

impl<'n> IntoIterator for &'n FileNames {
    type Item = &'n FileName;
    type IntoIter = core::slice::Iter<'n, FileName>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> Part<'a> {
    /// The file name, as [`FileNames`] chooses it. It is data from outside, as
    /// [`FileName::as_str`] says.
    ///
    /// ```
    /// let message = postrider_mime::Message::parse(
    ///     "Content-Type: application/pdf; name=\"=?utf-8?q?R=C3=A9sum=C3=A9.pdf?=\"\n\
    ///      Content-Disposition: attachment; filename*=utf-8''..%2FR%C3%A9sum%C3%A9.pdf\n\n",
    /// )?;
    /// let part = message.root();
    /// assert_eq!(part.file_name().as_deref(), Some("../Résumé.pdf"));
    /// assert_eq!(part.safe_file_name().as_deref(), Some("Résumé.pdf"));
    ///
    /// let names = part.file_names();
    /// let all: Vec<_> = names.value.iter().map(|name| name.as_str()).collect();
    /// assert_eq!(all, ["../Résumé.pdf", "Résumé.pdf"]);
    /// assert!(names.defects.has(&postrider_mime::code::DIFFERENT_FILE_NAMES));
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn file_name(self) -> Option<String> {
        find(self, |value| (!value.as_str().is_empty()).then(|| value.into_text().into_owned()))
    }

    /// The file name made safe by [`safe_file_name`]: the first that something is left of.
    pub fn safe_file_name(self) -> Option<String> {
        find(self, |value| safe_file_name(value.as_str()))
    }

    /// All names the part is given. That they differ is a defect; what else is wrong with the two
    /// fields is told by [`content_type`](Self::content_type) and
    /// [`disposition`](Self::disposition).
    pub fn file_names(self) -> Parsed<'a, FileNames> {
        let mut span = self.header_span();
        let mut list = Vec::new();
        for (name, field) in fields(self) {
            let mut names = FileNames::of([(name, field.raw_value())].into_iter()).list;
            if !names.is_empty() {
                span = field.span();
            }
            list.append(&mut names);
        }
        let names = FileNames { list };
        let mut defects = Defects::with_limit(1);
        if names.differ() {
            defects.push(&code::DIFFERENT_FILE_NAMES, span);
        }
        Parsed::new(names, defects, self.raw_header())
    }
}

/// Whether the part has a name that is not empty.
pub(crate) fn is_named(part: Part<'_>) -> bool {
    find(part, |value| (!value.as_str().is_empty()).then_some(())).is_some()
}

/// The fields that give names, in the order in which they count.
fn fields(part: Part<'_>) -> impl Iterator<Item = (FieldName, Field<'_>)> {
    let headers = part.headers();
    let of = move |name| headers.all(name).map(move |field| (name, field));
    of(FieldName::ContentDisposition).chain(of(FieldName::ContentType))
}

/// What is made of the first name that something is made of.
fn find<T>(part: Part<'_>, mut make: impl FnMut(ParameterValue<'_>) -> Option<T>) -> Option<T> {
    fields(part).find_map(|(name, field)| {
        let raw = field.raw_value();
        with_parameters(name, raw, |parameters, key| parameters.values(key).find_map(&mut make))
    })
}

fn with_parameters<T>(
    name: FieldName,
    raw: RawValue<'_>,
    look: impl FnOnce(&Parameters<'_>, &str) -> T,
) -> T {
    match name {
        FieldName::ContentDisposition => {
            look(Disposition::read(raw).value.parameters(), "filename")
        }
        _ => look(ContentType::read(raw).value.parameters(), "name"),
    }
}
