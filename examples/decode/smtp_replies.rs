//! What an SMTP or LMTP server says.

use postrider::smtp::EnhancedStatusCode;
use serde_json::{Value, json};

use super::line::{Front, front};
use super::unit::{Decoder, Said, Step};
use super::value::text::{SECRET, text};

/// Octets of the lines of one reply that are shown; those beyond are counted.
const SHOWN: usize = 1 << 20;

/// Reads replies of one line or more.
#[derive(Debug, Default)]
pub(crate) struct SmtpReplies {
    reply: Option<Reply>,
    long: bool,
}

#[derive(Debug)]
struct Reply {
    code: u16,
    enhanced: Option<EnhancedStatusCode>,
    lines: Vec<Value>,
    octets: usize,
    left_out: u64,
    quirks: Vec<&'static str>,
}

impl SmtpReplies {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn passed_over(&mut self, octets: usize) -> Step {
        (self.long, self.reply) = (false, None);
        Step { octets, said: Some(Said::Unreadable("too long, passed over".into())) }
    }

    fn line(&mut self, line: &[u8], bare: bool) -> Option<Said> {
        let Some((code, is_last, words)) = parts(line) else {
            // The lines before it were part of no reply either.
            self.reply = None;
            return Some(Said::Unreadable("no reply: it does not begin with a code".into()));
        };
        let reply = self.reply.get_or_insert_with(|| Reply::new(code));
        reply.put(code, words.unwrap_or_default());
        if bare {
            reply.quirk("bare-lf");
        }
        if words.is_none() {
            reply.quirk("missing-text");
        }
        if is_last { self.reply.take().map(Reply::said) } else { None }
    }
}

/// `Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF` (RFC 5321
/// §4.2).
fn parts(line: &[u8]) -> Option<(u16, bool, Option<&[u8]>)> {
    let (code, rest) = line.split_at_checked(3)?;
    let code = str::from_utf8(code).ok().filter(|code| code.bytes().all(|c| c.is_ascii_digit()))?;
    let code = code.parse().ok().filter(|code| (200..=599).contains(code))?;
    match rest.split_first() {
        None => Some((code, true, None)),
        Some((b' ', words)) => Some((code, true, Some(words))),
        Some((b'-', words)) => Some((code, false, Some(words))),
        Some(_) => None,
    }
}

impl Reply {
    fn new(code: u16) -> Self {
        let (lines, quirks) = (Vec::new(), Vec::new());
        Self { code, enhanced: None, lines, octets: 0, left_out: 0, quirks }
    }

    fn quirk(&mut self, name: &'static str) {
        if !self.quirks.contains(&name) {
            self.quirks.push(name);
        }
    }

    fn put(&mut self, code: u16, words: &[u8]) {
        if code != self.code {
            self.quirk("mixed-codes");
        }
        let (enhanced, words) = enhanced(self.code, words);
        if self.lines.is_empty() {
            self.enhanced = enhanced;
        }
        // What stands behind 334 is part of a login.
        let line = if self.code == 334 && !words.is_empty() { SECRET.into() } else { text(words) };
        self.octets += words.len() + 16;
        if self.octets <= SHOWN { self.lines.push(line) } else { self.left_out += 1 }
    }

    fn said(self) -> Said {
        let mut value = json!({
            "code": self.code,
            "enhanced": self.enhanced.map(|status| status.to_string()),
            "lines": self.lines,
        });
        if self.left_out > 0 {
            value["left-out"] = self.left_out.into();
        }
        Said::This { kind: self.code.to_string(), value, quirks: self.quirks }
    }
}

/// An enhanced status code of the class of the reply (RFC 2034 §4), and what stands behind it.
fn enhanced(code: u16, words: &[u8]) -> (Option<EnhancedStatusCode>, &[u8]) {
    let end = words.iter().position(|octet| *octet == b' ').unwrap_or(words.len());
    let status = str::from_utf8(&words[..end]).ok().and_then(|word| word.parse().ok());
    let status = status.filter(|it: &EnhancedStatusCode| u16::from(it.class()) == code / 100);
    match status {
        Some(status) => (Some(status), words.get(end + 1..).unwrap_or_default()),
        None => (None, words),
    }
}

impl Decoder for SmtpReplies {
    fn step(&mut self, octets: &[u8]) -> Step {
        match front(octets) {
            Front::More => Step::default(),
            Front::TooLong { octets, ends: false } => {
                self.long = true;
                Step { octets, said: None }
            }
            Front::TooLong { octets, ends: true } => self.passed_over(octets),
            Front::Line { octets, .. } if self.long => self.passed_over(octets),
            Front::Line { text, octets, bare } => Step { octets, said: self.line(text, bare) },
        }
    }
}
