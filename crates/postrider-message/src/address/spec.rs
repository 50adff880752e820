//! `addr-spec` (RFC 5322 §3.4.1 and §4.4) from tokens.

use alloc::{borrow::Cow, string::String, vec::Vec};

use memchr::memmem;

use crate::{AddrSpec, Lexeme, Lexer, Token, code, unquote, write::has_unseen};

/// An address, and what was odd about how it stands.
pub(super) struct Spec<'a> {
    pub(super) addr: AddrSpec<'a>,
    /// From its first octet to behind its last.
    extent: (usize, usize),
    /// A dot of the local part has no word on both its sides.
    dots: bool,
    /// White space or comments stand inside.
    spaced: bool,
    /// An encoded word stands inside.
    encoded: bool,
}

impl<'a> Spec<'a> {
    /// `addr-spec = local-part "@" domain`, with the obsolete forms of RFC 5322 §4.4: comments and
    /// white space around dots and the at sign. The tokens are all there is; nothing may be left
    /// over.
    pub(super) fn read(lexer: &Lexer<'a>, words: &[Lexeme<'a>]) -> Option<Self> {
        let solid: Cow<'_, [Lexeme<'a>]> = if words.iter().any(is_comment) {
            Cow::Owned(words.iter().filter(|word| !is_comment(word)).copied().collect())
        } else {
            Cow::Borrowed(words)
        };
        let at = solid.iter().position(|word| word.is(b'@'))?;
        let local = solid.get(..at).filter(|words| !words.is_empty())?;
        let domain = solid.get(at.checked_add(1)?..).filter(|words| !words.is_empty())?;
        let dots = check_local(local)?;
        let literal = matches!(domain, [Lexeme { token: Token::Literal(_), .. }]);
        if !literal && check_local(domain)? {
            return None;
        }
        if domain.iter().any(|word| matches!(word.token, Token::Quoted(_))) {
            return None;
        }
        let bare = !local.iter().any(|word| matches!(word.token, Token::Quoted(_)));
        let (local, domain) = (joined(lexer, local)?, joined(lexer, domain)?);
        if bare && has_unseen(&local) {
            return None;
        }
        let addr = AddrSpec::as_read(local, domain).ok()?;
        let extent = extent(&solid);
        let text = lexer.text(extent.0, extent.1);
        let encoded = memmem::find(text, b"=?").is_some() && memmem::find(text, b"?=").is_some();
        Some(Self { addr, extent, dots, spaced: !contiguous(&solid), encoded })
    }

    /// Whether nothing was odd.
    pub(super) const fn is_plain(&self) -> bool {
        !self.dots && !self.spaced && !self.encoded
    }

    /// Notes what was odd, and gives the address.
    pub(super) fn told(self, lexer: &mut Lexer<'a>) -> AddrSpec<'a> {
        let (start, end) = self.extent;
        if self.dots {
            lexer.defect(&code::DOT_PLACEMENT, start, end);
        }
        if self.spaced {
            lexer.defect(&code::OBSOLETE_SPACE, start, end);
        }
        if self.encoded {
            lexer.defect(&code::ENCODED_WORD_IN_ADDRESS, start, end);
        }
        self.addr
    }
}

pub(super) fn is_comment(word: &Lexeme<'_>) -> bool {
    matches!(word.token, Token::Comment(_))
}

/// From the first octet of some tokens to behind the last.
pub(super) fn extent(words: &[Lexeme<'_>]) -> (usize, usize) {
    (words.first().map_or(0, |word| word.start), words.last().map_or(0, |word| word.end))
}

/// Whether nothing stands between the tokens.
fn contiguous(words: &[Lexeme<'_>]) -> bool {
    words.iter().zip(words.iter().skip(1)).all(|(before, after)| before.end == after.start)
}

/// `local-part = dot-atom / quoted-string / obs-local-part`: words with dots between them. `None`
/// where two words stand side by side; true where a dot has no word on both its sides.
fn check_local(words: &[Lexeme<'_>]) -> Option<bool> {
    let (mut misplaced, mut after_dot, mut any) = (false, true, false);
    for word in words {
        match word.token {
            Token::Special(b'.') => {
                misplaced |= after_dot;
                after_dot = true;
            }
            Token::Atom(_) | Token::Quoted(_) if after_dot => (after_dot, any) = (false, true),
            _ => return None,
        }
    }
    any.then_some(misplaced || after_dot)
}

/// The words without what stands between them. `None` where they are not UTF-8.
fn joined<'a>(lexer: &Lexer<'a>, words: &[Lexeme<'a>]) -> Option<Cow<'a, str>> {
    let (start, end) = extent(words);
    let quoted = |word: &Lexeme<'_>| matches!(word.token, Token::Quoted(_));
    if contiguous(words) && !words.iter().any(quoted) {
        return text(Cow::Borrowed(lexer.text(start, end)));
    }
    if let [Lexeme { token: Token::Quoted(inside), .. }] = words {
        return text(unquote(inside));
    }
    let mut out = Vec::new();
    for word in words {
        match word.token {
            Token::Quoted(inside) => out.extend_from_slice(&unquote(inside)),
            _ => out.extend_from_slice(lexer.text(word.start, word.end)),
        }
    }
    text(Cow::Owned(out))
}

/// The octets as text, where they are UTF-8.
pub(super) fn text(octets: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    match octets {
        Cow::Borrowed(octets) => core::str::from_utf8(octets).ok().map(Cow::Borrowed),
        Cow::Owned(octets) => String::from_utf8(octets).ok().map(Cow::Owned),
    }
}
