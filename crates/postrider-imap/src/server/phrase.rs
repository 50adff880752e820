//! The words of the machine that a human may read.

use crate::{CommandName, Text};

/// What a server says for a human to read, if the embedder gives no words of its own.
///
/// [`super::Config::with_phrases`] and [`super::Server::set_phrases`] put other words, or another
/// language, in their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phrase {
    /// The greeting.
    Ready,
    /// A command was carried out.
    #[non_exhaustive]
    Completed {
        /// Which.
        command: CommandName,
        /// Whether it has UID before it.
        uid: bool,
    },
    /// A login was carried out.
    LoggedIn,
    /// What is refused by [`postrider_wire::Machine::decline`].
    Declined,
    /// A login that failed, whatever the cause.
    LoginFailed,
    /// A login that could not be looked at.
    LoginUnavailable,
    /// AUTHENTICATE was given up by the client.
    Cancelled,
    /// What a client said in AUTHENTICATE is not to be said there.
    BadResponse,
    /// There is no such mechanism.
    NoMechanism,
    /// Not without TLS.
    TlsFirst,
    /// STARTTLS, where there is none to start.
    NoTls,
    /// OK to STARTTLS.
    BeginTls,
    /// A command without a tag.
    NoTag,
    /// A command that is not known here.
    UnknownCommand,
    /// A command that is not for the state that the session is in.
    WrongState,
    /// What breaks the grammar.
    Syntax,
    /// Something in a command needs a capability that the server does not have.
    NotOffered,
    /// Something in a command needs ENABLE first.
    NotEnabled,
    /// Numbers of messages after `ENABLE UIDONLY`.
    UidRequired,
    /// The mailbox is selected for reading only.
    ReadOnly,
    /// A line, a literal or a message is longer than is taken.
    TooLong,
    /// A literal where none can stand.
    NoLiteral,
    /// A message of no octets, with which a client cancels APPEND.
    EmptyMessage,
    /// What stands behind a message in APPEND is wrong.
    BehindMessage,
    /// OK to COMPRESS.
    Compressed,
    /// COMPRESS a second time.
    CompressedAlready,
    /// Behind `+`, before a literal.
    GoAhead,
    /// Behind `+`, once IDLE has begun.
    Idling,
    /// OK to DONE.
    IdleEnded,
    /// Something else than DONE ends IDLE.
    NotDone,
    /// The mailbox that was selected is not any more.
    Closed,
    /// Beside UNSEEN: the number of the first message that is not `\\Seen`.
    FirstUnseen(u32),
    /// Beside UIDVALIDITY.
    UidsValid,
    /// Beside UIDNEXT.
    NextUid,
    /// Beside PERMANENTFLAGS.
    #[non_exhaustive]
    PermanentFlags {
        /// Whether new keywords can be made.
        keywords: bool,
    },
    /// Beside HIGHESTMODSEQ.
    HighestModSeq,
    /// Beside NOMODSEQ.
    NoModSeq,
    /// Beside MAILBOXID.
    MailboxId,
    /// A command takes long.
    InProgress,
    /// BYE to LOGOUT.
    LoggingOut,
    /// BYE where the embedder ends the session.
    ShuttingDown,
    /// BYE to a client that was silent for too long.
    Autologout,
    /// BYE to a client that says too much that is bad.
    TooManyBad,
    /// BYE to octets that were slipped in behind STARTTLS or COMPRESS.
    Behind,
    /// BYE to what cannot be inflated.
    Corrupt,
    /// BYE to a client of another protocol.
    Foreign,
}

impl Phrase {
    /// In English, as they are if nothing else is said.
    #[must_use]
    pub fn english(self) -> Text {
        Text::from(match self {
            Self::Completed { command, uid } => {
                let uid = if uid { "UID " } else { "" };
                return Text::new(alloc::format!("{uid}{command} completed")).unwrap_or_default();
            }
            Self::Ready => "ready",
            Self::LoggedIn => "logged in",
            Self::Declined => "not supported here",
            Self::LoginFailed => "authentication failed",
            Self::LoginUnavailable => "temporary authentication failure",
            Self::Cancelled => "authentication cancelled",
            Self::BadResponse => "not what was to be said here",
            Self::NoMechanism => "no such mechanism",
            Self::TlsFirst => "TLS first",
            Self::NoTls => "no TLS here",
            Self::BeginTls => "Begin TLS negotiation now",
            Self::NoTag => "no tag",
            Self::UnknownCommand => "unknown command",
            Self::WrongState => "not in this state",
            Self::Syntax => "syntax error",
            Self::NotOffered => "not offered here",
            Self::NotEnabled => "not enabled",
            Self::UidRequired => "UIDs only",
            Self::ReadOnly => "the mailbox is read-only",
            Self::TooLong => "too long",
            Self::NoLiteral => "no literal here",
            Self::EmptyMessage => "an empty message cancels the append",
            Self::BehindMessage => "syntax error behind a message",
            Self::Compressed => "DEFLATE active",
            Self::CompressedAlready => "compressed already",
            Self::GoAhead => "go ahead",
            Self::Idling => "idling",
            Self::IdleEnded => "IDLE terminated",
            Self::NotDone => "DONE ends IDLE",
            Self::Closed => "previous mailbox is closed",
            Self::FirstUnseen(number) => {
                let text = alloc::format!("Message {number} is the first unseen message");
                return Text::new(text).unwrap_or_default();
            }
            Self::UidsValid => "UIDs valid",
            Self::NextUid => "Predicted next UID",
            Self::PermanentFlags { keywords: true } => "Flags and keywords",
            Self::PermanentFlags { keywords: false } => "Limited",
            Self::HighestModSeq => "Highest",
            Self::NoModSeq => "no modification sequences here",
            Self::MailboxId => "Ok",
            Self::InProgress => "still at it",
            Self::LoggingOut => "logging out",
            Self::ShuttingDown => "server is shutting down",
            Self::Autologout => "autologout",
            Self::TooManyBad => "too many bad commands",
            Self::Behind => "plaintext behind an upgrade",
            Self::Corrupt => "corrupt compression",
            Self::Foreign => "this is IMAP",
        })
    }
}
