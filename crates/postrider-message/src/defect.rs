//! What is wrong with a message, as values: a code with its RFC rule, and where.

use alloc::vec::Vec;
use core::{fmt, ops::Deref};

use crate::Span;

/// What a defect means for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Allowed by an `obs-` rule: must be read, must not be written.
    Obsolete,
    /// Outside every grammar; read as the code's text says.
    Malformed,
    /// Deployed parsers are known to disagree here: two readers may see two messages.
    Ambiguous,
    /// A bound of [`Limits`](crate::Limits) was reached and the rest was not read.
    Limit,
}

/// A kind of defect: a stable name, its severity, the rule it breaks, one line of explanation.
///
/// The codes of this crate are the constants of [`code`]; other crates define their own.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    name: &'static str,
    severity: Severity,
    reference: &'static str,
    text: &'static str,
}

impl Code {
    /// A code. `name` is lower case with hyphens, `reference` is like `RFC 5322 §2.2`.
    pub const fn new(
        name: &'static str,
        severity: Severity,
        reference: &'static str,
        text: &'static str,
    ) -> Self {
        Self { name, severity, reference, text }
    }

    /// The stable name, such as `bare-cr`.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defect {
    code: &'static Code,
    span: Span,
}

impl Defect {
    /// A defect of this kind at this place.
    pub const fn new(code: &'static Code, span: Span) -> Self {
        Self { code, span }
    }

    /// Which rule it breaks; compare with the constants of [`code`].
    pub const fn code(&self) -> &'static Code {
        self.code
    }

    /// What it means for the reader.
    pub const fn severity(&self) -> Severity {
        self.code.severity
    }

    /// The octets it is about, in the storage that was parsed.
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The rule, such as `RFC 5322 §2.2`.
    pub const fn reference(&self) -> &'static str {
        self.code.reference
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Code { text, reference, .. } = self.code;
        write!(f, "{text} ({reference}) at {}..{}", self.span.start(), self.span.end())
    }
}

/// The defects found, in the order they were found, their number capped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defects {
    list: Vec<Defect>,
    limit: usize,
    dropped: usize,
}

impl Defects {
    /// None yet, and never more than `limit`.
    pub const fn with_limit(limit: usize) -> Self {
        Self { list: Vec::new(), limit, dropped: 0 }
    }

    /// Adds one, or counts it as dropped when there is no room.
    pub fn push(&mut self, code: &'static Code, span: Span) {
        if self.list.len() < self.limit {
            self.list.push(Defect::new(code, span));
        } else {
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// Adds all of another list, under this list's limit.
    pub fn append(&mut self, other: &Self) {
        for defect in &other.list {
            self.push(defect.code, defect.span);
        }
        self.dropped = self.dropped.saturating_add(other.dropped);
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.list.shrink_to_fit();
    }

    /// How many more there were than the limit let in.
    pub const fn dropped(&self) -> usize {
        self.dropped
    }

    /// Whether one of this kind is among them.
    pub fn has(&self, code: &Code) -> bool {
        self.list.iter().any(|defect| defect.code == code)
    }
}

impl Deref for Defects {
    type Target = [Defect];

    fn deref(&self) -> &[Defect] {
        &self.list
    }
}

impl<'a> IntoIterator for &'a Defects {
    type Item = &'a Defect;
    type IntoIter = core::slice::Iter<'a, Defect>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

/// The codes of this crate.
pub mod code {
    use super::{
        Code,
        Severity::{Ambiguous, Limit, Malformed, Obsolete},
    };

    macro_rules! codes {
        ($($name:ident $id:literal $severity:ident $reference:literal $text:literal;)*) => {
            $(
                #[doc = concat!($text, " (", $reference, ").")]
                pub const $name: Code = Code::new($id, $severity, $reference, $text);
            )*
        };
    }

    codes! {
        BARE_CR "bare-cr" Ambiguous "RFC 5322 §2.2" "a CR without LF, which some readers take for a line end";
        NUL "nul" Ambiguous "RFC 5322 §4" "a NUL octet";
        MIXED_LINE_ENDS "mixed-line-ends" Ambiguous "RFC 5322 §2.1" "lines end in CRLF and in bare LF";
        MBOX_FROM "mbox-from" Malformed "RFC 4155" "an mbox `From ` line stands before the header section";
        NO_COLON "no-colon" Ambiguous "RFC 5322 §2.2" "a line of the header section without a colon, kept as a field without a name";
        STRAY_CONTINUATION "stray-continuation" Ambiguous "RFC 5322 §2.2.3" "a continuation line with nothing to continue";
        SPACE_BEFORE_COLON "space-before-colon" Obsolete "RFC 5322 §4.5" "white space before the colon";
        INVALID_FIELD_NAME "invalid-field-name" Malformed "RFC 5322 §2.2" "a field name that is empty or has other than printable ASCII";
        DUPLICATE_FIELD "duplicate-field" Ambiguous "RFC 5322 §3.6" "a field that may occur once occurs again; the first one counts";
        NO_BLANK_LINE "no-blank-line" Malformed "RFC 5322 §2.1" "the header section is not ended by an empty line";
        TOO_MANY_FIELDS "too-many-fields" Limit "RFC 5322 §2.2" "more fields than the limit; the rest is not indexed";
        TOO_LARGE "too-large" Limit "RFC 5322 §2.1" "a header section of 4 GiB or more; the rest is not indexed";

        UNCLOSED_QUOTE "unclosed-quote" Ambiguous "RFC 5322 §3.2.4" "a quotation mark without its closing one, taken as a character";
        UNCLOSED_COMMENT "unclosed-comment" Ambiguous "RFC 5322 §3.2.2" "a comment that is not closed; it takes the rest of the value";
        UNCLOSED_LITERAL "unclosed-literal" Malformed "RFC 5322 §3.4.1" "a square bracket that is not closed, taken as a character";
        INVALID_UTF8 "invalid-utf8" Malformed "RFC 6532 §3.2" "8-bit octets that are not UTF-8";
        UNKNOWN_CHARSET "unknown-charset" Malformed "RFC 2047 §2" "an encoded word in an unknown charset or not of its charset";

        NOT_AN_ADDRESS "not-an-address" Malformed "RFC 5322 §3.4" "text that is not an address";
        EMPTY_ELEMENT "empty-element" Obsolete "RFC 5322 §4.4" "an empty list element";
        ROUTE "route" Obsolete "RFC 5322 §4.4" "a source route before the address, which is not part of it";
        OBSOLETE_SPACE "obsolete-space" Obsolete "RFC 5322 §4.4" "white space or a comment around a dot or an at sign";
        DOT_PLACEMENT "dot-placement" Malformed "RFC 5322 §3.2.3" "a dot at the edge of a local part, or two in a row";
        ENCODED_WORD_IN_ADDRESS "encoded-word-in-address" Ambiguous "RFC 2047 §5" "an encoded word inside an address, left as it is";
        UNQUOTED_PHRASE "unquoted-phrase" Malformed "RFC 5322 §3.2.5" "a special character in a display name without quotation marks";
        PHRASE_DOT "phrase-dot" Obsolete "RFC 5322 §4.1" "a dot in a display name without quotation marks";
        UNCLOSED_ANGLE "unclosed-angle" Ambiguous "RFC 5322 §3.4" "an angle bracket that is not closed";
        AFTER_ADDRESS "after-address" Ambiguous "RFC 5322 §3.4" "text behind an address, ignored up to the next comma";
        UNCLOSED_GROUP "unclosed-group" Malformed "RFC 5322 §3.4" "a group that is not ended by a semicolon";
        NESTED_GROUP "nested-group" Malformed "RFC 5322 §3.4" "a colon inside a group; what stands before it is ignored";
        STRAY_SEMICOLON "stray-semicolon" Malformed "RFC 5322 §3.4" "a semicolon that ends no group, taken as a comma";
        TOO_MANY_WORDS "too-many-words" Limit "RFC 5322 §3.4" "an address of more tokens than are kept; it is no address, or its name is cut";
        NAME_TOO_LONG "name-too-long" Limit "RFC 5322 §3.4" "a display name of more than 10,000 octets, cut";
        TOO_MANY_ADDRESSES "too-many-addresses" Limit "RFC 5322 §3.4" "more addresses than the limit; the rest is not read";

        NOT_A_DATE "not-a-date" Malformed "RFC 5322 §3.3" "text that is not a date and time";
        DATE_OUT_OF_RANGE "date-out-of-range" Malformed "RFC 5322 §3.3" "a date or time that does not exist";
        OBSOLETE_YEAR "obsolete-year" Obsolete "RFC 5322 §4.3" "a year of two or three digits";
        OBSOLETE_ZONE "obsolete-zone" Obsolete "RFC 5322 §4.3" "a zone given by name";
        NO_ZONE "no-zone" Malformed "RFC 5322 §3.3" "a time without a zone, taken as -0000";
        WRONG_WEEKDAY "wrong-weekday" Malformed "RFC 5322 §3.3" "the day of the week does not belong to the date";
        AFTER_DATE "after-date" Malformed "RFC 5322 §3.3" "text behind the date, ignored";

        NOT_A_MESSAGE_ID "not-a-message-id" Malformed "RFC 5322 §3.6.4" "text that is not a message identifier";
        NO_AT_SIGN "no-at-sign" Malformed "RFC 5322 §3.6.4" "a message identifier without an at sign";
        PHRASE_IN_IDS "phrase-in-ids" Obsolete "RFC 5322 §4.5.4" "words between message identifiers, ignored";
        TOO_MANY_IDS "too-many-ids" Limit "RFC 5322 §3.6.4" "more message identifiers than the limit; the rest is not read";

        NO_RECEIVED_DATE "no-received-date" Malformed "RFC 5322 §3.6.7" "a Received field without a semicolon and a date";
        REPEATED_CLAUSE "repeated-clause" Ambiguous "RFC 5321 §4.4" "a clause of Received that occurs again; the first one counts";
        OUTSIDE_CLAUSES "outside-clauses" Malformed "RFC 5321 §4.4" "words of Received that belong to no clause";
        TOO_MANY_COMMENTS "too-many-comments" Limit "RFC 5322 §3.2.2" "more comments in a Received field than the limit; the rest is not kept";
        TOO_MANY_HOPS "too-many-hops" Limit "RFC 5321 §6.3" "more Received fields than the limit; the older ones are not read";
    }
}
