//! The responses of the other workloads, to be written: some hundreds of each kind and of all kinds in
//! turn.

use imap_codec::imap_types::response;

use super::{Unit, ours, peers::codec};

/// A response as each library holds it.
pub struct Written {
    /// As it stood on the wire.
    octets: usize,
    pub ours: postrider_imap::Response,
    pub codec: response::Response<'static>,
}

impl Written {
    pub fn octets(&self) -> usize {
        self.octets
    }

    fn of(unit: &Unit) -> Self {
        let (ours, codec) = (ours::read(&unit.wire), codec::read(&unit.wire));
        // What either writes is read by another library.
        assert_eq!(codec::value(&ours::written(&ours)), unit.value);
        assert_eq!(codec::value(&codec::written(&codec)), unit.value);
        Self { octets: unit.octets(), ours, codec }
    }
}

/// The responses of one workload; fails where one is written that says something else.
pub fn one_kind(units: &[Unit]) -> Vec<Written> {
    units.iter().map(Written::of).collect()
}

/// A quarter of the responses of each of these, in turn.
pub fn all_kinds(kinds: [&[Unit]; 4]) -> Vec<Written> {
    let most = kinds.iter().map(|units| units.len() / 4).max().unwrap_or_default();
    let turns = (0..most).flat_map(|at| kinds.map(|units| units.get(at * 4)));
    turns.flatten().map(Written::of).collect()
}
