//! Law 6.

use allocation_counter::measure;
use postrider_wire::Machine;

use crate::drive::{Cuts, Flush, Plan, broken};
use crate::scenario::Scenario;

/// Law 6: machine, embedder and inbox together never hold more heap than the largest inbox limit
/// of the run plus [`Scenario::state_limit`], also against a peer that does not read.
///
/// The run keeps nothing: events are dropped once the embedder saw them, output once it was sent.
///
/// # Panics
///
/// When the machine breaks the law.
pub fn memory<M: Machine + 'static>(scenario: &Scenario<M>) {
    for cuts in [Cuts::None, Cuts::Every] {
        for flush in [Flush::All, Flush::Late] {
            let plan = Plan { cuts: cuts.clone(), flush, forget: true, ..Plan::default() };
            let mut inbox = 0;
            let heap = measure(|| inbox = scenario.run_as(&plan).largest_inbox);
            let bound = (inbox + scenario.state_limit) as u64;
            if heap.bytes_max > bound {
                let peak = heap.bytes_max;
                broken(6, scenario, &plan, &format!("{peak} octets of heap, allowed are {bound}"));
            }
        }
    }
}
