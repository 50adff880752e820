//! Sequences of calls to a POP3 client, and to both ends: what holds of them is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-pop3/tests/checks/ops.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
