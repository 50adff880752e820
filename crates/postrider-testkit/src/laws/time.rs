//! Law 3.

use postrider_wire::Machine;

use super::same;
use crate::drive::{Cuts, Fire, Plan};
use crate::random::Random;
use crate::scenario::Scenario;

/// Streams up to this length see their timers fire behind every octet.
const EVERY_STATE: usize = 2 * 1024;
/// How many random places are tried in longer ones.
const RANDOM_STATES: usize = 300;

/// Law 3: timeout in every state.
///
/// Behind every octet (in long streams: behind some), with the outbox flushed and not, and while the
/// embedder has yet to answer, each running timer fires; the run goes on to its end by the laws that
/// every run checks. What fired does not run on (it may be started again, with another `arm`), and
/// has no effect when it fires twice; neither has a timer with another `arm`.
///
/// # Panics
///
/// When the machine breaks the law.
pub fn timeouts<M: Machine + 'static>(scenario: &Scenario<M>) {
    let plan = Plan { stale: true, ..Plan::default() };
    same(3, scenario, &plan, &scenario.run(), &scenario.run_as(&plan));
    for at in states(scenario.stream.len()) {
        for (stalled, late_embedder) in [(false, false), (true, false), (false, true)] {
            let plan = Plan { cuts: Cuts::At(vec![at]), late_embedder, ..Plan::default() };
            fire_each(scenario, Fire { at, nth: 0, stalled }, &plan);
        }
    }
}

fn fire_each<M: Machine + 'static>(scenario: &Scenario<M>, fire: Fire, plan: &Plan) {
    for nth in 0..4 {
        let plan = Plan { fire: Some(Fire { nth, ..fire }), ..plan.clone() };
        if !scenario.run_as(&plan).fired {
            return;
        }
    }
}

fn states(len: usize) -> Vec<usize> {
    if len <= EVERY_STATE {
        return (0..=len).collect();
    }
    let mut random = Random::new(len as u64);
    let mut states: Vec<_> = (0..RANDOM_STATES).map(|_| random.below(len)).collect();
    states.extend([0, len]);
    states
}
