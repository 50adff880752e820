//! Text of people as tokens: atoms, quoted strings, comments, and encoded words (RFC 2047).

use alloc::string::String;

use encodify::rfc2047::{B, MAX_WORD_LEN, Q_PHRASE, Q_TEXT, WordEncoder};

use super::{
    BEYOND, CONTROL, Classes, Folder, QUESTION,
    class::{BLANK, DOT, ESCAPED, SPECIAL},
    has_word_start, is_control, refuse_controls,
};
use crate::lexer::is_atext;

/// Octets of an encoded word beside its text: `=?utf-8?Q?` and `?=`.
const OVERHEAD: usize = 12;

/// Octets of a word, or of a quoted string, that is written as it is. Twice as many, where each is
/// escaped, still fit on a line; longer ones are encoded, which can be folded.
const WORD: usize = 450;

/// Words of a phrase that is written without quotation marks: readers bound the tokens of a name.
const ATOMS: usize = 100;

/// Where words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Comment,
}

impl Folder {
    /// Writes unstructured text (RFC 5322 §2.2.1), so that it is read as the same text.
    ///
    /// What is not ASCII becomes encoded words, B or Q, whichever is shorter, unless the folder
    /// writes [UTF-8](Self::with_utf8). Encoded also is what would be read as something else:
    /// blanks at the ends or more than one in a row, which are lost in folding, tabs and control
    /// characters, words in which `=?` occurs, and words too long for a line.
    ///
    /// ```
    /// use postrider_message::Folder;
    ///
    /// let mut subject = Folder::new("Subject")?;
    /// subject.text("Im Frühling  nach Wien");
    /// assert_eq!(subject.finish()?, "Subject: Im =?utf-8?Q?Fr=C3=BChling__nach?= Wien\r\n");
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.words(text, Place::Text);
        self
    }

    /// Writes a comment (RFC 5322 §3.2.2), its parentheses included; otherwise as
    /// [`text`](Self::text).
    pub fn comment(&mut self, text: &str) -> &mut Self {
        self.put("(", false);
        self.words(text, Place::Comment);
        self.put(")", false);
        self
    }

    /// Writes a comment as it was read, with nothing encoded anew. Parentheses that are in pairs stay
    /// as they are, others are quoted. Control characters are refused.
    pub(crate) fn plain_comment(&mut self, text: &str) -> &mut Self {
        let special: &[char] = if is_paired(text) { &['\\'] } else { &['(', ')', '\\'] };
        self.token("(");
        for (number, word) in text.split(' ').enumerate() {
            if number > 0 {
                self.any_blank();
            }
            let mut escaped = String::with_capacity(word.len());
            escape(word, special, &mut escaped);
            self.token(&escaped);
        }
        self.token(")")
    }

    /// Writes a `phrase` (RFC 5322 §3.2.5), such as a display name: atoms where they will do, a
    /// quoted string for other ASCII, encoded words for the rest: what is not ASCII unless the
    /// folder writes [UTF-8](Self::with_utf8), control characters, `=?`, and what is too long.
    ///
    /// What follows a phrase is set off by a [`blank`](Self::blank), or by
    /// [`special`](Self::special) for the colon of a group or the comma of a list.
    pub fn phrase(&mut self, text: &str) -> &mut Self {
        let classes = Classes::of(text);
        if !classes.has(QUESTION | CONTROL | BEYOND) && text.len() <= WORD {
            if classes.has(DOT | ESCAPED | SPECIAL) || classes.is_loose(BLANK) {
                self.put_quoted(text, classes.has(ESCAPED));
                return self;
            }
            if self.put_words(text) {
                return self;
            }
        }
        let plain = self.is_utf8() || text.is_ascii();
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(is_atext);
        let as_atoms = || {
            let mut words = text.split(' ');
            words.by_ref().take(ATOMS).all(|word| word.len() <= WORD && is_word(word))
                && words.next().is_none()
        };
        let blank = !text.is_ascii()
            && text
                .split(' ')
                .any(|word| !word.is_empty() && word.chars().all(char::is_whitespace));
        // A name that was decoded may hold line ends: they are encoded again, never written.
        if !plain || has_word_start(text) || refuse_controls(text).is_err() || blank {
            self.encoded_words(text, Q_PHRASE, 0);
        } else if as_atoms() {
            for (number, word) in text.split(' ').enumerate() {
                if number > 0 {
                    self.blank();
                }
                self.put(word, false);
            }
        } else if text.len() <= WORD {
            self.quoted_string(text);
        } else {
            self.encoded_words(text, Q_PHRASE, 0);
        }
        self
    }

    /// Writes a `quoted-string` (RFC 5322 §3.2.4), its quotation marks included, as one token:
    /// it is never folded. Control characters are refused.
    pub fn quoted_string(&mut self, text: &str) -> &mut Self {
        self.token(&quoted(text))
    }

    /// Writes a special character, with a blank before it where an encoded word stands there, which
    /// must be set off from it (RFC 2047 §5 rule 3).
    ///
    /// ```
    /// use postrider_message::Folder;
    ///
    /// let mut to = Folder::new("Bcc")?;
    /// to.phrase("Hidden").special(":").special(";");
    /// assert_eq!(to.finish()?, "Bcc: Hidden:;\r\n");
    /// let mut to = Folder::new("Bcc")?;
    /// to.phrase("Versteckte Empfänger").special(":").special(";");
    /// assert_eq!(to.finish()?, "Bcc: =?utf-8?Q?Versteckte_Empf=C3=A4nger?= :;\r\n");
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub fn special(&mut self, special: &str) -> &mut Self {
        if self.is_after_encoded_word() {
            self.blank();
        }
        self.token(special)
    }

    /// Words that stand for themselves as they are, all others encoded, with the blanks between
    /// them: white space between encoded words is no part of the text (RFC 2047 §6.2).
    fn words(&mut self, text: &str, place: Place) {
        let utf8 = self.is_utf8();
        let classes = Classes::of(text);
        let is_plain =
            !classes.has(CONTROL | BEYOND) && (!classes.has(QUESTION) || !has_word_start(text));
        // Words alone, each with a blank behind it but the last.
        let is_words = is_plain && !classes.is_loose(BLANK);
        if place == Place::Text && is_words && self.put_words(text) {
            return;
        }
        let plain = |word: &str| {
            if is_plain {
                return !word.is_empty() && word.len() <= WORD;
            }
            !word.is_empty()
                && word.len() <= WORD
                && (utf8 || word.is_ascii())
                && !word.contains("=?")
                && !word.chars().any(is_control)
                // A line of it alone would be an empty one to some readers.
                && !word.chars().all(char::is_whitespace)
        };
        let mut words = text.split(' ').peekable();
        // Where the words that are to be encoded begin, and where the present word does.
        let (mut run, mut at) = (None, 0_usize);
        // An empty word is a blank that needs the word after it, or at the end the one before it.
        let mut after_empty = false;
        while let Some(word) = words.next() {
            let end = at.saturating_add(word.len());
            let last = words.peek() == Some(&"") && words.clone().nth(1).is_none();
            if plain(word) && !after_empty && !last {
                if let Some(start) = run.take() {
                    let end = at.saturating_sub(1);
                    self.encoded(text.get(start..end).unwrap_or_default(), place);
                    self.blank();
                }
                self.plain(word, place);
                if words.peek().is_some() {
                    self.blank();
                }
            } else {
                run = run.or(Some(at));
            }
            after_empty = word.is_empty();
            at = end.saturating_add(1);
        }
        if let Some(start) = run {
            self.encoded(text.get(start..).unwrap_or_default(), place);
        }
    }

    fn plain(&mut self, word: &str, place: Place) {
        if place == Place::Comment && word.contains(['(', ')', '\\']) {
            let mut escaped = String::with_capacity(word.len().saturating_mul(2));
            escape(word, &['(', ')', '\\'], &mut escaped);
            self.put(&escaped, false);
        } else {
            self.put(word, false);
        }
    }

    fn encoded(&mut self, text: &str, place: Place) {
        match place {
            Place::Text => self.encoded_words(text, Q_TEXT, 0),
            // No parentheses and backslashes in it (RFC 2047 §5 rule 2), and room to close it.
            Place::Comment => self.encoded_words(text, Q_PHRASE, 1),
        }
    }

    /// Text as encoded words of at most 75 characters, none of which splits a character (RFC 2047
    /// §5): base64 where it is shorter, else this form of Q. Leaves room for what will stand behind.
    fn encoded_words(&mut self, text: &str, q: WordEncoder, behind: usize) {
        let encoder = if B.payload_len(text) < q.payload_len(text) { B } else { q };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let wanted = match rest.len() {
                // Looked at in full only where it may fit, so that time stays linear.
                0..MAX_WORD_LEN => encoder.payload_len(rest).saturating_add(OVERHEAD),
                _ => MAX_WORD_LEN,
            };
            let room = self.room(wanted.saturating_add(behind)).saturating_sub(behind);
            let mut word = String::with_capacity(MAX_WORD_LEN);
            word.push_str("=?utf-8?");
            word.push(char::from(encoder.letter()));
            word.push('?');
            let budget = room.min(MAX_WORD_LEN).saturating_sub(OVERHEAD);
            let mut taken = encoder.encode_payload(rest, budget, &mut word);
            if taken == 0 {
                let first = rest.get(..first.len_utf8()).unwrap_or(rest);
                encoder.encode_payload(first, MAX_WORD_LEN, &mut word);
                taken = first.len();
            }
            word.push_str("?=");
            self.put(&word, true);
            rest = rest.get(taken..).unwrap_or_default();
            if !rest.is_empty() {
                self.blank();
            }
        }
    }
}

/// `quoted-string` (RFC 5322 §3.2.4)
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len().saturating_add(2));
    quoted.push('"');
    escape(text, &['"', '\\'], &mut quoted);
    quoted.push('"');
    quoted
}

/// Writes text with a backslash before each of these characters (RFC 5322 §3.2.1).
pub(super) fn escape(text: &str, special: &[char], out: &mut String) {
    for character in text.chars() {
        if special.contains(&character) {
            out.push('\\');
        }
        out.push(character);
    }
}

fn is_paired(text: &str) -> bool {
    let mut depth = 0_usize;
    for octet in text.bytes() {
        depth = match octet {
            b'(' => depth.saturating_add(1),
            b')' => match depth.checked_sub(1) {
                Some(depth) => depth,
                None => return false,
            },
            _ => depth,
        };
    }
    depth == 0
}
