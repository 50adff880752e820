//! The responses of the other workloads, to be written: some hundreds of each kind and of all kinds in
//! turn.

use imap_codec::imap_types::response::Response;

use super::{Unit, peers::codec};

/// A response as each library holds it.
pub struct Written {
    /// As it stood on the wire.
    octets: usize,
    pub codec: Response<'static>,
}

impl Written {
    pub fn octets(&self) -> usize {
        self.octets
    }

    fn of(unit: &Unit) -> Self {
        let written = Self { octets: unit.octets(), codec: codec::read(&unit.wire) };
        assert_eq!(codec::value(&codec::written(&written.codec)), unit.value);
        written
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
