//! Response codes: what a program may act on.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use bytes::Bytes;

use super::{
    Atom, Capability, Charset, FlagSet, InvalidValue, ModSeq, ObjectId, RawCode, SequenceSet, Uid,
    UidSet, UidValidity, UrlText, is_base64,
};
use crate::command::Tag;

/// A response code (RFC 9051 §7.1, RFC 5530 and the extensions).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// A code without arguments.
    Plain(PlainCode),
    /// `BADCHARSET`: the charsets that the server knows, if it tells them.
    BadCharset(Vec<Charset>),
    /// `CAPABILITY`
    Capability(Vec<Capability>),
    /// `PERMANENTFLAGS`
    PermanentFlags(FlagSet),
    /// `UIDNEXT`
    UidNext(Uid),
    /// `UIDVALIDITY`
    UidValidity(UidValidity),
    /// `UNSEEN`: the number of the first message that is not `\Seen`. Zero is what some servers
    /// say when there is none.
    Unseen(u32),
    /// `APPENDUID`: the UIDs that the appended messages got (RFC 4315 §3).
    AppendUid {
        /// The UIDVALIDITY of the mailbox.
        validity: UidValidity,
        /// The UIDs, in the order of the messages.
        uids: UidSet,
    },
    /// `COPYUID`: which UIDs became which (RFC 4315 §3).
    CopyUid {
        /// The UIDVALIDITY of the mailbox they went to.
        validity: UidValidity,
        /// The UIDs they had.
        from: UidSet,
        /// The UIDs they got, in the same order.
        to: UidSet,
    },
    /// `HIGHESTMODSEQ` (RFC 7162)
    HighestModSeq(ModSeq),
    /// `MODIFIED`: the messages that STORE left alone (RFC 7162): numbers, or UIDs.
    Modified(SequenceSet),
    /// `MAILBOXID` (RFC 8474): the identifier of the mailbox.
    MailboxId(ObjectId),
    /// `METADATA LONGENTRIES`: octets of the longest value that was left out (RFC 5464).
    MetadataLongEntries(u64),
    /// `METADATA MAXSIZE`: octets of the longest value that the server takes (RFC 5464).
    MetadataMaxSize(u64),
    /// `METADATA TOOMANY` (RFC 5464)
    MetadataTooMany,
    /// `METADATA NOPRIVATE` (RFC 5464)
    MetadataNoPrivate,
    /// `BADEVENT`: the events that the server knows (RFC 5465).
    BadEvent(Vec<Atom>),
    /// `NOUPDATE`: the tag of the search that is not followed (RFC 5267).
    NoUpdate(Tag),
    /// `UNDEFINED-FILTER` (RFC 5466): its name.
    UndefinedFilter(Atom),
    /// `MAXCONVERTMESSAGES` (RFC 5259)
    MaxConvertMessages(NonZeroU32),
    /// `MAXCONVERTPARTS` (RFC 5259)
    MaxConvertParts(NonZeroU32),
    /// `BADURL` (RFC 4467, 4469): the URL that was refused.
    BadUrl(UrlText),
    /// `REFERRAL` (RFC 2193, 2221): the URLs to go to.
    Referral(Vec<UrlText>),
    /// `URLMECH` (RFC 4467): the mechanisms, `INTERNAL` first, with what belongs to them.
    UrlMech(Vec<UrlauthMechanism>),
    /// `INPROGRESS` (RFC 9585): the command still runs.
    InProgress {
        /// The tag of the command.
        tag: Option<Tag>,
        /// How far it is.
        progress: Option<InProgress>,
    },
    /// `MESSAGELIMIT` (RFC 9738): how many messages a command may touch, and where this one stopped.
    MessageLimit {
        /// How many.
        limit: NonZeroU32,
        /// The lowest UID that was touched.
        uid: Option<Uid>,
    },
    /// `ANNOTATE TOOBIG` (RFC 5257)
    AnnotateTooBig,
    /// `ANNOTATE TOOMANY` (RFC 5257)
    AnnotateTooMany,
    /// `ANNOTATIONS` (RFC 5257): what the mailbox takes.
    Annotations(Annotations),
    /// Any other: what stands between the brackets.
    Other(RawCode),
}

/// How far a command is (RFC 9585 §4). A goal that is not above what is done is no goal: the
/// response is to be disregarded then (§6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the two numbers of RFC 9585")]
pub struct InProgress {
    /// How many items are done.
    pub done: u32,
    /// How many there are, if that is known.
    pub goal: Option<NonZeroU32>,
}

/// Which annotations a mailbox takes (RFC 5257 §4.3 `ann-size`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three forms of RFC 5257")]
pub enum Annotations {
    /// `NONE`: none at all.
    None,
    /// `READ-ONLY`
    ReadOnly {
        /// `NOPRIVATE`: none that are private.
        no_private: bool,
    },
    /// Up to a size.
    Size {
        /// Octets of the largest.
        octets: NonZeroU32,
        /// `NOPRIVATE`: none that are private.
        no_private: bool,
    },
}

impl core::fmt::Display for Code {
    /// As it stands between the brackets.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut octets = Vec::new();
        crate::write::code(&mut octets, self);
        super::text::Lossy(&octets).fmt(f)
    }
}

/// A mechanism that authorises URLs (RFC 4467 §9 `mechanism ["=" base64]`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UrlauthMechanism {
    name: Atom,
    data: Option<Bytes>,
}

impl UrlauthMechanism {
    /// A mechanism, and what belongs to it as base64.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Octet`] when the name holds more than letters, digits, `-` and `.`, or when
    /// the data are not base64.
    pub fn new(name: Atom, data: Option<Bytes>) -> Result<Self, InvalidValue> {
        let fits = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.');
        let named = name.as_bytes().iter().all(fits);
        if named && data.as_deref().is_none_or(is_base64) {
            Ok(Self { name, data })
        } else {
            Err(InvalidValue::Octet)
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &Atom {
        &self.name
    }

    /// What belongs to it, as base64.
    #[must_use]
    pub fn data(&self) -> Option<&[u8]> {
        self.data.as_deref()
    }
}

/// A response code that says all by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlainCode {
    /// `ALERT`: the text must be shown to the user.
    Alert,
    /// `PARSE`: a message could not be parsed.
    Parse,
    /// `READ-ONLY`
    ReadOnly,
    /// `READ-WRITE`
    ReadWrite,
    /// `TRYCREATE`: the mailbox does not exist, and may be created.
    TryCreate,
    /// `UIDNOTSTICKY` (RFC 4315)
    UidNotSticky,
    /// `CLOSED`: what follows concerns the newly selected mailbox (RFC 7162).
    Closed,
    /// `NOMODSEQ` (RFC 7162)
    NoModSeq,
    /// `NOTSAVED` (RFC 5182)
    NotSaved,
    /// `UNAVAILABLE` (RFC 5530): try again later.
    Unavailable,
    /// `AUTHENTICATIONFAILED` (RFC 5530)
    AuthenticationFailed,
    /// `AUTHORIZATIONFAILED` (RFC 5530)
    AuthorizationFailed,
    /// `EXPIRED` (RFC 5530)
    Expired,
    /// `PRIVACYREQUIRED` (RFC 5530): not without TLS.
    PrivacyRequired,
    /// `CONTACTADMIN` (RFC 5530)
    ContactAdmin,
    /// `NOPERM` (RFC 5530)
    NoPerm,
    /// `INUSE` (RFC 5530)
    InUse,
    /// `EXPUNGEISSUED` (RFC 5530)
    ExpungeIssued,
    /// `CORRUPTION` (RFC 5530)
    Corruption,
    /// `SERVERBUG` (RFC 5530)
    ServerBug,
    /// `CLIENTBUG` (RFC 5530)
    ClientBug,
    /// `CANNOT` (RFC 5530)
    Cannot,
    /// `LIMIT` (RFC 5530)
    Limit,
    /// `OVERQUOTA` (RFC 5530)
    OverQuota,
    /// `ALREADYEXISTS` (RFC 5530)
    AlreadyExists,
    /// `NONEXISTENT` (RFC 5530)
    NonExistent,
    /// `HASCHILDREN` (RFC 9051)
    HasChildren,
    /// `UNKNOWN-CTE` (RFC 3516)
    UnknownCte,
    /// `TOOBIG` (RFC 4469, 7889)
    TooBig,
    /// `COMPRESSIONACTIVE` (RFC 4978)
    CompressionActive,
    /// `USEATTR` (RFC 6154)
    UseAttr,
    /// `NOTIFICATIONOVERFLOW` (RFC 5465)
    NotificationOverflow,
    /// `BADCOMPARATOR` (RFC 5255)
    BadComparator,
    /// `TEMPFAIL` (RFC 5259)
    TempFail,
    /// `UIDREQUIRED` (RFC 9586)
    UidRequired,
}

/// The plain codes and their names.
const PLAIN: [(PlainCode, &str); 35] = [
    (PlainCode::Alert, "ALERT"),
    (PlainCode::Parse, "PARSE"),
    (PlainCode::ReadOnly, "READ-ONLY"),
    (PlainCode::ReadWrite, "READ-WRITE"),
    (PlainCode::TryCreate, "TRYCREATE"),
    (PlainCode::UidNotSticky, "UIDNOTSTICKY"),
    (PlainCode::Closed, "CLOSED"),
    (PlainCode::NoModSeq, "NOMODSEQ"),
    (PlainCode::NotSaved, "NOTSAVED"),
    (PlainCode::Unavailable, "UNAVAILABLE"),
    (PlainCode::AuthenticationFailed, "AUTHENTICATIONFAILED"),
    (PlainCode::AuthorizationFailed, "AUTHORIZATIONFAILED"),
    (PlainCode::Expired, "EXPIRED"),
    (PlainCode::PrivacyRequired, "PRIVACYREQUIRED"),
    (PlainCode::ContactAdmin, "CONTACTADMIN"),
    (PlainCode::NoPerm, "NOPERM"),
    (PlainCode::InUse, "INUSE"),
    (PlainCode::ExpungeIssued, "EXPUNGEISSUED"),
    (PlainCode::Corruption, "CORRUPTION"),
    (PlainCode::ServerBug, "SERVERBUG"),
    (PlainCode::ClientBug, "CLIENTBUG"),
    (PlainCode::Cannot, "CANNOT"),
    (PlainCode::Limit, "LIMIT"),
    (PlainCode::OverQuota, "OVERQUOTA"),
    (PlainCode::AlreadyExists, "ALREADYEXISTS"),
    (PlainCode::NonExistent, "NONEXISTENT"),
    (PlainCode::HasChildren, "HASCHILDREN"),
    (PlainCode::UnknownCte, "UNKNOWN-CTE"),
    (PlainCode::TooBig, "TOOBIG"),
    (PlainCode::CompressionActive, "COMPRESSIONACTIVE"),
    (PlainCode::UseAttr, "USEATTR"),
    (PlainCode::NotificationOverflow, "NOTIFICATIONOVERFLOW"),
    (PlainCode::BadComparator, "BADCOMPARATOR"),
    (PlainCode::TempFail, "TEMPFAIL"),
    (PlainCode::UidRequired, "UIDREQUIRED"),
];

impl PlainCode {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        PLAIN.iter().map(|(code, _)| *code)
    }

    /// The name, as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        // The table has the order of the variants.
        PLAIN.get(self as usize).map_or("", |(_, name)| name)
    }

    /// The code of this name, in any case of letters.
    #[must_use]
    pub fn by_name(name: &[u8]) -> Option<Self> {
        let same = |row: &&(Self, &str)| row.1.as_bytes().eq_ignore_ascii_case(name);
        PLAIN.iter().find(same).map(|(code, _)| *code)
    }
}

impl core::fmt::Display for PlainCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

impl From<PlainCode> for Code {
    fn from(code: PlainCode) -> Self {
        Self::Plain(code)
    }
}
