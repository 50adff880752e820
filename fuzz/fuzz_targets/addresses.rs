//! Values of address fields; what holds of them is in the module `check`.
#![no_main]

#[path = "../../crates/postrider-message/tests/checks/addresses.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
