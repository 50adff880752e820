//! `Received` fields made and written: clauses that cannot add one another.

use alloc::{borrow::Cow, format, string::ToString};
use core::net::IpAddr;

use super::{Clause, Comments, Hints, Keyword, Received, reader::standing_keyword};
use crate::{
    AddrSpec, DateTime, Folder, InvalidValue, Lexer, RawValue, Token, WriteValue,
    write::{is_domain, is_dot_atom, refuse_controls},
};

impl<'a> Received<'a> {
    /// A field of the host `by`, a domain or an address literal, which took the message at `date`.
    ///
    /// ```
    /// use postrider_message::{DateTime, Folder, Received, WriteValue, Zone};
    /// let date = DateTime::from_unix(880_127_706, Zone::east(-360)?)?;
    /// let received = Received::new("mx.example.net", date)?
    ///     .with_from("relay.example.com", None, Some("192.0.2.7".parse().unwrap()))?
    ///     .with_protocol("ESMTPS")?;
    /// let mut folder = Folder::new("Received")?;
    /// received.write_value(&mut folder);
    /// assert_eq!(
    ///     folder.finish()?,
    ///     "Received: from relay.example.com ([192.0.2.7]) by mx.example.net with ESMTPS;\r\n \
    ///     Fri, 21 Nov 1997 09:55:06 -0600\r\n",
    /// );
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub fn new(by: impl Into<Cow<'a, str>>, date: DateTime) -> Result<Self, InvalidValue> {
        let received = Self { date: Some(date), ..Self::default() };
        received.set(Keyword::By, host(by.into())?, Comments::None)
    }

    /// `from`: the name the sending host gave itself, a domain or an address literal; and the
    /// `TCP-info`: the name its address has in the DNS, and the address.
    pub fn with_from(
        self,
        name: impl Into<Cow<'a, str>>,
        reverse: Option<&str>,
        address: Option<IpAddr>,
    ) -> Result<Self, InvalidValue> {
        if let Some(reverse) = reverse {
            host(Cow::Borrowed(reverse))?;
        }
        let literal = address.map(|address| match address.to_canonical() {
            IpAddr::V4(address) => format!("[{address}]"),
            IpAddr::V6(address) => format!("[IPv6:{address}]"),
        });
        let info = match (reverse, literal) {
            (Some(reverse), Some(literal)) => Some(format!("{reverse} {literal}")),
            (None, Some(literal)) => Some(literal),
            (reverse, None) => reverse.map(ToString::to_string),
        };
        let info = info.map_or(Comments::None, |info| Comments::One(Cow::Owned(info)));
        self.set(Keyword::From, host(name.into())?, info)
    }

    /// `via`: the link, an atom such as `TCP`.
    pub fn with_via(self, link: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.set(Keyword::Via, atom(link.into())?, Comments::None)
    }

    /// `with`: the protocol, an atom such as `ESMTPS`.
    pub fn with_protocol(self, protocol: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.set(Keyword::With, atom(protocol.into())?, Comments::None)
    }

    /// `id`: the name this host gave the message, an atom or atoms with dots between them.
    pub fn with_id(self, id: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.set(Keyword::Id, atom(id.into())?, Comments::None)
    }

    /// `for`: the recipient, where there is exactly one; more than one would be told of each other
    /// (RFC 5321 §7.2). A local part with other white space than single blanks is refused: where the
    /// field is folded, it would become another.
    pub fn with_recipient(self, recipient: &AddrSpec<'_>) -> Result<Self, InvalidValue> {
        let local = recipient.local_part();
        let words = local.split(' ');
        if words.clone().count() > 1 && words.clone().any(str::is_empty)
            || words.clone().any(|word| word.contains(char::is_whitespace))
        {
            return Err(InvalidValue::Clause);
        }
        self.set(Keyword::For, Cow::Owned(format!("<{recipient}>")), Comments::None)
    }

    /// `tls`: the cipher suite by its IANA name (RFC 8314 §4.3), and the protocol version, such as
    /// `TLS1.3`, as a comment.
    pub fn with_tls(
        self,
        version: impl Into<Cow<'a, str>>,
        cipher: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let version = atom(version.into())?;
        self.set(Keyword::Tls, atom(cipher.into())?, Comments::One(version))
    }

    fn set(
        mut self,
        keyword: Keyword,
        value: Cow<'a, str>,
        comments: Comments<'a>,
    ) -> Result<Self, InvalidValue> {
        if !is_clean(&value) {
            return Err(InvalidValue::Clause);
        }
        if !has_room(&value) {
            return Err(InvalidValue::TooLong);
        }
        *self.clause_mut(keyword) = Some(Clause { value, comments });
        self.hints = Hints::default();
        Ok(self)
    }
}

/// Octets of a word: twice as many, where each is escaped, still fit a line of 998 (RFC 5322
/// §2.1.1).
const WORD: usize = 450;

fn has_room(text: &str) -> bool {
    text.split(' ').all(|word| word.len() <= WORD)
}

fn host(name: Cow<'_, str>) -> Result<Cow<'_, str>, InvalidValue> {
    match is_domain(&name) {
        true => Ok(name),
        false => Err(InvalidValue::Domain),
    }
}

fn atom(value: Cow<'_, str>) -> Result<Cow<'_, str>, InvalidValue> {
    if is_dot_atom(&value) { Ok(value) } else { Err(InvalidValue::Clause) }
}

/// Whether these words stay in their clause: they are read again as they are, whatever stands
/// before and behind them.
pub(super) fn is_clean(value: &str) -> bool {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-' | b'_');
    if value.bytes().all(plain) {
        return Keyword::of(value.as_bytes()).is_none();
    }
    if refuse_controls(value).is_err() || value.split(' ').any(str::is_empty) {
        return false;
    }
    let mut lexer = Lexer::new(RawValue::new(value.as_bytes()));
    while let Some(lexeme) = lexer.next() {
        let stays = match lexeme.token {
            Token::Atom(_) => standing_keyword(&lexer, &lexeme, lexeme.spaced).is_none(),
            Token::Special(octet) => b"<>:@,.".contains(&octet),
            Token::Literal(_) => true,
            Token::Quoted(text) => !text.contains(&b'\\'),
            Token::Comment(_) => false,
        };
        if !stays {
            return false;
        }
    }
    lexer.into_defects().is_empty()
}

/// Writes the clauses in the order of RFC 5321 §4.4, each with its comments behind its words.
///
/// What was made, or read without a defect, is read again as the same value. What strangers wrote
/// otherwise may hold a clause or a comment that would be read as something else, that has a word too
/// long for a line, or characters beyond ASCII where the folder may not write these: it is left out.
impl WriteValue for Received<'_> {
    fn write_value(&self, to: &mut Folder) {
        for comment in self.comments() {
            write_comment(comment, to);
        }
        for (name, keyword) in Keyword::ALL {
            let Some(clause) = self.clause(keyword) else { continue };
            if !is_clean(&clause.value) || !may_write(&clause.value, to) {
                continue;
            }
            to.blank().token(name);
            for word in clause.value.split(' ') {
                to.blank().token(word);
            }
            for comment in clause.comments() {
                write_comment(comment, to);
            }
        }
        // Without a date too, so that none is looked for in the clauses.
        to.token(";");
        if let Some(date) = self.date {
            date.write_value(to);
        }
    }
}

/// Leaves out what the folder may not write.
fn write_comment(text: &str, to: &mut Folder) {
    if refuse_controls(text).is_ok() && may_write(text, to) {
        to.blank().plain_comment(text);
    }
}

fn may_write(text: &str, to: &Folder) -> bool {
    has_room(text) && (to.is_utf8() || text.is_ascii())
}
