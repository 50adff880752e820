//! Text that is no address, as ENVELOPE tells it: what a person wrote is not lost, and no address is
//! made of it.

use alloc::{borrow::Cow, vec::Vec};

use postrider_message::{Lexeme, Lexer, RawValue, Token, unquote};

use super::{Address, envelope::one_blank};

/// `addr-mailbox` of a text without a word for it.
const MISSING_MAILBOX: &[u8] = b"MISSING_MAILBOX";

/// `addr-host` of a word, or of nothing.
const MISSING_DOMAIN: &[u8] = b"MISSING_DOMAIN";

/// `addr-host` of what is broken between angle brackets.
const SYNTAX_ERROR: &[u8] = b"SYNTAX_ERROR";

/// Tokens that are looked at.
const MOST: usize = 2_048;

/// The names are those of Dovecot. A domain is told of an address that is none because its local
/// part is not UTF-8 (RFC 6532 §3.2), and of nothing else: where a domain seems to stand in other
/// text, the address would be one that others read in another way, or not at all.
pub(super) fn told(text: &[u8]) -> Address<'_> {
    let (mut words, mut comment) = (Vec::new(), None);
    let mut lexer = Lexer::new(RawValue::new(text));
    for lexeme in lexer.by_ref().take(MOST) {
        match lexeme.token {
            Token::Comment(inside) => comment = Some(inside),
            _ => words.push(lexeme),
        }
    }
    // Of a domain that was not looked at whole nothing is told.
    let whole = lexer.next().is_none();
    let is_phrase = |word: &&Lexeme<'_>| is_word(word) || word.is(b'.');
    let phrase = words.iter().take_while(is_phrase).count();
    let (phrase, rest) = words.split_at_checked(phrase).unwrap_or_default();
    if rest.first().is_some_and(|word| word.is(b'<')) {
        let opening = rest.iter().take_while(|word| word.is(b'<')).count();
        return in_brackets(text, phrase, rest.get(opening..).unwrap_or_default());
    }
    // A text in quotation marks and nothing else is a name.
    let is_name = matches!(words.as_slice(), [only] if !is_atom(only)) && comment.is_none();
    match local_part(text, phrase) {
        Some((mailbox, [])) if !is_name => {
            let name = comment.map(|inside| one_blank(unquote(inside)));
            let host = unknown_charset(text, &mailbox, rest).filter(|_| whole);
            let host = host.unwrap_or(MISSING_DOMAIN);
            address(name, Some(mailbox), host)
        }
        _ => address(name(text, phrase), None, MISSING_DOMAIN),
    }
}

/// `display-name "<"`, and what follows.
fn in_brackets<'a>(text: &'a [u8], phrase: &[Lexeme<'a>], inside: &[Lexeme<'a>]) -> Address<'a> {
    let name = name(text, phrase);
    let closes = |words: &[Lexeme<'_>]| words.first().is_none_or(|word| word.is(b'>'));
    match local_part(text, inside) {
        Some((mailbox, rest)) if closes(rest) => address(name, Some(mailbox), MISSING_DOMAIN),
        Some((mailbox, _)) => address(name, Some(mailbox), SYNTAX_ERROR),
        None if closes(inside) => address(name, None, MISSING_DOMAIN),
        None => address(name, None, SYNTAX_ERROR),
    }
}

fn address<'a>(
    name: Option<Cow<'a, [u8]>>,
    mailbox: Option<Cow<'a, [u8]>>,
    host: &'a [u8],
) -> Address<'a> {
    let mailbox = mailbox.unwrap_or(Cow::Borrowed(MISSING_MAILBOX));
    Address { name, adl: None, mailbox: Some(mailbox), host: Some(host) }
}

/// The domain of `addr-spec` behind a local part in an unknown charset.
fn unknown_charset<'a>(text: &'a [u8], local: &[u8], rest: &[Lexeme<'a>]) -> Option<&'a [u8]> {
    let (at, domain) = rest.split_first().filter(|(at, _)| at.is(b'@'))?;
    let unknown = core::str::from_utf8(local).is_err();
    let (end, last) = (at.end, domain.last()?.end);
    let host = text.get(end..last).filter(|host| unknown && host.is_ascii())?;
    let (first, rest) = domain.split_first()?;
    let mut labels =
        rest.chunks(2).map(|pair| matches!(pair, [dot, word] if dot.is(b'.') && is_atom(word)));
    let is_whole = is_atom(first) && labels.all(|one| one);
    (is_whole && domain.iter().all(|word| !word.spaced)).then_some(host)
}

const fn is_atom(word: &Lexeme<'_>) -> bool {
    matches!(word.token, Token::Atom(_))
}

const fn is_word(word: &Lexeme<'_>) -> bool {
    matches!(word.token, Token::Atom(_) | Token::Quoted(_))
}

/// A quoted string, or atoms and dots with nothing between them, that the words begin with; and the
/// words behind it.
fn local_part<'w, 'a>(
    text: &'a [u8],
    words: &'w [Lexeme<'a>],
) -> Option<(Cow<'a, [u8]>, &'w [Lexeme<'a>])> {
    let (first, rest) = words.split_first()?;
    let mut end = first.end;
    match first.token {
        Token::Quoted(inside) => return Some((unquote(inside), rest)),
        Token::Atom(_) => {}
        _ => return None,
    }
    let goes_on = |word: &&Lexeme<'_>| {
        let joins = word.start == end && (word.is(b'.') || matches!(word.token, Token::Atom(_)));
        if joins {
            end = word.end;
        }
        joins
    };
    let more = rest.iter().take_while(goes_on).count();
    let mailbox = text.get(first.start..end).unwrap_or_default();
    Some((Cow::Borrowed(mailbox), rest.get(more..).unwrap_or_default()))
}

/// The words of a phrase with one blank between them, without quotation marks; `None` where nothing
/// is left.
fn name<'a>(text: &'a [u8], phrase: &[Lexeme<'a>]) -> Option<Cow<'a, [u8]>> {
    let mut name = Vec::new();
    let mut after_word = false;
    for word in phrase {
        if word.spaced || (after_word && is_word(word)) {
            name.push(b' ');
        }
        after_word = is_word(word);
        match word.token {
            Token::Quoted(inside) => name.extend_from_slice(&unquote(inside)),
            _ => name.extend_from_slice(text.get(word.start..word.end).unwrap_or_default()),
        }
    }
    let name = one_blank(Cow::Owned(name));
    (!name.is_empty()).then_some(name)
}
