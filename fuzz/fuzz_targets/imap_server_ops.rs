//! Sequences of calls to an IMAP server: what holds of them is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-imap/tests/checks/server_ops.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
