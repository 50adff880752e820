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

use postrider_imap::{Limits, Quirks, Response, ResponsePart};
use proptest::prelude::*;

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

/// One of these words, and seldom an octet that is in none, or more than fits.
fn word(words: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        12 => prop::sample::select(words).prop_map(|word| word.as_bytes().to_vec()),
        1 => any::<u8>().prop_map(|octet| vec![octet]),
        1 => (1..700_usize).prop_map(|n| vec![b'x'; n]),
    ]
}

/// Some of them, one behind the other.
fn wire(word: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

/// What is counted by `linear`.
#[test]
#[ignore = "run by the counter"]
fn readings() {
    postrider_testkit::counted::readings(linear::READERS, linear::FAMILIES, linear::of_length);
}
