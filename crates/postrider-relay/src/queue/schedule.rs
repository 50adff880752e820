//! When a mail is tried again (RFC 5321 §4.5.4.1).

use alloc::vec::Vec;

use crate::random::Random;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// When a mail is tried again, when its sender hears that it is late, and when it is given up.
///
/// As RFC 5321 §4.5.4.1 asks, the first interval is 30 minutes, "the give-up time generally needs to be
/// at least 4-5 days", and between them lie intervals of up to 3 hours: "two connection attempts in the
/// first hour the message is in the queue, and then back off to one every two or three hours". Each is
/// lengthened, never shortened, by up to an eighth that chance decides, so that what was put off together
/// does not come back together.
///
/// ```
/// use postrider_relay::queue::Schedule;
///
/// let schedule = Schedule::new();
/// let arrived = 1_000_000;
/// let first = schedule.next(arrived, arrived, 1, [7; 32]);
/// assert!((arrived + 1800..=arrived + 2025).contains(&first));
/// assert_eq!(schedule.give_up_at(arrived), arrived + 5 * 86_400);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    intervals: Vec<u32>,
    lifetime: u32,
    warning: Option<u32>,
}

impl Default for Schedule {
    fn default() -> Self {
        Self::new()
    }
}

impl Schedule {
    /// 30 minutes, an hour, two, and then every three hours; a warning after 4 hours, given up after 5
    /// days.
    #[must_use]
    pub fn new() -> Self {
        let intervals = Vec::from([30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR]);
        Self { intervals, lifetime: 5 * DAY, warning: Some(4 * HOUR) }
    }

    /// Sets the intervals, in seconds; the last one repeats. Of zero seconds none is, and of no intervals
    /// at all those of [`Schedule::new`] stay.
    #[must_use]
    pub fn with_intervals(mut self, seconds: impl IntoIterator<Item = u32>) -> Self {
        let seconds: Vec<u32> = seconds.into_iter().map(|one| one.max(1)).collect();
        if !seconds.is_empty() {
            self.intervals = seconds;
        }
        self
    }

    /// Sets for how many seconds a mail is tried.
    #[must_use]
    pub fn with_lifetime(mut self, seconds: u32) -> Self {
        self.lifetime = seconds;
        self
    }

    /// Sets after how many seconds a sender hears that the mail is late; never with `None`.
    #[must_use]
    pub fn with_warning(mut self, seconds: Option<u32>) -> Self {
        self.warning = seconds;
        self
    }

    /// When a mail is tried again that was tried so many times, now for the last time. Never later than
    /// it is given up, when it is tried a last time, and always later than now.
    #[must_use]
    pub fn next(&self, arrived: i64, now: i64, attempts: u32, seed: [u8; 32]) -> i64 {
        let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        let last = self.intervals.last().copied().unwrap_or(3 * HOUR);
        let interval = self.intervals.get(at).copied().unwrap_or(last);
        let jitter = Random::new(seed).up_to(interval / 8);
        let next = now.saturating_add(i64::from(interval)).saturating_add(i64::from(jitter));
        let soonest = now.saturating_add(1);
        next.min(self.give_up_at(arrived)).max(soonest)
    }

    /// When a mail is given up that arrived then.
    #[must_use]
    pub fn give_up_at(&self, arrived: i64) -> i64 {
        arrived.saturating_add(i64::from(self.lifetime))
    }

    /// When the sender of a mail that arrived then hears that it is late, if ever.
    #[must_use]
    pub fn warn_at(&self, arrived: i64) -> Option<i64> {
        let at = arrived.saturating_add(i64::from(self.warning?));
        // Nobody is told that a mail is late when it is given up in the same moment.
        (at < self.give_up_at(arrived)).then_some(at)
    }
}
