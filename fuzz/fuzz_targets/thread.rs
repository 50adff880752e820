//! Mailboxes of any shape, threaded: what holds of that is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-mailbox/tests/checks/thread.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
