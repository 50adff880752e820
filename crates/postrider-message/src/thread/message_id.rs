//! Message identifiers (RFC 5322 §3.6.4 and §4.5.4).

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt;

use memchr::memrchr;

use crate::{
    FieldValue, InvalidValue, Lexer, Parsed, RawValue, Token, code,
    write::{is_domain_literal, is_dot_atom},
};

/// `msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]`, without its angle brackets. `Display`
/// writes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageId<'a>(Cow<'a, str>);

impl<'a> MessageId<'a> {
    /// An identifier given as `left@right`, without angle brackets.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let text = text.into();
        let valid = text.split_once('@').is_some_and(|(left, right)| {
            is_dot_atom(left) && (is_dot_atom(right) || is_domain_literal(right))
        });
        if valid { Ok(Self(text)) } else { Err(InvalidValue::MessageId) }
    }

    /// The identifier without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

/// The identifiers of `Message-ID`, `In-Reply-To` or `References`, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageIdList<'a> {
    list: Vec<MessageId<'a>>,
}

impl<'a> MessageIdList<'a> {
    /// The identifiers.
    pub fn ids(&self) -> &[MessageId<'a>] {
        &self.list
    }
}

impl<'a> FieldValue<'a> for MessageIdList<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut lexer = Lexer::new(raw);
        let mut list = Vec::new();
        let mut words = None;
        while let Some(lexeme) = lexer.next() {
            if !lexeme.is(b'<') {
                if !matches!(lexeme.token, Token::Comment(_)) {
                    words = words.or(Some(lexeme));
                }
                continue;
            }
            // What stands between the brackets is often no RFC 5322 token, so it is not cut yet.
            let Some(inside) = lexer.take_until(b'>') else {
                lexer.defect(&code::UNCLOSED_ANGLE, lexeme.start, lexeme.end);
                break;
            };
            if list.len() >= raw.limits().message_ids {
                lexer.defect(&code::TOO_MANY_IDS, lexeme.start, raw.bytes().len());
                break;
            }
            list.extend(identifier(&mut lexer, inside, lexeme.end));
        }
        if let Some(word) = words {
            let code = if list.is_empty() { &code::NOT_A_MESSAGE_ID } else { &code::PHRASE_IN_IDS };
            lexer.defect(code, word.start, word.end);
        }
        Parsed::new(Self { list }, lexer.into_defects(), raw.bytes())
    }
}

/// The identifier between angle brackets that begins at `start`; `None` with a defect where there
/// is none.
fn identifier<'a>(lexer: &mut Lexer<'a>, inside: &'a [u8], start: usize) -> Option<MessageId<'a>> {
    let end = start.saturating_add(inside.len());
    // `<<a@b>`: the innermost bracket opens it.
    let skip = memrchr(b'<', inside).map_or(0, |at| at.saturating_add(1));
    if skip > 0 {
        lexer.defect(&code::UNCLOSED_ANGLE, start, start.saturating_add(skip));
    }
    let text = inside.get(skip..).unwrap_or_default();
    let plain = |octet: &u8| *octet > b' ' && !matches!(octet, b'(' | b')' | b'"' | b'\\' | 0x7f);
    let id = if text.iter().all(plain) {
        core::str::from_utf8(text).ok().map(Cow::Borrowed)
    } else {
        without_space(lexer.raw().slice(start.saturating_add(skip)..end)).map(Cow::Owned)
    };
    let Some(id) = id.filter(|id| !id.is_empty() && !id.chars().any(char::is_control)) else {
        lexer.defect(&code::NOT_A_MESSAGE_ID, start, end);
        return None;
    };
    if !id.contains('@') {
        lexer.defect(&code::NO_AT_SIGN, start, end);
    }
    Some(MessageId(id))
}

/// `obs-id-left` and `obs-id-right`: comments and white space dropped, but only beside a dot or an
/// at sign, so that no two words become one. `None` where something is not closed.
fn without_space(raw: RawValue<'_>) -> Option<String> {
    let mut lexer = Lexer::new(raw);
    let mut out = Vec::new();
    let mut after_word = false;
    while let Some(lexeme) = lexer.next_solid() {
        let word = matches!(lexeme.token, Token::Atom(_) | Token::Quoted(_) | Token::Literal(_));
        if word && after_word {
            return None;
        }
        after_word = word;
        out.extend_from_slice(lexer.text(lexeme.start, lexeme.end));
    }
    if !lexer.into_defects().is_empty() {
        return None;
    }
    let id = String::from_utf8(out).ok()?;
    let bad = id.bytes().any(|octet| matches!(octet, b'(' | b')'));
    if bad { None } else { Some(id) }
}
