//! Sequences of calls to the views of a mailbox: what holds of them is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-mailbox/tests/checks/view_ops.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
