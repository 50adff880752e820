//! The laws of the machine contract, one function each.
//!
//! Each takes a [`Scenario`], runs it as often as the law needs, and panics when the law is broken:
//! with the number of the law, the name of the scenario, the plan of the run (where it was cut, what
//! was fired) and both transcripts from where they part.
//!
//! | law | function | in short |
//! |---|---|---|
//! | 1 | [`cuts`] | how the input is cut changes nothing |
//! | 2 | [`end_of_input`] | the stream may end anywhere, and then the run ends, with no `End` made up |
//! | 3 | [`timeouts`] | every timer may fire in every state; a stale one does nothing |
//! | 4 | [`flushing`] | how the output is flushed changes nothing |
//! | 5 | [`idempotent_poll`] | a poll without news answers the same |
//! | 6 | [`memory`] | the heap stays within inbox and [`Scenario::state_limit`] |
//! | 8 | [`waiting`] | no wait for input with a full inbox, none for nothing at all |
//! | 9 | [`sticky_end`] | the end is the end |
//! | 12 | [`secrets`] | no rendering shows a secret |
//! | 13 | [`payload_ends`] | every `Begin` has one end |
//! | 14 | [`shutdown`] | the embedder may end the session in every state |
//!
//! Besides the plain embedder, which answers at once, laws 2, 3, 5, 8, 9 and 13 try one that is late:
//! while its answer is due, octets arrive, the input ends, and timers fire.
//!
//! Law 7 is [`crate::Pair`]; laws 10 and 11 are about values and grammars, for property tests.
//! Laws 8, 9 and 13 are checked in every run of every law.

mod cut;
mod end;
mod memory;
mod render;
mod shutdown;
mod time;
mod wait;

pub use cut::cuts;
pub use end::end_of_input;
pub use memory::memory;
pub use render::secrets;
pub use shutdown::shutdown;
pub use time::timeouts;
pub use wait::{flushing, idempotent_poll, payload_ends, sticky_end, waiting};

use postrider_wire::Machine;

use crate::drive::{Plan, broken};
use crate::random::Random;
use crate::run::{Run, diff};
use crate::scenario::Scenario;

/// Up to here every single place is tried; behind it, some.
const EVERY_PLACE: usize = 8 * 1024;
/// How many random places are tried in what is longer.
const RANDOM_PLACES: usize = 200;

/// All of them, the cheap ones first.
///
/// ```
/// use postrider_testkit::{laws, toy, Scenario};
///
/// laws::all(&Scenario::new("hello", toy::Server::with_embedder).turn("SAY hello\r\nQUIT\r\n"));
/// ```
///
/// # Panics
///
/// When the machine breaks a law.
pub fn all<M: Machine + 'static>(scenario: &Scenario<M>) {
    waiting(scenario);
    sticky_end(scenario);
    payload_ends(scenario);
    idempotent_poll(scenario);
    flushing(scenario);
    memory(scenario);
    secrets(scenario);
    end_of_input(scenario);
    timeouts(scenario);
    shutdown(scenario);
    cuts(scenario);
}

/// Places in a stream of `len` octets: all of the first few KiB, some of the rest, and the end.
fn places(len: usize) -> Vec<usize> {
    let mut places: Vec<_> = (0..=len.min(EVERY_PLACE)).collect();
    if len > EVERY_PLACE {
        let mut random = Random::new(len as u64);
        places.extend((0..RANDOM_PLACES).map(|_| random.below(len)));
        places.push(len);
    }
    places
}

fn same<M: Machine>(law: u8, on: &Scenario<M>, plan: &Plan, expected: &Run<M>, got: &Run<M>) {
    if expected != got {
        let what = format!("the runs part (- plain, + this one):\n{}", diff(expected, got));
        broken(law, on, plan, &what);
    }
}
