//! A second, much simpler reader: words, strings and lists, and nothing of what they mean. What two
//! wire forms say is the same when their tokens are.

/// A part of a unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Token {
    /// `NIL`
    Nil,
    /// A word, or a string in quotes or a literal: which of them is the writer's choice. Small
    /// letters.
    Leaf(Vec<u8>),
    /// What stands in parentheses.
    List(Vec<Self>),
}

impl Token {
    /// The leaf, if it is one.
    pub(crate) fn leaf(&self) -> Option<&[u8]> {
        match self {
            Self::Leaf(octets) => Some(octets),
            _ => None,
        }
    }

    /// Without the NILs at the end of lists, in place of which nothing may stand.
    pub(crate) fn without_ends(self) -> Self {
        let Self::List(list) = self else { return self };
        let mut list: Vec<_> = list.into_iter().map(Self::without_ends).collect();
        while list.last() == Some(&Self::Nil) {
            list.pop();
        }
        Self::List(list)
    }

    fn is_flag(&self) -> bool {
        self.leaf().is_some_and(|leaf| leaf.starts_with(b"\\"))
    }
}

/// The tokens of a unit without its line end; none where a string or a list has no end.
pub(crate) fn tokens(unit: &[u8]) -> Option<Vec<Token>> {
    let mut open: Vec<Vec<Token>> = vec![Vec::new()];
    let mut rest = unit;
    while let Some((&octet, behind)) = rest.split_first() {
        let token = match octet {
            b' ' | b'\r' | b'\n' => {
                rest = behind;
                continue;
            }
            b'(' => {
                open.push(Vec::new());
                rest = behind;
                continue;
            }
            b')' => {
                rest = behind;
                let list = open.pop()?;
                Token::List(list)
            }
            b'"' => {
                let (text, behind) = quoted(behind)?;
                rest = behind;
                Token::Leaf(text)
            }
            _ if literal(rest).is_some() => {
                let (text, behind) = literal(rest)?;
                rest = behind;
                Token::Leaf(text)
            }
            _ => {
                let len = word(rest);
                let (word, behind) = rest.split_at(len);
                rest = behind;
                if word.eq_ignore_ascii_case(b"NIL") {
                    Token::Nil
                } else {
                    // Names of fields in a section are strings too.
                    let word = word.iter().filter(|octet| **octet != b'"').copied();
                    Token::Leaf(set(&word.collect::<Vec<_>>().to_ascii_lowercase()))
                }
            }
        };
        let token = ordered(token, open.last()?.last());
        open.last_mut()?.push(token);
    }
    let all = open.pop()?;
    open.is_empty().then_some(all)
}

/// A list of flags has no order, and says nothing twice.
fn ordered(token: Token, before: Option<&Token>) -> Token {
    let Token::List(mut list) = token else { return token };
    if before.and_then(Token::leaf) == Some(b"x-gm-labels") {
        // A label may be called so, without quotes.
        list.iter_mut().filter(|one| **one == Token::Nil).for_each(|one| {
            *one = Token::Leaf(b"nil".to_vec());
        });
    }
    let named = before.and_then(Token::leaf).is_some_and(|name| {
        name.ends_with(b"flags") || name.ends_with(b"flags.silent") || name == b"x-gm-labels"
    });
    // What is said behind FLAGS of the whole FETCH is no flag.
    let named = named && list.first().and_then(Token::leaf) != Some(b"changedsince");
    if (named || list.iter().any(Token::is_flag)) && list.iter().all(|one| one.leaf().is_some()) {
        list.sort();
        list.dedup();
    }
    Token::List(list)
}

fn quoted(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut text = Vec::new();
    loop {
        let (&octet, behind) = rest.split_first()?;
        rest = behind;
        match octet {
            b'"' => return Some((folded(&text), rest)),
            b'\\' => {
                let (&octet, behind) = rest.split_first()?;
                rest = behind;
                text.push(octet);
            }
            _ => text.push(octet),
        }
    }
}

fn literal(unit: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let head = unit.strip_prefix(b"~").unwrap_or(unit).strip_prefix(b"{")?;
    let end = head.iter().position(|&octet| octet == b'\n')?;
    let (size, behind) = head.split_at(end + 1);
    let size = size.strip_suffix(b"}\r\n")?;
    let size = size.strip_suffix(b"+").unwrap_or(size);
    let size: usize = std::str::from_utf8(size).ok()?.parse().ok()?;
    let (text, rest) = behind.split_at_checked(size)?;
    Some((folded(text), rest))
}

/// Small letters, and the day of a date without what fills it up.
pub(crate) fn folded(text: &[u8]) -> Vec<u8> {
    let text = text.trim_ascii_start().to_ascii_lowercase();
    match &*text {
        [b'0', b'1'..=b'9', b'-', b'a'..=b'z', ..] if text.len() == 26 => text[1..].to_vec(),
        _ => text,
    }
}

/// How long the word in front is. What stands in brackets belongs to it, blanks and all.
fn word(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    for (at, &octet) in rest.iter().enumerate() {
        match octet {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b' ' | b'(' | b')' | b'"' | b'\r' | b'\n' if depth == 0 && at > 0 => return at,
            _ => {}
        }
    }
    rest.len()
}

/// Numbers that ascend by one are the same as a range of them.
fn set(word: &[u8]) -> Vec<u8> {
    let Some(ranges) = ranges(word) else { return word.to_vec() };
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if *end < first && *end + 1 == first => *end = last,
            _ => merged.push((first, last)),
        }
    }
    let shown = merged.iter().map(|(first, last)| {
        if first == last { first.to_string() } else { format!("{first}:{last}") }
    });
    shown.collect::<Vec<_>>().join(",").into_bytes()
}

fn ranges(word: &[u8]) -> Option<Vec<(u32, u32)>> {
    let word = std::str::from_utf8(word).ok()?;
    let range = |range: &str| {
        let (one, other) = range.split_once(':').unwrap_or((range, range));
        let (one, other) = (one.parse::<u32>().ok()?, other.parse::<u32>().ok()?);
        (one <= other).then_some((one, other))
    };
    word.split(',').map(range).collect()
}

/// The code in brackets behind a status, and the text behind it.
pub(crate) fn code_and_text(behind: &[u8]) -> (Option<Vec<Token>>, &[u8]) {
    let Some(inside) = behind.strip_prefix(b"[") else { return (None, behind) };
    let (mut quoted, mut escaped) = (false, false);
    let end = inside.iter().position(|&octet| {
        let closes = octet == b']' && !quoted;
        if octet == b'"' && !escaped {
            quoted = !quoted;
        }
        escaped = octet == b'\\' && !escaped && quoted;
        closes
    });
    let Some(end) = end else { return (None, behind) };
    let (code, text) = inside.split_at(end);
    match tokens(code) {
        Some(code) => (Some(code), text[1..].trim_ascii_start()),
        None => (None, behind),
    }
}
