//! The names of the commands.

use core::fmt;

use crate::{Atom, Command};

/// The name of a command (RFC 3501 §6 and the extensions).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CommandName {
    /// `CAPABILITY`
    Capability,
    /// `NOOP`
    Noop,
    /// `LOGOUT`
    Logout,
    /// `ID` (RFC 2971)
    Id,
    /// `STARTTLS`
    StartTls,
    /// `AUTHENTICATE`
    Authenticate,
    /// `LOGIN`
    Login,
    /// `ENABLE` (RFC 5161)
    Enable,
    /// `SELECT`
    Select,
    /// `EXAMINE`
    Examine,
    /// `CREATE`
    Create,
    /// `DELETE`
    Delete,
    /// `RENAME`
    Rename,
    /// `SUBSCRIBE`
    Subscribe,
    /// `UNSUBSCRIBE`
    Unsubscribe,
    /// `LIST`
    List,
    /// `LSUB`
    Lsub,
    /// `XLIST`, of Gmail
    Xlist,
    /// `NAMESPACE` (RFC 2342)
    Namespace,
    /// `STATUS`
    Status,
    /// `APPEND` (also of several messages: RFC 3502)
    Append,
    /// `IDLE` (RFC 2177)
    Idle,
    /// `NOTIFY` (RFC 5465)
    Notify,
    /// `COMPRESS` (RFC 4978)
    Compress,
    /// `UNAUTHENTICATE` (RFC 8437)
    Unauthenticate,
    /// `GETJMAPACCESS` (RFC 9698)
    GetJmapAccess,
    /// `GETQUOTA` (RFC 9208)
    GetQuota,
    /// `GETQUOTAROOT` (RFC 9208)
    GetQuotaRoot,
    /// `SETQUOTA` (RFC 9208)
    SetQuota,
    /// `SETACL` (RFC 4314)
    SetAcl,
    /// `DELETEACL` (RFC 4314)
    DeleteAcl,
    /// `GETACL` (RFC 4314)
    GetAcl,
    /// `LISTRIGHTS` (RFC 4314)
    ListRights,
    /// `MYRIGHTS` (RFC 4314)
    MyRights,
    /// `GETMETADATA` (RFC 5464)
    GetMetadata,
    /// `SETMETADATA` (RFC 5464)
    SetMetadata,
    /// `ESEARCH` (RFC 7377)
    Esearch,
    /// `CHECK`
    Check,
    /// `CLOSE`
    Close,
    /// `UNSELECT` (RFC 3691)
    Unselect,
    /// `EXPUNGE` and `UID EXPUNGE`
    Expunge,
    /// `SEARCH` and `UID SEARCH`
    Search,
    /// `SORT` and `UID SORT` (RFC 5256)
    Sort,
    /// `THREAD` and `UID THREAD` (RFC 5256)
    Thread,
    /// `CANCELUPDATE` (RFC 5267)
    CancelUpdate,
    /// `FETCH` and `UID FETCH`
    Fetch,
    /// `STORE` and `UID STORE`
    Store,
    /// `COPY` and `UID COPY`
    Copy,
    /// `MOVE` and `UID MOVE` (RFC 6851)
    Move,
    /// `UIDBATCHES` (RFC 10022)
    UidBatches,
    /// A command that has no name here: [`Command::Other`].
    Other,
}

/// All names, as they are read and written.
pub(crate) const NAMES: [(CommandName, &str); 50] = [
    (CommandName::Capability, "CAPABILITY"),
    (CommandName::Noop, "NOOP"),
    (CommandName::Logout, "LOGOUT"),
    (CommandName::Id, "ID"),
    (CommandName::StartTls, "STARTTLS"),
    (CommandName::Authenticate, "AUTHENTICATE"),
    (CommandName::Login, "LOGIN"),
    (CommandName::Enable, "ENABLE"),
    (CommandName::Select, "SELECT"),
    (CommandName::Examine, "EXAMINE"),
    (CommandName::Create, "CREATE"),
    (CommandName::Delete, "DELETE"),
    (CommandName::Rename, "RENAME"),
    (CommandName::Subscribe, "SUBSCRIBE"),
    (CommandName::Unsubscribe, "UNSUBSCRIBE"),
    (CommandName::List, "LIST"),
    (CommandName::Lsub, "LSUB"),
    (CommandName::Xlist, "XLIST"),
    (CommandName::Namespace, "NAMESPACE"),
    (CommandName::Status, "STATUS"),
    (CommandName::Append, "APPEND"),
    (CommandName::Idle, "IDLE"),
    (CommandName::Notify, "NOTIFY"),
    (CommandName::Compress, "COMPRESS"),
    (CommandName::Unauthenticate, "UNAUTHENTICATE"),
    (CommandName::GetJmapAccess, "GETJMAPACCESS"),
    (CommandName::GetQuota, "GETQUOTA"),
    (CommandName::GetQuotaRoot, "GETQUOTAROOT"),
    (CommandName::SetQuota, "SETQUOTA"),
    (CommandName::SetAcl, "SETACL"),
    (CommandName::DeleteAcl, "DELETEACL"),
    (CommandName::GetAcl, "GETACL"),
    (CommandName::ListRights, "LISTRIGHTS"),
    (CommandName::MyRights, "MYRIGHTS"),
    (CommandName::GetMetadata, "GETMETADATA"),
    (CommandName::SetMetadata, "SETMETADATA"),
    (CommandName::Esearch, "ESEARCH"),
    (CommandName::Check, "CHECK"),
    (CommandName::Close, "CLOSE"),
    (CommandName::Unselect, "UNSELECT"),
    (CommandName::Expunge, "EXPUNGE"),
    (CommandName::Search, "SEARCH"),
    (CommandName::Sort, "SORT"),
    (CommandName::Thread, "THREAD"),
    (CommandName::CancelUpdate, "CANCELUPDATE"),
    (CommandName::Fetch, "FETCH"),
    (CommandName::Store, "STORE"),
    (CommandName::Copy, "COPY"),
    (CommandName::Move, "MOVE"),
    (CommandName::UidBatches, "UIDBATCHES"),
];

impl CommandName {
    /// The name of a command.
    #[must_use]
    pub fn of(command: &Command) -> Self {
        match command {
            Command::Capability => Self::Capability,
            Command::Noop => Self::Noop,
            Command::Logout => Self::Logout,
            Command::Id(_) => Self::Id,
            Command::StartTls => Self::StartTls,
            Command::Authenticate { .. } => Self::Authenticate,
            Command::Login { .. } => Self::Login,
            Command::Enable(_) => Self::Enable,
            Command::Select { .. } => Self::Select,
            Command::Examine { .. } => Self::Examine,
            Command::Create(_) => Self::Create,
            Command::Delete(_) => Self::Delete,
            Command::Rename { .. } => Self::Rename,
            Command::Subscribe(_) => Self::Subscribe,
            Command::Unsubscribe(_) => Self::Unsubscribe,
            Command::List(_) => Self::List,
            Command::Lsub { .. } => Self::Lsub,
            Command::Xlist { .. } => Self::Xlist,
            Command::Namespace => Self::Namespace,
            Command::Status { .. } => Self::Status,
            Command::Idle => Self::Idle,
            Command::Notify(_) => Self::Notify,
            Command::Compress(_) => Self::Compress,
            Command::Unauthenticate => Self::Unauthenticate,
            Command::GetJmapAccess => Self::GetJmapAccess,
            Command::GetQuota(_) => Self::GetQuota,
            Command::GetQuotaRoot(_) => Self::GetQuotaRoot,
            Command::SetQuota { .. } => Self::SetQuota,
            Command::SetAcl { .. } => Self::SetAcl,
            Command::DeleteAcl { .. } => Self::DeleteAcl,
            Command::GetAcl(_) => Self::GetAcl,
            Command::ListRights { .. } => Self::ListRights,
            Command::MyRights(_) => Self::MyRights,
            Command::GetMetadata(_) => Self::GetMetadata,
            Command::SetMetadata { .. } => Self::SetMetadata,
            Command::Esearch(_) => Self::Esearch,
            Command::Check => Self::Check,
            Command::Close => Self::Close,
            Command::Unselect => Self::Unselect,
            Command::Expunge | Command::UidExpunge(_) => Self::Expunge,
            Command::Search(_) => Self::Search,
            Command::Sort(_) => Self::Sort,
            Command::Thread(_) => Self::Thread,
            Command::CancelUpdate(_) => Self::CancelUpdate,
            Command::Fetch { .. } => Self::Fetch,
            Command::Store(_) => Self::Store,
            Command::Copy { .. } => Self::Copy,
            Command::Move { .. } => Self::Move,
            Command::UidBatches(_) => Self::UidBatches,
            Command::Other { .. } => Self::Other,
        }
    }

    /// Whether this is the name of a command that is known here.
    pub(crate) fn is_one(word: &Atom) -> bool {
        NAMES.iter().any(|(_, name)| word.is(name))
    }
}

impl fmt::Display for CommandName {
    /// As it is written; nothing for [`CommandName::Other`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = NAMES.iter().find(|(name, _)| name == self);
        f.write_str(row.map_or("", |(_, name)| name))
    }
}
