//! Dates: what the check says holds.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/postrider-message/tests/checks/date.rs"]
mod check;

fuzz_target!(|data: &[u8]| check::check(data));
