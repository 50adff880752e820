//! Resolvers that answer anything: what holds of every route is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-relay/tests/checks/route.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
