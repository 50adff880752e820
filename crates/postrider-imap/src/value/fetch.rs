//! What FETCH asks for, and what it answers.

use alloc::vec::Vec;

use bytes::Bytes;

use super::{
    BodySection, BodyStructure, Envelope, FlagSet, InternalDate, ModSeq, Partial, Raw, Section, Uid,
};

/// What FETCH asks of every message (RFC 3501 §6.4.5): a macro or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 9051 has the same three macros")]
pub enum FetchAttributes {
    /// `ALL`: FLAGS INTERNALDATE RFC822.SIZE ENVELOPE
    All,
    /// `FAST`: FLAGS INTERNALDATE RFC822.SIZE
    Fast,
    /// `FULL`: FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY
    Full,
    /// These; at least one.
    List(Vec<FetchAttribute>),
}

/// One thing that FETCH asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchAttribute {
    /// `ENVELOPE`
    Envelope,
    /// `FLAGS`
    Flags,
    /// `INTERNALDATE`
    InternalDate,
    /// `RFC822.SIZE`
    Rfc822Size,
    /// `UID`
    Uid,
    /// `BODY`: the structure without extension data.
    Body,
    /// `BODYSTRUCTURE`
    BodyStructure,
    /// `BODY[…]` and `BODY.PEEK[…]`, whole or partial.
    BodySection {
        /// Which octets.
        section: Section,
        /// Whether `\Seen` stays as it is.
        peek: bool,
        /// Which part of them.
        partial: Option<Partial>,
    },
    /// `BINARY[…]` and `BINARY.PEEK[…]` (RFC 3516): without transfer encoding.
    Binary {
        /// The part, from the outside in; empty for the whole message.
        part: Vec<u32>,
        /// Whether `\Seen` stays as it is.
        peek: bool,
        /// Which part of them.
        partial: Option<Partial>,
    },
    /// `BINARY.SIZE[…]` (RFC 3516)
    BinarySize(Vec<u32>),
    /// `RFC822`, which is `BODY[]` under its old name.
    Rfc822,
    /// `RFC822.HEADER`, which is `BODY.PEEK[HEADER]` under its old name.
    Rfc822Header,
    /// `RFC822.TEXT`, which is `BODY[TEXT]` under its old name.
    Rfc822Text,
    /// `MODSEQ` (RFC 7162)
    ModSeq,
    /// `EMAILID` (RFC 8474)
    EmailId,
    /// `THREADID` (RFC 8474)
    ThreadId,
    /// `SAVEDATE` (RFC 8514)
    SaveDate,
    /// `PREVIEW` (RFC 8970)
    Preview {
        /// `LAZY`: only if it is at hand.
        lazy: bool,
    },
    /// `X-GM-MSGID` (Gmail)
    GmailMessageId,
    /// `X-GM-THRID` (Gmail)
    GmailThreadId,
    /// `X-GM-LABELS` (Gmail)
    GmailLabels,
    /// `ANNOTATION` (RFC 5257) and others: the name and what belongs to it.
    Other(Raw),
}

/// What a server has to send for an attribute that asks for octets of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodyRequest {
    /// The name to send it under.
    pub name: BodySection,
    /// Which part of them.
    pub partial: Option<Partial>,
    /// Whether the message becomes `\Seen` by this.
    pub sets_seen: bool,
}

impl FetchAttribute {
    /// `BODY[…]` of the whole section.
    #[must_use]
    pub fn body(section: Section) -> Self {
        Self::BodySection { section, peek: false, partial: None }
    }

    /// `BODY.PEEK[…]` of the whole section.
    #[must_use]
    pub fn peek(section: Section) -> Self {
        Self::BodySection { section, peek: true, partial: None }
    }

    /// For attributes that ask for octets of the message: which, and under which name, whether the
    /// old names or the new were used. `None` for the others.
    #[must_use]
    pub fn body_request(&self) -> Option<BodyRequest> {
        let (name, partial, sets_seen) = match self {
            Self::BodySection { section, peek, partial } => {
                (BodySection::Section(section.clone()), *partial, !peek)
            }
            Self::Binary { part, peek, partial } => {
                (BodySection::Binary(part.clone()), *partial, !peek)
            }
            Self::Rfc822 => (BodySection::Rfc822, None, true),
            Self::Rfc822Header => (BodySection::Rfc822Header, None, false),
            Self::Rfc822Text => (BodySection::Rfc822Text, None, true),
            _ => return None,
        };
        Some(BodyRequest { name, partial, sets_seen })
    }
}

impl FetchAttributes {
    /// The attributes that a macro stands for.
    #[must_use]
    pub fn into_list(self) -> Vec<FetchAttribute> {
        use FetchAttribute::{Body, Envelope, Flags, InternalDate, Rfc822Size};
        match self {
            Self::Fast => [Flags, InternalDate, Rfc822Size].into(),
            Self::All => [Flags, InternalDate, Rfc822Size, Envelope].into(),
            Self::Full => [Flags, InternalDate, Rfc822Size, Envelope, Body].into(),
            Self::List(list) => list,
        }
    }
}

impl From<Vec<FetchAttribute>> for FetchAttributes {
    fn from(list: Vec<FetchAttribute>) -> Self {
        Self::List(list)
    }
}

impl From<FetchAttribute> for FetchAttributes {
    fn from(attribute: FetchAttribute) -> Self {
        Self::List([attribute].into())
    }
}

/// One thing that a FETCH response tells (RFC 3501 §7.4.2). Octets of the message itself are not
/// among them: they are streamed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchItem {
    /// `ENVELOPE`
    Envelope(Envelope),
    /// `FLAGS`
    Flags(FlagSet),
    /// `INTERNALDATE`; `None` for a date that is none, or `NIL`, as some servers send.
    InternalDate(Option<InternalDate>),
    /// `RFC822.SIZE`, in octets
    Rfc822Size(u64),
    /// `UID`
    Uid(Uid),
    /// `BODY`: the structure; extension data is left out when it is written.
    Body(BodyStructure),
    /// `BODYSTRUCTURE`; extension data is written where it is present.
    BodyStructure(BodyStructure),
    /// `BINARY.SIZE` (RFC 3516): of this part, in octets.
    BinarySize(Vec<u32>, u64),
    /// `MODSEQ` (RFC 7162)
    ModSeq(ModSeq),
    /// `EMAILID` (RFC 8474)
    EmailId(Bytes),
    /// `THREADID` (RFC 8474); `None` for `NIL`.
    ThreadId(Option<Bytes>),
    /// `SAVEDATE` (RFC 8514); `None` for `NIL`.
    SaveDate(Option<InternalDate>),
    /// `PREVIEW` (RFC 8970), in UTF-8; `None` for `NIL`.
    Preview(Option<Bytes>),
    /// `X-GM-MSGID` (Gmail)
    GmailMessageId(u64),
    /// `X-GM-THRID` (Gmail)
    GmailThreadId(u64),
    /// `X-GM-LABELS` (Gmail): as they are called, in modified UTF-7 or as flags.
    GmailLabels(Vec<Bytes>),
    /// An item that this crate does not know, or that breaks the grammar: name and value.
    Unparsed(Raw),
}
