//! The first words of a message, for a list of messages (RFC 8621 §4.1.4, RFC 8970 §3).

use alloc::string::String;

use crate::{Message, Part, Selection, file_name::is_unseen};

impl<B: AsRef<[u8]>> Message<B> {
    /// The first words of the message, as [`Selection::preview`] tells them.
    pub fn preview(&self, limit: usize) -> String {
        self.selection().preview(limit)
    }
}

impl Selection<'_> {
    /// The first words of the body on one line, at most this many characters: RFC 8621 §4.1.4 allows
    /// 256, RFC 8970 §3.3 the same and would have 200. Empty where there is no text.
    ///
    /// The words are those of the [text body](Self::text_body), that of HTML in it by
    /// `html_to_text`; only where it has none, those of the [HTML body](Self::html_body).
    /// White space is one blank, and what shows nothing is left out. Of plain text are left out, too:
    ///
    /// - quoted lines, which begin with `>` (RFC 3676 §4.5), and the line before them that ends in a
    ///   colon and has a digit or an at sign, as `On 1 Jan 2020 Joe wrote:` does. Where nothing else
    ///   is left, the quoted lines are told;
    /// - what follows a line `-- `, which begins a signature (RFC 3676 §4.3). Where the message has
    ///   nothing else, it is told.
    ///
    /// No more is decoded than is needed, and no more than 262,144 characters are looked at in each
    /// try (without quoted lines, with them, the HTML body), or `limit` where that is more: what
    /// stands behind so many that are quoted or not shown is not found.
    ///
    /// ```
    /// let message = postrider_mime::Message::parse(
    ///     "Subject: Re: Lunch?\n\nOn 1 Apr 2024 Ann wrote:\n> Lunch?\n\nYes,  at\nnoon.\n-- \nJoe\n",
    /// )?;
    /// assert_eq!(message.preview(256), "Yes, at noon.");
    /// assert_eq!(message.preview(6), "Yes, a");
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn preview(&self, limit: usize) -> String {
        let (text, html) = (self.text_body(), self.html_body());
        let ways = [(text, Told::New), (text, Told::Quoted), (html, Told::New), (text, Told::All)];
        for (parts, told) in ways {
            let mut text = Collapsed::on_one_line(limit);
            let mut budget = MOST.max(limit);
            for part in parts {
                if text.is_full() || budget == 0 {
                    break;
                }
                text.push(' ');
                read(*part, told, &mut budget, &mut text);
            }
            let text = text.finish();
            if !text.is_empty() {
                return text;
            }
        }
        String::new()
    }
}

/// Characters of a part that are looked at first; where they give too few words, four times as many.
const START: usize = 2048;

/// Characters that are looked at in all.
const MOST: usize = 1 << 18;

/// The longest line that says whose a quotation is: the longest a line may be (RFC 5322 §2.1.1).
const LONGEST_ATTRIBUTION: usize = 998;

/// What is told of plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// What is neither quoted nor a signature.
    New,
    /// What is no signature.
    Quoted,
    All,
}

/// Adds the words of a part, of which no more is decoded than they need, and no more characters than
/// the budget has. What is no text has none.
fn read(part: Part<'_>, told: Told, budget: &mut usize, words: &mut Collapsed) {
    let ty = part.media_type();
    let is_html = ty.is("text", "html");
    if !is_html && !ty.is("text", "plain") {
        return;
    }
    let mut wanted = START.max(words.next.room).min(*budget);
    while let Some(text) = part.text_prefix(wanted) {
        let count = text.chars().count();
        let is_whole = count < wanted;
        let before = words.place();
        if is_html {
            read_html(&text, is_whole, words);
        } else {
            read_plain(&text, is_whole, told, words);
        }
        if is_whole || words.is_full() || wanted == *budget {
            *budget = budget.saturating_sub(count);
            return;
        }
        words.go_back(before);
        wanted = wanted.saturating_mul(4).min(*budget);
    }
}

/// Where the rest of the text is not there, what stands behind the last white space may be a part
/// of a tag or of a character reference.
#[cfg(feature = "html")]
fn read_html(text: &str, is_whole: bool, words: &mut Collapsed) {
    let end = text.rfind(|one: char| one.is_ascii_whitespace()).map(|at| at.saturating_add(1));
    let end = if is_whole { text.len() } else { end.unwrap_or_default() };
    crate::html::read(text.get(..end).unwrap_or_default(), words);
}

#[cfg(not(feature = "html"))]
const fn read_html(_: &str, _: bool, _: &mut Collapsed) {}

fn read_plain(text: &str, is_whole: bool, told: Told, words: &mut Collapsed) {
    // Where the rest is not there, whole lines are looked at, or one that is longer than all that
    // matters of a line.
    let end = text.rfind('\n').filter(|_| !is_whole).unwrap_or(text.len());
    let quoted = told != Told::New;
    let is_told = |line: &&str| *line != "-- " || told == Told::All;
    // A line that is told unless a quotation follows.
    let mut held = "";
    for line in text.get(..end).unwrap_or_default().lines().take_while(is_told) {
        if words.is_full() {
            return;
        }
        let bare = line.trim_start_matches('>');
        let is_quoted = bare.len() < line.len();
        if line.trim().is_empty() || line == "-- " {
            continue;
        }
        if !(is_quoted && !quoted && is_attribution(held)) {
            words.push_line(held);
        }
        held = if is_quoted && !quoted { "" } else { bare };
    }
    if is_whole || !is_attribution(held) {
        words.push_line(held);
    }
}

/// Whether a line before a quotation says whose it is: it ends in a colon and has a date or an
/// address.
fn is_attribution(line: &str) -> bool {
    line.len() <= LONGEST_ATTRIBUTION
        && line.trim_end().ends_with(':')
        && line.bytes().any(|octet| octet == b'@' || octet.is_ascii_digit())
}

/// Text that grows up to a number of characters, its white space collapsed.
#[derive(Debug)]
pub(crate) struct Collapsed {
    text: String,
    /// What parts lines.
    line_end: char,
    next: Next,
}

/// What the next character of a text meets.
#[derive(Debug, Clone, Copy)]
struct Next {
    /// Characters that may still be added.
    room: usize,
    /// What stands before it: nothing, a blank or a line end.
    gap: Option<char>,
    /// A joiner, which is told where it joins.
    joiner: Option<char>,
}

impl Collapsed {
    /// Text with a line end where [`end_line`](Self::end_line) was called.
    #[cfg(feature = "html")]
    pub(crate) fn new(limit: usize) -> Self {
        Self { line_end: '\n', ..Self::on_one_line(limit) }
    }

    pub(crate) const fn on_one_line(limit: usize) -> Self {
        let next = Next { room: limit, gap: None, joiner: None };
        Self { text: String::new(), line_end: ' ', next }
    }

    pub(crate) const fn is_full(&self) -> bool {
        self.next.room == 0
    }

    /// Where the text is now, for [`go_back`](Self::go_back). A copy of all of it for each part
    /// would cost the square of a long preview.
    const fn place(&self) -> (usize, Next) {
        (self.text.len(), self.next)
    }

    /// Takes off what was added since.
    fn go_back(&mut self, (length, next): (usize, Next)) {
        self.text.truncate(length);
        self.next = next;
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// Adds a line.
    pub(crate) fn push_line(&mut self, line: &str) {
        self.push_text(line);
        self.end_line();
    }

    /// Ends the line, if it has text.
    pub(crate) const fn end_line(&mut self) {
        self.next.gap = Some(self.line_end);
    }

    pub(crate) fn push_text(&mut self, text: &str) {
        for character in text.chars() {
            if self.is_full() {
                return;
            }
            self.push(character);
        }
    }

    pub(crate) fn push(&mut self, character: char) {
        match character {
            _ if character.is_whitespace() => self.next.gap = self.next.gap.or(Some(' ')),
            '\u{200c}' | '\u{200d}' => self.next.joiner = Some(character),
            _ if is_unseen(character) => {}
            _ => {
                let (gap, joiner) = (self.next.gap.take(), self.next.joiner.take());
                let between = if self.text.is_empty() { None } else { gap.or(joiner) };
                if let Some(between) = between {
                    // A blank at the end says nothing.
                    if self.next.room < 2 {
                        self.next.room = 0;
                        return;
                    }
                    self.add(between);
                }
                self.add(character);
            }
        }
    }

    fn add(&mut self, character: char) {
        self.text.push(character);
        self.next.room = self.next.room.saturating_sub(1);
    }
}
