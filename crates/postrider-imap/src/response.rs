//! Responses: what a server says.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;

use super::SyntaxError;
use super::command::Tag;
use super::quirks::Quirks;
use super::syntax::Grammar;
use super::value::{
    Acl, Atom, Capability, EsearchResponse, FetchItem, FlagSet, IdParameters, ListResponse,
    ListRights, MailboxStatus, MessageNumber, MetadataResponse, ModSeq, MyRights, Namespaces,
    QuotaResponse, QuotaRoots, Raw, Status, Text, Thread, Uid, UidSet,
};
use crate::limits::Limits;

/// One response, complete.
///
/// Octets of messages are not among them: a FETCH response that carries some comes in pieces.
///
/// ```
/// use postrider_imap::{
///     Code, Delimiter, ListAttribute, ListResponse, MailboxName, NumberList, Response, Status, Tag,
///     UidSet, UidValidity,
/// };
///
/// let mut out = Vec::new();
/// let (attributes, mailbox) = ([ListAttribute::Sent].into(), MailboxName::new("Sent Mail")?);
/// let list = ListResponse::new(attributes, Some(Delimiter::new(b'/')?), mailbox);
/// Response::from(list).write(&mut out);
///
/// let from: NumberList = [304_u32, 319, 320].into_iter().collect();
/// let to: NumberList = [3956_u32, 3957, 3958].into_iter().collect();
/// let (from, to) = (UidSet::new(from)?, UidSet::new(to)?);
/// let code = Code::CopyUid { validity: UidValidity::new(38505), from, to };
/// Response::Tagged(Tag::new("A004")?, Status::ok("Done").with_code(code)).write(&mut out);
///
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "* LIST (\\Sent) \"/\" \"Sent Mail\"\r\n\
///      A004 OK [COPYUID 38505 304,319:320 3956:3958] Done\r\n",
/// );
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Response {
    /// OK, NO or BAD to a command.
    Tagged(Tag, Status),
    /// OK, NO, BAD, PREAUTH or BYE that answers no command.
    Status(Status),
    /// `+`: the server waits for more of the command.
    Continue(Continuation),
    /// `CAPABILITY`
    Capability(Vec<Capability>),
    /// `ENABLED` (RFC 5161)
    Enabled(Vec<Atom>),
    /// `ID` (RFC 2971)
    Id(IdParameters),
    /// `FLAGS`: the flags in use.
    Flags(FlagSet),
    /// `EXISTS`: how many messages there are.
    Exists(u32),
    /// `RECENT`: how many messages are `\Recent`.
    Recent(u32),
    /// `EXPUNGE`: this message is gone; those behind it have moved up.
    Expunge(MessageNumber),
    /// `VANISHED` (RFC 7162)
    Vanished {
        /// Whether they went before this session looked.
        earlier: bool,
        /// Which messages.
        uids: UidSet,
    },
    /// `FETCH`, without octets of the message.
    Fetch {
        /// Which message.
        number: MessageNumber,
        /// What is told of it, in order.
        items: Vec<FetchItem>,
    },
    /// `UIDFETCH` (RFC 9586)
    UidFetch {
        /// Which message.
        uid: Uid,
        /// What is told of it, in order.
        items: Vec<FetchItem>,
    },
    /// `LIST`, `LSUB` or `XLIST`
    List(ListResponse),
    /// `NAMESPACE` (RFC 2342)
    Namespace(Namespaces),
    /// `STATUS`
    MailboxStatus(MailboxStatus),
    /// `SEARCH`: numbers or UIDs, as the command asked; with the highest MODSEQ of them (RFC 7162).
    Search {
        /// The numbers, in ranges where they ascend by one.
        numbers: super::value::NumberList,
        /// The highest MODSEQ among them.
        mod_seq: Option<ModSeq>,
    },
    /// `SORT` (RFC 5256)
    Sort {
        /// The numbers in their order.
        numbers: super::value::NumberList,
        /// The highest MODSEQ among them.
        mod_seq: Option<ModSeq>,
    },
    /// `THREAD` (RFC 5256)
    Thread(Thread),
    /// `ESEARCH` (RFC 4731, 5267, 7377, 9394)
    Esearch(Box<EsearchResponse>),
    /// `UIDBATCHES` (RFC 10022)
    UidBatches {
        /// The tag of the command.
        tag: Bytes,
        /// The batches, highest first.
        batches: Vec<super::value::UidBatch>,
    },
    /// `QUOTA` (RFC 9208)
    Quota(QuotaResponse),
    /// `QUOTAROOT` (RFC 9208)
    QuotaRoot(QuotaRoots),
    /// `ACL` (RFC 4314)
    Acl(Acl),
    /// `LISTRIGHTS` (RFC 4314)
    ListRights(ListRights),
    /// `MYRIGHTS` (RFC 4314)
    MyRights(MyRights),
    /// `METADATA` (RFC 5464)
    Metadata(MetadataResponse),
    /// `JMAPACCESS` (RFC 9698): the URL of the session.
    JmapAccess(Bytes),
    /// Data that this crate does not know, without `* ` and line end.
    Other(Raw),
}

/// What stands behind `+`. In AUTHENTICATE it is a challenge in base64, elsewhere a text; which of
/// them is told by the command alone, for words such as `idle` are base64 too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Continuation {
    /// What a program may act on.
    pub code: Option<super::value::Code>,
    /// What a human may read.
    pub text: Text,
}

impl Continuation {
    /// A text.
    pub fn new(text: impl Into<Text>) -> Self {
        Self { code: None, text: text.into() }
    }

    /// A challenge of AUTHENTICATE: base64, perhaps empty.
    ///
    /// # Errors
    ///
    /// [`super::value::InvalidValue::Octet`] when it is not base64.
    pub fn from_base64(base64: impl Into<Bytes>) -> Result<Self, super::value::InvalidValue> {
        let base64 = base64.into();
        if super::value::is_base64(&base64) {
            Ok(Self { code: None, text: Text::new(base64)? })
        } else {
            Err(super::value::InvalidValue::Octet)
        }
    }

    /// With a response code.
    #[must_use]
    pub fn with_code(mut self, code: super::value::Code) -> Self {
        self.code = Some(code);
        self
    }

    /// The challenge of AUTHENTICATE in base64, perhaps empty. `None` when it is no base64.
    #[must_use]
    pub fn base64(&self) -> Option<&[u8]> {
        let text = self.text.as_bytes();
        (self.code.is_none() && super::value::is_base64(text)).then_some(text)
    }
}

impl Response {
    /// Reads a whole response and tells what was forgiven. The octets of literals stand in it. A line
    /// end may stand behind it, and is not judged: whether it was CRLF is for the reader that frames.
    /// Items of FETCH that carry octets of a message are [`FetchItem::Unparsed`] here: they are for
    /// the reader that streams. So are items that are not understood or not forgiven, and no error.
    ///
    /// # Errors
    ///
    /// [`SyntaxError`] when it does not follow the grammar, as far as that is not forgiven.
    pub fn parse(
        unit: &[u8],
        limits: &Limits,
        forgiven: Quirks,
    ) -> Result<(Self, Quirks), SyntaxError> {
        let grammar = Grammar::new(limits, forgiven);
        super::syntax::response_and_quirks(&grammar, without_line_end(unit))
    }
}

/// The response that tells this.
macro_rules! from_data {
    ($($data:ident => $make:expr;)*) => {$(
        impl From<$data> for Response {
            fn from(data: $data) -> Self {
                $make(data)
            }
        }
    )*};
}

from_data! {
    Acl => Self::Acl;
    Continuation => Self::Continue;
    EsearchResponse => |data| Self::Esearch(Box::new(data));
    ListResponse => Self::List;
    ListRights => Self::ListRights;
    MailboxStatus => Self::MailboxStatus;
    MetadataResponse => Self::Metadata;
    MyRights => Self::MyRights;
    Namespaces => Self::Namespace;
    QuotaResponse => Self::Quota;
    QuotaRoots => Self::QuotaRoot;
    Thread => Self::Thread;
}

/// A unit without its line end.
pub(crate) fn without_line_end(unit: &[u8]) -> &[u8] {
    let unit = unit.strip_suffix(b"\n").unwrap_or(unit);
    unit.strip_suffix(b"\r").unwrap_or(unit)
}
