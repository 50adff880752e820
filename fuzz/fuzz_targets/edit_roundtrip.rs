//! Edits of a header section: what is not edited stays as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/postrider-message/tests/checks/edit_roundtrip.rs"]
mod check;

fuzz_target!(|data: &[u8]| check::check(data));
