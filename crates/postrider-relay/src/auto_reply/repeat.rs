//! How often the same sender is told.

/// Seconds between two answers to the same sender: seven days, which is the default that RFC 3834 §2
/// recommends.
pub const REPEAT_AFTER: i64 = 7 * 24 * 60 * 60;

/// Whether a sender who was answered at `last`, if ever, may be answered now: not more than once in
/// several days, however much was sent (RFC 3834 §2).
/// Times are in seconds since 1970. One that is yet to come was told by a clock that was wrong, and
/// counts as now.
///
/// ```
/// use postrider_relay::auto_reply::{REPEAT_AFTER, may_repeat};
///
/// let now = 880_127_706;
/// assert!(may_repeat(None, now));
/// assert!(!may_repeat(Some(now - REPEAT_AFTER + 1), now));
/// assert!(may_repeat(Some(now - REPEAT_AFTER), now));
/// ```
#[must_use]
pub const fn may_repeat(last: Option<i64>, now: i64) -> bool {
    match last {
        Some(last) => now.saturating_sub(last) >= REPEAT_AFTER,
        None => true,
    }
}
