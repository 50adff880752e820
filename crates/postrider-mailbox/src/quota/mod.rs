//! What fits into a mailbox (RFC 9208, RFC 2087).
//!
//! A [`Quota`] is what a quota root limits and how much of it is used. [`Quotas`] are those of a
//! server: each mailbox has some of them, by their names, and what comes into it must fit into all.
//!
//! ```
//! use postrider_imap::Response;
//! use postrider_mailbox::quota::{Quota, Quotas, Resource, Usage};
//!
//! let user = Quota::new("#user/alice").with_limit(Resource::Message, 1000);
//! let disk = Quota::new("!partition/sda4").with_limit(Resource::Storage, 10_923_847);
//! let mut quotas = Quotas::new([user, disk]);
//! let inbox = ["#user/alice", "!partition/sda4"];
//!
//! // 42 messages of together 103.5 units of 1024 octets.
//! quotas.add(&inbox, Usage::messages(42, 105_984));
//! let mut out = Vec::new();
//! for quota in quotas.of(&inbox) {
//!     Response::from(quota.response()).write(&mut out);
//! }
//! assert_eq!(
//!     String::from_utf8_lossy(&out),
//!     "* QUOTA #user/alice (MESSAGE 42 1000)\r\n\
//!      * QUOTA !partition/sda4 (STORAGE 104 10923847)\r\n",
//! );
//!
//! assert!(quotas.fits(&inbox, Usage::messages(958, 4096)).is_ok());
//! let over = quotas.fits(&inbox, Usage::messages(959, 4096)).expect_err("one too many");
//! assert_eq!(over.resource, Resource::Message);
//! # Ok::<(), postrider_imap::InvalidValue>(())
//! ```
//!
//! # Choices
//!
//! - Storage is counted in octets, and told in units of 1024, begun ones as whole (RFC 9208 §5.1).
//! - What adds nothing to a resource fits, even where a limit was lowered below what is used: so a
//!   message can always be replaced by one that is no larger.
//! - What is moved between mailboxes adds nothing to the roots that both have (RFC 6851 §4.1).
//! - Nothing overflows: sums stop at the largest number, which fits no limit but that one.

mod root;
mod roots;
mod usage;

pub use root::{OverQuota, Quota, SetQuotaError};
pub use roots::{Quotas, quota_roots};
pub use usage::{Resource, Usage};
