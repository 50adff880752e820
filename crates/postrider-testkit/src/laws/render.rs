//! Law 12.

use postrider_wire::Machine;

use crate::drive::{Cuts, Plan};
use crate::scenario::Scenario;

/// Law 12: no secret in `Debug`, `Display`, errors or transcripts, neither raw nor escaped, listed,
/// in hex or in base64.
///
/// Looks at events and errors always, at the machine with [`Scenario::debug`], at the transcript
/// with [`Scenario::tap`], uncut and byte by byte.
///
/// # Panics
///
/// When the machine breaks the law.
pub fn secrets<M: Machine + 'static>(scenario: &Scenario<M>) {
    if scenario.secrets.is_empty() {
        return;
    }
    for cuts in [Cuts::None, Cuts::Every] {
        let _ = scenario.run_as(&Plan { cuts, render: true, ..Plan::default() });
    }
}
