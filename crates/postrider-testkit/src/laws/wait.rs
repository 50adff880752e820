//! Laws 4, 5, 8, 9 and 13: what a run checks while it goes.

use postrider_wire::Machine;

use super::same;
use crate::drive::{Cuts, Flush, Plan, broken};
use crate::random::Random;
use crate::scenario::Scenario;

/// How many random sets of cuts each way to flush is tried with.
const RANDOM_CUTS: usize = 50;

/// Law 4: flushing one octet at a time, with a poll behind each, changes nothing; nor does a peer
/// that does not read while it sends. (Under [`Scenario::in_one_breath`] no peer reads before its
/// turn is over.)
///
/// # Panics
///
/// When the machine breaks the law.
pub fn flushing<M: Machine + 'static>(scenario: &Scenario<M>) {
    let plain = scenario.run();
    let mut random = Random::new(4);
    let some = (0..RANDOM_CUTS).map(|_| cut_at_random(scenario.stream.len(), &mut random));
    let all: Vec<_> = [Cuts::None, Cuts::Every].into_iter().chain(some).collect();
    for flush in [Flush::Octet, Flush::Late] {
        for cuts in &all {
            let plan = Plan { cuts: cuts.clone(), flush, ..Plan::default() };
            let run = scenario.run_as(&plan);
            if run.behind_upgrade == 0 {
                same(4, scenario, &plan, &plain, &run);
            }
        }
    }
}

/// Law 5: a poll without news gives the same answer, and changes neither outbox nor timers.
///
/// # Panics
///
/// When the machine breaks the law.
pub fn idempotent_poll<M: Machine + 'static>(scenario: &Scenario<M>) {
    for cuts in [Cuts::None, Cuts::Every] {
        let plain = scenario.run_as(&Plan { cuts: cuts.clone(), ..Plan::default() });
        let plan = Plan { cuts, repoll: true, ..Plan::default() };
        same(5, scenario, &plan, &plain, &scenario.run_as(&plan));
        // While the embedder has yet to answer, too.
        let _ = scenario.run_as(&Plan { late_embedder: true, ..plan });
    }
}

/// Law 8: never `Wait { input: true, .. }` with a full inbox; `Wait { input: false, app: false }`
/// only with a non-empty outbox or a running timer; TLS and `Closed` only with a drained outbox.
///
/// # Panics
///
/// When the machine breaks the law.
pub fn waiting<M: Machine + 'static>(scenario: &Scenario<M>) {
    in_many_ways(scenario);
}

/// Law 9: after an error the same error, whatever comes; after `Closed`, `Closed`.
///
/// # Panics
///
/// When the machine breaks the law.
pub fn sticky_end<M: Machine + 'static>(scenario: &Scenario<M>) {
    in_many_ways(scenario);
}

/// Law 13: every `Begin` has one end before the machine ends, and chunks come only between.
///
/// # Panics
///
/// When the machine breaks the law, or when the scenario has no [`Scenario::classify`] but told
/// payload: without it the law cannot be checked.
pub fn payload_ends<M: Machine + 'static>(scenario: &Scenario<M>) {
    in_many_ways(scenario);
    let plan = Plan::default();
    if scenario.classify.is_none() && !scenario.run_as(&plan).payload().is_empty() {
        broken(13, scenario, &plan, "there is payload: the scenario must classify its events");
    }
}

fn cut_at_random(len: usize, random: &mut Random) -> Cuts {
    let mut cuts: Vec<_> = (0..1 + random.below(8)).map(|_| random.below(len)).collect();
    cuts.sort_unstable();
    Cuts::At(cuts)
}

fn in_many_ways<M: Machine + 'static>(scenario: &Scenario<M>) {
    for cuts in [Cuts::None, Cuts::Every] {
        for flush in [Flush::All, Flush::Late] {
            for late_embedder in [false, true] {
                let cuts = cuts.clone();
                let _ = scenario.run_as(&Plan { cuts, flush, late_embedder, ..Plan::default() });
            }
        }
    }
}
