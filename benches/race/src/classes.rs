//! The classes of disagreement: what the text was, who is right, and which sentence says so.

mod addresses;
mod dates;
mod ids;
mod texts;
mod when;

use postrider_message::FieldName;

use crate::{case::Case, values::Library};

/// Whom the RFC is with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The sentence that is quoted decides for our reading.
    Ours,
    /// The text is outside every grammar, or the RFC leaves its meaning open. The sentence that is
    /// quoted says so or advises; our reading is a choice.
    Open,
    /// The sentence that is quoted decides against our reading.
    Against,
}

impl Decision {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Open => "open",
            Self::Against => "against ours",
        }
    }
}

/// One kind of disagreement.
pub struct Class {
    pub name: &'static str,
    pub libraries: &'static [Library],
    pub fields: &'static [FieldName],
    pub decision: Decision,
    /// Where the sentence stands, such as `RFC 5322 §3.4`.
    pub reference: &'static str,
    /// The sentence or the rule, word for word; blanks and line ends aside.
    pub quote: &'static str,
    /// Why the sentence decides, or what we chose and why.
    pub because: &'static str,
    /// Fields that fall in this class with each of its libraries.
    pub example: &'static [u8],
    /// Whether the text and both values are of this kind.
    pub holds: fn(&Case) -> bool,
}

impl Class {
    /// Whether a disagreement is of this class.
    pub fn has(&self, case: &Case) -> bool {
        self.libraries.contains(&case.library)
            && self.fields.contains(&case.field)
            && (self.holds)(case)
    }
}

/// Every class there is.
pub fn all() -> impl Iterator<Item = &'static Class> {
    [addresses::CLASSES, dates::CLASSES, ids::CLASSES, texts::CLASSES].into_iter().flatten()
}

/// The classes of a disagreement: one, if all is well.
pub fn of(case: &Case) -> Vec<&'static Class> {
    all().filter(|class| class.has(case)).collect()
}

const BOTH: &[Library] = &Library::ALL;
const MAIL_PARSER: &[Library] = &[Library::MailParser];
const MAILPARSE: &[Library] = &[Library::Mailparse];
