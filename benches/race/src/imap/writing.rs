//! The responses of the other workloads, to be written: some hundreds of each kind and of all kinds in
//! turn.

use imap_codec::imap_types::response;

use super::{COUNT, Unit, ours, peers::codec};

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

    /// One that both write as it stands there.
    fn as_it_is(wire: &[u8]) -> Self {
        let (ours, codec) = (ours::read(wire), codec::read(wire));
        assert_eq!(ours::written(&ours), wire);
        assert_eq!(codec::written(&codec), wire);
        Self { octets: wire.len(), ours, codec }
    }
}

/// STATUS of some hundred mailboxes, as both libraries write it.
pub fn statuses() -> Vec<Written> {
    let line = |at: usize| {
        let (messages, next) = (at * 37 % 50_000, at * 41 + 1);
        format!(
            "* STATUS lists.{at} (MESSAGES {messages} UIDNEXT {next} UIDVALIDITY 1700000000 UNSEEN 7)\r\n"
        )
    };
    (0..COUNT).map(|at| Written::as_it_is(line(at).as_bytes())).collect()
}

/// The ends of some hundred commands, some with a code.
pub fn ends() -> Vec<Written> {
    let line = |at: usize| match at % 4 {
        0 => format!("a{at:03} OK FETCH completed\r\n"),
        1 => format!("a{at:03} OK [READ-WRITE] SELECT completed\r\n"),
        2 => format!("a{at:03} NO [TRYCREATE] There is no such mailbox\r\n"),
        _ => format!("a{at:03} OK UID STORE completed\r\n"),
    };
    (0..COUNT).map(|at| Written::as_it_is(line(at).as_bytes())).collect()
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
