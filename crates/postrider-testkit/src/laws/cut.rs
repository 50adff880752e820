//! Law 1.

use postrider_wire::Machine;

use super::{EVERY_PLACE, RANDOM_PLACES, same};
use crate::drive::{Cuts, Plan};
use crate::random::Random;
use crate::run::Run;
use crate::scenario::Scenario;

/// Turns up to this length are cut at every pair of places.
const TWO_CUTS: usize = 300;

/// Law 1: the same transcript for every way to cut the input, adjacent chunks merged.
///
/// All pairs of cuts inside turns of up to 300 octets; in longer turns every single cut up to
/// 8 KiB and 200 random sets of cuts (the same in every run); and byte by byte. A cut right behind
/// an upgrade request is exempt when octets follow it in the same turn: uncut they are fatal, cut
/// off they go to the TLS engine.
///
/// A machine that asks whether octets came before its reply had left tells two conversations apart
/// where others see one and the same, cut differently; under [`Scenario::in_one_breath`] like is
/// compared with like.
///
/// # Panics
///
/// When the machine breaks the law.
pub fn cuts<M: Machine + 'static>(scenario: &Scenario<M>) {
    let plain = scenario.run();
    compare(scenario, &plain, Cuts::Every);
    let mut start = 0;
    for &end in &scenario.ends {
        if end - start <= TWO_CUTS {
            all_pairs(scenario, &plain, start, end);
        } else {
            singles_and_random(scenario, &plain, start, end);
        }
        start = end;
    }
}

fn all_pairs<M: Machine + 'static>(on: &Scenario<M>, plain: &Run<M>, start: usize, end: usize) {
    for first in start + 1..end {
        compare(on, plain, Cuts::At(vec![first]));
        for second in first + 1..end {
            compare(on, plain, Cuts::At(vec![first, second]));
        }
    }
}

fn singles_and_random<M: Machine + 'static>(
    on: &Scenario<M>,
    plain: &Run<M>,
    start: usize,
    end: usize,
) {
    for cut in start + 1..end.min(start + EVERY_PLACE) {
        compare(on, plain, Cuts::At(vec![cut]));
    }
    let mut random = Random::new((end - start) as u64);
    for _ in 0..RANDOM_PLACES {
        let many = 1 + random.below(40);
        let mut cuts: Vec<_> = (0..many).map(|_| start + random.below(end - start)).collect();
        cuts.sort_unstable();
        compare(on, plain, Cuts::At(cuts));
    }
}

fn compare<M: Machine + 'static>(scenario: &Scenario<M>, plain: &Run<M>, cuts: Cuts) {
    let plan = Plan { cuts, ..Plan::default() };
    let run = scenario.run_as(&plan);
    if run.behind_upgrade == 0 {
        same(1, scenario, &plan, plain, &run);
    }
}
