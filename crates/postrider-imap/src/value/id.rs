//! ID.

use alloc::vec::Vec;

use bytes::Bytes;

/// What ID tells (RFC 2971): names and values; `None` for `NIL`: nothing. No more than 30 of them
/// are to be sent, and no two of one name (§3.3).
pub type IdParameters = Option<Vec<(Bytes, Option<Bytes>)>>;
