//! ACL (RFC 4314).

use alloc::vec::Vec;

use bytes::Bytes;

use super::MailboxName;

/// A set of rights: a bit for each small letter and digit.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Rights(pub(crate) u64);

impl core::fmt::Debug for Rights {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Rights({:x})", self.0)
    }
}

/// What SETACL does with rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three of the grammar")]
pub enum RightsChange {
    /// These and no others.
    Replace(Rights),
    /// `+`: these too.
    Add(Rights),
    /// `-`: no longer these.
    Remove(Rights),
}

/// The ACL response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 4314 has these two")]
pub struct Acl {
    /// Which mailbox.
    pub mailbox: MailboxName,
    /// Who has which rights. An identifier that begins with `-` takes them.
    pub entries: Vec<(Bytes, Rights)>,
}

/// The LISTRIGHTS response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 4314 has these four")]
pub struct ListRights {
    /// Which mailbox.
    pub mailbox: MailboxName,
    /// Who.
    pub identifier: Bytes,
    /// The rights that it always has.
    pub required: Rights,
    /// Those that it can be given, each group only as a whole.
    pub optional: Vec<Rights>,
}

/// The MYRIGHTS response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 4314 has these two")]
pub struct MyRights {
    /// Which mailbox.
    pub mailbox: MailboxName,
    /// The rights of the user on it.
    pub rights: Rights,
}
