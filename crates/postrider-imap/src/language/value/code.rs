//! Response codes: what a program may act on.

use alloc::vec::Vec;

use bytes::Bytes;

use super::{Atom, Capability, FlagSet, ModSeq, Raw, Uid, UidSet, UidValidity};

/// A response code (RFC 9051 §7.1, RFC 5530 and the extensions).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// A code without arguments.
    Plain(PlainCode),
    /// `BADCHARSET`: the charsets that the server knows, if it tells them.
    BadCharset(Vec<Bytes>),
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
    Modified(super::SequenceSet),
    /// `MAILBOXID` (RFC 8474): the identifier of the mailbox.
    MailboxId(Bytes),
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
    NoUpdate(Bytes),
    /// `UNDEFINED-FILTER` (RFC 5466): its name.
    UndefinedFilter(Bytes),
    /// `MAXCONVERTMESSAGES` (RFC 5259)
    MaxConvertMessages(u32),
    /// `MAXCONVERTPARTS` (RFC 5259)
    MaxConvertParts(u32),
    /// `BADURL` (RFC 4467, 4469): the URL that was refused.
    BadUrl(Bytes),
    /// `REFERRAL` (RFC 2193, 2221): the URLs to go to.
    Referral(Vec<Bytes>),
    /// `INPROGRESS` (RFC 9585)
    InProgress {
        /// The tag of the command.
        tag: Option<Bytes>,
        /// How much is done.
        progress: Option<u32>,
        /// How much there is.
        goal: Option<u32>,
    },
    /// `MESSAGELIMIT` (RFC 9738): how many messages a command may touch, and the UID at which this
    /// one stopped.
    MessageLimit {
        /// How many.
        limit: u32,
        /// The lowest UID that was not touched.
        uid: Option<Uid>,
    },
    /// `SAVELIMIT` (RFC 9738)
    SaveLimit {
        /// How many.
        limit: u32,
    },
    /// `ANNOTATIONS` (RFC 5257), without its name: a size, `READ-ONLY` or `NONE`, `NOPRIVATE`.
    Annotations(Raw),
    /// Any other: what stands between the brackets.
    Other(Raw),
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
