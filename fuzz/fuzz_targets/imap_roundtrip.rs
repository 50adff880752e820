//! What is read of IMAP is written as something that reads the same: what holds of it is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-imap/tests/checks/roundtrip.rs"]
mod roundtrip;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| roundtrip::check(data));
