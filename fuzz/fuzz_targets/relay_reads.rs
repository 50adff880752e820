//! Policies, records, names, bounces and header sections of strangers: what holds of them is told where it
//! is checked.
#![no_main]

#[path = "../../crates/postrider-relay/tests/checks/reads.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
