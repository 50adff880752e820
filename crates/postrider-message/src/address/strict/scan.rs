//! One pass over the characters of an `addr-spec`. What is against every grammar ends it; all else
//! is noted, and the worst note is the diagnosis.

use alloc::string::String;
use core::{iter::Peekable, str::Chars};

use super::{Diagnosis, literal::address_literal};
use crate::lexer::is_atext;

/// Octets (RFC 5321 §4.5.3.1.1 and §4.5.3.1.2). A path has 256 with its angle brackets (§4.5.3.1.3).
const LOCAL_PART: usize = 64;
const DOMAIN: usize = 255;
const ADDR_SPEC: usize = 254;

/// Octets of a label (RFC 1035 §2.3.4).
const LABEL: usize = 63;

/// How far the present word of a local part, or label of a domain, has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    /// Nothing of it yet, comments and white space aside.
    Start,
    Text,
    QuotedString,
    Literal,
    /// All of it, and comments or white space behind it.
    Cfws,
}

impl Element {
    /// The same with a comment or white space behind it.
    const fn spaced(self) -> Self {
        match self {
            Self::Start => Self::Start,
            _ => Self::Cfws,
        }
    }
}

pub(super) struct Scan<'a> {
    chars: Peekable<Chars<'a>>,
    utf8: bool,
    worst: Diagnosis,
}

type Step<T = ()> = Result<T, Diagnosis>;

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str, utf8: bool) -> Self {
        Self { chars: text.chars().peekable(), utf8, worst: Diagnosis::Valid }
    }

    /// `addr-spec = local-part "@" domain`
    pub(super) fn diagnosis(mut self) -> Diagnosis {
        match self.local_part().and_then(|local| self.domain(local)) {
            Ok(()) => self.worst,
            Err(fatal) => fatal,
        }
    }

    fn note(&mut self, diagnosis: Diagnosis) {
        self.worst = self.worst.max(diagnosis);
    }

    /// Whether the character may stand in atoms, strings, comments and literals beyond ASCII.
    fn is_utf8(&self, character: char) -> bool {
        self.utf8 && !character.is_ascii() && !character.is_control()
    }

    fn is_atext(&self, character: char) -> bool {
        u8::try_from(character).is_ok_and(|octet| octet.is_ascii() && is_atext(octet))
            || self.is_utf8(character)
    }

    /// `local-part = dot-atom / quoted-string / obs-local-part`, and the at sign. Its octets.
    fn local_part(&mut self) -> Step<usize> {
        let (mut element, mut first, mut length) = (Element::Start, true, 0_usize);
        while let Some(&next) = self.chars.peek() {
            let start = element == Element::Start;
            match next {
                '(' => {
                    let late = start && !first;
                    self.note(if late { Diagnosis::ObsComment } else { Diagnosis::Comment });
                    self.comment()?;
                    element = element.spaced();
                    continue;
                }
                ' ' | '\t' | '\r' => {
                    self.fws()?;
                    match (start, first) {
                        (true, true) => self.note(Diagnosis::FoldingWhiteSpace),
                        (true, false) => self.note(Diagnosis::ObsFws),
                        // Before a dot or the at sign, which have their own note.
                        (false, _) => {}
                    }
                    element = element.spaced();
                    continue;
                }
                '"' if start => {
                    let whole = Diagnosis::QuotedString;
                    self.note(if first { whole } else { Diagnosis::ObsLocalPart });
                    length = length.saturating_add(self.quoted_string()?);
                    element = Element::QuotedString;
                    continue;
                }
                '.' if start => return Err(misplaced_dot(first)),
                '.' => {
                    if element != Element::Text {
                        self.note(Diagnosis::ObsLocalPart);
                    }
                    (element, first) = (Element::Start, false);
                }
                '@' if length == 0 => return Err(Diagnosis::NoLocalPart),
                '@' if start => return Err(Diagnosis::DotEnd),
                '@' => {
                    if length > LOCAL_PART {
                        self.note(Diagnosis::LocalPartTooLong);
                    }
                    if element == Element::Cfws {
                        self.note(Diagnosis::CfwsNearAt);
                    }
                    self.chars.next();
                    return Ok(length);
                }
                // A second quotation mark is wrong as a character, whatever stands before it.
                '"' => return Err(Diagnosis::ExpectedAtext),
                _ if element == Element::Cfws => return Err(Diagnosis::AtextAfterCfws),
                _ if element == Element::QuotedString => {
                    return Err(Diagnosis::AtextAfterQuotedString);
                }
                _ if self.is_atext(next) => element = Element::Text,
                _ => return Err(Diagnosis::ExpectedAtext),
            }
            length = length.saturating_add(next.len_utf8());
            self.chars.next();
        }
        Err(Diagnosis::NoDomain)
    }

    /// `domain = dot-atom / domain-literal / obs-domain`, up to the end of the text.
    fn domain(&mut self, local: usize) -> Step {
        let (mut element, mut first, mut length) = (Element::Start, true, 0_usize);
        let (mut label, mut initial, mut last, mut literal) = (0_usize, ' ', ' ', false);
        while let Some(&next) = self.chars.peek() {
            let start = element == Element::Start;
            match next {
                '(' | ' ' | '\t' | '\r' => {
                    self.domain_cfws(next == '(', start, first)?;
                    element = element.spaced();
                    continue;
                }
                '[' if length == 0 => {
                    length = self.domain_literal()?;
                    (element, literal) = (Element::Literal, true);
                    continue;
                }
                '.' if start => return Err(misplaced_dot(first)),
                '.' if literal => return Err(Diagnosis::AtextAfterDomainLiteral),
                '.' => {
                    self.label_end(label, last)?;
                    (element, first, label) = (Element::Start, false, 0);
                }
                _ if !self.is_atext(next) => return Err(Diagnosis::ExpectedAtext),
                _ if element == Element::Literal => {
                    return Err(Diagnosis::AtextAfterDomainLiteral);
                }
                _ if element == Element::Cfws => return Err(Diagnosis::AtextAfterCfws),
                '-' if start => return Err(Diagnosis::HyphenStart),
                _ => {
                    if !next.is_ascii_alphanumeric() && next != '-' && next.is_ascii() {
                        self.note(Diagnosis::DomainCharacter);
                    }
                    initial = if start { next } else { initial };
                    (element, label) = (Element::Text, label.saturating_add(next.len_utf8()));
                }
            }
            last = next;
            length = length.saturating_add(next.len_utf8());
            self.chars.next();
        }
        match element {
            _ if length == 0 => return Err(Diagnosis::NoDomain),
            Element::Start => return Err(Diagnosis::DotEnd),
            _ if literal => {}
            _ => {
                self.label_end(label, last)?;
                if first {
                    self.note(Diagnosis::TopLevelDomain);
                }
                if initial.is_ascii_digit() {
                    self.note(Diagnosis::NumericTopLevelDomain);
                }
            }
        }
        if length > DOMAIN {
            self.note(Diagnosis::DomainTooLong);
        } else if local.saturating_add(length).saturating_add(1) > ADDR_SPEC {
            self.note(Diagnosis::AddrSpecTooLong);
        }
        Ok(())
    }

    fn domain_cfws(&mut self, comment: bool, start: bool, first: bool) -> Step {
        self.note(match (start, first, comment) {
            (true, true, _) => Diagnosis::CfwsNearAt,
            (true, false, true) => Diagnosis::ObsComment,
            (true, false, false) => Diagnosis::ObsFws,
            (false, _, true) => Diagnosis::Comment,
            (false, _, false) => Diagnosis::FoldingWhiteSpace,
        });
        if comment { self.comment() } else { self.fws() }
    }

    fn label_end(&mut self, length: usize, last: char) -> Step {
        if last == '-' {
            return Err(Diagnosis::HyphenEnd);
        }
        if length > LABEL {
            self.note(Diagnosis::LabelTooLong);
        }
        Ok(())
    }

    /// `domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]`. Its octets, white space
    /// aside.
    fn domain_literal(&mut self) -> Step<usize> {
        self.chars.next();
        let (mut text, mut obsolete) = (String::new(), false);
        while let Some(&next) = self.chars.peek() {
            match next {
                ' ' | '\t' | '\r' => {
                    self.fws()?;
                    self.note(Diagnosis::FoldingWhiteSpace);
                    continue;
                }
                ']' => {
                    self.chars.next();
                    self.note(match obsolete {
                        true => Diagnosis::ObsDtext,
                        false => address_literal(&text),
                    });
                    return Ok(text.len().saturating_add(2));
                }
                '\\' => {
                    obsolete = true;
                    text.push(self.quoted_pair()?);
                }
                '[' | '\0' => return Err(Diagnosis::ExpectedDtext),
                _ if !next.is_ascii() && !self.is_utf8(next) => {
                    return Err(Diagnosis::ExpectedDtext);
                }
                _ => obsolete |= next.is_ascii_control(),
            }
            text.push(next);
            self.chars.next();
        }
        Err(Diagnosis::UnclosedDomainLiteral)
    }

    /// `quoted-string = [CFWS] DQUOTE *([FWS] qcontent) [FWS] DQUOTE [CFWS]`. Its octets: RFC 5321
    /// counts quotation marks and backslashes.
    fn quoted_string(&mut self) -> Step<usize> {
        self.chars.next();
        let mut length = 1_usize;
        while let Some(&next) = self.chars.peek() {
            length = length.saturating_add(next.len_utf8());
            match next {
                // A space is a character of its own; a tab or a line end is folding.
                '\t' | '\r' => {
                    self.fws()?;
                    self.note(Diagnosis::FoldingWhiteSpace);
                    continue;
                }
                '"' => {
                    self.chars.next();
                    return Ok(length);
                }
                '\\' => {
                    length = length.saturating_add(self.quoted_pair()?.len_utf8());
                }
                '\0' | '\n' => return Err(Diagnosis::ExpectedQtext),
                _ if next.is_ascii_control() => self.note(Diagnosis::ObsQtext),
                _ if next.is_ascii() || self.is_utf8(next) => {}
                _ => return Err(Diagnosis::ExpectedQtext),
            }
            self.chars.next();
        }
        Err(Diagnosis::UnclosedQuotedString)
    }

    /// `quoted-pair = ("\" (VCHAR / WSP)) / obs-qp`, up to its second character, which is returned
    /// and not taken.
    fn quoted_pair(&mut self) -> Step<char> {
        self.chars.next();
        let next = *self.chars.peek().ok_or(Diagnosis::LoneBackslash)?;
        if !next.is_ascii() && !self.is_utf8(next) {
            return Err(Diagnosis::ExpectedQuotedPair);
        }
        if next.is_ascii_control() && next != '\t' {
            self.note(Diagnosis::ObsQp);
        }
        Ok(next)
    }

    /// `comment = "(" *([FWS] ccontent) [FWS] ")"`, where `ccontent` may be a comment: counted.
    fn comment(&mut self) -> Step {
        let mut depth = 0_usize;
        while let Some(&next) = self.chars.peek() {
            match next {
                ' ' | '\t' | '\r' => {
                    self.fws()?;
                    self.note(Diagnosis::FoldingWhiteSpace);
                    continue;
                }
                '(' => depth = depth.saturating_add(1),
                ')' => depth = depth.saturating_sub(1),
                '\\' => {
                    self.quoted_pair()?;
                }
                '\0' | '\n' => return Err(Diagnosis::ExpectedCtext),
                _ if next.is_ascii_control() => self.note(Diagnosis::ObsCtext),
                _ if next.is_ascii() || self.is_utf8(next) => {}
                _ => return Err(Diagnosis::ExpectedCtext),
            }
            self.chars.next();
            if depth == 0 {
                return Ok(());
            }
        }
        Err(Diagnosis::UnclosedComment)
    }

    /// `FWS = ([*WSP CRLF] 1*WSP) / obs-FWS`, `obs-FWS = 1*([CRLF] WSP)` (erratum 1908): white
    /// space stands behind every line end.
    fn fws(&mut self) -> Step {
        let mut folded = false;
        while let Some(&next) = self.chars.peek() {
            match next {
                ' ' | '\t' => {
                    self.chars.next();
                }
                '\r' => {
                    self.chars.next();
                    if self.chars.next() != Some('\n') {
                        return Err(Diagnosis::BareCr);
                    }
                    if folded {
                        self.note(Diagnosis::ObsFws);
                    }
                    folded = true;
                    match self.chars.peek() {
                        Some(' ' | '\t') => {}
                        Some('\r') => return Err(Diagnosis::FoldedTwice),
                        _ => return Err(Diagnosis::FoldedEnd),
                    }
                }
                _ => break,
            }
        }
        Ok(())
    }
}

/// A dot where a word should begin.
const fn misplaced_dot(first: bool) -> Diagnosis {
    if first { Diagnosis::DotStart } else { Diagnosis::ConsecutiveDots }
}
