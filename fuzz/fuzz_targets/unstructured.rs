//! Unstructured text: any octets are read, and what was read is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/postrider-message/tests/checks/unstructured.rs"]
mod check;

fuzz_target!(|data: &[u8]| check::check(data));
