//! What is wrong with a message, as values: a code with its RFC rule, and where.

use alloc::vec::Vec;
use core::{fmt, ops::Deref};

use crate::Span;

/// What a defect means for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Allowed, but a SHOULD is not followed or little good comes of it. Told by
    /// [`lint`](crate::Headers::lint) alone.
    Advice,
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
/// The codes of this crate are the constants of [`code`](crate::code); other crates define their own.
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

    /// What a defect of this kind means for the reader.
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// The rule, such as `RFC 5322 §2.2`.
    pub const fn reference(&self) -> &'static str {
        self.reference
    }

    /// One line of explanation.
    pub const fn text(&self) -> &'static str {
        self.text
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

    /// Which rule it breaks; compare with the constants of [`code`](crate::code).
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
        self.append_if(other, |_| true);
    }

    /// Adds those of another list that are wanted, under this list's limit.
    pub fn append_if(&mut self, other: &Self, wanted: impl Fn(&Defect) -> bool) {
        for defect in other.list.iter().filter(|one| wanted(one)) {
            self.push(defect.code, defect.span);
        }
        self.dropped = self.dropped.saturating_add(other.dropped);
    }

    /// The same list, and so many more that had no room.
    pub const fn with_dropped(mut self, more: usize) -> Self {
        self.dropped = self.dropped.saturating_add(more);
        self
    }

    /// In the order of the octets, each once, however often it was told.
    pub fn in_order(mut self) -> Self {
        self.list.sort_by_key(|one| (one.span.start(), one.span.end(), one.code.name));
        self.list.dedup();
        self
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

impl IntoIterator for Defects {
    type Item = Defect;
    type IntoIter = alloc::vec::IntoIter<Defect>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}
