//! The status that a diagnosis tells: an enhanced code, what the words mean, or a reply code.

use memchr::memmem;

use super::{
    Action, Ground, Status,
    meanings::{MEANINGS, Meaning},
};

/// What a diagnosis says about its recipient, in this order: the enhanced status code that stands in
/// it (RFC 3463), the code for what its words mean, the class of its SMTP reply code (RFC 5321
/// §4.2.1). Of words the class is that of the reply code or of the delay; else a failure is
/// persistent and transient (4) where “persistence of some temporary condition has caused
/// abandonment” (RFC 3463 §2): “sending in the future may be successful.”
pub(super) fn of(diagnosis: &str, action: Action) -> Option<(Status, Ground)> {
    if let Some(status) = enhanced(diagnosis) {
        return Some((status, Ground::EnhancedCode));
    }
    let reply = reply_code(diagnosis).map(|code| if code < 500 { 4 } else { 5 });
    let Some((class, subject, detail)) = meaning(diagnosis) else {
        return Some((Status::new(reply?, 0, 0).ok()?, Ground::ReplyCode));
    };
    let class = match (reply, action) {
        (Some(class), _) => class,
        (None, Action::Delayed) => 4,
        _ => class,
    };
    Some((Status::new(class, subject, detail).ok()?, Ground::Words))
}

/// The class that an action alone tells (RFC 3463 §2).
pub(super) const fn class_of(action: Action) -> u8 {
    match action {
        Action::Delayed => 4,
        _ => 5,
    }
}

/// The first `class.subject.detail` of a failure that stands by itself: an IP address or a version
/// is none.
pub(super) fn enhanced(text: &str) -> Option<Status> {
    let bytes = text.as_bytes();
    let mut from = 0_usize;
    while let Some(offset) = memchr::memchr2(b'4', b'5', bytes.get(from..)?) {
        let at = from.checked_add(offset)?;
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let is_free = before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'.');
        if is_free && let Some(status) = enhanced_at(text.get(at..)?) {
            return Some(status);
        }
        from = at.checked_add(1)?;
    }
    None
}

/// The status that a text begins with; a full stop may end the sentence behind it.
fn enhanced_at(text: &str) -> Option<Status> {
    let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let length = text.bytes().take(LONGEST).take_while(is_part).count();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.';
    if text.as_bytes().get(length).is_some_and(is_word) {
        return None;
    }
    let code = text.get(..length)?;
    Status::parse(code.strip_suffix('.').unwrap_or(code))
}

/// One octet more than the longest status with a full stop: `5.999.999.`
const LONGEST: usize = 11;

/// The first three digits that can be the reply code of a failure: a code of RFC 5321 §4.2.3, at the
/// start of the text or behind a mark or a word that replies are told with.
pub(super) fn reply_code(text: &str) -> Option<u16> {
    let bytes = text.as_bytes();
    let mut from = 0_usize;
    while let Some(offset) = memchr::memchr2(b'4', b'5', bytes.get(from..)?) {
        let at = from.checked_add(offset)?;
        let end = at.checked_add(3)?;
        let ends = matches!(bytes.get(end), None | Some(b' ' | b'-' | b':' | b']' | b')' | b','));
        if let Some(code) = text.get(at..end).filter(|_| ends)
            && let Some(code) = code.parse().ok().filter(|code| CODES.contains(code))
            && is_reply_behind(text.get(..at)?)
        {
            return Some(code);
        }
        from = at.checked_add(1)?;
    }
    None
}

/// Replies to commands before and of mail transactions, RFC 5321 §4.2.3, and 521 and 556 of RFC 7504.
const CODES: &[u16] =
    &[421, 450, 451, 452, 455, 500, 501, 502, 503, 504, 521, 550, 551, 552, 553, 554, 555, 556];

/// Whether a reply code may follow this text.
fn is_reply_behind(text: &str) -> bool {
    if text.ends_with(|letter: char| letter.is_alphanumeric() || letter == '.') {
        return false;
    }
    let text = text.trim_end();
    text.is_empty()
        || text.ends_with([':', '"', '>', '(', '[', '-', '}'])
        || REPLY_WORDS.iter().any(|known| {
            let start = text.len().saturating_sub(known.len());
            text.get(start..).is_some_and(|word| word.eq_ignore_ascii_case(known))
        })
}

/// Words before the code of a reply.
const REPLY_WORDS: &[&str] =
    &["said", "error", "code", "response", "returned", "replied", "reply", "reason"];

/// The status that the words mean: that of the first row that has a phrase in the text.
fn meaning(text: &str) -> Option<Meaning> {
    let lower = text.to_ascii_lowercase();
    let is_there = |phrase: &str| memmem::find(lower.as_bytes(), phrase.as_bytes()).is_some();
    let found = MEANINGS.iter().find(|(_, phrases)| phrases.iter().any(|phrase| is_there(phrase)));
    found.map(|(meaning, _)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enhanced_code_stands_by_itself() {
        for (text, code) in [
            ("550 5.1.1 User unknown", Some((5, 1, 1))),
            ("Sorry. (#4.4.1)", Some((4, 4, 1))),
            ("550-5.7.1 [94.136.40.141", Some((5, 7, 1))),
            ("5.1.1.", Some((5, 1, 1))),
            ("5.10.255", Some((5, 10, 255))),
            ("Internet Mail Service (5.5.2653.19)", None),
            ("host 4.2.2.2 refused", None),
            ("version 15.1.1", None),
            ("v5.1.1", None),
            ("2.0.0 ok", None),
            ("5.1", None),
            ("5.1.", None),
            ("", None),
        ] {
            let told =
                enhanced(text).map(|status| (status.class(), status.subject(), status.detail()));
            assert_eq!(told, code, "{text:?}");
        }
    }

    #[test]
    fn a_reply_code_stands_where_replies_are_told() {
        for (text, code) in [
            ("550 user unknown", Some(550)),
            ("host a said: 550", Some(550)),
            ("mailbox unavailable. [SMTP Error Code 550]", Some(550)),
            ("550-no", Some(550)),
            ("more than 500 kilobytes", None),
            ("550x", None),
            ("24.41.66.450", None),
            ("sent 554", None),
        ] {
            assert_eq!(reply_code(text), code, "{text:?}");
        }
    }
}
