//! Mailboxes: what holds of each is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-mime/tests/checks/mbox.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));
