//! Bounces: what holds of all is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-mime/tests/checks/bounce.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
