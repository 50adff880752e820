//! What is forgiven, and what was.

use core::fmt;

/// One way in which peers break the grammar, and which can be read all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quirk {
    /// Blanks where none belong: at the end of a line or list, doubled, between addresses. Or none
    /// where one does, such as behind a response code.
    Blank,
    /// A line that ends with LF alone, or with several CRs.
    LineEnd,
    /// NULs before a response.
    Nul,
    /// Octets behind the end of a response, such as `+`.
    Trailing,
    /// A status response without its text.
    NoText,
    /// Octets above 7 bits in a text or a quoted string.
    EightBit,
    /// `]` or another octet in an atom that has no place there.
    AtomOctet,
    /// A quoted string where the grammar has an atom or a flag, or an atom where it has a string.
    Quoted,
    /// A backslash before an octet that needs none, or none before one that does. An item of FETCH
    /// reaches no further for it than its quotes and parentheses, counted as they stand.
    Escape,
    /// `NIL` where a value must stand, or a value where `NIL` must.
    Nil,
    /// A number that is zero, negative, broken or padded where none may be.
    Number,
    /// A date that is none.
    Date,
    /// A list with members missing, or with more than it may have.
    Members,
    /// An empty list where something must stand.
    EmptyList,
    /// Response text that begins like a code and is none.
    Code,
    /// A capability that is cut in two: `LITERAL +`.
    Capability,
    /// A literal in the place of another form, such as in a sequence of its own.
    Literal,
    /// A search key that no RFC here has, where it is clear what belongs to it.
    SearchKey,
}

impl Quirk {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Blank,
        Self::LineEnd,
        Self::Nul,
        Self::Trailing,
        Self::NoText,
        Self::EightBit,
        Self::AtomOctet,
        Self::Quoted,
        Self::Escape,
        Self::Nil,
        Self::Number,
        Self::Date,
        Self::Members,
        Self::EmptyList,
        Self::Code,
        Self::Capability,
        Self::Literal,
        Self::SearchKey,
    ];

    /// The name, as programs print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::LineEnd => "line-end",
            Self::Nul => "nul",
            Self::Trailing => "trailing",
            Self::NoText => "no-text",
            Self::EightBit => "eight-bit",
            Self::AtomOctet => "atom-octet",
            Self::Quoted => "quoted",
            Self::Escape => "escape",
            Self::Nil => "nil",
            Self::Number => "number",
            Self::Date => "date",
            Self::Members => "members",
            Self::EmptyList => "empty-list",
            Self::Code => "code",
            Self::Capability => "capability",
            Self::Literal => "literal",
            Self::SearchKey => "search-key",
        }
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of [`Quirk`]s: those that a reader forgives, or those that it met.
///
/// The client machine forgives all unless told otherwise, the server machine none, and so is
/// `Quirks::default()`: none. [`Self::union`] adds up what was met in a session.
///
/// ```
/// use postrider_imap::{Quirk, Quirks};
///
/// let forgiven = Quirks::tolerant().without(Quirk::Nul);
/// assert!(forgiven.contains(Quirk::Blank) && !forgiven.contains(Quirk::Nul));
/// assert!(Quirks::strict().is_empty());
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Quirks(u32);

impl Quirks {
    /// None.
    #[must_use]
    pub const fn strict() -> Self {
        Self(0)
    }

    /// All.
    #[must_use]
    pub const fn tolerant() -> Self {
        let mut all = 0;
        let mut rest: &[Quirk] = &Quirk::ALL;
        while let [first, behind @ ..] = rest {
            all |= first.bit();
            rest = behind;
        }
        Self(all)
    }

    /// These and that one.
    #[must_use]
    pub const fn with(self, quirk: Quirk) -> Self {
        Self(self.0 | quirk.bit())
    }

    /// Those of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These without that one.
    #[must_use]
    pub const fn without(self, quirk: Quirk) -> Self {
        Self(self.0 & !quirk.bit())
    }

    /// Whether it is among them.
    #[must_use]
    pub const fn contains(self, quirk: Quirk) -> bool {
        self.0 & quirk.bit() != 0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Quirk> {
        Quirk::ALL.into_iter().filter(move |quirk| self.contains(*quirk))
    }
}

impl FromIterator<Quirk> for Quirks {
    fn from_iter<I: IntoIterator<Item = Quirk>>(quirks: I) -> Self {
        quirks.into_iter().fold(Self::strict(), Self::with)
    }
}

impl fmt::Display for Quirks {
    /// The names with blanks between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::value::write_words(f, self.iter())
    }
}

impl fmt::Debug for Quirks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Quirk::name)).finish()
    }
}
