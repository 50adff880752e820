//! Law 14.

use postrider_wire::Machine;

use super::places;
use crate::drive::{Cuts, PeerEnd, Plan, Shutdown, broken};
use crate::run::Outcome;
use crate::scenario::Scenario;

/// Law 14: `shutdown()` in every state.
///
/// Behind every octet (in long streams: behind some), with the outbox flushed and not, and while the
/// embedder has yet to answer, `shutdown()` is called, twice: the second call says nothing more. The
/// run goes on by the laws that every run checks, so that what was begun has its end, and is over
/// once its input is.
///
/// # Panics
///
/// When the machine breaks the law.
pub fn shutdown<M: Machine + 'static>(scenario: &Scenario<M>) {
    for at in places(scenario.stream.len()) {
        for (stalled, late_embedder) in [(false, false), (true, false), (false, true)] {
            let plan = Plan {
                cuts: Cuts::At(vec![at]),
                end: PeerEnd::Eof,
                shutdown: Some(Shutdown { at, stalled }),
                late_embedder,
                ..Plan::default()
            };
            if matches!(scenario.run_as(&plan).outcome, Outcome::Waiting { .. }) {
                broken(
                    14,
                    scenario,
                    &plan,
                    "the run does not end after shutdown() and its input did",
                );
            }
        }
    }
}
