//! The report, the ambiguities and the thread of any header section.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/postrider-message/tests/checks/lint.rs"]
mod check;

fuzz_target!(|data: &[u8]| check::check(data));
