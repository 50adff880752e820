//! Commands, replies and other values of SMTP: what holds of them is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-smtp/tests/checks/roundtrip.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
