//! When a mail is tried again.

use postrider_relay::queue::Schedule;
use proptest::prelude::*;

/// RFC 5321 §4.5.4.1: "The sender MUST delay retrying a particular destination after one attempt has
/// failed. In general, the retry interval SHOULD be at least 30 minutes"; "Retries continue until the
/// message is transmitted or the sender gives up; the give-up time generally needs to be at least 4-5
/// days."
#[test]
fn the_intervals_are_those_of_the_rfc() {
    let schedule = Schedule::new();
    let (mut now, mut attempts, mut intervals) = (0, 1, Vec::new());
    while now < schedule.give_up_at(0) {
        let next = schedule.next(0, now, attempts, [0; 32]);
        intervals.push(next - now);
        (now, attempts) = (next, attempts + 1);
    }
    assert!(schedule.give_up_at(0) >= 4 * 86_400);
    assert!(
        intervals[..intervals.len() - 1].iter().all(|seconds| *seconds >= 1800),
        "{intervals:?}"
    );
    assert!(intervals.iter().all(|seconds| *seconds <= 3 * 3600 * 9 / 8), "{intervals:?}");
    assert!((30..60).contains(&intervals.len()), "{intervals:?}");
    assert_eq!(now, schedule.give_up_at(0), "the last attempt is when it is given up");
}

#[test]
fn a_warning_that_comes_with_the_end_is_none() {
    let schedule = Schedule::new().with_lifetime(100).with_warning(Some(100));
    assert_eq!(schedule.warn_at(7), None);
    assert_eq!(schedule.clone().with_warning(Some(99)).warn_at(7), Some(106));
    assert_eq!(schedule.with_warning(None).warn_at(7), None);
}

proptest! {
    #[test]
    fn chance_lengthens_an_interval_by_an_eighth_at_most(
        intervals in prop::collection::vec(1u32..100_000, 1..6),
        attempts in 1u32..10,
        seed: [u8; 32],
    ) {
        let schedule = Schedule::new().with_intervals(intervals.clone()).with_lifetime(u32::MAX);
        let next = schedule.next(0, 1000, attempts, seed) - 1000;
        let at = (attempts as usize - 1).min(intervals.len() - 1);
        let least = i64::from(intervals[at]);
        prop_assert!((least..=least + least / 8).contains(&next));
    }

    /// RFC 5321 §4.5.4.1: "two connection attempts in the first hour [...] and then backing off".
    #[test]
    fn whoever_was_tried_more_often_waits_no_less(attempts in 0u32..u32::MAX, seed: [u8; 32]) {
        let schedule = Schedule::new();
        let next = |attempts| schedule.next(0, 0, attempts, seed);
        prop_assert!(next(attempts) <= next(attempts + 1));
    }

    #[test]
    fn the_next_attempt_is_later_and_not_behind_the_end(
        arrived: i64, now: i64, attempts: u32, lifetime: u32, seed: [u8; 32],
    ) {
        let schedule = Schedule::new().with_lifetime(lifetime);
        let next = schedule.next(arrived, now, attempts, seed);
        prop_assert!(next > now || now == i64::MAX);
        prop_assert!(next <= schedule.give_up_at(arrived).max(now.saturating_add(1)));
    }
}
