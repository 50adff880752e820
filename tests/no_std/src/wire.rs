//! Everything of `wire` that allocates.

use core::time::Duration;

use postrider_wire::dot::{BareNewlines, OutgoingNewlines, Stuffer, Unstuffer};
use postrider_wire::{
    Inbox, LineReader, OutboxWriter, Secret, Side, Terminator, TimerKind, Timers, Transcript,
};

/// Frames, stuffs and un-stuffs what is in the inbox.
pub fn wire(rx: &mut Inbox, password: &[u8]) -> usize {
    let mut lines = LineReader::new(Terminator::CrLf, 512);
    let mut timers = Timers::new();
    timers.start(TimerKind::Idle, Duration::from_secs(60));
    let mut out = OutboxWriter::new(1024);
    while let Some(postrider_wire::Line::Complete(mut line)) = lines.next(rx) {
        let _ = Stuffer::new(OutgoingNewlines::Normalize).encode(&mut line, &mut out);
    }
    let _ = Unstuffer::new(BareNewlines::Reject).poll(rx);
    let secret = Secret::new(password.to_vec());
    let _ = Transcript::new(Side::Client, alloc::string::String::new());
    secret.expose().len() + out.room()
}
