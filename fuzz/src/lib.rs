//! What the fuzz targets of machines share.

use bytes::Buf;
use postrider::wire::{Machine, Progress, TlsInfo};

/// Feeds `octets` to a machine in pieces whose sizes come from the octets themselves, then the end
/// of input, and holds it to the laws: no panic, no wait that nothing ends, the same error twice.
pub fn feed<M: Machine>(
    mut machine: M,
    octets: &[u8],
    mut react: impl FnMut(&mut M, Option<M::Event>),
) {
    let mut inbox = machine.new_inbox();
    let mut rest = octets;
    // Every step consumes input, flushes output or answers an event, so steps are bounded.
    for _ in 0..octets.len().saturating_mul(8).saturating_add(4096) {
        match machine.poll(&mut inbox) {
            Ok(Progress::Event(event)) => react(&mut machine, Some(event)),
            Ok(Progress::StartTls(token)) => {
                match machine.tls_established(token, TlsInfo::new(), inbox) {
                    Ok(fresh) => inbox = fresh,
                    Err(_) => return,
                }
            }
            Ok(Progress::Closed) => {
                assert!(!machine.outbox().has_remaining(), "closed with output left");
                return;
            }
            Err(error) => {
                assert_eq!(machine.poll(&mut inbox), Err(error), "an error is sticky");
                return;
            }
            Ok(Progress::Wait { input, app }) => {
                let unsent = machine.outbox().remaining();
                assert!(
                    unsent > 0 || input || app || !machine.timers().is_empty(),
                    "a wait for nothing"
                );
                machine.outbox().advance(unsent);
                assert!(!(input && inbox.is_full()), "wants input into a full inbox");
                assert!(!(input && inbox.is_eof()), "wants input behind the end");
                if input && !rest.is_empty() {
                    let size = usize::from(rest[0] % 61).max(1).min(rest.len());
                    let taken = inbox.extend(&rest[..size]);
                    rest = &rest[taken..];
                } else if input {
                    inbox.set_eof();
                } else if app {
                    react(&mut machine, None);
                } else if unsent == 0 {
                    let Some(timer) = machine.timers().first().copied() else { return };
                    machine.on_timeout(timer);
                }
            }
        }
    }
    panic!("the machine does not come to an end");
}
