//! The chassis: an error that stays, a farewell that is bounded in time, a tap that sees all.
#![expect(clippy::single_range_in_vec_init, reason = "one secret in a line is one range")]

use std::time::Duration;

use bytes::Buf;
use postrider_testkit::toy::Error;
use postrider_wire::{
    Chassis, Inbox, OutboxWriter, Policy, Progress, Security, Side, Timer, TimerKind, TlsInfo,
    TlsUpgrade, Transcript, TranscriptLog, UpgradeFault,
};

const MINUTE: Duration = Duration::from_secs(60);
const FLUSH: Duration = Duration::from_secs(10);

fn chassis() -> Chassis<Error> {
    Chassis::new(64, &Security::StartTls(Policy::Never), FLUSH)
}

fn kinds(chassis: &Chassis<Error>) -> Vec<TimerKind> {
    chassis.timers.as_slice().iter().map(|timer| timer.kind).collect()
}

fn timer(chassis: &Chassis<Error>, kind: TimerKind) -> Timer {
    *chassis.timers.as_slice().iter().find(|timer| timer.kind == kind).expect("it runs")
}

#[test]
fn the_first_error_stays() {
    let mut chassis = chassis();
    assert_eq!(chassis.failed(), None);
    assert_eq!(chassis.fail(Error::Eof), Error::Eof);
    assert_eq!(chassis.fail(Error::Timeout), Error::Eof);
    assert_eq!(chassis.failed(), Some(&Error::Eof));
}

#[test]
fn a_failure_stops_every_timer_and_bounds_the_flush_of_what_is_left() {
    let mut chassis = chassis();
    chassis.timers.start(TimerKind::Idle, MINUTE);
    chassis.fail(Error::Eof);
    assert_eq!(kinds(&chassis), []);
    let mut chassis = self::chassis();
    chassis.timers.start(TimerKind::Idle, MINUTE);
    chassis.send_farewell(b"+ bye\r\n");
    chassis.fail(Error::Eof);
    assert_eq!(kinds(&chassis), [TimerKind::Flush]);
    assert_eq!(chassis.timers.as_slice()[0].after, FLUSH);
}

#[test]
fn a_session_is_closed_only_when_its_farewell_is_flushed() {
    let mut chassis = chassis();
    chassis.timers.start(TimerKind::Idle, MINUTE);
    chassis.send_farewell(b"+ bye\r\n");
    assert_eq!(chassis.close::<()>(), Progress::Wait { input: false, app: false });
    assert_eq!(kinds(&chassis), [TimerKind::Flush]);
    let armed = timer(&chassis, TimerKind::Flush);
    assert_eq!(chassis.close::<()>(), Progress::Wait { input: false, app: false });
    assert_eq!(timer(&chassis, TimerKind::Flush), armed, "polling does not restart it");
    chassis.out.reader().advance(7);
    assert_eq!(chassis.close::<()>(), Progress::Closed);
    assert_eq!(kinds(&chassis), []);
}

#[test]
fn a_peer_that_does_not_read_its_farewell_is_dead() {
    let mut chassis = chassis();
    chassis.send_farewell(b"+ bye\r\n");
    let _ = chassis.close::<()>();
    let flush = timer(&chassis, TimerKind::Flush);
    assert_eq!(chassis.fired(flush), None);
    assert_eq!(chassis.close::<()>(), Progress::Closed);
}

#[test]
fn a_fired_timer_is_handed_on_once_and_a_stale_one_never() {
    let mut chassis = chassis();
    chassis.timers.start(TimerKind::Idle, MINUTE);
    let idle = timer(&chassis, TimerKind::Idle);
    let mut stale = idle;
    stale.arm = stale.arm.wrapping_sub(1);
    assert_eq!(chassis.fired(stale), None);
    assert_eq!(chassis.fired(idle), Some(TimerKind::Idle));
    assert_eq!(chassis.fired(idle), None);
}

#[test]
fn the_tap_sees_what_was_queued_and_nothing_that_was_not() {
    let log = TranscriptLog::new(1024);
    let mut chassis = chassis();
    chassis.set_tap(Box::new(Transcript::new(Side::Client, log.clone())));
    chassis.send_secret(b"PASS sesame\r\n", &[5..11]).unwrap();
    chassis.show_line_in(b"+ welcome\r\n", &[]);
    chassis.send(&[b'x'; 64]).unwrap();
    let before = log.text();
    assert!(chassis.send(b"QUIT\r\n").is_err());
    assert_eq!(log.text(), before);
    assert!(before.starts_with("C: PASS [secret]\nS: + welcome\nC: xxx"), "{before}");
    chassis.send_farewell(b"QUIT\r\n");
    assert!(log.text().ends_with("C: QUIT\n"));
}

#[test]
fn a_token_that_is_not_due_is_answered_and_ends_nothing() {
    let mut chassis = chassis();
    let token = || TlsUpgrade::when_quiet(&Inbox::new(1), &OutboxWriter::new(1)).unwrap();
    let (not_due, plaintext) = (UpgradeFault::NotDue, UpgradeFault::PlaintextBehind);
    let error = Error::from;
    let answer = chassis.tls_established(token(), TlsInfo::new(), &Inbox::new(8), error);
    assert_eq!(answer, Err(Error::Upgrade(not_due)));
    assert_eq!(chassis.failed(), None);

    let mut plain = Inbox::new(8);
    chassis.tls.agree(&plain).unwrap();
    let due = chassis.tls.poll(&plain, &chassis.out).unwrap().unwrap();
    plain.extend(b"A");
    let answer = chassis.tls_established(due, TlsInfo::new(), &plain, error);
    assert_eq!(answer, Err(Error::Upgrade(plaintext)));
    assert_eq!(chassis.failed(), Some(&Error::Upgrade(plaintext)));
    let again = chassis.tls_established(token(), TlsInfo::new(), &Inbox::new(8), error);
    assert_eq!(again, Err(Error::Upgrade(plaintext)), "an error is sticky");
}

#[test]
fn what_was_told_is_watched_until_it_is_read() {
    let mut chassis = chassis();
    chassis.watch_flush(Duration::from_secs(1));
    assert!(!chassis.timers.is_running(TimerKind::Progress));
    chassis.send(b"+OK\r\n").unwrap();
    chassis.watch_flush(Duration::from_secs(1));
    assert!(chassis.timers.is_running(TimerKind::Progress));
    chassis.out.reader().advance(5);
    chassis.watch_flush(Duration::from_secs(1));
    assert!(!chassis.timers.is_running(TimerKind::Progress));
}

#[test]
fn a_peer_that_reads_slowly_has_its_time_anew_and_one_that_stops_has_not() {
    #[derive(Clone, Debug, PartialEq, thiserror::Error)]
    #[error("none")]
    struct Never;
    impl postrider_wire::MachineError for Never {
        fn kind(&self) -> postrider_wire::ErrorKind {
            postrider_wire::ErrorKind::Misuse
        }
        fn offset(&self) -> Option<u64> {
            None
        }
    }
    let security = Security::StartTls(Policy::Never);
    let time = Duration::from_secs(9);
    let mut chassis = Chassis::<Never>::new(64, &security, time);
    chassis.send(b"250 OK\r\n").unwrap();
    chassis.watch_flush(time);
    let first = chassis.timers.as_slice().to_vec();
    assert_eq!(first[0].kind, TimerKind::Progress);
    chassis.watch_flush(time);
    assert_eq!(chassis.timers.as_slice(), first, "nothing moved");
    chassis.out.reader().advance(3);
    chassis.watch_flush(time);
    assert_ne!(chassis.timers.as_slice(), first, "some of it was read");
    chassis.out.reader().advance(5);
    chassis.watch_flush(time);
    assert!(chassis.timers.as_slice().is_empty(), "nothing waits to be read");
}
