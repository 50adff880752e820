//! Searches of any message by any keys: what holds of them is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-mailbox/tests/checks/search_eval.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
