//! Angle brackets, parentheses and quotation marks that have no partner, or are too many: read as
//! RFC 7103 §7.1 advises, where one address and no other can be meant.

use super::{bare::whole, reader::Reader, spec::is_comment};
use crate::{
    Lexeme, Token, code,
    lexer::{is_atext, is_white},
};

impl<'a> Reader<'a> {
    /// `(Testing <fran@example.com>` (RFC 7103 §7.1.4): a comment that is not closed takes the rest
    /// of the value, but where this ends in angle brackets with an address in them, and is words
    /// else, the comment ends before the brackets.
    pub(super) fn comment(&mut self, lexeme: Option<Lexeme<'a>>) -> Option<Lexeme<'a>> {
        let lexeme = lexeme?;
        let Token::Comment(text) = lexeme.token else { return Some(lexeme) };
        let open = lexeme.end.saturating_sub(lexeme.start) == text.len().saturating_add(1);
        let Some(length) = (open && !self.odd).then(|| only_angle(text)).flatten() else {
            return Some(lexeme);
        };
        let end = lexeme.start.saturating_add(1).saturating_add(length);
        self.lexer.seek(end);
        let text = text.get(..length).unwrap_or_default();
        Some(Lexeme { token: Token::Comment(text), end, ..lexeme })
    }

    /// `<<<user2@example.org>>>` (RFC 7103 §7.1.2): takes as many closing brackets as there were
    /// opening ones beyond the first. `start` is where that stands.
    pub(super) fn extra_brackets(&mut self, extra: usize, start: usize) {
        let bytes = self.lexer.raw().bytes();
        let mut end = self.lexer.at();
        for _ in 0..extra {
            let rest = bytes.get(end..).unwrap_or_default();
            let blank = rest.iter().take_while(|octet| is_white(**octet)).count();
            if rest.get(blank) != Some(&b'>') {
                break;
            }
            end = end.saturating_add(blank).saturating_add(1);
        }
        self.lexer.seek(end);
        if extra > 0 {
            self.lexer.defect(&code::EXTRA_BRACKETS, start, end);
        }
    }

    /// `second@example.org>` (RFC 7103 §7.1.3): an address, and brackets that close nothing, unless
    /// they may close those of the element before, which have no address.
    pub(super) fn unopened(&mut self, words: &[Lexeme<'a>]) -> bool {
        let found = words.iter().position(|word| word.is(b'>'));
        let Some(at) = found.filter(|_| !self.broken) else { return false };
        let Some((own, [bracket, rest @ ..])) = words.split_at_checked(at) else { return false };
        if !rest.iter().all(|word| word.is(b'>') || is_comment(word)) {
            return false;
        }
        let Some(spec) = whole(&self.lexer, own) else { return false };
        self.lexer.defect(&code::UNOPENED_ANGLE, bracket.start, bracket.end);
        self.push_bare(spec, own);
        true
    }
}

/// A name without the quotation mark that it begins with and that nothing closes (RFC 7103 §7.1.6):
/// such a one is a special character, and told as `unclosed-quote`.
pub(super) fn without_quote<'w, 'a>(words: &'w [Lexeme<'a>]) -> &'w [Lexeme<'a>] {
    match words {
        [first, rest @ ..] if first.is(b'"') => rest,
        _ => words,
    }
}

/// Where the `<` of a text stands that is words and, behind them, one address in angle brackets.
fn only_angle(text: &[u8]) -> Option<usize> {
    let inside = text.trim_ascii_end().strip_suffix(b">")?;
    let is_word = |octet: u8| is_atext(octet) || octet == b'.';
    let open = inside.iter().position(|&octet| !is_word(octet) && !is_white(octet))?;
    let addr = inside.get(open..)?.strip_prefix(b"<")?;
    let at = addr.iter().position(|&octet| !is_word(octet))?;
    let domain = addr.get(at..)?.strip_prefix(b"@")?;
    domain.iter().all(|&octet| is_word(octet)).then_some(open)
}
