//! Fields whose value is one of a few words.

use super::grammar::token;
use crate::{FieldValue, Folder, Lexer, Parsed, RawValue, WriteValue, code};

macro_rules! keywords {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal;)* }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum $name {
                $($(#[$variant_doc])* $variant,)*
            }

            impl $name {
                /// The word, as its RFC spells it.
                pub const fn as_str(self) -> &'static str {
                    match self { $(Self::$variant => $text,)* }
                }

                fn of(word: &str) -> Option<Self> {
                    [$(Self::$variant,)*].into_iter().find(|one| word.eq_ignore_ascii_case(one.as_str()))
                }
            }

            /// No value where the field has another word, or more than one.
            impl<'a> FieldValue<'a> for Option<$name> {
                fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
                    read(raw, $name::of)
                }
            }

            impl WriteValue for $name {
                fn write_value(&self, to: &mut Folder) {
                    to.token(self.as_str());
                }
            }
        )*
    };
}

keywords! {
    /// `Importance` (RFC 2156 §5.3.4): how much it matters, as its author thinks.
    Importance {
        /// Less than others.
        Low "low";
        /// As others do.
        Normal "normal";
        /// More than others.
        High "high";
    }

    /// `Priority` (RFC 2156 §5.3.6): how soon it should be delivered.
    Priority {
        /// It may wait.
        NonUrgent "non-urgent";
        /// As usual.
        Normal "normal";
        /// Before others.
        Urgent "urgent";
    }

    /// `Sensitivity` (RFC 2156 §5.3.4): to whom it may be shown.
    Sensitivity {
        /// To its recipients as persons, whatever their office.
        Personal "Personal";
        /// To nobody but its recipients.
        Private "Private";
        /// To nobody outside the company.
        CompanyConfidential "Company-Confidential";
    }

    /// `Precedence`: no standard has it, and RFC 2076 §3.9 advises against it, but lists write it
    /// and responders keep quiet when they see one of these (RFC 3834 §2).
    Precedence {
        /// Sent to many.
        Bulk "bulk";
        /// Not worth an answer.
        Junk "junk";
        /// Sent by a mailing list.
        List "list";
    }

    /// `TLS-Required` (RFC 8689 §5): delivery counts more than TLS. `No` is all it can say.
    TlsRequired {
        /// Whatever policies of receiving domains ask for TLS are to be ignored.
        No "No";
    }
}

fn read<T>(raw: RawValue<'_>, of: impl Fn(&str) -> Option<T>) -> Parsed<'_, Option<T>> {
    let mut lexer = Lexer::mime(raw);
    let word = lexer.next_solid();
    let value = word.and_then(|word| of(token(&word)?)).filter(|_| lexer.next_solid().is_none());
    if value.is_none() {
        lexer.defect(&code::UNKNOWN_KEYWORD, 0, raw.bytes().len());
    }
    Parsed::new(value, lexer.into_defects(), raw.bytes())
}
