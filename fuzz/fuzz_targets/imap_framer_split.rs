//! What both sides of IMAP say is read the same however it comes: what holds of it is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-imap/tests/checks/framer_split.rs"]
mod framer_split;
#[path = "../../crates/postrider-imap/tests/checks/reading.rs"]
#[allow(dead_code, reason = "tests use the rest of it")]
mod reading;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| framer_split::check(data));
