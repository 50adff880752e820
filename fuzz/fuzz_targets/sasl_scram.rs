//! SCRAM: what holds of it is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-sasl/tests/checks/scram.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
