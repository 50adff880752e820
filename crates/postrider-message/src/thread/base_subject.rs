//! The base subject of RFC 5256 §2.1: what is left of a subject without `Re:`, `(fwd)` and the
//! names of lists.

use alloc::{borrow::Cow, string::String};

use memchr::memchr3;

use crate::lexer::is_white;

/// What [`base_subject`] finds.
///
/// Two base subjects are the same thread's when the collation `i;unicode-casemap` (RFC 5051) says
/// so, which is for the caller to apply: `==` compares the characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BaseSubject<'a> {
    text: Cow<'a, str>,
    reply_or_forward: bool,
}

impl<'a> BaseSubject<'a> {
    /// The base subject; empty where the subject says nothing else, or there is none.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The base subject, still borrowed where no white space had to be changed.
    pub fn into_cow(self) -> Cow<'a, str> {
        self.text
    }

    /// Whether the subject was that of a reply or a forwarded message: a `subj-refwd`, a `(fwd)` at
    /// its end, or `[fwd: …]` around it was removed (RFC 5256 §3).
    pub const fn is_reply_or_forward(&self) -> bool {
        self.reply_or_forward
    }
}

/// The base subject of a subject whose encoded words are decoded already, by the procedure of RFC
/// 5256 §2.1 and in time linear in its length. A line end in it counts as white space.
///
/// ```
/// use postrider_message::base_subject;
/// let base = base_subject("Re: [sailing] Fwd: Boats (fwd)");
/// assert_eq!((base.as_str(), base.is_reply_or_forward()), ("Boats", true));
/// assert!(!base_subject("[sailing] Boats").is_reply_or_forward());
/// ```
pub fn base_subject<'a>(subject: impl Into<Cow<'a, str>>) -> BaseSubject<'a> {
    match single_spaces(subject.into()) {
        Cow::Borrowed(subject) => {
            let (text, reply_or_forward) = strip(subject);
            BaseSubject { text: Cow::Borrowed(text), reply_or_forward }
        }
        Cow::Owned(subject) => {
            let (text, reply_or_forward) = strip(&subject);
            BaseSubject { text: Cow::Owned(text.into()), reply_or_forward }
        }
    }
}

/// Step 1: "Convert all tabs and continuations to space. Convert all multiple spaces to a single
/// space."
fn single_spaces(subject: Cow<'_, str>) -> Cow<'_, str> {
    let mut before = 0;
    let odd = subject.bytes().any(|octet| {
        let pair = is_white(before) && is_white(octet);
        before = octet;
        pair || (octet != b' ' && is_white(octet))
    });
    if !odd {
        return subject;
    }
    let mut out = String::with_capacity(subject.len());
    for character in subject.chars() {
        let character = match character {
            '\t' | '\r' | '\n' => ' ',
            other => other,
        };
        if character != ' ' || !out.ends_with(' ') {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Steps 2 to 6. What is looked at is removed, or ends the loop, so that no octet is looked at more
/// than a few times.
fn strip(subject: &str) -> (&str, bool) {
    let mut rest = Rest { text: subject, reply_or_forward: false };
    loop {
        rest.trailers();
        rest.leaders();
        if !rest.forward_brackets() {
            return (rest.text, rest.reply_or_forward);
        }
    }
}

struct Rest<'a> {
    text: &'a str,
    reply_or_forward: bool,
}

impl Rest<'_> {
    /// Step 2: `subj-trailer = "(fwd)" / WSP`
    fn trailers(&mut self) {
        loop {
            self.text = self.text.trim_end_matches(' ');
            let Some(before) = strip_end(self.text, "(fwd)") else { return };
            (self.text, self.reply_or_forward) = (before, true);
        }
    }

    /// Steps 3 to 5. `subj-leader = (*subj-blob subj-refwd) / WSP`; where blobs stand before
    /// something else, step 4 takes them off one by one, as long as something is left, and step 3
    /// finds no leader in between: they go at once.
    fn leaders(&mut self) {
        loop {
            self.text = self.text.trim_start_matches(' ');
            let (mut after, mut last) = (self.text, self.text);
            while let Some(next) = blob(after) {
                (last, after) = (after, next);
            }
            if let Some(next) = refwd(after) {
                (self.text, self.reply_or_forward) = (next, true);
                continue;
            }
            // "last subj-blob is subj-base if subj-base would otherwise be empty"
            self.text = if after.is_empty() { last } else { after };
            return;
        }
    }

    /// Step 6: `subj-fwd-hdr = "[fwd:"` at the start and `subj-fwd-trl = "]"` at the end.
    fn forward_brackets(&mut self) -> bool {
        let inside = strip_start(self.text, "[fwd:").and_then(|text| text.strip_suffix(']'));
        let Some(inside) = inside else { return false };
        (self.text, self.reply_or_forward) = (inside, true);
        true
    }
}

/// `subj-blob = "[" *BLOBCHAR "]" *WSP`: what follows one, where `BLOBCHAR` is neither a bracket
/// nor NUL.
fn blob(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('[')?;
    let end = memchr3(b'[', b']', 0, inside.as_bytes())?;
    let rest = inside.get(end..)?.strip_prefix(']')?;
    Some(rest.trim_start_matches(' '))
}

/// `subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"`: what follows one.
fn refwd(text: &str) -> Option<&str> {
    let word = ["re", "fwd", "fw"].iter().find_map(|word| strip_start(text, word))?;
    let word = word.trim_start_matches(' ');
    blob(word).unwrap_or(word).strip_prefix(':')
}

/// What follows a prefix in any case of its letters, as ABNF strings are compared.
fn strip_start<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn strip_end<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(rest)
}
