//! One field of one mail that two libraries read differently.

use postrider_message::{Field, FieldName, HeaderSection};

use crate::values::{self, FIELDS, Library};

/// A disagreement: the field's text, and both readings.
#[derive(Debug, Clone)]
pub struct Case {
    pub library: Library,
    pub field: FieldName,
    /// The value as it stands, of every field of the name; the first is the one that we read.
    pub raw: Vec<Vec<u8>>,
    pub ours: Vec<String>,
    pub theirs: Vec<String>,
    /// What we would read if the last field of the name were the only one.
    pub ours_of_last: Vec<String>,
}

impl Case {
    /// The disagreements about a mail. Several `Received` are compared one by one.
    pub fn of(mail: &[u8]) -> Vec<Self> {
        let section = HeaderSection::parse(mail);
        let mut cases = Vec::new();
        for field in FIELDS {
            let all: Vec<Field<'_>> = section.headers().all(field).collect();
            if field == FieldName::Received {
                for one in all {
                    cases.extend(Self::between(&alone(one), field, &[one]));
                }
            } else {
                cases.extend(Self::between(mail, field, &all));
            }
        }
        cases
    }

    /// How many fields of a mail are compared.
    pub fn compared(mail: &[u8]) -> usize {
        let section = HeaderSection::parse(mail);
        let count = |field| match field {
            FieldName::Received => section.headers().all(field).count(),
            _ => usize::from(section.headers().get(field).is_some()),
        };
        FIELDS.into_iter().map(count).sum()
    }

    fn between(mail: &[u8], field: FieldName, all: &[Field<'_>]) -> Vec<Self> {
        let ours = values::postrider(mail, field);
        let differs = |library: Library| {
            let theirs = library.read(mail, field);
            let last = || all.last().map(|&last| values::postrider(&alone(last), field));
            (ours != theirs).then(|| Self {
                library,
                field,
                raw: all.iter().map(|field| field.value().to_vec()).collect(),
                ours: ours.clone(),
                theirs,
                ours_of_last: last().unwrap_or_default(),
            })
        };
        Library::ALL.into_iter().filter_map(differs).collect()
    }

    /// The octets that we read.
    pub fn octets(&self) -> &[u8] {
        self.raw.first().map_or(&[], Vec::as_slice)
    }

    /// The same as a text, unfolded (RFC 5322 §2.2.3) and without blanks at its ends.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.octets()).replace(['\r', '\n'], "").trim().into()
    }

    /// The entries that only we have, and those that only they have.
    pub fn only(&self) -> (Vec<&str>, Vec<&str>) {
        (without(&self.ours, &self.theirs), without(&self.theirs, &self.ours))
    }
}

/// A header section that consists of this field.
fn alone(field: Field<'_>) -> Vec<u8> {
    [field.raw(), b"\n\n"].concat()
}

fn without<'a>(list: &'a [String], others: &[String]) -> Vec<&'a str> {
    let mut others: Vec<&String> = others.iter().collect();
    let mut rest = Vec::new();
    for one in list {
        match others.iter().position(|other| *other == one) {
            Some(at) => drop(others.swap_remove(at)),
            None => rest.push(one.as_str()),
        }
    }
    rest
}
