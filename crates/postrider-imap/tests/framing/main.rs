//! Framing: where units end and which octets stream, whatever comes and however it is cut.

mod attack;
mod bombs;
mod command_cuts;
mod commands;
mod cuts;
mod fetch;
mod linear;
#[path = "../checks/reading.rs"]
mod reading;
mod units;

use postrider_imap::Limits;
use postrider_imap::{Quirks, Response, ResponsePart};

impl<P: Clone> reading::Reading<P> {
    fn parts(&self) -> Vec<P> {
        self.told.iter().map(|told| told.part.clone()).collect()
    }
}

/// What a tolerant reader tells of this, which is whole.
fn told(wire: impl AsRef<[u8]>) -> Vec<ResponsePart> {
    told_within(wire, &Limits::new())
}

fn told_within(wire: impl AsRef<[u8]>, limits: &Limits) -> Vec<ResponsePart> {
    let reading = reading::responses(wire.as_ref(), limits, Quirks::tolerant());
    assert_eq!(reading.left, 0, "all of it was read");
    reading.parts()
}

/// Whether the last of these parts is the tagged response `z OK`.
fn ends_well(parts: &[ResponsePart]) -> bool {
    matches!(parts.last(), Some(ResponsePart::Response(Response::Tagged(tag, status)))
        if tag.as_bytes() == b"z" && status.is_ok())
}
