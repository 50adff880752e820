//! An IMAP client that says anything: what holds of it is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-imap/tests/checks/command.rs"]
mod command;
#[path = "../../crates/postrider-imap/tests/checks/reading.rs"]
#[allow(dead_code, reason = "tests use the rest of it")]
mod reading;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| command::check(data));
