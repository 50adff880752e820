//! A machine that is driven by hand, a turn of its peer at a time.

use bytes::Buf;
use postrider_wire::{Inbox, Machine, Progress, TlsUpgrade};

/// Why [`poll_by_hand`] came back.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "all that a poll can answer besides an event")]
pub enum Stop<E> {
    /// It waits: for input, for its output to leave, for the embedder, or for a timer.
    Waits,
    /// It asks for TLS.
    StartTls(TlsUpgrade),
    /// It has closed the session.
    Closed,
    /// It failed.
    Failed(E),
}

/// Polls until nothing more is told, and returns what was told. Each event is shown to `on_event` before
/// the next poll, so that questions can be answered at once. Nothing is flushed.
///
/// ```
/// use postrider_testkit::toy::{Server, ServerEvent};
/// use postrider_testkit::{Stop, poll_by_hand, take_output};
/// use postrider_wire::Machine;
///
/// let mut server = Server::new();
/// let mut inbox = server.new_inbox();
/// let (told, stop) = poll_by_hand(&mut server, &mut inbox, |_, _| {});
/// assert!(told.is_empty() && matches!(stop, Stop::Waits));
/// assert_eq!(take_output(&mut server), b"+ toy ready\r\n");
/// inbox.extend(b"LOGIN sesame\r\n");
/// let answer = |server: &mut Server, _: &ServerEvent| server.answer("hi").unwrap();
/// let (told, _) = poll_by_hand(&mut server, &mut inbox, answer);
/// assert!(matches!(told[..], [ServerEvent::Login(_)]));
/// assert_eq!(take_output(&mut server), b"+ hi\r\n");
/// ```
pub fn poll_by_hand<M: Machine>(
    machine: &mut M,
    inbox: &mut Inbox,
    mut on_event: impl FnMut(&mut M, &M::Event),
) -> (Vec<M::Event>, Stop<M::Error>) {
    let mut told = Vec::new();
    let stop = loop {
        match machine.poll(inbox) {
            Ok(Progress::Event(event)) => {
                on_event(machine, &event);
                told.push(event);
            }
            Ok(Progress::Wait { .. }) => break Stop::Waits,
            Ok(Progress::StartTls(token)) => break Stop::StartTls(token),
            Ok(Progress::Closed) => break Stop::Closed,
            Err(error) => break Stop::Failed(error),
        }
    };
    (told, stop)
}

/// What waits to be sent, which is gone then.
pub fn take_output(machine: &mut impl Machine) -> Vec<u8> {
    let outbox = machine.outbox();
    outbox.copy_to_bytes(outbox.remaining()).to_vec()
}
