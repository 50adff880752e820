//! Law 2.

use postrider_wire::Machine;

use super::places;
use crate::drive::{PeerEnd, Plan, broken};
use crate::run::{Outcome, Run, Told, diff};
use crate::scenario::{Role, Scenario};

/// Law 2: the stream may end at every offset.
///
/// The run on the truncated stream then ends in `Closed` or an error, never waits for input again,
/// and tells what it tells without the end, plus at most that things were aborted: no payload and
/// no `End` that was not there. With [`Scenario::classify`] the check is exact; without, an event
/// behind the end of input must not be the one that further octets would have brought. The end may
/// be seen together with the last octets, before a poll, or before the embedder answered: then too
/// the run ends.
///
/// # Panics
///
/// When the machine breaks the law.
pub fn end_of_input<M: Machine + 'static>(scenario: &Scenario<M>) {
    let whole = scenario.run_as(&Plan { end: PeerEnd::Silent, ..Plan::default() });
    for at in places(scenario.stream.len()) {
        let silent = Plan { until: Some(at), end: PeerEnd::Silent, ..Plan::default() };
        let plan = Plan { end: PeerEnd::Eof, ..silent.clone() };
        let open = scenario.run_as(&silent);
        let ended = scenario.run_as(&plan);
        if let Err(what) = check(scenario, &whole, &open, &ended) {
            let what = format!("{what} (- still open, + ended):\n{}", diff(&open, &ended));
            broken(2, scenario, &plan, &what);
        }
        let early = Plan { early_end: true, ..plan.clone() };
        let late = Plan { late_embedder: true, ..plan };
        for plan in [early, late] {
            if matches!(scenario.run_as(&plan).outcome, Outcome::Waiting { .. }) {
                broken(2, scenario, &plan, "the run does not end after its input did");
            }
        }
    }
}

fn check<M: Machine>(
    scenario: &Scenario<M>,
    whole: &Run<M>,
    open: &Run<M>,
    ended: &Run<M>,
) -> Result<(), &'static str> {
    if matches!(ended.outcome, Outcome::Waiting { .. }) {
        return Err("the run does not end after its input did");
    }
    let Some(behind) = ended.told.strip_prefix(&open.told[..]) else {
        return Err("the end of input changed what was told before it");
    };
    if !ended.output.starts_with(&open.output) {
        return Err("the end of input changed what was sent before it");
    }
    for told in behind {
        let Told::Event(event) = told else { return Err("payload that was not there") };
        match scenario.classify.as_ref().map(|classify| classify(event)) {
            Some(Role::Begin | Role::End) => return Err("a payload event that was not there"),
            Some(Role::Aborted | Role::Other) => {}
            None if whole.told.get(open.told.len()) == Some(told) => {
                return Err("an event that only further octets may bring");
            }
            None => {}
        }
    }
    Ok(())
}
