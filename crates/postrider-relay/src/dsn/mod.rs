//! Delivery status notifications: what a sender is told, and what comes back of what was sent.

mod notice;

pub use notice::{Notice, NoticeKind, NoticeRecipient};
