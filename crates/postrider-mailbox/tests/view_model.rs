//! Views beside a reference that is too simple to be wrong, over random sequences of what sessions and
//! the mailbox do.

#[path = "checks/view_ops.rs"]
mod view_ops;

use postrider_testkit::replay_seeds;
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use view_ops::{Op, Real, Reference};

/// Operations of one sequence.
const LEN: usize = 200;

struct Model;

impl ReferenceStateMachine for Model {
    type State = Reference;
    type Transition = Op;

    fn init_state() -> BoxedStrategy<Reference> {
        Just(Reference::default()).boxed()
    }

    fn transitions(_: &Reference) -> BoxedStrategy<Op> {
        let op = |(kind, session, a, b)| Op { kind, session, a, b };
        any::<(u8, u8, u16, u16)>().prop_map(op).boxed()
    }

    fn apply(mut state: Reference, op: &Op) -> Reference {
        state.apply(*op);
        state
    }
}

impl StateMachineTest for Model {
    type SystemUnderTest = Real;
    type Reference = Self;

    fn init_test(reference: &Reference) -> Real {
        Real::new(reference)
    }

    fn apply(mut real: Real, reference: &Reference, _: Op) -> Real {
        real.apply(reference);
        real
    }

    fn teardown(real: Real, reference: Reference) {
        real.compare_all(&reference);
    }
}

/// `POSTRIDER_VIEW_STEPS` operations, some seconds of them unless it is set.
fn config() -> Config {
    let steps = std::env::var("POSTRIDER_VIEW_STEPS").ok().and_then(|steps| steps.parse().ok());
    let cases = steps.unwrap_or(40_000_u32).div_ceil(u32::try_from(LEN).unwrap());
    Config { cases, failure_persistence: None, ..Config::default() }
}

proptest_state_machine::prop_state_machine! {
    #![proptest_config(config())]

    #[test]
    fn a_view_tells_what_the_reference_tells(sequential LEN => Model);
}

#[test]
fn the_seeds_of_view_ops_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "view_ops", view_ops::check);
}
