//! `Received` (RFC 5321 §4.4, RFC 5322 §3.6.7): the clauses and the date of one hop, and the
//! journey that all of them tell.

mod clocks;
mod comments;
mod fast;
mod finding;
mod hints;
mod reader;
mod report;
mod stops;
mod tcp;
mod tls;
mod trace;
mod words;
mod write;

use alloc::borrow::Cow;

use crate::{AddrSpec, AddressList, DateTime, FieldValue, RawValue, Severity};

use comments::Comments;
pub use finding::Finding;
use hints::Hints;
pub use tcp::TcpInfo;
pub use tls::{Encryption, TlsInfo};
pub(crate) use trace::trace;
pub use trace::{Hop, Trace};

/// One clause of a `Received` field, as in `by mx.example.net (Postfix)`: what stands behind its
/// keyword, and the comments there. Line ends and runs of white space are one blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause<'a> {
    value: Cow<'a, str>,
    comments: Comments<'a>,
}

impl<'a> Clause<'a> {
    /// The words behind the keyword.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The comments, without their outer parentheses, quoted pairs resolved.
    pub fn comments(&self) -> &[Cow<'a, str>] {
        self.comments.as_slice()
    }
}

/// A `Received` field (`Time-stamp-line`, RFC 5321 §4.4): who gave the message to whom, and when.
/// Every hop but the last was written by someone else's host: it is a claim.
///
/// ```
/// use postrider_message::{Encryption, FieldValue, RawValue, Received};
/// let read = Received::read(RawValue::new(
///     b"from a.example (mail.a.example [192.0.2.7])\r\n\t\
///     (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\t\
///     by mx.b.example (Postfix) with ESMTPS id 4XyZ\r\n\t\
///     for <bob@b.example>; Tue, 1 Jul 2003 10:52:37 +0200 (CEST)",
/// ));
/// let received = read.value;
/// assert_eq!(received.helo(), Some("a.example"));
/// let tcp = received.tcp_info().unwrap();
/// assert_eq!((tcp.name(), tcp.address().to_string()), (Some("mail.a.example"), "192.0.2.7".into()));
/// assert_eq!(received.by().unwrap().value(), "mx.b.example");
/// assert_eq!(received.encryption(), Encryption::Yes);
/// assert_eq!(received.tls_info().unwrap().version(), Some("TLSv1.3"));
/// assert_eq!(received.recipient_addr().unwrap().to_string(), "bob@b.example");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Received<'a> {
    /// One for each [`Keyword`], in its order.
    clauses: [Option<Clause<'a>>; Keyword::ALL.len()],
    /// Comments before the first clause.
    comments: Comments<'a>,
    date: Option<DateTime>,
    hints: Hints,
}

/// The hints are no part of the value: they say where nothing need be looked for.
impl PartialEq for Received<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.clauses == other.clauses && self.comments == other.comments && self.date == other.date
    }
}

impl Eq for Received<'_> {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keyword {
    From,
    By,
    Via,
    With,
    Id,
    For,
    /// Registered by RFC 8314 §4.3, behind the others.
    Tls,
}

impl Keyword {
    /// In the order in which they are written (RFC 5321 §4.4).
    const ALL: [(&str, Self); 7] = [
        ("from", Self::From),
        ("by", Self::By),
        ("via", Self::Via),
        ("with", Self::With),
        ("id", Self::Id),
        ("for", Self::For),
        ("tls", Self::Tls),
    ];

    /// Octets of the longest.
    const LONGEST: usize = 4;

    fn of(word: &[u8]) -> Option<Self> {
        const CASE: u8 = b' ';
        // No octet but the two cases of a letter becomes that letter.
        match *word {
            [a, b] => match [a | CASE, b | CASE] {
                [b'b', b'y'] => Some(Self::By),
                [b'i', b'd'] => Some(Self::Id),
                _ => None,
            },
            [a, b, c] => match [a | CASE, b | CASE, c | CASE] {
                [b'v', b'i', b'a'] => Some(Self::Via),
                [b'f', b'o', b'r'] => Some(Self::For),
                [b't', b'l', b's'] => Some(Self::Tls),
                _ => None,
            },
            [a, b, c, d] => match [a | CASE, b | CASE, c | CASE, d | CASE] {
                [b'f', b'r', b'o', b'm'] => Some(Self::From),
                [b'w', b'i', b't', b'h'] => Some(Self::With),
                _ => None,
            },
            _ => None,
        }
    }
}

impl<'a> Received<'a> {
    /// `from`: the host that sent, as the field tells it. Some hosts write its address there too,
    /// or its name in the DNS; [`helo`](Self::helo) is the name it gave itself.
    pub const fn from(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::From)
    }

    /// `by`: the host that received.
    pub const fn by(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::By)
    }

    /// `via`: the link, where it was not TCP.
    pub const fn via(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::Via)
    }

    /// `with`: the protocol, such as `ESMTPS`.
    pub const fn with(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::With)
    }

    /// `id`: the name the receiving host gave the message.
    pub const fn id(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::Id)
    }

    /// `for`: a recipient, angle brackets as they stand.
    pub const fn recipient(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::For)
    }

    /// `tls`: the cipher suite that protected the transfer (RFC 8314 §4.3).
    pub const fn tls(&self) -> Option<&Clause<'a>> {
        self.clause(Keyword::Tls)
    }

    /// The comments before the first clause, as in `(qmail 27981 invoked by uid 500)`.
    pub fn comments(&self) -> &[Cow<'a, str>] {
        self.comments.as_slice()
    }

    /// When it was received.
    pub const fn date(&self) -> Option<DateTime> {
        self.date
    }

    /// The recipient of the `for` clause, where exactly one address stands there and nothing else.
    /// Square brackets in place of angle brackets, as in `[bob@b.org]`, are read past.
    pub fn recipient_addr(&self) -> Option<AddrSpec<'_>> {
        let text = self.recipient()?.value();
        let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let text = inside.filter(|inside| inside.contains('@')).unwrap_or(text);
        if let Some(addr) = AddrSpec::plain(text) {
            return Some(addr);
        }
        let list = AddressList::read(RawValue::new(text.as_bytes()));
        if list.defects.iter().any(|defect| defect.severity() != Severity::Obsolete) {
            return None;
        }
        let mut mailboxes = list.value.mailboxes();
        let first = mailboxes.next()?;
        if mailboxes.next().is_some() { None } else { Some(first.addr_spec().clone()) }
    }

    #[expect(clippy::indexing_slicing, reason = "there is one for each keyword")]
    const fn clause(&self, keyword: Keyword) -> Option<&Clause<'a>> {
        self.clauses[keyword as usize].as_ref()
    }

    #[expect(clippy::indexing_slicing, reason = "there is one for each keyword")]
    const fn clause_mut(&mut self, keyword: Keyword) -> &mut Option<Clause<'a>> {
        &mut self.clauses[keyword as usize]
    }
}
