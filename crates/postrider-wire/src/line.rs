//! Line framing: one unit a line, and one answer to a line that is too long.

use bytes::Bytes;

use crate::Inbox;

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Terminator {
    /// CRLF alone, as RFC 5321 §2.3.8 demands of servers: a bare LF is part of the line.
    CrLf,
    /// LF with or without a CR before it, for clients that meet careless servers.
    Lf,
}

/// A framed line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Line {
    /// A line without its end, in an allocation of its own.
    Complete(Bytes),
    /// A line that goes past the limit. Told once; what follows of it is swallowed.
    TooLong,
}

/// Cuts an inbox into lines of at most `limit` octets, line end included.
///
/// The inbox must take at least `limit` octets; then it is never full without a line to give.
#[derive(Clone, Debug)]
pub struct LineReader {
    state: Framing,
    terminator: Terminator,
    limit: usize,
    content: Content,
    bare: bool,
}

/// What a reader expects in its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// Nothing that must be wiped.
    Plain,
    /// Credentials, now and then.
    Secret,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// In a line that may still fit.
    Collecting,
    /// In the rest of a line that did not fit.
    Swallowing,
}

impl LineReader {
    /// A reader for lines of at most `limit` octets, line end included.
    #[must_use]
    pub fn new(terminator: Terminator, limit: usize) -> Self {
        let (state, content) = (Framing::Collecting, Content::Plain);
        Self { state, terminator, limit: limit.max(2), content, bare: false }
    }

    /// The same for lines that may hold credentials: they are wiped when dropped.
    #[must_use]
    pub fn with_secrets(mut self) -> Self {
        self.content = Content::Secret;
        self
    }

    /// Changes the limit for the lines to come.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.max(2);
    }

    /// Whether the input so far ends inside a line, one that is being swallowed included: what a
    /// machine asks at the end of input.
    #[must_use]
    pub fn is_inside_line(&self, rx: &Inbox) -> bool {
        !rx.is_empty() || self.state == Framing::Swallowing
    }

    /// Whether the last complete line ended in an LF without a CR, under [`Terminator::Lf`].
    #[must_use]
    pub fn ended_bare(&self) -> bool {
        self.bare
    }

    /// The next line, or `None` when the inbox holds none yet.
    pub fn next(&mut self, rx: &mut Inbox) -> Option<Line> {
        loop {
            match (self.state, self.find_end(rx)) {
                (Framing::Collecting, Some(end)) if end.next <= self.limit => {
                    let unit = match self.content {
                        Content::Plain => rx.take_unit(end.text),
                        Content::Secret => rx.take_secret_unit(end.text),
                    };
                    let end_of_line = end.next.saturating_sub(end.text);
                    rx.skip(end_of_line);
                    self.bare = end_of_line == 1;
                    return Some(Line::Complete(unit));
                }
                (Framing::Collecting, found) => {
                    if found.is_none() && rx.len() < self.limit {
                        return None;
                    }
                    self.state = Framing::Swallowing;
                    return Some(Line::TooLong);
                }
                (Framing::Swallowing, Some(end)) => {
                    rx.skip(end.next);
                    self.state = Framing::Collecting;
                }
                (Framing::Swallowing, None) => {
                    // A CR stays: its LF may be the next octet.
                    let keep = usize::from(rx.octets().ends_with(b"\r"));
                    rx.skip(rx.len().saturating_sub(keep));
                    return None;
                }
            }
        }
    }

    fn find_end(&self, rx: &mut Inbox) -> Option<End> {
        loop {
            let lf = rx.find_lf()?;
            let before = rx.octets().get(..lf).unwrap_or_default();
            let next = lf.saturating_add(1);
            match (before.strip_suffix(b"\r"), self.terminator) {
                (Some(text), _) => return Some(End { text: text.len(), next }),
                (None, Terminator::Lf) => return Some(End { text: lf, next }),
                (None, Terminator::CrLf) => rx.pass_lf(),
            }
        }
    }
}

/// Where a line ends.
struct End {
    /// Octets of the line itself.
    text: usize,
    /// Octets up to the next line.
    next: usize,
}
