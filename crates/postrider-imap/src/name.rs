//! The names of the commands.

use core::fmt;

use crate::{Atom, Command};

/// The names, each with how it is written and the commands that have it.
macro_rules! names {
    ($(#[doc = $doc:literal] $name:ident: $text:literal $(= $command:pat)?,)*) => {
        /// The name of a command (RFC 3501 §6 and the extensions).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum CommandName {
            $(#[doc = $doc] $name,)*
            /// A command that has no name here: [`Command::Other`].
            Other,
        }

        impl CommandName {
            /// All that are written.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// The name of a command.
            #[must_use]
            pub fn of(command: &Command) -> Self {
                match command {
                    $($($command => Self::$name,)?)*
                    Command::Other { .. } => Self::Other,
                }
            }

            /// As it is written; nothing for [`CommandName::Other`].
            pub(crate) fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other => "",
                }
            }
        }
    };
}

names! {
    /// `CAPABILITY`
    Capability: "CAPABILITY" = Command::Capability,
    /// `NOOP`
    Noop: "NOOP" = Command::Noop,
    /// `LOGOUT`
    Logout: "LOGOUT" = Command::Logout,
    /// `ID` (RFC 2971)
    Id: "ID" = Command::Id(_),
    /// `STARTTLS`
    StartTls: "STARTTLS" = Command::StartTls,
    /// `AUTHENTICATE`
    Authenticate: "AUTHENTICATE" = Command::Authenticate { .. },
    /// `LOGIN`
    Login: "LOGIN" = Command::Login { .. },
    /// `ENABLE` (RFC 5161)
    Enable: "ENABLE" = Command::Enable(_),
    /// `SELECT`
    Select: "SELECT" = Command::Select { .. },
    /// `EXAMINE`
    Examine: "EXAMINE" = Command::Examine { .. },
    /// `CREATE`
    Create: "CREATE" = Command::Create(_),
    /// `DELETE`
    Delete: "DELETE" = Command::Delete(_),
    /// `RENAME`
    Rename: "RENAME" = Command::Rename { .. },
    /// `SUBSCRIBE`
    Subscribe: "SUBSCRIBE" = Command::Subscribe(_),
    /// `UNSUBSCRIBE`
    Unsubscribe: "UNSUBSCRIBE" = Command::Unsubscribe(_),
    /// `LIST`
    List: "LIST" = Command::List(_),
    /// `LSUB`
    Lsub: "LSUB" = Command::Lsub { .. },
    /// `XLIST`, of Gmail
    Xlist: "XLIST" = Command::Xlist { .. },
    /// `NAMESPACE` (RFC 2342)
    Namespace: "NAMESPACE" = Command::Namespace,
    /// `STATUS`
    Status: "STATUS" = Command::Status { .. },
    /// `APPEND` (also of several messages: RFC 3502)
    Append: "APPEND",
    /// `REPLACE` (RFC 8508)
    Replace: "REPLACE",
    /// `IDLE` (RFC 2177)
    Idle: "IDLE" = Command::Idle,
    /// `NOTIFY` (RFC 5465)
    Notify: "NOTIFY" = Command::Notify(_),
    /// `COMPRESS` (RFC 4978)
    Compress: "COMPRESS" = Command::Compress(_),
    /// `UNAUTHENTICATE` (RFC 8437)
    Unauthenticate: "UNAUTHENTICATE" = Command::Unauthenticate,
    /// `GETJMAPACCESS` (RFC 9698)
    GetJmapAccess: "GETJMAPACCESS" = Command::GetJmapAccess,
    /// `GETQUOTA` (RFC 9208)
    GetQuota: "GETQUOTA" = Command::GetQuota(_),
    /// `GETQUOTAROOT` (RFC 9208)
    GetQuotaRoot: "GETQUOTAROOT" = Command::GetQuotaRoot(_),
    /// `SETQUOTA` (RFC 9208)
    SetQuota: "SETQUOTA" = Command::SetQuota { .. },
    /// `SETACL` (RFC 4314)
    SetAcl: "SETACL" = Command::SetAcl { .. },
    /// `DELETEACL` (RFC 4314)
    DeleteAcl: "DELETEACL" = Command::DeleteAcl { .. },
    /// `GETACL` (RFC 4314)
    GetAcl: "GETACL" = Command::GetAcl(_),
    /// `LISTRIGHTS` (RFC 4314)
    ListRights: "LISTRIGHTS" = Command::ListRights { .. },
    /// `MYRIGHTS` (RFC 4314)
    MyRights: "MYRIGHTS" = Command::MyRights(_),
    /// `GETMETADATA` (RFC 5464)
    GetMetadata: "GETMETADATA" = Command::GetMetadata(_),
    /// `SETMETADATA` (RFC 5464)
    SetMetadata: "SETMETADATA" = Command::SetMetadata { .. },
    /// `ESEARCH` (RFC 7377)
    Esearch: "ESEARCH" = Command::Esearch(_),
    /// `CHECK`
    Check: "CHECK" = Command::Check,
    /// `CLOSE`
    Close: "CLOSE" = Command::Close,
    /// `UNSELECT` (RFC 3691)
    Unselect: "UNSELECT" = Command::Unselect,
    /// `EXPUNGE` and `UID EXPUNGE`
    Expunge: "EXPUNGE" = Command::Expunge | Command::UidExpunge(_),
    /// `SEARCH` and `UID SEARCH`
    Search: "SEARCH" = Command::Search(_),
    /// `SORT` and `UID SORT` (RFC 5256)
    Sort: "SORT" = Command::Sort(_),
    /// `THREAD` and `UID THREAD` (RFC 5256)
    Thread: "THREAD" = Command::Thread(_),
    /// `CANCELUPDATE` (RFC 5267)
    CancelUpdate: "CANCELUPDATE" = Command::CancelUpdate(_),
    /// `FETCH` and `UID FETCH`
    Fetch: "FETCH" = Command::Fetch { .. },
    /// `STORE` and `UID STORE`
    Store: "STORE" = Command::Store(_),
    /// `COPY` and `UID COPY`
    Copy: "COPY" = Command::Copy { .. },
    /// `MOVE` and `UID MOVE` (RFC 6851)
    Move: "MOVE" = Command::Move { .. },
    /// `UIDBATCHES` (RFC 10022)
    UidBatches: "UIDBATCHES" = Command::UidBatches(_),
}

impl CommandName {
    /// The name that is written like this, in any case of letters.
    pub(crate) fn written(word: &Atom) -> Option<Self> {
        Self::ALL.iter().find(|name| word.is(name.text())).copied()
    }
}

impl fmt::Display for CommandName {
    /// As it is written; nothing for [`CommandName::Other`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
