//! Timers: one of a kind, at most four, and a stale one means nothing.

use std::time::Duration;

use postrider_wire::{TimerKind, Timers};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn starting_again_gives_a_new_arm_and_ensuring_does_not() {
    let mut timers = Timers::new();
    timers.start(TimerKind::Idle, MINUTE);
    let first = timers.as_slice()[0];
    timers.ensure(TimerKind::Idle, MINUTE * 2);
    assert_eq!(timers.as_slice(), [first]);
    timers.start(TimerKind::Idle, MINUTE);
    assert_eq!(timers.as_slice().len(), 1);
    assert_ne!(timers.as_slice()[0].arm, first.arm);
}

#[test]
fn a_timer_fires_once() {
    let mut timers = Timers::new();
    timers.start(TimerKind::Reply, MINUTE);
    let timer = timers.as_slice()[0];
    assert_eq!(timers.take_fired(timer), Some(TimerKind::Reply));
    assert_eq!(timers.take_fired(timer), None);
}

#[test]
fn a_timer_that_was_stopped_or_restarted_since_is_stale() {
    let mut timers = Timers::new();
    timers.start(TimerKind::Reply, MINUTE);
    let stale = timers.as_slice()[0];
    timers.start(TimerKind::Reply, MINUTE);
    assert_eq!(timers.take_fired(stale), None);
    assert!(timers.is_running(TimerKind::Reply));
    let stopped = timers.as_slice()[0];
    timers.stop(TimerKind::Reply);
    assert_eq!(timers.take_fired(stopped), None);
}

#[test]
fn an_arm_of_another_kind_does_not_fire() {
    let mut timers = Timers::new();
    timers.start(TimerKind::Reply, MINUTE);
    let mut other = timers.as_slice()[0];
    other.kind = TimerKind::Idle;
    assert_eq!(timers.take_fired(other), None);
}

#[test]
fn stopping_one_leaves_the_others() {
    let mut timers = Timers::new();
    let kinds = [TimerKind::Reply, TimerKind::Idle, TimerKind::Progress, TimerKind::Delay];
    for stopped in kinds {
        kinds.into_iter().for_each(|kind| timers.ensure(kind, MINUTE));
        timers.stop(stopped);
        for kind in kinds {
            assert_eq!(timers.is_running(kind), kind != stopped);
        }
        timers.stop(stopped);
        assert_eq!(timers.as_slice().len(), 3, "stopping twice is stopping once");
    }
    timers.stop_all();
    assert!(timers.as_slice().is_empty());
}

#[test]
fn a_fifth_kind_is_not_started() {
    let mut timers = Timers::new();
    for kind in
        [TimerKind::Reply, TimerKind::Idle, TimerKind::Progress, TimerKind::Delay, TimerKind::Flush]
    {
        timers.start(kind, MINUTE);
    }
    assert_eq!(timers.as_slice().len(), 4);
    assert!(!timers.is_running(TimerKind::Flush));
}

#[test]
fn all_timers_but_one_kind_can_be_stopped_at_once() {
    let mut timers = Timers::new();
    for kind in [TimerKind::Idle, TimerKind::Flush, TimerKind::Renewal] {
        timers.start(kind, Duration::from_secs(1));
    }
    let flush = timers.as_slice()[1];
    timers.stop_all_but(TimerKind::Flush);
    assert_eq!(timers.as_slice(), [flush], "it runs on, with the same arm");
    timers.stop_all_but(TimerKind::Idle);
    assert!(timers.as_slice().is_empty());
}
