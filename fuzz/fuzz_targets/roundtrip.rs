//! Messages out of their parts: what holds is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-mime/tests/checks/roundtrip.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
